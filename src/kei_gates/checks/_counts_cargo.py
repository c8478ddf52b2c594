"""The summaries of `cargo test`, with one per test binary, and of `cargo nextest`.

A binary prints `running N tests` and at its end `test result: ok. P passed; ...`, whose numbers add
up to N (libtest; measured with cargo 1.95). What a test prints between the two is its own and does
not count, whatever it says. A test can only pass for a harness where it prints both lines of one
before the first, or after the last: in a build script, or in a binary with `harness = false`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._counting import Block, Counts

if TYPE_CHECKING:
    from collections.abc import Sequence

CARGO, NEXTEST = "cargo test", "cargo nextest"

RESULT = re.compile(
    r"test result: (?:ok|FAILED)\. (?P<passed>\d+) passed; (?P<failed>\d+) failed"
    r"(?:; (?P<ignored>\d+) ignored)?(?:; (?P<measured>\d+) measured)?"
)
_RUNNING = re.compile(r"running (\d+) tests?$")
_BINARY = re.compile(
    r"\s+(?:Running (?:unittests )?\S.*\((?P<file>[^()]+)\)|Doc-tests (?P<doc>\S+))$"
)
_SUMMARY = re.compile(r"\s*Summary \[[^\]]*\]\s+(?:\d+/)?\d+ tests? run: (?P<rest>.*)$")
_PART = re.compile(r"(\d+) (passed|failed|skipped|timed out|exec failed)")


def cargo_blocks(lines: Sequence[str]) -> list[Block]:
    """Give the summary of each test binary, also of one within the output of another."""
    opened: list[tuple[int, int, str]] = []
    blocks: list[Block] = []
    name = ""
    for at, line in enumerate(lines):
        if binary := _BINARY.match(line):
            name = binary["file"] or f"doc {binary['doc']}"
        elif running := _RUNNING.match(line):
            opened.append((at, int(running[1]), name))
            name = ""
        elif result := RESULT.match(line):
            counts = counts_in(result)
            all_told = counts.passed + counts.failed + counts.ignored + int(result["measured"] or 0)
            fits = [index for index, one in enumerate(opened) if one[1] == all_told]
            if fits:
                first, _, its_name = opened[fits[-1]]
                del opened[fits[-1] :]
                blocks.append(Block(first, at, counts, its_name))
    return blocks


def counts_in(result: re.Match[str]) -> Counts:
    """Read a line that `RESULT` has found."""
    ignored = int(result["ignored"]) if result["ignored"] else 0
    return Counts(CARGO, int(result["passed"]), int(result["failed"]), ignored)


def nextest_blocks(lines: Sequence[str]) -> list[Block]:
    """Give the summaries of nextest; from its documentation, version 0.9."""
    blocks = []
    for at, line in enumerate(lines):
        if summary := _SUMMARY.match(line):
            parts = {name: int(number) for number, name in _PART.findall(summary["rest"])}
            bad = sum(parts.get(name, 0) for name in ("failed", "timed out", "exec failed"))
            counts = Counts(NEXTEST, parts.get("passed", 0), bad, parts.get("skipped", 0))
            blocks.append(Block(at, at, counts))
    return blocks
