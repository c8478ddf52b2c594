"""Bound how long a source is read: patterns of others' making may take for ever."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Item = TypeVar("Item")

SECONDS = 20.0
"""For how long one source is read."""


class UnreadableError(Exception):
    """The functions of a file cannot be told. Its text says why, for people."""


class Clock:
    """The time that is left for one source."""

    def __init__(self) -> None:
        self._until = monotonic() + SECONDS

    def watch(self, items: Iterable[Item]) -> Iterator[Item]:
        """Give the items for as long as there is time. Raises `UnreadableError`."""
        for item in items:
            self.check()
            yield item

    def check(self) -> None:
        """Raise `UnreadableError` where the time is over."""
        if monotonic() > self._until:
            raise UnreadableError(f"it takes more than {SECONDS:g} seconds to read")
