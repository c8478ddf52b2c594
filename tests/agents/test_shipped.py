"""The agents that are shipped: all are there, each can be built, and each rule says what holds it.

What a manifest must be like by itself, `test_manifest.py` tests; here the twelve are held to it.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from kei_gates.agents.manifest import OBLIGATORY
from kei_gates.cli import agent_library
from kei_gates.cli.agent_library import Workshop
from kei_gates.gates.tools_allowed import lists
from kei_gates.hook import store
from kei_gates.observe import agent_files
from kei_gates.observe.installation import data
from tests.agents.crews import MANIFEST, lay_out

READ_ONLY = (
    "kei-architect", "kei-cost-guardian", "kei-critic", "kei-ml-researcher", "kei-researcher",
    "kei-security-auditor", "kei-validator",
)  # fmt: skip
EDIT_LOCAL = (
    "kei-code-implementer", "kei-fal-ai-runner", "kei-infra-implementer", "kei-ml-implementer",
    "kei-modal-runner",
)  # fmt: skip
ROLES = dict.fromkeys(READ_ONLY, "read-only") | dict.fromkeys(EDIT_LOCAL, "edit-local")
# An agent reads its file before each task, so it has to stay short enough to be read whole.
LARGEST = 32 * 1024
# What a role that only looks must not be able to do: start others, run, write.
ACTS = {"Agent", "Bash", "Edit", "MultiEdit", "NotebookEdit", "Task", "TaskStop", "Write"}
FEWEST, MOST = 8, 17

each = pytest.mark.parametrize("name", ROLES)


@pytest.fixture
def workshop(bare_project: Path) -> Workshop:
    return agent_library.opened(str(bare_project), None)


def test_the_twelve_are_there_with_their_roles(workshop: Workshop) -> None:
    found = {name: workshop.agent(name).read.manifest.substrate_role for name in workshop.names}
    assert found == ROLES
    assert (len(READ_ONLY), len(EDIT_LOCAL)) == (7, 5)


@each
def test_each_is_held_to_the_role_that_it_declares(workshop: Workshop, name: str) -> None:
    agent = workshop.agent(name)
    assert agent.held.role == ROLES[name]
    assert agent.held.capabilities


@each
def test_each_rule_says_what_holds_it(workshop: Workshop, name: str) -> None:
    agent, rules = workshop.covered(name)
    manifest = agent.read.manifest
    assert [rule.line for rule in rules if rule.kind == "not mapped"] == []
    assert len(manifest.enforcement) == len(manifest.forbidden_domain) == len(rules)
    assert FEWEST <= len(rules) <= MOST
    assert any(rule.is_enforced for rule in rules)
    assert not any(rule.because[:1].isupper() or rule.because.endswith(".") for rule in rules)


@each
def test_each_hands_off_to_agents_that_there_are(workshop: Workshop, name: str) -> None:
    targets = [one.target for one in workshop.agent(name).read.manifest.handoff]
    assert targets
    assert set(targets) <= set(ROLES) - {name}
    assert len(set(targets)) == len(targets)


def test_each_is_handed_something_off(workshop: Workshop) -> None:
    handoffs = [workshop.agent(name).read.manifest.handoff for name in ROLES]
    assert {one.target for found in handoffs for one in found} == set(ROLES)


@each
def test_the_agents_that_a_role_sends_to_stand_in_its_handoffs(
    workshop: Workshop, name: str
) -> None:
    manifest = workshop.agent(name).read.manifest
    named = {other for other in ROLES if f"`{other}`" in manifest.role} - {name}
    assert named <= {one.target for one in manifest.handoff}


@each
def test_the_tools_are_those_that_the_role_allows(workshop: Workshop, name: str) -> None:
    agent = workshop.agent(name)
    allowed = agent.held.params("tools::allowed")[0]["tools"]
    assert isinstance(allowed, (list, tuple))
    tools = agent.read.manifest.tools
    assert [tool for tool in tools if not lists(allowed, tool)] == []
    assert agent.tools == tuple(tools)
    assert "Read" in tools
    assert bool(ACTS & set(tools)) == (name in EDIT_LOCAL)


def test_no_two_are_described_alike(workshop: Workshop) -> None:
    manifests = [workshop.agent(name).read.manifest for name in ROLES]
    for found in ([one.description for one in manifests], [one.role for one in manifests]):
        assert [text for text, times in Counter(found).items() if times > 1] == []
    firsts = [one.description.partition(". ")[0] for one in manifests]
    assert len(set(firsts)) == len(ROLES)  # the table of the agents shows these alone


@each
def test_each_has_what_every_agent_has(workshop: Workshop, name: str) -> None:
    manifest = workshop.agent(name).read.manifest
    assert tuple(manifest.blocks[:3]) == OBLIGATORY
    assert len(manifest.blocks) > len(OBLIGATORY)
    assert len(manifest.domain_in) >= 5
    assert len(manifest.output_extra_fields) >= 5


def turned(bare_project: Path) -> Workshop:
    """The workshop as it would be if folders listed their files the other way round."""
    found = agent_library.opened(str(bare_project), None)
    paths = {name: found.path(name) for name in reversed(found.names)}
    shelf = agent_library.library(None, paths)
    return Workshop(shelf, paths, found.project, found.policy, found.builder)


@each
def test_each_is_built_the_same_again(bare_project: Path, workshop: Workshop, name: str) -> None:
    built = workshop.text(name)
    assert built == workshop.text(name)
    assert built == turned(bare_project).text(name)
    assert len(built.encode()) < LARGEST


def test_the_order_of_the_files_does_not_matter(
    bare_project: Path, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = dict(workshop.built([]))
    real = os.listdir

    def backwards(path: str) -> list[str]:
        return sorted(real(path), reverse=True)

    monkeypatch.setattr(os, "listdir", backwards)
    again = agent_library.opened(str(bare_project), None)
    assert list(again.built([])) == list(expected.items())


def front_matter(text: str) -> dict[str, str]:
    """The keys of a front matter, each on a line of its own, as who knows no YAML reads them."""
    opening, front, _ = text.split("---\n", 2)
    assert opening == ""
    lines = [line.split(": ", 1) for line in front.splitlines() if line]
    assert [len(line) for line in lines] == [2] * len(lines)
    assert len({key for key, _ in lines}) == len(lines)
    return {line[0]: line[1] for line in lines}


@each
def test_a_front_matter_is_read_back(workshop: Workshop, name: str) -> None:
    manifest = workshop.agent(name).read.manifest
    found = front_matter(workshop.text(name))
    assert list(found) == ["name", "description", "tools", "model", "substrate_role"]
    assert json.loads(found.pop("description")) == manifest.description
    assert found == {
        "name": name,
        "tools": ", ".join(manifest.tools),
        "model": manifest.model,
        "substrate_role": ROLES[name],
    }


def test_the_hook_reads_each_files_name_and_role(bare_project: Path, workshop: Workshop) -> None:
    folder = Path(agent_files.folder(str(bare_project)))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in workshop.built([]):
        (folder / f"{name}.md").write_text(text)
    assert {file.name: file.role for file in agent_files.read_all(str(bare_project))} == ROLES


def test_a_crew_that_lost_a_mapping_is_found(tmp_path: Path, bare_project: Path) -> None:
    start = MANIFEST.index('[[enforcement]]\nline = "Running git"')
    end = MANIFEST.index('[[enforcement]]\nline = "Doing another"')
    lay_out(tmp_path / "mine", one=MANIFEST[:start] + MANIFEST[end:])
    _, rules = agent_library.opened(str(bare_project), str(tmp_path / "mine")).covered("one")
    assert [rule.line for rule in rules if rule.kind == "not mapped"] == ["Running git"]


def test_every_shipped_manifest_is_one_of_them() -> None:
    assert {path.stem for path in Path(data("policies/agents")).iterdir()} == set(ROLES)
    assert all(store.read_source(data(f"policies/agents/{name}.toml")) for name in ROLES)
