"""The two documents that the agents were made for: what they say is in what is built.

`seed/kei-ml-implementer.toml` is a manifest as it was given, `seed/modal-runner.toml` lists every
rule of a whole agent's file.
"""

from __future__ import annotations

import re
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from kei_gates.agents import manifest
from kei_gates.cli import agent_library
from kei_gates.cli.main import main
from kei_gates.hook.store import read_source
from kei_gates.model import Fault
from kei_gates.observe.installation import data

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SEED = Path(__file__).parent / "seed"
IMPLEMENTER, RUNNER = "kei-ml-implementer", "kei-modal-runner"
# Of the manifest as it was given, with each run of white space as one blank.
AS_GIVEN = "1178a98f20dc1609d13c65549f3ba2a23962ab9b9d951d96e2ff6189618cc39b"
ROWS = tomllib.loads((SEED / "modal-runner.toml").read_text())["row"]


def given(tmp_path: Path) -> Path:
    """A folder with the manifest as it was given, and nothing else."""
    (tmp_path / "given").mkdir()
    text = (SEED / f"{IMPLEMENTER}.toml").read_text()
    (tmp_path / f"given/{IMPLEMENTER}.toml").write_text(text)
    return tmp_path / "given"


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_manifest_is_as_it_was_given() -> None:
    text = flat((SEED / f"{IMPLEMENTER}.toml").read_text())
    assert sha256(text.encode()).hexdigest() == AS_GIVEN


def test_the_given_manifest_is_read() -> None:
    found = manifest.read(str(SEED / f"{IMPLEMENTER}.toml"), read_source)
    said = found.manifest
    assert (said.name, said.substrate_role, found.role) == (IMPLEMENTER, None, "edit-local")
    assert len(said.blocks) == len(said.domain_in) == 8
    assert len(said.forbidden_domain) == 17
    assert len(said.output_extra_fields) == 10
    assert len(said.handoff) == 6
    assert len(said.references.extra) == 2


def test_the_given_manifest_is_built(
    tmp_path: Path, bare_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--from", str(given(tmp_path)), "--out", str(tmp_path / "out"), "--dir"]
    assert main(["agents", "build", *arguments, str(bare_project)]) == 0
    notes = capsys.readouterr().err
    assert f"`{IMPLEMENTER}` has no `substrate_role`: it is built as `edit-local`" in notes
    assert f"of 17 rules of `{IMPLEMENTER}` nothing says what holds them" in notes
    text = (tmp_path / f"out/{IMPLEMENTER}.md").read_text()
    found = manifest.read(str(SEED / f"{IMPLEMENTER}.toml"), read_source).manifest
    assert [one for one in words(found) if one.strip() not in text] == []


def test_the_shipped_manifest_lost_no_rule_and_no_term_of_the_given_one() -> None:
    shipped = manifest.read(data(f"policies/agents/{IMPLEMENTER}.toml"), read_source)
    seed = manifest.read(str(SEED / f"{IMPLEMENTER}.toml"), read_source)
    ours, theirs = shipped.manifest, seed.manifest
    for name in ("domain_in", "forbidden_domain", "output_extra_fields"):
        assert len(getattr(ours, name)) == len(getattr(theirs, name)), name
    assert (ours.tools, ours.model, ours.blocks) == (theirs.tools, theirs.model, theirs.blocks)
    assert [one.target for one in ours.handoff] == [one.target for one in theirs.handoff]
    text = " ".join(words(ours)).replace(" x ", " × ")
    terms = re.findall(r"`([^`]+)`|(\$?\d[\d.%-]*)|\b([A-Z]{2,})\b", " ".join(words(theirs)))
    assert {term for found in terms for term in found if term and term not in text} == set()


def words(of: manifest.Manifest) -> list[str]:
    """All that a manifest tells its agent."""
    return [
        *(of.description, of.role, *of.domain_in, *of.forbidden_domain, *of.output_extra_fields),
        *(one.trigger for one in of.handoff),
        *of.references.extra,
    ]


def sections(text: str, capabilities: list[str]) -> dict[str, str]:
    """The sections of an agent's file, those of its capabilities by their ids."""
    front, *parts = re.split(r"^(?=# )", text, flags=re.MULTILINE)
    found = {"FRONT MATTER": front}
    for part in parts:
        title = part.partition("\n")[0].removeprefix("# ")
        found[re.split(" — | \\(", title)[0]] = part
    held = found["AGENT SUBSTRATE"].split("\n---\n")
    texts = [held[0][held[0].index("\n## ") :], *held[1:]]
    named = zip(capabilities, texts, strict=True)
    return found | {f"AGENT SUBSTRATE: {name}": text for name, text in named}


def built(bare_project: Path, source: Path | None = None) -> dict[str, str]:
    """The sections of the built agent."""
    workshop = agent_library.opened(str(bare_project), str(source) if source else None)
    return sections(workshop.text(RUNNER), workshop.agent(RUNNER).held.capabilities)


def missing(parts: dict[str, str]) -> list[str]:
    """The rules that are not in the section where they belong, with what is missing of them."""
    flats = {name: flat(part).casefold() for name, part in parts.items()}
    return [
        f"{row['section']}: {row['rule']}: {word}"
        for row in ROWS
        for word in row["words"]
        if word.casefold() not in flats.get(row["section"], "")
    ]


def test_the_table_has_every_section() -> None:
    found = list(dict.fromkeys(row["section"].partition(":")[0] for row in ROWS))
    assert found == [
        "FRONT MATTER", "ROLE", "AGENT SUBSTRATE", "BASELINE", "EVIDENCE GRADING",
        "MEMORY PROTOCOL", "PRE-DEV GATE", "ERROR BUDGET", "DOMAIN SCOPE", "HANDOFFS",
        "OUTPUT FORMAT", "FORBIDDEN", "REFERENCES",
    ]  # fmt: skip
    held = {row["section"].partition(": ")[2] for row in ROWS} - {""}
    assert len(held) == 8
    assert len(ROWS) >= 250
    assert all(row["words"] and all(row["words"]) for row in ROWS)
    assert len({(row["section"], row["rule"]) for row in ROWS}) == len(ROWS)


def test_every_rule_is_in_its_section(bare_project: Path) -> None:
    assert missing(built(bare_project)) == []


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        pytest.param(
            "`vol.commit()` after each write; ", "", "ROLE: a commit after each write", id="gone"
        ),
        pytest.param("above $20 STOP, and ask", "above $20 STOP", "ROLE: above $20", id="in part"),
        pytest.param(
            '    "Skipping `modal app list` before a launch: collisions and duplicates are how '
            'money disappears",\n',
            "",
            "FORBIDDEN: skipping the list of apps",
            id="though it stands in another section",
        ),
    ],
)
def test_a_rule_that_is_missing_is_found(
    tmp_path: Path, bare_project: Path, old: str, new: str, rule: str
) -> None:
    (tmp_path / "mine").mkdir()
    text = Path(data(f"policies/agents/{RUNNER}.toml")).read_text()
    assert old in text
    text = re.sub(r"\[\[enforcement\]\]\n(?:.+\n)+\n", "", text)
    (tmp_path / f"mine/{RUNNER}.toml").write_text(text.replace(old, new))
    found = missing(built(bare_project, tmp_path / "mine"))
    assert found
    assert all(one.startswith(rule) for one in found)


