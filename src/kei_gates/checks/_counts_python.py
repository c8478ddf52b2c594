"""The summaries of pytest and of unittest (measured with pytest 9.2 and Python 3.11).

pytest ends with `== 5 passed, 1 skipped in 0.5s ==`, without the rule with `-q`. Of a run that
begins with its banner only the last of these lines counts. What a test prints in a run without a
banner cannot be told from a summary where the same command makes several runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._counting import Block, Counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PYTEST, UNITTEST = "pytest", "unittest"

_WORDS = (
    "passed|failed|skipped|xfailed|xpassed|deselected|errors?|warnings?|reruns?"
    r"|subtests passed|subtests failed|no tests ran"
)
PYTEST_LINE = re.compile(
    rf"(?:=+ )?(?P<parts>(?:no tests ran|\d+ (?:{_WORDS})(?:, \d+ (?:{_WORDS}))*)) "
    r"in \d+(?:\.\d+)?s(?: \([\d:]+\))?(?: =+)?"
)
_PART = re.compile(r"(\d+) (passed|failed|skipped|xfailed|xpassed|errors?|subtests failed)\b")
_BANNER = re.compile(r"=+ test session starts ")
_IGNORED = ("skipped", "xfailed", "xpassed")
_BAD = ("failed", "error", "errors", "subtests failed")

_RAN = re.compile(r"Ran (?P<ran>\d+) tests? in \d+(?:\.\d+)?s$")
_RULE = "-" * 70
_VERDICT = re.compile(r"(?:OK|FAILED|NO TESTS RAN)(?: \((?P<parts>[\w =,]*)\))?$")
_FIELD = re.compile(r"([a-z ]+)=(\d+)")
_MOST_BLANK = 3


def pytest_blocks(lines: Sequence[str]) -> list[Block]:
    """Give one summary for each banner, and those before the first."""
    blocks: list[Block] = []
    banner: int | None = None
    for at, line in enumerate(lines):
        if _BANNER.match(line):
            banner = at
        elif found := PYTEST_LINE.fullmatch(line.rstrip()):
            block = Block(at if banner is None else banner, at, pytest_counts(found["parts"]))
            if blocks and banner is not None and blocks[-1].first == banner:
                blocks.pop()
            blocks.append(block)
    return blocks


def pytest_counts(parts: str) -> Counts:
    """Read what stands before the time: `5 passed, 1 xfailed`."""
    found = {name: int(number) for number, name in _PART.findall(parts)}
    return Counts(
        PYTEST,
        found.get("passed", 0),
        sum(found.get(name, 0) for name in _BAD),
        sum(found.get(name, 0) for name in _IGNORED),
    )


def unittest_blocks(lines: Sequence[str]) -> list[Block]:
    """Give each summary that stands below a rule, with its verdict.

    A class that skips itself in `setUpClass` is one skipped test that is not in the number of those
    that ran, so that one too few may be counted.
    """
    return [
        Block(at, last, counts)
        for at, last, counts in _summaries(lines)
        if at and lines[at - 1] == _RULE
    ]


def _summaries(lines: Sequence[str]) -> Iterator[tuple[int, int, Counts]]:
    for at, line in enumerate(lines):
        ran = _RAN.match(line)
        after = range(at + 1, min(at + 1 + _MOST_BLANK, len(lines)))
        last = next((one for one in after if lines[one].strip()), None) if ran else None
        verdict = _VERDICT.match(lines[last].strip()) if last is not None else None
        if ran and verdict and last is not None:
            yield at, last, unittest_counts(int(ran["ran"]), verdict["parts"] or "")


def unittest_counts(ran: int, parts: str) -> Counts:
    """Read the number that ran, and what the verdict has in brackets: `skipped=1`."""
    found = {name.strip(): int(number) for name, number in _FIELD.findall(parts)}
    failed = sum(found.get(name, 0) for name in ("failures", "errors", "unexpected successes"))
    ignored = found.get("skipped", 0) + found.get("expected failures", 0)
    return Counts(UNITTEST, max(0, ran - failed - ignored), failed, ignored)
