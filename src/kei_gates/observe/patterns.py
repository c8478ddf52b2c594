"""Pathname expansion against the real folders, as in bash(1), Pathname Expansion.

`**` stands for any folders, as in zsh and with bash's globstar, and then a name may begin with a
dot, as for find(1); elsewhere a leading dot must be spelled.
"""

from __future__ import annotations

from posix import scandir

from kei_gates.observe.paths import exists

_MOST = 4000


def expand(pattern: str) -> list[str] | None:
    """Give the existing paths that an absolute pattern matches; none when they are too many.

    What cannot be listed matches nothing: the shell cannot look there either.
    """
    found = [""]
    parts = [part for part in pattern.split("/") if part]
    anywhere = False
    for part in parts:
        if part == "**":
            anywhere = True
            continue
        step: list[str] = []
        for folder in found:
            matching = _below(folder, part) if anywhere else _in(folder, part)
            if matching is None or len(step) + len(matching) > _MOST:
                return None
            step += matching
        found, anywhere = step, False
    return [path for path in found if exists(path)]


def _in(folder: str, part: str) -> list[str]:
    """Give the entries of a folder that one part of a pattern matches."""
    if not any(char in "*?[" for char in part):
        return [f"{folder}/{part}"]
    dotted = part.startswith(".")
    return [
        f"{folder}/{name}"
        for name, _ in _entries(folder)
        if (dotted or not name.startswith(".")) and matches(name, part)
    ]


def _below(folder: str, part: str) -> list[str] | None:
    """Give the entries anywhere below a folder that one part matches; none when too much is."""
    found: list[str] = []
    waiting = [folder]
    seen = 0
    while waiting:
        at = waiting.pop()
        for name, is_folder in _entries(at):
            seen += 1
            if matches(name, part):
                found.append(f"{at}/{name}")
            if is_folder:
                waiting.append(f"{at}/{name}")
        if seen > _MOST:
            return None
    return found


def _entries(folder: str) -> list[tuple[str, bool]]:
    try:
        return [
            (entry.name, entry.is_dir(follow_symlinks=False)) for entry in scandir(folder or "/")
        ]
    except (OSError, ValueError):
        return []


def matches(name: str, pattern: str) -> bool:
    """Say whether a name matches one part of a pattern: `*`, `?`, `[...]`, `[!...]`.

    In time proportional to the product of both lengths.
    """
    at = star_at = star_name = 0
    index = 0
    has_star = False
    while index < len(name):
        if at < len(pattern) and pattern[at] == "*":
            has_star, star_at, star_name = True, at, index
            at += 1
            continue
        width = _one(name[index], pattern, at)
        if width:
            at += width
            index += 1
        elif has_star:
            star_name += 1
            at, index = star_at + 1, star_name
        else:
            return False
    return all(char == "*" for char in pattern[at:])


def _one(char: str, pattern: str, at: int) -> int:
    """Give how much of a pattern stands for one character; 0 when it does not match."""
    if at >= len(pattern):
        return 0
    if pattern[at] == "?":
        return 1
    close = _close(pattern, at) if pattern[at] == "[" else -1
    if close < 0:
        return int(pattern[at] == char)
    members = pattern[at + 1 : close]
    negated = members[0] in "!^"
    if negated:
        members = members[1:]
    return (close + 1 - at) if _is_member(char, members) != negated else 0


def _close(pattern: str, at: int) -> int:
    """Give where a bracket ends, classes such as `[:lower:]` inside it; -1 when it has no end."""
    inner = at + 2
    while inner < len(pattern):
        if pattern.startswith("[:", inner - 1) and pattern.find(":]", inner + 1) > 0:
            inner = pattern.find(":]", inner + 1) + 2
        elif pattern[inner] == "]":
            return inner
        else:
            inner += 1
    return -1


def _is_member(char: str, members: str) -> bool:
    at = 0
    while at < len(members):
        if members[at + 1 : at + 2] == "-" and at + 2 < len(members):
            if members[at] <= char <= members[at + 2]:
                return True
            at += 3
        else:
            if members[at] == char:
                return True
            at += 1
    return "[:" in members  # a character class: take it that it may match
