"""Builtins that declare variables: `declare`, `export`, `local` and their kin.

Sources: bash(1), SHELL BUILTIN COMMANDS; zshbuiltins(1), `typeset`.
"""

from __future__ import annotations

from kei_gates.shell.ast import Literal
from kei_gates.shell.reading import SOME_NUMBER
from kei_gates.shell.scanner import is_name
from kei_gates.shell.tracing import of_parts, of_words
from kei_gates.shell.values import NUMBER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.ast import Span, Word
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State
    from kei_gates.shell.values import Value

# Options under which a variable does not hold what it is assigned, or cannot be assigned again.
_RESTLESS = frozenset("culriLRZEFT")
_EVERYWHERE = frozenset(("export", "readonly"))


def declare(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow a declaring builtin; each word is an option, a name, or `name=value`."""
    program = words[0] or ""
    letters = {"integer": "i", "float": "i", "readonly": "r"}.get(program, "")
    for word in words[1:]:
        if word is None:
            ev.miss("it is not known which variable is declared", span)
        elif word[:1] in ("-", "+") and not word.startswith("--"):
            letters += word[1:]
            _check_options(ev, word, span)
        elif word != "--":
            _declare_one(ev, program, letters, word, state, span)


def _check_options(ev: Evaluator, word: str, span: Span) -> None:
    if "f" in word or "F" in word:
        ev.miss("functions are declared by name", span)


def _declare_one(  # noqa: C901, PLR0913, PLR0917 -- the rules of one assignment
    ev: Evaluator, program: str, letters: str, word: str, state: State, span: Span
) -> None:
    name, equals, text = word.partition("=")
    joins = name.endswith("+")
    name = name.removesuffix("+")
    if not is_name(name):
        ev.miss(f"`{name}` is evaluated as a variable's name", span)
        return
    history = state.history
    if "A" in letters:
        history.keyed.add(name)
    if "i" in letters:
        history.integers.add(name)
    if program not in _EVERYWHERE and "g" not in letters and state.calls:
        state.local.add(name)
    if "n" in letters and program != "export":
        _refer(ev, name, text if equals else "", state, span)
        return
    value = _value(text, letters, joins=joins)
    if program == "local" and not state.calls:
        value = None  # to bash an error, to zsh none
    if equals:
        given = value if isinstance(value, str) else text if _is_partly_known(text) else None
        ev.hide(name, given, span, followed=True, state=state)
        if name in history.integers or text.startswith("("):
            _check_text(ev, text, state, span)
        state.assign(name, value)
    elif program not in _EVERYWHERE:
        state.assign(name, None)
    if _RESTLESS & set(letters):
        history.restless.add(name)
        if letters.strip("rx") or name not in state.variables:
            state.assign(name, None)


def _refer(ev: Evaluator, name: str, target: str, state: State, span: Span) -> None:
    """Let a name stand for a variable.

    In a function, where it ends again, and through another such name, that is not followed.
    """
    chained = target in state.references or any(
        name in to for other, to in state.references.items() if other != name
    )
    if ev.zsh or state.calls or not is_name(target) or name == target or chained:
        ev.miss("a variable becomes another name of a variable", span)
    else:
        state.refer(name, (target,))


def _value(text: str, letters: str, *, joins: bool) -> Value:
    if text == SOME_NUMBER:
        return NUMBER
    if _is_partly_known(text) or joins or text.startswith("(") or letters.strip("xrg"):
        return None
    return text


def _check_text(ev: Evaluator, text: str, state: State, span: Span) -> None:
    """Look at a value that is evaluated: an integer's, or an array's in quotes."""
    if _is_partly_known(text):
        ev.check_evaluated(None, state, span)
    elif text != SOME_NUMBER:
        ev.check_evaluated(text, state, span)


def _is_partly_known(text: str) -> bool:
    """Whether a part of a value is not known."""
    return "\0" in text and text != SOME_NUMBER


def trace_declared(nodes: Sequence[Word], words: Sequence[Field], state: State) -> None:
    """Tell where the values come from that a declaration has just given, and that are not known."""
    if words[0] == "local" and not state.calls:
        return  # to bash an error, behind which they are what they were
    for word in nodes[1:]:
        head = word.parts[0] if word.parts else None
        name, equals, rest = (head.text if isinstance(head, Literal) else "").partition("=")
        if not equals or not is_name(name) or isinstance(state.variables.get(name), str):
            continue
        parts = (Literal(rest, quoted=False), *word.parts[1:])
        trace = of_words(word.array, state) if word.array else of_parts(parts, state)
        state.assign(name, state.variables.get(name), trace)


def assign_array(ev: Evaluator, word: Word, words: Sequence[Field], state: State) -> None:
    """Give an array that is declared with `name=(...)` its elements, behind its declaration."""
    head = word.parts[0]
    name = head.text.removesuffix("=") if isinstance(head, Literal) else ""
    letters = "".join(one for one in words[1:] if one is not None and one[:1] == "-")
    if not is_name(name) or set(letters) - set("-aAgrx"):
        return
    if name not in state.history.keyed:
        state.assign(name, ev.elements(word.array or (), state))
        return
    items = [_item(ev.value(one, state)) for one in word.array or ()]
    known = [item for item in items if item is not None]
    state.assign(name, tuple(value for _, value in known) if len(known) == len(items) else None)
    state.history.indexed.add(name)
    for key, value in known if len(known) == len(items) else ():
        state.assign(f"{name}[{key}]", value)


def _item(field: Field) -> tuple[str, str] | None:
    """Read `[key]=value`; none for anything else."""
    key, ends, value = (field or "").removeprefix("[").partition("]=")
    return (key, value) if ends and field and field[0] == "[" and "\0" not in key else None
