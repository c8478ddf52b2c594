"""Look at what an agent returns, and send it back while it does not hold.

Measured on client 2.1.330: a hook of SubagentStop that blocks makes the agent go on with the
reason; whatever else becomes of the hook lets the agent return. After eight blocks in a row the
client lets it return too, but a tool call of the agent begins the count anew, and the environment
can move the limit: so blocks are counted here. The hook is not called for an agent that ends by its
limit of turns, an error or a person; who started it is told that nobody has looked (`returned.py`).
"""

from __future__ import annotations

import os
from time import time, time_ns
from typing import TYPE_CHECKING

from kei_gates.audit import log
from kei_gates.checks.work import Finding
from kei_gates.hook import bindings, own_folders, places, return_notes, session, trust, who
from kei_gates.hook.last_message import report_of
from kei_gates.hook.own_changes import attributed
from kei_gates.hook.return_notes import Note
from kei_gates.model import Fault
from kei_gates.observe.checkouts import WORKTREES, root_of
from kei_gates.observe.files import write_file
from kei_gates.protocol import payload
from kei_gates.protocol.answer import NO_OBJECTION, sent_back
from kei_gates.verify import snapshot, summary
from kei_gates.verify.jobs import Jobs
from kei_gates.verify.outcome import OWN, Outcome
from kei_gates.verify.passes import verify
from kei_gates.verify.repository import top_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Places, Role
    from kei_gates.protocol.answer import Answer
    from kei_gates.verify.passes import Job
    from kei_gates.verify.work import Tell

    Fields = Mapping[str, object]

CAP = 8
"""How often an agent is sent back; the client's own limit for blocks in a row is the same."""

MAIN = "main"
"""What the main thread is called among the notes on agents."""

_ONLY_A_PERSON = "only a person can mend this; say so in your report"


def begin(fields: Fields) -> Answer:
    """Note how things are when an agent begins. Raises `Fault`."""
    where = places.from_client(payload.absolute(fields, "cwd"))
    folder = bindings.Session(fields, where).folder
    agent = bindings.checked(payload.text(fields, "agent_id"), "agent_id")
    known = return_notes.read(folder, agent)
    if known is not None and not (known.looked and known.holds):
        return NO_OBJECTION  # it was woken again, and answers for what it did before
    root = root_of(agent, payload.absolute(fields, "cwd"), where.project)
    start = _start_of(folder, agent)
    now = time_ns()
    if not _is_own(root, agent):
        snapshot.take(top_of(root) or root, start)
    _mark(start, now)
    return_notes.write(folder, agent, Note(looked=False))
    return NO_OBJECTION


def stop(fields: Fields) -> Answer:
    """Look at what a subagent returns. Raises `Fault`."""
    agent = bindings.checked(payload.text(fields, "agent_id"), "agent_id")
    return answer(fields, agent)


def answer(fields: Fields, agent: str) -> Answer:
    """Look at what an agent or the main thread has done and answer its return. Raises `Fault`."""
    began = time()
    where = places.from_client(payload.absolute(fields, "cwd"))
    folder = bindings.Session(fields, where).folder
    audit = _Audit(fields, agent, where)
    role = None
    try:
        role = _checks(fields, where)
        outcome = verify(role.grants, _job(fields, agent, where, folder, audit.tell))
    except Fault as error:
        finding = Finding(error.reason, error.remedy, doubt=_ONLY_A_PERSON)
        outcome = Outcome([(OWN, finding)])
    again = fields.get("stop_hook_active") is True
    note, is_sent_back = judged(return_notes.read(folder, agent) if again else None, outcome)
    return_notes.write(folder, agent, note)
    audit.returned(role, outcome, note, time() - began, is_sent_back=is_sent_back)
    return sent_back(note.said) if is_sent_back else NO_OBJECTION


def judged(before: Note | None, outcome: Outcome) -> tuple[Note, bool]:
    """Say what becomes of an agent, and whether it is sent back.

    `before` is the note on it if it was sent back already. What may be somebody else's work, and
    what only a person can mend, is told once: the agent says in its report what it knows of it.
    """
    times = before.sent_back if before is not None else 0
    if outcome.holds:
        return Note(sent_back=times), False
    if times >= (CAP if outcome.is_certain else 1):
        return Note(sent_back=times, holds=False, said=summary.to_starter(outcome)), False
    return Note(sent_back=times + 1, holds=False, said=summary.to_agent(outcome)), True


