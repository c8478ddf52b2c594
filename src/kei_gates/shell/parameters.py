"""Parameter expansion: what `$x` and `${x...}` can give. Source: bash(1), Parameter Expansion.

Where bash and zsh give different strings, and either may be the shell, both are given.
"""

from __future__ import annotations

from kei_gates.shell.ast import Arithmetic, Literal, Parameter, Subscript, Substitution
from kei_gates.shell.globs import LONGEST
from kei_gates.shell.operators import change_of, is_count
from kei_gates.shell.scanner import is_name
from kei_gates.shell.values import LONGEST_VALUE, MOST_CHOICES, OUTSIDE, Number, strings_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeAlias

    from kei_gates.shell.ast import Part
    from kei_gates.shell.operators import Piece
    from kei_gates.shell.state import State

    Strings: TypeAlias = "tuple[str, ...] | None"
    """The strings that something may be; none when they are not known."""

_LONGEST_NUMBER = 4
_DEFAULTING = frozenset(("-", ":-", "=", ":=", "?", ":?"))
_OF_BASH = frozenset(("^", ",", "@"))
_WHOLE = frozenset(("", "[", *_DEFAULTING))


def strings(part: Parameter, state: State, home: str | None) -> Strings:
    """Give the strings that an expansion may be, as one word."""
    if part.flags or not part.name:
        return _of_zsh(part, state, home)
    if part.operator == "!":
        return _indirect(part, state, home)
    if part.operator == "length" and (
        part.operand or isinstance(state.lookup(part.name), tuple) or state.history.dialect == "zsh"
    ):
        return None  # how many elements there are; in zsh, also whether there is one
    if part.operator not in _WHOLE and _is_many(part):
        return None  # done to each of several words
    first = part.operand[0] if part.operand else None
    if isinstance(first, Subscript) and part.operator not in (":", ""):
        subscript = _subscript(part.name, first, state, home)
        return _operated(part, _element(part.name, subscript, state), part.operand[1:], state, home)
    return _operated(part, _value(part.name, state, home), part.operand, state, home)


def _subscript(name: str, node: Arithmetic, state: State, home: str | None) -> str:
    """Give a subscript's text; of an associative array, a variable alone counts by its value."""
    found = join(node.parts, state, home) if len(node.parts) == 1 else None
    alone = isinstance(node.parts[0], Parameter) if len(node.parts) == 1 else False
    spelled = node.text.strip('"').strip("${}")
    plain = alone and spelled == getattr(node.parts[0], "name", "")
    if name in state.history.keyed and plain and found is not None and len(found) == 1:
        return found[0]
    return node.text


def _operated(  # noqa: PLR0911 -- one kind of operator after another
    part: Parameter, value: Strings, operand: Sequence[Part], state: State, home: str | None
) -> Strings:
    """Give what an operator makes of what a parameter holds."""
    if part.operator in ("", "["):
        return value
    if value is not None and any("\0" in text for text in value):
        return None
    if part.operator == "length":
        return None if value is None else _each(value, lambda text: str(len(text)))
    if part.operator in _DEFAULTING:
        return _defaulted(part, value, operand, state, home)
    if part.operator in ("+", ":+"):
        return _alternative(part, value, operand, state, home)
    pieces = _pieces(operand, state, home)
    if value is None or pieces is None:
        return None
    if part.operator in _OF_BASH and state.history.dialect == "zsh":
        return None
    return _combined(value, change_of(part.operator, pieces))


def _pieces(operand: Sequence[Part], state: State, home: str | None) -> list[Piece] | None:
    """Give the texts of an operand's parts, and which are quoted; none when one is not known."""
    found: list[Piece] = []
    for part in operand:
        piece = piece_of(part, state, home)
        if piece is None or len(piece) != 1:
            return None
        found.append((piece[0], getattr(part, "quoted", False)))
    return found


def _is_many(part: Parameter) -> bool:
    """Whether an expansion is of all positional parameters, or of all elements of an array."""
    first = part.operand[0] if part.operand else None
    return part.name in ("@", "*") or (isinstance(first, Subscript) and first.text in ("@", "*"))


def _of_zsh(part: Parameter, state: State, home: str | None) -> Strings:
    """Give `${(L)name}`, and `${(L):-text}` without a name: zshexpn(1), Expansion Flags."""
    change = _FLAGS.get(part.flags)
    if change is None:
        return None
    if part.name:
        plain = Parameter(part.name, part.operator, part.operand, quoted=part.quoted)
        found = strings(plain, state, home)
    else:
        found = join(part.operand, state, home) if part.operator in (":-", "-") else None
    return None if found is None else _each(found, change)


_FLAGS: dict[str, Callable[[str], str]] = {
    "": lambda text: text,
    "L": str.lower,
    "U": str.upper,
    "=": lambda text: text,
}


