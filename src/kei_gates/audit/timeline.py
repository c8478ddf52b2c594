"""Decisions over time, a lane for each agent, in so few steps that they can be drawn."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from kei_gates.audit.entries import DECISION, RETURN
from kei_gates.audit.tally import outcome_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.audit.entries import Entry

STEPS = 150
"""Into how many steps the time is divided: what lies in one is drawn as one."""
_MOST_LANES = 30
_MOST_TOLD = 3
_LONGEST = 120
_WORST = ("deny", "ask", "sent back", "not verified", "holds", "abstain")


class Mark(NamedTuple):
    """What lies in one step of a lane.

    `step` counts from 0; `start` and `end` are in seconds since the epoch; `counts` has decisions
    by what they were and returns by what became of them; `told` says the first objections.
    """

    step: int
    start: float
    end: float
    counts: Counter[str]
    told: list[str]

    @property
    def worst(self) -> str:
        """What a person should see of it first."""
        return next((one for one in _WORST if self.counts[one]), "abstain")


class Lane:
    """The marks of one agent in one session."""

    def __init__(self, session: str, who: str, role: str) -> None:
        self.session = session
        self.who = who
        self.role = role
        self.counts: Counter[str] = Counter()
        self._passed = array("d")
        self._others: list[tuple[float, str, str]] = []

    def add(self, entry: Entry) -> None:
        """Take in a decision or a return."""
        what = entry.decision or outcome_of(entry)
        self.role = self.role or entry.role
        self.counts[what] += 1
        if what == "abstain":
            self._passed.append(entry.at)
        else:
            self._others.append((entry.at, what, _told(entry)))

    def marks(self, first: float, last: float) -> Iterator[Mark]:
        """Give the steps in which anything was done, in order."""
        width = (last - first) / STEPS or 1.0
        marks: dict[int, Mark] = {}

        def mark(at: float) -> Mark:
            step = min(STEPS - 1, max(0, int((at - first) / width)))
            if step not in marks:
                marks[step] = Mark(step, at, at, Counter(), [])
            found = marks[step]
            if not found.start <= at <= found.end:
                found = found._replace(start=min(at, found.start), end=max(at, found.end))
                marks[step] = found
            return found

        for at in self._passed:
            mark(at).counts["abstain"] += 1
        for at, what, told in self._others:
            found = mark(at)
            found.counts[what] += 1
            if told and len(found.told) < _MOST_TOLD:
                found.told.append(told)
        yield from (marks[step] for step in sorted(marks))


class Timeline:
    """The lanes of all agents."""

    def __init__(self) -> None:
        self._lanes: dict[tuple[str, str], Lane] = {}

    def add(self, entry: Entry) -> None:
        """Take in a record."""
        if entry.event not in (DECISION, RETURN):
            return
        key = (entry.session, entry.agent)
        if key not in self._lanes:
            self._lanes[key] = Lane(entry.session, entry.who, entry.role)
        self._lanes[key].add(entry)

    def lanes(self) -> tuple[list[Lane], list[Lane]]:
        """Give the lanes to be drawn, as they began, and those that are too many.

        Where there are too many, those of whom most was denied are drawn, then the busiest.
        """
        every = list(self._lanes.values())
        by_weight = sorted(every, key=lambda one: (-one.counts["deny"], -one.counts.total()))
        drawn = {id(one) for one in by_weight[:_MOST_LANES]}
        return (
            [one for one in every if id(one) in drawn],
            [one for one in every if id(one) not in drawn],
        )


def _told(entry: Entry) -> str:
    leading = entry.leading
    gate = f"{leading.gate}: " if leading else ""
    return f"{gate}{entry.tool} {entry.call[:_LONGEST]}".strip()