def _checks(fields: Fields, where: Places) -> Role:
    """Give what is checked of who returns. Raises `Fault`."""
    policy = trust.load(where)
    principal = payload.to_principal(fields)
    keys = who.keys_of(policy, principal, where)
    tasks = []
    if principal.agent_id is not None:
        tasks = bindings.Session(fields, where).tasks_of(principal.agent_id)
    return session.narrowed_checks(policy, keys, tasks)


def _job(fields: Fields, agent: str, where: Places, folder: str, tell: Tell) -> Job:
    """Put together what is looked at. Raises `Fault`."""
    root = root_of(None if agent == MAIN else agent, payload.absolute(fields, "cwd"), where.project)
    made = Jobs(
        report_of(fields),
        throwaway=f"{own_folders.state(where.home)}/verify",
        is_return=True,
        tell=tell,
    )
    if agent == MAIN:
        return made.against(root, None)
    start = _start_of(folder, agent)
    since = _noted(start)
    if _is_own(root, agent):
        return made.of_worktree(root, since)
    return made.since_start(root, start, lambda all_: attributed(all_, fields, where, since))


def _is_own(root: str, agent: str) -> bool:
    """Whether a root is the worktree that the client has made for this very agent."""
    return root.endswith(f"/{WORKTREES}/agent-{agent}")


def _start_of(folder: str, agent: str) -> str:
    return f"{folder}/start-{agent}"


def _mark(start: str, now: int) -> None:
    """Note when an agent began, beside what it began with. Raises `Fault`."""
    try:
        if not os.path.lexists(start):
            write_file(start, b"")
        os.utime(start, ns=(now, now))
    except OSError as error:
        raise Fault(f"`{start}` cannot be written: {error}", "mend the folder") from None


def _noted(start: str) -> int:
    """Say when the start of an agent was noted, in ns since the epoch. Raises `Fault`."""
    try:
        return os.stat(start).st_mtime_ns
    except OSError as error:
        raise Fault(
            f"`{start}` cannot be read: {error.strerror}", "start the agent again"
        ) from None


def _without_output(finding: Mapping[str, object]) -> dict[str, object]:
    """Give a finding as it is written down: what commands print may hold secrets."""
    return {key: value for key, value in finding.items() if key != "detail"}


class _Audit:
    """Writes down what was looked at, and each command when it starts and when it has ended."""

    def __init__(self, fields: Fields, agent: str, where: Places) -> None:
        self._folder = own_folders.state(where.home)
        self._who = {
            "session": payload.optional_text(fields, "session_id"),
            "agent": None if agent == MAIN else agent,
            "agent_type": payload.optional_text(fields, "agent_type"),
        }
        self._started: set[tuple[str, str]] = set()

    def tell(self, command: str, at: str, seconds: float, line: str) -> None:  # noqa: ARG002 -- see Tell
        """Write down that a command runs, once."""
        if (command, at) not in self._started:
            self._started.add((command, at))
            self._write("run", {"command": command, "pass": at, "state": "started"})

    def returned(
        self, role: Role | None, outcome: Outcome, note: Note, seconds: float, *, is_sent_back: bool
    ) -> None:
        """Write down what came out. Raises `Fault`."""
        for run in outcome.runs:
            self._write("run", {"state": "ended", **summary.as_run(run)})
        record = summary.as_record(outcome)
        self._write(
            "return",
            {
                "role": role.name if role else None,
                "holds": note.holds,
                "sent_back": is_sent_back,
                "times": note.sent_back,
                "seconds": round(seconds, 3),
                "findings": [_without_output(one) for one in record["findings"]],
                "passed": record["passed"],
                "skipped": record["skipped"],
            },
        )

    def _write(self, event: str, record: Mapping[str, object]) -> None:
        log.append(self._folder, {"at": time(), "event": event, **self._who, **record})
