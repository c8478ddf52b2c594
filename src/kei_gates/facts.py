"""What a gate may ask beyond the call itself: the clock, the session so far, processes, money.

All of it is asked for only by the few gates that need it, and costs nothing where none does: each
answer comes from a function that the hook gives. What cannot be found out is a `Fault`, or a none
that a gate must take for the worst.
"""

from __future__ import annotations

from kei_gates.model import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Final

    from kei_gates.particulars import Past, Process


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
