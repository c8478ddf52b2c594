"""Parameter expansion: what `$x` and `${x...}` can give. Source: bash(1), Parameter Expansion.

Where bash and zsh give different strings, and either may be the shell, both are given.
"""

from __future__ import annotations

from kei_gates.shell.ast import Arithmetic, Literal, Parameter, Substitution
from kei_gates.shell.globs import LONGEST, escape, is_plain, match_lengths
from kei_gates.shell.scanner import is_name
from kei_gates.shell.values import MOST_CHOICES, OUTSIDE, Number, strings_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeAlias

    from kei_gates.shell.ast import Part
    from kei_gates.shell.state import State

    Strings: TypeAlias = "tuple[str, ...] | None"
    """The strings that something may be; none when they are not known."""

_LONGEST_NUMBER = 4
_DEFAULTING = frozenset(("-", ":-", "=", ":=", "?", ":?"))
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
    operand = list(part.operand)
    if part.operator not in _WHOLE and _is_many(part):
        return None  # done to each of several words
    if operand and isinstance(operand[0], Arithmetic) and part.operator not in (":", ""):
        value = _element(part.name, operand.pop(0).text, state)
    else:
        value = _value(part.name, state, home)
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
    change = _CHANGES.get(part.operator)
    if value is None or change is None:
        return None
    return _combined(value, change(operand, state, home))


def _is_many(part: Parameter) -> bool:
    """Whether an expansion is of all positional parameters, or of all elements of an array."""
    first = part.operand[0] if part.operand else None
    return part.name in ("@", "*") or (isinstance(first, Arithmetic) and first.text in ("@", "*"))


def _of_zsh(part: Parameter, state: State, home: str | None) -> Strings:
    """Give `${(L)name}`, and `${(L):-text}` without a name: zshexpn(1), Parameter Expansion Flags."""
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
    """Give what the word of an operator may be; none where it begins with a tilde."""
    first = operand[0] if operand else None
    if isinstance(first, Literal) and not first.quoted and first.text.startswith("~"):
        return None
    return join(operand, state, home)


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
    return None


# --- what a parameter holds -------------------------------------------------------------------


def _value(name: str, state: State, home: str | None) -> Strings:
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
    if number == 0 or None in given[:number]:
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


def is_count(text: str) -> bool:
    """Say whether a text is a small number."""
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER


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


# --- operators --------------------------------------------------------------------------------


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
    if value is None and not (state.is_unset(part.name) and _is_ordinary(part.name, state)):
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
    name = state.history.references.get(name, name)
    return name not in state.variables and is_name(name) and name not in _SET_BY_SHELLS


def _is_ordinary(name: str, state: State) -> bool:
    """Whether a variable that is not known can be taken for unset: the shell sets it not itself."""
    return bool(state.history.environment) and is_name(name) and name not in _SET_BY_SHELLS


