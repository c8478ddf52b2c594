"""Patterns for a command's words: `cargo test *`.

A pattern is split as a shell splits plain words: blanks separate, quotes and backslashes join. In
each word `*` stands for any characters and `?` for one. A last word `*` stands for any further
words, also none.
"""

from __future__ import annotations

from kei_gates.shell.installed import is_installed
from kei_gates.shell.splitting import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.shell.expand import Field

_OPERATORS = frozenset("|&;<>()\n")
_ANY = "*"


class ArgvPattern:
    """A pattern: the words that must be there, and whether others may follow."""

    __slots__ = ("open", "words")

    def __init__(self, words: list[str]) -> None:
        """Take the words of the pattern."""
        self.open: Final = len(words) > 1 and words[-1] == _ANY
        self.words: Final = words[:-1] if self.open else words

    def matches(self, argv: Sequence[Field]) -> bool:
        """Say whether a command is one of the pattern's.

        A word that is not known stands for any number of words, and so only for further ones.
        """
        fixed, rest = argv[: len(self.words)], argv[len(self.words) :]
        if len(fixed) < len(self.words) or (rest and not self.open):
            return False
        return _is_program(self.words[0], argv[0] or "") and all(
            word is not None and is_like(wanted, word)
            for wanted, word in zip(self.words[1:], fixed[1:], strict=True)
        )


def flaw_in(patterns: object) -> str | None:
    """Say what is wrong with the patterns of a policy; none when nothing is."""
    entries = patterns if isinstance(patterns, (list, tuple)) else ()
    return next((flaw for entry in entries if (flaw := flaw_of(str(entry)))), None)


def flaw_of(pattern: str) -> str | None:
    """Say why a pattern would match nothing, or anything; none when it is good."""
    words = split(pattern)
    if words is None:
        return f"`{pattern}` has a quote that is not closed"
    if not words or not words[0].strip("*?"):
        return f"`{pattern}` names no program"
    if _OPERATORS & set(pattern) and not set(pattern) & set("\"'\\"):
        return f"`{pattern}` is more than one command's words; list each command by itself"
    return None


def is_like(pattern: str, text: str) -> bool:
    """Say whether a text is one of a pattern's: in steps of at most its length times the `*`."""
    pieces = pattern.split(_ANY)
    if len(pieces) == 1:
        return len(text) == len(pattern) and _fits(pattern, text, 0)
    first, *middle, last = pieces
    end = len(text) - len(last)
    if end < len(first) or not _fits(first, text, 0) or not _fits(last, text, end):
        return False
    at = len(first)
    for piece in middle:
        while at + len(piece) <= end and not _fits(piece, text, at):
            at += 1
        if at + len(piece) > end:
            return False
        at += len(piece)
    return True


def _fits(piece: str, text: str, at: int) -> bool:
    return all(char in ("?", text[at + i]) for i, char in enumerate(piece))


def _is_program(wanted: str, given: str) -> bool:
    """Whether a program is the wanted one: by its name where it is installed, or by its path."""
    if "/" in wanted:
        plain = given.removeprefix("./")
        named = "/" in given and ".." not in plain.split("/")
        return named and is_like(wanted.removeprefix("./"), plain)
    name = given.rpartition("/")[2]
    return is_like(wanted, name) and ("/" not in given or is_installed(given))
