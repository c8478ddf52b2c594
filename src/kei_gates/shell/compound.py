"""Compound commands, as in bash(1), Compound Commands, and the words that they reserve."""

from __future__ import annotations

from kei_gates.shell.ast import Branches, CommandList, Function, Group, Literal, Loop, Test, Word
from kei_gates.shell.redirections import RedirectionParser
from kei_gates.shell.scanner import META, is_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ClassVar

    from kei_gates.shell.ast import Command

OPENING = frozenset(
    ("if", "while", "until", "for", "select", "case", "{", "[[", "function", "!", "time", "coproc")
)
CLOSING = frozenset(("then", "elif", "else", "fi", "do", "done", "esac", "}", "in", "]]"))
_LONGEST_RESERVED = 8
_REGEX_STOP = frozenset(" \t\n")
_CASE_PATTERN_STOP = frozenset(" \t\n|)(;&<>")


class CompoundParser(RedirectionParser):
    """Parses compound commands; a subclass parses what stands inside."""

    def command(self) -> Command:
        """Parse one command with its redirections."""
        raise NotImplementedError

    def commands(self, stop: frozenset[str]) -> CommandList:
        """Parse commands up to one of the words or characters of `stop`, which is left."""
        raise NotImplementedError

    def parenthesised(self) -> CommandList:
        """Parse a list up to its closing parenthesis, which is consumed."""
        raise NotImplementedError

    def compound(self, word: str) -> Command:
        """Parse the compound command that a reserved word starts."""
        return self._COMPOUND[word](self)

    # --- reserved words ---------------------------------------------------------------------

    def lookahead(self) -> str:
        """Give the plain word at the cursor, empty for one with quoting or expansions."""
        at = self.at
        while at < self.end and self.text[at] not in META:
            if self.text[at] in "\\'\"$`" or at - self.at > _LONGEST_RESERVED:
                return ""
            at += 1
        return self.text[self.at : at]

    def reserved(self) -> str:
        """Give the reserved word at the cursor, empty when it is none."""
        word = self.lookahead()
        return word if word in OPENING or word in CLOSING else ""

    def eat_reserved(self) -> None:
        """Consume the reserved word at the cursor."""
        self.at += len(self.lookahead())

    def keyword(self, word: str) -> None:
        """Consume a reserved word that must come next."""
        self.skip_newlines()
        if self.reserved() != word:
            self.refuse(f"`{word}` is missing")
        self.eat_reserved()

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
        body = self.parenthesised()
        if not body.items:
            self.refuse("`()` without a name is a function only in zsh")
        return Group(body, self.redirections(), self.span(start), subshell=True)

    def _group(self) -> Command:
        start = self.at
        self.eat_reserved()
        body = self._body(frozenset(("}",)))
        self.keyword("}")
        if self.reserved() == "always" or self._after_blanks() == "always":
            self.refuse("`always` means something else in zsh")
        return Group(body, self.redirections(), self.span(start), subshell=False)

    def _after_blanks(self) -> str:
        self.skip_blanks()
        return self.lookahead()

    def _body(self, stop: frozenset[str]) -> CommandList:
        """Parse a list that must not be empty."""
        found = self.commands(stop)
        if not found.items:
            self.refuse("a command is missing")
        return found

    def _if(self) -> Command:
        start = self.at
        conditions, bodies = [], []
        word = "if"
        while word in ("if", "elif"):
            self.eat_reserved()
            conditions.append(self._body(frozenset(("then",))))
            self.keyword("then")
            bodies.append(self._body(frozenset(("elif", "else", "fi"))))
            word = self.reserved()
        if word == "else":
            self.eat_reserved()
            bodies.append(self._body(frozenset(("fi",))))
        self.keyword("fi")
        return Branches((), tuple(conditions), tuple(bodies), self.redirections(), self.span(start))

    def _while(self) -> Command:
        start = self.at
        self.eat_reserved()
        header = self._body(frozenset(("do",)))
        body = self._do_done()
        return Loop(body, self.redirections(), self.span(start), header=header)

    def _do_done(self) -> CommandList:
        self.keyword("do")
        body = self._body(frozenset(("done",)))
        self.keyword("done")
        return body

    def _for(self) -> Command:
        start = self.at
        asks = self.reserved() == "select"
        self.eat_reserved()
        self.skip_blanks()
        if self.next_is("(("):
            return self._arithmetic_for(start)
        name = self._plain_name("a loop's variable")
        words: list[Word] | None = None
        self.skip_newlines()
        if self.reserved() == "in":
            self.eat_reserved()
            words = self._words_to_line_end()
        elif self.peek() == ";":
            self.at += 1
        body = self._do_done()
        return Loop(
            body,
            self.redirections(),
            self.span(start),
            name=name,
            words=None if words is None else tuple(words),
            asks=asks,
        )

    def _arithmetic_for(self, start: int) -> Command:
        self.at += 2
        header = self.attempt_arithmetic()
        if header is None:
            self.refuse("the header of a loop is not closed")
        self.skip_blanks()
        if self.peek() == ";":
            self.at += 1
        body = self._do_done()
        return Loop(body, self.redirections(), self.span(start), arithmetic=header)

    def _plain_name(self, what: str) -> str:
        """Consume a word that must be a plain name."""
        self.skip_blanks()
        name = self.word().plain if self.peek() and self.peek() not in META else None
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

    def _case(self) -> Command:
        start = self.at
        self.eat_reserved()
        self.skip_blanks()
        words = [self.word()]
        self.keyword("in")
        bodies: list[CommandList] = []
        falls = False
        while True:
            self.skip_newlines()
            if self.reserved() == "esac":
                break
            words += self._case_patterns()
            bodies.append(self.commands(frozenset((";;", "esac"))))
            end = self._arm_end()
            if not end:
                break
            falls = falls or end != ";;"
        self.keyword("esac")
        redirections = self.redirections()
        return Branches(
            tuple(words), (), tuple(bodies), redirections, self.span(start), falls=falls
        )

    def _case_patterns(self) -> list[Word]:
        """Parse `(a | b)`, the opening parenthesis optional."""
        patterns = []
        if self.peek() == "(":
            self.at += 1
        while True:
            self.skip_blanks()
            patterns.append(self.word(_CASE_PATTERN_STOP))
            self.skip_blanks()
            if self.peek() == ")":
                self.at += 1
                return patterns
            self.expect("|", "the end of a pattern")

    def _arm_end(self) -> str:
        """Consume `;;`, `;&` or `;;&`; give what it was, empty for none."""
        for operator in (";;&", ";;", ";&"):
            if self.next_is(operator):
                self.at += len(operator)
                return operator
        return ""

    def _test(self) -> Command:
        """Parse `[[ ... ]]` into its words; operators stand among them as plain words."""
        start = self.at
        self.eat_reserved()
        words: list[Word] = []
        while True:
            self.skip_newlines()
            if self.reserved() == "]]":
                self.eat_reserved()
                return Test(tuple(words), None, self.redirections(), self.span(start))
            words.append(self._test_word(words[-1].plain if words else None))

    def _test_word(self, before: str | None) -> Word:
        if before == "=~":
            return self.word(_REGEX_STOP)
        for operator in ("&&", "||", "(", ")", "<", ">"):
            if self.next_is(operator) and not (operator in "<>" and self.peek(1) == "("):
                at = self.at
                self.at += len(operator)
                return Word((Literal(operator, quoted=False),), (at, self.at))
        return self.word()

    def _function(self) -> Command:
        start = self.at
        self.eat_reserved()
        self.skip_blanks()
        name = self.word().plain
        if not name:
            self.refuse("a function's name is not plain")
        self.skip_blanks()
        if self.peek() == "(":
            self.at += 1
            self.skip_blanks()
            self.expect(")", "a closing parenthesis")
        return self.function_body(name, start)

    def function_body(self, name: str, start: int) -> Command:
        """Parse a function's body, behind its name."""
        self.skip_newlines()
        if self.peek() != "(" and self.reserved() not in self._COMPOUND:
            self.refuse("a function's body is not a compound command")
        return Function(name, self.command(), self.span(start))

    def _coproc(self) -> Command:
        """Parse `coproc [NAME] command`: a command in the background."""
        start = self.at
        self.eat_reserved()
        self.skip_blanks()
        mark = self.at
        word = self.word() if self.peek() and self.peek() not in META else None
        self.skip_blanks()
        named = word is not None and word.plain and (self.peek() == "(" or self.reserved())
        if not named or (word is not None and word.plain in OPENING):
            self.at = mark
        body = self.command()
        items = CommandList(((body, True),), self.span(start))
        return Group(items, (), self.span(start), subshell=True)

    _COMPOUND: ClassVar[dict[str, Callable[[CompoundParser], Command]]] = {
        "if": _if,
        "while": _while,
        "until": _while,
        "for": _for,
        "select": _for,
        "case": _case,
        "{": _group,
        "[[": _test,
        "function": _function,
        "coproc": _coproc,
    }
