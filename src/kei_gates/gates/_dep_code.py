"""Programs as words and signs, without comments and blanks: enough to find a block in them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Final

OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = frozenset(OPENING.values())
NEWLINE = "\n"
_QUOTED = "\"'"


class Syntax:
    """What begins a comment and a text in a language, the longer marks first."""

    __slots__ = ("block", "line", "quotes")

    def __init__(self, line: str, quotes: str, *, block: bool = False) -> None:
        """Take the marks, separated by blanks; `block` says that `/* */` is a comment."""
        self.line: Final = tuple(line.split())
        self.block: Final = block
        self.quotes: Final = tuple(quotes.split())


def tokens(text: str, syntax: Syntax) -> list[str]:
    """Give the words, texts, signs and newlines of a program."""
    found: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in " \t\r":
            at += 1
        elif syntax.block and text.startswith("/*", at):
            end = text.find("*/", at + 2)
            at = len(text) if end < 0 else end + 2
        elif text.startswith(syntax.line, at) and text[at - 1 : at] != ":":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        else:
            end = _text_end(text, at, syntax) or _word_end(text, at)
            found.append(text[at:end])
            at = end
    return found


def _text_end(text: str, at: int, syntax: Syntax) -> int:
    """Give where a text in quotes ends; 0 where none begins, or it does not end."""
    mark = next((quote for quote in syntax.quotes if text.startswith(quote, at)), None)
    if mark is None:
        return 0
    many = len(mark) > 1
    at += len(mark)
    while at < len(text) and (many or text[at] != NEWLINE):
        if text[at] == "\\":
            at += 2
        elif text.startswith(mark, at):
            return at + len(mark)
        else:
            at += 1
    return 0


def _word_end(text: str, at: int) -> int:
    end = at
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return max(end, at + 1)


def statement_end(found: Sequence[str], at: int, ends: str = "\n;") -> int:
    """Give where the statement ends that a word stands in: at a sign of `ends` outside brackets.

    A brace on the next line belongs to it.
    """
    depth = 0
    while at < len(found):
        piece = found[at]
        if piece in OPENING:
            depth += 1
        elif piece in CLOSING:
            if depth == 0:
                return at
            depth -= 1
        elif depth == 0 and piece in ends and not (piece == NEWLINE and _goes_on(found, at)):
            return at
        at += 1
    return at


def _goes_on(found: Sequence[str], at: int) -> bool:
    return following(found, at) == "{" or found[at - 1 : at] == ["="]


def following(found: Sequence[str], at: int) -> str:
    """Give the first piece from a position that is no newline; empty at the end."""
    while at < len(found) and found[at] == NEWLINE:
        at += 1
    return found[at] if at < len(found) else ""


def entries(found: Sequence[str]) -> object:
    """Give a statement for comparison: what stands in brackets and braces has no order."""
    out: list[object] = []
    at = 0
    while at < len(found):
        piece = found[at]
        if piece in OPENING:
            end = _closing(found, at)
            inner = map(entries, _split(found[at + 1 : end]))
            out.append((piece, tuple(inner if piece == "(" else sorted(inner, key=repr))))
            at = end + 1
        else:
            if piece != NEWLINE:
                out.append(piece)
            at += 1
    return tuple(out)


def _closing(found: Sequence[str], at: int) -> int:
    """Give where a bracket is closed; the end where it is not."""
    depth = 0
    for end in range(at, len(found)):
        depth += (found[end] in OPENING) - (found[end] in CLOSING)
        if depth == 0:
            return end
    return len(found)


def _split(found: Sequence[str]) -> Iterator[Sequence[str]]:
    """Split what stands in brackets at its own newlines, commas and semicolons."""
    at = 0
    while at < len(found):
        end = statement_end(found, at, "\n;,")
        if end > at:
            yield found[at:end]
        at = end + 1


def is_name(piece: str) -> bool:
    """Say whether a piece is a word that may be a name."""
    return bool(piece) and (piece[0].isalpha() or piece[0] == "_")


def names(found: Iterable[str], marks: str) -> set[str]:
    """Give the names that tokens use: words, texts that are one, and what is filled into texts.

    `marks` are the signs behind which something is filled in.
    """
    used: set[str] = set()
    for piece in found:
        if is_name(piece):
            used.add(piece)
        elif piece[:1] in _QUOTED:
            inner = piece.strip(_QUOTED)
            if inner.isidentifier():
                used.add(inner)
            if any(mark in inner for mark in marks):
                used.update(filled(inner, marks))
    return used


def filled(text: str, marks: str) -> Iterator[str]:
    """Give the words behind a sign by which something is filled into a text."""
    for mark in marks:
        for part in text.split(mark)[1:]:
            words = "".join(c if c.isalnum() or c == "_" else " " for c in part).split()
            yield from words
