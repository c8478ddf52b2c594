"""Count what stands in the audit."""

from __future__ import annotations

from collections import Counter
from heapq import heappush, heappushpop
from statistics import median
from typing import TYPE_CHECKING

from kei_gates.audit.entries import DECISION, RETURN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kei_gates.audit.entries import Entry

DECISIONS = ("abstain", "ask", "deny")
KINDS = ("role", "agent", "gate", "tool")
_NO_ROLE = "(none)"
_SLOWEST = 5


class Tally:
    """The counts of decisions and returns.

    Each of `by` has for a name how often each decision was taken on it: by role, by type of agent,
    by tool, and by gate how often it objected with what.
    """

    def __init__(self) -> None:
        self.first: float | None = None
        self.last: float | None = None
        self.sessions: set[str] = set()
        self.decisions: Counter[str] = Counter()
        self.faults = 0
        self.by_person = 0
        self.by: dict[str, dict[str, Counter[str]]] = {kind: {} for kind in KINDS}
        self.returns: Counter[str] = Counter()
        self._times: list[float] = []
        self._slow: list[tuple[float, int, Entry]] = []

    def add_all(self, entries: Iterable[Entry]) -> Tally:
        """Count all of them, and give this tally."""
        for entry in entries:
            self.add(entry)
        return self

    def add(self, entry: Entry) -> None:
        """Count a record."""
        self.first = entry.at if self.first is None else min(self.first, entry.at)
        self.last = entry.at if self.last is None else max(self.last, entry.at)
        if entry.session:
            self.sessions.add(entry.session)
        if entry.event == RETURN:
            self.returns[outcome_of(entry)] += 1
        elif entry.event == DECISION:
            self._add_decision(entry)

    def _add_decision(self, entry: Entry) -> None:
        decision = entry.decision
        self.decisions[decision] += 1
        self.by_person += bool(entry.by)
        self._count("role", entry.role or _NO_ROLE, decision)
        self._count("agent", entry.kind, decision)
        self._count("tool", entry.tool, decision)
        for objection in entry.objections:
            self._count("gate", objection.gate, objection.outcome)
        self.faults += entry.is_fault
        ms = entry.ms
        if ms is not None:
            self._times.append(ms)
            self._keep_slow((ms, -len(self._times), entry))

    def _count(self, kind: str, name: str, what: str) -> None:
        self.by[kind].setdefault(name, Counter())[what] += 1

    def _keep_slow(self, one: tuple[float, int, Entry]) -> None:
        if len(self._slow) < _SLOWEST:
            heappush(self._slow, one)
        else:
            heappushpop(self._slow, one)

    @property
    def total(self) -> int:
        """How many decisions there were."""
        return self.decisions.total()

    @property
    def denied_share(self) -> float:
        """Which part of the decisions denied, from 0 to 1."""
        return self.decisions["deny"] / self.total if self.total else 0.0

    @property
    def median(self) -> float | None:
        """The median of the milliseconds that decisions took."""
        return round(median(self._times), 1) if self._times else None

    @property
    def p95(self) -> float | None:
        """What 95 of 100 decisions did not take longer than, in milliseconds."""
        return round(_percentile(sorted(self._times), 95), 1) if self._times else None

    @property
    def slowest(self) -> list[Entry]:
        """The decisions that took longest, the slowest first."""
        return [entry for _, _, entry in sorted(self._slow, key=lambda one: (-one[0], -one[1]))]

    def most(self, kind: str) -> list[tuple[str, Counter[str]]]:
        """Give names with their counts, the most frequent first."""
        return sorted(self.by[kind].items(), key=lambda one: (-one[1].total(), one[0]))


def outcome_of(entry: Entry) -> str:
    """Say what became of a return: it `holds`, was `sent back`, or was `not verified`."""
    if entry.record.get("sent_back") is True:
        return "sent back"
    return "holds" if entry.record.get("holds") is True else "not verified"


def _percentile(ordered: Sequence[float], part: int) -> float:
    """Give the smallest value that at least `part` of 100 are not above (nearest rank)."""
    return ordered[max(0, -(-len(ordered) * part // 100) - 1)]
