"""How verdicts combine, and what is done about tools that nobody has described."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kei_gates.engine.decide import combine, decide
from kei_gates.facts import NO_SESSION
from kei_gates.model import (
    Abstain,
    Analysis,
    Ask,
    Call,
    Deny,
    Event,
    FileFact,
    Grant,
    Places,
    Principal,
    Role,
    Verdict,
)

VERDICTS = st.sampled_from([Abstain(), Ask("a", "b"), Deny("c", "d")])
RULINGS = st.lists(st.tuples(st.sampled_from(["x::a", "x::b", "y::c"]), VERDICTS))
RANK = {"abstain": 0, "ask": 1, "deny": 2}


@given(RULINGS)
def test_the_strictest_verdict_wins(rulings: list[tuple[str, Verdict]]) -> None:
    expected = max((RANK[verdict.outcome] for _, verdict in rulings), default=0)
    assert RANK[combine(rulings).outcome] == expected


@given(RULINGS, RULINGS)
def test_another_gate_never_weakens(
    some: list[tuple[str, Verdict]], more: list[tuple[str, Verdict]]
) -> None:
    assert RANK[combine(some + more).outcome] >= RANK[combine(some).outcome]


@given(RULINGS, st.randoms())
def test_order_never_matters(rulings: list[tuple[str, Verdict]], random: object) -> None:
    shuffled = list(rulings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert combine(shuffled).outcome == combine(rulings).outcome


@given(RULINGS)
def test_every_verdict_is_kept_and_the_first_of_the_outcome_leads(
    rulings: list[tuple[str, Verdict]],
) -> None:
    decision = combine(rulings)
    assert decision.verdicts == tuple(rulings)
    if decision.outcome == "abstain":
        assert decision.leading is None
    else:
        assert decision.leading is not None
        assert decision.leading in rulings
        assert decision.leading[1].outcome == decision.outcome


def event(tool: str, *, known: bool) -> Event:
    call = Call(tool=tool, principal=Principal(None, None), cwd="/", known=known)
    places = Places(project="/p", home="/h", installation=())
    return Event(call, Analysis(), (), places, lambda path: FileFact("unknown", path), NO_SESSION)


def test_an_unknown_tool_needs_a_list_that_names_it() -> None:
    bare = Role("bare", (Grant("policy::no-git-ops", {}),))
    listing = Role("listing", (Grant("tools::allowed", {"tools": ["New"]}),))
    assert decide(event("New", known=False), bare).outcome == "deny"
    assert decide(event("New", known=False), listing).outcome == "abstain"
    assert decide(event("Edit", known=True), bare).outcome == "abstain"
