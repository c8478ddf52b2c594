"""Builtins that assign what they read or print: `read`, `mapfile`, `printf -v` and their kin.

Source: bash(1), SHELL BUILTIN COMMANDS; zshbuiltins(1).
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.printing import printf
from kei_gates.shell.scanner import is_name
from kei_gates.shell.tracing import cuts_numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.state import State
    from kei_gates.shell.values import Value

READING = frozenset(("read", "mapfile", "readarray"))
"""Builtins before which `IFS=` holds for them alone."""

SOME_NUMBER = "\0number"
"""Stands for a value that is surely a number."""

_READ = Grammar("adinNptu", flags="ersAqk")
_MAPFILE = Grammar("dnOsuCc", flags="t")


def follow_names(ev: Evaluator, words: Sequence[Field], state: State, span: Span) -> None:
    """Follow `getopts` and `vared`: every operand may be a variable's name, its value unknown."""
    _assign(ev, words, state, span, {})


def follow_read(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `read`: a line of the input, split between the names."""
    options = read(words, _READ, permute=False)
    line = ev.stdin.line()
    names = [name for name in options.operands if name is not None]
    # The other options mean something else to zsh, or nothing.
    known = ("r",) if ev.zsh else ("r", "a", "p", "e")
    simple = all(name in known for name, _ in options.given)
    if (
        line is None
        or not simple
        or None in words
        or "-" in words
        or ("\\" in line and not options.has("r"))
    ):
        _assign(ev, words, state, span, {})
        return
    _assign(ev, words, state, span, _split(line, names, options, state))


def _split(line: str, names: Sequence[str], options: Options, state: State) -> Mapping[str, Value]:
    """Split a line between names; none of them known where the separators are not blanks."""
    separators = state.separators()
    if separators is None or set(separators) - set(" \t\n"):
        return {}
    array = options.value("a")
    if array is not None:
        return {array: tuple(line.split(None) if separators else [line])}
    if not names:
        return {"REPLY": line}
    if not separators:
        return {names[0]: line} | dict.fromkeys(names[1:], "")
    parts = line.strip(" \t").split(None, len(names) - 1)
    return dict(zip(names, [*parts, *[""] * len(names)], strict=False))


def follow_mapfile(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `mapfile`: every line of the input as an element."""
    options = read(words, _MAPFILE, permute=False)
    name = options.operands[0] if options.operands else "MAPFILE"
    text = ev.stdin.text
    if options.has("C"):
        ev.miss(f"`{words[0]}` calls something for what it reads", span)
    simple = options.has("t") and not options.has("d", "n", "O", "s", "u", "C")
    if text is None or name is None or not simple or ev.dialect == "zsh":
        _assign(ev, words, state, span, {})
        return
    lines = text.split("\n")
    _assign(ev, words, state, span, {name: tuple(lines[:-1] if lines[-1] == "" else lines)})


def follow_printf(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `printf -v NAME`, and numbers that zsh evaluates."""
    if words[1:2] == ["-v"] and len(words) > 2:  # noqa: PLR2004 -- a name
        given = [word for word in words[3:] if word is not None and "\0" not in word]
        text = printf(given) if len(given) == len(words) - 3 else None
        name = words[2]
        _assign(ev, words[:1] + words[2:3], state, span, {} if name is None else {name: text})
    elif len(words) > 1 and (words[1] or "").startswith("-v"):
        ev.miss("`printf -v` is spelled in one word", span)
    if ev.zsh and any(w is not None and "[" in w and ("$(" in w or "`" in w) for w in words[2:]):
        numeric = words[1] is None or any(f"%{letter}" in words[1] for letter in "dioxXufgeEcGF")
        if numeric:
            ev.miss("zsh evaluates what `printf` shows as a number", span)


def _reads_whole(words: Sequence[Field], state: State) -> bool:
    """Whether a builtin assigns whole words or lines of the standard input."""
    options = [word for word in words[1:] if word is None or word[:1] == "-"]
    known = [word[1:] for word in options if word is not None]
    plain = len(known) == len(options) and set("".join(known)) <= _WHOLE
    return words[0] in READING and plain and not cuts_numbers(state)


_WHOLE = frozenset("aerpst")


def _assign(
    ev: Evaluator,
    words: Sequence[Field],
    state: State,
    span: Span,
    values: Mapping[str, Value],
) -> None:
    """Assign to every operand that can be a name: the value given for it, or an unknown one."""
    trace = ev.stdin.trace if _reads_whole(words, state) else None
    for word in words[1:]:
        if word is None:
            state.lose(list(state.variables))
        elif is_name(word):
            value = values.get(word)
            known = value if isinstance(value, str) else None
            ev.hide(word, known, span, followed=True, state=state)
            state.assign(word, value, trace)
        elif "[" in word and ("$(" in word or "`" in word):
            ev.miss(f"`{word}` is evaluated as a variable's name", span)
    for name in ("REPLY", "MAPFILE", "OPTARG"):
        if name not in words:
            state.assign(name, values.get(name), trace)
