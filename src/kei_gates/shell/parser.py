"""Commands: the grammar of bash(1), SHELL GRAMMAR, by recursive descent."""

from __future__ import annotations

from kei_gates.shell.ast import (
    AndOr,
    Assignment,
    Branches,
    CommandList,
    Function,
    Group,
    HereDocument,
    Literal,
    Loop,
    Pipeline,
    Redirection,
    Simple,
    Test,
    Word,
)
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.scanner import DIGITS, META, NAME, NAME_START, is_name
from kei_gates.shell.words import WordParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ClassVar

    from kei_gates.shell.ast import Arithmetic, Command, Part, Span

OPENING = frozenset(
    ("if", "while", "until", "for", "select", "case", "{", "[[", "function", "!", "time", "coproc")
)
CLOSING = frozenset(("then", "elif", "else", "fi", "do", "done", "esac", "}", "in", "]]"))
_LONGEST_RESERVED = 8
_REDIRECTIONS = (
    "<&-",
    ">&-",
    "<<<",
    "<<-",
    "<<",
    "<&",
    "<>",
    "<",
    ">>",
    ">&",
    ">|",
    ">",
    "&>>",
    "&>",
)
_REGEX_STOP = frozenset(" \t\n")
_CASE_PATTERN_STOP = frozenset(" \t\n|)(;&<>")
_NOWHERE = Word((), (0, 0))


