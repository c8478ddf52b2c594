"""Which of find's tests choose among what it finds, and by which names.

Source: find(1), GNU findutils 4.9.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final, TypeAlias

    from kei_gates.shell.expand import Field

    Names: TypeAlias = "tuple[str, ...] | None"
    """Patterns of which a name matches one; none where any name may."""

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
_MOST_NAMES = 32
_EVERYTHING = frozenset("*?./+[]()^$\\")


def read_tests(words: Sequence[Field]) -> tuple[set[int], dict[int, tuple[str, ...]]]:
    """Give the places of the words whose action is done to all that find comes upon, and the names.

    A test of the age, the owner or the mode chooses too little to count, as does one of the kind
    for files and folders. For an action's word the names are patterns for what it is done to; there
    are none where any name may be.
    """
    reading = _Reading(words)
    reading.list(chosen=False, names=None)
    return reading.all, reading.names


class _Reading:
    """An expression as it is read: whether all that reaches each action was chosen by a test.

    What is read is told as two: whether it chooses, and the names of which it is true.
    """

    def __init__(self, words: Sequence[Field]) -> None:
        self.words: Final = words
        self.at = next((n for n, word in enumerate(words) if n and _begins(word)), len(words))
        self.all: set[int] = set()
        self.names: dict[int, tuple[str, ...]] = {}
        self.depth = 0

    def list(self, *, chosen: bool, names: Names) -> tuple[bool, Names]:
        """Read alternatives; any of them may be true."""
        found, of = self.together(chosen=chosen, names=names)
        while self.at < len(self.words) and self.words[self.at] in ("-o", "-or", ","):
            self.at += 1
            other, more = self.together(chosen=chosen, names=names)
            found = other and found
            of = None if of is None or more is None else (*of, *more)
            of = of if of is None or len(of) <= _MOST_NAMES else None
        return found, of

    def together(self, *, chosen: bool, names: Names) -> tuple[bool, Names]:
        """Read what must all be true."""
        while self.at < len(self.words) and self.words[self.at] not in ("-o", "-or", ",", ")"):
            found, of = self.one(chosen=chosen, names=names)
            chosen = found or chosen
            names = names or of
        return chosen, names

    def one(self, *, chosen: bool, names: Names) -> tuple[bool, Names]:
        """Read one test or action."""
        at, word = self.at, self.words[self.at]
        self.at += 1
        if not chosen:
            self.all.add(at)
        if names is not None:
            self.names[at] = names
        if word in ("!", "-not", "("):
            return self._inside(chosen=chosen, names=names, negated=word != "(")
        if word in _RUNNING:
            return self._command(), None
        if word not in _VALUED:
            return word == "-empty", None
        value = self.words[self.at] if self.at < len(self.words) else None
        self.at += 1
        if word in _KINDS:
            return value is not None and not set(value) <= _MOST, None
        return word in _CHOOSING and not is_everything(value), named(word, value)

    def _inside(self, *, chosen: bool, names: Names, negated: bool) -> tuple[bool, Names]:
        """Read what is negated, or stands in parentheses."""
        self.depth += 1
        found: tuple[bool, Names] = (False, None)
        if self.depth > _MOST_NESTED:
            self.all, self.at, self.names = set(range(len(self.words))), len(self.words), {}
        elif not negated:
            found = self.list(chosen=chosen, names=names)
            self.at += 1
        elif self.at < len(self.words):
            self.one(chosen=chosen, names=names)
        self.depth -= 1
        return found

    def _command(self) -> bool:
        """Read a command that is run; one that is asked about each file chooses."""
        while self.at < len(self.words) and self.words[self.at] not in (";", "+"):
            self.at += 1
        self.at += 1
        return self.words[self.at - 1 : self.at] == [";"]


def named(test: Field, value: Field) -> Names:
    """Give the pattern that a test holds a name against; none where that says little."""
    if value is None or "/" in value or is_everything(value):
        return None
    if test == "-name":
        return (value,)
    if test != "-iname" or "[" in value:
        return None
    return ("".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in value),)


def is_everything(pattern: Field) -> bool:
    """Say whether a pattern matches as good as all names."""
    return pattern is not None and set(pattern) <= _EVERYTHING


def _begins(word: Field) -> bool:
    """Whether the expression begins here, behind the options and the roots."""
    if word is None or word in _LEADING or word.startswith(("-D", "-O")):
        return False
    return word[:1] in ("-", "!", "(", ",")
