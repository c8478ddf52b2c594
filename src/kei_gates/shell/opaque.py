"""Programs that run what the analysis does not follow: how it is told that they do.

Each is a rule over the program's words. What a rule does not name is a program like any other:
builds and test runners (`cargo test`, `pytest`, `go build`) are, whatever they start.
"""

from __future__ import annotations

from kei_gates.shell.interpreters import interpreter, runs_code
from kei_gates.shell.sed import runs as sed_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from kei_gates.shell.expand import Field

    Rule: TypeAlias = "Callable[[Sequence[Field]], bool]"


def _asks(words: Sequence[Field]) -> bool:
    """Whether the words are a question about the program itself."""
    return len(words) > 1 and words[1] in _QUESTIONS


_QUESTIONS = frozenset(("--help", "--version", "-V", "-h"))


def _first(*subcommands: str) -> Rule:
    """Hide when the first operand is one of the subcommands, or unknown."""

    def rule(words: Sequence[Field]) -> bool:
        for word in words[1:]:
            if word is None or not word.startswith("-"):
                return word is None or word in subcommands
        return False

    return rule


def _addresses(words: Sequence[Field]) -> bool:
    """Hide an address of socat that starts a program."""
    return any(word is None or word.lower().startswith(_STARTING) for word in words[1:])


def _awk(words: Sequence[Field]) -> bool:
    """Hide an awk program that starts others, or is not seen."""
    for word in words[1:]:
        if word is None or word in ("-f", "--file", "-i", "--include", "-E", "--exec"):
            return True
        if any(mark in word for mark in ("system", "getline", "@load", "@include")):
            return True
        if _awk_pipes(word) or _awk_calls_by_name(word):
            return True
    return False


def _awk_pipes(script: str) -> bool:
    """Whether a script may pipe into a command: a `|` after a print, or before a string."""
    parts = script.replace("||", "").split("|")
    for before, after in zip(parts, parts[1:], strict=False):  # noqa: RUF007 -- `itertools` is an import more
        statement = before
        for end in ";{}\n":
            statement = statement.rpartition(end)[2]
        if "print" in statement or after.lstrip().startswith('"'):
            return True
    return False


def _awk_calls_by_name(script: str) -> bool:
    """Whether a script may call the function that a variable names: `@name(...)`."""
    for after in script.split("@")[1:]:
        if (
            after.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")[:1]
            == "("
        ):
            return True
    return False


_STARTING = ("exec:", "exec-", "system:", "system-", "shell:", "shell-")
_SHELLED = ("run", "test", "t", "start", "run-script", "stop", "restart")

_ALWAYS = frozenset(
    (
        # other roots, other machines, other terminals
        "act", "dagger", "earthly", "expect", "runcon",
        # recipes of the project
        "fab", "foreman", "gmake", "invoke", "just", "mage", "make", "ninja", "nox", "overmind",
        "rake", "scons", "task", "tox",
        # languages that are not looked into
        "erl", "ghci", "m4", "osascript",
    )
)  # fmt: skip

_RULES: dict[str, Rule] = {
    "awk": _awk,
    "bun": _first(*_SHELLED),
    "composer": _first("exec", "run-script", "run"),
    "deno": _first("run", "eval", "task", "repl", "test"),
    "gawk": _awk,
    "gsed": sed_runs,
    "mawk": _awk,
    "mise": _first("run", "r", "watch"),
    "mix": _first("run", "cmd"),
    "nawk": _awk,
    "npm": _first(
        "run",
        "run-script",
        "test",
        "t",
        "tst",
        "start",
        "stop",
        "restart",
        "rum",
        "urn",
        "it",
        "cit",
        "explore",
    ),
    "pnpm": _first(*_SHELLED),
    "sed": sed_runs,
    "socat": _addresses,
    "yarn": _first(*_SHELLED, "node", "workspaces", "workspace"),
}


def hides(program: str, words: Sequence[Field]) -> bool:
    """Say whether a program runs something that is not followed."""
    known = interpreter(program)
    if known is not None:
        return runs_code(known, words)
    if program in _ALWAYS:
        return not _asks(words)
    rule = _RULES.get(program)
    return rule is not None and rule(words)
