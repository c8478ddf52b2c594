"""Subscripts behind a name without braces: zshparam(1), Array Subscripts."""

from __future__ import annotations

from kei_gates.shell.ast import Literal, Parameter, Qualifier, Subscript, Substitution
from kei_gates.shell.dollars import DollarParser
from kei_gates.shell.scanner import META
from kei_gates.shell.words import SPECIAL
from kei_gates.shell.zsh_words import ZshWordParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Part

_SUBSCRIPT_STOP = META | frozenset("{}")
_QUOTED_SUBSCRIPT_STOP = frozenset('"}\n')


class ZshSubscriptParser(ZshWordParser, DollarParser):
    """Parses subscripts; a subclass parses the expansions that they belong to."""

    def subscript_parts(self, *, quoted: bool) -> tuple[Part, ...]:
        """Parse `[...]` behind a name; without an end, only what was expanded is given.

        That could reach into the next quoted part of the word, so the value is not known then.
        """
        start = self.at + 1
        parts: list[Part] = []
        square = rounded = 0
        stop = _QUOTED_SUBSCRIPT_STOP if quoted else _SUBSCRIPT_STOP
        self.enter()
        while self.at < self.end:
            char = self.text[self.at]
            if char in "()" and not quoted and (rounded or char == "("):
                rounded += 1 if char == "(" else -1
                self.at += 1
            elif char in stop and not (rounded and char in " \t"):
                break
            elif quoted and char in "$`\\":
                parts += self.quoted(char, '"')
            elif char in SPECIAL and not quoted:
                parts += self._evaluated(char)
            else:
                square += (char == "[") - (char == "]")
                self.at += 1
                if char == "]" and not square:
                    self.leave()
                    return (Subscript(self.text[start : self.at - 1], _expansions(parts)),)
        self.leave()
        return _expansions(parts)

    def _evaluated(self, char: str) -> list[Part]:
        """Parse what a character starts in a subscript, where quotes hide nothing from it."""
        if char == "$" and self.peek(1) == "'":
            self.refuse("an escape stands in a subscript")
        if char != "'":
            return self.unquoted(char, META)
        close = self.text.find("'", self.at + 1, self.end)
        if close < 0:
            self.refuse("a quote is not closed")
        parts = self.enclosed(self.at + 1, close)
        self.at = close + 1
        return parts


def _expansions(parts: list[Part]) -> tuple[Part, ...]:
    """Give the expansions of a subscript, which are never split."""
    return tuple(_quoted(part) for part in parts if not isinstance(part, Literal))


def _quoted(part: Part) -> Part:
    if isinstance(part, Substitution):
        return Substitution(part.body, quoted=True)
    if isinstance(part, Parameter) and not isinstance(part, Qualifier):
        return Parameter(part.name, part.operator, part.operand, quoted=True, flags=part.flags)
    return part
