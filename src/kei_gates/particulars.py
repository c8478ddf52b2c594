"""What only some calls, analyses, verdicts and facts have: more words of the project as values.

They lie apart from `model` because a class costs the hook about as much as reading a file, and most
calls need none of these.
"""

from __future__ import annotations

from kei_gates.model import Analysis, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Final, Literal

    OriginKind = Literal["job", "output", "file"]


class Spawn(Value):
    """What a call that starts an agent asks for.

    `agent_type` is as the model wrote it, none where it named none; `tasks` are the ids on the
    `kei-task:` lines of the prompt.
    """

    __slots__ = ("agent_type", "tasks")

    def __init__(self, agent_type: str | None, tasks: tuple[str, ...]) -> None:
        self.agent_type: Final = agent_type
        self.tasks: Final = tasks


class Origin(Value):
    """Where a word that is not known comes from.

    `kind` is `job` for the id of something that this very source has started, `output` for what
    the command `words` prints, `file` for the text of the file `words[0]`.
    """

    __slots__ = ("kind", "words")

    def __init__(self, kind: OriginKind, words: tuple[str | None, ...] = ()) -> None:
        self.kind: Final = kind
        self.words: Final = words


class Unseen(Value):
    """A part of the source that could run something the analysis did not see.

    `noted` says that it stands in a file that was there before the call, and not in what the call
    itself says: a gate that forbids notes it, one that allows only what is listed denies it.
    """

    __slots__ = ("noted", "span", "why")

    def __init__(self, why: str, span: tuple[int, int], *, noted: bool = False) -> None:
        self.why: Final = why
        self.span: Final = span
        self.noted: Final = noted


class Charge(Value):
    """What a paid launch is expected to cost: cents of a dollar, how they come about, for what."""

    __slots__ = ("cents", "formula", "what")

    def __init__(self, cents: int, formula: str, what: str) -> None:
        self.cents: Final = cents
        self.formula: Final = formula
        self.what: Final = what


class Process(Value):
    """A running process, as the process table shows it.

    `command` holds its words; `parents` those of the processes above it, the nearest first, each
    with its id. `age` is in seconds, none where it is not known; `busy` is how many processors it
    has kept busy over its life, on average. `uses_gpu` says that it holds a graphics card open,
    `is_ours` that this session of the client started it. `name` is the short one by which it is
    listed, `group` the id of its process group, `user` that of its owner, none where not known.
    """

    __slots__ = (
        "age", "busy", "command", "group", "is_ours", "name", "parents", "pid", "user", "uses_gpu",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        pid: int,
        command: tuple[str, ...],
        *,
        parents: tuple[tuple[int, tuple[str, ...]], ...] = (),
        age: float | None = None,
        busy: float = 0.0,
        uses_gpu: bool = False,
        is_ours: bool = False,
        name: str = "",
        group: int | None = None,
        user: int | None = None,
    ) -> None:
        self.pid: Final = pid
        self.command: Final = command
        self.parents: Final = parents
        self.age: Final = age
        self.busy: Final = busy
        self.uses_gpu: Final = uses_gpu
        self.is_ours: Final = is_ours
        self.name: Final = name or (command[0] if command else "").rpartition("/")[2][:15]
        self.group: Final = group
        self.user: Final = user


class Past(Value):
    """One tool call of the session that was made before, by any of its agents.

    `given` is the tool's input, `output` what the agent was shown; none while it runs. `failed`
    says that it ended with an error, or never ran; `ran` is false only for the latter. `at` is when
    it was made, `ended` when its result came, none while it runs; both in seconds since the epoch.
    `use` is the client's id of it, `cwd` where it was made. `analyse` gives what its shell source
    ran, as far as it is known.
    """

    __slots__ = (
        "agent_id", "analyse", "at", "cwd", "ended", "failed", "given", "output", "ran", "tool",
        "use",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        tool: str,
        given: Mapping[str, object],
        *,
        output: str | None,
        at: float,
        failed: bool = False,
        ran: bool = True,
        agent_id: str | None = None,
        analyse: Callable[[], Analysis] = Analysis,
        ended: float | None = None,
        use: str = "",
        cwd: str = "",
    ) -> None:
        self.tool: Final = tool
        self.given: Final = given
        self.output: Final = output
        self.failed: Final = failed
        self.ran: Final = ran
        self.ended: Final = ended
        self.use: Final = use
        self.cwd: Final = cwd
        self.at: Final = at
        self.agent_id: Final = agent_id
        self.analyse: Final = analyse

    @property
    def command(self) -> str:
        """The shell source that it ran, empty for a tool that runs none."""
        command = self.given.get("command")
        return command if isinstance(command, str) else ""
