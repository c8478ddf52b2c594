"""Reserved words, and the lists of commands between them: bash(1), RESERVED WORDS."""

from __future__ import annotations

from kei_gates.shell.conditions import ConditionParser
from kei_gates.shell.scanner import META

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from kei_gates.shell.ast import Command, CommandList

OPENING = frozenset(
    ("if", "while", "until", "for", "select", "case", "{", "[[", "function", "!", "time", "coproc")
)
CLOSING = frozenset(("then", "elif", "else", "fi", "do", "done", "esac", "}"))
OF_ZSH = frozenset(("repeat", "foreach", "end", "nocorrect"))
"""Words that only zsh reserves."""
_INSIDE = frozenset(("in",))
_LONGEST_RESERVED = 8


class ReservedParser(ConditionParser):
    """Recognises reserved words; a subclass parses the commands around them."""

    RESERVED: ClassVar[frozenset[str]] = OPENING | CLOSING | _INSIDE
    LONGEST: ClassVar[int] = _LONGEST_RESERVED

    def command(self) -> Command:
        """Parse one command with its redirections."""
        raise NotImplementedError

    def and_or(self) -> Command:
        """Parse `a && b || c`."""
        raise NotImplementedError

    def commands(self, stop: frozenset[str]) -> CommandList:
        """Parse commands up to one of the words or characters of `stop`, which is left."""
        raise NotImplementedError

    def parenthesised(self) -> CommandList:
        """Parse a list up to its closing parenthesis, which is consumed."""
        raise NotImplementedError

    def lookahead(self) -> str:
        """Give the plain word at the cursor, empty for one with quoting or expansions."""
        at = self.at
        while at < self.end and self.text[at] not in META:
            if self.text[at] in "\\'\"$`" or at - self.at > self.LONGEST:
                return ""
            at += 1
        if self.text[at : at + 2] in ("<(", ">("):
            return ""  # a substitution goes on with the word
        return self.text[self.at : at]

    def reserved(self) -> str:
        """Give the reserved word at the cursor, empty when it is none."""
        word = self.lookahead()
        return word if word in self.RESERVED else ""

    def eat_reserved(self) -> None:
        """Consume the reserved word at the cursor."""
        word = self.reserved()
        self.at += len(word)
        if self.peek() == "(" and word != "{":
            self.differs = True  # to zsh, the parenthesis goes on with the word

    def keyword(self, word: str) -> None:
        """Consume a reserved word that must come next."""
        self.skip_newlines()
        if self.reserved() != word:
            self.refuse(f"`{word}` is missing")
        self.eat_reserved()

    def not_empty(self, body: CommandList) -> CommandList:
        """Refuse a list without a command."""
        if not body.items:
            self.refuse("a command is missing")
        return body

    def filled(self, *stop: str) -> CommandList:
        """Parse a list that must not be empty."""
        return self.not_empty(self.commands(frozenset(stop)))
