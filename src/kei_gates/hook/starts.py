"""Note how things are when an agent begins: what it is compared with when it returns.

Measured on client 2.1.330: an agent waits for the hooks of SubagentStart, and begins whatever they
answer. So what could not be noted is kept as the reason, and told when the agent returns. A message
to an agent that has returned starts it once more, by the same id.
"""

from __future__ import annotations

import os
from time import time_ns
from typing import TYPE_CHECKING

from kei_gates.hook import bindings, places, return_notes
from kei_gates.hook.return_notes import Note
from kei_gates.model import Fault
from kei_gates.observe.checkouts import WORKTREES, root_of
from kei_gates.observe.files import write_file
from kei_gates.protocol import payload
from kei_gates.protocol.reply import NO_OBJECTION
from kei_gates.verify import snapshot
from kei_gates.verify.repository import top_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.protocol.reply import Answer

    Fields = Mapping[str, object]

_UNFINISHED = "how things were when it began was not noted to the end, or not in time"


def begin(fields: Fields) -> Answer:
    """Note how things are when an agent begins. Raises `Fault`."""
    where = places.from_client(payload.absolute(fields, "cwd"))
    folder = bindings.Session(fields, where).folder
    agent = bindings.checked(payload.text(fields, "agent_id"), "agent_id")
    known = return_notes.read(folder, agent)
    if known is not None and not known.is_over:
        return_notes.write(folder, agent, known.woken())  # it answers for what it did before
        return NO_OBJECTION
    root = root_of(agent, payload.absolute(fields, "cwd"), where.project)
    return_notes.write(folder, agent, Note(looked=False, said=_UNFINISHED))
    try:
        _take(root, agent, start_of(folder, agent))
    except Fault as error:
        said = f"how things were when it began is not known: {error.reason}"
        return_notes.write(folder, agent, Note(looked=False, said=said))
        raise
    return_notes.write(folder, agent, Note(looked=False))
    return NO_OBJECTION


def _take(root: str, agent: str, start: str) -> None:
    now = time_ns()
    if not is_own(root, agent):
        snapshot.take(top_of(root) or root, start)
    try:
        if not os.path.lexists(start):
            write_file(start, b"")
        os.utime(start, ns=(now, now))
    except OSError as error:
        why = error.strerror or error
        raise Fault(f"`{start}` cannot be written: {why}", "mend the folder") from None


def is_own(root: str, agent: str) -> bool:
    """Whether a root is the worktree that the client has made for this very agent."""
    return root.endswith(f"/{WORKTREES}/agent-{agent}")


def start_of(folder: str, agent: str) -> str:
    """Give the file that holds how things were when an agent began, and by its time when."""
    return f"{folder}/start-{agent}"


def noted(folder: str, agent: str) -> int:
    """Say when the start of an agent was noted, in ns since the epoch. Raises `Fault`."""
    start = start_of(folder, agent)
    try:
        return os.stat(start).st_mtime_ns
    except OSError as error:
        known = return_notes.read(folder, agent)
        why = known.said if known is not None and known.said else error.strerror
        raise Fault(
            f"`{start}` cannot be read: {why}", "look at its work, and start it again"
        ) from None
