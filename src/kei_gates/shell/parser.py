"""Commands: the grammar of bash(1), SHELL GRAMMAR, by recursive descent."""

from __future__ import annotations

from kei_gates.shell.ast import AndOr, Assignment, CommandList, Literal, Pipeline, Simple, Word
from kei_gates.shell.compound import CLOSING, OPENING, CompoundParser
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.scanner import META, NAME_START

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Arithmetic, Command, Part, Redirection

_NOWHERE = Word((), (0, 0))
DECLARING = frozenset(
    ("declare", "typeset", "export", "readonly", "local", "integer", "float", "private")
)
"""Builtins whose arguments are assignments."""


class Parser(CompoundParser):
    """Parses one source, or the text of one pair of backticks."""

    def whole(self) -> CommandList:
        """Parse the whole source. Raises `Unanalysable`."""
        found = self.commands(frozenset())
        if self.at < self.end:
            self.refuse(f"`{self.text[self.at]}` stands where no command can")
        return found

    # --- lists ------------------------------------------------------------------------------

    def substituted_list(self) -> CommandList:
        """Parse the list inside `$( )`, its closing parenthesis included."""
        self.substituted.append(False)
        waiting, self.pending = self.pending, []
        start = self.at
        found = self.parenthesised()
        if self.pending or (waiting and "\n" in self.text[start : self.at]):
            self.refuse("a here-document and a substitution overlap")
        self.pending = waiting
        self.substituted.pop()
        return found

    def backtick_list(self, inner: str, start: int) -> CommandList:
        """Parse the text of backticks as a source of its own."""
        return Parser(inner, self.depth + 1, self.span(start)).whole()

    def parenthesised(self) -> CommandList:
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
        if self.substituted and self.substituted[-1]:
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
            self.eat_reserved()
            self.skip_blanks()
            for option in ("-p", "--") if timed else ():
                if self.lookahead() == option:
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

    # --- commands ---------------------------------------------------------------------------

    def command(self) -> Command:
        """Parse one command with its redirections."""
        self.enter()
        self.skip_blanks()
        if self.at >= self.end:
            self.refuse("a command is missing")
        if self.peek() == "(":
            found = self.open_parenthesis()
        else:
            word = self.reserved()
            if word in CLOSING:
                self.refuse(f"`{word}` stands where no command can")
            if word in ("!", "time"):
                self.refuse(f"`{word}` stands inside a command")
            found = self.compound(word) if word else self._simple()
        self.leave()
        return found

    def _simple(self) -> Command:
        start = self.at
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirections: list[Redirection] = []
        while True:
            self.skip_blanks()
            if self.redirection_into(redirections):
                continue
            if self.peek() == "" or (self.peek() in META and not self.at_process()):
                break
            assignment = None if words else self._assignment()
            if assignment is not None:
                assignments.append(assignment)
                continue
            words.append(self._argument(words))
            if len(words) == 1 and not assignments and self._is_function(words[0]):
                return self.function_body(words[0].plain or "", start)
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
        empty = self.peek() == "" or (self.peek() in META and not self.at_process())
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
        words: list[Word] = []
        while True:
            self.skip_newlines()
            if self.peek() == ")":
                self.at += 1
                return tuple(words)
            words.append(self.word())
