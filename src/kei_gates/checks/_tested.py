"""The tests that a source holds, and which of them do not run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.model import Value

if TYPE_CHECKING:
    from typing import Final

RUNS, MAY_RUN, IGNORED = range(3)
"""Whether a test is run: always, under a condition, or never (or may fail when it is)."""


class State(Value):
    """Whether a test is run, and by which of the words in the source that is so."""

    __slots__ = ("how", "level")

    def __init__(self, level: int = RUNS, how: str = "") -> None:
        self.level: Final = level
        self.how: Final = how

    def worse(self, other: State) -> State:
        """Give the state in which fewer tests run."""
        return other if other.level > self.level else self


class Case(Value):
    """A test: its name with those of what it stands in, its lines from 1, its text."""

    __slots__ = ("first", "last", "name", "path", "state", "text")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self, path: str, name: str, first: int, last: int, *, state: State, text: str
    ) -> None:
        self.path: Final = path
        self.name: Final = name
        self.first: Final = first
        self.last: Final = last
        self.state: Final = state
        self.text: Final = text

    @property
    def bare(self) -> str:
        """Its name without those of what it stands in."""
        return self.name.rpartition("::")[2]


class Source:
    """A source whose strings and comments are blanked out in `code`, as long as `text`."""

    def __init__(self, path: str, text: str, code: str) -> None:
        self.path: Final = path
        self.text: Final = text
        self.code: Final = code

    def end_of(self, opened: int) -> int:
        """Give where the bracket at a place is closed, behind it; the end where it never is."""
        depth = 0
        for mark in _BRACKET.finditer(self.code, opened):
            depth += 1 if mark[0] in "([{" else -1
            if depth == 0:
                return mark.end()
        return len(self.code)

    def case(self, name: str, first: int, last: int, state: State) -> Case:
        """Make the test that stands from one place to another."""
        start = self.text.count("\n", 0, first) + 1
        text = self.text[first:last]
        end = start + text.count("\n")
        return Case(self.path, name, start, end, state=state, text=text)


_BRACKET = re.compile(r"[()\[\]{}]")
