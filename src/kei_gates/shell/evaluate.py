"""The walk over a tree, in the order in which the shell would run it."""

from __future__ import annotations

from kei_gates.shell.ast import (
    AndOr,
    Arithmetic,
    Branches,
    CommandList,
    Function,
    Group,
    HereDocument,
    Loop,
    Parameter,
    Pipeline,
    Simple,
    Substitution,
    Test,
    Word,
)
from kei_gates.shell.errors import MOST_NESTING, Unanalysable
from kei_gates.shell.expand import fields, text_of
from kei_gates.shell.findings import Findings
from kei_gates.shell.numbers import assigned_in, gives_number, runs, text_runs
from kei_gates.shell.parser import Parser
from kei_gates.shell.simple import run, run_simple
from kei_gates.shell.state import NUMBER
from kei_gates.shell.variables import why_hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import ClassVar

    from kei_gates.shell.analysis import ShellFacts
    from kei_gates.shell.ast import Command, Part, Redirection, Span
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State, Value

_MOST_ITERATIONS = 20
_MOST_PASSES = 4
# Functions that the shell calls by itself: bash(1), COMMAND EXECUTION; zshmisc(1), SPECIAL
# FUNCTIONS.
_HOOKS = (
    "command_not_found_handle", "command_not_found_handler", "chpwd", "precmd", "preexec",
    "periodic", "zshaddhistory", "zshexit", "TRAP", "zle-",
)  # fmt: skip


