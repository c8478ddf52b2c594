"""The texts of the capabilities: each has one, and what a text promises, its gate or check holds.

A row of `texts.toml` gives phrases of a text (`says`) and what becomes of its `commands`, `calls`
or `reports`: `deny` (for a report: a finding), `ask` or `pass`. One of the phrases must tell so, by
a usual word or by `told_by`. All else of a row is as in the tables of gates and of reports.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates import gates
from kei_gates.agents.library import MOST_WORDS
from kei_gates.cli import agent_library
from kei_gates.engine import catalogue
from kei_gates.policy.params import params_hints
from tests.checks.test_reports import findings_of
from tests.gates import conftest
from tests.gates.test_gates import compiled, event_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

project = conftest.project

TABLE = tomllib.loads((Path(__file__).parent / "texts.toml").read_text())
ROWS: list[dict[str, Any]] = TABLE["row"]
TEXTS = {capability: Path(path).read_text() for capability, path in agent_library.texts().items()}
CODE = re.compile(r"`([^`]+)`")
TELLING = {
    "deny": re.compile(r"\b(?:[Dd]enied|[Nn]ot|[Nn]o|[Nn]one|[Nn]ever)\b"),
    "ask": re.compile(r"\basked\b"),
    "pass": re.compile(r"\b(?:pass|passes|may|allows)\b"),
}


def plain(text: str) -> str:
    """A text without its line ends."""
    return " ".join(text.split())


def phrases(row: dict[str, Any]) -> list[str]:
    says = row["says"]
    return [says] if isinstance(says, str) else says


def decided(row: dict[str, Any], project: Path, root: Path) -> list[tuple[str, str]]:
    """What becomes of all that a row gives: each with its decision."""
    capability, shared = row["capability"], {"rates": TABLE["rates"]} | row
    if "reports" in row:
        return [
            (report, "deny" if findings_of(capability, row | {"report": report}, root) else "pass")
            for report in row["reports"]
        ]
    gate = gates.load(capability)
    role = compiled(capability, row.get("params")).role("project:tested")
    params = gate.Params(role.grants[0].params)
    calls = [{"tool": "Bash", "input": {"command": one}} for one in row.get("commands", ())]
    found = []
    for call in [*calls, *row.get("calls", ())]:
        verdict = gate.check(event_of(shared | call, project), params)
        found.append((str(call), verdict.outcome.replace("abstain", "pass")))
    return found


def unlike(row: dict[str, Any], project: Path, root: Path) -> list[tuple[str, str]]:
    """What is decided otherwise than a row says."""
    return [one for one in decided(row, project, root) if one[1] != row["decision"]]


def uncovered(capability: str, text: str, rows: list[dict[str, Any]]) -> list[str]:
    """The code in a text that is neither judged by a row, nor a name."""
    text = plain(text)
    said = [(text.find(phrase), len(phrase)) for row in rows for phrase in phrases(row)]
    return [
        code[1]
        for code in CODE.finditer(text)
        if code[1] not in names(capability)
        and not any(0 <= at <= code.start() and code.end() <= at + size for at, size in said)
    ]


def names(capability: str) -> set[str]:
    hints = params_hints(catalogue.params()[capability])
    return {*(name.replace("_", "-") for name in hints), *TABLE["names"].get(capability, ())}


def test_every_capability_has_a_text() -> None:
    assert set(TEXTS) == set(catalogue.params())


@pytest.mark.parametrize("capability", TEXTS)
def test_every_text_has_its_form(capability: str) -> None:
    text = TEXTS[capability]
    assert re.match(r"## [A-Z]\S+", text)
    assert text.count("\n#") == 0
    assert len(text.split()) <= MOST_WORDS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['capability']} {phrases(row)[-1]}")
def test_a_text_promises_what_is_enforced(
    row: dict[str, Any], project: Path, tmp_path: Path
) -> None:
    text = plain(TEXTS[row["capability"]])
    assert [phrase for phrase in phrases(row) if phrase not in text] == []
    telling = re.compile(re.escape(row["told_by"])) if "told_by" in row else None
    assert any((telling or TELLING[row["decision"]]).search(one) for one in phrases(row))
    assert unlike(row, project, tmp_path) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['capability']} {phrases(row)[-1]}")
def test_a_row_judges_what_its_text_names(row: dict[str, Any]) -> None:
    given = [*row.get("commands", ()), *row.get("reports", ()), str(row.get("params", ""))]
    given += [str(call) for call in row.get("calls", ())]
    known = names(row["capability"])
    for phrase in phrases(row):
        for code in CODE.findall(phrase):
            assert code in known or any(code in one for one in given), code


@pytest.mark.parametrize("capability", TEXTS)
def test_all_code_in_a_text_is_judged(capability: str) -> None:
    rows = [row for row in ROWS if row["capability"] == capability]
    assert uncovered(capability, TEXTS[capability], rows) == []


def test_a_wrong_promise_is_found(project: Path, tmp_path: Path) -> None:
    row = {"capability": "policy::no-git-ops", "commands": ["git status", "ls"]}
    assert len(unlike(row | {"decision": "pass"}, project, tmp_path)) == 1
    row = {"capability": "output::verdict", "reports": ["all good", "Verdict: approve"]}
    assert len(unlike(row | {"decision": "pass"}, project, tmp_path)) == 1


def test_a_promise_that_nobody_judges_is_found() -> None:
    text = "## X\n\nDenied is `git\nstatus`, and `git push` with `verbs`."
    row = {"says": "Denied is `git status`"}
    assert uncovered("policy::git-ops-scope", text, [row]) == ["git push"]
