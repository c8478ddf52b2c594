"""How many tests an output tells of: what tools have printed, and what tests print themselves."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kei_gates.checks._counting import total
from kei_gates.checks._counts import blocks_of
from kei_gates.checks._counts_junit import JunitError, junit_counts

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
TABLE = tomllib.loads((HERE / "counts.toml").read_text())


def counts_of(command: str, output: str) -> list[int] | None:
    blocks = blocks_of(command, output)
    counts = total("", blocks)
    return [counts.passed, counts.failed, counts.ignored] if blocks else None


@pytest.mark.parametrize(
    "case", TABLE["case"], ids=lambda case: f"{case['file']} {case['command']}"
)
def test_recorded(case: dict[str, Any]) -> None:
    output = (HERE / "data/counts" / case["file"]).read_text()
    assert counts_of(case["command"], output) == case.get("counts")


@pytest.mark.parametrize("case", TABLE["junit"], ids=lambda case: case["file"])
def test_recorded_junit(case: dict[str, Any]) -> None:
    counts = junit_counts((HERE / "data/counts" / case["file"]).read_bytes())
    assert [counts.passed, counts.failed, counts.ignored] == case["counts"]


def test_the_sums_of_a_junit_file_are_not_believed() -> None:
    counts = junit_counts(b'<testsuite tests="100"><testcase name="a"/></testsuite>')
    assert (counts.passed, counts.failed) == (1, 0)


def test_a_suite_that_fails_by_itself_is_no_success() -> None:
    counts = junit_counts(
        b"<testsuite><error/><testcase/><testcase><error/></testcase></testsuite>"
    )
    assert (counts.passed, counts.failed) == (1, 2)


def test_what_was_repeated_and_passed_at_last_has_passed() -> None:
    content = b"<testsuite><testcase><flakyFailure/><rerunFailure/></testcase></testsuite>"
    assert junit_counts(content).passed == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no XML"),
        (b"<testsuite>", "no XML"),
        (b"<html/>", "begins with `html`"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><testsuite>&b;</testsuite>', "document type"),
        ('<!DOCTYPE testsuite SYSTEM "x"><testsuite/>'.encode("utf-16"), "document type"),
        (b'<?xml version="1.0" encoding="no-such"?><testsuite/>', "no XML"),
    ],
)
def test_what_is_no_junit_file(content: bytes, says: str) -> None:
    with pytest.raises(JunitError, match=says):
        junit_counts(content)


# What is no summary, though it looks like one, and what is one in a hard place.
OUTPUTS = [
    ("make", "44 tests passed\n", None),
    ("make", "5 passed, as I said, in 3s\n", None),
    ("make", "see: 5 passed in 0.10s\n", None),
    ("make", "test result: ok. 100 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n", None),
    ("make", "running 3 tests\ntest result: ok. 9 passed; 0 failed; 0 ignored\n", None),
    ("make", "Ran 4 tests in 0.1s\n\nOK\n", None),
    ("make", "Tests:       3 passed, 3 total\n", None),
    ("make", "Test Suites: 1 passed, 1 total\nTests:       3 passed, 9 total\n", None),
    ("make", "# tests 5\n# pass 5\n", None),
    ("make", "ok 1 - a\nok 2 - b\n", None),
    ("make", "ok 1 - a\n1..2\n", [1, 1, 0]),
    ("make", "1..2\nnot ok 1\nok 1\nok 2 # skip x\n", [0, 1, 1]),
    ("make", "1..2\nnot ok 1 # TODO x\nok\n", [1, 0, 1]),
    ("make", "1..0\n", [0, 0, 0]),
    ("make", "5 passed in 0.10s\r\n", [5, 0, 0]),
    ("make", "\x1b[2K 99%\r===== 5 passed in 61.00s (0:01:01) =====\n", [5, 0, 0]),
    # several runs of one command are summed, one that is named has one
    ("pytest a && pytest b", "5 passed in 0.10s\n7 passed in 0.10s\n", [12, 0, 0]),
    ("pytest a", "5 passed in 0.10s\n7 passed in 0.10s\n", [7, 0, 0]),
    # the summary of another tool than the one that is named
    ("pytest", "# tests 9\n# suites 0\n# pass 9\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0\n"
     "1 passed in 0.10s\n", [1, 0, 0]),
    ("cargo nextest run", "     Summary [   0.005s] 4 tests run: 3 passed (1 slow), 1 failed, 2 "
     "skipped\n", [3, 1, 2]),
    ("cargo nextest run", "     Summary [   0.005s] 2/4 tests run: 1 passed, 1 timed out, 0 "
     "skipped\n", [1, 1, 0]),
    # a binary that prints the lines of another's, and one that never ends
    ("cargo test", "running 1 test\nrunning 50 tests\ntest result: ok. 50 passed; 0 failed; 0 "
     "ignored\ntest result: ok. 1 passed; 0 failed; 0 ignored\n", [1, 0, 0]),
    ("cargo test", "running 7 tests\nrunning 2 tests\ntest result: ok. 2 passed; 0 failed; 0 "
     "ignored\n", [2, 0, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("command", "output", "counts"), OUTPUTS)
def test_read(command: str, output: str, counts: list[int] | None) -> None:
    assert counts_of(command, output) == counts


def test_long_and_strange_outputs_are_read_in_time() -> None:
    parts = [
        "running 1 test\n",
        "=" * 99_999,
        "\x1b]",
        '{"Action":',
        " " * 50_000,
        "1 passed, " * 9_000,
    ]
    output = "\n".join(part * 20 for part in parts) * 4
    began = time.monotonic()
    assert counts_of("make", output) is None
    assert time.monotonic() - began < 10
