"""Which names of Python's library start programs, or lead to what does."""

from __future__ import annotations

from kei_gates.shell.python_names import (
    ALIASES,
    C_LIBRARIES,
    C_STARTS,
    DANGEROUS_MODULES,
    LIBRARIES,
    PROGRAMS,
    STARTS,
    TELLING_NAMES,
)

_ALIASED = frozenset(alias.partition(".")[0] for alias in ALIASES)


def canonical(path: str) -> str:
    """Give the one name of what has several."""
    if path.partition(".")[0] not in _ALIASED:
        return path
    for alias, meant in ALIASES.items():
        if path.startswith(alias):
            return meant + path[len(alias) :]
    return path


def matters(path: str) -> bool:
    """Whether a name starts a program, or holds all that does."""
    if path in DANGEROUS_MODULES or (path in STARTS and not path.startswith("types.")):
        return True
    if "()" in path:
        return _kind_in_c(path) is not None
    return path.startswith(PROGRAMS) or ("." in path and path.partition(".")[0] in LIBRARIES)


def leads_on(path: str) -> bool:
    """Whether a name matters or may be on the way to one that does."""
    return matters(path) or ("()" not in path and path.count(".") <= 1)


def kind_of(path: str) -> str | None:
    """Give how a call of a name starts something; none when it does not."""
    kind = STARTS.get(path) or _kind_in_c(path)
    top, dot, rest = path.partition(".")
    if kind is not None:
        return kind
    if top in LIBRARIES and dot:
        return "library"
    if path.startswith(PROGRAMS) and "()" not in path:
        return "named"
    return "anything" if path == "?" or (top == "?" and rest in TELLING_NAMES) else None


def _kind_in_c(path: str) -> str | None:
    if not path.startswith(C_LIBRARIES) or path.rpartition(".")[2] not in C_STARTS:
        return None
    return "shell" if path.endswith((".system", ".popen")) else "hidden"
