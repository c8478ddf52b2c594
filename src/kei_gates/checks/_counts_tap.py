"""Results in the Test Anything Protocol, of whichever tool (https://testanything.org, 12 to 14).

Only a stream with its plan `1..N` counts, and of it the numbers from 1 to N, each once: what is
planned and not there has failed, and so has what is there twice and once `not ok`. Subtests, which
are indented, do not count.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._counting import Block, Counts

if TYPE_CHECKING:
    from collections.abc import Sequence

TAP = "TAP"

_VERSION = re.compile(r"TAP version \d+$")
_PLAN = re.compile(r"1\.\.(\d+)(?:\s|$)")
_POINT = re.compile(r"(?P<bad>not )?ok\b(?: (?P<number>\d+))?(?P<rest>.*)$")
_DIRECTIVE = re.compile(r"#\s*(?:skip|todo)", re.IGNORECASE)
_PASSED, _IGNORED, _FAILED = range(3)


def tap_blocks(lines: Sequence[str]) -> list[Block]:
    """Give each stream that has a plan."""
    starts = [at for at, line in enumerate(lines) if _VERSION.match(line)] or [0]
    ends = [*starts[1:], len(lines)]
    found = (_stream(lines, first, end) for first, end in zip(starts, ends, strict=True))
    return [block for block in found if block is not None]


def _stream(lines: Sequence[str], first: int, end: int) -> Block | None:
    planned: int | None = None
    states: dict[int, int] = {}
    last = 0
    for line in lines[first:end]:
        if plan := _PLAN.match(line):
            planned = int(plan[1])
        elif point := _POINT.match(line):
            last = int(point["number"] or last + 1)
            states[last] = max(states.get(last, _PASSED), _state(point))
    if planned is None:
        return None
    known = [state for number, state in states.items() if 0 < number <= planned]
    failed = known.count(_FAILED) + planned - len(known)
    counts = Counts(TAP, known.count(_PASSED), failed, known.count(_IGNORED))
    return Block(first, end - 1, counts)


def _state(point: re.Match[str]) -> int:
    if _DIRECTIVE.search(point["rest"]):
        return _IGNORED
    return _FAILED if point["bad"] else _PASSED
