"""Text that the shell evaluates as arithmetic: what it could run, and what is surely a number.

A variable's value is evaluated in turn, and a subscript in it may hold a substitution; so a value
that is not known may run anything, unless it can only be a number. See bash(1), ARITHMETIC
EVALUATION.
"""

from __future__ import annotations

from kei_gates.shell.ast import Arithmetic, Literal, Parameter, Pipeline, Simple, Substitution, Word
from kei_gates.shell.expand import parameter_text
from kei_gates.shell.scanner import NAME, NAME_START
from kei_gates.shell.values import is_number, strings_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.shell.ast import Command, Part
    from kei_gates.shell.state import State
    from kei_gates.shell.values import Value

# Parameters that only ever hold a number.
_NUMBERS = frozenset(
    (
        "#", "?", "!", "$", "RANDOM", "SRANDOM", "SECONDS", "LINENO", "UID", "EUID", "PPID", "GID",
        "EGID", "OPTIND", "BASHPID", "EPOCHSECONDS", "COLUMNS", "LINES", "SHLVL", "HISTCMD",
    )
)  # fmt: skip
_ASSIGNING = ("=", "++", "--")
SAFE, UNKNOWN, RUNS = range(3)
"""What evaluating a text does: nothing, nobody knows, or it runs something that stands in it."""


def names_in(text: str) -> set[str]:
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


def danger(value: Value) -> int:
    """Say whether a value could run something where it is evaluated: `SAFE`, `UNKNOWN`, `RUNS`."""
    if isinstance(value, tuple):
        return max((danger(item) for item in value), default=SAFE)
    texts = strings_of(value)
    if texts is None:
        return SAFE if is_number(value) else UNKNOWN
    if any("$(" in text or "`" in text or "${" in text for text in texts):
        return RUNS
    return UNKNOWN if any("\0" in text for text in texts) else SAFE


def text_danger(text: str | None, state: State) -> int:
    """Say whether evaluating a text as it is could run something."""
    if text is None:
        return UNKNOWN
    values = (state.variables[name] for name in names_in(text) if name in state.variables)
    return max((danger(text), *(danger(value) for value in values)))


def expression_danger(text: str, parts: Iterable[Part], state: State) -> int:
    """Say whether an expression could run something, beside the substitutions in its source."""
    names = names_in(text)
    values = (danger(state.variables[name]) for name in names if name in state.variables)
    return max((SAFE, *values, *(_part_danger(part, state) for part in parts)))


def _part_danger(part: Part, state: State) -> int:
    """Say whether what an expansion gives could run something when it is evaluated."""
    if isinstance(part, Substitution):
        text = state.history.outputs.get(part)
        return SAFE if _counts(part) else danger(text)
    if isinstance(part, Parameter):
        if part.name in _NUMBERS or part.operator == "length":
            return SAFE
        known = part.name.isdecimal() or part.name in ("@", "*") or part.name in state.variables
        value = state.variables.get(part.name)
        if not part.operator and strings_of(value) is None and not is_number(value):
            value = parameter_text(part, state, None)
        return danger(value) if known else SAFE
    return SAFE


def assigned_in(text: str) -> set[str]:
    """Give the names that an expression may assign."""
    return names_in(text) if any(mark in text for mark in _ASSIGNING) else set()


def gives_number(word: Word, state: State) -> bool:
    """Say whether a word of which the value is not known is surely a number."""
    return bool(word.parts) and all(is_numeric(part, state) for part in word.parts)


def is_numeric(part: Part, state: State) -> bool:
    """Say whether a part of a word of which the value is not known is surely a number."""
    if isinstance(part, Literal):
        return not part.text or (part.text.isascii() and part.text.isdecimal())
    if isinstance(part, Arithmetic):
        return True
    if isinstance(part, Substitution):
        return _counts(part)
    if part.name in _NUMBERS or part.operator == "length":
        return True
    numeric = is_number(state.variables.get(part.name))
    default = all(is_numeric(operand, state) for operand in part.operand)
    return numeric and (not part.operator or (part.operator in ("-", ":-") and default))


def _counts(part: Substitution) -> bool:  # noqa: PLR0911 -- a rule for each program
    """Whether a substitution's output is a number, by the program that writes it."""
    if len(part.body.items) != 1:
        return False
    command: Command = part.body.items[0][0]
    while isinstance(command, Pipeline):
        command = command.commands[-1]
    if not isinstance(command, Simple) or not command.words or command.assignments:
        return False
    program = command.words[0].plain
    words = command.words[1:]
    plain = [word.plain or "?" for word in words]
    if program == "wc":  # with files it writes their names too
        return all(word[0] == "-" for word in plain)
    if program == "grep":
        return any(word[0] == "-" and "c" in word for word in plain) and len(plain) <= 3  # noqa: PLR2004 -- one file
    if program == "date":
        return plain in (["+%s"], ["+%s%N"], ["+%Y"], ["+%m"], ["+%d"], ["+%H"], ["+%M"], ["+%S"])
    if program == "seq":
        return all(word.lstrip("-").isdecimal() for word in plain)
    return program == "nproc" or (program == "id" and plain in (["-u"], ["-g"]))
