"""Command lines of package managers: which subcommand it is, and what it does to dependencies."""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Final, Literal, TypeAlias

    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options

    Kind: TypeAlias = Literal["pass", "side", "environment", "change"]
    """What a command does: nothing to the project's files; it may bring a lock file up to date; it
    installs where no file of the project says so; it changes what is depended on."""

PASS: Kind = "pass"  # noqa: S105 -- no password
SIDE: Kind = "side"
ENVIRONMENT: Kind = "environment"
CHANGE: Kind = "change"

_WEIGHT = {PASS: 0, SIDE: 1, ENVIRONMENT: 2, CHANGE: 3}
_HELP = ("h", "help")
_VERSION = ("version", "V", "v")
_MOST_READINGS = 3
# Options without a value that most managers have.
_FLAGS = frozenset(
    (
        "-q", "-qq", "-v", "-vv", "-y", "-s", "--quiet", "--verbose", "--silent", "--offline",
        "--locked", "--frozen", "--yes", "--no-color", "--color", "--debug", "--no-cache",
        "--no-ansi", "--no-interaction", "-n", "--workspaces", "--include-workspace-root",
        "--recursive", "-r", "--workspace-root", "-w", "--global", "-g", "--immutable",
    )
)  # fmt: skip


class Verb:
    """What one subcommand does.

    `bare` is its kind without a name behind it, `named` with one; with `local`, paths are no names.
    Options of `harmless` make it write nothing, those of `changing` make it a change, those of
    `elsewhere` make it a matter of no project, those of `unsaved` leave the project's files alone.
    With one of `frozen` it leaves the lock file alone; `instead` is what to run where that must be.
    With `leading`, what stands behind the first name is another command's.
    """

    __slots__ = (
        "bare", "changing", "elsewhere", "frozen", "harmless", "instead", "leading", "local",
        "named", "unsaved",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        bare: Kind,
        named: Kind | None = None,
        *,
        harmless: str = "",
        changing: str = "",
        elsewhere: str = "",
        unsaved: str = "",
        frozen: str = "",
        instead: str = "",
        leading: bool = False,
        local: bool = False,
    ) -> None:
        """Take the fields; sets of options are strings, separated by blanks."""
        self.bare: Final = bare
        self.named: Final = named or bare
        self.harmless: Final = tuple(harmless.split())
        self.changing: Final = tuple(changing.split())
        self.elsewhere: Final = tuple(elsewhere.split())
        self.unsaved: Final = tuple(unsaved.split())
        self.frozen: Final = tuple(frozen.split())
        self.instead: Final = instead or (f"--{self.frozen[0]}" if self.frozen else "")
        self.leading: Final = leading
        self.local: Final = local


class Manager:
    """A package manager: its options with values, and its subcommands.

    Keys of `verbs` hold one subcommand or several of the same kind, separated by blanks; a `/`
    joins a subcommand with its own. `default` is what it does without one, `other` with one that is
    not listed; with `abbreviates`, that may be the beginning of one that is. `everywhere` are
    options that make any command a change, `environment` the variables with which none writes the
    lock. `plain` says that it has no subcommands: all operands are names. `judge` decides alone
    where the words need more than a table.
    """

    __slots__ = (
        "_known", "_verbs", "abbreviates", "default", "environment", "everywhere", "grammar",
        "judge", "other", "plain",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        verbs: Mapping[str, Verb],
        grammar: Grammar | None = None,
        *,
        default: Verb | None = None,
        other: Verb | None = None,
        everywhere: str = "",
        environment: str = "",
        plain: Verb | None = None,
        judge: Callable[[Options], Kind | None] | None = None,
        abbreviates: bool = False,
    ) -> None:
        """Take the fields; sets are strings, separated by blanks."""
        self._verbs: Final = verbs
        self.grammar: Final = grammar or Grammar()
        self.default: Final = default or Verb(PASS)
        self.other: Final = other or Verb(PASS)
        self.everywhere: Final = tuple(everywhere.split())
        self.environment: Final = frozenset(environment.split())
        self.plain: Final = plain
        self.judge: Final = judge
        self.abbreviates: Final = abbreviates
        self._known: dict[str, Verb] | None = None

    def verb(self, words: Sequence[Field]) -> tuple[Verb, int] | None:
        """Give the subcommand that operands begin with, and of how many words it is.

        None where the word that would tell is not known.
        """
        if self.plain is not None:
            return self.plain, 0
        if not words:
            return self.default, 0
        known = self._all()
        first, second = words[0], words[1] if len(words) > 1 else ""
        if first is None:
            return None
        if f"{first}/{second}" in known:
            return known[f"{first}/{second}"], 2
        if second is None and any(key.startswith(f"{first}/") for key in known):
            return None
        return known.get(first) or self._abbreviated(first), 1

    def _all(self) -> dict[str, Verb]:
        if self._known is None:
            self._known = {name: verb for key, verb in self._verbs.items() for name in key.split()}
        return self._known

    def _abbreviated(self, word: str) -> Verb:
        meant = [verb for name, verb in self._all().items() if name.startswith(word)]
        return max(meant, key=_weight) if meant and self.abbreviates else self.other


