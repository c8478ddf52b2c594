"""Programs that run what the analysis does not follow: how it is told that they do.

Each is a rule over the program's words. What a rule does not name is a program like any other:
builds and test runners (`cargo test`, `pytest`, `go build`) are, whatever they start.
"""

from __future__ import annotations

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


_STARTING = ("exec:", "exec-", "system:", "system-", "shell:", "shell-")

_ALWAYS = frozenset(
    (
        # other roots, other machines, other terminals
        "act", "dagger", "earthly", "execlineb", "expect", "runcon", "scriptlive",
        # languages that are not looked into
        "erl", "ghci", "m4", "osascript",
    )
)  # fmt: skip


def _settings(words: Sequence[Field]) -> bool:
    """Hide a setting of cargo that names a program."""
    given = [
        value
        for at, word in enumerate(words)
        if word is not None and word.startswith("--config")
        for value in (word[8:] or (*words, "")[at + 1],)
    ]
    return any(value is None or any(name in value for name in _PROGRAMS) for value in given)


_PROGRAMS = ("runner", "rustc", "rustdoc", "linker", "alias", "wrapper", "credential", "browser")

_RULES: dict[str, Rule] = {
    "cargo": _settings,
    "composer": _first("exec"),
    "deno": _first("eval", "repl"),
    "mix": _first("run", "cmd"),
    "socat": _addresses,
}


def hides(program: str, words: Sequence[Field]) -> bool:
    """Say whether a program runs something that is not followed."""
    if program in _ALWAYS:
        return not _asks(words)
    rule = _RULES.get(program)
    return rule is not None and rule(words)
