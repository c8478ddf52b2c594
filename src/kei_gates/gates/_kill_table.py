"""Programs with many commands: which of them stop, pause, delete or replace what runs.

A table lists commands by their words, joined by dots: `compose.down`. A word may be one of several,
`volume.rm,prune`, or a pattern, `*.delete-*`. An entry may hold only with one of some options,
`up?force-recreate`, with a value, `scale?replicas=0`, or without some, `delete!dry-run`. The
longest entry that fits a command decides; of those, one without patterns, and then one that stops.
A command that no entry fits is one of which nobody knows what it does.
"""

from __future__ import annotations

from kei_gates.gates._argv_patterns import is_like
from kei_gates.gates._killing import Killing
from kei_gates.gates._wording import shorten
from kei_gates.shell.options import Grammar, Options, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final, Literal

    from kei_gates.model import Invocation
    from kei_gates.shell.expand import Field

    Kind = Literal["stops", "passes", "unknown"]

INSTEAD = "leave it as it is, and report what should be stopped and why: a person stops it"
_UNKNOWN_INSTEAD = "use a command that only reads, or report what should be done and why"
# More words than any command of a table has.
_DEEPEST = 5


class Entry:
    """One entry of a table: the words of commands, and the options on which it depends."""

    __slots__ = ("needs", "unless", "words")

    def __init__(self, text: str) -> None:
        """Read an entry as it is written in a table."""
        rest, _, unless = text.partition("!")
        path, _, needs = rest.partition("?")
        self.words: Final = [word.split(",") for word in path.split(".")]
        self.needs: Final = needs.split("|") if needs else []
        self.unless: Final = unless.split("|") if unless else []

    def fits(self, path: Sequence[str]) -> bool:
        """Say whether a command begins with the words."""
        return len(self.words) <= len(path) and all(
            any(is_like(known, word) for known in choice)
            for choice, word in zip(self.words, path, strict=False)
        )

    def names(self, path: Sequence[str]) -> bool:
        """Say whether a command that fits has just these words, without patterns."""
        return all(word in choice for choice, word in zip(self.words, path, strict=False))

    def holds(self, given: Options) -> bool:
        """Say whether the options are those on which it depends."""
        needed = not self.needs or any(_given(given, need) for need in self.needs)
        return needed and not any(_given(given, option) for option in self.unless)


def _given(given: Options, option: str) -> bool:
    name, equals, wanted = option.partition("=")
    if not equals:
        return given.has_exactly(name)
    return any(value is None or value == wanted for value in given.values(name))


class Tool:
    """A program: what its commands do, and how its words are read.

    `stops` and `passes` are entries, separated by blanks; `grammar` tells which options before and
    between the words of a command take a value, `tail` which do behind them. `noun` says what it
    stops, `nouns` the same for some first words. With `anywhere`, the words of a command may stand
    behind others that are its groups. `others` says what becomes of commands that are not listed,
    `bare` of the program alone. With one of the options `switches` (`s=stop` for one with a value)
    any command stops something; with one of `dry`, nothing is done.
    """

    __slots__ = (
        "_entries", "_passes", "_stops", "anywhere", "bare", "dry", "fold", "grammar", "helps",
        "instead", "noun", "nouns", "others", "switches", "tail",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a table row has as many arguments as columns
        self,
        noun: str,
        stops: str,
        passes: str = "",
        *,
        grammar: Grammar | None = None,
        tail: Grammar | None = None,
        nouns: dict[str, str] | None = None,
        helps: str = "help h",
        dry: str = "",
        switches: str = "",
        anywhere: bool = False,
        others: Kind = "unknown",
        bare: Kind = "passes",
        fold: bool = False,
        instead: str = INSTEAD,
    ) -> None:
        """Take sets as strings, separated by blanks."""
        self.noun: Final = noun
        self._stops: Final = stops
        self._passes: Final = passes
        self._entries: list[tuple[Entry, bool]] | None = None
        self.grammar: Final = grammar or Grammar()
        self.tail: Final = tail or self.grammar
        self.nouns: Final = nouns or {}
        self.helps: Final = helps.split()
        self.dry: Final = dry.split()
        self.switches: Final = switches.split()
        self.anywhere: Final = anywhere
        self.others: Final = others
        self.bare: Final = bare
        self.fold: Final = fold
        self.instead: Final = instead

    def entries(self) -> list[tuple[Entry, bool]]:
        """Give the entries, and whether each stops something; split when first asked for."""
        if self._entries is None:
            self._entries = [(Entry(text), True) for text in self._stops.split()]
            self._entries += [(Entry(text), False) for text in f"help {self._passes}".split()]
        return self._entries


class Found:
    """A command that was read: what it does, its words, the operands and options behind them."""

    __slots__ = ("given", "kind", "operands", "path")

    def __init__(self, kind: Kind, path: Sequence[str], given: Options) -> None:
        """Take the words of the command, and what was read behind them."""
        self.kind: Final = kind
        self.path: Final = path
        self.given: Final = given
        self.operands: Final = given.operands


def command(tool: Tool, words: Sequence[Field]) -> Found:
    """Say what a command does: the program's words, its name first."""
    if tool.switches:
        given = read(words, tool.tail, permute=True)
        if any(_given(given, switch) for switch in tool.switches) and not _asks(tool, given):
            return Found("stops", [], given)
    places, before = _places(words, tool.grammar)
    found = _judged(tool, words, places, before)
    if found.kind == "stops" or _asks(tool, found.given):
        return found
    for at, place in enumerate(places):  # a word may be the value of an option that is not known
        if (words[place - 1] or "-").startswith("-") and place > 1 and len(places) > 1:
            other = _judged(tool, words, places[:at] + places[at + 1 :], before)
            if other.kind == "stops":
                return other
    return found


