"""One command of Modal's client, read as the client reads it.

Source: click 8 and `cli/_help.py`, `cli/run.py` of Modal 1.6.4: `--profile` stands at every level,
short options cluster, `--` ends options, nothing may be abbreviated, and all that stands behind the
reference of `modal run` belongs to the function.
"""

from __future__ import annotations

from kei_gates.gates._modal_commands import GROUPS, LEAVES
from kei_gates.model import Value
from kei_gates.shell.options import Grammar, Options
from kei_gates.shell.options import read as read_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.model import Invocation
    from kei_gates.shell.expand import Field

_PROGRAMS = frozenset(("modal", "modal-client"))
_MAIN = Grammar(long="profile")
_HELP = ("help", "h")
_QUESTIONS = ("--help", "-h")
_ASKING = frozenset(("help",))
_UNKNOWN = frozenset(("unknown",))
_SERIOUS = frozenset(("kill", "destroy"))
# Commands of which the words behind the first operand are another's.
_OF_ANOTHER = frozenset(("run", "container exec", "curl"))
_RUN = "run"


class ModalCommand(Value):
    """A command of the client.

    `path` holds its words, `...` for one that is not known. `classes` are those of its row:
    `kill`, `destroy`, `launch`, `admin`, `read`; or `help` alone where it only shows what it could
    do, `unknown` alone where the client has no such command. `options` are its own, with its
    operands.
    """

    __slots__ = ("classes", "options", "path")

    def __init__(self, path: Sequence[str], classes: frozenset[str], options: Options) -> None:
        self.path: Final = tuple(path)
        self.classes: Final = classes
        self.options: Final = options


def is_modal(program: str) -> bool:
    """Say whether a program is Modal's client, by its name."""
    return program.casefold().removesuffix(".exe") in _PROGRAMS


def read(invocation: Invocation) -> ModalCommand | None:
    """Read a command of the client; none for any other program."""
    if not is_modal(invocation.program):
        return None
    words = list(invocation.argv)
    path: list[str] = []
    found = read_options(words, _MAIN, permute=False)
    if found.has_exactly("version"):
        return ModalCommand(path, _ASKING, found)
    while True:
        words = words[found.at :]
        if not words or found.has_exactly(*_HELP):
            return ModalCommand(path, _ASKING, found)
        word = words[0]
        path.append("..." if word is None else word)
        name = " ".join(path)
        if name in LEAVES:
            return _leaf(name, path, words)
        if name not in GROUPS:
            return ModalCommand(path, _UNKNOWN, found)
        found = read_options(words, _MAIN, permute=False)


def grammar_of(name: str) -> Grammar:
    """Give which options of a command take a value."""
    _, short, long = (*LEAVES[name], "", "")[:3]
    return Grammar(short, f"{long} profile")


def _leaf(name: str, path: Sequence[str], words: Sequence[Field]) -> ModalCommand:
    classes, _, _, rules = (*LEAVES[name], "", "", "")[:4]
    if name != _RUN:
        words = _without_profile(words)
    found = read_options(words, grammar_of(name), permute=name not in _OF_ANOTHER)
    if found.has_exactly(*_HELP) or (name == _RUN and _asks_function(found.operands)):
        return ModalCommand(path, _ASKING, found)
    all_classes = {*classes.split(), *_by_options(rules, found)}
    if not found.given and not found.operands and all_classes & _SERIOUS:
        return ModalCommand(path, _ASKING, found)  # it needs to be told what
    return ModalCommand(path, frozenset(all_classes), found)


def _without_profile(words: Sequence[Field]) -> list[Field]:
    """Take away what the client takes first, wherever it stands, even behind `--`."""
    left: list[Field] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--profile":
            at += 1
        elif word is None or not word.startswith("--profile="):
            left.append(word)
        at += 1
    return left


def _by_options(rules: str, found: Options) -> list[str]:
    """Give the classes that options add."""
    added = []
    for rule in rules.split():
        option, _, kind = rule.partition(":")
        name, unless, other = option.partition("!")
        name, equals, value = name.partition("=")
        given = found.values(name) if found.has_exactly(name) else []
        if unless:
            given = [one for one in given if one != other]
        if equals:
            given = [one for one in given if one in (value, None)]
        if given:
            added.append(kind)
    return added


def _asks_function(operands: Sequence[Field]) -> bool:
    """Whether the words behind a reference surely ask what the function takes.

    A word behind an option may be its value.
    """
    behind = operands[: operands.index("--")] if "--" in operands else operands
    return any(
        word in _QUESTIONS and (at == 1 or not _takes_next(behind[at - 1]))
        for at, word in enumerate(behind)
        if at
    )


def _takes_next(word: Field) -> bool:
    return word is None or (word.startswith("-") and "=" not in word)
