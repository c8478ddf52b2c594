"""What a sed script makes of a text, where it only substitutes. Source: GNU sed 4.9, its manual.

Read is what basic and extended expressions share with Python's, and means the same there:
letters, `.`, lists in brackets, groups, `*`, `+`, `?` behind one character, `^` and `$` at the
ends. Anything else gives no text.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Sequence
    from typing import Final

_LONGEST = 1 << 18
_MOST_STARS = 3  # each may look at the whole line again
_QUANTIFIERS = "*+?"


class _NotUnderstoodError(Exception):
    """The script does more than this module follows."""


def edited(scripts: Sequence[str], text: str, *, extended: bool) -> str | None:
    """Give a text as scripts leave it; none when that is not certain."""
    if len(text) > _LONGEST or any("\0" in script for script in scripts):
        return None
    try:
        commands = [one for script in scripts for one in _commands(script, extended=extended)]
    except _NotUnderstoodError:
        return None
    lines = text.split("\n")
    last = lines.pop() if lines[-1] == "" else None
    for pattern, instead, every in commands:
        lines = [pattern.sub(instead, line, count=0 if every else 1) for line in lines]
    return "\n".join(lines if last is None else [*lines, last])


def _commands(script: str, *, extended: bool) -> list[tuple[re.Pattern[str], str, bool]]:
    """Read `s` commands, separated by `;` or a newline."""
    import re

    found = []
    at = 0
    while at < len(script):
        if script[at] in " \t\n;":
            at += 1
            continue
        delimiter = script[at + 1 : at + 2]
        if script[at] != "s" or not delimiter or delimiter.isalnum() or delimiter in "\\\n ":
            raise _NotUnderstoodError
        regex, at = _part(script, at + 2, delimiter)
        instead, at = _part(script, at, delimiter)
        start = at
        while at < len(script) and script[at] not in ";\n":
            at += 1
        flags = script[start:at].strip()
        try:
            pattern = re.compile(_Regex(regex, extended=extended).text)
        except re.error:
            raise _NotUnderstoodError from None
        if flags not in ("", "g") or not regex or (flags and pattern.match("")):
            raise _NotUnderstoodError
        found.append((pattern, _replacement(instead, pattern.groups), flags == "g"))
    return found


def _part(script: str, at: int, delimiter: str) -> tuple[str, int]:
    """Give what stands before the next delimiter, and where what is behind it begins."""
    found = []
    while at < len(script) and script[at] != delimiter:
        if script[at] == "\\" and script[at + 1 : at + 2] == delimiter:
            if delimiter not in "/,:#@%!~\"'=;_-":
                raise _NotUnderstoodError  # it could mean something by itself
            found.append(delimiter)
            at += 2
        elif script[at] == "\\":
            found.append(script[at : at + 2])
            at += 2
        else:
            found.append(script[at])
            at += 1
    if at >= len(script):
        raise _NotUnderstoodError
    return "".join(found), at + 1


def _replacement(text: str, groups: int) -> str:
    """Spell what is put in the place as Python does."""
    found = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\n":
            raise _NotUnderstoodError
        if char == "&":
            found.append(r"\g<0>")
        elif char == "\\":
            at += 1
            char = text[at : at + 1]
            if char.isdecimal() and 0 < int(char) <= groups:
                found.append(rf"\g<{char}>")
            elif not char or char.isalnum() or char == "\n":
                raise _NotUnderstoodError
            else:
                found.append(r"\\" if char == "\\" else char)
        else:
            found.append(char)
        at += 1
    return "".join(found)


class _Regex:
    """A regular expression as Python spells it."""

    def __init__(self, text: str, *, extended: bool) -> None:
        self._text: Final = text
        self._extended: Final = extended
        self._at = 0
        self._stars = 0
        self._open = 0
        # Whether a quantifier may follow: there is one character, or one of several, before it.
        self._atom = False
        found = []
        while self._at < len(text):
            found.append(self._next())
        if self._open or self._stars > _MOST_STARS:
            raise _NotUnderstoodError
        self.text: Final = "".join(found)

    def _next(self) -> str:
        import re

        char = self._text[self._at]
        self._at += 1
        escaped = char == "\\"
        if escaped:
            char = self._text[self._at : self._at + 1]
            self._at += 1
        special = char in "+?(){}|" and escaped != self._extended
        if special and char in "+?" and not self._extended:
            raise _NotUnderstoodError  # only GNU's sed has these
        if special or (char == "*" and not escaped):
            return self._operator(char)
        if char in "^$" and not escaped:
            return self._anchor(char)
        self._atom = True
        if escaped and (not char or char.isalnum() or char in "<>`'\n"):
            raise _NotUnderstoodError
        if char == "[" and not escaped:
            return self._bracket()
        return char if char == "." and not escaped else re.escape(char)

    def _operator(self, char: str) -> str:
        if char in "()":
            self._open += 1 if char == "(" else -1
            self._atom = False
            if self._open < 0:
                raise _NotUnderstoodError
            return char
        if char not in _QUANTIFIERS or not self._atom:
            raise _NotUnderstoodError
        self._stars += char != "?"
        self._atom = False
        return char

    def _anchor(self, char: str) -> str:
        """Take an anchor, which is one only at its end of the expression."""
        if self._at != (1 if char == "^" else len(self._text)):
            raise _NotUnderstoodError
        self._atom = False
        return char if char == "^" else r"\Z"

    def _bracket(self) -> str:
        end = self._text.find("]", self._at + 1 + (self._text[self._at : self._at + 1] == "^"))
        inside = self._text[self._at : end]
        if end < 0 or any(char in inside for char in "\\[&|~]"):
            raise _NotUnderstoodError
        self._at = end + 1
        return f"[{inside}]"
