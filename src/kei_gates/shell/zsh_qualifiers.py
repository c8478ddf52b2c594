"""The qualifiers of a glob in zsh, and the code that some of them run.

Source: zshexpn(1), Glob Qualifiers.
"""

from __future__ import annotations

from kei_gates.shell.ast import Literal
from kei_gates.shell.scanner import DIGITS, NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Part

_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_SORTING = ("o", "O")
_RUNNING = ("e", "+")
# Qualifiers that take a number, and the units that may stand before it.
_COUNTED = {
    "L": "kKmMgGtTpP", "a": "Mwhmsd", "m": "Mwhmsd", "c": "Mwhmsd", "l": "", "d": "", "Y": "",
}  # fmt: skip
# Qualifiers that take text between delimiters; some may take a number instead.
_DELIMITED = ("P",)
_NAMED = ("u", "g", "f")
_SIGNS = ("+", "-", "=")
_INDEX = DIGITS | frozenset(",-")


def code_of(parts: list[Part]) -> tuple[str, ...] | None:
    """Give the sources that the qualifiers of these parts run.

    Empty for a parenthesis that holds alternatives, which is no list of qualifiers. None where an
    expansion could stand for any qualifiers.
    """
    text = ""
    computed = False
    for part in parts:
        if not isinstance(part, Literal):
            computed = True
        elif not part.quoted and ("|" in part.text or "(" in part.text):
            return ()
        else:
            text += part.text
    return None if computed else _read(text)


def _read(text: str) -> tuple[str, ...] | None:
    found: list[str] = []
    at = 0
    while at < len(text) and text[at] != ":":  # which starts modifiers, up to the end
        char = text[at]
        at += 1
        if char in _SORTING:
            char = text[at : at + 1]
            at += 1
            if char not in _RUNNING:
                continue
        if char == "e":
            code, at = _delimited(text, at)
            found.append(code)
        elif char == "+":
            code, at = _name(text, at)
            found.append(code)
        elif char == "[":
            index, at = _delimited(text, at - 1)
            if not all(one in _INDEX for one in index):
                return None
        elif char in _DELIMITED or (char in _NAMED and text[at : at + 1] not in DIGITS):
            _, at = _delimited(text, at)
        elif char in _COUNTED or char in _NAMED:
            at = _after_number(text, at, _COUNTED.get(char, ""))
    return tuple(code for code in found if code)


def _delimited(text: str, at: int) -> tuple[str, int]:
    """Read `:text:`, or text between the brackets of a pair; without an end, all is an error."""
    opening = text[at : at + 1]
    close = text.find(_CLOSING.get(opening, opening), at + 1) if opening else -1
    return ("", len(text)) if close < 0 else (text[at + 1 : close], close + 1)


def _name(text: str, at: int) -> tuple[str, int]:
    """Read a command's name."""
    stop = at
    while stop < len(text) and text[stop] in NAME:
        stop += 1
    return text[at:stop], stop


def _after_number(text: str, at: int, units: str) -> int:
    if text[at : at + 1] and text[at] in units:
        at += 1
    while text[at : at + 1] in _SIGNS:
        at += 1
    while text[at : at + 1] in DIGITS:
        at += 1
    return at
