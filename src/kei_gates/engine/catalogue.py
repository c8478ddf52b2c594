"""List the gates that exist. Cold path: a compiled policy names the gates that a role needs."""

from __future__ import annotations

from functools import cache
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from kei_gates import gates

if TYPE_CHECKING:
    from kei_gates.model import Params


@cache
def ids() -> tuple[str, ...]:
    """Give every capability id that has a gate, sorted."""
    names = (module.name for module in iter_modules(gates.__path__))
    return tuple(
        sorted(
            name.replace("_", "::", 1).replace("_", "-")
            for name in names
            if not name.startswith("_")
        )
    )


def params() -> dict[str, type[Params]]:
    """Give every capability id with the class of its parameters."""
    return {capability: gates.load(capability).Params for capability in ids()}


def always() -> dict[str, str]:
    """Give the capabilities that are on for every role, whatever a policy says.

    Each with its place: `first` or `last` among the grants of a role. The first objection is the
    one that an agent is told.
    """
    places = {name: getattr(gates.load(name), "ALWAYS", None) for name in ids()}
    return {name: place for name, place in places.items() if place is not None}
