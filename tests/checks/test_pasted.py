"""What reports claim and show, against what has really run."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kei_gates.checks._claims import claims_tests
from kei_gates.checks._counting import Block, Counts
from kei_gates.checks._pasted import _READERS, claims, differs, in_report

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE = tomllib.loads((Path(__file__).parent / "pasted.toml").read_text())


@pytest.mark.parametrize("text", TABLE["claims"])
def test_a_claim(text: str) -> None:
    assert claims_tests(text)
    assert claims(f"Done.\n\n{text}\nBye.")


@pytest.mark.parametrize("text", TABLE["checks"])
def test_a_claim_of_checks(text: str) -> None:
    assert claims(text)
    assert not claims_tests(text)


@pytest.mark.parametrize("text", TABLE["none"])
def test_no_claim(text: str) -> None:
    assert not claims(text)
    assert not claims_tests(text)


def runs_of(case: dict[str, Any]) -> dict[str, list[Block]]:
    return {
        f"run {at}": [Block(0, 0, Counts(case["tool"], *numbers)) for numbers in run]
        for at, run in enumerate(case["runs"])
    }


@pytest.mark.parametrize("case", TABLE["paste"], ids=lambda case: case["id"])
def test_pasted(case: dict[str, Any]) -> None:
    found = differs(case["report"], case["tool"], list(runs_of(case).values()))
    shown = found and [found[0].passed, found[0].failed, found[0].ignored]
    assert shown == case.get("differs")
    said = list(in_report(f"All tests pass:\n{case['report']}", runs_of(case)))
    assert bool(said) is ("differs" in case), "a block that holds is all that a claim needs"


def run_of(tool: str, *numbers: int) -> dict[str, list[Block]]:
    return {f"run-{tool}": [Block(0, 0, Counts(tool, *numbers))]}


def test_a_claim_without_a_block() -> None:
    (found,) = in_report("All 4 tests pass.", run_of("pytest", 4))
    assert found.message.endswith("there is no summary of `pytest` in it")
    assert list(in_report("I could not do it.", run_of("pytest", 4))) == []
    assert list(in_report("All 4 tests pass.", run_of("TAP", 4))) == []
    assert list(in_report("All 4 tests pass.", {})) == []


def test_both_numbers_and_the_command_are_named() -> None:
    (found,) = in_report("5 passed in 0.10s", run_of("pytest", 4, 0, 1))
    said = "shows 5 passed, 0 failed, but `run-pytest` really gave 4 passed, 0 failed, 1 ignored"
    assert said in found.message


def test_of_many_commands_some_are_named() -> None:
    runs = {f"pytest {at}": [Block(0, 0, Counts("pytest", 9))] for at in range(5)}
    runs["npm test"] = [Block(0, 0, Counts("jest", 9))]
    (found,) = in_report("5 passed in 0.10s", runs)
    named = "`pytest 0` and `pytest 1` and `pytest 2` and 2 more really gave 45 passed, 0 failed"
    assert named in found.message


@pytest.mark.parametrize(
    "text",
    [
        "Tests: ok  example.org/x 0.002s",
        "`$ go test ./...` ok   example.org/x   (cached)",
        "- tests: FAIL\tsample\t0.010s",
        "Before: FAIL example.org/x 0.002s; after: ok  \tsample\t0.002s",
    ],
)
def test_go_behind_a_name_or_a_command(text: str) -> None:
    assert list(in_report(f"All tests pass. {text}", run_of("go test", 3))) == []


@pytest.mark.parametrize("text", ["All ok in 2s.", "It is ok now (cached)", "look ok 3 1s"])
def test_prose_is_no_output_of_go(text: str) -> None:
    assert len(list(in_report(f"All tests pass. {text}", run_of("go test", 3)))) == 1


PIECES = (
    " ", "=", "1", "Tests: ", "Tests  ", "Summary [", "3 passed in 0.01s ", "# tests 3 # pass 3 ",
    "ok  a/b 0.1s ", "before: ", "before my a ", "tests do not pass. ", "(", "> ", "`", "**", "a;",
    "3 passed in 0.01s\n", "before\n", "\n", "test result: ok. 1 passed; 0 failed ", "\x1b[1",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("width", [1_900, 90_000])
def test_a_long_report_is_compared_in_time(piece: str, width: int) -> None:
    line = piece * (width // len(piece)) + "x\n"
    started = time.process_time()
    for tool in _READERS:
        differs(line * (100_000 // len(line) + 1), tool, [[Block(0, 0, Counts(tool, 4))]])
    claims(line * (100_000 // len(line)))
    assert time.process_time() - started < 5


def test_a_report_that_is_too_long_is_not_compared() -> None:
    text = "5 passed in 0.10s\n" * 20_000
    (found,) = in_report(text, run_of("pytest", 4))
    assert "more than 200000 are not looked at" in found.message
    assert claims("a\n" * 200_000), "what it claims is not known"
    assert not claims("a\n" * 100_000)
    assert list(in_report(text, {})) == []
