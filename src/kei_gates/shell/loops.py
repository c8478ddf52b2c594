"""Loops: their values one by one, and their bodies until another pass would find nothing new."""

from __future__ import annotations

from kei_gates.shell.ast import Literal, Parameter
from kei_gates.shell.lookup import listed_files
from kei_gates.shell.numbers import gives_number
from kei_gates.shell.streams import Input
from kei_gates.shell.tracing import of_words
from kei_gates.shell.values import NUMBER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Loop, Word
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.origins import Trace
    from kei_gates.shell.state import State
    from kei_gates.shell.values import Value

_MOST_ITERATIONS = 20
_MOST_PASSES = 4


def run_loop(ev: Evaluator, node: Loop, state: State) -> None:
    """Run a loop behind its redirections."""
    if node.arithmetic is not None:
        ev.arithmetic(node.arithmetic, state, node.span)
    if node.count is not None:
        ev.expand(node.count, state)
    if node.name is None:
        ev.maybe(lambda: _repeat(ev, node, state))
        return
    if ev.dialect == "zsh" and any(_is_refused(word) for word in node.words or ()):
        return
    values = _values(ev, node, state)
    if node.more:
        _repeat_with_many(ev, node, values, state)
        return
    most = _MOST_ITERATIONS >> 2 * state.loops  # loops inside loops multiply
    certain = None not in values and NUMBER not in values and len(values) <= most and not node.asks
    trace = _trace(node, state) if not certain else None
    if not certain:
        values = [NUMBER if all(value is NUMBER for value in values) else None]
    if node.asks:
        state.assign("REPLY", None)
    ev.filled |= _filled(node)
    for value in values:
        known = value if isinstance(value, str) else None
        ev.hide(node.name, known, node.span, followed=True, state=state)
        state.assign(node.name, value, trace)
        if certain:
            _repeat(ev, node, state, prints=True)
        else:
            ev.maybe(lambda: _repeat(ev, node, state))
    ev.filled -= {node.name}
    state.assign(node.name, NUMBER if values == [NUMBER] else None)


def _values(ev: Evaluator, node: Loop, state: State) -> list[Value]:
    """Give the values of a loop.

    Where there are none it is one that is not known, so that what the body runs is listed.
    """
    if node.words is not None:
        return [value for word in node.words for value in _items(ev, word, state)] or [None]
    return list(state.positional or (None,))


def _trace(node: Loop, state: State) -> Trace:
    """Tell where the values of a loop come from that are not known."""
    if node.words is None:
        return state.given if set(state.positional or ()) == {None} else None
    return of_words(node.words, state)


def _filled(node: Loop) -> set[str]:
    """Give a loop's variable if it surely holds something: no quoted word is one of its values."""
    texts = [
        any(isinstance(part, Literal) and part.text for part in word.parts)
        or not any(getattr(part, "quoted", False) for part in word.parts)
        for word in node.words or ()
    ]
    return {node.name} if node.name is not None and texts and all(texts) else set()


def _is_refused(word: Word) -> bool:
    """Whether zsh gives up at a word: `${!name}` and its kin are bash's."""
    return any(
        isinstance(part, Parameter) and part.operator in ("!", "keys") for part in word.parts
    )


def _repeat_with_many(ev: Evaluator, node: Loop, values: list[Value], state: State) -> None:
    """Run zsh's loop that takes several values at a time."""
    names = (node.name or "", *node.more)
    known = None not in values and NUMBER not in values and len(values) <= _MOST_ITERATIONS
    groups = range(0, len(values), len(names)) if known else range(1)
    for at in groups:
        for number, name in enumerate(names):
            inside = at + number < len(values)
            ev.hide(name, None, node.span)
            state.assign(name, (values[at + number] if inside else "") if known else None)
        ev.maybe(lambda: _repeat(ev, node, state))
    state.lose(names)


def _items(ev: Evaluator, word: Word, state: State) -> list[Value]:
    """Give what a word of a `for` contributes."""
    listed = listed_files(ev, word, state)
    if listed is not None:
        return list(listed)
    found: list[Value] = [
        None if one is None or "\0" in one else one for one in ev.expand(word, state)
    ]
    return [NUMBER] if None in found and gives_number(word, state) else found


def _repeat(ev: Evaluator, node: Loop, state: State, *, prints: bool = False) -> None:
    """Run a loop's header and body until another pass would find nothing new.

    With `prints`, the first pass is one that surely runs, once; what others print does not count.
    """
    state.loops += 1
    for number in range(_MOST_PASSES):
        before, changes = state.copy(), ev.files.changes
        if prints and number == 0:
            _pass(ev, node, state, widen=False)
        else:
            ev.aside(lambda: _pass(ev, node, state, widen=True)) if prints else _pass(
                ev, node, state, widen=number > 0
            )
        if state.same(before) and changes == ev.files.changes:
            break
    else:
        functions = state.functions
        state.forget()
        ev.aside(lambda: _pass(ev, node, state, widen=True))
        if state.functions != functions:
            ev.miss("a loop changes its functions too often", node.span)
        state.forget()
    state.loops -= 1


def _pass(ev: Evaluator, node: Loop, state: State, *, widen: bool) -> None:
    """Run a loop's header and body once; what it reads is not known, as another pass reads too."""
    outer = ev.stdin
    ev.stdin = Input(None, trace=outer.trace)
    turn = state.copy()
    if node.header is not None:
        ev.body(node.header, turn)
        state.merge(turn, widen=widen)
    ev.body(node.body, turn)
    if node.arithmetic is not None:
        ev.arithmetic(node.arithmetic, turn, node.span)
    state.merge(turn, widen=widen)
    ev.stdin = outer
