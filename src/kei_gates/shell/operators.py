"""Operators of parameter expansion that change a text. Source: bash(1), Parameter Expansion."""

from __future__ import annotations

from kei_gates.shell.globs import LONGEST, escape, is_plain, match_lengths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    Piece: TypeAlias = "tuple[str, bool]"
    """A text of an operand, and whether it is quoted."""
    Change: TypeAlias = "Callable[[str], str | None]"
    """Gives a text changed, none when that is not certain."""

# Parts of patterns that are not tried: classes, escapes, and what `extglob` makes of parentheses.
_NOT_FOLLOWED = ("[:", "\\", "+(", "@(", "!(", "?(", "*(")
_LONGEST_NUMBER = 4


def change_of(operator: str, operand: Sequence[Piece]) -> Change | None:
    """Give what an operator does with its operand; none when that is not followed."""
    make = _CHANGES.get(operator)
    return None if make is None else make(list(operand))


def is_count(text: str) -> bool:
    """Say whether a text is a small number."""
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(text for text, _ in pieces)


def _pattern(pieces: Sequence[Piece]) -> str | None:
    """Give the pattern of an operand, what is quoted in it escaped; none when it is not tried."""
    found = "".join(escape(text) if quoted else text for text, quoted in pieces)
    if any(mark in found for mark in _NOT_FOLLOWED) or len(found) > LONGEST:
        return None
    return found


def _without_first(pieces: list[Piece], char: str) -> tuple[list[Piece], bool]:
    """Take a character off the start of an operand, and say whether it stood there unquoted."""
    if pieces and not pieces[0][1] and pieces[0][0].startswith(char):
        return [(pieces[0][0][1:], False), *pieces[1:]], True
    return pieces, False


def _prefix(operand: list[Piece]) -> Change | None:
    """Give what `#` and `##` do."""
    rest, longest = _without_first(operand, "#")
    pattern = _pattern(rest)
    if pattern is None:
        return None

    def change(text: str) -> str:
        lengths = match_lengths(text, pattern)
        return text[(lengths[-1] if longest else lengths[0]) :] if lengths else text

    return change


def _suffix(operand: list[Piece]) -> Change | None:
    """Give what `%` and `%%` do."""
    rest, longest = _without_first(operand, "%")
    pattern = _pattern(rest)
    if pattern is None:
        return None

    def change(text: str) -> str:
        starts = range(len(text) + 1) if longest else range(len(text), -1, -1)
        for start in starts:
            if len(text) - start in match_lengths(text[start:], pattern):
                return text[:start]
        return text

    return change


def _replacement(operand: list[Piece]) -> Change | None:
    """Give what `${x/a/b}` and its kin do."""
    pieces, every = _without_first(operand, "/")
    pieces, at_start = _without_first(pieces, "#") if not every else (pieces, False)
    at_end = False
    if not every and not at_start:
        pieces, at_end = _without_first(pieces, "%")
    before, after = _halves(pieces)
    pattern, text_after = _pattern(before), _text(after)
    if not pattern or "&" in text_after or "\\" in text_after:
        return None  # bash 5.2 puts what was matched in the place of `&`

    def change(text: str) -> str | None:
        if at_start or at_end or not is_plain(pattern):
            return _replace(text, pattern, text_after, every=every, start=at_start, end=at_end)
        return text.replace(pattern, text_after, -1 if every else 1)

    return change


def _halves(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Split an operand at its first unquoted slash."""
    for at, (text, quoted) in enumerate(pieces):
        if not quoted and "/" in text:
            before, _, after = text.partition("/")
            return [*pieces[:at], (before, False)], [(after, False), *pieces[at + 1 :]]
    return pieces, []


def _replace(  # noqa: PLR0913 -- one operator with its ways
    text: str, pattern: str, after: str, *, every: bool, start: bool, end: bool
) -> str | None:
    """Replace the longest match of a pattern: the first one, each, or one at an end."""
    if len(text) > LONGEST // 8:
        return None
    found: list[str] = []
    at = 0
    while at <= len(text):
        lengths = match_lengths(text[at:], pattern)
        if end:
            lengths = [length for length in lengths if at + length == len(text)]
        if lengths and (lengths[-1] or end):
            found.append(after)
            at += lengths[-1]
            if not every:
                break
        elif start:
            break
        else:
            found.append(text[at : at + 1])
            at += 1
    return "".join(found) + text[at:]


def _substring(operand: list[Piece]) -> Change | None:
    """Give what `${x:offset:length}` does."""
    first, colon, second = _text(operand).partition(":")
    offset, length = _number(first), _number(second) if colon else 0
    if offset is None or length is None:
        return None

    def change(text: str) -> str:
        start = offset if offset >= 0 else len(text) + offset
        if start < 0:
            return ""
        if not colon:
            return text[start:]
        return text[start : start + length] if length >= 0 else text[start:length]

    return change


def _number(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if is_count(digits.removeprefix("-")) else None


def _upper(operand: list[Piece]) -> Change | None:
    """Give what `^` and `^^` do without a pattern."""
    rest, every = _without_first(operand, "^")
    if _text(rest):
        return None
    return str.upper if every else lambda text: text[:1].upper() + text[1:]


def _lower(operand: list[Piece]) -> Change | None:
    """Give what `,` and `,,` do without a pattern."""
    rest, every = _without_first(operand, ",")
    if _text(rest):
        return None
    return str.lower if every else lambda text: text[:1].lower() + text[1:]


def _transformed(operand: list[Piece]) -> Change | None:
    """Give what `${x@U}` and its kin do; `@P` and `@E` are not followed."""
    return _TRANSFORMS.get(_text(operand))


_TRANSFORMS: dict[str, Change] = {
    "U": str.upper,
    "u": lambda text: text[:1].upper() + text[1:],
    "L": str.lower,
    "Q": lambda text: "'" + text.replace("'", "'\\''") + "'" if text.isprintable() else None,
}
_CHANGES: dict[str, Callable[[list[Piece]], Change | None]] = {
    "#": _prefix,
    "%": _suffix,
    "/": _replacement,
    ":": _substring,
    "^": _upper,
    ",": _lower,
    "@": _transformed,
}
