"""Simple commands: assignments, then a builtin, a function, or a program."""

from __future__ import annotations

from kei_gates.shell import builtins
from kei_gates.shell.ast import Literal, Word
from kei_gates.shell.declare import declare
from kei_gates.shell.errors import MOST_NESTING
from kei_gates.shell.expand import text_of
from kei_gates.shell.launch import launch
from kei_gates.shell.numbers import gives_number
from kei_gates.shell.parser import DECLARING
from kei_gates.shell.state import NUMBER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Assignment, Function, Simple, Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State, Value

_PLAIN = frozenset("-._+/@,%")
_BRACKETS = frozenset(("[", "[[", ":", "."))
_LEAVING = frozenset(("break", "continue", "return"))
_MOST_CALLS = MOST_NESTING // 2


def run_simple(ev: Evaluator, node: Simple, state: State) -> None:
    """Run a simple command: words, redirections, assignments, then what its words name."""
    first = node.words[0].plain if node.words else None
    declaring = first is not None and first in DECLARING and first not in state.functions
    if declaring:
        words = _declaring_words(ev, node, state)
    else:
        words = [field for word in node.words for field in ev.expand(word, state)]
        if None in words:
            ev.spelled = (words, ev.with_patterns(node.words, state))
    stdin = ev.redirect(node.redirections, state)
    before = {one.name: state.variables.get(one.name) for one in node.assignments}
    for assignment in node.assignments:
        _assign(
            ev, assignment, state, node.span, alone=bool(words) and words[0] in builtins.READING
        )
    if words == ["exec"] and any(one.operator[0] == "<" for one in node.redirections):
        ev.miss("the shell goes on with another input", node.span)
    if words:
        ev.run(words, state, node.span, stdin)
        for name, value in before.items():
            # What a builtin or a function is given may last, by the shell and its options.
            lasts = words[0] in state.functions or words[0] in builtins.HANDLERS
            state.assign(name, None if lasts and state.variables.get(name) != value else value)


def _declaring_words(ev: Evaluator, node: Simple, state: State) -> list[Field]:
    """Give the words of a declaring builtin, whose arguments are assignments: never split."""
    words: list[Field] = []
    for word in node.words:
        text = ev.value(word, state)
        head = word.parts[0] if word.parts else None
        if text is None and isinstance(head, Literal) and "=" in head.text:
            name, _, rest = head.text.partition("=")
            parts = (Literal(rest, quoted=False), *word.parts[1:])
            value = Word(parts, word.span)
            number = text_of(value, state, ev.facts.home) is None and gives_number(value, state)
            words.append(f"{name}={builtins.SOME_NUMBER if number else builtins.UNKNOWN}")
        else:
            words.append(text)
    return words


def _assign(ev: Evaluator, node: Assignment, state: State, span: Span, *, alone: bool) -> None:
    """Run an assignment; `alone` says that it holds for a `read` alone."""
    if node.subscript is not None and node.name not in state.history.keyed:
        ev.arithmetic(node.subscript, state, span)
    elif node.subscript is not None:
        ev.substitutions(node.subscript.parts, state, span)
    value: Value
    if node.array is not None:
        value = tuple(field for word in node.array for field in ev.expand(word, state))
    else:
        value = ev.value(node.value, state)
        if value is None and gives_number(node.value, state):
            value = NUMBER
    if node.append or node.subscript is not None:
        value = _joined(state.variables.get(node.name), value, append=node.subscript is None)
    if not (alone and node.name == "IFS"):
        ev.hide(node.name, value if isinstance(value, str) else None, span)
    if node.name in state.history.integers and isinstance(value, str):
        ev.check_evaluated(value, state, span)
    state.assign(node.name, value)


def _joined(before: Value, value: Value, *, append: bool) -> Value:
    """Give a variable's value after something was added to it."""
    if append and isinstance(before, str) and isinstance(value, str):
        return before + value
    if append and isinstance(before, tuple) and isinstance(value, tuple):
        return before + value
    return None


def run(ev: Evaluator, words: list[Field], state: State, span: Span, stdin: str | None) -> None:
    """Run a command's words. `stdin` is the text of its here-document, if that is known."""
    ev.count(span)
    program = words[0]
    if program is None:
        ev.miss("the program's name is not known", span)
        return
    definitions = state.functions.get(program, (None,))
    if definitions == (None,):
        _run_program(ev, words, state, span, stdin)
        return
    outcomes = []
    for function in definitions:
        branch = state.copy()
        if function is None:
            _run_program(ev, words, branch, span, stdin)
        else:
            _call(ev, function, words, branch)
        outcomes.append(branch)
    state.take(outcomes.pop())
    for outcome in outcomes:
        state.merge(outcome)


def _run_program(
    ev: Evaluator, words: list[Field], state: State, span: Span, stdin: str | None
) -> None:
    """Run what is no function."""
    program = words[0] or ""
    ev.invoke(words, span)
    if program in _LEAVING:
        ev.left_from(state)
        return
    if not _is_plain(program):
        ev.miss(f"`{program}` is no plain name of a program", span)
        return
    if program in builtins.ZSH_ONLY and not ev.zsh:
        return
    handler = declare if program in DECLARING else builtins.HANDLERS.get(program)
    if handler is not None:
        handler(ev, words, state, span)
        return
    launch(ev, words, state, span, stdin)


def _is_plain(program: str) -> bool:
    if program in _BRACKETS:
        return True
    return bool(program) and all(char.isalnum() or char in _PLAIN for char in program)


def _call(ev: Evaluator, function: Function, words: list[Field], state: State) -> None:
    """Run a function's body with the given arguments."""
    ev.called.add(function)
    ev.depth += 1
    if ev.depth > _MOST_CALLS:
        ev.miss(f"the function `{function.name}` calls itself too often", function.span)
    else:
        before, local = state.copy(), state.local
        state.positional, state.local = tuple(words[1:]), set()
        state.calls += 1
        ev.body(function.body, state)
        state.calls -= 1
        for name in state.local:
            # Outside it has its old value, unless the declaration was not reached.
            same = before.variables.get(name) == state.variables.get(name)
            state.assign(name, before.variables.get(name) if same else None)
        state.positional, state.local = before.positional, local
    ev.depth -= 1
