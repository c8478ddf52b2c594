"""Commands of zsh: zshmisc(1), Simple Commands & Pipelines, and Functions."""

from __future__ import annotations

from kei_gates.shell.ast import (
    Anonymous,
    Arithmetic,
    CommandList,
    Coprocess,
    Function,
    Group,
    Redirection,
    Simple,
)
from kei_gates.shell.commands import Grammar
from kei_gates.shell.dollars import is_other_letter
from kei_gates.shell.scanner import DIGITS
from kei_gates.shell.zsh_compound import ZSH_CLOSING, ZshCompoundParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Assignment, Command, Word

_BEFORE_ASSIGNMENTS = "nocorrect"


class ZshGrammar(ZshCompoundParser, Grammar):
    """Parses one source as zsh does, or the text of one pair of backticks."""

    # --- lists ------------------------------------------------------------------------------

    def substituted_list(self) -> CommandList:
        """Parse the list inside `$( )`, its closing parenthesis included."""
        globbing, self.globbing = self.globbing, True
        found = super().substituted_list()
        self.globbing = globbing
        return found

    def commands(self, stop: frozenset[str]) -> CommandList:
        """Parse commands up to one of the words or characters of `stop`, which is left."""
        start = self.at
        found = self.open_list(stop)
        if self.at < self.end and not self.at_stop(stop):
            self.refuse(f"`{self.peek()}` stands where a command must end")
        return CommandList(found.items, self.span(start))

    def open_list(self, stop: frozenset[str] = frozenset()) -> CommandList:
        """Parse a list that ends where no separator stands between two commands."""
        start = self.at
        items: list[tuple[Command, bool]] = []
        background: bool | None = False
        while background is not None:
            self.skip_separators()
            if self.at >= self.end or self.no_command_here() or self.at_stop(stop):
                break
            command = self.and_or()
            background = self.separated()
            items.append((command, bool(background)))
        return CommandList(tuple(items), self.span(start))

    def at_stop(self, stop: frozenset[str]) -> bool:
        """Say whether one of the words or characters of `stop` comes next."""
        if self.next_is(";|"):
            return ";;" in stop
        return super().at_stop(stop)

    def separated(self) -> bool | None:
        """Consume what separates two commands; none where nothing does."""
        self.skip_blanks()
        return None if self.next_is(";|") else super().separated()

    def disown(self) -> None:
        """Consume, behind `&`, what makes one operator with it."""
        if self.peek() in ("!", "|") and self.peek(1) != "|":
            self.at += 1

    def after_here_document(self) -> None:
        """Take it that zsh loses nothing."""

    def skip_to_command(self) -> None:
        """Skip what may stand between an operator and the command that it needs."""
        self.skip_separators()

    def pipeline(self) -> Command:
        """Parse a pipeline, negated or not, or as a coprocess."""
        start = self.at
        word = self.reserved()
        negated = False
        while word == "!":
            negated = True
            self.eat_reserved()
            self.skip_blanks()
            word = self.reserved()
            if self.no_command_here():
                return self.empty(start)
        if word != "coproc":
            return self.piped(start, negated=negated)
        self.eat_reserved()
        self.skip_blanks()
        items = CommandList(((self.piped(self.at, negated=False), True),), self.span(start))
        return Coprocess(items, self.span(start), "COPROC")

    # --- commands ---------------------------------------------------------------------------

    def _time(self) -> Command:
        """Parse `time`, with a pipeline or nothing behind it."""
        start = self.at
        self.eat_reserved()
        self.skip_blanks()
        return self.empty(start) if self.no_command_here() else self.pipeline()

    def command(self) -> Command:
        """Parse one command with its redirections, which may also stand before it."""
        self.enter()
        self.skip_blanks()
        if self.at >= self.end:
            self.refuse("a command is missing")
        word = self.reserved()
        if word in ZSH_CLOSING or word == "!":
            self.refuse(f"`{word}` stands where no command can")
        if self.peek() == "(" and self.peek(1) != ")":
            found = self.open_parenthesis()
        elif word == "time":
            found = self._time()
        elif self.starts_compound(word):
            found = self.compound(word)
        else:
            found = self.simple()
        self.leave()
        return found

    def simple(self) -> Command:
        """Parse a simple command, or a function that its names start."""
        start = self.at
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirections: list[Redirection] = []
        while True:
            self.skip_blanks()
            if self.redirection_into(redirections):
                continue
            if self.next_is("()"):
                return self._defined(assignments, words, redirections, start)
            at_assignment = not words or (len(words) == 1 and words[0].plain == _BEFORE_ASSIGNMENTS)
            if at_assignment and self._starts_compound():
                return self._redirected(assignments, words, redirections, start)
            if not self.at_word(first=not words):
                break
            assignment = self.assignment() if at_assignment else None
            if assignment is not None:
                assignments.append(assignment)
            elif not self._named_redirection(words, redirections):
                words.append(self.argument(words))
        if not (assignments or words or redirections):
            self.refuse("a command is missing")
        return Simple(tuple(assignments), tuple(words), tuple(redirections), self.span(start))

    def _starts_compound(self) -> bool:
        """Whether a compound command starts at the cursor."""
        word = self.reserved()
        return self.peek() == "(" or word == "time" or self.starts_compound(word)

    def _redirected(
        self,
        assignments: list[Assignment],
        words: list[Word],
        redirections: list[Redirection],
        start: int,
    ) -> Command:
        """Parse a compound command behind its redirections."""
        if assignments or words:
            self.refuse("a compound command stands behind a word")
        command = self.command()
        body = CommandList(((command, False),), self.span(start))
        return Group(body, tuple(redirections), self.span(start), subshell=False)

    def _named_redirection(self, words: list[Word], redirections: list[Redirection]) -> bool:
        """Parse `{name}` and the redirection behind it, blanks between them or not."""
        if not words or self.peek() != "{":
            return False
        mark = self.at
        text = self.word().plain or ""
        self.skip_blanks()
        found: list[Redirection] = []
        at = self.at
        is_name = text[-1:] == "}" and text[1:-1].replace("_", "a").isalnum()
        if is_name and self.peek() not in DIGITS and self.redirection_into(found):
            one = found[0]
            span = (mark, one.span[1])
            redirections.append(Redirection(text, one.operator, one.target, span))
            return True
        self.waste(at - mark)
        self.at = mark
        return False

    # --- functions --------------------------------------------------------------------------

    def _defined(
        self,
        assignments: list[Assignment],
        words: list[Word],
        redirections: list[Redirection],
        start: int,
    ) -> Command:
        """Parse the body of a function, or of several, behind its names."""
        if assignments or (words and redirections):
            self.refuse("a function's name is not plain")
        self.at += 2
        self.skip_separators()
        if not words:
            return self._anonymous(self.command(), redirections, start)
        return self._functions(words, self.command(), start)

    def _anonymous(self, body: Command, redirections: list[Redirection], start: int) -> Command:
        """Parse the words behind a function without a name."""
        words: list[Word] = []
        while True:
            self.skip_blanks()
            if self.redirection_into(redirections):
                continue
            if not self.at_word():
                break
            words.append(self.word())
        return Anonymous(body, tuple(words), tuple(redirections), self.span(start))

    def _functions(self, words: list[Word], body: Command, start: int) -> Command:
        functions: list[Command] = []
        for word in words:
            if not word.plain:
                self.refuse("a function's name is not plain")
            functions.append(Function(word.plain, body, self.span(start)))
        if len(functions) == 1:
            return functions[0]
        return CommandList(tuple((one, False) for one in functions), self.span(start))

    def function(self) -> Command:
        """Parse `function`, any number of names, and a body."""
        start = self.at
        self.eat_reserved()
        words: list[Word] = []
        while True:
            self.skip_blanks()
            if (self.peek() == "{" and self.ends_after(1)) or not self.at_word():
                break
            words.append(self.word())
        if self.next_is("()"):
            self.at += 2
        self.skip_separators()
        if self.no_command_here():
            body: Command = CommandList((), self.span(start))
        else:
            body = self.command() if self.peek() == "{" else self.and_or()
        if not words:
            return self._anonymous(body, [], start)
        return self._functions(words, body, start)

    # --- assignments ------------------------------------------------------------------------

    def assigned_name(self) -> str:
        """Consume the name before an assignment's `=`, if there may be one."""
        char = self.peek()
        if char and char in DIGITS:
            mark = self.at
            number = self.braced_name()
            if self.peek() in ("=", "+", "["):
                return number
            self.at = mark
            return ""
        if char and is_other_letter(char):
            return self.name()
        return super().assigned_name()

    def takes_array(self, subscript: Arithmetic | None) -> bool:
        """Say whether an array can be assigned, which it can with any subscript."""
        del subscript
        return True

    def subscript(self) -> Arithmetic | None:
        """Parse a subscript, none where the word ends inside it."""
        self.at -= 1
        start = self.at
        found = self.subscript_parts(quoted=False)
        self.waste(self.at - start)
        is_closed = self.at > start + 1 and self.text[self.at - 1] == "]" and len(found) == 1
        return found[0] if is_closed and isinstance(found[0], Arithmetic) else None
