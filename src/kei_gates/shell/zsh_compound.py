"""Compound commands of zsh: zshmisc(1), Complex Commands and Alternate Forms."""

from __future__ import annotations

from kei_gates.shell.ast import Branches, CommandList, Group, Loop, Word
from kei_gates.shell.compound import CompoundParser
from kei_gates.shell.reserved import CLOSING, OF_ZSH, OPENING
from kei_gates.shell.scanner import is_name
from kei_gates.shell.zsh_redirections import ZshRedirectionParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ClassVar

    from kei_gates.shell.ast import Command

ZSH_CLOSING = CLOSING | frozenset(("end",))
_LONGEST_RESERVED = 10
_NO_COMMAND = frozenset(("", "\n", ";", "&", "|", ")"))
_OPERANDS_BEFORE_PATTERN = 2


class ZshCompoundParser(ZshRedirectionParser, CompoundParser):
    """Parses compound commands as zsh does."""

    RESERVED: ClassVar[frozenset[str]] = OPENING | ZSH_CLOSING | OF_ZSH | frozenset(("in",))
    LONGEST: ClassVar[int] = _LONGEST_RESERVED
    ARM_ENDS: ClassVar[tuple[str, ...]] = (";;", ";&", ";|")
    END_OF_REGEX = frozenset(" \t\n)&|;<>")

    def open_list(self) -> CommandList:
        """Parse a list that ends where no separator stands between two commands."""
        raise NotImplementedError

    # --- reserved words ---------------------------------------------------------------------

    def lookahead(self) -> str:
        """Give the plain word at the cursor, without a brace that closes a group."""
        word = super().lookahead()
        stop = self.at + len(word)
        if self.text.startswith("(", stop) and not self.text.startswith("()", stop):
            return ""  # the parenthesis goes on with the word
        if self.text.startswith("<", stop) and self.numeric_range(len(word)):
            return ""
        if len(word) > 1 and word.endswith("}") and "{" not in word:
            return word[:-1]
        return word

    def reserved(self) -> str:
        """Give the reserved word at the cursor, empty when it is none."""
        return "{" if self.peek() == "{" else super().reserved()

    def no_command_here(self) -> bool:
        """Say whether what comes next starts no command."""
        if self.peek() in _NO_COMMAND:
            return not self.next_is("&>")
        return self.reserved() in ZSH_CLOSING

    def skip_separators(self) -> None:
        """Skip newlines and semicolons."""
        self.skip_newlines()
        while self.peek() == ";" and not (self.peek(1) and self.peek(1) in ";&|"):
            self.at += 1
            self.skip_newlines()

    def not_empty(self, body: CommandList) -> CommandList:
        """Take any list: one without a command does nothing."""
        return body

    def _one(self) -> CommandList:
        """Parse the one command that stands for a body; there may be none."""
        start = self.at
        items = () if self.no_command_here() else ((self.and_or(), False),)
        return CommandList(items, self.span(start))

    def group(self) -> Command:
        """Parse `{ ... }`, and an `always` with another list behind it."""
        start = self.at
        body = self.braces()
        self.skip_blanks()
        if self.lookahead() == "always":
            self.at += len("always")
            self.skip_separators()
            if self.peek() != "{":
                self.refuse("`{` is missing")
            parts = [Group(one, (), one.span, subshell=False) for one in (body, self.braces())]
            body = CommandList(tuple((part, False) for part in parts), self.span(start))
        return Group(body, self.redirections(), self.span(start), subshell=False)

    # --- branches and loops -----------------------------------------------------------------

    def branch(self) -> Command:
        """Parse `if`, with bodies in braces or without."""
        start = self.at
        conditions, bodies = [], []
        word = "if"
        in_braces = False
        while word in ("if", "elif"):
            self.at += len(word)
            conditions.append(self.open_list())
            self.skip_separators()
            word = self.reserved()
            in_braces = word == "{"
            if word == "then":
                self.eat_reserved()
                bodies.append(self.filled("elif", "else", "fi"))
                word = self.reserved() or "fi"
            elif in_braces:
                bodies.append(self.braces())
                self.skip_blanks()
                word = self._after_braces()
            else:
                bodies.append(self._one())
                word = ""
        if word == "else":
            self.eat_reserved()
            self.skip_separators()
            in_braces = in_braces and self.peek() == "{"
            bodies.append(self.braces() if in_braces else self.filled("fi"))
            word = "" if in_braces else "fi"
        if word:
            self.keyword("fi")
        return Branches((), tuple(conditions), tuple(bodies), self.redirections(), self.span(start))

    def _after_braces(self) -> str:
        """Give the word that goes on with an `if` behind a body in braces, empty for its end."""
        word = self.reserved()
        if word in ("elif", "else", "fi"):
            return word
        if self.peek() not in ("", ";", "\n"):
            self.refuse("a body in braces is not followed by a separator")
        return ""

    def while_loop(self) -> Command:
        """Parse `while` or `until`."""
        start = self.at
        self.eat_reserved()
        header = self.open_list()
        body = self.loop_body()
        return Loop(body, self.redirections(), self.span(start), header=header)

    def loop_body(self, *, ends: bool = False) -> CommandList:
        """Parse a loop's body; one that `ends` is closed by that word if not by another."""
        self.skip_separators()
        word = self.reserved()
        if word == "do":
            return self.do_done()
        if word == "{":
            return self.braces()
        if ends:
            body = self.filled("end")
            self.keyword("end")
            return body
        return self._one()

    def for_loop(self) -> Command:
        """Parse `for`, `foreach` or `select`."""
        start = self.at
        kind = self.reserved()
        self.eat_reserved()
        self.skip_blanks()
        if self.next_is("((") and kind == "for":
            header = self.loop_arithmetic()
            body = self.loop_body()
            return Loop(body, self.redirections(), self.span(start), arithmetic=header)
        names = self._loop_names(one=kind == "select")
        words = self._loop_words()
        body = self.loop_body(ends=kind == "foreach")
        return Loop(
            body,
            self.redirections(),
            self.span(start),
            name=names[0],
            words=words,
            asks=kind == "select",
            more=tuple(names[1:]),
        )

    def _loop_names(self, *, one: bool) -> list[str]:
        names: list[str] = []
        while True:
            self.skip_blanks()
            if names and (one or not self.at_word(first=True) or self.reserved()):
                return names
            name = self.word().plain or ""
            if not (is_name(name) or name.isdecimal()):
                self.refuse("a loop's variable is missing")
            names.append(name)

    def _loop_words(self) -> tuple[Word, ...] | None:
        """Parse the values behind the names of a loop; none for the positional parameters."""
        if self.peek() == "(":
            self.at += 1
            return self.array()
        self.skip_newlines()
        if self.reserved() != "in":
            return None
        self.eat_reserved()
        words: list[Word] = []
        while True:
            self.skip_blanks()
            if self.peek() in (";", "\n"):
                return tuple(words)
            words.append(self.word())

    def array(self) -> tuple[Word, ...]:
        """Parse words up to a closing parenthesis, which is consumed."""
        words: list[Word] = []
        while True:
            self.skip_newlines()
            if self.peek() == ";":
                self.at += 1
            elif self.peek() == ")":
                self.at += 1
                return tuple(words)
            else:
                words.append(self.word())

    def repeat(self) -> Command:
        """Parse `repeat`."""
        start = self.at
        self.eat_reserved()
        self.skip_blanks()
        count = self.word()
        body = self.loop_body()
        return Loop(body, self.redirections(), self.span(start), count=count)

    # --- case and conditions ----------------------------------------------------------------

    def case_opening(self) -> str:
        """Consume `in` or a brace; give the word that closes the whole."""
        self.skip_separators()
        if self.peek() == "{":
            self.at += 1
            return "}"
        return super().case_opening()

    def case_patterns(self) -> list[Word]:
        """Parse `(a | b)`, the opening parenthesis optional, or the pattern's own."""
        globbing, self.globbing = self.globbing, False
        mark = self.at
        patterns = super().case_patterns()
        if self.text[mark] == "(" and self._goes_on():
            self.waste(self.at - mark)
            self.at = mark
            patterns = self.closed_patterns()
        self.globbing = globbing
        return patterns

    def _goes_on(self) -> bool:
        """Whether what was read is only the start of a pattern."""
        if not self.ends_after(0):
            return True
        self.skip_blanks()
        return self.peek() in ("|", ")")

    def test(self) -> Command:
        """Parse `[[ ... ]]`."""
        start = self.at
        self.eat_reserved()
        globbing, self.globbing = self.globbing, False
        found = self.condition(start)
        self.globbing = globbing
        return found

    def condition_word(self, before: str | None, operands: int) -> Word:
        """Parse a word or an operator, behind a word and so many operands in a row."""
        pattern = self.peek() == "(" and operands >= _OPERANDS_BEFORE_PATTERN
        if before != "=~" and (pattern or (self.peek() == "<" and self.numeric_range())):
            return self.word()
        return super().condition_word(before, operands)

    def compound(self, word: str) -> Command:
        """Parse the compound command that a reserved word starts."""
        own = _OWN.get(word)
        return own(self) if own is not None else super().compound(word)

    def starts_compound(self, word: str) -> bool:
        """Say whether a word starts a compound command."""
        return word in _OWN or super().starts_compound(word)


_OWN: dict[str, Callable[[ZshCompoundParser], Command]] = {
    "foreach": ZshCompoundParser.for_loop,
    "repeat": ZshCompoundParser.repeat,
}
