"""The summaries of jest, vitest, mocha and `node --test` (measured: 29.7, 2.1, 10.8, 20.20).

Each is a few lines in one place; a line by itself is none, and the numbers must add up to their
total where one is told. A test that prints all lines of one cannot be told apart where the same
command makes several runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._counting import Block, Counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JEST, VITEST, MOCHA, NODE = "jest", "vitest", "mocha", "node --test"

JEST_LINE = re.compile(r"Tests: +(?P<parts>.*?)(?P<total>\d+) total$")
VITEST_LINE = re.compile(r" *Tests {2,}(?P<parts>[^()]*)\((?P<total>\d+)\)$")
MOCHA_LINE = re.compile(r" *(?P<passed>\d+) passing \([\d.]+(?:ms|s|m|h)\)$")
NODE_LINE = re.compile(r"(?:#|\u2139) (?P<name>[a-z]+) (?P<number>\d+)$")

_SUITES = re.compile(r"Test Suites: (?:(?P<failed>\d+) failed)?")
_FILES = re.compile(r" *Test Files {2,}(?:(?P<failed>\d+) failed)?")
_NONE = {
    JEST: re.compile(r"No tests found, exiting with code \d"),
    VITEST: re.compile(r"No test files found, exiting with code \d"),
}
_PART = re.compile(r"(\d+) ([a-z]+(?: fail)?)\b")
_MOCHA_PART = re.compile(r"  (\d+) (pending|failing)$")
_NODE_NAMES = ("tests", "suites", "pass", "fail", "cancelled", "skipped", "todo")
_IGNORED = ("skipped", "todo", "pending", "expected fail")


def jest_blocks(lines: Sequence[str]) -> list[Block]:
    """Give each `Tests:` line that stands below a `Test Suites:` line."""
    return _below(lines, JEST, _SUITES, JEST_LINE)


def vitest_blocks(lines: Sequence[str]) -> list[Block]:
    """Give each `Tests` line that stands below a `Test Files` line."""
    return _below(lines, VITEST, _FILES, VITEST_LINE)


def _below(
    lines: Sequence[str], tool: str, above: re.Pattern[str], pattern: re.Pattern[str]
) -> list[Block]:
    blocks = []
    for at, line in enumerate(lines):
        suites = above.match(lines[at - 1]) if at else None
        found = pattern.match(line.rstrip()) if suites else None
        counts = parts_in(tool, found) if found else None
        if counts is not None and suites is not None:
            broken = 0 if counts.failed else int(suites["failed"] or 0)
            whole = Counts(tool, counts.passed, counts.failed + broken, counts.ignored)
            blocks.append(Block(at - 1, at, whole))
        elif _NONE[tool].match(line.strip()):
            blocks.append(Block(at, at, Counts(tool, 0)))
    return blocks


def parts_in(tool: str, found: re.Match[str]) -> Counts | None:
    """Read a line of jest or vitest; none where its numbers do not add up."""
    parts = {name: int(number) for number, name in _PART.findall(found["parts"])}
    if sum(parts.values()) != int(found["total"]):
        return None
    ignored = sum(parts.get(name, 0) for name in _IGNORED)
    return Counts(tool, parts.get("passed", 0), parts.get("failed", 0), ignored)


def mocha_blocks(lines: Sequence[str]) -> list[Block]:
    """Give each `N passing` line below a blank one, with the lines below it."""
    blocks = []
    for at, line in enumerate(lines):
        found = MOCHA_LINE.match(line.rstrip())
        if found and at and not lines[at - 1].strip():
            parts = [_MOCHA_PART.match(one.rstrip()) for one in lines[at + 1 : at + 3]]
            numbers = {part[2]: int(part[1]) for part in parts if part}
            counts = Counts(
                MOCHA, int(found["passed"]), numbers.get("failing", 0), numbers.get("pending", 0)
            )
            blocks.append(Block(at, at, counts))
    return blocks


def node_blocks(lines: Sequence[str]) -> list[Block]:
    """Give each group of the lines `# tests N`, `# suites N`, `# pass N`, ..."""
    return [
        Block(at, at + len(_NODE_NAMES) - 1, counts)
        for at, line in enumerate(lines)
        if line.endswith(tuple("0123456789")) and " tests " in line
        if (counts := _node_counts(lines[at : at + len(_NODE_NAMES)]))
    ]


def _node_counts(lines: Sequence[str]) -> Counts | None:
    found = [NODE_LINE.match(line.rstrip()) for line in lines]
    numbers = {one["name"]: int(one["number"]) for one in found if one}
    return node_counts(numbers) if tuple(numbers) == _NODE_NAMES else None


def node_counts(numbers: Mapping[str, int]) -> Counts | None:
    """Sum up node's numbers; none where they do not add up."""
    bad = numbers.get("fail", 0) + numbers.get("cancelled", 0)
    ignored = numbers.get("skipped", 0) + numbers.get("todo", 0)
    if numbers["pass"] + bad + ignored != numbers.get("tests"):
        return None
    return Counts(NODE, numbers["pass"], bad, ignored)
