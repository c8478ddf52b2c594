"""What `echo` and `printf` print. Source: bash(1), SHELL BUILTIN COMMANDS; printf(1)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_ESCAPES = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
    "v": "\v", "\\": "\\", "'": "'", '"': '"',
}  # fmt: skip
_OCTAL = frozenset("01234567")
_HEX = frozenset("0123456789abcdefABCDEF")
_LAST_OF_ASCII = 0x7F
_MOST_FIELDS = 1_000
_LONGEST_WIDTH = 4


def echo(words: Sequence[str], dialect: str) -> str | None:
    """Give what `echo` prints; none where shells disagree about a backslash."""
    newline, escapes = "\n", dialect == "zsh"
    rest = list(words)
    decided = dialect == "bash"
    while rest and len(rest[0]) > 1 and rest[0][0] == "-" and set(rest[0][1:]) <= set("neE"):
        for letter in rest.pop(0)[1:]:
            if letter == "n":
                newline = ""
            else:
                escapes, decided = letter == "e", True
    text = " ".join(rest)
    if "\\" not in text:
        return text + newline
    if not decided and dialect != "zsh":
        return None
    if not escapes:
        return text + newline
    shown, stops = unescape(text, octal_needs_zero=True)
    return None if shown is None else shown + ("" if stops else newline)


def unescape(text: str, *, octal_needs_zero: bool) -> tuple[str | None, bool]:
    r"""Give text with its escapes replaced, none when unsure, and whether `\c` ended all."""
    found: list[str] = []
    at = 0
    while at < len(text):
        if text[at] != "\\" or at + 1 == len(text):
            found.append(text[at])
            at += 1
            continue
        char = text[at + 1]
        at += 2
        if char == "c":
            # In a format, shells disagree about it.
            return ("".join(found), True) if octal_needs_zero else (None, False)
        if char in _ESCAPES:
            found.append(_ESCAPES[char])
        elif char in "xuU" or char in _OCTAL:
            value, at = _number(text, at, char, octal_needs_zero=octal_needs_zero)
            if value is None:
                return None, False
            found.append(value)
        else:
            found.append("\\" + char)
    return "".join(found), False


def _number(text: str, at: int, char: str, *, octal_needs_zero: bool) -> tuple[str | None, int]:
    """Read the digits of an escape; none for a character that is not certain."""
    if char in _OCTAL:
        if octal_needs_zero and char != "0":
            return None, at
        start = at if octal_needs_zero else at - 1
        digits, base, longest = _OCTAL, 8, 3
    else:
        start, digits, base = at, _HEX, 16
        longest = {"x": 2, "u": 4, "U": 8}[char]
    stop = start
    while stop < len(text) and stop - start < longest and text[stop] in digits:
        stop += 1
    value = int(text[start:stop], base) if stop > start else 0
    return (chr(value), stop) if 0 < value <= _LAST_OF_ASCII else (None, stop)


def printf(words: Sequence[str]) -> str | None:
    """Give what `printf FORMAT [WORD...]` prints; none when it is not certain."""
    rest = list(words[1:] if words[:1] == ["--"] else words)
    if not rest or (rest[0].startswith("-") and len(rest[0]) > 1 and words[:1] != ["--"]):
        return None
    pattern = rest.pop(0)
    found = ""
    for _ in range(_MOST_FIELDS):
        before = len(rest)
        text, stops = _once(pattern, rest)
        if text is None:
            return None
        found += text
        if stops or not rest or len(rest) == before:
            return found
    return None


def _once(pattern: str, rest: list[str]) -> tuple[str | None, bool]:
    """Use the format once, taking words off the rest; say whether printing ends there."""
    found = ""
    at = 0
    while at < len(pattern):
        percent = pattern.find("%", at)
        plain, stops = unescape(
            pattern[at : len(pattern) if percent < 0 else percent], octal_needs_zero=False
        )
        if plain is None:
            return None, False
        found += plain
        if stops or percent < 0:
            return found, stops
        text, at, stops = _directive(pattern, percent + 1, rest)
        if text is None:
            return None, False
        found += text
        if stops:
            return found, True
    return found, False


def _directive(pattern: str, at: int, rest: list[str]) -> tuple[str | None, int, bool]:
    """Print one directive, read from behind its percent sign."""
    if pattern.startswith("%", at):
        return "%", at + 1, False
    start = at
    while at < len(pattern) and pattern[at] in "-0123456789.":
        at += 1
    sized, kind = pattern[start:at], pattern[at : at + 1]
    if kind not in _KINDS or len(sized) > _LONGEST_WIDTH:
        return None, at, False
    word = rest.pop(0) if rest else ""
    stops = False
    text: str | None = word
    if kind == "b":
        text, stops = unescape(word, octal_needs_zero=True)
    elif kind == "c":
        text = word[:1]
    elif kind in "diuxXo":
        text = _as_number(word, kind)
    if text is None:
        return None, at, False
    return _sized(text, sized), at + 1, stops


_KINDS = frozenset("sbcdiuxXo")


def _as_number(word: str, kind: str) -> str | None:
    if word[:1] in ("'", '"') and len(word) > 1:
        value = ord(word[1])
    elif word.removeprefix("-").isdecimal() and word.isascii() and (word[0] != "0" or word == "0"):
        value = int(word)
    elif not word:
        value = 0
    else:
        return None
    return (
        format(value, {"i": "d", "u": "d"}.get(kind, kind)) if value >= 0 or kind in "di" else None
    )


def _sized(text: str, sized: str) -> str:
    """Apply a width and a precision, as of `%-5.3s`."""
    width, dot, precision = sized.lstrip("-").partition(".")
    if dot:
        text = text[: int(precision or 0)] if precision.isdecimal() or not precision else text
    if width.startswith("0") and text.isdecimal():
        return text.zfill(int(width))
    if not width.isdecimal():
        return text
    return text.ljust(int(width)) if sized.startswith("-") else text.rjust(int(width))