def _word(operand: Sequence[Part], state: State, home: str | None) -> Strings:
    """Give what the word of an operator may be; none where it has a tilde or quotes."""
    first = operand[0] if operand else None
    if isinstance(first, Literal) and not first.quoted and first.text.startswith("~"):
        return None
    found = join(operand, state, home)
    # Which quotes are kept there differs between shells, and between their versions.
    quotes = found is not None and any("'" in text or '"' in text for text in found)
    return None if quotes else found


def join(parts: Iterable[Part], state: State, home: str | None) -> Strings:
    """Give the strings that parts may be, joined without splitting or globs."""
    found: list[list[str]] = [[]]
    for part in parts:
        piece = piece_of(part, state, home)
        if piece is None or len(found) * len(piece) > MOST_CHOICES:
            return None
        if len(piece) == 1:
            for before in found:
                before.append(piece[0])
        else:
            found = [[*before, text] for before in found for text in piece]
    if any(len(texts) > 1 and sum(map(len, texts)) > LONGEST_VALUE for texts in found):
        return None
    return tuple(texts[0] if len(texts) == 1 else "".join(texts) for texts in found)


def piece_of(part: Part, state: State, home: str | None) -> Strings:
    """Give the strings that one part of a word may be."""
    if isinstance(part, Literal):
        return (part.text,)
    if isinstance(part, Parameter):
        return strings(part, state, home)
    if isinstance(part, Substitution):
        text = state.history.outputs.get(part)
        return None if text is None else (text,)
    return (OUTSIDE,)  # an expression gives some number


# --- what a parameter holds -------------------------------------------------------------------


def _value(  # noqa: PLR0911 -- one kind of parameter after another
    name: str, state: State, home: str | None
) -> Strings:
    """Give what a parameter holds by its name alone."""
    if name == "HOME":
        found = state.home(home)
        return None if found is None else (found,)
    if name == "PWD" and name not in state.variables:
        here = state.folders[0] if len(state.folders) == 1 else None
        return None if here is None else (here,)
    if name.isdecimal():
        return _positional(name, state)
    if name in ("@", "*"):
        return _joined(state.positional, state)
    if name == "#":
        known = state.positional is not None and None not in state.positional
        return (str(len(state.positional or ())),) if known else None
    value = state.lookup(name)
    if name == "PATH" and value is None and name not in state.variables:
        return (OUTSIDE,)
    if isinstance(value, tuple):
        # Without a subscript, bash takes the first element and zsh takes all.
        return (value[0],) if len(value) == 1 and value[0] is not None else _first(value, state)
    return strings_of(value)


def _first(array: tuple[str | None, ...], state: State) -> Strings:
    if state.history.dialect != "bash" or not array or array[0] is None:
        return None
    return (array[0],)


def _positional(name: str, state: State) -> Strings:
    given = state.positional
    if given is None or len(name) > _LONGEST_NUMBER:
        return None
    number = int(name)
    if number == 0:
        return strings_of(state.variables.get("0"))
    if None in given[:number]:
        return None
    return ((given[number - 1] or "") if number <= len(given) else "",)


def _joined(given: Sequence[str | None] | None, state: State) -> Strings:
    """Join several words with the first separator, as `"$*"` does."""
    separators = state.separators()
    if given is None or separators is None:
        return None
    known = [word for word in given if word is not None]
    return (separators[:1].join(known),) if len(known) == len(given) else None


def _element(name: str, subscript: str, state: State) -> Strings:
    """Give what `${name[subscript]}` may be."""
    known = strings_of(state.variables.get(f"{name}[{subscript}]"))
    if known is not None and is_fixed(name, subscript, state):
        return known
    value = state.lookup(name)
    if not isinstance(value, tuple):
        return None
    if subscript in ("@", "*"):
        return _joined(value, state)
    if None in value or not is_count(subscript.removeprefix("-")):
        return None
    at = int(subscript)
    starts = {"bash": (0,), "zsh": (1,)}.get(state.history.dialect, (0, 1))
    return tuple(dict.fromkeys(_at(value, at - start if at >= 0 else at) for start in starts))


def is_fixed(name: str, subscript: str, state: State) -> bool:
    """Say whether a subscript means the same element whenever it is evaluated."""
    if name in state.history.keyed:
        return subscript.replace("-", "_").replace(".", "_").isidentifier()
    return is_count(subscript)


def _at(array: tuple[str | None, ...], at: int) -> str:
    """Give an element, counted from the end below zero; empty where there is none."""
    if at < 0:
        at += len(array)
    return (array[at] or "") if 0 <= at < len(array) else ""


def _indirect(part: Parameter, state: State, home: str | None) -> Strings:
    """Give `${!name}`: the value of the variable that another names."""
    names = _value(part.name, state, home)
    if part.operand or names is None:
        return None
    found: list[str] = []
    for name in names:
        value = _value(name, state, home) if is_name(name) or is_count(name) else None
        if value is None:
            return None
        found += value
    return tuple(found)


