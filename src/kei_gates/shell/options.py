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
    can only be the rest of the word, `many` options that take several words. Where `flags` (letters
    without a value) and `long_flags` are given, an option that is in none of them makes the reading
    uncertain if a word follows that may be its value; `attached` says that values of long options
    stand behind `=` alone. `ends` are options behind which the rest is another command's. With
    `single_dash`, one dash starts a long option, with `either` it may; with `dash`, a lone dash is
    an option too; with `bundle`, the first word is of letters, and their values follow it.
    """

    __slots__ = (
        "_long", "_long_flags", "_names", "attached", "bundle", "dash", "either", "ends", "flags",
        "many", "optional", "short", "single_dash",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        short: str = "",
        long: str = "",
        *,
        flags: str | None = None,
        long_flags: str = "",
        optional: str = "",
        many: dict[str, int] | None = None,
        ends: str = "",
        attached: bool = False,
        single_dash: bool = False,
        either: bool = False,
        dash: bool = False,
        bundle: bool = False,
    ) -> None:
        """Take the sets as strings: letters, and names separated by blanks."""
        self.short: Final = short
        self._long: Final = long
        self.flags: Final = flags
        self._long_flags: Final = long_flags
        self.optional: Final = optional
        self.many: Final = many or {}
        self.ends: Final = ends.split()
        self.attached: Final = attached
        self.single_dash: Final = single_dash
        self.either: Final = either
        self.dash: Final = dash
        self.bundle: Final = bundle
        self._names: dict[str, bool] | None = None

    def names(self) -> dict[str, bool]:
        """Give the long options, and whether each takes a value; split when first asked for."""
        if self._names is None:
            self._names = dict.fromkeys(self._long_flags.split(), False)
            self._names.update(dict.fromkeys(self._long.split(), True))
        return self._names

    def spelled(self, name: str) -> tuple[str, bool | None]:
        """Give a long option in full, and whether it takes a value: none when that is not known.

        It may be abbreviated, as getopt_long(3) allows, where all that it may stand for agree.
        """
        names = self.names()
        if name in names:
            return name, names[name]
        meant = [full for full in names if full.startswith(name)]
        takes = {names[full] for full in meant}
        if len(takes) != 1:
            return name, True if not takes and name in self.many else None
        return meant[0] if len(meant) == 1 else name, takes.pop()


class Options:
    """What was read: options in order with their values, the operands, and where those start.

    `strange` is the first option that made the reading uncertain; `attached` the beginning of
    another command that stood in one word with the option that ends the options.
    """

    __slots__ = ("_names", "at", "attached", "certain", "ended", "given", "operands", "strange")

    def __init__(self) -> None:
        """Start with nothing read."""
        self.given: list[tuple[str, Field]] = []
        # Each name once, of as many options as that was asked of: some are asked for each file.
        self._names: tuple[int, frozenset[str]] = (0, frozenset())
        self.operands: list[Field] = []
        self.at = 0
        self.certain = True
        self.strange = ""
        self.ended = False
        self.attached = ""

    def doubt(self, option: str) -> None:
        """Take it that an option may or may not take the next word."""
        self.certain = False
        self.strange = self.strange or option

    def rest(self, words: Sequence[Field]) -> list[Field]:
        """Give the words behind the options."""
        return [self.attached, *words[self.at :]] if self.attached else list(words[self.at :])

    def value(self, *names: str) -> Field:
        """Give the last value of an option, none when it is not known or not given."""
        found = self.values(*names)
        return found[-1] if found else None

    def values(self, *names: str) -> list[Field]:
        """Give the values of an option, each time that it was given."""
        return [value for name, value in self.given if _means(name, names)]

    def has(self, *names: str) -> bool:
        """Say whether one of the options was given, or abbreviated."""
        return any(_means(name, names) for name in self._given_names())

    def has_exactly(self, *names: str) -> bool:
        """Say whether one of the options was given in full."""
        return not self._given_names().isdisjoint(names)

    def _given_names(self) -> frozenset[str]:
        if self._names[0] != len(self.given):
            self._names = (len(self.given), frozenset(name for name, _ in self.given))
        return self._names[1]


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
    if grammar.bundle:
        words = _unbundled(words, grammar)
    at = 1
    while at < len(words) and not found.ended:
        word = words[at]
        if word == "--":
            at += 1
            break
        if word is None or not word.startswith("-") or (word == "-" and not grammar.dash):
            if not permute:
                break
            if word is None:
                found.certain = False
            found.operands.append(word)
            at += 1
        elif word == "-":
            found.given.append(("-", ""))
            at += 1
        elif word.startswith("--") or grammar.single_dash or _is_name(word, grammar):
            at += _long(word, words, at, grammar, found)
        else:
            at += _cluster(word, words, at, grammar, found)
    found.at = at
    found.operands += words[at:]
    return found


def _unbundled(words: Sequence[Field], grammar: Grammar) -> Sequence[Field]:
    """Give the words of tar's old style, `tar cIf zstd f`, with a dash before each letter."""
    first = words[1] if len(words) > 1 else None
    if first is None or first[:1] in ("", "-"):
        return words
    left = list(words[2:])
    found: list[Field] = [words[0]]
    for letter in first:
        found.append(f"-{letter}")
        if letter in grammar.short and left:
            found.append(left.pop(0))
    return found + left


def _is_name(word: str, grammar: Grammar) -> bool:
    return grammar.either and len(word) > 2 and word[1:].partition("=")[0] in grammar.names()  # noqa: PLR2004 -- a dash and a letter


def _long(word: str, words: Sequence[Field], at: int, grammar: Grammar, found: Options) -> int:
    """Read one long option; give how many words it took."""
    written, equals, value = word.lstrip("-").partition("=")
    name, takes = grammar.spelled(written)
    if name in grammar.ends:
        found.given.append((name, ""))
        found.ended, found.attached = True, value
        return 1
    if equals:
        found.given.append((name, value))
        return 1
    if takes is None and grammar.flags is not None and at + 1 < len(words) and not grammar.attached:
        found.doubt(word)
    if takes or (takes is None and _means(name, tuple(n for n, t in grammar.names().items() if t))):
        return _valued(name, words, at, grammar, found)
    found.given.append((name, ""))
    return 1


def _valued(name: str, words: Sequence[Field], at: int, grammar: Grammar, found: Options) -> int:
    """Take an option's value from the next word; give how many words it took with it."""
    found.given.append((name, words[at + 1] if at + 1 < len(words) else None))
    return 1 + grammar.many.get(name, 1)


def _cluster(word: str, words: Sequence[Field], at: int, grammar: Grammar, found: Options) -> int:
    """Read one word of short options; give how many words it took."""
    for index, letter in enumerate(word[1:], 1):
        if letter in grammar.ends:
            found.given.append((letter, ""))
            found.ended, found.attached = True, word[index + 1 :]
            return 1
        if letter in grammar.short:
            if word[index + 1 :]:
                found.given.append((letter, word[index + 1 :]))
                return grammar.many.get(letter, 1)
            return _valued(letter, words, at, grammar, found)
        if letter in grammar.optional:
            found.given.append((letter, word[index + 1 :]))
            return 1
        if grammar.flags is not None and letter not in grammar.flags and at + 1 < len(words):
            found.doubt(word)
        found.given.append((letter, ""))
    return 1
