"""Reading a program's options: which take a value, and what is left.

The conventions are getopt(3)'s: short options cluster, a value is the rest of the word or the next
word, long options take `=value` or the next word, `--` ends options.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.shell.expand import Field


class Grammar:
    """Which options of a program take a value.

    `short` holds the letters, `long` the names without dashes; `optional` are letters whose value
    can only be the rest of the word. Where `flags` (letters without a value) and `long_flags` are
    given, an option that is in none of them makes the reading uncertain. With `single_dash`, one
    dash starts a long option.
    """

    __slots__ = ("flags", "long", "long_flags", "optional", "short", "single_dash")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        short: str = "",
        long: str = "",
        *,
        flags: str | None = None,
        long_flags: str = "",
        optional: str = "",
        single_dash: bool = False,
    ) -> None:
        """Take the sets as strings, `long` and `long_flags` separated by blanks."""
        self.short: Final = frozenset(short)
        self.long: Final = frozenset(long.split())
        self.flags: Final = None if flags is None else frozenset(flags)
        self.long_flags: Final = frozenset(long_flags.split())
        self.optional: Final = frozenset(optional)
        self.single_dash: Final = single_dash


class Options:
    """What was read: options in order with their values, the operands, and where those start."""

    __slots__ = ("at", "certain", "given", "operands")

    def __init__(self) -> None:
        """Start with nothing read."""
        self.given: list[tuple[str, Field]] = []
        self.operands: list[Field] = []
        self.at = 0
        self.certain = True

    def value(self, *names: str) -> Field:
        """Give the last value of an option, none when it is not known or not given."""
        found = self.values(*names)
        return found[-1] if found else None

    def values(self, *names: str) -> list[Field]:
        """Give the values of an option, each time that it was given."""
        return [value for name, value in self.given if _means(name, names)]

    def has(self, *names: str) -> bool:
        """Say whether one of the options was given, or abbreviated."""
        return any(_means(name, names) for name, _ in self.given)

    def has_exactly(self, *names: str) -> bool:
        """Say whether one of the options was given in full."""
        return any(name in names for name, _ in self.given)


def _means(given: str, names: Sequence[str]) -> bool:
    """Whether a given option is one of the names; long ones may be abbreviated."""
    if given in names:
        return True
    return len(given) > 1 and any(len(name) > 1 and name.startswith(given) for name in names)


def read(words: Sequence[Field], grammar: Grammar, *, permute: bool) -> Options:
    """Read a program's words (its name first).

    With `permute`, options may stand behind operands, as with most GNU programs; without, the first
    operand ends them, as with programs that run another. `certain` is false when an unknown word or
    option makes it uncertain what is what.
    """
    found = Options()
    at = 1
    while at < len(words):
        word = words[at]
        if word == "--":
            at += 1
            break
        if word is None or not word.startswith("-") or word == "-":
            if not permute:
                break
            if word is None:
                found.certain = False
            found.operands.append(word)
            at += 1
        elif word.startswith("--") or grammar.single_dash:
            at += _long(word, words, at, grammar, found)
        else:
            at += _cluster(word, words, at, grammar, found)
    found.at = at
    found.operands += words[at:]
    return found


def _long(word: str, words: Sequence[Field], at: int, grammar: Grammar, found: Options) -> int:
    """Read one long option; give how many words it took."""
    name, equals, value = word.lstrip("-").partition("=")
    known = name in grammar.long or name in grammar.long_flags
    if grammar.flags is not None and not known:
        found.certain = False  # abbreviations too
    if equals:
        found.given.append((name, value))
        return 1
    if name in grammar.long or (not known and _means(name, tuple(grammar.long))):
        found.given.append((name, words[at + 1] if at + 1 < len(words) else None))
        return 2
    found.given.append((name, ""))
    return 1


def _cluster(word: str, words: Sequence[Field], at: int, grammar: Grammar, found: Options) -> int:
    """Read one word of short options; give how many words it took."""
    for index, letter in enumerate(word[1:], 1):
        if letter in grammar.short:
            if word[index + 1 :]:
                found.given.append((letter, word[index + 1 :]))
                return 1
            found.given.append((letter, words[at + 1] if at + 1 < len(words) else None))
            return 2
        if letter in grammar.optional:
            found.given.append((letter, word[index + 1 :]))
            return 1
        if grammar.flags is not None and letter not in grammar.flags:
            found.certain = False
        found.given.append((letter, ""))
    return 1