# --- operators ------------------------------------------------------------------------------


def _each(texts: Iterable[str], change: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(change(text) for text in texts))


def _combined(texts: tuple[str, ...], change: Callable[[str], str | None] | None) -> Strings:
    """Give every text changed; none when one cannot be."""
    if change is None:
        return None
    found = [change(text) for text in texts if len(text) <= LONGEST]
    known = [text for text in found if text is not None]
    return tuple(dict.fromkeys(known)) if len(known) == len(texts) else None


def _defaulted(
    part: Parameter, value: Strings, operand: Sequence[Part], state: State, home: str | None
) -> Strings:
    """Give `${x:-word}`: the value, or the word where there is none."""
    takes_empty = part.operator[0] == ":"
    if value is None and not (state.is_unset(part.name) and is_ordinary(part.name, state)):
        return None
    kept = tuple(text for text in value or () if text or not takes_empty)
    if value is not None and len(kept) == len(value):
        return kept
    if part.operator[-1] == "?":
        return kept or None
    instead = _word(operand, state, home)
    return None if instead is None else tuple(dict.fromkeys(kept + instead))


def is_from_outside(name: str, state: State) -> bool:
    """Say whether a variable can only have been set before the call."""
    return all(
        one not in state.variables and is_name(one) and one not in SET_BY_SHELLS
        for one in state.meanings(name)
    )


def is_ordinary(name: str, state: State) -> bool:
    """Whether a variable that is not known can be taken for unset: the shell sets it not itself."""
    return bool(state.history.environment) and is_name(name) and name not in SET_BY_SHELLS


# bash(1), Shell Variables; zshparam(1), PARAMETERS SET BY THE SHELL and USED BY THE SHELL.
SET_BY_SHELLS = frozenset(
    (
        "_", "ARGC", "BASH", "BASHOPTS", "BASHPID", "BASH_ALIASES", "BASH_ARGC", "BASH_ARGV",
        "BASH_ARGV0", "BASH_CMDS", "BASH_COMMAND", "BASH_EXECUTION_STRING", "BASH_LINENO",
        "BASH_LOADABLES_PATH", "BASH_REMATCH", "BASH_SOURCE", "BASH_SUBSHELL", "BASH_VERSINFO",
        "BASH_VERSION", "COLUMNS", "COMP_WORDBREAKS", "COPROC", "CPUTYPE", "DIRSTACK", "EGID",
        "EPOCHREALTIME", "EPOCHSECONDS", "ERRNO", "EUID", "FIGNORE", "FUNCNAME", "GID", "GROUPS",
        "HISTCHARS", "HISTCMD", "HISTFILE", "HISTSIZE", "HOST", "HOSTNAME", "HOSTTYPE", "IFS",
        "KEYTIMEOUT", "LINENO", "LINES", "LISTMAX", "LOGNAME", "MACHTYPE", "MAILCHECK", "MAPFILE",
        "MATCH", "MBEGIN", "MEND", "NULLCMD", "OLDPWD", "OPTARG", "OPTERR", "OPTIND", "OSTYPE",
        "PATH", "PIPESTATUS", "POSIXLY_CORRECT", "PPID", "PROMPT", "PS1", "PS2", "PS3", "PS4",
        "PSVAR", "PWD", "RANDOM", "READNULLCMD", "READLINE_LINE", "REPLY", "SAVEHIST", "SECONDS",
        "SHELL", "SHELLOPTS", "SHLVL", "SPROMPT", "SRANDOM", "TERM", "TIMEFMT", "TMPPREFIX",
        "TTYIDLE", "UID", "USERNAME", "VENDOR", "WORDCHARS", "ZDOTDIR", "ZSH_ARGZERO",
        "ZSH_EVAL_CONTEXT", "ZSH_NAME", "ZSH_PATCHLEVEL", "ZSH_SUBSHELL", "ZSH_VERSION", "argv",
        "cdpath", "fignore", "fpath", "histchars", "mailpath", "manpath", "match", "mbegin",
        "mend", "module_path", "path", "pipestatus", "prompt", "psvar", "signals", "status",
        "watch", "zsh_eval_context",
    )
)  # fmt: skip


def _alternative(
    part: Parameter, value: Strings, operand: Sequence[Part], state: State, home: str | None
) -> Strings:
    """Give `${x:+word}`: the word, or nothing where there is no value."""
    instead = _word(operand, state, home)
    if instead is None:
        return None
    if value is None:
        held = state.lookup(part.name)
        return instead if isinstance(held, Number) else tuple(dict.fromkeys(("", *instead)))
    empty = any(not text and part.operator == ":+" for text in value)
    full = any(text or part.operator == "+" for text in value)
    return tuple(dict.fromkeys((*instead, "") if empty and full else instead if full else ("",)))
