"""What an analysis collects on its way."""

from __future__ import annotations

from kei_gates.model import Effect, Invocation, Unseen
from kei_gates.shell.errors import MOST_WORK, Unanalysable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.model import EffectKind
    from kei_gates.shell.ast import Span
    from kei_gates.shell.state import State

# Writing to these changes nothing that lasts.
_NO_FILES = frozenset(("/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty"))


class Findings:
    """Collects invocations, effects and what was not seen, each once."""

    def __init__(self, source: str) -> None:
        """Collect for a source."""
        self.text = source
        self.invocations: dict[Invocation, None] = {}
        self.effects: dict[Effect, None] = {}
        self.unseen: dict[Unseen, None] = {}
        self.via: tuple[str, ...] = ()
        self.work = 0

    def count(self, span: Span) -> None:
        """Count a command evaluated. Raises `Unanalysable` past the limit."""
        self.work += 1
        if self.work > MOST_WORK:
            raise Unanalysable("it does too much to be followed", span[0])

    def invoke(self, argv: Sequence[str | None], span: Span) -> None:
        """Add a program that runs."""
        self.invocations[Invocation(tuple(argv), self.via, span)] = None

    def miss(self, why: str, span: Span) -> None:
        """Add what could run and was not seen."""
        self.unseen[Unseen(why, span)] = None

    def touch(
        self, kind: EffectKind, path: str | None, by: str, state: State, *, tree: bool = False
    ) -> None:
        """Add an effect on a path as the source spells it."""
        for absolute in state.paths(path):
            if absolute is None or not _is_no_file(absolute):
                self.effects[Effect(kind, absolute, by, tree=tree)] = None


def _is_no_file(path: str) -> bool:
    return path in _NO_FILES or (path.startswith("/dev/fd/") and path[8:].isdecimal())
