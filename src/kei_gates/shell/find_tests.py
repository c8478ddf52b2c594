"""Which of find's tests choose among what it finds. Source: find(1), GNU findutils 4.9."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.shell.expand import Field

# Tests of what a file is called, what it is to others, or how much it holds.
_CHOOSING = frozenset(
    (
        "-anewer", "-cnewer", "-iname", "-ilname", "-inum", "-ipath", "-iregex", "-iwholename",
        "-lname", "-name", "-newer", "-path", "-regex", "-samefile", "-size", "-wholename",
    )
)  # fmt: skip
_KINDS = frozenset(("-type", "-xtype"))
_MOST = frozenset("fd,")
_VALUED = _CHOOSING | frozenset(
    (
        "-amin", "-atime", "-Bmin", "-Btime", "-cmin", "-context", "-ctime", "-flags", "-fls",
        "-fprint", "-fprint0", "-fstype", "-gid", "-group", "-links", "-maxdepth", "-mindepth",
        "-mmin", "-mtime", "-perm", "-printf", "-regextype", "-type", "-uid", "-used", "-user",
        "-xattrname", "-xtype",
    )
)  # fmt: skip
_LEADING = frozenset(("-E", "-H", "-L", "-P", "-X", "-d", "-f", "-s", "-x"))
_RUNNING = frozenset(("-exec", "-execdir", "-ok", "-okdir"))
_MOST_NESTED = 50
_EVERYTHING = frozenset("*?./+[]()^$\\")


def done_to_all(words: Sequence[Field]) -> set[int]:
    """Give the places of the words whose action is done to all that find comes upon.

    A test of the age, the owner or the mode chooses too little to count, as does one of the kind
    for files and folders.
    """
    reading = _Reading(words)
    reading.list(chosen=False)
    return reading.all


class _Reading:
    """An expression as it is read: whether all that reaches each action was chosen by a test."""

    def __init__(self, words: Sequence[Field]) -> None:
        self.words: Final = words
        self.at = next((n for n, word in enumerate(words) if n and _begins(word)), len(words))
        self.all: set[int] = set()
        self.depth = 0

    def list(self, *, chosen: bool) -> bool:
        """Read alternatives; say whether all that any of them is true of was chosen."""
        found = self.together(chosen=chosen)
        while self.at < len(self.words) and self.words[self.at] in ("-o", "-or", ","):
            self.at += 1
            found = self.together(chosen=chosen) and found
        return found

    def together(self, *, chosen: bool) -> bool:
        """Read what must all be true."""
        while self.at < len(self.words) and self.words[self.at] not in ("-o", "-or", ",", ")"):
            chosen = self.one(chosen=chosen) or chosen
        return chosen

    def one(self, *, chosen: bool) -> bool:
        """Read one test or action; say whether it chooses."""
        at, word = self.at, self.words[self.at]
        self.at += 1
        if not chosen:
            self.all.add(at)
        if word in ("!", "-not", "("):
            return self._inside(chosen=chosen, negated=word != "(")
        if word in _RUNNING:
            return self._command()
        if word not in _VALUED:
            return word == "-empty"
        value = self.words[self.at] if self.at < len(self.words) else None
        self.at += 1
        if word in _KINDS:
            return value is not None and not set(value) <= _MOST
        return word in _CHOOSING and not is_everything(value)

    def _inside(self, *, chosen: bool, negated: bool) -> bool:
        """Read what is negated, or stands in parentheses."""
        self.depth += 1
        if self.depth > _MOST_NESTED:
            self.all, self.at = set(range(len(self.words))), len(self.words)
        found = False
        if not negated:
            found = self.list(chosen=chosen)
            self.at += 1
        elif self.at < len(self.words):
            self.one(chosen=chosen)
        self.depth -= 1
        return found

    def _command(self) -> bool:
        """Read a command that is run; one that is asked about each file chooses."""
        while self.at < len(self.words) and self.words[self.at] not in (";", "+"):
            self.at += 1
        self.at += 1
        return self.words[self.at - 1 : self.at] == [";"]


def is_everything(pattern: Field) -> bool:
    """Say whether a pattern matches as good as all names."""
    return pattern is not None and set(pattern) <= _EVERYTHING


def _begins(word: Field) -> bool:
    """Whether the expression begins here, behind the options and the roots."""
    if word is None or word in _LEADING or word.startswith(("-D", "-O")):
        return False
    return word[:1] in ("-", "!", "(", ",")
