"""The part of the walk that expands words: what runs inside them, and what they become."""

from __future__ import annotations

from kei_gates.shell.ast import Arithmetic, Parameter, Qualifier, Simple, Substitution
from kei_gates.shell.expand import PIPE, alternatives, fields, text_of, values_of
from kei_gates.shell.findings import Findings
from kei_gates.shell.listing import lists_files, may_be_own
from kei_gates.shell.numbers import RUNS, UNKNOWN, assigned_in, expression_danger, text_danger
from kei_gates.shell.origins import NOTHING
from kei_gates.shell.parameters import strings
from kei_gates.shell.printed_setup import names_folder, sets_up
from kei_gates.shell.streams import Input, Output
from kei_gates.shell.values import (
    FOLDER,
    MOST_CHOICES,
    MOST_WORDS,
    NUMBER,
    OUTSIDE,
    FileText,
    is_unknown,
    one_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kei_gates.shell.analysis import ShellFacts
    from kei_gates.shell.ast import CommandList, Part, Span, Word
    from kei_gates.shell.expand import Field
    from kei_gates.shell.origins import Trace
    from kei_gates.shell.state import State


# How many words a command's may become: more than a source of two megabytes could spell.
_MOST_FIELDS = 1_000_000
# Flags of zsh under which a value is expanded once more: zshexpn(1), Parameter Expansion Flags.
_EVALUATING = frozenset("eP~%lr")


class Expanding(Findings):
    """Expands words under a state; a subclass runs the lists inside substitutions."""

    def __init__(self, source: str, facts: ShellFacts, dialect: str) -> None:
        """Expand for the shell that `dialect` names."""
        super().__init__(source, facts)
        # `bash`, `zsh`, `sh`, or `auto` where it may be bash or zsh.
        self.dialect = dialect
        self.out = Output()
        self.stdin = Input("")  # the client gives its commands nothing to read
        # The text of each here-document, by the descriptor that it can be read from.
        self.descriptors: dict[str, str | None] = {}
        # What can be read from the pipe of each process substitution.
        self.pipes: dict[str, str | None] = {}
        # Where that comes from; and what was printed last.
        self.piped: dict[str, Trace] = {}
        self.printed_trace: Trace = NOTHING
        # Whether what was known was lost in a file that was there before.
        self.lost_in_file = False
        # Whether a shell may end before the end of its source, as with `set -e`.
        self.may_stop = False

    @property
    def zsh(self) -> bool:
        """Whether zsh may be the shell that runs what is walked now."""
        return self.dialect in ("auto", "zsh")

    @property
    def is_bash_user(self) -> bool:
        """Whether what reads the source is known, and is not zsh."""
        return self.dialect == "auto" and self.facts.client_shell() == "bash"

    def commands(self, body: CommandList, state: State) -> None:
        """Run a list."""
        raise NotImplementedError

    # --- output -----------------------------------------------------------------------------

    def printed_by(self, run: Callable[[], None], given: Input | None = None) -> str | None:
        """Run something and give what it surely printed; `given` is what it can read."""
        outer, self.out = self.out, Output()
        stdin = self.stdin
        if given is not None:
            self.stdin = given
        try:
            run()
            return self.out.text
        finally:
            self.printed_trace = self.out.trace
            self.out, self.stdin = outer, stdin

    def maybe(self, run: Callable[[], None]) -> None:
        """Run what may or may not run, or prints at an unknown time."""
        self.unsure += 1
        try:
            if self.printed_by(run) != "":
                self.out.write(None, self.printed_trace)
        finally:
            self.unsure -= 1

    def aside(self, run: Callable[[], None]) -> None:
        """Run once more what has printed before."""
        self.printed_by(run)

    # --- words ------------------------------------------------------------------------------

    def expand(self, word: Word, state: State) -> list[Field]:
        """Run the substitutions in a word and give its fields."""
        self.substitutions(word.parts, state, word.span)
        return fields(word, state, self.facts.home)

    def ways(self, words: Iterable[Word], state: State) -> list[list[Field]]:
        """Run the substitutions in words, and give every list of fields that they may become."""
        found: list[list[Field]] = [[]]
        for word in words:
            self.substitutions(word.parts, state, word.span)
            each = alternatives(word, state, self.facts.home)
            if len(found) * len(each) > MOST_CHOICES or len(each[0]) + len(found[0]) > _MOST_FIELDS:
                each = [[None]]
            if len(each) == 1:
                for before in found:
                    before += each[0]  # noqa: PLW2901 -- each list grows where it is
            else:
                found = [[*before, *one] for before in found for one in each]
        return found

    def elements(self, words: Iterable[Word], state: State) -> tuple[Field, ...] | None:
        """Run the substitutions in an array's words and give its elements; none for very many."""
        found: list[Field] = []
        for word in words:
            found += self.expand(word, state)
            if len(found) > MOST_WORDS:
                return None
        return tuple(found)

    def with_patterns(self, words: Iterable[Word], state: State) -> list[Field]:
        """Give the fields of words that were expanded before, with patterns for globs."""
        home = self.facts.home
        return [field for word in words for field in fields(word, state, home, patterns=True)]

    def values(self, word: Word, state: State) -> tuple[str, ...] | None:
        """Run the substitutions in a word and give what it may be, unsplit; none when unknown."""
        self.substitutions(word.parts, state, word.span)
        return values_of(word, state, self.facts.home)

    def value(self, word: Word, state: State) -> str | None:
        """Run the substitutions in a word and give its text, unsplit; none when unknown."""
        self.substitutions(word.parts, state, word.span)
        return text_of(word, state, self.facts.home)

    # --- what runs inside -------------------------------------------------------------------

    def substitutions(self, parts: Iterable[Part], state: State, span: Span) -> None:
        """Run what stands in a word's expansions."""
        for part in parts:
            if isinstance(part, Substitution):
                self._substitution(part, state)
            elif isinstance(part, Arithmetic):
                self.arithmetic(part, state, span)
            elif isinstance(part, Parameter):
                self._parameter(part, state, span)

    def _substitution(self, part: Substitution, state: State) -> None:
        self.count(part.body.span)
        given = Input(None) if part.kind == ">" else None
        inner = state.subshell()
        text = self.printed_by(lambda: self.commands(part.body, inner), given)
        trace = self.printed_trace
        trusted = text is None and not self._is_own_program(part.body, state)
        if trusted and sets_up(part.body):
            self.note("what sets up the shell was not read", part.body.span)
            text = FileText("")
        outputs = state.history.outputs
        state.history.printed[part] = trace
        if part.kind != "$":
            name = f"{PIPE}{len(self.pipes)}"
            self.pipes[name] = text if part.kind in ("<", "=") else None
            self.piped[name] = trace if part.kind in ("<", "=") else None
            outputs[part] = name
        elif trusted and names_folder(part.body):
            outputs[part] = f"/{FOLDER}"
        elif text is None and lists_files(part.body, self.files, state):
            outputs[part] = OUTSIDE
        elif text is None or is_unknown(text) or self._may_end_early(part.body, state):
            outputs[part] = None
        else:
            kind = FileText if isinstance(text, FileText) else str
            outputs[part] = kind(text.rstrip("\n"))

    def _is_own_program(self, body: CommandList, state: State) -> bool:
        """Whether the source itself may have made what a list of one command runs."""
        command = body.items[0][0] if body.items else None
        first = command.words[0].plain if isinstance(command, Simple) and command.words else None
        return first is None or may_be_own(first, self.files, state)

    def _may_end_early(self, body: CommandList, state: State) -> bool:
        """Whether a list may end before it has printed all, as under `set -e`."""
        if not self.may_stop:
            return False
        command = body.items[0][0] if len(body.items) == 1 else None
        plain = isinstance(command, Simple) and command.words and command.words[0].plain
        return not plain or plain in state.functions

    def _parameter(  # noqa: C901 -- one operator after another
        self, part: Parameter, state: State, span: Span
    ) -> None:
        keyed = part.name in state.history.keyed
        for operand in part.operand:
            if keyed and isinstance(operand, Arithmetic):
                self.substitutions(operand.parts, state, span)
            else:
                self.substitutions((operand,), state, span)
        if isinstance(part, Qualifier):
            for code in part.code:
                self.run_text(code, state, span, "glob")
        elif _EVALUATING & set(part.flags) and not self._is_literal(part, state):
            self.miss("a variable's value is expanded once more", span)
        if part.operator == "!":
            if strings(part, state, self.facts.home) is None:
                self.miss("a variable names the variable that is expanded", span)
        elif part.operator == "@" and any(getattr(p, "text", "P") == "P" for p in part.operand):
            self.miss("a variable's value is expanded once more", span)
        elif part.operator in (":=", "=", "::="):
            found = strings(part, state, self.facts.home)
            known = found[0] if found is not None and len(found) == 1 else None
            self.hide(part.name, known, span, followed=True, state=state)
            state.assign(part.name, None if found is None else one_of(found))
        elif part.operator == ":":
            text = "".join(getattr(operand, "text", "") for operand in part.operand)
            self.evaluated(expression_danger(text, part.operand, state), span)

    def _is_literal(self, part: Parameter, state: State) -> bool:
        """Whether what zsh expands once more holds nothing that runs."""
        plain = Parameter(part.name, part.operator, part.operand, quoted=True)
        found = strings(plain, state, self.facts.home)
        return found is not None and not any(set("$`(") & set(text) for text in found)

    def run_text(self, text: str, state: State, span: Span, by: str) -> None:
        """Run a text in this very shell."""
        raise NotImplementedError

    def arithmetic(self, node: Arithmetic, state: State, span: Span) -> None:
        """Run an expression's substitutions; the variables that it names are evaluated too."""
        self.substitutions(node.parts, state, span)
        if node.text in ("@", "*"):
            return  # all elements of an array
        self.evaluated(expression_danger(node.text, node.parts, state), span)
        for name in assigned_in(node.text):
            self.hide(name, None, span)
            state.assign(name, NUMBER)

    def check_evaluated(self, text: str | None, state: State, span: Span) -> None:
        """Look whether text that the shell evaluates as arithmetic could run something."""
        self.evaluated(text_danger(text, state), span)

    def evaluated(self, danger: int, span: Span) -> None:
        """Note text that the shell evaluates as arithmetic, where a subscript could run something.

        What nobody knows is hardly ever such a text, so it is only noted.
        """
        hidden = danger == UNKNOWN and any(mark in self.text for mark in ("[$(", "[`", "[${"))
        if danger == RUNS or hidden:
            self.miss("text is evaluated as arithmetic", span)
        elif danger == UNKNOWN:
            self.note("text that is not known is evaluated as arithmetic", span)

    def hide(
        self,
        name: str,
        value: str | None,
        span: Span,
        *,
        followed: bool = False,
        state: State | None = None,
    ) -> None:
        """Follow what an assignment lets run, and note what of that is not seen.

        `followed` says that the state holds the value from here on. Without a state, a
        relative path is one from where the source starts.
        """
        meanings = (name,) if state is None else state.meanings(name)
        if meanings != (name,):
            for one in meanings:
                if one != name:
                    self.hide(one, None if name in meanings else value, span, state=state)
            return
        if name == "PATH" and self.inside_files:
            self.lost_in_file = True
        if followed and (name == "IFS" or (name == "PATH" and value is not None)):
            return
        from kei_gates.shell.variables import give  # it walks sources too

        give(self, name, value, span, state)  # type: ignore[arg-type]  # it is the evaluator
