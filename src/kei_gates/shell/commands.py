"""Commands: the grammar of bash(1), SHELL GRAMMAR, by recursive descent."""

from __future__ import annotations

from kei_gates.shell.ast import AndOr, Assignment, CommandList, Literal, Pipeline, Simple, Word
from kei_gates.shell.compound import CompoundParser
from kei_gates.shell.dollars import is_other_letter
from kei_gates.shell.reserved import CLOSING, OF_ZSH, OPENING
from kei_gates.shell.scanner import DIGITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Command, Part, Redirection

DECLARING = frozenset(
    ("declare", "typeset", "export", "readonly", "local", "integer", "float", "private")
)
"""Builtins whose arguments are assignments."""
_RESERVED_SOMEWHERE = OPENING | CLOSING | OF_ZSH


class Grammar(CompoundParser):
    """Parses one source, or the text of one pair of backticks."""

    # The commands of the outermost list, as far as they were read.
    finished: list[tuple[Command, bool]] | None = None

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
        grammar = type(self)(inner, self.depth + 1, self.span(start))
        grammar.extglob = grammar.extglob or self.extglob
        found = grammar.whole()
        self.differs = self.differs or grammar.differs
        return found

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
        if self.finished is None:
            self.finished = items
        while True:
            self.skip_newlines()
            if self.at >= self.end or self.at_stop(stop):
                return CommandList(tuple(items), self.span(start))
            command = self.and_or()
            items.append((command, self._separator(stop)))

    def at_stop(self, stop: frozenset[str]) -> bool:
        """Say whether one of the words or characters of `stop` comes next."""
        char = self.text[self.at]
        if char == ")":
            return ")" in stop
        if char == ";":
            return ";;" in stop and self.peek(1) in (";", "&")
        return self.reserved() in stop

    def _separator(self, stop: frozenset[str]) -> bool:
        """Consume what separates two commands; say whether it sent the first to the background."""
        background = self.separated()
        if background is None:
            if not self.at_stop(stop):
                self.refuse(f"`{self.peek()}` stands where a command must end")
            return False
        return background

    def separated(self) -> bool | None:
        """Consume what separates two commands; none where nothing does.

        It says whether the first was sent to the background. A newline is left.
        """
        self.skip_blanks()
        char = self.peek()
        if char in ("", "\n"):
            return False
        if char == ";" and self.peek(1) not in (";", "&"):
            self.after_here_document()
            self.at += 1
            return False
        if char == "&" and self.peek(1) not in ("&", ">"):
            self.after_here_document()
            self.at += 1
            self.disown()
            return True
        return None

    def disown(self) -> None:
        """Note, behind `&`, what zsh reads as one operator with it."""
        self.differs = self.differs or self.peek() == "!"

    def after_here_document(self) -> None:
        """Refuse what bash 5.2.15 loses."""
        if self.substituted and self.substituted[-1]:
            self.refuse("a command follows a here-document inside a substitution")

    def and_or(self) -> Command:
        """Parse `a && b || c`."""
        start = self.at
        first = self.pipeline()
        rest: list[tuple[str, Command]] = []
        while True:
            self.skip_blanks()
            operator = self.text[self.at : self.at + 2]
            if operator not in ("&&", "||"):
                break
            self.at += 2
            self.skip_to_command()
            rest.append((operator, self.pipeline()))
        return AndOr(first, tuple(rest), self.span(start)) if rest else first

    def skip_to_command(self) -> None:
        """Skip what may stand between an operator and the command that it needs."""
        self.skip_newlines()

    def pipeline(self) -> Command:
        """Parse a pipeline, negated or not."""
        start = self.at
        negated = False
        while self.reserved() in ("!", "time"):
            timed = self.reserved() == "time"
            negated = negated or not timed
            self.eat_reserved()
            self.skip_blanks()
            for option in ("-p", "--") if timed else ():
                if self.lookahead() == option:
                    self.differs = True
                    self.at += 2
                    self.skip_blanks()
            if self.at_no_command():
                return self.empty(start)
        return self.piped(start, negated=negated)

    def at_no_command(self) -> bool:
        """Say whether what comes next starts no command."""
        return self.peek() in ("", "\n", ";", ")") or self.reserved() in CLOSING

    def piped(self, start: int, *, negated: bool) -> Command:
        """Parse `a | b`, behind what may stand before it."""
        commands = [self.command()]
        while True:
            self.skip_blanks()
            if self.peek() != "|" or self.peek(1) == "|":
                break
            self.at += 2 if self.peek(1) == "&" else 1
            self.skip_to_command()
            if self.reserved() == "!":
                self.refuse("`!` stands inside a pipeline")
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
            if word in CLOSING or word == "!":
                self.refuse(f"`{word}` stands where no command can")
            found = self.compound(word) if self.starts_compound(word) else self.simple()
        self.leave()
        return found

    def simple(self) -> Command:
        """Parse a simple command, or a function that its name starts."""
        start = self.at
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirections: list[Redirection] = []
        while True:
            self.skip_blanks()
            if self.redirection_into(redirections):
                if words and _is_descriptor(words[-1]) and self._stood_apart(redirections, words):
                    self.differs = True  # to zsh, the descriptor of the redirection
                continue
            if not self.at_word(first=not words):
                break
            assignment = None if words else self.assignment()
            if assignment is not None:
                assignments.append(assignment)
                continue
            words.append(self.argument(words))
            if len(words) == 1 and not assignments and self._is_function(words[0]):
                self._note_start(words[0])
                return self.function_body(words[0].plain or "", start)
        if not (assignments or words or redirections):
            self.refuse("a command is missing")
        if words:
            self._note_start(words[0])
        return Simple(tuple(assignments), tuple(words), tuple(redirections), self.span(start))

    @staticmethod
    def _stood_apart(redirections: list[Redirection], words: list[Word]) -> bool:
        return not redirections[-1].descriptor and words[-1].span[1] <= redirections[-1].span[0]

    def _note_start(self, first: Word) -> None:
        """Note a first word in which zsh sees something else."""
        plain = first.plain
        start = first.span[0]
        if self.text.startswith("{", start) or plain in _RESERVED_SOMEWHERE:
            self.differs = True
        char = self.text[start : start + 1]
        if char in DIGITS or is_other_letter(char):
            self.differs = self.differs or "=" in self.text[start : first.span[1]]

    def argument(self, before: list[Word]) -> Word:
        """Parse a word; after a declaring builtin it may be an assignment with an array."""
        word = self._declared() if before and before[0].plain in DECLARING else None
        word = word or self.word()
        if word.continued and self.peek() in ("<", ">"):
            self.refuse("a line continuation stands before a redirection")
        if word.continued and not before:
            text = word.plain or ""
            if "=" in text or text in self.RESERVED:
                self.refuse("a line continuation stands inside the start of a command")
        if self.next_is("&>") and (word.plain or "").isdecimal():
            self.differs = True  # to zsh, the descriptor of the redirection
        return word

    def _declared(self) -> Word | None:
        """Parse an assignment as one word, if there is one without a subscript."""
        mark = self.at
        found = self.assignment()
        if found is None or found.subscript is not None:
            self.waste(self.at - mark)
            self.at = mark
            return None
        name = self.text[mark : self.at].partition("=")[0]
        if found.array is None:
            parts: list[Part] = [Literal(f"{name}=", quoted=False), *found.value.parts]
            return Word(tuple(parts), (mark, self.at), continued=found.value.continued)
        parts = [Literal(f"{found.name}=", quoted=True)]
        for word in found.array:
            parts += word.parts
        array = None if found.append else found.array
        return Word(tuple(parts), (mark, self.at), array=array)

    def _is_function(self, word: Word) -> bool:
        """Whether `()` follows the first word; it is consumed."""
        if not word.plain or self.peek() not in ("(", " ", "\t"):
            return False
        mark = self.at
        self.skip_blanks()
        if self.peek() == "(":
            opened = self.at + 1
            self.at = opened
            self.skip_blanks()
            self.differs = self.differs or self.at > opened or word.plain in _RESERVED_SOMEWHERE
            self.expect(")", "a closing parenthesis")
            return True
        self.at = mark
        return False


def _is_descriptor(word: Word) -> bool:
    """Whether a word is `{name}`."""
    text = word.plain or ""
    return text.startswith("{") and text.endswith("}")
