"""Calls that may have changed files: by whom, when, and which files they name.

What the times are worth: a call is asked for before it starts and its result noted after it ended,
also after the user's own hooks on it (measured on client 2.1.330). Both stamps are cut to
milliseconds, and the kernel stamps a change by a clock that may be a tick, up to 10 ms, behind. So
a change counts for a call from `BEFORE` its start to `AFTER` its end; the latter also covers what a
shell does not wait for, as the reader at the end of `> >(tee log)`. A file system on another
machine stamps by that machine's clock: one that is off by more makes changes look like nobody's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.model import Value, folded
from kei_gates.observe.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

BEFORE, AFTER = 20_000_000, 200_000_000
"""Nanoseconds by which a change may lie before the start and after the end of its call."""


class Named(Value):
    """A path that a call writes or deletes: absolute, without `.`, `..` and links to folders.

    `glob` says that it is a pattern for the files that are there, `tree` that all below is meant
    too, `deletes` that it is deleted.
    """

    __slots__ = ("deletes", "glob", "path", "tree")

    def __init__(
        self, path: str, *, tree: bool = False, glob: bool = False, deletes: bool = False
    ) -> None:
        self.path: Final = path
        self.tree: Final = tree
        self.glob: Final = glob
        self.deletes: Final = deletes

    @property
    def is_exact(self) -> bool:
        """Whether it names one file."""
        return not self.glob

    def meets(self, path: str) -> bool:
        """Say whether a path, spelled in the same letters, is what is named or lies in it."""
        if not self.glob:
            return path == self.path or (self.tree and path.startswith(f"{self.path.rstrip('/')}/"))
        return _fits(path.split("/"), self.path.split("/"), self.tree)


def _fits(parts: list[str], pattern: list[str], tree: bool) -> bool:
    """Match part by part; `**` stands for any number of folders.

    Each pair of places is looked at once, so no pattern takes more than their product.
    """
    ends = {0}  # of the parts that the pattern so far may stand for
    for piece in pattern:
        if piece == "**":
            ends = set(range(min(ends), len(parts) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(parts) and matches(parts[end], piece)}
        if not ends:
            return False
    return tree or len(parts) in ends


class Act(Value):
    """One call that may have changed files.

    `agent_id` is who made it, none for the main thread; `tool` is for people. `started` and `ended`
    are in ns since the epoch; `ended` is none for what runs still. `lasting` says that it may have
    left something running that was not told of. `names` are the files that it names, `opaque` says
    that it may have changed others too.
    """

    __slots__ = ("agent_id", "ended", "lasting", "names", "opaque", "started", "tool")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        agent_id: str | None,
        tool: str,
        *,
        started: int,
        ended: int | None,
        names: tuple[Named, ...] = (),
        opaque: bool = False,
        lasting: bool = False,
    ) -> None:
        self.agent_id: Final = agent_id
        self.tool: Final = tool
        self.started: Final = started
        self.ended: Final = ended
        self.names: Final = names
        self.opaque: Final = opaque
        self.lasting: Final = lasting

    def had_begun(self, when: int) -> bool:
        """Say whether it may have changed something at a time, or before it."""
        return self.started - BEFORE <= when

    def spans(self, when: int) -> bool:
        """Say whether it ran at a time."""
        return self.had_begun(when) and (self.ended is None or when <= self.ended + AFTER)

    def trails(self, when: int) -> bool:
        """Say whether what it may have left running ran at a time."""
        return self.lasting and self.had_begun(when) and not self.spans(when)

    @property
    def who(self) -> str:
        """Name who made it, for people."""
        return "the main thread" if self.agent_id is None else f"agent `{self.agent_id}`"


class Names:
    """What one call names, as paths are looked up in it."""

    __slots__ = ("act", "deletes", "exact", "wide")

    def __init__(self, act: Act, *, folds_case: bool) -> None:
        """Take a call; with `folds_case`, names are the same in any letters."""
        spelled = [_spelled(one) if folds_case else one for one in act.names]
        self.act: Final = act
        self.exact: Final = frozenset(one.path for one in spelled if one.is_exact)
        self.wide: Final = tuple(one for one in spelled if one.tree or one.glob)
        self.deletes: Final = tuple(one for one in spelled if one.deletes)

    def exactly(self, path: str) -> bool:
        """Say whether it names just this path."""
        return path in self.exact

    def widely(self, path: str) -> bool:
        """Say whether the path fits a pattern, or lies in a folder, that it names."""
        return any(one.meets(path) for one in self.wide)

    def away(self, path: str) -> bool:
        """Say whether it names the path, or what that lies in, as what it deletes."""
        return any(one.meets(path) for one in self.deletes)


class Index:
    """The calls of one side, to be asked which of them may have changed a path."""

    __slots__ = ("_exact", "_opaque", "_wide")

    def __init__(self, calls: Iterable[Names]) -> None:
        self._opaque: Final[list[Names]] = []
        self._wide: Final[list[Names]] = []
        self._exact: Final[dict[str, list[Names]]] = {}
        for call in calls:
            if call.act.opaque:
                self._opaque.append(call)
            elif call.wide:
                self._wide.append(call)
            else:
                for path in call.exact:
                    self._exact.setdefault(path, []).append(call)

    def reaching(self, path: str) -> list[Names]:
        """Give the calls that may have changed a path, as far as paths tell."""
        wide = [one for one in self._wide if one.exactly(path) or one.widely(path)]
        return self._opaque + wide + self._exact.get(path, [])


def _spelled(one: Named) -> Named:
    return Named(folded(one.path), tree=one.tree, glob=one.glob, deletes=one.deletes)
