"""What gates may ask of the session that a call is made in, found out only when they ask."""

from __future__ import annotations

from posix import environ
from time import time

from kei_gates.facts import Facts
from kei_gates.protocol import payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Final

    from kei_gates.hook.ledger import Ledger
    from kei_gates.model import Decision, Places
    from kei_gates.particulars import Past, Process


class SessionFacts:
    """The facts of one call, and the ledger in which its launches are noted."""

    __slots__ = ("_fields", "_ledger", "_past", "_places", "_running", "facts")

    def __init__(
        self, fields: Mapping[str, object], places: Places, rates: Mapping[str, object]
    ) -> None:
        """Take a PreToolUse payload, and the prices that the policy knows. Raises `Fault`."""
        self._fields: Final = fields
        self._places: Final = places
        self._ledger: Ledger | None = None
        self._past: Sequence[Past] | None = None
        self._running: Sequence[Process] | None = None
        self.facts: Final = Facts(
            now=time(),
            attended=environ.get(b"CLAUDE_CODE_SESSION_ATTENDED") == b"1",
            session=payload.optional_text(fields, "session_id") or "",
            process=self._process,
            processes=self._processes,
            holders=self._holders,
            history=self._history,
            spent=lambda: self._opened().spent(),
            rates=rates,
        )

    def settle(self, decision: Decision) -> None:
        """Note what a call that is let through may launch, and let others launch. Raises `Fault`.

        A call without a launch costs nothing here.
        """
        try:
            if decision.outcome != "deny" and any(one.charges for _, one in decision.verdicts):
                from kei_gates.hook.ledger import charges_of  # few calls launch

                charges = charges_of(decision)
                self._opened().record(charges, asked=decision.outcome == "ask")
        finally:
            if self._ledger is not None:
                self._ledger.close()

    def _opened(self) -> Ledger:
        if self._ledger is None:
            from kei_gates.hook.ledger import Ledger  # few calls launch

            self._ledger = Ledger(
                self._places.home,
                self.facts.now,
                call=payload.optional_text(self._fields, "tool_use_id") or "",
                session=self.facts.session,
                agent=payload.optional_text(self._fields, "agent_id"),
                transcript=payload.optional_text(self._fields, "transcript_path"),
            )
        return self._ledger

    def _history(self) -> Sequence[Past]:
        if self._past is None:
            from kei_gates.hook import transcript  # few gates look back

            self._past = transcript.history(self._fields, self._places)
        return self._past

    def _process(self, pid: int) -> Process | None:
        from kei_gates.observe import processes  # few calls end a process

        return processes.process(pid, self.facts.session)

    def _holders(self, port: int) -> Sequence[int]:
        from kei_gates.observe import processes  # the same

        return processes.holders(port)

    def _processes(self) -> Sequence[Process]:
        if self._running is None:
            from kei_gates.observe import processes  # the same

            self._running = processes.processes(self.facts.session)
        return self._running
