"""What a gate may ask beyond the call itself: the clock, the session so far, processes, money.

All of it is asked for only by the few gates that need it, and costs nothing where none does: each
answer comes from a function that the hook gives. What cannot be found out is a `Fault`, or a none
that a gate must take for the worst.
"""

from __future__ import annotations

from kei_gates.model import Analysis, Fault, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Final


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


def _nothing_known() -> Sequence[Process]:
    raise Fault("the process table cannot be read here", "name the process by `$!` or `%1`")


def _no_holders_known(port: int) -> Sequence[int]:
    raise Fault(f"it cannot be seen here who uses port {port}", "name the process by `$!` or `%1`")


class Facts:
    """The answers. The defaults are those of no session: nobody watches, nothing was done before.

    `now` is in seconds since the epoch. `attended` says that a person sits before the session and
    can be asked. `session` is the client's id of it, empty outside of one. `process` gives the
    process of an id, none where there is none; `processes` all of them; `holders` the ids of those
    that use a port. All three may raise `Fault`.
    `history` gives the calls of the session, the oldest first, and raises `Fault` where it cannot
    be had. `spent` gives what was launched today in cents of a dollar; from then on nobody else
    can launch until this call is decided. `rates` are the prices that the policy knows, in the form
    that `policy.rates` describes.
    """

    __slots__ = (
        "attended", "history", "holders", "now", "process", "processes", "rates", "session",
        "spent",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        now: float = 0.0,
        attended: bool = False,
        session: str = "",
        process: Callable[[int], Process | None] | None = None,
        processes: Callable[[], Sequence[Process]] = _nothing_known,
        holders: Callable[[int], Sequence[int]] = _no_holders_known,
        history: Callable[[], Sequence[Past]] = tuple,
        spent: Callable[[], int] = int,
        rates: Mapping[str, object] | None = None,
    ) -> None:
        self.now: Final = now
        self.attended: Final = attended
        self.session: Final = session
        self.processes: Final = processes
        self.process: Final = process or self._among_all
        self.holders: Final = holders
        self.history: Final = history
        self.spent: Final = spent
        self.rates: Final = rates or {}

    def _among_all(self, pid: int) -> Process | None:
        return next((one for one in self.processes() if one.pid == pid), None)


NO_SESSION = Facts()
