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
from kei_gates.shell.parser import Parser
from kei_gates.shell.scanner import NAME, NAME_START
from kei_gates.shell.simple import run_simple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import ClassVar

    from kei_gates.shell.analysis import ShellFacts
    from kei_gates.shell.ast import Command, Part, Redirection, Span
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State

_MOST_ITERATIONS = 20
_MOST_PASSES = 4
_LEAVING = frozenset(("exit", "return", "break", "continue"))


class Evaluator(Findings):
    """Walks trees and collects what they run and touch."""

    def __init__(self, source: str, facts: ShellFacts, *, zsh: bool) -> None:
        """Walk a source under what is known from outside; `zsh` says that zsh may run it."""
        super().__init__(source)
        self.zsh = zsh
        self.facts = facts
        self.depth = 0
        # Function definitions seen, and those that were called by name.
        self.defined: dict[str, Function] = {}
        self.called: set[str] = set()

    # --- sources ----------------------------------------------------------------------------

    def source(self, text: str, state: State, span: Span | None, via: tuple[str, ...]) -> None:
        """Walk a source; `span` is that of the whole for text that stands inside another."""
        outer, self.via = self.via, self.via + via
        self.depth += 1
        try:
            if self.depth > MOST_NESTING:
                raise Unanalysable("it is nested too deeply", span[0] if span else 0)
            self.commands(Parser(text, self.depth, span).whole(), state)
        except Unanalysable as refusal:
            where = span or (refusal.position, max(refusal.position + 1, len(text)))
            self.miss(f"the source is not understood: {refusal.why}", where)
            state.forget()
        self.depth -= 1
        self.via = outer

    def finish(self, state: State) -> None:
        """Walk the functions that nothing called by name: something unseen still may."""
        for name, function in list(self.defined.items()):
            if name not in self.called:
                unknown = state.copy()
                unknown.forget()
                self.command(function.body, unknown)

    # --- commands ---------------------------------------------------------------------------

    def commands(self, body: CommandList, state: State) -> None:
        """Run a list."""
        for command, background in body.items:
            self.command(command, state.copy() if background else state)

    def command(self, command: Command, state: State) -> None:
        """Run one command."""
        self.count(command.span)
        state.success = None
        self._RUN[type(command)](self, command, state)

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
                if _leaves(command):
                    state.succeed()
                else:
                    state.merge(branch)

    def _pipeline(self, node: Pipeline, state: State) -> None:
        last = state
        for command in node.commands:
            last = state.copy()
            self.command(command, last)
        state.merge(last)  # zsh runs the last one in the shell itself

    def _group(self, node: Group, state: State) -> None:
        self.redirect(node.redirections, state)
        self.commands(node.body, state.copy() if node.subshell else state)

    def _branches(self, node: Branches, state: State) -> None:
        for word in node.words:
            self.expand(word, state)
        self.redirect(node.redirections, state)
        for condition in node.conditions:
            self.commands(condition, state)
        outcome = state.copy()
        for body in node.alternatives:
            branch = state.copy()
            self.commands(body, branch)
            outcome.merge(branch)
        state.take(outcome)

    def _loop(self, node: Loop, state: State) -> None:
        self.redirect(node.redirections, state)
        if node.arithmetic is not None:
            self.arithmetic(node.arithmetic, state, node.span)
        if node.name is None:
            self._repeat(node, state)
            return
        values: list[Field] = [None]
        if node.words is not None:
            values = [value for word in node.words for value in self.expand(word, state)]
        elif state.positional is not None:
            values = list(state.positional)
        if None in values or len(values) > _MOST_ITERATIONS:
            values = [None]
        for value in values:
            state.variables[node.name] = value
            self._repeat(node, state)
        state.variables[node.name] = None

    def _repeat(self, node: Loop, state: State) -> None:
        """Run a loop's header and body until another pass would find nothing new."""
        for _ in range(_MOST_PASSES):
            before = state.copy()
            turn = state.copy()
            if node.header is not None:
                self.commands(node.header, turn)
            self.commands(node.body, turn)
            state.merge(turn)
            if state.variables == before.variables and state.folders == before.folders:
                return
        state.forget()

    def _function(self, node: Function, state: State) -> None:
        state.functions[node.name] = node
        if self.defined.get(node.name, node) is not node:
            self.called.discard(node.name)
        self.defined[node.name] = node

    def _test(self, node: Test, state: State) -> None:
        self.redirect(node.redirections, state)
        if node.arithmetic is not None:
            self.arithmetic(node.arithmetic, state, node.span)
        for word in node.words:
            self.substitutions(word.parts, state, word.span)
        evaluated = any(word.plain in _EVALUATING for word in node.words)
        for word in node.words if evaluated else ():
            self.check_evaluated(text_of(word, state, None), state, word.span)

    def _simple(self, node: Simple, state: State) -> None:
        run_simple(self, node, state)

    # --- words ------------------------------------------------------------------------------

    def expand(self, word: Word, state: State) -> list[Field]:
        """Run the substitutions in a word and give its fields."""
        self.substitutions(word.parts, state, word.span)
        return fields(word, state, self.facts.home)

    def value(self, word: Word, state: State) -> str | None:
        """Run the substitutions in a word and give its text, unsplit; none when unknown."""
        self.substitutions(word.parts, state, word.span)
        return text_of(word, state, self.facts.home)

    def substitutions(self, parts: Iterable[Part], state: State, span: Span) -> None:
        """Run what stands in a word's expansions."""
        for part in parts:
            if isinstance(part, Substitution):
                self.commands(part.body, state.copy())
            elif isinstance(part, Arithmetic):
                self.arithmetic(part, state, span)
            elif isinstance(part, Parameter):
                self._parameter(part, state, span)

    def _parameter(self, part: Parameter, state: State, span: Span) -> None:
        self.substitutions(part.operand, state, span)
        if part.operator == "!":
            self.miss("a variable names the variable that is expanded", span)
        elif part.operator == "@" and any(getattr(p, "text", "") == "P" for p in part.operand):
            self.miss("a variable's value is expanded once more", span)
        elif part.operator in (":=", "="):
            state.variables[part.name] = None
        elif part.operator == ":":
            for operand in part.operand:
                self.check_evaluated(getattr(operand, "text", ""), state, span)

    def arithmetic(self, node: Arithmetic, state: State, span: Span) -> None:
        """Run an expression's substitutions; the variables that it names are evaluated too."""
        self.substitutions(node.parts, state, span)
        self.check_evaluated(node.text, state, span, assigns=True)

    def check_evaluated(
        self, text: str | None, state: State, span: Span, *, assigns: bool = False
    ) -> None:
        """Look whether text that the shell evaluates as arithmetic could run something.

        A variable's value is evaluated in turn, and a subscript in it may hold a substitution.
        """
        names = _identifiers(text) if text is not None else set(state.variables)
        values = [state.variables[name] for name in names if name in state.variables]
        hidden = "[$(" in self.text or "[`" in self.text
        for value in (text if text and not assigns else "", *values):
            known = value if isinstance(value, str) else ""
            if "$(" in known or "`" in known or (value is None and hidden):
                self.miss("text is evaluated as arithmetic", span)
                return
        if assigns and text and any(mark in text for mark in ("=", "++", "--")):
            state.variables.update(dict.fromkeys(names))

    # --- redirections -----------------------------------------------------------------------

    def redirect(self, redirections: Iterable[Redirection], state: State) -> str | None:
        """Add what redirections touch; give the text of the last here-document or here-string.

        None when there is no such text or it is not known.
        """
        given: str | None = None
        for redirection in redirections:
            target = redirection.target
            word = target.body if isinstance(target, HereDocument) else target
            if redirection.operator in ("<<", "<<<"):
                given = self.value(word, state)
            else:
                self._redirect_file(redirection.operator, word, state)
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


# Operators of `[[` and `test` whose operands are evaluated as arithmetic, or as a variable's name.
_EVALUATING = frozenset(("-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R"))


def _leaves(command: Command) -> bool:
    """Whether nothing after a command runs in this shell."""
    if isinstance(command, Group) and not command.subshell and command.body.items:
        return _leaves(command.body.items[-1][0])
    return isinstance(command, Simple) and bool(
        command.words and command.words[0].plain in _LEAVING
    )


def _identifiers(text: str) -> set[str]:
    """Give the names that stand in an expression."""
    found = set()
    at = 0
    while at < len(text):
        if text[at] in NAME_START:
            start = at
            while at < len(text) and text[at] in NAME:
                at += 1
            found.add(text[start:at])
        else:
            at += 1
    return found


def _is_one_parameter(word: Word) -> bool:
    """Whether a word is a single expansion, as in `>&$fd`."""
    return sum(isinstance(part, Parameter) for part in word.parts) == 1 and all(
        isinstance(part, Parameter) or not getattr(part, "text", "") for part in word.parts
    )
