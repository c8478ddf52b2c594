"""The pieces that code of scripting languages is read into, and what is given when it cannot be."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final, TypeAlias

    # What a string is made of: text, and code whose value stands there.
    Parts: TypeAlias = "list[str | list[Token]]"

NAME = "name"
VARIABLE = "variable"  # a name with its sigil
TEXT = "text"
RUN = "run"  # text that a shell runs, as in backticks
WORDS = "words"  # each part a word
PATTERN = "pattern"
NUMBER = "number"
OPERATOR = "operator"
LINE = "line"  # the end of a line, where it may end a statement

MOST_NESTED = 12
"""How deep code may stand in strings in code; each level takes several of the interpreter's."""

BLANKS = frozenset(" \t\r\f\v")
DIGITS = frozenset("0123456789")
NAME_START = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
NAME_CHARS = NAME_START | DIGITS
PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}


class Token:
    """A piece of code. `parts` are a string's; `spaced` says that a blank stands before it.

    `bound` says that it only gets a name here, so that it is no use of what it names.
    """

    __slots__ = ("bound", "kind", "parts", "spaced", "text")

    def __init__(self, kind: str, text: str, parts: Parts, *, spaced: bool) -> None:
        """Take the fields."""
        self.kind: Final = kind
        self.text: Final = text
        self.parts = parts
        self.spaced: Final = spaced
        self.bound = False


class Lost(Exception):  # noqa: N818 -- it is no error of the program's
    """The code does not read as code from some position on."""

    def __init__(self, at: int) -> None:
        """Take the position."""
        super().__init__(at)
        self.at: Final = at


class Quote:
    """How a string reads.

    `escapes` is what a backslash may stand before: `all`, `few` (itself and the end), or nothing.
    `inside` is how code is put into it, the empty string for not at all.
    """

    __slots__ = ("escapes", "inside", "kind")

    def __init__(self, kind: str = TEXT, *, escapes: str = "all", inside: str = "") -> None:
        """Take the fields."""
        self.kind: Final = kind
        self.escapes: Final = escapes
        self.inside: Final = inside


class Syntax:
    """What a language's lexer goes by.

    `comments` start one that goes to the end of the line, `spans` maps what starts another kind of
    comment to what ends it. `names` are characters of names beside the usual. With `lines`, the end
    of a line may end a statement. `operators` are those of several characters. With `patterns`, a
    slash may start a pattern; it surely does behind one of `before_terms`.
    """

    __slots__ = (
        "before_terms", "comments", "lines", "names", "operators", "patterns", "quotes", "spans",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        operators: str,
        quotes: dict[str, Quote],
        *,
        comments: Sequence[str] = (),
        spans: dict[str, str] | None = None,
        names: str = "",
        lines: bool = False,
        patterns: bool = False,
        before_terms: str = "",
    ) -> None:
        """Take the fields, words separated by blanks."""
        self.operators: Final = sorted(operators.split(), key=len, reverse=True)
        self.quotes: Final = quotes
        self.comments: Final = tuple(comments)
        self.spans: Final = spans or {}
        self.names: Final = NAME_CHARS | set(names)
        self.lines: Final = lines
        self.patterns: Final = patterns
        self.before_terms: Final = frozenset(before_terms.split())


_ESCAPED = {
    "n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "b": "\b", "e": "\x1b",
    "s": " ", "\n": "",
}  # fmt: skip
_COUNTED = {"x": 2, "u": 4}
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
# Perl's and ruby's escapes that change what follows, or stand for a character by its name.
_UNKNOWN = frozenset("cCMNULQElzU")


def unescape(text: str, at: int) -> tuple[str | None, int]:
    """Give what an escape stands for, and where it ends; `at` is behind the backslash.

    What it stands for is none where languages differ or it is not known.
    """
    char = text[at : at + 1]
    if char in _COUNTED:
        return _by_number(text, at + 1, _COUNTED[char])
    if char in DIGITS:
        end = at
        while end < at + 3 and text[end : end + 1] in DIGITS and end < len(text):
            end += 1
        octal = all(digit < "8" for digit in text[at:end])
        return (chr(int(text[at:end], 8)) if octal and text[at] == "0" else None), end
    if char in _UNKNOWN:
        return None, at + 1
    return _ESCAPED.get(char, char), at + 1


def _by_number(text: str, at: int, most: int) -> tuple[str | None, int]:
    braced = text[at : at + 1] == "{"
    at += braced
    end = at
    while end < len(text) and end - at < (8 if braced else most) and text[end] in _HEXADECIMAL:
        end += 1
    number = int(text[at:end] or "0", 16)
    found = chr(number) if end > at and number < 0x110000 else None  # noqa: PLR2004 -- Unicode's end
    if braced:
        return (found, end + 1) if text[end : end + 1] == "}" else (None, end)
    return found, end
