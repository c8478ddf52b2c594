"""Simple commands: assignments, then a builtin, a function, or a program."""

from __future__ import annotations

from kei_gates.shell import builtins
from kei_gates.shell.ast import Literal, Word
from kei_gates.shell.errors import MOST_NESTING
from kei_gates.shell.expand import text_of
from kei_gates.shell.launch import launch
from kei_gates.shell.parser import DECLARING
from kei_gates.shell.variables import why_hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Assignment, Simple, Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State

_PLAIN = frozenset("-._+/:@,%~ ")
_BRACKETS = frozenset(("[", "[[", ":", "."))


def run_simple(ev: Evaluator, node: Simple, state: State) -> None:
    """Run a simple command: redirections, assignments, then what its words name."""
    words: list[Field] = []
    for word in node.words:
        words += ev.expand(word, state)
    declaring = bool(node.words) and node.words[0].plain in DECLARING
    if declaring:
        for word in node.words[1:]:
            _declare(ev, node.words[0].plain or "", word, state, node.span)
    stdin = ev.redirect(node.redirections, state)
    has_input = any(found.operator in ("<<", "<<<") for found in node.redirections)
    reads = bool(words) and words[0] in builtins.READING
    for assignment in node.assignments:
        _assign(ev, assignment, state, node.span, lasting=not words, reads=reads)
    if declaring:
        ev.invoke(words, node.span)
    elif words:
        run(ev, words, state, node.span, stdin if has_input else None)


def _declare(ev: Evaluator, program: str, word: Word, state: State, span: Span) -> None:
    """Take an argument of a declaring builtin, which is no field but an assignment."""
    head = word.parts[0] if word.parts else None
    name, equals, rest = head.text.partition("=") if isinstance(head, Literal) else ("", "", "")
    if equals:
        parts = (Literal(rest, quoted=False), *word.parts[1:]) if rest else word.parts[1:]
        value = text_of(Word(parts, word.span), state, ev.facts.home)
        builtins.declare(ev, program, f"{name}=", value, state, span)
        return
    text = text_of(word, state, ev.facts.home)
    if text is None:
        ev.miss("it is not known which variable is declared", span)
        return
    name, equals, rest = text.partition("=")
    builtins.declare(ev, program, name + equals, rest, state, span)


def _assign(  # noqa: PLR0913 -- one command's context
    ev: Evaluator, node: Assignment, state: State, span: Span, *, lasting: bool, reads: bool
) -> None:
    if node.subscript is not None:
        ev.arithmetic(node.subscript, state, span)
    value: str | tuple[Field, ...] | None
    if node.array is not None:
        value = tuple(field for word in node.array for field in ev.expand(word, state))
    else:
        value = ev.value(node.value, state)
    if node.append or node.subscript is not None:
        before = state.variables.get(node.name, "")
        joins = isinstance(before, str) and isinstance(value, str) and node.subscript is None
        known = node.name in state.variables
        value = f"{before}{value}" if joins and known else None
    text = value if isinstance(value, str) else None
    why = why_hidden(node.name, text)
    if why is not None and not (reads and node.name == "IFS"):
        ev.miss(why, span)
    if lasting:
        state.variables[node.name] = value


def run(ev: Evaluator, words: list[Field], state: State, span: Span, stdin: str | None) -> None:
    """Run a command's words. `stdin` is the text of its here-document, if that is known."""
    ev.count(span)
    program = words[0]
    if program is None:
        ev.miss("the program's name is not known", span)
        return
    function = state.functions.get(program)
    if function is not None:
        _call(ev, words, state, span)
        return
    ev.invoke(words, span)
    if not _is_plain(program):
        ev.miss(f"`{program}` is no plain name of a program", span)
        return
    if program in builtins.ZSH_ONLY and not ev.zsh:
        return
    handler = builtins.HANDLERS.get(program)
    if handler is not None:
        handler(ev, words, state, span)
        return
    launch(ev, words, state, span, stdin)


def _is_plain(program: str) -> bool:
    if program in _BRACKETS:
        return True
    return bool(program) and all(char.isalnum() or char in _PLAIN for char in program)


def _call(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Run a function's body with the given arguments."""
    name = words[0] or ""
    function = state.functions[name]
    ev.called.add(name)
    ev.depth += 1
    if ev.depth > MOST_NESTING // 2:
        ev.miss(f"the function `{name}` calls itself too often", span)
        ev.depth -= 1
        return
    outer = state.positional
    state.positional = tuple(words[1:])
    ev.command(function.body, state)
    state.positional = outer
    ev.depth -= 1