class Evaluator(Findings):
    """Walks trees and collects what they run and touch."""

    def __init__(self, source: str, facts: ShellFacts, *, zsh: bool) -> None:
        """Walk a source under what is known from outside; `zsh` says that zsh may run it."""
        super().__init__(source, facts.is_folder)
        self.zsh = zsh
        self.facts = facts
        self.depth = 0
        # Functions that were called by name.
        self.called: set[Function] = set()
        # What runs when the shell ends: a text, where it stands, and what was known there.
        self.deferred: list[tuple[str, Span, tuple[str, ...], State]] = []
        # What was known at each `break`, `continue` and `return` inside each loop and function.
        self.leaving: list[list[State]] = []

    # --- sources ----------------------------------------------------------------------------

    def source(self, text: str, state: State, span: Span | None, via: tuple[str, ...]) -> None:
        """Walk a source; `span` is that of the whole for text that stands inside another."""
        outer, self.via = self.via, self.via + via
        self.depth += 1
        try:
            self.commands(_parsed(text, self.depth, span), state)
        except Unanalysable as refusal:
            where = span or (refusal.position, max(refusal.position + 1, len(text)))
            self.miss(f"the source is not understood: {refusal.why}", where)
            state.forget()
        self.depth -= 1
        self.via = outer

    def finish(self, state: State) -> None:
        """Walk what runs when the shell ends, and functions that only the unseen may call."""
        for text, span, via, before in self.deferred:
            self.via = via
            self.source(text, before.any_time(), span, ())
        self.via = ()
        for name, definitions in list(state.history.functions.items()):
            for function in definitions:
                if function is not None and (
                    function not in self.called or name.startswith(_HOOKS)
                ):
                    unknown = state.any_time()
                    unknown.forget()
                    self.command(function.body, unknown)

    # --- commands ---------------------------------------------------------------------------

    def commands(self, body: CommandList, state: State) -> None:
        """Run a list."""
        for command, background in body.items:
            if not background:
                self.command(command, state)
                continue
            apart = state.subshell()
            self.command(command, apart)
            if self.zsh and isinstance(command, AndOr):
                state.merge(apart)  # zsh sends only what stands last to the background

    def command(self, command: Command, state: State) -> None:
        """Run one command."""
        self.count(command.span)
        state.success = None
        self._RUN[type(command)](self, command, state)

    def run(self, words: list[Field], state: State, span: Span, stdin: str | None = None) -> None:
        """Run a command's words. `stdin` is the text of its here-document, if that is known."""
        run(self, words, state, span, stdin)

    def left_from(self, state: State) -> None:
        """Take it that a loop or a function may be left here."""
        for states in self.leaving:
            states.append(state.copy())

    def body(self, body: Command, state: State) -> None:
        """Run what may be left before its end."""
        self.leaving.append([])
        self.command(body, state)
        for left in self.leaving.pop():
            state.merge(left)

    def _and_or(self, node: AndOr, state: State) -> None:
        """Run `a && b || c`: what stands behind an operator may or may not run."""
        self.command(node.first, state)
        for operator, command in node.rest:
            branch = state.copy()
            if operator == "&&":
                branch.succeed()
                self.command(command, branch)
                reached = branch.success or branch.folders
                state.merge(branch)
                state.success = reached
            else:
                branch.success = None
                self.command(command, branch)
                if _leaves(command, state):
                    state.succeed()
                else:
                    state.merge(branch)
                    state.success = None

    def _pipeline(self, node: Pipeline, state: State) -> None:
        if len(node.commands) == 1:
            self.command(node.commands[0], state)
            state.success = None
            return
        last = state
        for command in node.commands:
            last = state.subshell()
            self.command(command, last)
        last.loops = state.loops
        state.merge(last)  # zsh runs the last one in the shell itself

    def _group(self, node: Group, state: State) -> None:
        self.redirect(node.redirections, state)
        self.commands(node.body, state.subshell() if node.subshell else state)

    def _branches(self, node: Branches, state: State) -> None:
        for word in node.words:
            self.expand(word, state)
        self.redirect(node.redirections, state)
        outcomes: list[State] = []
        for at, body in enumerate(node.alternatives):
            if at < len(node.conditions):
                self.commands(node.conditions[at], state)
            branch = state.copy()
            if node.falls and outcomes:
                branch.merge(outcomes[-1])
            self.commands(body, branch)
            outcomes.append(branch)
        if node.conditions and len(node.alternatives) > len(node.conditions):
            state.take(outcomes.pop())  # one of them runs
        for outcome in outcomes:
            state.merge(outcome)

    def _loop(self, node: Loop, state: State) -> None:
        self.redirect(node.redirections, state)
        if node.arithmetic is not None:
            self.arithmetic(node.arithmetic, state, node.span)
        if node.name is None:
            self._repeat(node, state)
            return
        self.hide(node.name, None, node.span)
        values: list[Value] = [None]
        if node.words is not None:
            values = [value for word in node.words for value in self._items(word, state)]
        elif state.positional is not None:
            values = list(state.positional)
        most = _MOST_ITERATIONS >> 2 * state.loops  # loops inside loops multiply
        if None in values or NUMBER in values or len(values) > most or node.asks:
            values = [NUMBER if all(value is NUMBER for value in values) else None]
        if node.asks:
            state.assign("REPLY", None)
        for value in values:
            state.assign(node.name, value)
            self._repeat(node, state)
        state.assign(node.name, NUMBER if values == [NUMBER] else None)

    def _items(self, word: Word, state: State) -> list[Value]:
        """Give what a word of a `for` contributes."""
        found: list[Value] = list(self.expand(word, state))
        return [NUMBER] if None in found and gives_number(word, state) else found

    def _repeat(self, node: Loop, state: State) -> None:
        """Run a loop's header and body until another pass would find nothing new."""
        state.loops += 1
        for _ in range(_MOST_PASSES):
            before = state.copy()
            self._pass(node, state)
            if state.same(before):
                break
        else:
            functions = state.functions
            state.forget()
            self._pass(node, state)
            if state.functions != functions:
                self.miss("a loop changes its functions too often", node.span)
            state.forget()
        state.loops -= 1

    def _pass(self, node: Loop, state: State) -> None:
        turn = state.copy()
        if node.header is not None:
            self.body(node.header, turn)
            state.merge(turn)
        self.body(node.body, turn)
        if node.arithmetic is not None:
            self.arithmetic(node.arithmetic, turn, node.span)
        state.merge(turn)

    def _function(self, node: Function, state: State) -> None:
        state.define(node.name, node)

    def _test(self, node: Test, state: State) -> None:
        self.redirect(node.redirections, state)
        if node.arithmetic is not None:
            self.arithmetic(node.arithmetic, state, node.span)
        for word in node.words:
            self.substitutions(word.parts, state, word.span)
        for at, word in enumerate(node.words):
            operator = word.plain
            if operator in COMPARING:
                self.compare(node.words[at - 1 : at] + node.words[at + 1 : at + 2], state)
            elif operator in NAMING and at + 1 < len(node.words):
                operand = node.words[at + 1]
                self.check_evaluated(text_of(operand, state, None), state, operand.span)

    def compare(self, operands: Iterable[Word], state: State) -> None:
        """Look at words that the shell compares as numbers."""
        for word in operands:
            text = text_of(word, state, None)
            if text is not None:
                self.check_evaluated(text, state, word.span)
            elif runs("", word.parts, state):
                self.miss("text is evaluated as arithmetic", word.span)

    def _simple(self, node: Simple, state: State) -> None:
        run_simple(self, node, state)

    # --- words ------------------------------------------------------------------------------

    def expand(self, word: Word, state: State) -> list[Field]:
        """Run the substitutions in a word and give its fields."""
        self.substitutions(word.parts, state, word.span)
        return fields(word, state, self.facts.home)

    def with_patterns(self, words: Iterable[Word], state: State) -> list[Field]:
        """Give the fields of words that were expanded before, with patterns for globs."""
        home = self.facts.home
        return [field for word in words for field in fields(word, state, home, patterns=True)]

    def value(self, word: Word, state: State) -> str | None:
        """Run the substitutions in a word and give its text, unsplit; none when unknown."""
        self.substitutions(word.parts, state, word.span)
        return text_of(word, state, self.facts.home)

    def substitutions(self, parts: Iterable[Part], state: State, span: Span) -> None:
        """Run what stands in a word's expansions."""
        for part in parts:
            if isinstance(part, Substitution):
                self.commands(part.body, state.subshell())
            elif isinstance(part, Arithmetic):
                self.arithmetic(part, state, span)
            elif isinstance(part, Parameter):
                self._parameter(part, state, span)

    def _parameter(self, part: Parameter, state: State, span: Span) -> None:
        keyed = part.name in state.history.keyed
        for operand in part.operand:
            if keyed and isinstance(operand, Arithmetic):
                self.substitutions(operand.parts, state, span)
            else:
                self.substitutions((operand,), state, span)
        if part.operator == "!":
            self.miss("a variable names the variable that is expanded", span)
        elif part.operator == "@" and any(getattr(p, "text", "P") == "P" for p in part.operand):
            self.miss("a variable's value is expanded once more", span)
        elif part.operator in (":=", "="):
            self.hide(part.name, None, span)
            state.assign(part.name, None)
        elif part.operator == ":":
            text = "".join(getattr(operand, "text", "") for operand in part.operand)
            if runs(text, part.operand, state):
                self.miss("text is evaluated as arithmetic", span)

    def arithmetic(self, node: Arithmetic, state: State, span: Span) -> None:
        """Run an expression's substitutions; the variables that it names are evaluated too."""
        self.substitutions(node.parts, state, span)
        if node.text in ("@", "*"):
            return  # all elements of an array
        if runs(node.text, node.parts, state):
            self.miss("text is evaluated as arithmetic", span)
        for name in assigned_in(node.text):
            self.hide(name, None, span)
            state.assign(name, NUMBER)

    def check_evaluated(self, text: str | None, state: State, span: Span) -> None:
        """Look whether text that the shell evaluates as arithmetic could run something."""
        if text_runs(text, state):
            self.miss("text is evaluated as arithmetic", span)

    def hide(self, name: str, value: str | None, span: Span) -> None:
        """Note an assignment after which programs that are not seen may run."""
        why = why_hidden(name, value, zsh=self.zsh)
        if why is not None:
            self.miss(why, span)

    # --- redirections -----------------------------------------------------------------------

    def redirect(self, redirections: Iterable[Redirection], state: State) -> str | None:
        """Add what redirections touch; give the text that the standard input then holds.

        None when it holds no text of the source, or none that is known.
        """
        given: str | None = None
        for redirection in redirections:
            target, operator = redirection.target, redirection.operator
            word = target.body if isinstance(target, HereDocument) else target
            is_input = redirection.descriptor.lstrip("0") == "" and operator[0] == "<"
            if operator in ("<<", "<<<"):
                text = self.value(word, state)
                given = text if is_input else given
            else:
                self._redirect_file(operator, word, state)
                given = None if is_input else given
        return given

    def _redirect_file(self, operator: str, word: Word, state: State) -> None:
        found = self.expand(word, state)
        path = found[0] if len(found) == 1 else None
        is_descriptor = path is not None and path.rstrip("-").isdecimal()
        if operator in ("<&", ">&") and (path == "-" or is_descriptor):
            return
        if operator in ("<", "<&"):
            self.touch("read", path, operator, state)
        elif not (operator == ">&" and path is None and _is_one_parameter(word)):
            self.touch("write", path, operator, state)

    _RUN: ClassVar[dict[type, Callable[[Evaluator, object, State], None]]] = {
        AndOr: _and_or,  # type: ignore[dict-item]  # each takes the node it is listed for
        Branches: _branches,  # type: ignore[dict-item]
        CommandList: commands,  # type: ignore[dict-item]
        Function: _function,  # type: ignore[dict-item]
        Group: _group,  # type: ignore[dict-item]
        Loop: _loop,  # type: ignore[dict-item]
        Pipeline: _pipeline,  # type: ignore[dict-item]
        Simple: _simple,  # type: ignore[dict-item]
        Test: _test,  # type: ignore[dict-item]
    }


