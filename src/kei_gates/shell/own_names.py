"""The names that a user's own shell adds to every call: aliases and functions."""

from __future__ import annotations

from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final, TypeAlias

    Texts: TypeAlias = "dict[str, tuple[str, ...]]"
    """What each name may stand for, every text once."""


class OwnNames(Value):
    """What the user's names may stand for.

    A text is only one thing that a name *may* mean: sessions side by side have shells of their
    own, and a startup file is read without running it. So each name keeps its plain meaning too.

    `aliases` hold the text that takes the name's place; `global_aliases` take it anywhere in a
    command, `suffix_aliases` are named by the ending of a file (zshbuiltins(1), `alias`).
    `functions` hold the source of the definition. `unread` says why there may be names that are
    not listed, as a clause for people; empty when all was understood.
    """

    __slots__ = ("aliases", "functions", "global_aliases", "suffix_aliases", "unread")

    def __init__(
        self,
        aliases: Texts | None = None,
        functions: Texts | None = None,
        global_aliases: Texts | None = None,
        suffix_aliases: Texts | None = None,
        unread: str = "",
    ) -> None:
        """Take the fields; without any, the user has no names."""
        self.aliases: Final = aliases or {}
        self.functions: Final = functions or {}
        self.global_aliases: Final = global_aliases or {}
        self.suffix_aliases: Final = suffix_aliases or {}
        self.unread: Final = unread


def merged(found: Iterable[OwnNames]) -> OwnNames:
    """Put together what several shells have: every text of every name, the first thing unread."""
    aliases: Texts = {}
    functions: Texts = {}
    global_aliases: Texts = {}
    suffix_aliases: Texts = {}
    unread = ""
    for names in found:
        _join(aliases, names.aliases)
        _join(functions, names.functions)
        _join(global_aliases, names.global_aliases)
        _join(suffix_aliases, names.suffix_aliases)
        unread = unread or names.unread
    return OwnNames(aliases, functions, global_aliases, suffix_aliases, unread)


def _join(into: Texts, more: Texts) -> None:
    for name, texts in more.items():
        for text in texts:
            add(into, name, text)


def add(into: Texts, name: str, text: str) -> None:
    """Note one more thing that a name may stand for."""
    known = into.get(name, ())
    if text not in known:
        into[name] = (*known, text)
