"""Merge the prices that the layers of the policy know. Cold path.

What comes out is what gates find in `Facts.rates`, as plain data:

    {"gpu": {"H100": PRICE, ...}, "cpu-core": PRICE, "memory-gib": PRICE}

PRICE is `{"hour": dollars, "as-of": "2026-10-04", "valid-days": 240, "source": "https://..."}`. The
names of GPUs are in capitals, and other names of the same GPU stand beside them with its price.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.policy.schema import Price, Rates
    from kei_gates.policy.where import Key, Where

    CompiledPrice = dict[str, object]

_KEY = "rates"
_GPU = "gpu"
_NEEDED = "write the day on which the price was read, as in `as-of = 2026-10-04`"


def merge(layers: Sequence[tuple[Rates, Where]]) -> dict[str, object]:
    """Give the prices of all layers, the highest first; a lower one overrides key by key.

    Raises `Fault` for a price without a date, and for another name of a GPU without a price.
    """
    others: dict[str, str] = {}
    gpus: dict[str, CompiledPrice] = {}
    merged: dict[str, object] = {}
    for rates, where in layers:
        others |= {name.upper(): of.upper() for name, of in rates.same_as.items()}
        for name, price in rates.gpu.items():
            gpu = others.get(name.upper(), name.upper())
            gpus[gpu] = _compiled(price, rates, where, (_KEY, _GPU, name))
        for key, one in (("cpu-core", rates.cpu_core), ("memory-gib", rates.memory_gib)):
            if one is not None:
                merged[key] = _compiled(one, rates, where, (_KEY, key))
        for name, of in rates.same_as.items():
            if of.upper() not in gpus:
                key_of = (_KEY, "same-as", name)
                raise where.fault(key_of, f"there is no price of `{of}`", "give one in `rates.gpu`")
    return merged | {_GPU: gpus | {name: gpus[of] for name, of in others.items()}}


def _compiled(price: Price, rates: Rates, where: Where, key: Key) -> CompiledPrice:
    day = price.as_of or rates.as_of
    if day is None:
        raise where.fault(key, f"the price `{'.'.join(map(str, key))}` has no date", _NEEDED)
    return {
        "hour": price.hour,
        "as-of": day.isoformat(),
        "valid-days": rates.valid_days,
        "source": rates.source,
    }
