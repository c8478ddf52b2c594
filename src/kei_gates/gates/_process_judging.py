"""Whether processes may be stopped: only what this session has started, and nobody waits for.

A training, a client of paid work, what uses a graphics card, and what has kept a processor busy for
long is somebody's work, whoever has started it.
"""

from __future__ import annotations

from kei_gates.gates._killing import Killing
from kei_gates.gates._trainings import is_paid_client, looks_like_training
from kei_gates.gates._wording import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.model import Event
    from kei_gates.particulars import Process

INSTEAD = (
    "leave it running and end only what this very command has started, by `$!` or `%1`; or report "
    "what should be ended and why"
)
_LONG = 300.0
_BUSY = 0.5
_MOST_NAMED = 5
_MOST_PARENTS = 3


def judge(hits: Sequence[Process], shown: str, event: Event) -> Killing | None:
    """Say why the first of some processes may not be ended that may not; `shown` is the command."""
    for process in hits:
        why = _guarded(process, event)
        if why is not None:
            return Killing(
                _target(hits, shown), f"`{shown}` would stop {_told(process)}: {why}", INSTEAD
            )
    return None


def _target(hits: Sequence[Process], shown: str) -> str:
    """Name all that would be hit, the same for every spelling that hits it."""
    ids = sorted({one.pid for one in hits})
    if len(ids) == 1:
        return f"process {ids[0]}"
    if len(ids) > _MOST_NAMED:
        return f"{len(ids)} processes by `{shown}`"
    return f"processes {', '.join(map(str, ids))}"


def _guarded(process: Process, event: Event) -> str | None:
    """Say why a process may not be ended; none where it may."""
    work = _work(process)
    if work is not None:
        return f"it {work}"
    if not process.is_ours:
        return "this session has not started it"
    for one in event.facts.processes():
        if any(pid == process.pid for pid, _ in one.parents):
            work = _work(one)
            if work is not None:
                return f"`{_command(one.command)}` below it {work}"
    return None


def _work(process: Process) -> str | None:
    """Say which work a process does that somebody waits for."""
    if is_paid_client(process.command):
        return "is attached to paid compute, which ends with it"
    if looks_like_training(process.command):
        return "is a training"
    if process.uses_gpu:
        return "uses a graphics card"
    if process.age is None or (process.age >= _LONG and process.busy >= _BUSY):
        return "has been at work for long"
    return None


def _told(process: Process) -> str:
    """Tell of a process what a person needs to know it by."""
    age = "" if process.age is None else f", running for {_duration(process.age)}"
    names: list[str] = []
    for pid, words in process.parents:
        name = (words[0] if words else "?").rpartition("/")[2]
        if pid > 1 and name not in names:
            names.append(name)
    above = ", ".join(f"`{shorten(name)}`" for name in names[:_MOST_PARENTS])
    below = f", below {above}" if above else ""
    return f"`{_command(process.command)}` (process {process.pid}{age}{below})"


def _command(words: Sequence[str]) -> str:
    """Show a command line without what a line cannot hold, or a terminal would obey."""
    text = " ".join(words)
    return shorten("".join(char if char.isprintable() and char != "`" else "?" for char in text))


def _duration(seconds: float) -> str:
    whole = int(seconds)
    for size, unit, rest, part in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // rest} {part}"
    return f"{whole // 60} min" if whole >= 60 else f"{whole} s"  # noqa: PLR2004 -- a minute