COMPARING = frozenset(("-eq", "-ne", "-lt", "-le", "-gt", "-ge"))
"""Operators of a test that compare numbers."""
NAMING = frozenset(("-v", "-R"))
"""Operators of a test that take a variable's name, of which a subscript is evaluated."""


def _parsed(text: str, depth: int, span: Span | None) -> CommandList:
    """Parse a source. Raises `Unanalysable`."""
    if depth > MOST_NESTING:
        raise Unanalysable("it is nested too deeply", span[0] if span else 0)
    if "\0" in text:
        raise Unanalysable("it holds a NUL character", text.index("\0"))
    return Parser(text, depth, span).whole()


def _leaves(command: Command, state: State) -> bool:
    """Whether nothing after a command runs in this shell, loop or function."""
    if isinstance(command, Group) and not command.subshell and command.body.items:
        last, background = command.body.items[-1]
        return not background and _leaves(last, state)
    if not isinstance(command, Simple) or not command.words:
        return False
    word = command.words[0].plain or ""
    if word in state.functions:
        return False
    return (
        word == "exit"
        or (word == "return" and state.calls > 0)
        or (word in ("break", "continue") and state.loops > 0)
    )


def _is_one_parameter(word: Word) -> bool:
    """Whether a word is a single expansion, as in `>&$fd`."""
    return sum(isinstance(part, Parameter) for part in word.parts) == 1 and all(
        isinstance(part, Parameter) or not getattr(part, "text", "") for part in word.parts
    )
