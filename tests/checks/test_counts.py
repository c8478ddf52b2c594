"""How many tests an output tells of: what tools have printed, and what tests print themselves."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.checks._counting import Block, Counts, total
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


@pytest.mark.parametrize("case", TABLE["read"], ids=lambda case: case["output"][:40])
def test_read(case: dict[str, Any]) -> None:
    assert counts_of(case["command"], case["output"]) == case.get("counts")


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


def test_the_same_tests_count_once_as_they_came_out_best() -> None:
    runs = [Block(0, 0, Counts("", passed), "a") for passed in (1, 3, 2)]
    assert total("", runs).passed == 3
    assert (
        total("", [*runs, Block(0, 0, Counts("", 4), "b"), Block(0, 0, Counts("", 5))]).passed == 12
    )


COMMANDS = (
    "make test",
    "cargo test",
    "pytest",
    "python3 -m unittest",
    "go test",
    "npx jest",
    "node --test",
)
PIECES = st.sampled_from([
    "running 3 tests\n", "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured\n",
    "== test session starts ==\n", "=== 3 passed in 0.10s ===\n", "3 passed, 2 skipped in 1.00s\n",
    "-" * 70 + "\n", "Ran 3 tests in 0.1s\n", "\n", "OK\n", "FAILED (failures=1)\n",
    "=== RUN   TestA\n", "--- PASS: TestA (0.00s)\n", "ok  \ta\t0.1s\n", "FAIL\ta\t0.1s\n",
    '{"Action":"pass","Package":"a","Test":"b"}\n', '{"Action":[]}\n',
    "Test Suites: 1 passed, 1 total\n", "Tests:       3 passed, 3 total\n",
    "# tests 3\n", "# suites 0\n", "# pass 3\n", "1..3\n", "ok 1\n",
    "not ok 99999999999\n", "\x1b[31m", "\r",
])  # fmt: skip


@given(st.sampled_from(COMMANDS), st.lists(PIECES | st.text(max_size=20)))
def test_every_output_is_read(command: str, pieces: list[str]) -> None:
    counts = counts_of(command, "".join(pieces))
    assert counts is None or min(counts) >= 0


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9), st.integers(0, 9)), min_size=1))
def test_binaries_are_summed(binaries: list[tuple[int, int, int]]) -> None:
    output = "".join(
        f"running {sum(one)} tests\ntest result: ok. {one[0]} passed; {one[1]} failed; "
        f"{one[2]} ignored; 0 measured; 0 filtered out; finished in 0.00s\n"
        for one in binaries
    )
    assert counts_of("cargo test -q", output) == [
        sum(column) for column in zip(*binaries, strict=True)
    ]
