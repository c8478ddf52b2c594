"""`[[ ... ]]`, as in bash(1), Compound Commands."""

from __future__ import annotations

from kei_gates.shell.assignments import AssignmentParser
from kei_gates.shell.ast import Literal, Test, Word
from kei_gates.shell.scanner import DIGITS, META

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Part

_OPERATORS = ("&&", "||", "(", ")", "<", ">")
_REGEX_STOP = frozenset(" \t\n()|&;<>")


class ConditionParser(AssignmentParser):
    """Parses what stands between the brackets."""

    END_OF_REGEX = frozenset(" \t\n)&")
    """What ends a regular expression, outside its parentheses."""

    def condition(self, start: int) -> Test:
        """Parse behind `[[` into words, operators among them as plain words, and `]]`."""
        words: list[Word] = []
        operands = 0
        while True:
            self.skip_newlines()
            if self.next_is("]]") and (not self.peek(2) or self.peek(2) in META):
                self.at += 2
                return Test(tuple(words), None, self.redirections(), self.span(start))
            word = self.condition_word(words[-1].plain if words else None, operands)
            operands = 0 if word.plain in _OPERATORS or word.plain == "!" else operands + 1
            words.append(word)

    def condition_word(self, before: str | None, operands: int) -> Word:
        """Parse a word or an operator, behind a word and so many operands in a row."""
        if before == "=~":
            return self._regex()
        if self.peek() == "(" and operands:
            self.differs = True  # part of a pattern to zsh
        if self.peek() in DIGITS and self.peek(1) in ("<", ">"):
            self.differs = True  # a descriptor to zsh
        if self.numeric_range():
            self.differs = True
        for operator in _OPERATORS:
            if self.next_is(operator) and not (operator in "<>" and self.peek(1) == "("):
                at = self.at
                self.at += len(operator)
                return Word((Literal(operator, quoted=False),), (at, self.at))
        return self.word()

    def _regex(self) -> Word:
        """Parse a regular expression, in which a parenthesis may hold anything."""
        start = self.at
        if self.text[start - 1] == "~":
            self.differs = True  # to zsh, a parenthesis would go on with the operator
        parts: list[Part] = []
        depth = 0
        while self.at < self.end:
            char = self.text[self.at]
            if not depth and char in self.END_OF_REGEX:
                break
            if char in "<>" and self.peek(1) == "(":
                parts.append(self.process_substitution())
            elif char in _REGEX_STOP:
                depth += (char == "(") - (char == ")")
                self.differs = self.differs or (char in "|;<>" and not depth)
                self.at += 1
                parts.append(Literal(char, quoted=False))
            elif char == "\\" and self.peek(1) == "\n":
                self.at += 2
            else:
                parts += self.unquoted(char, _REGEX_STOP)
        if self.at == start:
            self.refuse("a word is missing")
        return Word(tuple(parts), (start, self.at))
