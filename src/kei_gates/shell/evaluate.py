"""The walk over a tree, in the order in which the shell would run it."""

from __future__ import annotations

from kei_gates.shell.ast import (
    AndOr,
    Anonymous,
    Branches,
    CommandList,
    Coprocess,
    Function,
    Group,
    Loop,
    Pipeline,
    Simple,
    Test,
)
from kei_gates.shell.branching import run_and_or, run_branches, run_test
from kei_gates.shell.dispatch import follow, start
from kei_gates.shell.errors import MOST_NESTING, Unanalysable
from kei_gates.shell.listing import lists_files
from kei_gates.shell.loops import run_loop
from kei_gates.shell.origins import JOB
from kei_gates.shell.parser import Parser
from kei_gates.shell.redirecting import Redirecting
from kei_gates.shell.simple import call, run, run_simple
from kei_gates.shell.streams import Input
from kei_gates.shell.values import COMPUTED, NUMBER, RUNNING, FileText, marked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import ClassVar, TypeVar

    from kei_gates.model import Invocation
    from kei_gates.shell.analysis import ShellFacts
    from kei_gates.shell.ast import Command, Span
    from kei_gates.shell.expand import Field
    from kei_gates.shell.own_functions import OwnFunction
    from kei_gates.shell.state import State

    Way = TypeVar("Way")

# Functions that the shell calls by itself: bash(1), COMMAND EXECUTION; zshmisc(1), SPECIAL
# FUNCTIONS.
_HOOKS = (
    "command_not_found_handle", "command_not_found_handler", "chpwd", "precmd", "preexec",
    "periodic", "zshaddhistory", "zshexit", "TRAP", "zle-",
)  # fmt: skip


# A part of the name of each program that ends or stops processes or containers.
_ENDING = (
    "kill", "trace", "gdb", "lldb", "fuser", "snice", "docker", "podman", "nerdctl",
)  # fmt: skip


