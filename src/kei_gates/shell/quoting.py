"""`$'...'`: the escapes of ANSI-C quoting, as bash(1) lists them."""

from __future__ import annotations

from kei_gates.shell.errors import Unanalysable

SIMPLE = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
    "v": "\v", "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
HEX = frozenset("0123456789abcdefABCDEF")
OCTAL = frozenset("01234567")
LAST, LAST_OF_ASCII = 0x10FFFF, 0x7F
ENDED = "\\0'"
"""What stands for a NUL that is the whole string; to zsh, it ends the word for a program."""
_LENGTHS = {"x": 2, "u": 4, "U": 8}


def has_other_escapes(text: str) -> bool:
    """Say whether a text holds escapes of `$'...'` that not every dialect decodes alike."""
    at = text.find("\\")
    while at >= 0:
        char = text[at + 1 : at + 2]
        if char not in SIMPLE and char not in _LENGTHS and char not in OCTAL:
            return True
        at = text.find("\\", at + 2)
    return False


def ansi_c(text: str, at: int, *, keep: bool = True) -> tuple[str, int]:
    """Decode from just after `$'`; give the text and the position after the closing quote.

    `keep` says that an escape that is none keeps its backslash, as in bash; in zsh it does not.

    Raises `Unanalysable` for what decodes to a NUL, to a byte that is no character by itself, or
    has no end: the shell would make something of it that is not certain.
    """
    if text.startswith(ENDED, at):
        return "", at + len(ENDED)  # to bash, a NUL ends the string
    out = []
    while True:
        quote = text.find("'", at)
        backslash = text.find("\\", at)
        if quote < 0:
            raise Unanalysable("a quote is not closed", at)
        if backslash < 0 or quote < backslash:
            out.append(text[at:quote])
            return "".join(out), quote + 1
        out.append(text[at:backslash])
        char, at = _escape(text, backslash + 1, keep=keep)
        out.append(char)


def _escape(text: str, at: int, *, keep: bool) -> tuple[str, int]:
    """Decode one escape from just after its backslash."""
    char = text[at : at + 1]
    if char in SIMPLE:
        return SIMPLE[char], at + 1
    if char in _LENGTHS:
        return _number(text, at + 1, _LENGTHS[char], HEX, 16, byte=char == "x")
    if char in OCTAL:
        return _number(text, at, 3, OCTAL, 8, byte=True)
    if char == "c" or (not keep and char in ("C", "M")):
        raise Unanalysable("a control character is spelled out", at)
    return "\\" + char if keep else char, at + 1


def _number(  # noqa: PLR0913 -- one rule with its limits
    text: str, at: int, longest: int, digits: frozenset[str], base: int, *, byte: bool
) -> tuple[str, int]:
    stop = at
    while stop < len(text) and stop - at < longest and text[stop] in digits:
        stop += 1
    if stop == at:
        raise Unanalysable("an escape has no digits", at)
    value = int(text[at:stop], base)
    if value == 0 or value > LAST or (byte and value > LAST_OF_ASCII):
        raise Unanalysable("an escape gives no certain character", at)
    return chr(value), stop
