"""What stands on the page of `kei-gates report`, as values to be put into its template."""

from __future__ import annotations

from collections import deque
from math import log2, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from kei_gates.audit.entries import RETURN
from kei_gates.audit.stopped import Stopped
from kei_gates.audit.tally import Tally, outcome_of
from kei_gates.audit.timeline import STEPS, Timeline
from kei_gates.cli.audit_options import local

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from kei_gates.audit.choosing import Choice
    from kei_gates.audit.entries import Entry, Objection
    from kei_gates.audit.timeline import Lane, Mark

_MOST_ROWS = 500
_MOST_RETURNS = 100
_MOST_FINDINGS = 12
_MOST_NAMES = 15
_SHORT_SESSION = 8
_PASS_HEIGHTS = (7, 22)
"""The lowest and the highest bar of calls that passed, in pixels."""
_STOPPED_HEIGHTS = (11, 29)
_TICKS = 4
_DAY = 86_400
_DECIDED = {"abstain": "passed", "ask": "asked", "deny": "denied"}


class Returned(NamedTuple):
    """What became of one return."""

    at: float
    who: str
    outcome: str
    findings: tuple[Objection, ...]


class Contents:
    """Takes in records one by one, and gives what the page shows of them."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.tally = Tally()
        self._timeline = Timeline()
        self._stopped = Stopped()
        self._returns: deque[Returned] = deque(maxlen=_MOST_RETURNS)

    def add(self, entry: Entry) -> None:
        """Take in a record."""
        self.tally.add(entry)
        self._timeline.add(entry)
        self._stopped.add(entry)
        if entry.event == RETURN:
            findings = entry.objections[:_MOST_FINDINGS]
            self._returns.append(Returned(entry.at, entry.who, outcome_of(entry), findings))

    def values(self) -> dict[str, Any]:
        """Give what the template asks for."""
        rows = self._stopped.rows()
        project, session = self.choice.project, self.choice.session
        return {
            "title": "what was decided" + (f" in {project}" if project else ""),
            "where": f"in {project}" if project else "in all projects",
            "narrowed": [f"session {session}…"] if session else [],
            "tally": self.tally,
            **self._drawn(),
            "rows": rows[:_MOST_ROWS],
            "rows_left": max(0, len(rows) - _MOST_ROWS),
            "gates": self.tally.most("gate"),
            "tables": [
                (heading, self.tally.most(kind)[:_MOST_NAMES])
                for kind, heading in (("agent", "Agents"), ("role", "Roles"), ("tool", "Tools"))
                if self.tally.by[kind]
            ],
            "returns": list(reversed(self._returns)),
            "returns_left": self.tally.returns.total() - len(self._returns),
        }

    def _drawn(self) -> dict[str, Any]:
        first, last = self.tally.first or 0.0, self.tally.last or 0.0
        lanes, more = self._timeline.lanes()
        return {
            "step": _percent(1),
            "bar": _percent(0.8),
            "lanes": [self._lane(lane, first, last) for lane in lanes],
            "left_out": _left_out(more),
            "ticks": list(_ticks(first, last)),
        }

    def _lane(self, lane: Lane, first: float, last: float) -> dict[str, Any]:
        marks = [_mark(mark) for mark in lane.marks(first, last)]
        is_one = len(self.tally.sessions) == 1
        session = "" if is_one else f" ({lane.session[:_SHORT_SESSION]})"
        denied = f", {lane.counts['deny']} denied" if lane.counts["deny"] else ""
        return {
            "who": lane.who,
            "about": f"{lane.role or 'no role'}: {_calls(lane.counts)}{denied}{session}",
            "marks": marks,
            "entry": next((at for at, one in enumerate(marks) if one["kind"] == "deny"), 0),
        }


def _calls(counts: Counter[str]) -> str:
    count = sum(counts[one] for one in _DECIDED)
    return f"{count} call{'' if count == 1 else 's'}"


def _mark(mark: Mark) -> dict[str, Any]:
    counts = mark.counts
    back = counts["sent back"] + counts["not verified"]
    return {
        "x": _percent(mark.step),
        "middle": _percent(mark.step + 0.4),
        "passed": _height(counts["abstain"]),
        "kind": next((one for one in ("deny", "ask") if counts[one]), ""),
        "stopped": _stopped(counts),
        "returned": "back" if back else "holds" if counts["holds"] else "",
        "told": _told(mark),
    }


def _percent(steps: float) -> str:
    return f"{100 * steps / STEPS:.2f}"


def _height(count: int) -> int:
    """Give a bar's height: a little more each time the count doubles."""
    lowest, highest = _PASS_HEIGHTS
    return min(highest, lowest + round(3 * log2(count))) if count else 0


def _stopped(counts: Counter[str]) -> int:
    """Give the height of what was stopped: all of it where all was, and never too low to see."""
    lowest, highest = _STOPPED_HEIGHTS
    stopped = counts["deny"] + counts["ask"]
    calls = stopped + counts["abstain"]
    return max(lowest, round(highest * sqrt(stopped / calls))) if stopped else 0


def _told(mark: Mark) -> str:
    start, end = f"{local(mark.start):%H:%M:%S}", f"{local(mark.end):%H:%M:%S}"
    when = f"{local(mark.start):%Y-%m-%d} {start}" + (f" to {end}" if end != start else "")
    what = ", ".join(
        f"{count} {_DECIDED.get(one, f'returned: {one}')}" for one, count in mark.counts.items()
    )
    return "\n".join((f"{when}: {what}", *mark.told))


def _left_out(lanes: list[Lane]) -> str:
    if not lanes:
        return ""
    calls = sum(lane.counts[one] for lane in lanes for one in _DECIDED)
    denied = sum(lane.counts["deny"] for lane in lanes)
    return f"Not drawn: {len(lanes)} more agents with {calls} calls, {denied} of them denied."


def _ticks(first: float, last: float) -> Iterator[dict[str, Any]]:
    """Give the labels of the axis: with the day where it is more than one."""
    days = last - first >= _DAY or local(first).date() != local(last).date()
    form = "%m-%d %H:%M" if days else "%H:%M:%S" if last - first < _TICKS * 60 else "%H:%M"
    for index in range(_TICKS + 1):
        yield {
            "x": f"{100 * index / _TICKS:g}",
            "anchor": "start" if index == 0 else "end" if index == _TICKS else "middle",
            "wide": index % 2 == 1,
            "label": format(local(first + (last - first) * index / _TICKS), form),
        }
