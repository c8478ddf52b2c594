"""What a shell knows while it runs: its folder, its variables, its functions, its aliases."""

from __future__ import annotations

from kei_gates.shell.origins import NOTHING, both, of_known
from kei_gates.shell.values import (
    LONGEST_VALUE,
    MOST_WORDS,
    NUMBER,
    OUTSIDE,
    either,
    is_number,
    is_unknown,
    strings_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Final, TypeAlias

    from kei_gates.shell.ast import Function, Substitution
    from kei_gates.shell.origins import Trace
    from kei_gates.shell.own_functions import OwnFunction
    from kei_gates.shell.values import Value

    Definitions: TypeAlias = "tuple[Function | OwnFunction | None, ...]"
    """What a name may be defined as, none standing for no function at all."""

MOST_FOLDERS = 4
MOST_VARIABLES = 1_000
"""How many variables are followed; copying a state costs as much as it knows."""


# Variables of the environment that a shell gives other values: bash(1), Shell Variables.
_CHANGING = frozenset(
    (
        "_", "COLUMNS", "EPOCHREALTIME", "EPOCHSECONDS", "IFS", "LINENO", "LINES", "OLDPWD",
        "OPTARG", "OPTIND", "PPID", "PWD", "RANDOM", "REPLY", "SECONDS", "SHLVL", "SRANDOM",
    )
)  # fmt: skip


class History:
    """What any shell of one analysis ever held, shared by all their states.

    It answers what still holds when something runs at an unknown time, as a trap does.
    `restless` are variables that do not hold what they are assigned (`declare -u`), `integers`
    those that evaluate it, and `keyed` associative arrays, whose subscripts are not evaluated.
    `indexed` are arrays of which single elements were assigned: those are variables of the name
    `array[subscript]`. `outputs` holds what the latest run of each substitution surely printed,
    `printed` where what is not known of that comes from, and `traces` where all comes from that
    any variable ever held. `source` is the whole text: what it assigns nowhere has its value from
    outside, known or not; `assigned` are the names that were looked for in it.
    """

    __slots__ = (
        "assigned", "dialect", "environment", "folders", "functions", "indexed", "integers",
        "keyed", "outputs", "printed", "references", "restless", "source", "traces", "values",
    )  # fmt: skip

    def __init__(self, environment: Mapping[str, str] | None = None, dialect: str = "auto") -> None:
        """Take the variables that the shell is started with, and which shell it is at first."""
        self.environment: Final = environment or {}
        self.dialect = dialect
        self.source = ""
        self.assigned: dict[str, bool] = {}
        self.outputs: dict[Substitution, str | None] = {}
        self.printed: dict[Substitution, Trace] = {}
        self.traces: dict[str, Trace] = {}
        self.references: dict[str, tuple[str, ...]] = {}
        self.values: dict[str, Value] = {}
        self.folders: dict[str | None, None] = {}
        self.functions: dict[str, Definitions] = {}
        self.restless: set[str] = set()
        self.integers: set[str] = set()
        self.keyed: set[str] = set()
        self.indexed: set[str] = set()

    def assigns(self, name: str) -> bool:
        """Say whether the source may assign a variable; each is looked for once."""
        if name not in self.assigned:
            signs = ("=", "+=", "[")
            self.assigned[name] = any(f"{name}{sign}" in self.source for sign in signs)
        return self.assigned[name]


class State:
    """One shell's state. Subshells and branches work on a copy."""

    __slots__ = (
        "aliases", "calls", "folders", "functions", "given", "history", "local", "loops",
        "positional", "references", "success", "traces", "variables",
    )  # fmt: skip

    def __init__(self, folder: str | None, history: History | None = None) -> None:
        """Start in a folder.

        `folders` are those the shell may be in, none standing for any; `success` those it is in if
        the last command succeeded, none when that makes no difference. `loops` and `calls` say how
        many loops and functions are running; `local` names the variables of the running function.
        `aliases` holds every text that a name may be replaced by; it may also be left alone.
        `references` are namerefs, each with the variables that it may stand for, itself too.
        `traces` tell where variables come from that are not known, `given` where the positional
        parameters do.
        """
        self.history: Final = history or History()
        self.folders: tuple[str | None, ...] = (folder,)
        self.success: tuple[str | None, ...] | None = None
        self.variables: dict[str, Value] = {}
        self.functions: dict[str, Definitions] = {}
        self.aliases: dict[str, tuple[str, ...]] = {}
        self.references: dict[str, tuple[str, ...]] = {}
        self.positional: tuple[str | None, ...] | None = None
        self.traces: dict[str, Trace] = {}
        self.given: Trace = None
        self.local: set[str] = set()
        self.loops = 0
        self.calls = 0

    def copy(self) -> State:
        """Give a state that changes on its own."""
        other = State(None, self.history)
        other.take(self)
        other.variables = dict(self.variables)
        other.traces = dict(self.traces)
        other.functions = dict(self.functions)
        other.aliases = dict(self.aliases)
        other.references = dict(self.references)
        return other

    def subshell(self) -> State:
        """Give the state of a subshell: a loop around it is none of its own."""
        other = self.copy()
        other.loops = 0
        return other

    def new_shell(self) -> State:
        """Give the state of another shell started here.

        Which variables were exported is not followed, so what was assigned here may be unknown
        there, and a variable of the environment may have this value or its own.
        """
        other = State(None, self.history)
        other.folders = self.folders
        other.variables = dict.fromkeys(self.variables)
        if "PATH" in self.variables:
            other.variables["PATH"] = self.variables["PATH"]
        return other

    def any_time(self) -> State:
        """Give what is still certain when something runs at an unknown time from here on."""
        other = self.copy()
        values = self.history.values
        other.variables = {
            name: value if values.get(name) == value else None
            for name, value in self.variables.items()
        } | {name: None for name in values if name not in self.variables}
        other.traces = {}
        for name, trace in self.history.traces.items():
            ever = both(trace, self.trace(name))
            if ever:
                other.traces[name] = ever
        other.functions = dict(self.history.functions)
        for name, targets in self.history.references.items():
            other.refer(name, (*self.meanings(name), *targets))
        if any(folder not in self.folders for folder in self.history.folders):
            other.folders = (None,)
        other.positional = other.given = None
        other.success = None
        return other

    def take(self, other: State) -> None:
        """Become another state."""
        self.folders = other.folders
        self.success = other.success
        self.variables = other.variables
        self.traces = other.traces
        self.given = other.given
        self.functions = other.functions
        self.aliases = other.aliases
        self.references = other.references
        self.positional = other.positional
        self.local = other.local
        self.loops = other.loops
        self.calls = other.calls

    def same(self, other: State) -> bool:
        """Say whether both know the same."""
        return (
            self.variables == other.variables
            and self.traces == other.traces
            and self.given == other.given
            and self.folders == other.folders
            and self.positional == other.positional
            and self.functions == other.functions
            and self.aliases == other.aliases
            and self.references == other.references
        )

    def merge(self, other: State, *, widen: bool = False) -> None:
        """Become what holds whether this or the other state was reached.

        With `widen`, values that differ are unknown at once, so that a loop comes to an end.
        """
        self.enter(other.folders, also=self.folders)
        traced = other.traces.keys() | self.traces.keys()
        traces = {name: both(self.trace(name), other.trace(name)) for name in traced}
        self.traces = {name: trace for name, trace in traces.items() if trace}
        self.given = self.given if self.given == other.given else None
        for name in other.variables.keys() | self.variables.keys():
            # One that only one of them assigned has, in the other, whatever it had outside.
            mine, theirs = self.outer_value(name), other.outer_value(name)
            if mine is None or mine != theirs:
                number = is_number(mine) and is_number(theirs)
                value = either(mine, theirs)
                narrow = widen and name != "PATH"
                self.variables[name] = (NUMBER if number else None) if narrow else value
        for name in other.aliases:
            texts = (*self.aliases.get(name, ()), *other.aliases[name])
            self.aliases[name] = tuple(dict.fromkeys(texts))
        for name in other.references.keys() | self.references.keys():
            self.refer(name, (*self.meanings(name), *other.meanings(name)))
        for name in other.functions.keys() | self.functions.keys():
            ways = (*self.functions.get(name, (None,)), *other.functions.get(name, (None,)))
            self.functions[name] = tuple(dict.fromkeys(ways))
        if self.positional != other.positional:
            self.positional = None

    def meanings(self, name: str) -> tuple[str, ...]:
        """Give the variables that a name may stand for."""
        return self.references.get(name, (name,))

    def refer(self, name: str, targets: Iterable[str]) -> None:
        """Let a name stand for one of some variables."""
        found = self.references[name] = tuple(dict.fromkeys(targets))
        before = self.history.references.get(name, (name,))
        self.history.references[name] = tuple(dict.fromkeys((*before, *found)))

    def assign(self, name: str, value: Value, trace: Trace = None) -> None:
        """Give a variable a value; `trace` tells where it comes from if it is not known."""
        meanings = self.meanings(name)
        alone = len(meanings) == 1
        for one in meanings:
            self._assign(one, value if alone else None)
            self._trace(one, trace if alone else None)

    def _trace(self, name: str, trace: Trace) -> None:
        self.traces.pop(name, None)
        if trace and name in self.variables and name not in self.history.restless:
            self.traces[name] = trace
        if name in self.variables:
            before = self.history.traces.get(name, NOTHING)
            self.history.traces[name] = both(before, self.trace(name))

    def trace(self, name: str) -> Trace:
        """Tell where the value of a variable comes from that is not known."""
        meanings = self.meanings(name)
        name = meanings[0]
        if len(meanings) != 1:
            return None
        if name in self.traces:
            return self.traces[name]
        value = self.lookup(name)
        if isinstance(value, tuple):
            texts = tuple("?" if one is None else one for one in value)
        else:
            texts = strings_of(value) or ()
            if not texts:
                from kei_gates.shell.parameters import is_ordinary  # it reads states

                follows = len(self.variables) < MOST_VARIABLES and is_ordinary(name, self)
                known = follows and self.is_unset(name) and self.history.assigns(name)
                return NOTHING if known else None
        return of_known("".join(texts))

    def place(self, words: Sequence[str | None]) -> None:
        """Give the positional parameters; nothing is known of very many."""
        self.positional = tuple(words) if len(words) <= MOST_WORDS else None

    def _assign(self, name: str, value: Value) -> None:
        history = self.history
        if name in history.indexed:
            for element in [one for one in self.variables if one.startswith(f"{name}[")]:
                self.variables[element] = None
        if name in history.restless or (
            name not in self.variables and len(self.variables) >= MOST_VARIABLES
        ):
            value = None
        if isinstance(value, (str, tuple)) and len(value) > (
            LONGEST_VALUE if isinstance(value, str) else MOST_WORDS
        ):
            value = None
        if name in self.variables or len(self.variables) < MOST_VARIABLES:
            self.variables[name] = value
        if name in history.values or len(history.values) < MOST_VARIABLES:
            same = history.values.get(name, value) == value
            history.values[name] = value if same else None

    def lose(self, names: Iterable[str]) -> None:
        """Know nothing any more of some variables."""
        for name in names:
            self.assign(name, None)

    def define(self, name: str, function: Function) -> None:
        """Define a function."""
        self.functions[name] = (function,)
        before = self.history.functions.get(name, (None,))
        self.history.functions[name] = tuple(dict.fromkeys((*before, function)))

    def enter(self, folders: Iterable[str | None], also: Iterable[str | None] = ()) -> None:
        """Be in one of the given folders."""
        found = tuple(dict.fromkeys((*also, *folders)))
        self.folders = (None,) if None in found or len(found) > MOST_FOLDERS else found
        self.history.folders.update(dict.fromkeys(self.folders))

    def succeed(self) -> None:
        """Take it that the last command succeeded."""
        if self.success is not None:
            self.folders, self.success = self.success, None

    def forget(self) -> None:
        """Know nothing any more."""
        self.enter((None,))
        self.lose(list(self.variables))
        self.positional = self.given = None

    def home(self, outside: str | None) -> str | None:
        """Give the home folder; `outside` is that of the environment."""
        own = self.variables.get("HOME", outside)
        return own if isinstance(own, str) else None

    def lookup(self, name: str) -> Value:
        """Give what is known of a variable; one never assigned has its value from outside."""
        meanings = self.meanings(name)
        if len(meanings) != 1:
            return None
        name = meanings[0]
        if name in self.variables:
            return self.variables[name]
        return None if name in _CHANGING else self.history.environment.get(name)

    def outer_value(self, name: str) -> Value:
        """Give a variable's value; that of `PATH` outside is some text where nobody knows it."""
        value = self.lookup(name)
        unknown = name == "PATH" and value is None and name not in self.variables
        return OUTSIDE if unknown else value

    def is_unset(self, name: str) -> bool:
        """Say whether a variable was neither assigned here nor known from outside."""
        return all(
            one not in self.variables and one not in self.history.environment
            for one in self.meanings(name)
        )

    def separators(self) -> str | None:
        """Give the characters at which expansions are split; none when they are not known."""
        if "IFS" not in self.variables:
            return " \t\n"
        found = strings_of(self.variables["IFS"])
        return found[0] if found is not None and len(found) == 1 else None

    def paths(self, path: str | None) -> tuple[str | None, ...]:
        """Give the absolute paths that a spelled path may mean, none for one that is unknown."""
        if path is None or is_unknown(path):
            return (None,)
        if path.startswith("/"):
            return (path,)
        return tuple(None if folder is None else f"{folder}/{path}" for folder in self.folders)


def collapse(path: str) -> str:
    """Take `.` and `..` out of an absolute path by its spelling, as `cd` does."""
    if path[:1] == "/" != path[-1:] and "/." not in path and "//" not in path:
        return path  # as most are
    kept: list[str] = []
    for name in path.split("/"):
        if name == "..":
            del kept[-1:]
        elif name not in ("", "."):
            kept.append(name)
    return "/" + "/".join(kept)