def _weight(verb: Verb) -> int:
    return max(_WEIGHT[verb.bare], _WEIGHT[verb.named])


class Finding:
    """What a command line does, with the subcommand that says so."""

    __slots__ = ("kind", "unknown", "verb")

    def __init__(self, kind: Kind, verb: Verb | None = None, *, unknown: bool = False) -> None:
        self.kind: Final = kind
        self.verb: Final = verb
        self.unknown: Final = unknown


def judged(manager: Manager, argv: Sequence[Field]) -> Finding:
    """Say what a command line does: the most that any way to read it would."""
    found = [_reading(manager, words) for words in _readings(manager, argv)]
    return max(found, key=lambda one: _WEIGHT[one.kind])


def _readings(manager: Manager, argv: Sequence[Field]) -> Iterator[Sequence[Field]]:
    """Give the words, and also as they read where an option before the subcommand takes a value."""
    words = list(argv)
    yield words
    for _ in range(_MOST_READINGS if manager.plain is None else 0):
        at = read(words, manager.grammar, permute=False).at
        option = words[at - 1] if 1 < at < len(words) - 1 else None
        if option is None or option[:1] != "-" or "=" in option or option in _FLAGS:
            return
        del words[at - 1 : at + 1]
        yield list(words)


def _reading(manager: Manager, words: Sequence[Field]) -> Finding:
    options = read(words, manager.grammar, permute=True)
    found = manager.verb(options.operands)
    if found is not None and found[0].leading:
        options = _leading(manager, words, found[1])
    if options.has_exactly(*_HELP) or (options.has_exactly(*_VERSION) and not options.operands):
        return Finding(PASS)
    if manager.everywhere and options.has(*manager.everywhere):
        return Finding(CHANGE)
    kind = None if manager.judge is None else manager.judge(options)
    if kind is not None:
        return Finding(kind, manager.other)
    if options.operands[:1] == ["help"]:
        return Finding(PASS)
    if found is None:
        return Finding(CHANGE, unknown=True)
    return _of_verb(found[0], options, options.operands[found[1] :])


def _leading(manager: Manager, words: Sequence[Field], length: int) -> Options:
    """Read only the options that stand before another command."""
    options = read(words, manager.grammar, permute=False)
    at = options.at
    inner = read(words[at + length - 1 :], manager.grammar, permute=False)
    options.given += inner.given
    return options


def _of_verb(verb: Verb, options: Options, behind: Sequence[Field]) -> Finding:
    if verb.changing and options.has(*verb.changing):
        return Finding(CHANGE, verb)
    if options.has_exactly(*verb.harmless, *verb.elsewhere):
        return Finding(PASS)
    if verb.local:
        behind = [word for word in behind if word is None or word[:1] not in ("", ".", "/")]
    unknown = None in behind
    if unknown and verb.changing and not verb.leading:
        return Finding(CHANGE, verb, unknown=True)
    kind = verb.named if behind else verb.bare
    if kind == SIDE and options.has_exactly(*verb.frozen):
        return Finding(PASS)
    if kind == CHANGE and options.has_exactly(*verb.unsaved):
        return Finding(PASS)
    return Finding(kind, verb, unknown=unknown and kind == CHANGE and verb.bare != CHANGE)
