"""Summaries and differences add up: however calls are ordered and divided, it comes to the same."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.replay.difference import Difference
from kei_gates.replay.judging import Judged, Objection
from kei_gates.replay.summary import FATES, OUTCOMES, Summary, most
from tests.replay.sessions import call

if TYPE_CHECKING:
    from kei_gates.model import Outcome
    from kei_gates.replay.reading import Recorded

    One = tuple[Recorded, Judged, Judged]


@st.composite
def judgements(draw: st.DrawFn) -> Judged:
    outcome = draw(st.sampled_from(OUTCOMES))
    role = draw(st.sampled_from(("edit-local", "read-only", None)))
    weaker = OUTCOMES[1 : OUTCOMES.index(outcome)]
    gates = st.sampled_from(("policy::no-git-ops", "scope::read-only", "kei-gates"))
    others = draw(st.lists(st.tuples(gates, st.sampled_from(weaker or ("deny",))), max_size=2))
    if outcome == "abstain":
        return Judged(outcome, role, ())
    said = [(draw(gates), outcome), *(others if weaker else ())]
    return Judged(outcome, role, tuple(Objection(gate, how, "r", "s") for gate, how in said))


@st.composite
def ones(draw: st.DrawFn) -> One:
    made = call("Bash", "/p", command=draw(st.sampled_from(("git push", "ls", "rm x"))))
    made = made._replace(
        at=draw(st.none() | st.floats(0, 4e9)),
        session=draw(st.sampled_from("abc")),
        agent_type=draw(st.sampled_from(("builder", None))),
        fate=draw(st.sampled_from((*FATES, "refused"))),
    )
    return made, draw(judgements()), draw(judgements())


def summary(every: list[One]) -> Summary:
    total = Summary()
    for made, judged, _ in every:
        if made.fate == "refused":
            total.add_refused(made)
        else:
            total.add(made, judged)
    return total


def difference(every: list[One]) -> Difference:
    total = Difference()
    for made, judged, other in every:
        total.add(made, judged, other)
    return total


MANY = st.lists(ones(), max_size=8)


@given(MANY, MANY)
def test_a_sum_is_that_of_its_parts(left: list[One], right: list[One]) -> None:
    for of in (summary, difference):
        both: Any = of(left + right)
        assert of(left) + of(right) == both  # type: ignore[operator]
        assert of(right) + of(left) == both  # type: ignore[operator]
        assert of([]) + both == both


@given(st.data(), MANY)
def test_the_order_of_calls_does_not_matter(data: st.DataObject, every: list[One]) -> None:
    mixed = data.draw(st.permutations(every))
    assert summary(mixed) == summary(every)
    assert most(summary(mixed).denied, 3) == most(summary(every).denied, 3)
    assert difference(mixed).groups == difference(every).groups


@given(MANY)
def test_nothing_differs_from_itself(every: list[One]) -> None:
    same = difference([(made, judged, judged) for made, judged, _ in every])
    assert not same
    assert same.same == len(every)
    assert same.groups == []


@given(MANY)
def test_what_changes_changes_back(every: list[One]) -> None:
    there = difference(every)
    back = difference([(made, other, judged) for made, judged, other in every])
    assert there.same == back.same
    turned: Counter[tuple[str, ...]] = Counter()
    for changed, count in there.calls.items():
        change = changed.change
        turned[change.after, change.before, change.gate, changed.call] += count
    for changed, count in back.calls.items():
        change = changed.change
        turned[change.before, change.after, change.gate, changed.call] -= count
    assert not any(turned.values())


@given(MANY)
def test_every_call_is_counted_in_every_way(every: list[One]) -> None:
    total = summary(every)
    refused = sum(made.fate == "refused" for made, _, _ in every)
    every = [one for one in every if one[0].fate != "refused"]
    changes = difference(every)
    assert (total.calls, total.refused) == (len(every), refused)
    assert sum(total.of(how) for how in OUTCOMES) == len(every)
    assert sum(total.agents.values()) == sum(total.fates.values()) == len(every)
    assert sum(total.denied.values()) == total.of("deny")
    assert sum(total.newly.values()) == total.new_denials <= total.of("deny")
    assert changes.same + sum(changes.calls.values()) == len(every)
    for role in {judged.role for _, judged, _ in every}:
        own = [judged for _, judged, _ in every if judged.role == role]
        for gate in ("policy::no-git-ops", "scope::read-only"):
            denies = sum(any(o.gate == gate and o.outcome == "deny" for o in j.objections)
                         for j in own)  # fmt: skip
            assert total.gates[role or "-", gate, "deny"] == denies


@pytest.mark.parametrize(
    ("before", "after", "gate"),
    [
        ("abstain", "deny", "after"),
        ("abstain", "ask", "after"),
        ("ask", "deny", "after"),
        ("deny", "ask", "before"),
        ("deny", "abstain", "before"),
    ],
)
def test_a_change_is_told_by_the_stricter_side(before: Outcome, after: Outcome, gate: str) -> None:
    def judged(outcome: Outcome, name: str) -> Judged:
        why = () if outcome == "abstain" else (Objection(name, outcome, f"by {name}", "m"),)
        return Judged(outcome, "r", why)

    total = Difference()
    total.add(call("Bash", "/p", command="x"), judged(before, "before"), judged(after, "after"))
    [(change, [(changed, count)])] = total.groups
    assert (change.before, change.after, change.gate, count) == (before, after, gate, 1)
    assert changed.objection.reason == f"by {gate}"


def test_secrets_are_not_shown() -> None:
    total = Summary()
    made = call("Bash", "/p", command="curl -H 'Authorization: Bearer abcdefghijklmnop' x")
    total.add(made, Judged("deny", "r", (Objection("g", "deny", "r", "m"),)))
    assert "abcdefgh" not in str(total.denied)
