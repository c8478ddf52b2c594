"""Compound commands, as in bash(1), Compound Commands."""

from __future__ import annotations

from kei_gates.shell.ast import (
    Branches,
    CommandList,
    Coprocess,
    Function,
    Group,
    Loop,
    Simple,
    Test,
    Word,
)
from kei_gates.shell.reserved import OPENING, ReservedParser
from kei_gates.shell.scanner import META, is_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ClassVar

    from kei_gates.shell.ast import Arithmetic, Command

_COMMON_ENDS = (";;", ";&")
_CASE_PATTERN_STOP = frozenset(" \t\n|)(;&<>")


class CompoundParser(ReservedParser):
    """Parses compound commands; a subclass parses what stands inside."""

    ARM_ENDS: ClassVar[tuple[str, ...]] = (";;&", ";;", ";&")

    def compound(self, word: str) -> Command:
        """Parse the compound command that a reserved word starts."""
        return _COMPOUND[word](self)

    def starts_compound(self, word: str) -> bool:
        """Say whether a word starts a compound command."""
        return word in _COMPOUND

    def open_parenthesis(self) -> Command:
        """Parse `((...))`, or a subshell."""
        start = self.at
        if self.peek(1) == "(":
            self.at += 2
            found = self.attempt_arithmetic()
            if found is not None:
                return Test((), found, self.redirections(), self.span(start))
            self.at = start
        self.at += 1
        body = self.not_empty(self.parenthesised())
        return Group(body, self.redirections(), self.span(start), subshell=True)

    def group(self) -> Command:
        """Parse `{ ...; }`."""
        start = self.at
        body = self.braces()
        return Group(body, self.redirections(), self.span(start), subshell=False)

    def braces(self) -> CommandList:
        """Parse a list in braces."""
        self.eat_reserved()
        body = self.not_empty(self.commands(frozenset(("}",))))
        self.keyword("}")
        return body

    # --- branches and loops -----------------------------------------------------------------

    def branch(self) -> Command:
        """Parse `if`."""
        start = self.at
        conditions, bodies = [], []
        word = "if"
        while word in ("if", "elif"):
            self.eat_reserved()
            conditions.append(self.filled("then"))
            self.keyword("then")
            bodies.append(self.filled("elif", "else", "fi"))
            word = self.reserved()
        if word == "else":
            self.eat_reserved()
            bodies.append(self.filled("fi"))
        self.keyword("fi")
        return Branches((), tuple(conditions), tuple(bodies), self.redirections(), self.span(start))

    def while_loop(self) -> Command:
        """Parse `while` or `until`."""
        start = self.at
        self.eat_reserved()
        header = self.filled("do")
        body = self.do_done()
        return Loop(body, self.redirections(), self.span(start), header=header)

    def do_done(self) -> CommandList:
        """Parse the body of a loop between its words."""
        self.keyword("do")
        body = self.filled("done")
        self.keyword("done")
        return body

    def loop_body(self) -> CommandList:
        """Parse the body of a `for`, which may also stand in braces."""
        self.skip_newlines()
        return self.braces() if self.reserved() == "{" else self.do_done()

    def for_loop(self) -> Command:
        """Parse `for` or `select`."""
        start = self.at
        asks = self.reserved() == "select"
        self.eat_reserved()
        self.skip_blanks()
        if self.next_is("((") and not asks:
            header = self.loop_arithmetic()
            body = self.loop_body()
            return Loop(body, self.redirections(), self.span(start), arithmetic=header)
        name = self._plain_name("a loop's variable")
        words: list[Word] | None = None
        self.skip_newlines()
        if self.reserved() == "in":
            self.eat_reserved()
            words = self._words_to_line_end()
        elif self.peek() == ";":
            self.at += 1
        body = self.loop_body()
        values = None if words is None else tuple(words)
        return Loop(body, self.redirections(), self.span(start), name=name, words=values, asks=asks)

    def loop_arithmetic(self) -> Arithmetic:
        """Parse the header of a C-style `for`, and the semicolon behind it."""
        self.at += 2
        header = self.attempt_arithmetic()
        if header is None:
            self.refuse("the header of a loop is not closed")
        self.skip_blanks()
        if self.peek() == ";":
            self.at += 1
        return header

    def _plain_name(self, what: str) -> str:
        """Consume a word that must be a plain name."""
        self.skip_blanks()
        name = self.word().plain if self.at_word() else None
        if not name or not is_name(name):
            self.refuse(f"{what} is missing")
        return name

    def _words_to_line_end(self) -> list[Word]:
        words: list[Word] = []
        while True:
            self.skip_blanks()
            if self.peek() in (";", "\n"):
                self.at += self.peek() == ";"
                return words
            words.append(self.word())

    # --- case -------------------------------------------------------------------------------

    def case(self) -> Command:
        """Parse `case`."""
        start = self.at
        self.eat_reserved()
        self.skip_blanks()
        words = [self.word()]
        closing = self.case_opening()
        bodies: list[CommandList] = []
        falls = total = False
        while True:
            self.skip_newlines()
            if self.reserved() == closing:
                break
            patterns = self.case_patterns()
            total = total or any(word.plain == "*" for word in patterns)
            words += patterns
            bodies.append(self.commands(frozenset((";;", closing))))
            end = next((one for one in self.ARM_ENDS if self.next_is(one)), "")
            if not end:
                break
            self.at += len(end)
            self.differs = self.differs or end not in _COMMON_ENDS
            falls = falls or end != ";;"
        self.keyword(closing)
        redirections = self.redirections()
        return Branches(
            tuple(words),
            (),
            tuple(bodies),
            redirections,
            self.span(start),
            falls=falls,
            total=total,
        )

    def case_opening(self) -> str:
        """Consume `in`; give the word that closes the whole."""
        self.keyword("in")
        return "esac"

    def case_patterns(self) -> list[Word]:
        """Parse `(a | b)`, the opening parenthesis optional."""
        if self.peek() != "(":
            return self.closed_patterns()
        self.at += 1
        patterns = self.closed_patterns()
        if self.peek() and self.peek() not in META:
            self.differs = True  # to zsh, the pattern goes on
        return patterns

    def closed_patterns(self) -> list[Word]:
        """Parse `a | b)`."""
        patterns = []
        while True:
            self.skip_blanks()
            patterns.append(self.word(_CASE_PATTERN_STOP))
            self.skip_blanks()
            if self.peek() == ")":
                self.at += 1
                return patterns
            self.expect("|", "the end of a pattern")

    # --- functions, coprocesses, conditions -------------------------------------------------

    def test(self) -> Command:
        """Parse `[[ ... ]]`."""
        start = self.at
        self.eat_reserved()
        extglob, self.extglob = self.extglob, True
        found = self.condition(start)
        self.extglob = extglob
        return found

    def function(self) -> Command:
        """Parse `function` and what it defines."""
        start = self.at
        self.eat_reserved()
        self.skip_blanks()
        name = self.word().plain
        if not name:
            self.refuse("a function's name is not plain")
        self.skip_blanks()
        if self.peek() == "(":
            mark = self.at
            self.at += 1
            self.skip_blanks()
            if self.peek() == ")":
                self.differs = self.differs or self.at > mark + 1
                self.at += 1
            else:
                self.differs = True  # to zsh, the parenthesis is one more name
                self.at = mark
        self.skip_newlines()
        if self.reserved() != "{":
            self.differs = True
        return self.function_body(name, start)

    def function_body(self, name: str, start: int) -> Command:
        """Parse a function's body, behind its name."""
        self.skip_newlines()
        if self.peek() != "(" and not self.starts_compound(self.reserved()):
            self.refuse("a function's body is not a compound command")
        return Function(name, self.command(), self.span(start))

    def coprocess(self) -> Command:
        """Parse `coproc [NAME] command`: a command in the background."""
        start = self.at
        self.differs = True
        self.eat_reserved()
        self.skip_blanks()
        mark = self.at
        word = self.word() if self.at_word() else None
        self.skip_blanks()
        named = word is not None and word.plain and (self.peek() == "(" or self.reserved())
        name = (word.plain if word is not None else None) or ""
        if not named or name in OPENING:
            self.waste(self.at - mark)
            self.at = mark
            name = "COPROC"
        body = self.command()
        items = CommandList(((body, True),), self.span(start))
        return Coprocess(items, self.span(start), name)

    def empty(self, start: int) -> Simple:
        """Give the command that stands where there is none."""
        return Simple((), (), (), self.span(start))


# Each through the parser, as that of another dialect may have a method of its own.
_COMPOUND: dict[str, Callable[[CompoundParser], Command]] = {
    "if": lambda parser: parser.branch(),
    "while": lambda parser: parser.while_loop(),
    "until": lambda parser: parser.while_loop(),
    "for": lambda parser: parser.for_loop(),
    "select": lambda parser: parser.for_loop(),
    "case": lambda parser: parser.case(),
    "{": lambda parser: parser.group(),
    "[[": lambda parser: parser.test(),
    "function": lambda parser: parser.function(),
    "coproc": lambda parser: parser.coprocess(),
}
