"""Estimates: never below what they are made of, and read from what people write."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.gates._declarations import parse
from kei_gates.gates._estimates import (
    Estimate,
    Part,
    Price,
    container_price,
    dollars,
    duration,
    gpu_price,
)
from kei_gates.model import Fault

NOW = 1_795_000_000.0  # 2026-11-18


def price(hour: float, as_of: str = "2026-11-01") -> dict[str, Any]:
    return {"hour": hour, "as-of": as_of, "valid-days": 90, "source": ""}


RATES = {
    "gpu": {
        "H100": price(4.5),
        "H100!": price(4.5),
        "B200+": price(6.2496),
        "A10G": price(1.1),
        "RTX-PRO-6000": price(3),
        "OLD": price(2, "2026-05-01"),
    },
    "cpu-core": price(0.04716),
    "memory-gib": price(0.007992),
}
COUNTS = st.integers(1, 1000)
SECONDS = st.integers(1, 86_400)
MICROS = st.integers(1, 50_000_000)
FACTORS = st.lists(st.tuples(st.integers(1, 100), st.just("inputs")), max_size=3).map(tuple)
PARTS = st.builds(Part, st.just("X"), COUNTS, SECONDS, st.builds(Price, MICROS), FACTORS)


def exact(part: Part) -> Fraction:
    """The cost in cents, with nothing rounded."""
    product = Fraction(part.count * part.seconds, 3600) * Fraction(part.price.micros, 10_000)
    for number, _ in part.factors:
        product *= number
    return product


@given(PARTS)
def test_an_estimate_is_never_below_and_less_than_a_cent_above(part: Part) -> None:
    assert exact(part) <= part.cents < exact(part) + 1


@given(PARTS, st.integers(0, 100))
def test_more_of_anything_never_costs_less(part: Part, more: int) -> None:
    label, count, seconds, per_hour, factors = (
        part.label, part.count, part.seconds, part.price, part.factors,
    )  # fmt: skip
    grown = (
        Part(label, count + more, seconds, per_hour, factors),
        Part(label, count, seconds + more, per_hour, factors),
        Part(label, count, seconds, Price(per_hour.micros + more), factors),
        part.often(1 + more, "launches"),
    )
    assert all(one.cents >= part.cents for one in grown)


@given(PARTS, PARTS)
def test_a_sum_is_the_sum_of_its_parts(one: Part, other: Part) -> None:
    assert Estimate((one, other)).cents == one.cents + other.cents
    assert Estimate((one, other)).formula == f"{one} + {other}"


@given(COUNTS, COUNTS, SECONDS, MICROS)
def test_in_two_launches_it_never_costs_less(
    some: int, others: int, seconds: int, micros: int
) -> None:
    def cents(count: int) -> int:
        return Part("X", count, seconds, Price(micros)).cents

    assert cents(some) + cents(others) >= cents(some + others)


@given(COUNTS, st.integers(1, 24 * 60), st.sampled_from(["H100", "A10G", "B200+"]))
def test_what_is_declared_is_what_is_estimated(count: int, minutes: int, gpu: str) -> None:
    written = parse(f"{count} x {minutes}min {gpu}", RATES, NOW)
    known = gpu_price(gpu, RATES, NOW)
    assert known is not None
    assert written == Estimate((Part(gpu, count, minutes * 60, known),))


def test_the_order_of_the_words_says_nothing() -> None:
    found = {
        parse(sign.join(words), RATES, NOW)
        for words in permutations(("2", "1.5h", "H100"))
        for sign in (" ", " x ", " × ", ", ")
    }
    assert {str(one) for one in found} == {"Estimate: $13.50 (= 2 × 1.5 h × $4.50/h H100)"}


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("2 x 1.5 h x H100", "2 × 1.5 h × $4.50/h H100"),
        ("8xH100 3h", "8 × 3 h × $4.50/h H100"),
        ("1.5h A10G", "1 × 1.5 h × $1.10/h A10G"),
        ("90min 2 H100", "2 × 1.5 h × $4.50/h H100"),
        ("2 h100 1h30m", "2 × 1.5 h × $4.50/h H100"),
        ("H100:8 2 hours", "8 × 2 h × $4.50/h H100"),
        ("2xH100:4x1h", "8 × 1 h × $4.50/h H100"),
        ("1 H100! for 45 min", "1 × 45 min × $4.50/h H100!"),
        ("RTX-PRO-6000 10s", "1 × 10 s × $3.00/h RTX-PRO-6000"),
        ("1h B200+ + 1h A10G", "1 × 1 h × $6.25/h B200+ + 1 × 1 h × $1.10/h A10G"),
        ("4 x 2h CPU", "4 × 2 h × $0.0472/h CPU"),
        ("1d H100", "1 × 24 h × $4.50/h H100"),
    ],
)
def test_ways_to_write_it(text: str, formula: str) -> None:
    assert parse(text, RATES, NOW).formula == formula


@pytest.mark.parametrize(
    "text",
    [
        "", "+", "H100", "1h", "2 H100", "0 x 1h H100", "1.5 x 1h H100", "1h 1h30 H100", "$3.20",
        "2 x 1h x $4.50/h H100", "1h H100 A10G", "1h x 2h H100", "1h H100 +", "about 1h H100",
        "-1h H100", "1h H1000", "999999999 x 1h H100", "1h H100" + " " * 300,
    ],
)  # fmt: skip
def test_what_says_too_little_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(Fault) as caught:
        parse(text, RATES, NOW)
    assert caught.value.remedy


@given(st.text(st.sampled_from("0123456789.xX× +h:$!-HminAu100 \n\0é"), max_size=40))
def test_any_text_is_an_estimate_or_a_fault(text: str) -> None:
    try:
        estimate = parse(text, RATES, NOW)
    except Fault:
        return
    assert estimate.cents > 0


def test_an_old_price_counts_twice_where_tiers_are_looked_at() -> None:
    estimate = parse("1h OLD + 1h H100", RATES, NOW)
    assert (estimate.cents, estimate.careful) == (650, 850)
    assert estimate.stale == ("prices of 2026-05-01, older than 90 days",)


@pytest.mark.parametrize(
    ("as_of", "stale"),
    [
        ("2026-11-18", False),
        ("2026-08-20", False),  # 90 days before
        ("2026-08-19", True),
        ("2026-11-19", False),  # it is tomorrow already where it was read
        ("2026-12-01", True),
    ],
)
def test_how_old_a_price_may_be(as_of: str, *, stale: bool) -> None:
    found = gpu_price("H100", {"gpu": {"H100": price(4.5, as_of)}}, NOW)
    assert found is not None
    assert bool(found.stale) == stale


def test_a_container_without_a_gpu() -> None:
    found = container_price(125, 128, RATES, NOW)
    assert found == Price(5895 + 999)
    assert container_price(125, 128, {}, NOW) is None


@pytest.mark.parametrize(
    ("cents", "written"), [(0, "$0.00"), (5, "$0.05"), (1350, "$13.50"), (123_456, "$1,234.56")]
)
def test_amounts(cents: int, written: str) -> None:
    assert dollars(cents) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(1, "1 s"), (90, "1.5 min"), (300, "5 min"), (5400, "1.5 h"), (86_400, "24 h")],
)
def test_times(seconds: int, written: str) -> None:
    assert duration(seconds) == written
