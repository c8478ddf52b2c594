"""Sum up what was decided. Sums can be added: the order of calls and their parts do not matter."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from kei_gates.hook.recording import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.model import Outcome
    from kei_gates.replay.judging import Judged, Objection
    from kei_gates.replay.reading import Fate, Recorded

OUTCOMES: tuple[Outcome, ...] = ("abstain", "ask", "deny")
FATES: tuple[Fate, ...] = ("ran", "failed", "blocked", "declined", "unknown")
"""Those of the calls that are judged."""
HAPPENED = ("ran", "failed")
"""The fates of calls that were started."""

NO_ROLE = "-"
"""Stands for the role of a call that came to none."""

_LONGEST = 300


def shown(call: Recorded) -> str:
    """Tell what a call would do, without what looks like a secret, at most 300 characters."""
    text = told({"tool_name": call.tool, "tool_input": call.given})
    text = text if call.tool == "Bash" else f"{call.tool} {text}".rstrip()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]} ..."


class Denied(NamedTuple):
    """Calls that are the same to a reader: who makes them, what they are, what objects first."""

    role: str
    call: str
    objection: Objection


class Summary:
    """What was decided over some calls, counted in every way in which it is shown.

    `gates` counts a call for each gate that objects to it; `fates` by outcome and what became of
    the call then; `denied` the calls that are denied, `newly` those of them that had run; `refused`
    the calls that the client refused before any hook, which are not judged.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.first: float | None = None
        self.last: float | None = None
        self.sessions: set[str] = set()
        self.refused = 0
        self.roles: Counter[tuple[str, Outcome]] = Counter()
        self.gates: Counter[tuple[str, str, Outcome]] = Counter()
        self.agents: Counter[tuple[str, str, Outcome]] = Counter()
        self.fates: Counter[tuple[Outcome, Fate]] = Counter()
        self.denied: Counter[Denied] = Counter()
        self.newly: Counter[Denied] = Counter()

    def add(self, call: Recorded, judged: Judged) -> None:
        """Count one call."""
        self._see(call.at, call.at)
        self.sessions.add(call.session)
        role, outcome = judged.role or NO_ROLE, judged.outcome
        self.roles[role, outcome] += 1
        self.agents[call.agent, role, outcome] += 1
        self.fates[outcome, call.fate] += 1
        for gate, how in {(one.gate, one.outcome) for one in judged.objections}:
            self.gates[role, gate, how] += 1
        if outcome == "deny":
            denied = Denied(role, shown(call), judged.objections[0])
            self.denied[denied] += 1
            self.newly[denied] += call.fate in HAPPENED

    def add_refused(self, call: Recorded) -> None:
        """Count one call that no hook was asked about."""
        self._see(call.at, call.at)
        self.sessions.add(call.session)
        self.refused += 1

    def _see(self, first: float | None, last: float | None) -> None:
        if first is not None:
            self.first = first if self.first is None else min(self.first, first)
        if last is not None:
            self.last = last if self.last is None else max(self.last, last)

    def __add__(self, other: Summary) -> Summary:
        """Give the summary of the calls of both."""
        total = Summary()
        for one in (self, other):
            total._see(one.first, one.last)
            total.sessions |= one.sessions
            total.refused += one.refused
            for mine, theirs in zip(total._counts(), one._counts(), strict=True):
                mine.update(theirs)
        return total

    def _counts(self) -> tuple[Counter, ...]:  # type: ignore[type-arg]  # of several kinds
        return self.roles, self.gates, self.agents, self.fates, self.denied, self.newly

    def __eq__(self, other: object) -> bool:
        """Say whether the same was counted."""
        return isinstance(other, Summary) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # it changes

    @property
    def calls(self) -> int:
        """How many calls were judged."""
        return sum(self.roles.values())

    def of(self, outcome: Outcome) -> int:
        """How many calls came out so."""
        return sum(count for (_, how), count in self.roles.items() if how == outcome)

    def then(self, *fates: Fate, outcomes: Iterable[Outcome] = OUTCOMES) -> int:
        """How many calls that come out so had one of some fates."""
        return sum(self.fates[outcome, fate] for outcome in outcomes for fate in fates)

    @property
    def new_denials(self) -> int:
        """How many calls ran then and would be denied now."""
        return self.then("ran", "failed", outcomes=("deny",))

    @property
    def let_pass(self) -> int:
        """How many calls a hook blocked then and nothing objects to now."""
        return self.then("blocked", outcomes=("abstain",))


def most(counts: Counter[Denied], number: int | None = None) -> list[tuple[Denied, int]]:
    """Give what was counted most, in an order that the order of counting does not change."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:number]
