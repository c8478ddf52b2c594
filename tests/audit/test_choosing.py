"""Which records are chosen, and what is counted of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.audit.choosing import Choice, chosen
from kei_gates.audit.entries import Entry
from kei_gates.audit.stopped import Stopped
from kei_gates.audit.tally import Tally
from kei_gates.audit.timeline import STEPS, Timeline
from tests.audit.samples import (
    NO_GIT,
    PROJECT,
    SESSION,
    START,
    decision,
    denied,
    granted,
    ran,
    returned,
)

OTHER = {"project": "/home/u/other", "session": "ffff"}
FAULT = {
    "gate": "kei-gates",
    "outcome": "deny",
    "reason": "the payload makes no sense",
    "remedy": "x",
}
RECORDS = [
    decision(0),
    denied(1),
    decision(2, **OTHER),
    returned(3),
    returned(4, **OTHER),
    ran(5),
    granted(6),
    denied(7, verdicts=[FAULT], session=None, project=None, agent=None, agent_type=None),
    decision(8, agent="b2", agent_type="reviewer", decision="ask",
             verdicts=[{**NO_GIT, "outcome": "ask", "gate": "safety::no-kill"}]),
    decision(9, agent="c3", agent_type=None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(), list(range(10))),
        (Choice(project=PROJECT), [0, 1, 3, 5, 6, 7, 8, 9]),
        (Choice(project="/home/u/other"), [2, 4, 7]),
        (Choice(project="/home/u"), [7]),
        (Choice(session=SESSION[:3]), [0, 1, 3, 5, 6, 8, 9]),
        (Choice(session="1b"), []),
        (Choice(agent="builder"), [1, 3, 4, 5]),
        (Choice(agent="a77c"), [1, 3, 4, 5]),
        (Choice(agent="main"), [0, 2, 6, 7]),
        (Choice(agent="build"), []),
        (Choice(agent="agent"), [9]),
        (Choice(gate="policy::no-git-ops"), [1]),
        (Choice(gate="safety::*"), [8]),
        (Choice(gate="quality::tests-green"), [3, 4]),
        (Choice(gate="kei-gates"), [7]),
        (Choice(since=START + 8), [8, 9]),
        (Choice(decision="deny"), [1, 7]),
        (Choice(decision="ask", agent="reviewer"), [8]),
    ],
)
def test_what_is_asked_for_is_chosen(choice: Choice, expected: list[int]) -> None:
    found = chosen(iter(RECORDS), choice)
    assert [int(one.at - START) for one in found] == expected


def tallied(*records: dict[str, Any]) -> Tally:
    return Tally().add_all(map(Entry, records))


def test_everything_is_counted_once() -> None:
    tally = tallied(*RECORDS)
    assert (tally.total, dict(tally.decisions)) == (6, {"abstain": 3, "deny": 2, "ask": 1})
    assert tally.denied_share == pytest.approx(2 / 6)
    assert tally.faults == 1
    assert dict(tally.returns) == {"sent back": 2}
    assert tally.by["gate"] == {
        "policy::no-git-ops": {"deny": 1}, "kei-gates": {"deny": 1}, "safety::no-kill": {"ask": 1},
    }  # fmt: skip
    assert [name for name, _ in tally.most("agent")] == ["main", "agent", "builder", "reviewer"]
    assert (tally.first, tally.last, len(tally.sessions)) == (START, START + 9, 2)


def test_returns_are_told_apart() -> None:
    tally = tallied(
        returned(holds=True, sent_back=False, findings=[]), returned(), returned(sent_back=False)
    )
    assert dict(tally.returns) == {"holds": 1, "sent back": 1, "not verified": 1}


def test_times_are_those_of_the_decisions() -> None:
    tally = tallied(*(decision(one, ms=float(one)) for one in range(1, 101)), decision(7, ms=None))
    assert (tally.median, tally.p95) == (50.5, 95)
    assert [one.ms for one in tally.slowest] == [100, 99, 98, 97, 96]
    assert (Tally().median, Tally().p95, Tally().denied_share) == (None, None, 0)


def test_calls_that_are_alike_are_one_row() -> None:
    stopped = Stopped()
    for record in (denied(1), denied(2, call="git pull"), decision(3), denied(4), returned(5)):
        stopped.add(Entry(record))
    rows = stopped.rows()
    assert [(one.call, one.times, one.first - START, one.last - START, one.id) for one in rows] == [
        ("git push origin main", 2, 1, 4, "00000004"),
        ("git pull", 1, 2, 2, "00000002"),
    ]


WHEN = st.lists(st.floats(0, 1e5), min_size=1, max_size=60)


@given(WHEN, st.randoms())
def test_every_decision_lies_in_one_step(times: list[float], random: Any) -> None:
    timeline = Timeline()
    made = [random.choice((decision, denied, returned)) for _ in times]
    for at, make in zip(times, made, strict=True):
        timeline.add(Entry(make(at=START + at)))
    first, last = START + min(times), START + max(times)
    drawn, more = timeline.lanes()
    marks = [mark for lane in drawn for mark in lane.marks(first, last)]
    assert more == []
    assert sum(mark.counts.total() for mark in marks) == len(times)
    assert sum(mark.counts["deny"] for mark in marks) == made.count(denied)
    assert all(0 <= mark.step < STEPS for mark in marks)
    assert all(first <= mark.start <= mark.end <= last for mark in marks)
    assert {mark.worst for mark in marks} <= {"deny", "sent back", "abstain"}


def test_of_too_many_lanes_those_with_denials_are_drawn() -> None:
    timeline = Timeline()
    for one in range(50):
        make = denied if one in (3, 44) else decision
        timeline.add(Entry(make(one, agent=f"a{one}")))
    drawn, more = timeline.lanes()
    assert (len(drawn), len(more)) == (30, 20)
    assert {"builder(a3)", "builder(a44)"} <= {lane.who for lane in drawn}