# bash(1), Shell Variables; zshparam(1), PARAMETERS SET BY THE SHELL and USED BY THE SHELL.
_SET_BY_SHELLS = frozenset(
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


# Parts of patterns that are not tried: classes, escapes, and what `extglob` makes of parentheses.
_NOT_FOLLOWED = ("[:", "\\", "+(", "@(", "!(", "?(", "*(")


def _pattern(parts: Sequence[Part], state: State, home: str | None) -> str | None:
    """Give the pattern of an operand, what is quoted in it escaped; none when it is not known."""
    found = ""
    for part in parts:
        piece = piece_of(part, state, home)
        if piece is None or len(piece) != 1:
            return None
        found += escape(piece[0]) if getattr(part, "quoted", False) else piece[0]
    if any(mark in found for mark in _NOT_FOLLOWED) or len(found) > LONGEST:
        return None
    return found


def _without_first(parts: Sequence[Part], char: str) -> tuple[list[Part], bool]:
    """Take a character off the start of an operand, and say whether it stood there unquoted."""
    head = parts[0] if parts else None
    if isinstance(head, Literal) and not head.quoted and head.text.startswith(char):
        return [Literal(head.text[1:], quoted=False), *parts[1:]], True
    return list(parts), False


def _removal(
    operator: str, operand: Sequence[Part], state: State, home: str | None
) -> Callable[[str], str | None] | None:
    """Give what `#`, `##`, `%` and `%%` do."""
    rest, longest = _without_first(operand, operator)
    pattern = _pattern(rest, state, home)
    if pattern is None:
        return None

    def change(text: str) -> str:
        if operator == "#":
            lengths = match_lengths(text, pattern)
            return text[(lengths[-1] if longest else lengths[0]) :] if lengths else text
        starts = range(len(text) + 1) if longest else range(len(text), -1, -1)
        for start in starts:
            if len(text) - start in match_lengths(text[start:], pattern):
                return text[:start]
        return text

    return change


def _prefix(
    operand: Sequence[Part], state: State, home: str | None
) -> Callable[[str], str | None] | None:
    return _removal("#", operand, state, home)


def _suffix(
    operand: Sequence[Part], state: State, home: str | None
) -> Callable[[str], str | None] | None:
    return _removal("%", operand, state, home)


def _replacement(
    operand: Sequence[Part], state: State, home: str | None
) -> Callable[[str], str | None] | None:
    """Give what `${x/a/b}` and its kin do, for patterns without special characters."""
    parts, every = _without_first(operand, "/")
    parts, at_start = _without_first(parts, "#") if not every else (parts, False)
    parts, at_end = _without_first(parts, "%") if not every and not at_start else (parts, False)
    before, after = _halves(parts)
    pattern = _pattern(before, state, home)
    found = join(after, state, home)
    if not pattern or found is None or len(found) != 1:
        return None
    text_after = found[0]
    if "&" in text_after or "\\" in text_after:
        return None  # bash 5.2 puts what was matched there

    def change(text: str) -> str | None:
        if at_start or at_end or not is_plain(pattern):
            return _replace(text, pattern, text_after, every, at_start, at_end)
        return text.replace(pattern, text_after, -1 if every else 1)

    return change


def _halves(parts: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """Split an operand at its first unquoted slash."""
    for at, part in enumerate(parts):
        if isinstance(part, Literal) and not part.quoted and "/" in part.text:
            before, _, after = part.text.partition("/")
            return (
                [*parts[:at], Literal(before, quoted=False)],
                [Literal(after, quoted=False), *parts[at + 1 :]],
            )
    return list(parts), []


def _replace(  # noqa: PLR0913, PLR0917 -- one operator with its ways
    text: str, pattern: str, after: str, every: bool, at_start: bool, at_end: bool
) -> str | None:
    """Replace the longest match of a pattern: the first one, each, or one at an end."""
    if len(text) > LONGEST // 8:
        return None
    found: list[str] = []
    at = 0
    while at <= len(text):
        lengths = match_lengths(text[at:], pattern)
        if at_end:
            lengths = [length for length in lengths if at + length == len(text)]
        if lengths and (lengths[-1] or at_end):
            found.append(after)
            at += lengths[-1]
            if not every:
                break
        elif at_start:
            break
        else:
            found.append(text[at : at + 1])
            at += 1
    return "".join(found) + text[at:]


def _substring(
    operand: Sequence[Part], state: State, home: str | None
) -> Callable[[str], str | None] | None:
    """Give what `${x:offset:length}` does."""
    found = join(operand, state, home)
    if found is None or len(found) != 1:
        return None
    first, colon, second = found[0].partition(":")
    offset, length = _number(first), _number(second) if colon else 0
    if offset is None or length is None:
        return None

    def change(text: str) -> str:
        start = offset if offset >= 0 else len(text) + offset
        if start < 0:
            return ""
        if not colon:
            return text[start:]
        return text[start : start + length] if length >= 0 else text[start:length]

    return change


def _number(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if is_count(digits.removeprefix("-")) else None


def _casing(
    upper: bool,
) -> Callable[[Sequence[Part], State, str | None], Callable[[str], str | None] | None]:
    """Give what `^`, `^^`, `,` and `,,` do without a pattern."""
    char = "^" if upper else ","

    def make(
        operand: Sequence[Part], state: State, home: str | None
    ) -> Callable[[str], str | None] | None:
        rest, every = _without_first(operand, char)
        if join(rest, state, home) != ("",):
            return None

        def change(text: str) -> str:
            head = text if every else text[:1]
            return (head.upper() if upper else head.lower()) + text[len(head) :]

        return change

    return make


def _transformed(
    operand: Sequence[Part], state: State, home: str | None
) -> Callable[[str], str | None] | None:
    """Give what `${x@U}` and its kin do; `@P` and `@E` are not followed."""
    found = join(operand, state, home)
    return None if found is None else _TRANSFORMS.get("".join(found))


_TRANSFORMS: dict[str, Callable[[str], str | None]] = {
    "U": str.upper,
    "u": lambda text: text[:1].upper() + text[1:],
    "L": str.lower,
    "Q": lambda text: "'" + text.replace("'", "'\\''") + "'" if text.isprintable() else None,
}
_CHANGES: dict[
    str, Callable[[Sequence[Part], State, str | None], Callable[[str], str | None] | None]
] = {
    "#": _prefix,
    "%": _suffix,
    "/": _replacement,
    ":": _substring,
    "^": _casing(True),  # noqa: FBT003
    ",": _casing(False),  # noqa: FBT003
    "@": _transformed,
}
