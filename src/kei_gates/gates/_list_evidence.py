"""Whether an earlier command has surely shown the whole of what `modal app list` prints.

What may have been skipped, put into a file, picked from or made up tells nothing about what runs.
Source: `bash(1)`, and Modal's client 1.6.4 (`config.py`: `MODAL_PROFILE`, `MODAL_ENVIRONMENT`).
"""

from __future__ import annotations

from kei_gates.shell.ast import (
    AndOr,
    Branches,
    CommandList,
    Function,
    Group,
    Literal,
    Loop,
    Pipeline,
    Redirection,
    Simple,
    Word,
)
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.parser import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.model import Invocation
    from kei_gates.shell.ast import Span
    from kei_gates.shell.expand import Field

# Programs that run the client here, with what it prints going where theirs does.
_WRAPPERS = frozenset(
    (
        "command", "conda", "direnv", "env", "hatch", "mise", "nice", "pdm", "pipx", "pixi",
        "poetry", "python", "python3", "rye", "stdbuf", "time", "timeout", "uv", "uvx",
    )
)  # fmt: skip
# What before `&&` may well end it there; others only do so by failing.
_DOUBTFUL = frozenset(("[", "cmp", "diff", "egrep", "expr", "false", "fgrep", "grep", "test"))
# What passes on all that it is given.
_PASSING = frozenset(("cat", "column", "head", "less", "more", "tee"))
_PRETTY = (("jq", "."), ("python", "-m", "json.tool"), ("python3", "-m", "json.tool"))
# Lines that may be left out: those of what has ended.
_ENDED = frozenset(("stopped", "(stopped)", "disabled"))
_WRITES = frozenset((">", ">>", ">|", "&>", "&>>", ">&"))
_TO_ERRORS = "2"
_PROFILE, _ENVIRONMENT = "MODAL_PROFILE", "MODAL_ENVIRONMENT"


def is_shown(invocation: Invocation, source: str) -> bool:
    """Say whether a command of a source has surely run, with all that it prints to be seen."""
    if not _WRAPPERS.issuperset(invocation.via) or "alias " in source:
        return False
    try:
        tree = Parser(source).whole()
    except (Unanalysable, RecursionError):
        return False
    chain = list(_chain(tree, invocation.span))
    return bool(chain) and all(_shows(node, invocation.span) for node in chain)


def has_run(invocation: Invocation, source: str, *, shown: bool = False) -> bool:
    """Say whether a command of a source has run, as far as the source tells.

    With `shown`, whether something of what it prints was to be seen, too.
    """
    try:
        chain = list(_chain(Parser(source).whole(), invocation.span))
    except (Unanalysable, RecursionError):
        return False
    for node in chain:
        if isinstance(node, (Branches, Function)):
            return False
        if isinstance(node, AndOr) and not _is_reached(node, invocation.span):
            return False
        takes = shown and isinstance(node, (Group, Simple))
        if takes and any(map(_takes_away, node.redirections)):  # type: ignore[attr-defined]
            return False
    return bool(chain)


def place(invocation: Invocation, environment: Field, source: str) -> tuple[str, str]:
    """Give the profile and the environment that a command is for, empty for the usual ones.

    `environment` is what its options say.
    """
    before = source[: invocation.span[1]]
    profile = _assigned(before, _PROFILE)
    words = list(invocation.argv)
    for at, word in enumerate(words):
        if word == "--profile":
            profile = (words[at + 1] if at + 1 < len(words) else "") or "..."
        elif word is not None and word.startswith("--profile="):
            profile = word.partition("=")[2]
    return profile, environment or _assigned(before, _ENVIRONMENT)


def _assigned(source: str, name: str) -> str:
    _, found, rest = source.rpartition(f"{name}=")
    words = rest.replace(";", " ").split()
    return words[0].strip("'\"") if found and words else ""


def _chain(tree: object, span: Span) -> Iterator[object]:
    """Give the nodes in which a span lies."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending += node
            continue
        where = getattr(node, "span", None)
        if where is not None:
            if not _holds(where, span):
                continue
            yield node
        for kind in type(node).__mro__:
            pending += [getattr(node, name) for name in getattr(kind, "__slots__", ())]


def _holds(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _shows(node: object, span: Span) -> bool:
    """Say whether a node lets what stands in it run, and shows what that prints."""
    if isinstance(node, (Branches, Function, Loop, Word)):
        return False
    if isinstance(node, AndOr):
        return _is_reached(node, span)
    if isinstance(node, Pipeline):
        parts = [at for at, one in enumerate(node.commands) if _holds(one.span, span)]
        return not node.negated and all(map(_passes_on, node.commands[parts[0] + 1 :]))
    if isinstance(node, (Group, Simple)):
        return not any(map(_takes_away, node.redirections))
    return isinstance(node, CommandList)


def _is_reached(node: AndOr, span: Span) -> bool:
    before: list[object] = [node.first]
    if _holds(node.first.span, span):
        return True
    for operator, command in node.rest:
        if _holds(command.span, span):
            return operator == "&&" and all(map(_is_calm, before))
        before.append(command)
    return False


def _is_calm(command: object) -> bool:
    words = _words(command.words) if isinstance(command, Simple) else []
    return bool(words) and words[0] is not None and words[0] not in _DOUBTFUL


def _passes_on(command: object) -> bool:
    """Say whether what stands behind a pipe shows all that comes out of it."""
    if not isinstance(command, Simple) or any(map(_takes_away, command.redirections)):
        return False
    words = _words(command.words)
    if not words or None in words:
        return False
    if words[0] in ("grep", "egrep"):
        options = [word for word in words[1:] if word and word.startswith("-")]
        rest = [word for word in words[1:] if word and not word.startswith("-")]
        leaves_out = bool(options) and all(one in ("-v", "-vi", "-iv", "-i") for one in options)
        return (
            leaves_out
            and "v" in "".join(map(str, options))
            and _ENDED.issuperset(str(word).casefold() for word in rest)
        )
    return words[0] in _PASSING or tuple(words) in _PRETTY


def _words(words: Sequence[Word]) -> list[Field]:
    """Give words as they stand, none for what the shell makes of something else."""
    return [
        "".join(part.text for part in word.parts if isinstance(part, Literal))
        if all(isinstance(part, Literal) for part in word.parts)
        else None
        for word in words
    ]


def _takes_away(redirection: Redirection) -> bool:
    """Say whether a redirection takes what is printed away."""
    return redirection.operator in _WRITES and redirection.descriptor != _TO_ERRORS
