"""Words of zsh: parentheses of patterns, numeric ranges, and braces that close a group.

Sources: zshmisc(1), Reserved Words; zshexpn(1), Filename Generation. The client leaves the options
at their defaults but for EXTENDED_GLOB, which is off.
"""

from __future__ import annotations

from kei_gates.shell.ast import Literal, Qualifier, Word
from kei_gates.shell.scanner import META
from kei_gates.shell.words import SPECIAL, WordParser
from kei_gates.shell.zsh_qualifiers import code_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from kei_gates.shell.ast import Part

_RUN_STOP = SPECIAL | frozenset("{}")
_SEPARATING = frozenset(";&<>")


class ZshWordParser(WordParser):
    """Parses words as zsh does."""

    LAST_BACKSLASH: ClassVar[str] = ""
    globbing = True
    """Whether words name files, which those of conditions and `case` do not."""

    def word(self, stop: frozenset[str] = META, *, assigned: bool = False) -> Word:
        """Parse a word up to an unquoted character of `stop`; it is never empty.

        A brace at its end that nothing in it opened is left, as it closes a group.
        """
        start = self.at
        parts: list[Part] = []
        continued = False
        braces = 0
        while self.at < self.end:
            char = self.text[self.at]
            if char in "<>=" and self.peek(1) == "(" and self._is_process(char, start, stop):
                parts.append(self.process_substitution())
            elif char == "<" and char in stop and self.numeric_range():
                parts.append(Literal(self._take(self.numeric_range()), quoted=False))
            elif char == "(" and char in stop and self.peek(1) != ")":
                parts.append(self._parenthesis(stop, globs=self.globbing and not assigned))
            elif char in stop:
                break
            elif char == "\\" and self.peek(1) == "\n":
                self.at += 2
                continued = True
            elif char in "{}":
                if char == "}" and not braces and not assigned and self.ends_after(1, stop):
                    break
                braces += 1 if char == "{" else -(braces > 0)
                parts.append(Literal(self._take(1), quoted=False))
            else:
                parts += self.unquoted(char, stop)
        if self.at == start:
            self.refuse("a word is missing")
        return Word(tuple(parts), (start, self.at), continued=continued)

    def _is_process(self, char: str, start: int, stop: frozenset[str]) -> bool:
        return self.at == start if char == "=" else char in stop

    def _take(self, size: int) -> str:
        self.at += size
        return self.text[self.at - size : self.at]

    def ends_after(self, size: int, stop: frozenset[str] = META) -> bool:
        """Say whether a word ends so many characters ahead."""
        char = self.peek(size)
        if char == "\\" and self.peek(size + 1) == "\n":
            self.refuse("a line continuation stands behind a brace")
        if not char or char not in stop:
            return not char
        if char == "(":
            return self.peek(size + 1) == ")"
        goes_on = char in "<>" and (self.peek(size + 1) == "(" or self.numeric_range(size) > 0)
        return not goes_on

    def run(self, stop: frozenset[str]) -> Literal:
        """Consume ordinary characters."""
        start = self.at
        self.at += 1
        while self.at < self.end:
            char = self.text[self.at]
            if char in stop or char in _RUN_STOP:
                break
            self.at += 1
        return Literal(self.text[start : self.at], quoted=False)

    # --- parentheses ------------------------------------------------------------------------

    def _parenthesis(self, stop: frozenset[str], *, globs: bool) -> Qualifier:
        """Parse a parenthesis inside a word, in which only an operator may not stand."""
        start = self.at + 1
        self.enter()
        parts = self.parenthesised_parts(_SEPARATING)
        if self.peek() != ")":
            self.refuse("an operator stands in a parenthesis of a pattern")
        self.at += 1
        self.leave()
        text = self.text[start : self.at - 1]
        code = self.code(parts) if globs and self.ends_after(0, stop) else ()
        return Qualifier(text, code, tuple(parts))

    def code(self, parts: list[Part]) -> tuple[str, ...]:
        """Give what a parenthesis at the end of a word runs, its parts given."""
        found = code_of(parts)
        if found is None:
            self.refuse("the qualifiers of a pattern are computed")
        return found

    def parenthesised_parts(self, stop: frozenset[str]) -> list[Part]:
        """Parse from an open parenthesis up to its closing one or a character of `stop`."""
        parts: list[Part] = []
        self.at += 1
        depth = 0
        inner = stop | frozenset("()")
        while self.at < self.end:
            char = self.text[self.at]
            if char == "<" and char in stop and self.numeric_range():
                parts.append(Literal(self._take(self.numeric_range()), quoted=False))
            elif char in stop or (char == ")" and not depth):
                break
            elif char in "(){}":
                depth += (char == "(") - (char == ")")
                parts.append(Literal(self._take(1), quoted=False))
            elif char == "\\" and self.peek(1) == "\n":
                self.at += 2
            else:
                parts += self.unquoted(char, inner)
        return parts
