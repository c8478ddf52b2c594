"""One ignore rule as git reads it, for one entry at a time: a pattern becomes a regular expression.

For folders without git. pathspec answers for a path with all that lies below it, and so cannot say
that a rule takes back a folder and not what is in it. Bytes are compared, as git does. Sources:
gitignore(5), and git's `wildmatch.c` and `dir.c`.
"""

from __future__ import annotations

import re
from typing import Final

_CLASSES = {
    b"alnum": rb"0-9A-Za-z",
    b"alpha": rb"A-Za-z",
    b"blank": rb" \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": rb"0-9",
    b"graph": rb"\x21-\x7e",
    b"lower": rb"a-z",
    b"print": rb"\x20-\x7e",
    b"punct": rb"!-/:-@\[-`{-~",
    b"space": rb" \t\n\r",
    b"upper": rb"A-Z",
    b"xdigit": rb"0-9A-Fa-f",
}
_SPECIAL = re.compile(rb"[*?\[\\]")
_POSIX = re.compile(rb"\[:([^\]]*?):\]")
_NEVER = rb"(?!)"


class Rule:
    """A rule of an ignore file: what it matches, and whether it ignores that or takes it back."""

    __slots__ = ("_basename", "_folders_only", "_plain", "_regex", "ignores")

    def __init__(self, text: bytes) -> None:
        """Take a line of an ignore file, without blanks at its end."""
        self.ignores: Final = not text.startswith(b"!")
        pattern = text.removeprefix(b"!")
        self._folders_only: Final = pattern.endswith(b"/")
        pattern = pattern.removesuffix(b"/")
        self._basename: Final = b"/" not in pattern
        is_none = not pattern
        pattern = pattern.removeprefix(b"/")
        self._plain: Final = b"" if self._basename else _SPECIAL.split(pattern, maxsplit=1)[0]
        self._regex: Final = re.compile(_NEVER if is_none else _translated(pattern), re.DOTALL)

    def may_match_in(self, folder: bytes) -> bool:
        """Say whether it may match anything in a folder, by the plain letters it begins with."""
        return folder.startswith(self._plain) or self._plain.startswith(folder)

    def matches(self, path: bytes, *, is_folder: bool) -> bool:
        """Say whether it matches an entry, by its path from the root."""
        if self._folders_only and not is_folder:
            return False
        subject = path.rpartition(b"/")[2] if self._basename else path
        return self._regex.fullmatch(subject) is not None


def _translated(pattern: bytes) -> bytes:
    """Give the regular expression for a pattern that is compared with a whole path."""
    found = []
    at = 0
    while at < len(pattern):
        one = pattern[at : at + 1]
        if one == b"*":
            at, part = _stars(pattern, at)
        elif one == b"[":
            end, part = _set(pattern, at)
            if not end:
                return _NEVER
            at = end
        elif one == b"\\":
            if at + 1 == len(pattern):
                return _NEVER  # it quotes nothing
            part, at = re.escape(pattern[at + 1 : at + 2]), at + 2
        else:
            part, at = rb"[^/]" if one == b"?" else re.escape(one), at + 1
        found.append(part)
    return b"".join(found)


def _stars(pattern: bytes, at: int) -> tuple[int, bytes]:
    """Read stars: two between slashes stand for folders, others for a part of a name.

    What is plain before the first sign that is not, git compares by itself (`match_pathname`): two
    stars behind it stand at a beginning.
    """
    end = at
    while pattern[end : end + 1] == b"*":
        end += 1
    starts = pattern[at - 1 : at] == b"/" or not _SPECIAL.search(pattern[:at])
    if end - at < 2 or not starts:  # noqa: PLR2004 -- `**`
        return end, rb"[^/]*"
    if end == len(pattern) or pattern[end : end + 2] == b"\\/":
        return end, rb".*"
    if pattern[end : end + 1] == b"/":
        return end + 1, rb"(?:.*/)?"
    return end, rb"[^/]*"


def _set(pattern: bytes, start: int) -> tuple[int, bytes]:
    """Read `[...]`: where it ends, and its expression; 0 for one that does not end."""
    at = start + 1
    is_denied = pattern[at : at + 1] in (b"!", b"^")
    at += is_denied
    parts: list[bytes] = []
    last: bytes | None = None  # what a range may begin with
    first = at
    while at < len(pattern):
        one = pattern[at : at + 1]
        if one == b"]" and at > first:
            inner = b"".join(parts)
            if is_denied:
                return at + 1, rb"[^/" + inner + b"]"
            return at + 1, rb"(?!/)[" + inner + b"]" if inner else _NEVER
        named = _POSIX.match(pattern, at)
        if named:
            if named[1] not in _CLASSES:
                return 0, b""
            parts.append(_CLASSES[named[1]])
            at, last = named.end(), None
        elif one == b"-" and last is not None and pattern[at + 1 : at + 2] not in (b"", b"]"):
            high, at = _quoted(pattern, at + 1)
            parts.append(_range(last, high))
            last = None
        else:
            last, at = _quoted(pattern, at)
            parts.append(_in_set(last))
    return 0, b""


def _quoted(pattern: bytes, at: int) -> tuple[bytes, int]:
    """Give a byte of a set, which a backslash may stand before, and where the next one is."""
    if pattern[at : at + 1] == b"\\":
        at += 1
    return pattern[at : at + 1], at + 1


def _in_set(one: bytes) -> bytes:
    return b"\\x%02x" % one[0] if one else b""


def _range(low: bytes, high: bytes) -> bytes:
    return _in_set(low) + b"-" + _in_set(high) if high and low <= high else b""