class Parser(WordParser):
    """Parses one source, or the text of one pair of backticks."""

    def __init__(self, text: str, depth: int = 0, span: Span | None = None) -> None:
        """Take the text; `span` is where it stands in an outer source, if it does."""
        super().__init__(text)
        self.depth = depth
        self._outer = span
        # Inside `$( )`, bash 5.2.15 loses a `;` or `&` that follows a here-document.
        self._substitutions: list[bool] = []

    def whole(self) -> CommandList:
        """Parse the whole source. Raises `Unanalysable`."""
        found = self.commands(frozenset())
        if self.at < self.end:
            self.refuse(f"`{self.text[self.at]}` stands where no command can")
        return found

    def span(self, start: int) -> Span:
        """Give the span from `start` to the cursor, in the outermost source."""
        return self._outer or (start, self.at)

    # --- lists ------------------------------------------------------------------------------

    def substituted_list(self) -> CommandList:
        self._substitutions.append(False)
        waiting, self.pending = self.pending, []
        start = self.at
        found = self._parenthesised()
        if self.pending or (waiting and "\n" in self.text[start : self.at]):
            self.refuse("a here-document and a substitution overlap")
        self.pending = waiting
        self._substitutions.pop()
        return found

    def backtick_list(self, inner: str, start: int) -> CommandList:
        return Parser(inner, self.depth + 1, self.span(start)).whole()

    def _parenthesised(self) -> CommandList:
        """Parse a list up to its closing parenthesis, which is consumed."""
        self.enter()
        found = self.commands(frozenset((")",)))
        self.expect(")", "a closing parenthesis")
        self.leave()
        return found

    def commands(self, stop: frozenset[str]) -> CommandList:
        """Parse commands up to one of the words or characters of `stop`, which is left."""
        start = self.at
        items: list[tuple[Command, bool]] = []
        while True:
            self.skip_newlines()
            if self.at >= self.end or self._at_stop(stop):
                return CommandList(tuple(items), self.span(start))
            command = self._and_or()
            items.append((command, self._separator(stop)))

    def _at_stop(self, stop: frozenset[str]) -> bool:
        char = self.text[self.at]
        if char == ")":
            return ")" in stop
        if char == ";":
            return ";;" in stop and self.peek(1) in (";", "&")
        return self.reserved() in stop

    def _separator(self, stop: frozenset[str]) -> bool:
        """Consume what separates two commands; say whether it sent the first to the background."""
        self.skip_blanks()
        char = self.peek()
        if char in ("", "\n"):
            return False
        if char == ";" and self.peek(1) not in (";", "&"):
            self._after_here_document()
            self.at += 1
            return False
        if char == "&" and self.peek(1) not in ("&", ">"):
            self._after_here_document()
            self.at += 1
            if self.peek() in ("!", "|"):
                self.refuse("`&!` and `&|` mean something else in zsh")
            return True
        if not self._at_stop(stop):
            self.refuse(f"`{char}` stands where a command must end")
        return False

    def _after_here_document(self) -> None:
        if self._substitutions and self._substitutions[-1]:
            self.refuse("a command follows a here-document inside a substitution")

    def _and_or(self) -> Command:
        start = self.at
        first = self._pipeline()
        rest: list[tuple[str, Command]] = []
        while True:
            self.skip_blanks()
            operator = self.text[self.at : self.at + 2]
            if operator not in ("&&", "||"):
                break
            self.at += 2
            self.skip_newlines()
            rest.append((operator, self._pipeline()))
        return AndOr(first, tuple(rest), self.span(start)) if rest else first

    def _pipeline(self) -> Command:
        start = self.at
        negated = False
        while self.reserved() in ("!", "time"):
            timed = self.reserved() == "time"
            negated = negated or not timed
            self._eat_reserved()
            self.skip_blanks()
            for option in ("-p", "--") if timed else ():
                if self._lookahead() == option:
                    self.at += 2
                    self.skip_blanks()
            if self.peek() in ("", "\n", ";", ")") or self.reserved() in CLOSING:
                return Simple((), (), (), self.span(start))
        commands = [self.command()]
        while True:
            self.skip_blanks()
            if self.peek() != "|" or self.peek(1) == "|":
                break
            self.at += 2 if self.peek(1) == "&" else 1
            self.skip_newlines()
            if self.reserved() in ("!", "time"):
                self.refuse(f"`{self.reserved()}` stands inside a pipeline")
            commands.append(self.command())
        if len(commands) == 1 and not negated:
            return commands[0]
        return Pipeline(tuple(commands), self.span(start), negated=negated)

    # --- reserved words ---------------------------------------------------------------------

    def _lookahead(self) -> str:
        """Give the plain word at the cursor, empty for one with quoting or expansions."""
        at = self.at
        while at < self.end and self.text[at] not in META:
            if self.text[at] in "\\'\"$`" or at - self.at > _LONGEST_RESERVED:
                return ""
            at += 1
        return self.text[self.at : at]

    def reserved(self) -> str:
        """Give the reserved word at the cursor, empty when it is none."""
        word = self._lookahead()
        return word if word in OPENING or word in CLOSING else ""

    def _eat_reserved(self) -> None:
        self.at += len(self._lookahead())

    def _keyword(self, word: str) -> None:
        """Consume a reserved word that must come next."""
        self.skip_newlines()
        if self.reserved() != word:
            self.refuse(f"`{word}` is missing")
        self._eat_reserved()

    # --- commands ---------------------------------------------------------------------------

    def command(self) -> Command:
        """Parse one command with its redirections."""
        self.enter()
        self.skip_blanks()
        if self.at >= self.end:
            self.refuse("a command is missing")
        if self.peek() == "(":
            found = self._open_parenthesis()
        else:
            word = self.reserved()
            if word in CLOSING:
                self.refuse(f"`{word}` stands where no command can")
            if word in ("!", "time"):
                self.refuse(f"`{word}` stands inside a command")
            found = self._COMPOUND[word](self) if word else self._simple()
        self.leave()
        return found

    def _open_parenthesis(self) -> Command:
        """Parse `((...))`, or a subshell."""
        start = self.at
        if self.peek(1) == "(":
            self.at += 2
            found = self.attempt_arithmetic()
            if found is not None:
                return Test((), found, self._redirections(), self.span(start))
            self.at = start
        self.at += 1
        body = self._parenthesised()
        if not body.items:
            self.refuse("`()` without a name is a function only in zsh")
        return Group(body, self._redirections(), self.span(start), subshell=True)

    def _group(self) -> Command:
        start = self.at
        self._eat_reserved()
        body = self._body(frozenset(("}",)))
        self._keyword("}")
        if self.reserved() == "always" or self._after_blanks() == "always":
            self.refuse("`always` means something else in zsh")
        return Group(body, self._redirections(), self.span(start), subshell=False)

    def _after_blanks(self) -> str:
        self.skip_blanks()
        return self._lookahead()

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
            self._eat_reserved()
            conditions.append(self._body(frozenset(("then",))))
            self._keyword("then")
            bodies.append(self._body(frozenset(("elif", "else", "fi"))))
            word = self.reserved()
        if word == "else":
            self._eat_reserved()
            bodies.append(self._body(frozenset(("fi",))))
        self._keyword("fi")
        return Branches(
            (), tuple(conditions), tuple(bodies), self._redirections(), self.span(start)
        )

    def _while(self) -> Command:
        start = self.at
        self._eat_reserved()
        header = self._body(frozenset(("do",)))
        body = self._do_done()
        return Loop(body, self._redirections(), self.span(start), header=header)

    def _do_done(self) -> CommandList:
        self._keyword("do")
        body = self._body(frozenset(("done",)))
        self._keyword("done")
        return body

    def _for(self) -> Command:
        start = self.at
        asks = self.reserved() == "select"
        self._eat_reserved()
        self.skip_blanks()
        if self.next_is("(("):
            return self._arithmetic_for(start)
        name = self._plain_name("a loop's variable")
        words: list[Word] | None = None
        self.skip_newlines()
        if self.reserved() == "in":
            self._eat_reserved()
            words = self._words_to_line_end()
        elif self.peek() == ";":
            self.at += 1
        body = self._do_done()
        return Loop(
            body,
            self._redirections(),
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
        return Loop(body, self._redirections(), self.span(start), arithmetic=header)

    def _plain_name(self, what: str) -> str:
        """Consume a word that must be a plain name."""
        self.skip_blanks()
        name = self.word().plain if self.peek() and self.peek() not in META else None
        if not name or not is_name(name):
            self.refuse(f"{what} is missing")
        return name

    def _words_to_line_end(self) -> list[Word]:
        words = []
        while True:
            self.skip_blanks()
            if self.peek() in (";", "\n"):
                self.at += self.peek() == ";"
                return words
            words.append(self.word())

    def _case(self) -> Command:
        start = self.at
        self._eat_reserved()
        self.skip_blanks()
        words = [self.word()]
        self._keyword("in")
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
        self._keyword("esac")
        redirections = self._redirections()
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
        self._eat_reserved()
        words: list[Word] = []
        while True:
            self.skip_newlines()
            if self.reserved() == "]]":
                self._eat_reserved()
                return Test(tuple(words), None, self._redirections(), self.span(start))
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
        self._eat_reserved()
        self.skip_blanks()
        name = self.word().plain
        if not name:
            self.refuse("a function's name is not plain")
        self.skip_blanks()
        if self.peek() == "(":
            self.at += 1
            self.skip_blanks()
            self.expect(")", "a closing parenthesis")
        return self._function_body(name, start)

    def _function_body(self, name: str, start: int) -> Command:
        self.skip_newlines()
        if self.peek() != "(" and self.reserved() not in self._COMPOUND:
            self.refuse("a function's body is not a compound command")
        return Function(name, self.command(), self.span(start))

    def _coproc(self) -> Command:
        """Parse `coproc [NAME] command`: a command in the background."""
        start = self.at
        self._eat_reserved()
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

    # --- simple commands --------------------------------------------------------------------

    def _simple(self) -> Command:
        start = self.at
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirections: list[Redirection] = []
        while True:
            self.skip_blanks()
            if self._redirection_into(redirections):
                continue
            if self.peek() == "" or (self.peek() in META and not self._at_process()):
                break
            assignment = None if words else self._assignment()
            if assignment is not None:
                assignments.append(assignment)
                continue
            words.append(self._argument(words))
            if len(words) == 1 and not assignments and self._is_function(words[0]):
                return self._function_body(words[0].plain or "", start)
        if not (assignments or words or redirections):
            self.refuse("a command is missing")
        return Simple(tuple(assignments), tuple(words), tuple(redirections), self.span(start))

    def _argument(self, before: list[Word]) -> Word:
        """Parse a word; after a declaring builtin it may be an assignment with an array."""
        if before and before[0].plain in DECLARING:
            mark = self.at
            found = self._assignment()
            if found is not None and found.array is not None:
                parts: list[Part] = [Literal(f"{found.name}=", quoted=True)]
                for word in found.array:
                    parts += word.parts
                return Word(tuple(parts), (mark, self.at))
            self.at = mark
        word = self.word()
        if word.continued and self.peek() in ("<", ">"):
            self.refuse("a line continuation stands before a redirection")
        if word.continued and not before:
            text = word.plain or ""
            if "=" in text or text in OPENING or text in CLOSING:
                self.refuse("a line continuation stands inside the start of a command")
        return word

    def _at_process(self) -> bool:
        return self.peek() in ("<", ">") and self.peek(1) == "("

    def _is_function(self, word: Word) -> bool:
        """Whether `()` follows the first word; it is consumed."""
        if not word.plain or self.peek() not in ("(", " ", "\t"):
            return False
        mark = self.at
        self.skip_blanks()
        if self.peek() == "(":
            self.at += 1
            self.skip_blanks()
            self.expect(")", "a closing parenthesis")
            return True
        self.at = mark
        return False

    def _assignment(self) -> Assignment | None:
        """Parse an assignment at the cursor, if there is one."""
        mark = self.at
        if self.peek() not in NAME_START:
            return None
        name = self.name()
        subscript: Arithmetic | None = None
        if self.peek() == "[":
            self.at += 1
            subscript = self._subscript()
            if subscript is None:
                self.at = mark
                return None
        append = self.next_is("+=")
        if not append and self.peek() != "=":
            self.at = mark
            return None
        self.at += 2 if append else 1
        if self.peek() == "(" and subscript is None:
            self.at += 1
            return Assignment(name, _NOWHERE, append=append, array=self._array())
        empty = self.peek() == "" or (self.peek() in META and not self._at_process())
        value = Word((), (self.at, self.at)) if empty else self.word()
        return Assignment(name, value, append=append, subscript=subscript)

    def _subscript(self) -> Arithmetic | None:
        """Parse a subscript, none when the bracket is a glob's that no `=` could follow."""
        depth, start = self.depth, self.at
        try:
            return self.arithmetic("]")
        except Unanalysable:
            newline = self.text.find("\n", start)
            if "=" in self.text[start : self.end if newline < 0 else newline]:
                raise
            self.waste(self.at - start)
            self.depth = depth
            return None

    def _array(self) -> tuple[Word, ...]:
        """Parse the words of `name=( ... )`."""
        words = []
        while True:
            self.skip_newlines()
            if self.peek() == ")":
                self.at += 1
                return tuple(words)
            words.append(self.word())

    # --- redirections -----------------------------------------------------------------------

    def _redirections(self) -> tuple[Redirection, ...]:
        """Parse the redirections after a compound command."""
        found: list[Redirection] = []
        while True:
            self.skip_blanks()
            if not self._redirection_into(found):
                return tuple(found)

    def _redirection_into(self, found: list[Redirection]) -> bool:
        """Parse a redirection at the cursor into a list; say whether there was one."""
        start = self.at
        self._skip_descriptor()
        descriptor = self.text[start : self.at]
        operator = next((o for o in _REDIRECTIONS if self.next_is(o)), None)
        if operator is None or (operator in ("<", ">") and self.peek(1) == "("):
            self.at = start
            return False
        self.at += len(operator)
        if operator in ("<&-", ">&-"):
            closed = Word((Literal("-", quoted=False),), self.span(start))
            found.append(Redirection(descriptor, operator[:2], closed, self.span(start)))
            return True
        self.skip_blanks()
        if operator in ("<<", "<<-"):
            document = self._here_document(operator)
            found.append(Redirection(descriptor, "<<", document, self.span(start)))
            return True
        if self.peek() == "" or (self.peek() in META and not self._at_process()):
            self.refuse("a redirection has no target")
        found.append(Redirection(descriptor, operator, self.word(), self.span(start)))
        return True

    def _skip_descriptor(self) -> None:
        """Skip the digits or `{name}` before a redirection's operator, if they are that."""
        at = self.at
        if self.peek() == "{":
            at += 1
            while at < self.end and self.text[at] in NAME:
                at += 1
            if self.text[at : at + 1] != "}":
                return
            at += 1
        else:
            while at < self.end and self.text[at] in DIGITS:
                at += 1
        if self.text[at : at + 1] in ("<", ">") and self.text[at + 1 : at + 2] != "(":
            self.at = at

    def _here_document(self, operator: str) -> HereDocument:
        """Read a here-document's delimiter; its body follows after the next newline."""
        word = self.word()
        text = ""
        for part in word.parts:
            if not isinstance(part, Literal):
                self.refuse("a here-document's delimiter is not plain")
            text += part.text
        if not text or "\n" in text or word.continued:
            self.refuse("a here-document's delimiter is not plain")
        quoted = word.plain is None
        if self._substitutions:
            self._substitutions[-1] = True
        document = HereDocument(text, quoted=quoted, strip_tabs=operator == "<<-")
        self.pending.append(document)
        return document

    def body(self, document: HereDocument, start: int, stop: int) -> Word:
        if document.quoted:
            return super().body(document, start, stop)
        here, end = self.at, self.end
        self.at, self.end = start, stop
        parts = self.double_quoted("")
        self.at, self.end = here, end
        return Word(tuple(parts), (start, stop))

    _COMPOUND: ClassVar[dict[str, Callable[[Parser], Command]]] = {
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


DECLARING = frozenset(
    ("declare", "typeset", "export", "readonly", "local", "integer", "float", "private")
)
"""Builtins whose arguments are assignments."""
