"""Assignments, as in bash(1), PARAMETERS and Arrays."""

from __future__ import annotations

from kei_gates.shell.ast import Assignment, Word
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.redirections import RedirectionParser
from kei_gates.shell.scanner import META, NAME_START

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Arithmetic

_NOWHERE = Word((), (0, 0))
_NOT_IN_SUBSCRIPTS = META | frozenset("'\"\\{}")


class AssignmentParser(RedirectionParser):
    """Parses assignments."""

    def assignment(self) -> Assignment | None:
        """Parse an assignment at the cursor, if there is one."""
        mark = self.at
        name = self.assigned_name()
        if not name:
            return None
        subscript: Arithmetic | None = None
        if self.peek() == "[":
            self.at += 1
            subscript = self.subscript()
            if subscript is None:
                self.at = mark
                return None
        append = self.next_is("+=")
        if not append and self.peek() != "=":
            self.at = mark
            return None
        self.at += 2 if append else 1
        if self.peek() == "(" and self.takes_array(subscript):
            self.at += 1
            array = self.array()
            return Assignment(name, _NOWHERE, append=append, subscript=subscript, array=array)
        empty = self.peek() != "}" and not self.at_word(first=True)
        value = Word((), (self.at, self.at)) if empty else self.word(assigned=True)
        return Assignment(name, value, append=append, subscript=subscript)

    def assigned_name(self) -> str:
        """Consume the name before an assignment's `=`, if there may be one."""
        return self.name() if self.peek() in NAME_START else ""

    def takes_array(self, subscript: Arithmetic | None) -> bool:
        """Say whether an array can be assigned, with such a subscript."""
        return subscript is None

    def subscript(self) -> Arithmetic | None:
        """Parse a subscript, none when the bracket is a glob's that no `=` could follow."""
        depth, start = self.depth, self.at
        try:
            found = self.arithmetic("]")
        except Unanalysable:
            newline = self.text.find("\n", start)
            if "=" in self.text[start : self.end if newline < 0 else newline]:
                raise
            self.waste(self.at - start)
            self.differs = True
            self.depth = depth
            return None
        self.differs = self.differs or any(char in _NOT_IN_SUBSCRIPTS for char in found.text)
        return found

    def array(self) -> tuple[Word, ...]:
        """Parse the words of `name=( ... )`."""
        words: list[Word] = []
        while True:
            self.skip_newlines()
            if self.peek() == ")":
                self.at += 1
                return tuple(words)
            words.append(self.word())
