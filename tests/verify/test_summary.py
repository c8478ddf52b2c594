"""How an outcome is told: to the agent, to who started it, to people, and to programs."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from kei_gates.checks.work import Finding, Ran
from kei_gates.verify import summary
from kei_gates.verify.outcome import OWN, Outcome

SCOPE, TESTS = "scope::files-whitelist", "quality::tests-green"
OUTSIDE = Finding("`a` was added, outside", "take it away", path="a")
RED = Finding("`pytest` failed", "mend it", path="t.py", line=3, detail="assert 1 == 2\n1 failed")
DOUBT = Finding("`b` was changed", "undo it", path="b", doubt="agent `x` ran then")
RUN = Ran("pytest", ended="exit", code=1, output="secret", seconds=1.25, at="merge")
ALL = Outcome(
    [(SCOPE, OUTSIDE), (TESTS, RED), (SCOPE, DOUBT), (OWN, Finding("no merge", "try again"))],
    ["safety::no-dep-bump"],
    [("output::verdict", "there is no report")],
    [RUN],
    ["`big` is left out"],
)


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (OUTSIDE, "`a` was added, outside; take it away"),
        (RED, "t.py:3: `pytest` failed; mend it"),
        (DOUBT, "`b` was changed (agent `x` ran then); undo it"),
        (Finding("no field", "add it", line=7), "line 7: no field; add it"),
        (Finding("too long", "split it", path="a.py"), "a.py: too long; split it"),
    ],
)
def test_a_finding_in_one_line(finding: Finding, line: str) -> None:
    assert summary.told(finding) == line


def test_to_the_agent() -> None:
    assert summary.to_agent(ALL).split("\n") == [
        "kei-gates: this does not hold yet; mend it, then return again:",
        "- scope::files-whitelist: `a` was added, outside; take it away",
        "- quality::tests-green: t.py:3: `pytest` failed; mend it",
        "    assert 1 == 2",
        "    1 failed",
        "- kei-gates: no merge; try again",
        "- scope::files-whitelist: `b` was changed (agent `x` ran then); undo it",
    ]


def test_what_may_be_somebody_elses_doing_is_not_put_down_to_the_agent() -> None:
    first, *found = summary.to_agent(Outcome([(SCOPE, DOUBT)])).split("\n")
    assert "may not be your doing" in first
    assert "say in your report what is not" in first
    assert len(found) == 1


LONG = "x" * 300
OUTPUT = "\n".join(f"line {number}" for number in range(1000))


@pytest.mark.parametrize(
    "findings",
    [
        [Finding(LONG * 20, LONG)],
        [Finding(f"{number} {LONG}", LONG, path=LONG) for number in range(30)],
        [Finding(LONG, "mend it", detail=f"{number}\n{OUTPUT}") for number in range(30)],
        [Finding("one", "mend it", detail="y" * 100_000)],
    ],
)
def test_what_an_agent_is_told_is_short(findings: list[Finding]) -> None:
    text = summary.to_agent(Outcome([(TESTS, finding) for finding in findings]))
    assert text.split("\n")[1].startswith("- quality::tests-green: ")
    assert len(text) < 4400
    shown = sum(line.startswith("- quality::") for line in text.split("\n"))
    assert shown == len(findings) or text.endswith(f"\n- and {len(findings) - shown} more")


def test_the_same_output_is_told_once_and_its_end_in_whole_lines() -> None:
    told = [Finding(str(number), "mend it", detail=OUTPUT) for number in range(3)]
    lines = summary.to_agent(Outcome([(TESTS, finding) for finding in told])).split("\n")
    shown = [line.strip() for line in lines if line.startswith("    ")]
    assert shown == [f"line {number}" for number in range(1000 - len(shown), 1000)]
    assert len(shown) > 50


def test_many_findings_are_counted() -> None:
    text = summary.to_agent(Outcome([(SCOPE, OUTSIDE)] * 40))
    assert text.endswith("\n- and 28 more")
    assert "- and " not in summary.to_agent(Outcome([(SCOPE, OUTSIDE)] * 12))


def test_to_people() -> None:
    lines = list(summary.to_people(ALL, "1b2857f58c4a1807beddb5f29e2833587df723b7"))
    assert [line.split()[0] for line in lines] == [
        "FAIL", "FAIL", "assert", "1", "FAIL", "FAIL", "ok", "skip", "ran", "note", "does",
    ]  # fmt: skip
    assert lines[-3] == "ran   `pytest` after a merge: exit 1, 1.2 s"
    assert lines[-1] == "does not hold: 4 findings, 1 hold, 1 skipped (against 1b2857f58c4a)"
    (last,) = summary.to_people(Outcome(), "the agent's start")
    assert last == "holds: 0 findings, 0 hold (against the agent's start)"


def test_long_commands_and_colours_are_cut_for_people() -> None:
    run = Ran("x " * 400, ended="timeout", code=None, output="", seconds=9.6, at="worktree")
    red = Finding("`x` failed", "mend it", detail="\x1b[1;31mred\x1b[m\r\n\x1b]52;c;x\x07")
    fail, *detail, ran, _ = summary.to_people(Outcome([(TESTS, red)], runs=[run]), "main")
    assert fail == "FAIL  quality::tests-green: `x` failed; mend it"
    assert detail == ["        red", "        \x1b]52;c;x\x07"]
    assert ran.endswith("...` in the worktree: was ended after 10 s, 9.6 s")
    assert len(ran) < 300


def test_as_json() -> None:
    record = summary.as_record(ALL)
    assert record["findings"][1] == {
        "capability": TESTS,
        "path": "t.py",
        "line": 3,
        "message": "`pytest` failed",
        "remedy": "mend it",
        "doubt": "",
        "detail": "assert 1 == 2\n1 failed",
    }
    assert record["passed"] == ["safety::no-dep-bump"]
    assert record["skipped"] == ["output::verdict"]
    assert record["reasons"] == {"output::verdict": "there is no report"}
    assert record["runs"][0] == {
        "command": "pytest", "pass": "merge", "ended": "exit", "code": 1, "seconds": 1.25,
    }  # fmt: skip


def test_as_junit() -> None:
    strange = Finding("\x1b[31m\x00 \ud800 <&>\"'", "mend \ufffe it", path="ä")
    found = [(SCOPE, OUTSIDE), (SCOPE, DOUBT), (TESTS, strange)]
    outcome = Outcome(found, ALL.passed, ALL.skipped, [RUN, RUN])
    root = ET.fromstring(summary.as_junit(outcome).decode())  # noqa: S314 -- our own
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "2", "1")
    assert (suite.get("errors"), suite.get("time")) == ("0", "2.500")
    cases = {f"{case.get('classname')}::{case.get('name')}": case for case in suite}
    (failure,) = cases[SCOPE]
    assert failure.get("message") == "`a` was added, outside; take it away"
    assert failure.get("type") == "finding"
    assert "`b` was changed" in (failure.text or "")
    (failure,) = cases[TESTS]
    assert failure.get("message") == "ä: \\x1b[31m\\x00 \\xd800 <&>\"'; mend \\xfffe it"
    assert list(cases["safety::no-dep-bump"]) == []
    assert cases["output::verdict"][0].tag == "skipped"