class Evaluator(Redirecting):
    """Walks trees and collects what they run and touch."""

    def __init__(self, source: str, facts: ShellFacts, dialect: str) -> None:
        """Walk a source under what is known from outside, for the shell that `dialect` names."""
        super().__init__(source, facts, dialect)
        self.depth = 0
        # Whether zsh would build another tree of what only `auto` holds for.
        self.differs = False
        # Whether the source as a whole is not understood.
        self.refused = False
        # Functions that were called by name, and those that a file defines.
        self.called: set[Function] = set()
        self.of_files: set[Function] = set()
        # What runs when the shell ends: a text, where it stands, and what was known there.
        self.deferred: list[tuple[str, Span, tuple[str, ...], State]] = []
        # What a trap runs by what was known where it was set.
        self.early: list[Invocation] = []
        # What was known at each `break`, `continue` and `return` inside each loop and function.
        self.leaving: list[list[State]] = []
        # Definitions of the user's own functions that were read.
        self.own_functions: dict[OwnFunction, Function] = {}
        # Names of zsh's global and suffix aliases.
        self.global_aliases = set(facts.own.global_aliases) if self.zsh else set()
        self.suffix_aliases = set(facts.own.suffix_aliases) if self.zsh else set()
        # The aliases that are being replaced, one inside another.
        self.replacing: tuple[str, ...] = ()

    # --- sources ----------------------------------------------------------------------------

    def source(
        self,
        text: str,
        state: State,
        span: Span | None,
        via: tuple[str, ...],
        *,
        dialect: str = "",
    ) -> None:
        """Walk a source; `span` is that of the whole for text that stands inside another.

        It is read in the given dialect, else in the present one. The text of a file that was there
        before is its writer's word, not the call's.
        """
        if COMPUTED in text:
            self.miss("it runs text that is not known", span or (0, len(text)))
            state.forget()
            return
        self.tracing = self.tracing or any(name in text for name in _ENDING)
        of_file = isinstance(text, FileText)
        text = marked(text.replace(RUNNING, "$!"), "$kei_unknown")
        traced = self.traced
        outer, self.via = self.via, self.via + via
        out, stdin, inside, spoken = self.out, self.stdin, self.inside_files, self.dialect
        self.dialect = state.history.dialect = dialect or spoken
        most_work = self.most_work
        if of_file:
            self.inside_files += 1
            # What a file does may be more than is followed; what stands behind it is the call's.
            self.most_work -= max(0, most_work - self.work) // 4
        self.depth += 1
        try:
            self._run_parsed(text, state, span)
        except Unanalysable as refusal:
            self.refused = self.refused or self.depth == 1
            self.out, self.stdin = out, stdin
            self.out.write(None)
            self.lost_in_file = self.lost_in_file or self.inside_files > 0
            where = span or (refusal.position, max(refusal.position + 1, len(text)))
            self.miss(f"the source is not understood: {refusal.why}", where)
            state.forget()
        self.depth -= 1
        self.via, self.inside_files, self.most_work = outer, inside, most_work
        self.traced = traced
        self.dialect = state.history.dialect = spoken

    def _run_parsed(self, text: str, state: State, span: Span | None) -> None:
        """Parse a text in the present dialect, and run it. Raises `Unanalysable`."""
        if self.depth > MOST_NESTING:
            raise Unanalysable("it is nested too deeply", span[0] if span else 0)
        text, nul, _ = text.partition("\0")
        parser = Parser(text, self.depth, span, "zsh" if self.dialect == "zsh" else "bash")
        try:
            tree = parser.whole()
        except Unanalysable:
            self.commands(parser.beginning(), state)
            raise
        finally:
            self.differs = self.differs or (parser.differs and self.dialect == "auto")
        try:
            self.commands(tree, state)
        except Unanalysable:
            if self.inside_files:  # it counts what a file surely runs, even behind a limit
                from kei_gates.shell.outline import plain_commands  # hardly ever

                for words in plain_commands(tree):
                    self.invoke(words, span or (0, len(text)))
            raise
        if nul:
            raise Unanalysable("it holds a NUL character", len(text))

    def finish(self, state: State) -> None:
        """Walk what runs when the shell ends, and functions that only the unseen may call."""
        for text, span, via, before in self.deferred:
            self.via = via
            self.source(text, before.any_time(), span, ())
        self.via = ()
        self._forget_early()
        for name, definitions in list(state.history.functions.items()):
            for function in definitions:
                if not isinstance(function, Function):
                    continue  # the user's own are not called behind anybody's back
                if function in self.of_files and not name.startswith(_HOOKS):
                    continue
                if function not in self.called or name.startswith(_HOOKS):
                    unknown = state.any_time()
                    unknown.forget()
                    self.command(function.body, unknown)

    def _forget_early(self) -> None:
        """Take off what a trap runs with words that only what stands behind it tells of."""
        told = {(one.argv, one.via, one.span) for one in self.invocations if one.origins}
        for one in self.early:
            if not one.origins and (one.argv, one.via, one.span) in told:
                self.invocations.pop(one, None)

    # --- commands ---------------------------------------------------------------------------

    def commands(self, body: CommandList, state: State) -> None:
        """Run a list."""
        for command, background in body.items:
            if not background:
                self.command(command, state)
                continue
            apart = state.subshell()
            self._in_background(command, apart)
            if self.zsh and isinstance(command, AndOr):
                state.merge(apart)  # zsh sends only what stands last to the background

    def _in_background(self, command: Command, state: State) -> None:
        stdin, self.stdin = self.stdin, Input(None)
        self.maybe(lambda: self.command(command, state))
        self.stdin = stdin

    def command(self, command: Command, state: State) -> None:
        """Run one command."""
        self.count(command.span)
        state.success = None
        self._RUN[type(command)](self, command, state)

    def run(self, words: list[Field], state: State, span: Span, stdin: str | None = None) -> None:
        """Run a command's words. `stdin` is the text that it can read, if that is known."""
        run(self, words, state, span, stdin)

    def run_text(self, text: str, state: State, span: Span, by: str) -> None:
        """Run a text in this very shell."""
        self.source(text, state, span, (by,))

    def start(self, words: list[Field], state: State, span: Span) -> None:
        """Follow a program; its name is known and plain."""
        start(self, words, state, span)

    def follow(self, program: str, words: list[Field], state: State, span: Span) -> None:
        """Follow what is surely a program, by its name."""
        follow(self, program, words, state, span)

    def start_inner(self, outer: str, words: list[Field], state: State, span: Span) -> None:
        """Run a program that another starts."""
        via, self.via = self.via, (*self.via, outer)
        inner = state.copy()
        inner.functions, inner.aliases = {}, {}
        self.run(words, inner, span)
        self.via = via

    def each(
        self, ways: Iterable[Way], state: State, run_one: Callable[[Way, State], None]
    ) -> None:
        """Run several things of which one happens; what holds then is what holds after any."""
        outcomes: list[State] = []
        for way in ways:
            branch = state.copy()
            self.maybe(lambda way=way, branch=branch: run_one(way, branch))  # type: ignore[misc]
            outcomes.append(branch)
        state.take(outcomes.pop())
        for outcome in outcomes:
            state.merge(outcome)

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
        run_and_or(self, node, state)

    def branch(self, command: Command, state: State) -> None:
        """Run what may or may not run."""
        self.maybe(lambda: self.command(command, state))

    def _pipeline(self, node: Pipeline, state: State) -> None:
        if len(node.commands) == 1:
            self.command(node.commands[0], state)
            state.success = None
            return
        outer = self.stdin
        for command in node.commands[:-1]:
            self._stage(command, state.subshell())
        last = state.subshell()
        self.command(node.commands[-1], last)
        self.stdin = outer
        last.loops = state.loops
        state.merge(last)  # zsh runs the last one in the shell itself

    def _stage(self, command: Command, state: State) -> None:
        """Run one side of a pipe; what it prints is what the next one can read."""
        text = self.printed_by(lambda: self.command(command, state))
        trace = self.printed_trace
        self.stdin = Input(text, outside=lists_files(command, self.files, state), trace=trace)

    def _group(self, node: Group, state: State) -> None:
        inner = state.subshell() if node.subshell else state
        self.within(node.redirections, state, lambda: self.commands(node.body, inner))

    def _coprocess(self, node: Coprocess, state: State) -> None:
        self._group(node, state)
        state.assign(f"{node.name}_PID", NUMBER, JOB)

    def _branches(self, node: Branches, state: State) -> None:
        for word in node.words:
            self.expand(word, state)
        self.within(node.redirections, state, lambda: run_branches(self, node, state))

    def _loop(self, node: Loop, state: State) -> None:
        self.within(node.redirections, state, lambda: run_loop(self, node, state))

    def _function(self, node: Function, state: State) -> None:
        state.define(node.name, node)
        if self.inside_files:
            self.of_files.add(node)

    def _test(self, node: Test, state: State) -> None:
        self.within(node.redirections, state, lambda: run_test(self, node, state))

    def _simple(self, node: Simple, state: State) -> None:
        run_simple(self, node, state)

    def _anonymous(self, node: Anonymous, state: State) -> None:
        """Run a function without a name, at once."""
        words = [field for word in node.words for field in self.expand(word, state)]
        function = Function("the function without a name", node.body, node.span)
        self.within(
            node.redirections, state, lambda: call(self, function, [function.name, *words], state)
        )

    _RUN: ClassVar[dict[type, Callable[[Evaluator, object, State], None]]] = {
        Anonymous: _anonymous,  # type: ignore[dict-item]
        AndOr: _and_or,  # type: ignore[dict-item]  # each takes the node it is listed for
        Branches: _branches,  # type: ignore[dict-item]
        CommandList: commands,  # type: ignore[dict-item]
        Function: _function,  # type: ignore[dict-item]
        Coprocess: _coprocess,  # type: ignore[dict-item]
        Group: _group,  # type: ignore[dict-item]
        Loop: _loop,  # type: ignore[dict-item]
        Pipeline: _pipeline,  # type: ignore[dict-item]
        Simple: _simple,  # type: ignore[dict-item]
        Test: _test,  # type: ignore[dict-item]
    }
