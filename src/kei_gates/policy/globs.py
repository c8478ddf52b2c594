"""Match paths against gitignore-style globs without importing `re`.

The cold path lets pathspec turn each glob into a regular expression and compiles it; what is kept
is the compiled form that `_sre`, the C core of `re`, takes. Reviving one costs microseconds where
`import re` costs most of an interpreter start (docs/adr/0003).
"""

from __future__ import annotations

from kei_gates.model import folded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Final

    Compiled = tuple[str, int, list[int], int, dict[str, int], tuple[str | None, ...]]
    """The arguments of `_sre.compile`."""

    CompiledGlob = tuple[str, bool, Compiled, Compiled]
    """A glob as written, whether it includes (not negated), its regular expression, and the one for
    text that is `folded`."""


class Globs:
    """An ordered list of globs; the last one that matches a path decides, as in .gitignore."""

    __slots__ = ("_globs", "_revived")

    def __init__(self, globs: Sequence[CompiledGlob] = ()) -> None:
        """Take the compiled globs."""
        self._globs: Final = globs
        self._revived: Final[dict[bool, list[tuple[str, bool, Any]]]] = {}

    def __bool__(self) -> bool:
        return bool(self._globs)

    def __str__(self) -> str:
        return ", ".join(f"`{glob}`" for glob, *_ in self._globs) or "nothing"

    def match(self, path: str, *, folds_case: bool = False) -> str | None:
        """Give the glob that includes a relative `path`; none when none does.

        With `folds_case`, names are the same that a file system without case takes for the same.
        """
        if folds_case:
            path = folded(path)
        for glob, include, pattern in reversed(self._patterns(folds_case=folds_case)):
            if pattern.search(path):  # as pathspec does: `*/` has no anchor
                return glob if include else None
        return None

    def _patterns(self, *, folds_case: bool) -> list[tuple[str, bool, Any]]:
        if folds_case not in self._revived:
            # Private, see ADR 0003; and many a call matches nothing.
            from _sre import compile as revive  # type: ignore[import-not-found]

            self._revived[folds_case] = [
                (glob, include, revive(*(other if folds_case else plain)))
                for glob, include, plain, other in self._globs
            ]
        return self._revived[folds_case]
