"""Match paths against gitignore-style globs without importing `re`.

The cold path lets pathspec turn each glob into a regular expression and compiles it; what is kept
is the compiled form that `_sre`, the C core of `re`, takes, and the longest text that every path
has which it matches. So of hundreds of globs only those few are revived that can match
(docs/adr/0003).
"""

from __future__ import annotations

from marshal import loads

from kei_gates.model import folded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Final, TypeAlias

    Compiled: TypeAlias = "tuple[int, bytes, int]"
    """A regular expression: its flags, its code as words of the machine, its groups."""

    Packed: TypeAlias = "bytes | int"
    """The same as `marshal` data, or its number in the pool of a policy."""

    CompiledGlob: TypeAlias = "tuple[str, bool, str, Packed, str, Packed]"
    """A glob as written, whether it includes (not negated), a text that is in every path that it
    matches, its regular expression; and both of these for paths that are `folded`."""

    CompiledGlobs: TypeAlias = "Sequence[CompiledGlob] | bytes"
    """A list of them, or that as `marshal` data; the empty one is false in both."""


class Globs:
    """An ordered list of globs; the last one that matches a path decides, as in .gitignore."""

    __slots__ = ("_globs", "_pool", "_revived")

    def __init__(self, globs: CompiledGlobs = (), pool: Sequence[bytes] = ()) -> None:
        """Take the compiled globs, and the pool that they count in."""
        self._globs = globs
        self._pool: Final = pool
        self._revived: Final[dict[Packed, Any]] = {}

    def __bool__(self) -> bool:
        return bool(self._globs)

    def __str__(self) -> str:
        return ", ".join(f"`{glob}`" for glob, *_ in self._unpacked()) or "nothing"

    def match(self, path: str, *, folds_case: bool = False) -> str | None:
        """Give the glob that includes a relative `path`; none when none does.

        With `folds_case`, names are the same that a file system without case takes for the same.
        """
        if folds_case:
            path = folded(path)
        for glob, include, text, plain, other_text, other in reversed(self._unpacked()):
            if (other_text if folds_case else text) in path:
                pattern = self._pattern(other if folds_case else plain)
                if pattern.search(path):  # as pathspec does: `*/` has no anchor
                    return glob if include else None
        return None

    def _unpacked(self) -> Sequence[CompiledGlob]:
        if isinstance(self._globs, bytes):
            self._globs = loads(self._globs) if self._globs else ()  # noqa: S302 -- our own
        return self._globs

    def _pattern(self, packed: Packed) -> Any:
        if packed not in self._revived:
            # Private, see ADR 0003; and many a call matches nothing.
            from _sre import compile as revive  # type: ignore[import-not-found]

            raw = self._pool[packed] if isinstance(packed, int) else packed
            flags, code, groups = loads(raw)  # noqa: S302 -- our own, see ADR 0002
            words = memoryview(code).cast("I").tolist()
            self._revived[packed] = revive("", flags, words, groups, {}, (None,) * (groups + 1))
        return self._revived[packed]
