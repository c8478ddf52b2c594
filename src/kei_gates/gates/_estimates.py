"""What a launch costs: prices, the arithmetic in whole numbers, and how it is written for people.

Sums are in cents and rounded up, so that an estimate is never below what it is made of. Prices are
those of `Facts.rates`, in the form that `policy.rates` describes.
"""

from __future__ import annotations

from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Final

CORE, MEMORY = "cpu-core", "memory-gib"
CPU = "CPU"
"""What a processor core is called in a declaration."""

_MICROS = 1_000_000  # of a dollar, in which prices are counted
_CENT = 10_000  # of these
_HOUR = 3600
_MINUTE = 60
_MILLI = 1000
_WORTH_CENTS = 1.0  # dollars, from which a price is shown with two digits


class Price(Value):
    """Millionths of a dollar for an hour, and what is to be said of it if it is too old."""

    __slots__ = ("micros", "stale")

    def __init__(self, micros: int, stale: str = "") -> None:
        self.micros: Final = micros
        self.stale: Final = stale


class Part(Value):
    """One kind of machine for some time: `count` of it, times every factor, at a price.

    `factors` are further numbers with the word for each: attempts, inputs, launches.
    """

    __slots__ = ("count", "factors", "label", "price", "seconds")

    def __init__(
        self,
        label: str,
        count: int,
        seconds: int,
        price: Price,
        factors: tuple[tuple[int, str], ...] = (),
    ) -> None:
        self.label: Final = label
        self.count: Final = count
        self.seconds: Final = seconds
        self.price: Final = price
        self.factors: Final = factors

    @property
    def cents(self) -> int:
        """What it costs, rounded up."""
        product = self.count * self.seconds * self.price.micros
        for number, _ in self.factors:
            product *= number
        return -(-product // (_HOUR * _CENT))

    def often(self, number: int, what: str) -> Part:
        """Give the part with a further factor."""
        factors = ((number, what), *self.factors)
        return Part(self.label, self.count, self.seconds, self.price, factors)

    def __str__(self) -> str:
        """Write how it comes about: `2 × 1.5 h × $4.50/h H100`."""
        counted = "".join(f"{number} {word} × " for number, word in self.factors if number != 1)
        per_hour = f"{_rate(self.price.micros)}/h"
        return f"{self.count} × {counted}{duration(self.seconds)} × {per_hour} {self.label}"


class Estimate(Value):
    """A sum of parts."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts: Final = parts

    @property
    def cents(self) -> int:
        """What it costs."""
        return sum(part.cents for part in self.parts)

    @property
    def careful(self) -> int:
        """What it costs at worst, as far as tiers go: a price that is too old may have doubled."""
        return sum(part.cents * (2 if part.price.stale else 1) for part in self.parts)

    @property
    def stale(self) -> tuple[str, ...]:
        """What is to be said of its prices, each once."""
        return tuple(dict.fromkeys(part.price.stale for part in self.parts if part.price.stale))

    @property
    def formula(self) -> str:
        """How it comes about."""
        return " + ".join(map(str, self.parts))

    def __str__(self) -> str:
        """Write it as people are shown it."""
        return f"Estimate: {dollars(self.cents)} (= {self.formula})"


def dollars(cents: int) -> str:
    """Write an amount."""
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def duration(seconds: int) -> str:
    """Write a time."""
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.3g} min"
    return f"{seconds / _HOUR:.4g} h"


def _rate(micros: int) -> str:
    amount = micros / _MICROS
    return (
        f"${amount:.2f}" if amount >= _WORTH_CENTS else f"${amount:.4f}".rstrip("0").ljust(5, "0")
    )


def gpu_price(name: str, rates: Mapping[str, object], now: float) -> Price | None:
    """Give the price of a GPU, or of a core; none where none is known."""
    if name.upper() == CPU:
        return _price(rates.get(CORE), now)
    gpus = rates.get("gpu")
    return _price(gpus.get(name.upper()), now) if isinstance(gpus, dict) else None


def gpu_names(rates: Mapping[str, object]) -> list[str]:
    """Give the names of all GPUs that have a price."""
    gpus = rates.get("gpu")
    return sorted(gpus) if isinstance(gpus, dict) else []


def container_price(
    millicores: int, mebibytes: int, rates: Mapping[str, object], now: float
) -> Price | None:
    """Give the price of a container without a GPU; none where none is known."""
    core, memory = _price(rates.get(CORE), now), _price(rates.get(MEMORY), now)
    if core is None or memory is None:
        return None
    micros = -(-core.micros * millicores // _MILLI) - (-memory.micros * mebibytes // 1024)
    return Price(micros, core.stale or memory.stale)


def dearest(prices: Iterable[Price]) -> Price:
    """Give the highest of some prices; one that is too old may have doubled."""
    return max(prices, key=lambda price: price.micros * (2 if price.stale else 1))


def _price(given: object, now: float) -> Price | None:
    if not isinstance(given, dict):
        return None
    return Price(round(given["hour"] * _MICROS), _staleness(given, now))


def _staleness(given: Mapping[str, object], now: float) -> str:
    """Say that a price is older than it may be; empty for one that is not."""
    from datetime import date, datetime  # noqa: PLC0415 -- only launches ask for prices

    as_of, most = str(given["as-of"]), given["valid-days"]
    age = (datetime.fromtimestamp(now).date() - date.fromisoformat(as_of)).days  # noqa: DTZ006 -- the person's day
    if isinstance(most, int) and -1 <= age <= most:
        return ""
    source = f": check {given['source']}" if given.get("source") else ""
    if age < 0:
        return f"prices of {as_of}, a day that is yet to come{source}"
    return f"prices of {as_of}, older than {most} days{source}"
