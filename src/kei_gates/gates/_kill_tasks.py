"""The client's own tool that stops a background task: whether its end stops work that counts.

The shell tools tell the id of what they leave running ("Command running in background with ID:
b1x.", "Monitor started (task b1x, ..."; client 2.1.330), and so do those that start agents. A test
run, a server, a watch or an agent may be stopped.
"""

from __future__ import annotations

from kei_gates.gates._killing import Killing
from kei_gates.gates._wording import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event
    from kei_gates.particulars import Past

_SHELLS = frozenset(("Bash", "Monitor"))
_AGENTS = frozenset(("Agent", "SendMessage", "Task", "Workflow"))
_INSTEAD = "let it run, and report what should be stopped and why: a person stops it"
_NAMING = ("ID: ", "task ", "agentId: ", '"', "`")


def objection(event: Event) -> Killing | None:
    """Give what a call of the client's own tool would stop; none for what may be stopped."""
    task = event.call.stops
    if not task:
        return None  # the client refuses it
    target = f"background task `{task}`"
    known = False
    for past in event.facts.history():
        if past.tool in _SHELLS and _tells(past, task):
            known = True
            why = _guarded(past)
            if why is not None:
                said = f"`{event.call.tool}` would end {target}: `{shorten(past.command)}`"
                return Killing(target, f"{said}, {why}", _INSTEAD)
        elif past.tool in _AGENTS and (past.given.get("name") == task or _tells(past, task)):
            known = True
    if known:
        return None
    reason = f"nobody knows what `{event.call.tool}` would end: no call of this session told of it"
    return Killing(target, f"{reason} `{task}`", _INSTEAD)


def _tells(past: Past, task: str) -> bool:
    """Whether the output of a call names what it left running."""
    output = past.output or ""
    at = output.find(task)
    while at >= 0:
        after = output[at + len(task) : at + len(task) + 1]
        if output[:at].endswith(_NAMING) and not (after.isalnum() or after in ("-", "_")):
            return True
        at = output.find(task, at + 1)
    return False


def _guarded(past: Past) -> str | None:
    """Say why a command must not be ended; none where it may be."""
    from kei_gates.gates._trainings import (  # noqa: PLC0415 -- only for a task that is known
        is_paid_client,
        looks_like_training,
    )

    analysis = past.analyse()
    for invocation in analysis.invocations:
        if is_paid_client(invocation.argv):
            return "a client with whose end paid work stops or is left alone"
        if looks_like_training(invocation.argv):
            return "which looks like a training"
    unseen = next((one for one in analysis.unseen if not one.noted), None)
    return None if unseen is None else f"of which it is not known what it runs ({unseen.why})"