def _places(
    words: Sequence[Field], grammar: Grammar
) -> tuple[list[int], list[tuple[int, Options]]]:
    """Give where the first operands stand, and the options that stand before each."""
    places: list[int] = []
    before: list[tuple[int, Options]] = []
    at = 0
    while len(places) < _DEEPEST:
        found = read(words[at:], grammar, permute=False)
        before.append((at, found))
        at += found.at
        if at >= len(words):
            break
        places.append(at)
    return places, before


def _judged(
    tool: Tool, words: Sequence[Field], places: Sequence[int], before: Sequence[tuple[int, Options]]
) -> Found:
    path: list[str] = []
    for place in places:
        word = words[place]
        if word is None:
            break
        path.append(word.casefold() if tool.fold else word)
    passing = None
    for start in range(len(path) if tool.anywhere else 1):
        best = max((len(e.words) for e, _ in tool.entries() if e.fits(path[start:])), default=0)
        if best == 0:
            continue
        last = places[start + best - 1]
        given = read(words[last:], tool.tail, permute=True)
        for at, options in before:
            if at < last:
                given.given += options.given
        found = Found(_kind(tool, path[start:], best, given), path[: start + best], given)
        # A word that looks like a verb may be the name of a group.
        if found.kind != "passes" or best > 1 or not tool.anywhere:
            return found
        passing = passing or found
    if passing is not None:
        return passing
    given = read(words, tool.tail, permute=True)
    if _asks(tool, given):
        return Found("passes", path, given)
    return Found(tool.others if given.operands else tool.bare, path, given)


def _kind(tool: Tool, path: Sequence[str], length: int, given: Options) -> Kind:
    """Say what the entries of one length say of a command."""
    fitting = [
        (entry, stops)
        for entry, stops in tool.entries()
        if len(entry.words) == length and entry.fits(path)
    ]
    if _asks(tool, given):
        return "passes"
    fitting = [one for one in fitting if one[0].names(path)] or fitting
    if any(stops and entry.holds(given) for entry, stops in fitting):
        return "stops"
    # What would stop something but for its options passes without them.
    return "passes" if any(entry.holds(given) or stops for entry, stops in fitting) else "unknown"


def _asks(tool: Tool, given: Options) -> bool:
    """Whether an option asks for help, or for a run without effect."""
    if given.has_exactly(*tool.helps):
        return True
    return any(
        value not in (None, "none", "false", "0", "False")
        for name in tool.dry
        for value in given.values(name)
    )


def objection(tool: Tool, invocation: Invocation) -> Killing | None:
    """Give what a command stops; none where it stops nothing."""
    return killing(tool, command(tool, invocation.argv), invocation)


def killing(tool: Tool, found: Found, invocation: Invocation) -> Killing | None:
    """Put in words what a command that was read stops; none where it stops nothing."""
    if found.kind == "passes":
        return None
    shown = f"`{shorten(str(invocation))}`"
    if found.kind == "unknown":
        name = " ".join([invocation.program, *found.path[:2]])
        reason = f"nobody knows whether {shown} stops work"
        return Killing(f"what `{shorten(name)}` does", reason, _UNKNOWN_INSTEAD)
    target, verb = named(tool, found), _verb(found)
    # A word for a stop is none for a deletion.
    confirmed = f"deletion of {target}" if verb == _DELETES else target
    return Killing(confirmed, f"{shown} {verb} {shorten(target)}", tool.instead)


def named(tool: Tool, found: Found) -> str:
    """Name what a command stops: the same for every order and spelling of its words."""
    noun = tool.nouns.get(found.path[0] if found.path else "", tool.noun)
    words = ["..." if word is None else word for word in found.operands]
    options = {
        f"{'-' if len(name) == 1 else '--'}{name}{f'={value}' if value else ''}"
        for name, value in found.given.given
        if name not in _TIMES and (value or name not in _MANNERS)
    }
    said = " ".join([*words, *sorted(options)])
    return f"{noun} `{said}`" if said else noun


# Options that say how something is stopped, and not what: with any value, and alone.
_TIMES = frozenset(("grace-period", "signal", "t", "time", "timeout"))
_MANNERS = frozenset(
    (
        "auto-approve", "f", "force", "i", "ignore-not-found", "no-block", "no-wait", "now", "q",
        "quiet", "v", "verbose", "wait", "y", "yes",
    )
)  # fmt: skip
_DELETES = "deletes"
# How the words of commands begin, or are, and what such commands do.
_VERBS = (
    (
        _DELETES,
        ("delete", "destroy", "prune", "purge", "remove", "terminate", "uninstall", "clean"),
        ("rm", "rmi"),
    ),
    ("pauses", ("pause", "suspend", "hold", "freeze", "hibernat", "cordon", "drain"), ()),
    (
        "restarts or replaces",
        (
            "restart", "reboot", "reload", "rollback", "rollout", "update", "replace", "upgrade",
            "apply", "respawn", "recycle", "requeue", "scale", "reset", "undo",
        ),
        ("up",),
    ),
)  # fmt: skip


def _verb(found: Found) -> str:
    """Give the word for what a command does to what it names."""
    words = [part for word in found.path for part in word.replace(":", "-").split("-")][-2:]
    for said, beginnings, whole in _VERBS:
        if any(word.startswith(beginnings) or word in whole for word in words):
            return said
    return "stops"
