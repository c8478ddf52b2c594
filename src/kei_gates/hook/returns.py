"""Look at what an agent returns, and send it back while it does not hold.

Measured on client 2.1.330: a hook of SubagentStop that blocks makes the agent go on with the
reason; whatever else becomes of the hook lets the agent return. After eight blocks in a row the
client lets it return too, but a tool call of the agent begins the count anew, and the environment
can move the limit: so blocks are counted here. The hook is not called for an agent that ends by its
limit of turns, an error or a person; who started it is told that nobody has looked (`returned.py`).
"""

from __future__ import annotations

from time import monotonic, time
from typing import TYPE_CHECKING

from kei_gates.audit import log
from kei_gates.checks.work import Finding
from kei_gates.hook import bindings, places, return_notes, session, trust, who
from kei_gates.hook.last_message import report_of
from kei_gates.hook.own_changes import attributed
from kei_gates.hook.return_notes import Note
from kei_gates.hook.returned import MAIN
from kei_gates.hook.starts import is_own, noted, start_of
from kei_gates.model import Fault
from kei_gates.observe.checkouts import root_of
from kei_gates.observe.paths import exists
from kei_gates.protocol import payload
from kei_gates.protocol.answer import sent_back, shown
from kei_gates.protocol.reply import NO_OBJECTION
from kei_gates.verify import summary
from kei_gates.verify.jobs import Jobs
from kei_gates.verify.outcome import OWN, Outcome
from kei_gates.verify.passes import verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Places, Role
    from kei_gates.protocol.reply import Answer
    from kei_gates.verify.passes import Job
    from kei_gates.verify.work import Tell

    Fields = Mapping[str, object]

CAP = 8
"""How often an agent is sent back; the client's own limit for blocks in a row is the same."""

SECONDS = 3300.0
"""How long the commands of all checks may take: what comes after must end before the hook must."""

SAME = 3
"""How often it is sent back with the very same findings: who cannot mend them now never will."""

_TO_PERSON = "kei-gates: NOT VERIFIED: this turn has ended, and its work does not hold:\n{said}"
_ONLY_A_PERSON = "only a person can mend this; say so in your report"


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
    role, outcome = _looked_at(fields, agent, where, folder, audit.tell)
    again = fields.get("stop_hook_active") is True
    before = _before(folder, agent) if again else None
    note, is_sent_back = judged(before, outcome)
    try:
        audit.returned(role, outcome, note, time() - began, is_sent_back=is_sent_back)
    except Fault as error:
        outcome = _with_fault(outcome, error)
        note, is_sent_back = judged(before, outcome)
    try:
        return_notes.write(folder, agent, note)
    except Fault as error:
        outcome = _with_fault(outcome, error)
        is_sent_back = not again or _has_held(folder, agent)  # nobody counts
    if is_sent_back:
        return sent_back(summary.to_agent(outcome))
    if agent == MAIN and not outcome.holds:  # nobody else has started it
        return shown(_TO_PERSON.format(said=summary.listed(outcome)))
    return NO_OBJECTION


def _looked_at(
    fields: Fields, agent: str, where: Places, folder: str, tell: Tell
) -> tuple[Role | None, Outcome]:
    """Give the role of who returns, none where nobody can tell, and what came out."""
    role = None
    try:
        role = _checks(fields, where)
        return role, verify(role.grants, _job(fields, agent, where, folder, tell))
    except Fault as error:
        return role, _with_fault(Outcome(), error)
    except Exception as error:  # noqa: BLE001 -- what cannot be looked at does not hold
        reason = f"this could not be looked at: {type(error).__name__}: {error}"
        return role, _with_fault(Outcome(), Fault(reason, "report this with what caused it"))


def judged(before: Note | None, outcome: Outcome) -> tuple[Note, bool]:
    """Say what becomes of an agent, and whether it is sent back.

    `before` is the note on it if it was sent back already. What may be somebody else's work, and
    what only a person can mend, is told once: the agent says in its report what it knows of it.
    """
    times = before.sent_back if before is not None else 0
    if outcome.holds:
        return Note(sent_back=times), False
    said = summary.listed(outcome)
    same = before.same + 1 if before is not None and before.said == said else 1
    if times >= (CAP if outcome.is_certain else 1) or same > SAME:
        return Note(sent_back=times, holds=False, said=said, same=same), False
    return Note(sent_back=times + 1, holds=False, said=said, same=same, looked=False), True


def _before(folder: str, agent: str) -> Note | None:
    """Give the note on who was sent back; none where it cannot be read: the count begins anew."""
    try:
        return return_notes.read(folder, agent)
    except Fault:
        return None


def _has_held(folder: str, agent: str) -> bool:
    """Whether an old note says that all holds, which would be told to whoever started the agent."""
    known = _before(folder, agent)
    return known is not None and known.is_over


def _with_fault(outcome: Outcome, fault: Fault) -> Outcome:
    """Add what no agent can mend."""
    found = Finding(fault.reason, fault.remedy, doubt=_ONLY_A_PERSON)
    return Outcome(
        [*outcome.findings, (OWN, found)],
        outcome.passed,
        outcome.skipped,
        outcome.runs,
        outcome.remarks,
    )


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
    if not exists(root):
        raise Fault(f"the folder `{root}` is gone", "bring it back, or say what became of it")
    made = Jobs(
        report_of(fields),
        throwaway=f"{where.state}/verify",
        is_return=True,
        deadline=monotonic() + SECONDS,
        tell=tell,
    )
    if agent == MAIN:
        # what was there before the session is nobody's of it, so all of its calls count
        return made.against(root, None, lambda all_: attributed(all_, fields, where, 0))
    since = noted(folder, agent)
    if is_own(root, agent):
        return made.of_worktree(root, since)
    start = start_of(folder, agent)
    return made.since_start(root, start, lambda all_: attributed(all_, fields, where, since))


def _without_output(finding: Mapping[str, object]) -> dict[str, object]:
    """Give a finding as it is written down: what commands print may hold secrets."""
    return {key: value for key, value in finding.items() if key != "detail"}


class _Audit:
    """Writes down what was looked at, and each command when it starts and when it has ended."""

    def __init__(self, fields: Fields, agent: str, where: Places) -> None:
        self._folder = where.state
        self._who = {
            "session": payload.optional_text(fields, "session_id"),
            "agent": None if agent == MAIN else agent,
            "agent_type": payload.optional_text(fields, "agent_type"),
            "project": where.project,
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
