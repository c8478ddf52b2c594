"""What reports claim and show, against what has really run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates.checks._claims import claims_tests
from kei_gates.checks._counting import Block, Counts
from kei_gates.checks._pasted import claims, differs, in_report

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


def runs_of(case: dict[str, Any]) -> list[list[Block]]:
    return [
        [Block(0, 0, Counts(case["tool"], *numbers)) for numbers in run] for run in case["runs"]
    ]


@pytest.mark.parametrize("case", TABLE["paste"], ids=lambda case: case["id"])
def test_pasted(case: dict[str, Any]) -> None:
    found = differs(case["report"], case["tool"], runs_of(case))
    shown = found and [found[0].passed, found[0].failed, found[0].ignored]
    assert shown == case.get("differs")
    said = list(in_report(f"All tests pass:\n{case['report']}", runs_of(case)))
    assert bool(said) is ("differs" in case), "a block that holds is all that a claim needs"


def test_a_claim_without_a_block() -> None:
    runs = [[Block(0, 0, Counts("pytest", 4))]]
    (found,) = in_report("All 4 tests pass.", runs)
    assert found.message.endswith("there is no summary of `pytest` in it")
    assert list(in_report("I could not do it.", runs)) == []
    assert list(in_report("All 4 tests pass.", [[Block(0, 0, Counts("TAP", 4))]])) == []
    assert list(in_report("All 4 tests pass.", [])) == []


def test_both_numbers_are_named() -> None:
    (found,) = in_report("5 passed in 0.10s", [[Block(0, 0, Counts("pytest", 4, 0, 1))]])
    assert "shows 5 passed, 0 failed, but `pytest` really gave 4 passed, 0 failed, 1 ignored" in (
        found.message
    )
