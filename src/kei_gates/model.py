"""The words of the project as values: calls, analyses, verdicts, decisions.

Everything here is plain data that the other layers pass to one another. The hook is a fresh
process on every tool call, so nothing here may import beyond the interpreter's own core: the
classes are written out by hand because `dataclasses` and `enum` cost more at import than the
whole decision (docs/adr/0001).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Final, Literal

    from kei_gates.facts import Facts
    from kei_gates.particulars import Charge, Origin, Spawn, Unseen

    EffectKind = Literal["read", "write", "delete", "exec"]
    Outcome = Literal["abstain", "ask", "deny"]
    FileKind = Literal["missing", "text", "large", "program", "unknown"]
    Coverage = Literal["full", "partial"]


class Value:
    """Base of every value: equal by fields, printable, not meant to be changed."""

    __slots__: tuple[str, ...] = ()
    field_names: tuple[str, ...] = ()
    """The names of the fields, those of the classes above first."""

    def __init_subclass__(cls) -> None:
        """Gather the fields: a subclass without `__slots__` of its own has fields all the same."""
        cls.field_names = (*cls.field_names, *cls.__slots__)

    def fields(self) -> tuple[object, ...]:
        """Give the field values in the order of `field_names`."""
        return tuple([getattr(self, name) for name in self.field_names])

    def __eq__(self, other: object) -> bool:
        """Say whether `other` is of the same class with equal fields."""
        return type(self) is type(other) and self.fields() == other.fields()

    def __hash__(self) -> int:
        """Hash by class and fields."""
        return hash((type(self), self.fields()))

    def __repr__(self) -> str:
        """Show the value as its constructor call."""
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.field_names)
        return f"{type(self).__name__}({shown})"


# --- the call -------------------------------------------------------------------------------


class Principal(Value):
    """Who makes a call: the main thread, or one subagent.

    Only `agent_id` tells the two apart: `claude --agent X` gives the main thread an
    `agent_type` too (measured on client 2.1.330).
    """

    __slots__ = ("agent_id", "agent_type")

    def __init__(self, agent_id: str | None, agent_type: str | None) -> None:
        self.agent_id: Final = agent_id
        self.agent_type: Final = agent_type

    @property
    def is_subagent(self) -> bool:
        """Whether this is a subagent."""
        return self.agent_id is not None

    def __str__(self) -> str:
        """Name the principal for people."""
        if self.agent_id is None:
            return "the main thread"
        return f"agent `{self.agent_type or 'unnamed'}`"


class TextEdit(Value):
    """One replacement in a file's text: `old` by `new`, at its one place or at `every` place.

    Without `old`, `new` is the whole text of the file.
    """

    __slots__ = ("every", "new", "old")

    def __init__(self, old: str | None, new: str, *, every: bool = False) -> None:
        self.old: Final = old
        self.new: Final = new
        self.every: Final = every


class Call(Value):
    """One tool call, as the hook receives it.

    `command` is the shell source of a shell tool. `effects` are the effects that the tool's own
    input spells out (an Edit's file); their paths may be relative to `cwd`. `edits` say how the
    text of that file changes, in order; none where that is not known. `spawn` is the agent that it
    starts, `stops` the id of the background task that it stops, empty where it names none.
    `mutates` is false only for tools that are known to change nothing.
    """

    __slots__ = (
        "command", "cwd", "edits", "effects", "known", "mutates", "principal", "spawn", "stops",
        "tool",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        tool: str,
        principal: Principal,
        cwd: str,
        command: str | None = None,
        effects: tuple[Effect, ...] = (),
        edits: tuple[TextEdit, ...] | None = None,
        spawn: Spawn | None = None,
        stops: str | None = None,
        mutates: bool = True,
        known: bool = True,
    ) -> None:
        self.tool: Final = tool
        self.principal: Final = principal
        self.cwd: Final = cwd
        self.command: Final = command
        self.effects: Final = effects
        self.edits: Final = edits
        self.spawn: Final = spawn
        self.stops: Final = stops
        self.mutates: Final = mutates
        self.known: Final = known


# --- the analysis of a shell source -----------------------------------------------------------


class Effect(Value):
    """A read, write, delete or exec of one path.

    `path` is as the source spells it after expansion, made absolute against the directory that
    the source has reached; `None` is a path that cannot be known. `tree` says that everything
    below the path is meant too (`rm -r`, `cp -r`, `mv` of a folder); `glob` that the path is a
    pattern for the files that are there (`*`, `?`, `[...]`, and `**` for any folders). `by` names
    what does it: a program or a redirection. `noted` says of a path that cannot be known that it
    stands in a file that was there before the call. `brings` tells all that is put there, where it
    is known, as pairs: a pattern of what is copied or moved, and where each comes to be, or below
    which folder if that ends in `/`; an empty pattern is for what the source itself has made.
    """

    __slots__ = ("brings", "by", "glob", "kind", "noted", "path", "tree")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        kind: EffectKind,
        path: str | None,
        by: str,
        *,
        tree: bool = False,
        glob: bool = False,
        noted: bool = False,
        brings: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.kind: Final = kind
        self.path: Final = path
        self.by: Final = by
        self.tree: Final = tree
        self.glob: Final = glob
        self.noted: Final = noted
        self.brings: Final = brings


class Invocation(Value):
    """One resolved program call found in a shell source.

    `argv` holds the words after expansion; `None` stands for words not known, any number of
    them. `argv[0]` is known: a program whose name is unknown is an `Unseen`, not an invocation.
    `via` names the wrappers it was reached through, outermost first. `span` is where it stands in
    the source, in characters. `argv` is never empty. `origins` tells of unknown words, by their
    index in `argv`, all that they may come from, where that is known.
    """

    __slots__ = ("argv", "origins", "span", "via")

    def __init__(
        self,
        argv: tuple[str | None, ...],
        via: tuple[str, ...],
        span: tuple[int, int],
        origins: tuple[tuple[int, tuple[Origin, ...]], ...] = (),
    ) -> None:
        self.argv: Final = argv
        self.via: Final = via
        self.span: Final = span
        self.origins: Final = origins

    def origins_of(self, index: int) -> tuple[Origin, ...]:
        """Give all that an unknown word may come from; nothing where that is not known."""
        return dict(self.origins).get(index, ())

    @property
    def program(self) -> str:
        """The program's name without its folder."""
        name = self.argv[0]
        assert name is not None  # noqa: S101 -- the class's own invariant, see above
        return name.rpartition("/")[2]

    def __str__(self) -> str:
        """Show the command as a person would type it, unknown words as `...`."""
        return " ".join("..." if word is None else word for word in self.argv)


class Analysis(Value):
    """What a shell source runs and touches, and what of it could not be known.

    `left` tells what the source leaves at an absolute path: every text that may lie there at some
    time, with none for one that is not known, and nothing for a file that is nowhere. `codes` holds
    every text of code that an interpreter was given, as its program, its language and itself.
    `if_empty` tells what would be deleted with all below if what is not known of a path were empty:
    the path or pattern, and what deletes it. `is_plain` says that it is of a source that runs no
    programs but those that only read, show or compute (`shell.plain`). Two analyses that found the
    same are equal, whatever they tell.
    """

    __slots__ = ("codes", "effects", "if_empty", "invocations", "is_plain", "left", "unseen")

    def __init__(  # noqa: PLR0913, PLR0917 -- a record has as many arguments as fields
        self,
        invocations: Iterable[Invocation] = (),
        effects: Iterable[Effect] = (),
        unseen: Iterable[Unseen] = (),
        left: Callable[[str], tuple[str | None, ...]] = lambda path: (None,),  # noqa: ARG005 -- knows nothing
        codes: Iterable[tuple[str, str | None, str]] = (),
        if_empty: Iterable[tuple[str, str]] = (),
        *,
        is_plain: bool = False,
    ) -> None:
        self.invocations: Final = tuple(invocations)
        self.effects: Final = tuple(effects)
        self.unseen: Final = tuple(unseen)
        self.left: Final = left
        self.codes: Final = tuple(codes)
        self.if_empty: Final = tuple(if_empty)
        self.is_plain: Final = is_plain

    def fields(self) -> tuple[object, ...]:
        """Give what was found."""
        return (self.effects, self.invocations, self.unseen)

    @property
    def coverage(self) -> Coverage:
        """`full` only when no program can run that is not listed."""
        return "partial" if self.unseen else "full"


class FileFact(Value):
    """What lies at a path.

    `kind` is `missing` (or a folder: nothing that could run), `text`, `large` (too large to be
    read), `program` (no text, to be run by the kernel) or `unknown` (it cannot be read, or is no
    regular file). `real` is the path with every link resolved. `text` is that of a text, read as
    UTF-8 with other bytes as lone surrogates; of a program, the name of the installed program that
    it is the same as, if there is one.
    """

    __slots__ = ("kind", "real", "text")

    def __init__(self, kind: FileKind, real: str = "", text: str = "") -> None:
        self.kind: Final = kind
        self.real: Final = real
        self.text: Final = text


# --- what a gate looks at ---------------------------------------------------------------------


class Target(Value):
    """An effect with its path made certain by a look at the disk.

    `spelled` and `real` are absolute and free of `.` and `..`; `real` has every symbolic link
    resolved. `relative` holds both as seen from the scope's root (one entry where they are the
    same; `None` for one that lies outside). All of them are empty for an unknown path.
    `is_folder` says that the path is, or will be, a folder. `below` lists what a `tree` effect
    takes along and what it puts there, from the scope's root, or absolute outside of it; `None`
    means that it was too much to list. `elsewhere` holds all of these as they are called in other
    checkouts: from the project's root for an agent of a worktree, from the root of a worktree for
    others. Folders end in `/` in both. `is_scratch` says that it really lies among temporary files
    that belong to nobody's project.
    """

    __slots__ = (
        "below", "effect", "elsewhere", "is_folder", "is_scratch", "real", "relative", "spelled",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        effect: Effect,
        *,
        spelled: str = "",
        real: str = "",
        relative: tuple[str | None, ...] = (),
        is_folder: bool = False,
        below: tuple[str, ...] | None = (),
        elsewhere: tuple[str, ...] = (),
        is_scratch: bool = False,
    ) -> None:
        self.effect: Final = effect
        self.spelled: Final = spelled
        self.real: Final = real
        self.relative: Final = relative
        self.is_folder: Final = is_folder
        self.below: Final = below
        self.elsewhere: Final = elsewhere
        self.is_scratch: Final = is_scratch

    @property
    def changes(self) -> bool:
        """Whether the effect writes or deletes."""
        return self.effect.kind in ("write", "delete")

    def __str__(self) -> str:
        """Name the path for people, from the scope's root where it lies inside."""
        if not self.spelled:
            return "a path that cannot be known"
        return (self.relative and self.relative[0]) or self.spelled


class Places(Value):
    """The folders that gates measure against: absolute, links resolved, no trailing slash.

    `config` is where the client keeps what is the user's. `state` is where the gate keeps what the
    user has accepted, `user_policy` the file of the user's policy. `installation` holds the folders
    of the gate itself: its environment, its hook scripts, the user's policy and what the user has
    accepted; and the files that the environment has every shell read.
    `runtime` is the interpreter that it runs on and its standard library, which others use too.
    `root` is where scopes are measured from: the project, or the worktree of the agent. `scratch`
    holds the folders of temporary files. `folds_case` says that the project's file system takes
    `A` and `a` for the same name.
    """

    __slots__ = (
        "config", "folds_case", "home", "installation", "project", "root", "runtime", "scratch",
        "state", "user_policy",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        project: str,
        home: str,
        installation: tuple[str, ...],
        root: str | None = None,
        scratch: tuple[str, ...] = (),
        folds_case: bool = False,
        config: str | None = None,
        runtime: tuple[str, ...] = (),
        state: str | None = None,
        user_policy: str | None = None,
    ) -> None:
        """Take the fields, which nobody changes; `hook.places` finds some of them later."""
        self.project = project
        self.home = home
        self.installation = installation
        self.root = root or project
        self.scratch = scratch
        self.folds_case = folds_case
        self.config = config or f"{home}/.claude"
        self.runtime = runtime
        self.state = state or f"{home}/.local/state/kei-gates"
        self.user_policy = user_policy or f"{home}/.config/kei-gates/policy.toml"

    def rooted(self, root: str) -> Places:
        """Give the same places with scopes measured from another root."""
        return Places(
            project=self.project,
            home=self.home,
            installation=self.installation,
            root=root,
            scratch=self.scratch,
            folds_case=self.folds_case,
            config=self.config,
            runtime=self.runtime,
            state=self.state,
            user_policy=self.user_policy,
        )


def folded(text: str) -> str:
    """Give a text in which names are equal that a file system without case takes for the same."""
    if text.isascii():
        return text.casefold()
    from unicodedata import normalize  # noqa: PLC0415 -- few paths need it

    return normalize("NFC", normalize("NFD", text).casefold())


def lettered(text: str) -> str:
    """Give a text with letters for the bytes of a file that are no UTF-8, as in Latin-1.

    A parser refuses them as they are read, while what runs the file may be told its encoding.
    """
    if text.isascii() or not any("\udc80" <= char <= "\udcff" for char in text):
        return text
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


class Event(Value):
    """Everything a gate may look at: the call, its analysis, its targets, the places.

    `look` tells what lies at an absolute path, for the few gates that must know a file's text;
    `facts` answer what they ask of the session and the machine.
    """

    __slots__ = ("analysis", "call", "facts", "look", "places", "targets")

    def __init__(  # noqa: PLR0913, PLR0917 -- a record has as many arguments as fields
        self,
        call: Call,
        analysis: Analysis,
        targets: tuple[Target, ...],
        places: Places,
        look: Callable[[str], FileFact],
        facts: Facts,
    ) -> None:
        """Take the fields; `targets` are those of the call and of the analysis together."""
        self.call: Final = call
        self.analysis: Final = analysis
        self.targets: Final = targets
        self.places: Final = places
        self.look: Final = look
        self.facts: Final = facts

    def source(self, span: tuple[int, int]) -> str:
        """Give the part of the shell source at `span`."""
        return (self.call.command or "")[span[0] : span[1]]


# --- answers ----------------------------------------------------------------------------------


class Verdict(Value):
    """One gate's answer. Use `Abstain`, `Ask` or `Deny`."""

    __slots__ = ("charges", "reason", "remedy", "target")
    outcome: Outcome

    def __init__(
        self, reason: str, remedy: str, *, target: str = "", charges: tuple[Charge, ...] = ()
    ) -> None:
        """Take why, and what to do instead; both clauses without a final period.

        `target` names what a person may let pass this once, where that is for a person to say;
        `charges` are counted against the day if the call is let through.
        """
        self.reason: Final = reason
        self.remedy: Final = remedy
        self.target: Final = target
        self.charges: Final = charges


class Abstain(Verdict):
    """No objection."""

    __slots__ = ()
    outcome = "abstain"

    def __init__(self, *, charges: tuple[Charge, ...] = ()) -> None:
        super().__init__("", "", charges=charges)


class Ask(Verdict):
    """A person decides."""

    __slots__ = ()
    outcome = "ask"


class Deny(Verdict):
    """The call must not run."""

    __slots__ = ()
    outcome = "deny"


class Decision(Value):
    """The combined outcome, with every verdict that led to it.

    `verdicts` pairs each capability id with its verdict, in the order they were asked. A fault
    (bad payload, broken policy) is a denial by the id `kei-gates` itself. `by` tells of each word
    of a person's by which the call passes.
    """

    __slots__ = ("by", "outcome", "role", "verdicts")

    def __init__(
        self,
        outcome: Outcome,
        verdicts: tuple[tuple[str, Verdict], ...],
        role: str | None = None,
        *,
        by: tuple[str, ...] = (),
    ) -> None:
        """Take the fields; use `engine.combine` to make one from verdicts."""
        self.outcome: Final = outcome
        self.verdicts: Final = verdicts
        self.role: Final = role
        self.by: Final = by

    def passed_by(self, words: Iterable[str]) -> Decision:
        """Give what becomes of a call to which a person has answered every objection."""
        passed = tuple((name, Abstain(charges=one.charges)) for name, one in self.verdicts)
        return Decision("abstain", passed, self.role, by=tuple(words))

    @property
    def leading(self) -> tuple[str, Verdict] | None:
        """The first capability and verdict of the combined outcome; none when all abstain."""
        if self.outcome == "abstain":
            return None
        return next(pair for pair in self.verdicts if pair[1].outcome == self.outcome)


def fault(reason: str, remedy: str) -> Decision:
    """Make the denial that answers a fault of the gate's own making or input."""
    return Decision("deny", (("kei-gates", Deny(reason, remedy)),))


class Fault(Exception):  # noqa: N818 -- the design's word: answers and faults
    """Something the gate needs is missing or broken: the call is denied.

    Raise with what is wrong and what a person can do about it.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason: Final = reason
        self.remedy: Final = remedy


# --- roles ------------------------------------------------------------------------------------


class Params:
    """Base of a gate's parameters.

    A gate declares them as annotated class attributes with defaults. The compiled policy hands
    over only those that differ; the cold path derives the schema from the annotations.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        """Set the given parameters over the class's defaults."""
        self.__dict__.update(values)

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:  # noqa: ARG003 -- for subclasses
        """Say what is wrong with given parameters beyond their types; none when nothing is."""
        return None


class Grant(Value):
    """A capability with its parameters, inside a role."""

    __slots__ = ("capability", "params")

    def __init__(self, capability: str, params: Mapping[str, object]) -> None:
        self.capability: Final = capability
        self.params: Final = params


class Role(Value):
    """A named list of grants."""

    __slots__ = ("grants", "name")

    def __init__(self, name: str, grants: tuple[Grant, ...]) -> None:
        self.name: Final = name
        self.grants: Final = grants
