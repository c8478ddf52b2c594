"""Builtins of the shell that change its state, or run what stands in their arguments.

Source: bash(1), SHELL BUILTIN COMMANDS; zshbuiltins(1). Builtins that do neither are programs like
any other to the analysis.
"""

from __future__ import annotations

from kei_gates.shell.scanner import NAME, NAME_START
from kei_gates.shell.variables import why_hidden

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State

    Handler: TypeAlias = "Callable[[Evaluator, list[Field], State, Span], None]"

READING = frozenset(("read", "mapfile", "readarray"))
"""Builtins before which `IFS=` holds for them alone."""

_DANGEROUS_OPTIONS = frozenset(("expand_aliases", "extglob", "extdebug", "shwordsplit", "aliases"))


def _cd(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `cd`: it may fail, unless the folder is known to be there."""
    del span
    operands = [word for word in words[1:] if word is None or word == "-" or word[:1] != "-"]
    if len(operands) > 1 or None in operands or operands == ["-"]:
        target: str | None = None
    else:
        target = operands[0] if operands else ev.facts.home
    reached = state.paths(target)
    certain = all(path is not None and ev.facts.is_folder(path) for path in reached)
    state.enter(reached, also=() if certain else state.folders)
    state.success = reached


def _lose_folder(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    del ev, words, span
    state.enter((None,))


def _eval(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    given = words[2:] if words[1:2] == ["--"] else words[1:]
    known = [word for word in given if word is not None]
    if len(known) != len(given):
        ev.miss("`eval` runs text that is not known", span)
        state.forget()
        return
    ev.source(" ".join(known), state, span, ("eval",))


def _source(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    if len(words) > 1:
        ev.miss("the script that is sourced was not read", span)
    state.forget()


def _trap(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    given = words[2:] if words[1:2] == ["--"] else words[1:]
    if given and given[0] is not None and given[0].startswith("-"):
        return  # `trap -p`, `trap - EXIT`
    if len(given) < 2:  # noqa: PLR2004 -- an action and a signal; one word alone resets
        return
    if given[0] is None:
        ev.miss("`trap` runs text that is not known", span)
        return
    ev.source(given[0], state.copy(), span, ("trap",))


def declare(  # noqa: PLR0913, PLR0917 -- one assignment's context
    ev: Evaluator, program: str, word: str, value: Field, state: State, span: Span
) -> None:
    """Take one argument of `export`, `declare` and their kin: an option, a name, `name=`.

    `value` is what follows the `=`, none where it is not known.
    """
    if word.startswith(("-", "+")):
        if "n" in word and program != "export":
            ev.miss("a variable becomes another name of a variable", span)
        if "f" in word or "F" in word:
            ev.miss("functions are declared by name", span)
        return
    name = word.removesuffix("=").removesuffix("+")
    if not _is_name(name):
        ev.miss(f"`{name}` is evaluated as a variable's name", span)
    elif word.endswith("="):
        why = why_hidden(name, value)
        if why is not None:
            ev.miss(why, span)
        # `-i`, `-u` and `+=` change the value, so only a plain one is sure.
        state.variables[name] = None if word.endswith("+=") else value


def _assigning(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `read`, `mapfile`, `getopts`, `unset`: every operand may be a variable's name."""
    if any(word is not None and word.startswith("-C") for word in words[1:]):
        ev.miss(f"`{words[0]}` calls something for what it reads", span)
    for word in words[1:]:
        if word is None:
            state.variables = dict.fromkeys(state.variables)
        elif _is_name(word):
            state.variables[word] = None
        elif "[" in word and ("$(" in word or "`" in word):
            ev.miss(f"`{word}` is evaluated as a variable's name", span)
    state.variables["REPLY"] = state.variables["MAPFILE"] = None


def _printf(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    if "-v" in words[:2] or (words[1:2] and (words[1] or "").startswith("-v")):
        _assigning(ev, words[:1] + words[2:3], state, span)
        if (words[1] or "") != "-v":
            ev.miss("`printf -v` is spelled in one word", span)


def _let(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    for word in words[1:]:
        ev.check_evaluated(word, state, span)
    state.variables = dict.fromkeys(state.variables)


def _test(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    for before, word in zip(words, words[1:]):  # noqa: B905 -- pairs, so one shorter
        if before in ("-v", "-R"):
            ev.check_evaluated(word, state, span)


def _set_options(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `set`: options, then new positional parameters."""
    rest = words[1:]
    while rest and rest[0] is not None and rest[0][:1] in ("-", "+") and rest[0] != "--":
        if rest[0][1:] == "o":
            _check_option(ev, rest[1:2], span)
            rest = rest[1:]
        rest = rest[1:]
    if rest[:1] == ["--"]:
        state.positional = tuple(rest[1:])
    elif rest:
        state.positional = tuple(rest)


def _shopt(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    del state
    _check_option(ev, words[1:], span)


def _check_option(ev: Evaluator, words: list[Field], span: Span) -> None:
    for word in words:
        if word is None or word.replace("_", "").lower() in _DANGEROUS_FOLDED:
            ev.miss("an option changes how the shell reads what follows", span)


_DANGEROUS_FOLDED = frozenset(name.replace("_", "") for name in _DANGEROUS_OPTIONS)


def _shift(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    del ev, span
    count = words[1] if len(words) > 1 else "1"
    if state.positional is None or count is None or not count.isdecimal():
        state.positional = None
    elif None in state.positional[: int(count)]:
        state.positional = None
    else:
        state.positional = state.positional[int(count) :]


def _alias(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    del state
    if any(word is None or "=" in word for word in words[1:]):
        ev.miss("an alias changes what later commands run", span)


def _hash(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    del state
    if any(word is None or word.startswith("-p") or "=" in word for word in words[1:]):
        ev.miss(f"`{words[0]}` changes what a name runs", span)


def _hidden(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Give up on builtins that load or run code in ways that are not followed."""
    del state
    if len(words) > 1:
        ev.miss(f"`{words[0]}` changes what runs in a way that is not followed", span)


def _is_name(text: str) -> bool:
    return bool(text) and text[0] in NAME_START and all(char in NAME for char in text)


ZSH_ONLY = frozenset(
    (
        "-", "always", "autoload", "bindkey", "emulate", "foreach", "functions", "nocorrect",
        "noglob", "print", "rehash", "repeat", "sched", "setopt", "unfunction", "unsetopt", "vared",
        "zargs", "zcompile", "zle", "zmodload", "zmv", "zparseopts",
    )
)  # fmt: skip
"""Names that mean something to zsh alone."""

HANDLERS: dict[str, Handler] = {
    "cd": _cd, "chdir": _cd, "pushd": _cd, "popd": _lose_folder, "dirs": _lose_folder,
    "eval": _eval, "source": _source, ".": _source, "trap": _trap,
    "read": _assigning, "mapfile": _assigning, "readarray": _assigning, "getopts": _assigning,
    "unset": _assigning, "vared": _assigning,
    "printf": _printf, "print": _printf, "let": _let, "test": _test, "[": _test,
    "set": _set_options, "shopt": _shopt, "setopt": _shopt, "unsetopt": _shopt, "shift": _shift,
    "alias": _alias, "hash": _hash, "rehash": _hash, "enable": _hidden,
    "complete": _hidden, "compgen": _hidden, "emulate": _hidden, "zmodload": _hidden,
    "autoload": _hidden, "functions": _hidden, "zle": _hidden, "sched": _hidden, "zcompile": _hidden,
    "fc": _hidden, "repeat": _hidden, "foreach": _hidden, "always": _hidden, "zargs": _hidden,
    "zmv": _hidden, "zparseopts": _hidden, "bindkey": _hidden, "add-zsh-hook": _hidden,
    "disable": _hidden, "unfunction": _hidden,
}  # fmt: skip
