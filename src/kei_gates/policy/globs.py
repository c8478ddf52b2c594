"""Match paths against gitignore-style globs without importing `re`.

The cold path lets pathspec turn each glob into a regular expression, joins those that say the same,
and compiles the whole; what is kept is the compiled form that `_sre`, the C core of `re`, takes.
Reviving that costs microseconds where `import re` costs most of an interpreter start
(docs/adr/0003).
"""

from __future__ import annotations

from marshal import loads

from kei_gates.model import folded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, TypeAlias

    Compiled: TypeAlias = "tuple[int, bytes, int]"
    """A regular expression: its flags, its code as words of the machine, its groups."""

    Run: TypeAlias = "tuple[tuple[str, ...], bool, bytes, bytes]"
    """Globs that stand behind one another and all include, or all do not: the last first, as they
    are written, whether they include, and two regular expressions of which group N matches what
    the Nth glob does. Both are packed: for paths as they are, and for those that are `folded`."""

    CompiledGlobs: TypeAlias = "tuple[Run, ...]"
    """All globs of a list, the last run first."""


class Globs:
    """An ordered list of globs; the last one that matches a path decides, as in .gitignore."""

    __slots__ = ("_revived", "_runs")

    def __init__(self, runs: CompiledGlobs = ()) -> None:
        """Take the compiled globs."""
        self._runs: Final = runs
        self._revived: Final[dict[bytes, Any]] = {}

    def __bool__(self) -> bool:
        return bool(self._runs)

    def __str__(self) -> str:
        written = [glob for globs, *_ in self._runs for glob in globs]
        return ", ".join(f"`{glob}`" for glob in reversed(written)) or "nothing"

    def match(self, path: str, *, folds_case: bool = False) -> str | None:
        """Give the glob that includes a relative `path`; none when none does.

        With `folds_case`, names are the same that a file system without case takes for the same.
        """
        if folds_case:
            path = folded(path)
        for globs, include, plain, other in self._runs:
            found = self._pattern(other if folds_case else plain).match(path)
            if found is not None:
                return globs[found.lastindex - 1] if include else None
        return None

    def _pattern(self, packed: bytes) -> Any:
        if packed not in self._revived:
            # Private, see ADR 0003; and many a call matches nothing.
            from _sre import compile as revive  # type: ignore[import-not-found]

            flags, code, groups = loads(packed)  # noqa: S302 -- our own, see ADR 0002
            words = memoryview(code).cast("I").tolist()
            names = (None,) * (groups + 1)
            self._revived[packed] = revive("", flags, words, groups, {}, names)
        return self._revived[packed]
