"""Look for sources of which the analysis drops something, and make each as small as possible.

    .venv-dev/bin/python -m tests.shell.shrink bash 0 5000

prints a row for `data/found-bash.jsonl` for every failure among the generated sources 0 to 4999.
"""

from __future__ import annotations

import json
import re
import sys
import time
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING

from tests.shell.generate import Generator
from tests.shell.reading import is_compatible
from tests.shell.real_shell import LONGEST, Jail, RealShell, is_harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kei_gates.model import Analysis

SEED = 20_261
_MOST_SECONDS = 90
_SOON = 0.8
_PIECES = re.compile(r"\n|[ \t]+|[\w.]+|&&|\|\||;;|\$\(|.", re.DOTALL)


class Outcome:
    """What came of one source: how much was followed, and what was dropped."""

    def __init__(self, *, full: bool, lost: list[list[str]], ran: list[list[str]]) -> None:
        self.full = full
        self.lost = lost
        self.ran = ran


def generated(number: int, dialect: str) -> str:
    """Make the source of a number."""
    return Generator(Random(f"{SEED} {number}"), dialect).source()  # noqa: S311 -- a sample


def unlisted(found: Analysis, ran: Sequence[list[str]]) -> list[list[str]]:
    """Give what ran and is neither listed nor announced as not seen."""
    if found.coverage == "partial":
        return []
    listed = [(call.program, *call.argv[1:]) for call in found.invocations]
    return [words for words in ran if not any(is_compatible(one, words) for one in listed)]


class Comparison:
    """Holds the analysis against one real shell."""

    def __init__(self, dialect: str, jail: Jail) -> None:
        self.dialect = dialect
        self._jail = jail
        self._shell = RealShell(dialect, jail)

    def found(self, source: str) -> list[Analysis]:
        """Analyse a source for this shell, and for one that is not known."""
        return self._jail.analyses(source, self.dialect)

    def outcome(self, source: str, seconds: float = LONGEST) -> Outcome:
        """Analyse a source, and run it if it was followed."""
        found = self.found(source)
        full = [one for one in found if one.coverage == "full"]
        if not full or not is_harmless(source):
            return Outcome(full=bool(full), lost=[], ran=[])
        ran = self._shell.run(source, seconds)
        lost = next((lost for one in full if (lost := unlisted(one, ran))), [])
        return Outcome(full=True, lost=lost, ran=ran)

    def drops(self, source: str) -> bool:
        """Say whether something is dropped, twice in a row."""
        return bool(self.outcome(source).lost) and bool(self.outcome(source).lost)

    def drops_soon(self, source: str) -> bool:
        """Say whether something is dropped by a source that comes to an end soon."""
        return bool(self.outcome(source, _SOON).lost)


def shrink(source: str, drops: Callable[[str], bool]) -> str:
    """Give a small source of which something is dropped too."""
    until = time.monotonic() + _MOST_SECONDS

    def counted(candidate: str) -> bool:
        return time.monotonic() < until and is_harmless(candidate) and drops(candidate)

    before = ""
    while before != source:
        before = source
        for split in (_lines, _commands, _PIECES.findall, list):
            source = _without(split(source), counted)
    return source


def _lines(source: str) -> list[str]:
    return source.splitlines(keepends=True)


def _commands(source: str) -> list[str]:
    return re.split(r"(?<=[;&|\n{}()])", source)


def _without(pieces: list[str], drops: Callable[[str], bool]) -> str:
    """Leave out as many runs of pieces as possible, longer runs first."""
    size = max(1, len(pieces) // 2)
    while True:
        at = 0
        while at < len(pieces):
            rest = pieces[:at] + pieces[at + size :]
            if rest and drops("".join(rest)):
                pieces = rest
            else:
                at += size
        if size == 1:
            return "".join(pieces)
        size //= 2


def failures(dialect: str, numbers: range) -> Iterator[tuple[int, str]]:
    """Give the generated sources of which something is dropped."""
    with closing(Jail()) as jail:
        comparison = Comparison(dialect, jail)
        for number in numbers:
            source = generated(number, dialect)
            if comparison.drops(source):
                yield number, source


def main() -> None:
    """Print every failure, shrunk."""
    dialect, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with closing(Jail()) as jail:
        comparison = Comparison(dialect, jail)
        for number, source in failures(dialect, range(first, last)):
            small = shrink(source, comparison.drops_soon)
            outcome = comparison.outcome(small)
            ran = [one for at, one in enumerate(outcome.ran) if one not in outcome.ran[:at]]
            row = {"id": f"{dialect}:{number}", "source": small, "commands": ran}
            print(json.dumps(row), flush=True)  # noqa: T201 -- it is what this is for


if __name__ == "__main__":
    main()
