"""Patterns of the shell over strings: `*`, `?` and `[...]`, as in bash(1), Pattern Matching.

A character that stands for itself alone is in brackets, as `escape` puts it.
"""

from __future__ import annotations

_SPECIAL = frozenset("*?[")
LONGEST = 2_000
"""How long a text may be that a pattern is tried on; the time grows with its square."""


def escape(text: str) -> str:
    """Give a pattern that matches a text alone."""
    return "".join(f"[{char}]" if char in _SPECIAL else char for char in text)


def is_plain(pattern: str) -> bool:
    """Say whether a pattern holds no special character."""
    return not _SPECIAL & set(pattern)


def match_lengths(text: str, pattern: str) -> list[int]:
    """Give, shortest first, how much of the start of a text a pattern can match."""
    reached = {0}
    at = 0
    while at < len(pattern):
        if pattern[at] == "*":
            at += 1
            reached = set(range(min(reached), len(text) + 1)) if reached else reached
            continue
        members, negated, at = _one(pattern, at)
        reached = {
            end + 1
            for end in reached
            if end < len(text) and _is_member(text[end], members, negated)
        }
    return sorted(reached)


def _one(pattern: str, at: int) -> tuple[str | None, bool, int]:
    """Read what stands for one character: its members (none: any), negated, and where it ends."""
    char = pattern[at]
    if char == "?":
        return None, False, at + 1
    close = pattern.find("]", at + 2)
    if pattern.startswith("[[:", at):
        close = pattern.find("]", pattern.find(":]", at) + 2)
    if char != "[" or close < 0:
        return char, False, at + 1
    members = pattern[at + 1 : close]
    negated = members[0] in "!^" and len(members) > 1
    return members[1:] if negated else members, negated, close + 1


def _is_member(char: str, members: str | None, negated: bool) -> bool:
    if members is None:
        return True
    at = 0
    found = False
    while at < len(members) and not found:
        if members[at + 1 : at + 2] == "-" and at + 2 < len(members):
            found = members[at] <= char <= members[at + 2]
            at += 3
        else:
            found = members[at] == char
            at += 1
    return found != negated or "[:" in members  # a class may hold it


def matches(text: str, pattern: str) -> bool:
    """Say whether a pattern matches a whole text."""
    return len(text) in match_lengths(text, pattern)