def test_a_block_that_lost_a_rule_is_found(tmp_path: Path, bare_project: Path) -> None:
    (tmp_path / "mine/blocks").mkdir(parents=True)
    text = Path(data(f"policies/agents/{RUNNER}.toml")).read_text()
    (tmp_path / f"mine/{RUNNER}.toml").write_text(text)
    block = Path(data("policies/blocks/rule-error-budget.md"))
    lines = block.read_text().replace("skipping level 1; ", "")
    (tmp_path / "mine/blocks/rule-error-budget.md").write_text(lines)
    found = missing(built(bare_project, tmp_path / "mine"))
    assert found == ["ERROR BUDGET: prohibited: to skip level 1: skipping level 1"]


POINT = re.compile(r"^(?= *(?:- |\d\. |\| E|[A-Za-z][\w /-]+: |`[^`]))", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.;])\s+")


def test_no_point_can_be_lost_unseen(bare_project: Path) -> None:
    parts = built(bare_project)
    for name, part in parts.items():
        if name.startswith("AGENT SUBSTRATE"):  # its texts have tests of their own
            continue
        points = (SENTENCE if name == "ROLE" else POINT).split(part.strip())[1:]
        assert len(points) > 2
        lost = [one for one in points if not missing(parts | {name: part.replace(one, "")})]
        assert lost == []


@pytest.mark.parametrize("name", [IMPLEMENTER, RUNNER])
def test_each_rule_says_what_holds_it(bare_project: Path, name: str) -> None:
    _, rules = agent_library.opened(str(bare_project), None).covered(name)
    assert [rule.line for rule in rules if rule.kind == "not mapped"] == []


def test_a_rule_is_not_held_by_what_the_role_does_not_have(
    tmp_path: Path, bare_project: Path
) -> None:
    (tmp_path / "mine").mkdir()
    text = Path(data(f"policies/agents/{RUNNER}.toml")).read_text()
    text = text.replace('by = ["policy::no-git-ops"]', 'by = ["policy::no-public-push"]')
    (tmp_path / f"mine/{RUNNER}.toml").write_text(text)
    workshop = agent_library.opened(str(bare_project), str(tmp_path / "mine"))
    with pytest.raises(Fault, match="does not have `policy::no-public-push`"):
        workshop.covered(RUNNER)
