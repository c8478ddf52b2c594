"""Match paths against gitignore-style globs without importing `re`.

The cold path lets pathspec turn each glob into a regular expression and compiles it; what is kept
is the compiled form that `_sre`, the C core of `re`, takes. Reviving one costs microseconds where
`import re` costs most of an interpreter start (docs/adr/0003).
"""

from __future__ import annotations

from _sre import compile as revive  # type: ignore[import-not-found]  # private, see ADR 0003

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    Compiled = tuple[str, int, list[int], int, dict[str, int], tuple[str | None, ...]]
    """The arguments of `_sre.compile`."""

    CompiledGlob = tuple[str, bool, Compiled]
    """A glob as written, whether it includes (not negated), its regular expression."""


class Globs:
    """An ordered list of globs; the last one that matches a path decides, as in .gitignore."""

    __slots__ = ("_globs", "_patterns")

    def __init__(self, globs: Sequence[CompiledGlob] = ()) -> None:
        """Take the compiled globs."""
        self._globs: Final = globs
        self._patterns: Final = [(glob, include, revive(*rest)) for glob, include, rest in globs]

    def __bool__(self) -> bool:
        return bool(self._globs)

    def __str__(self) -> str:
        return ", ".join(f"`{glob}`" for glob, _, _ in self._globs) or "nothing"

    def match(self, path: str) -> str | None:
        """Give the glob that includes `path`, relative to the project root; none when none does."""
        for glob, include, pattern in reversed(self._patterns):
            if pattern.match(path):
                return glob if include else None
        return None
