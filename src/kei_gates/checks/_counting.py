"""What is read out of the output of a test run: summaries, and where in it they stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.model import Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

_ANSI = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]")


_LONGEST = 2000  # of a line; those of summaries are short


class Counts(Value):
    """How many tests of a run have passed, failed, and were ignored.

    `ignored` are those that were skipped, were not to be run, or may fail; -1 where a report does
    not tell. `tool` names the family of the summary.
    """

    __slots__ = ("failed", "ignored", "passed", "tool")

    def __init__(self, tool: str, passed: int, failed: int = 0, ignored: int = 0) -> None:
        self.tool: Final = tool
        self.passed: Final = passed
        self.failed: Final = failed
        self.ignored: Final = ignored

    def __str__(self) -> str:
        """Say it for people."""
        ignored = f", {self.ignored} ignored" if self.ignored > 0 else ""
        return f"{self.passed} passed, {self.failed} failed{ignored}"


class Block(Value):
    """One summary in an output: from which line to which its run goes, counted from 0.

    `name` tells two runs of the same tests from runs of others, where the output says it.
    """

    __slots__ = ("counts", "first", "last", "name")

    def __init__(self, first: int, last: int, counts: Counts, name: str = "") -> None:
        self.first: Final = first
        self.last: Final = last
        self.counts: Final = counts
        self.name: Final = name

    def is_in(self, other: Block) -> bool:
        """Whether it is a part of what another run has printed."""
        return other.first < self.first and self.last < other.last


def total(tool: str, blocks: Iterable[Block]) -> Counts:
    """Sum up; the same tests that were run twice count once, as they came out best."""
    kept: dict[object, Counts] = {}
    for index, block in enumerate(blocks):
        key = block.name or index
        known = kept.get(key)
        if known is None or known.passed < block.counts.passed:
            kept[key] = block.counts
    counts = kept.values()
    return Counts(
        tool,
        sum(one.passed for one in counts),
        sum(one.failed for one in counts),
        sum(max(one.ignored, 0) for one in counts),
    )


def plain_lines(output: str) -> list[str]:
    """Give the lines of an output without colours, each as it stood at last on a terminal."""
    text = _ANSI.sub("", output).replace("\r\n", "\n")
    return [line.rpartition("\r")[2][:_LONGEST] for line in text.split("\n")]
