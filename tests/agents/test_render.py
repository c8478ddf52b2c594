"""The file of an agent: its sections, what it says of its role, and whether it was edited."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kei_gates.agents.assemble import assemble
from kei_gates.agents.render import agent_file, state_of
from kei_gates.engine import catalogue
from kei_gates.model import Fault
from kei_gates.observe import agent_files
from tests.agents.crews import MANIFEST, lay_out, library, policy

NARROW = """
[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-whitelist = ["src/**", "docs/*.md"]
[roles.edit-local.output]
report-fields-required = ["Files written", "Thing", "Odd `one`: <what>"]
[roles.edit-local.quality]
constructor-pattern = { file-lines = 150 }
"""


def built(tmp_path: Path, text: str | None = None, name: str = "one", **manifests: str) -> str:
    shelf = library(lay_out(tmp_path / "agents", **manifests))
    agent = assemble(shelf.agent(name), *policy(tmp_path, text))
    return agent_file(agent, shelf, catalogue.params())


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^# (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))


def test_all_sections_in_their_order(tmp_path: Path) -> None:
    text = built(tmp_path)
    assert list(sections(text)) == [
        "ROLE",
        "AGENT SUBSTRATE — role edit-local",
        "BASELINE",
        "EVIDENCE-GRADING",
        "MEMORY-PROTOCOL",
        "RULE-REVIEW",
        "DOMAIN SCOPE",
        "HANDOFFS",
        "OUTPUT FORMAT",
        "FORBIDDEN",
        "REFERENCES",
    ]


def test_what_the_sections_hold(tmp_path: Path) -> None:
    found = sections(built(tmp_path))
    assert found["ROLE"] == "You do one thing.\n\nAnd no other."
    assert found["RULE-REVIEW"] == "What rule-review says."
    assert found["DOMAIN SCOPE"] == (
        "**In:**\n\n- Doing the thing\n\n**Out (hand off):**\n\n- `two`: the other thing"
    )
    assert found["HANDOFFS"] == "- `two`: the other thing"
    assert found["FORBIDDEN"].splitlines()[0] == "- Running git"
    assert found["REFERENCES"].splitlines()[-1] == "- a book"
    report = found["OUTPUT FORMAT"].splitlines()
    assert report[:3] == ["```", "=== ONE REPORT ===", "Goal: <one line>"]
    assert report[-3:] == ["Thing: <what>", "Blockers / next: <list>", "```"]


def test_every_capability_of_the_role_is_told_with_what_is_set(tmp_path: Path) -> None:
    _, builder = policy(tmp_path)
    text = sections(built(tmp_path))["AGENT SUBSTRATE — role edit-local"]
    told = re.findall(r"^## About (.+)$", text, flags=re.MULTILINE)
    assert told == [name for name, _ in builder.written("builtin:edit-local")]
    assert len(told) == len(set(told)) > 12
    parts = dict(zip(told, re.split(r"^## About .+$", text, flags=re.MULTILINE)[1:], strict=True))
    assert "- file-lines: 200\n- function-lines: 30" in parts["quality::constructor-pattern"]
    assert "- patterns: nothing" in parts["scope::files-whitelist"]
    assert "- ask-from: 5\n- stop-from: 20\n- per-day: 20" in parts["compute::cost-tiers"]
    assert "Set here" not in parts["safety::self-protect"]
    for idle in ("scope::files-denylist", "quality::tests-green", "output::report-format"):
        assert "Set here:\n\n- nothing yet: it asks nothing until" in parts[idle]
        assert "patterns" not in parts[idle]


def test_the_text_is_that_of_the_projects_role(tmp_path: Path) -> None:
    found = sections(built(tmp_path, NARROW))
    text = found["AGENT SUBSTRATE — role edit-local"]
    assert "- patterns: `src/**`, `docs/*.md`" in text
    assert "- file-lines: 150\n- function-lines: 30" in text
    assert "- fields: `Files written`, `Thing`, `` Odd `one`: <what> ``" in text
    report = found["OUTPUT FORMAT"].splitlines()
    assert report[-5:-1] == [
        "Thing: <what>",
        "Files written:",
        "Odd `one`: <what>",
        "Blockers / next: <list>",
    ]


@pytest.mark.parametrize(
    ("set_to", "said"),
    [("ignored-max = 0", "- ignored-max: 0\n"), ("ignored-max = 3", "- ignored-max: 3\n"),
     ("count-min = 0", "- timeout: ")],
)  # fmt: skip
def test_zero_is_told_and_no_limit_is_not(tmp_path: Path, set_to: str, said: str) -> None:
    text = built(
        tmp_path,
        '[roles.edit-local]\nextends = "builtin:edit-local"\n[roles.edit-local.quality.tests-green]'
        f'\ncommands = ["pytest"]\n{set_to}\n',
    )
    part = text[text.index("About quality::tests-green") :].partition("---")[0]
    assert said in part
    assert "-1" not in part


def test_the_policys_word_on_a_name_counts_more_than_the_manifests(tmp_path: Path) -> None:
    text = built(tmp_path, '[agents]\none = "auditor"\n', one=MANIFEST.replace('"Edit"', '"Bash"'))
    assert "# AGENT SUBSTRATE — role auditor" in text
    assert "substrate_role: edit-local\n" in text


def test_tools_that_only_a_policy_takes_away_are_left_out(tmp_path: Path) -> None:
    text = '[roles.edit-local]\nextends = "builtin:edit-local"\ntools.allowed = ["Read", "Bash"]\n'
    assert "tools: Read\n" in built(tmp_path, text)
    assert "tools: Read, Edit\n" in built(tmp_path / "other", NARROW)


def test_the_client_and_the_gate_read_the_front_matter(tmp_path: Path) -> None:
    odd = MANIFEST.replace("Does one thing: well", 'A \\"quoted\\" # one: [x] {y} & ümlaut')
    text = built(tmp_path, one=odd)
    (tmp_path / "p/.claude/agents").mkdir(parents=True)
    (tmp_path / "p/.claude/agents/one.md").write_text(text)
    (found,) = agent_files.read_all(str(tmp_path / "p"))
    assert (found.name, found.role) == ("one", "edit-local")
    assert text.splitlines()[2] == 'description: "A \\"quoted\\" # one: [x] {y} & ümlaut"'


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"edit-local"', '"edit-locl"', "did you mean `edit-local`?"),
        ('"edit-local"', '"git-ops"', "is not for subagents"),
        ('"Edit"]', '"Editt"]', "the role `edit-local` does not allow the tool `Editt`"),
        ('"Edit"]', '"CronCreate"]', "does not allow the tool `CronCreate`"),
        ('target = "two"', 'target = "tow"', "there is no agent `tow` to hand off to; did you"),
        ('target = "two"', 'target = "one"', "hands off to itself"),
        ('"rule-review"]', '"rule-reveiw"]', "no block `rule-reveiw`; did you mean `rule-review`?"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in MANIFEST
    with pytest.raises(Fault) as caught:
        built(tmp_path, one=MANIFEST.replace(before, after))
    message = f"{caught.value.reason}; {caught.value.remedy}"
    assert said in message
    assert re.search(r"/one\.toml:\d+: ", message)


@pytest.mark.parametrize("text", ["no heading\n", "# T\n\n{{name}}\n", ""])
def test_a_block_that_is_no_text_is_refused(tmp_path: Path, text: str) -> None:
    folder = lay_out(tmp_path / "agents")
    (folder / "blocks/rule-review.md").write_text(text)
    shelf = library(folder)
    agent = assemble(shelf.agent("one"), *policy(tmp_path))
    with pytest.raises(Fault, match="rule-review"):
        agent_file(agent, shelf, catalogue.params())


def test_a_text_of_too_many_words_is_refused(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "agents")
    shelf = library(folder)
    (folder / "texts/safety-no-kill.md").write_text("## No\n\n" + "word " * 199)
    with pytest.raises(Fault, match="more than 200 words"):
        shelf.text("safety::no-kill")


def test_a_file_is_current_outdated_edited_or_somebodys(tmp_path: Path) -> None:
    text = built(tmp_path)
    later = built(tmp_path / "later", one=MANIFEST.replace("Doing the thing", "Doing more"))
    assert text != later
    assert state_of(None, text) == "missing"
    assert state_of(text, text) == "current"
    assert state_of(text, later) == "outdated"
    assert state_of(text.replace("Doing the thing", "Doing all"), text) == "edited"
    assert state_of(text.replace("model: opus", "model: haiku"), text) == "edited"
    assert state_of(text + "\n", text) == "edited"
    assert state_of("---\nname: one\n---\nMine.\n", text) == "foreign"
