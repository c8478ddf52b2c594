"""Interpreters: what code they are given, and which file of theirs is the script.

What each one takes stands in `interpreters.py`, which is read here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Final, Literal, TypeAlias

    from kei_gates.shell.expand import Field

    Operand: TypeAlias = Literal[
        "script",
        "path",
        "scripts",
        "code",
        "codes",
        "either",
        "module",
        "tasks",
        "none",
        "other",
        "reference",
    ]

STANDARD_INPUT = frozenset(("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"))
"""Operands that stand for the standard input."""
_QUESTIONS = frozenset(
    (
        "--version", "--help", "-V", "-VV", "-h", "-v", "-?", "--v8-options", "-version", "-help",
        "--usage", "--help-all", "--help-env", "--help-xoptions",
    )
)  # fmt: skip


class Interpreter:
    """How an interpreter is given its program.

    `language` is what its scripts are read as, `says` what code in its words is where that differs;
    none for one that is not looked into. `code` names options whose value is code, `files` those
    whose value is a file of code, `modules` those behind which a module runs, `loads` those that
    load a module first. `values` are options that take the next word, `rest` letters whose value is
    the rest of their word, `some` letters whose value are the given characters behind them, `hides`
    options that run what is not looked into; all others take none, but for those that `flags` does
    not name where it is given. With `ends`, code ends the options. With `idle`, nothing runs; with
    `typed`, more code is read from the input when the script is over. Behind `in_place`, the
    operands are written.

    `operand` says what the first operand is: a `script`, the same where it looks like a `path`,
    all operands being `scripts`, `code`, all being `codes`, `either` a script that is there or
    code, a `module`, names of `tasks`, a `reference` to a function of a script that is imported, or
    `none` of these. No `path`, and what is `other`, makes it
    no interpreter, unless code or a file of it is given; so does an operand among `commands` that
    none stands for. Behind the others of those, what stands there for them holds.
    """

    __slots__ = (
        "code", "commands", "ends", "files", "flags", "hides", "idle", "in_place", "language",
        "loads", "modules", "operand", "rest", "says", "some", "typed", "values",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        language: str | None,
        code: str = "",
        *,
        says: str | None = None,
        files: str = "",
        modules: str = "",
        loads: str = "",
        values: str = "",
        rest: str = "",
        some: Mapping[str, str] | None = None,
        flags: str = "",
        hides: str = "",
        ends: bool = False,
        idle: str = "",
        typed: str = "",
        in_place: str = "",
        operand: Operand = "script",
        commands: Mapping[str, Interpreter | None] | None = None,
    ) -> None:
        """Take options with their dashes, and commands; they are split when they are looked at."""
        self.language: Final = language
        self.says: Final = says or language
        self.code: Final = code
        self.files: Final = files
        self.modules: Final = modules
        self.loads: Final = loads
        self.values: Final = values
        self.rest: Final = rest
        self.some: Final = some or {}
        self.flags: Final = flags
        self.hides: Final = hides
        self.ends: Final = ends
        self.idle: Final = idle
        self.typed: Final = typed
        self.in_place: Final = in_place
        self.operand: Final = operand
        self.commands: Final = commands or {}

    def takes(self, option: str) -> bool:
        """Say whether an option takes a value."""
        taking = (self.code, self.files, self.modules, self.loads, self.values)
        return any(option in names.split() for names in taking)

    def row(self, command: str) -> tuple[bool, Interpreter | None]:
        """Give whether a command is one of its own, and what stands there for it."""
        for names, row in self.commands.items():
            if command in names.split():
                return True, row
        return False, None


class Program:
    """What an interpreter was given: `code` and `files` (none for what is not known), a `module`.

    `loads` are modules that are loaded first, `tasks` the names of what a recipe runs. `other` is
    the script where an option that is not known takes the first operand; `either` says that the
    script is code when there is no such file. `at` is where the program's own arguments begin.
    `reads_input` says that its input is the code, `hidden` that it runs what is not looked into,
    `writes` that its operands are written, `idle` that nothing runs.
    """

    __slots__ = (
        "at", "code", "either", "files", "hidden", "idle", "loads", "module", "other",
        "reads_input", "tasks", "unsure", "writes",
    )  # fmt: skip

    def __init__(self) -> None:
        """Start with nothing given."""
        self.code: list[Field] = []
        self.files: list[Field] = []
        self.loads: list[Field] = []
        self.tasks: list[Field] | None = None
        self.module: Field = None
        self.other: Field = None
        self.reads_input = False
        self.hidden = False
        self.writes = False
        self.either = False
        self.idle = False
        self.unsure = False
        self.at = 1


def read_program(known: Interpreter, words: Sequence[Field]) -> Program:
    """Read what code an interpreter is given in its words."""
    found = Program()
    at = 1
    asks = False
    while at < len(words):
        word = words[at]
        if word is None or word in STANDARD_INPUT or not word.startswith("-") or word == "--":
            break
        asks = asks or word in _QUESTIONS
        found.idle = found.idle or word in known.idle.split()
        at += 1 + _option(known, words, at, found)
        if found.module is not None or (found.code and known.ends):
            found.at = at
            return found
    if at < len(words) and words[at] == "--":
        at += 1
    if asks and at >= len(words) and not (found.code or found.files):
        found.idle = True
    _operand(known, words, min(at, len(words)), found)
    return found


def _operand(known: Interpreter, words: Sequence[Field], at: int, found: Program) -> None:
    """Read what stands behind the options."""
    found.at = at
    operands = words[at:]
    if known.operand == "tasks":
        found.tasks = None if found.code else list(operands)
        return
    if found.code and known.operand != "codes":
        return
    if not operands:
        reads = not (found.files or found.idle or known.operand in _NEEDED)
        found.reads_input = found.reads_input or reads
        return
    if known.operand in ("none", "other"):
        return
    if found.files and known.operand == "code":
        return
    found.at = at + 1
    _OPERANDS.get(known.operand, _script)(list(operands), found)


# Operands without which a program does not go on to its input.
_NEEDED = frozenset(("code", "codes", "path", "other"))


def _script(operands: list[Field], found: Program) -> None:
    """Take the first operand for the script, and the second where an option may take the first."""
    if operands[0] is not None and operands[0] in STANDARD_INPUT:
        found.reads_input = True
        return
    found.files.append(operands[0])
    if found.unsure and len(operands) > 1:
        found.other = operands[1]


def _scripts(operands: list[Field], found: Program) -> None:
    for word in operands:
        if word is None or not word.startswith("-") or word == "-":
            _script([word], found)


def _code(operands: list[Field], found: Program) -> None:
    found.code.append(operands[0])


def _codes(operands: list[Field], found: Program) -> None:
    """Take all operands for lines of one piece of code, behind that in the options."""
    lines = [*found.code, *operands]
    known = [line for line in lines if line is not None]
    found.code = ["\n".join(known) if len(known) == len(lines) else None]


def _either(operands: list[Field], found: Program) -> None:
    found.either = True
    _script(operands, found)


def _module(operands: list[Field], found: Program) -> None:
    found.module = operands[0] or "?"


_OPERANDS = {
    "scripts": _scripts, "code": _code, "codes": _codes, "either": _either, "module": _module,
}  # fmt: skip


def _option(known: Interpreter, words: Sequence[Field], at: int, found: Program) -> int:
    """Read one word of options; give how many words more it took."""
    word = words[at] or ""
    name, equals, value = word.partition("=")
    following = words[at + 1] if at + 1 < len(words) else None
    if word.startswith("--") or known.takes(word):
        if not known.takes(name):
            found.unsure = found.unsure or bool(
                known.flags and not equals and name not in known.flags.split()
            )
        return _take(known, name, value if equals else following, found) and int(not equals)
    index = 1
    while index < len(word):
        option, rest = f"-{word[index]}", word[index + 1 :]
        if option in known.in_place.split():
            found.writes = True
        if option in known.typed.split():
            found.reads_input = True
        if option in known.rest.split() and (rest or not known.takes(option)):
            _take(known, option, rest, found)
            return 0
        if known.takes(option):
            return _take(known, option, rest or following, found) and int(not rest)
        found.hidden = found.hidden or option in known.hides.split()
        index += 1 + len(rest) - len(rest.lstrip(known.some.get(option, ""))) if rest else 1
    return 0


def _take(known: Interpreter, name: str, value: Field, found: Program) -> bool:
    """Note an option's value; say whether the option takes one."""
    found.hidden = found.hidden or name in known.hides.split()
    if name in known.typed.split():
        found.reads_input = True
    if name in known.code.split():
        found.code.append(value)
    elif name in known.files.split():
        found.files.append(value)
    elif name in known.loads.split():
        found.loads.append(value)
    elif name in known.modules.split():
        found.module = value or "?"
    return known.takes(name)


def chosen(known: Interpreter, words: list[Field]) -> tuple[Interpreter, list[Field]] | None:
    """Give how the words are read, and from which on; none when they are no use of it."""
    at = 1
    while at < len(words):
        word = words[at]
        if word is None or word == "-" or not word.startswith("-"):
            break
        at += 1 + (known.takes(word) and "=" not in word)
    operand = words[at] if at < len(words) else None
    is_command, row = known.row(operand or "")
    if is_command:
        return None if row is None else chosen(row, words[at:])
    if known.operand not in ("other", "path") or {*known.code.split(), *known.files.split()} & {
        *words
    }:
        return known, words
    is_path = operand is not None and (operand in STANDARD_INPUT or not {*"./"}.isdisjoint(operand))
    return (known, words) if known.operand == "path" and is_path else None
