"""List the capabilities that exist. Cold path: a compiled policy names those that a role needs."""

from __future__ import annotations

from functools import cache
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from kei_gates import checks, gates
from kei_gates.policy.capabilities import Catalogue

if TYPE_CHECKING:
    from types import ModuleType

    from kei_gates.model import Params

_HELPERS = ("work",)


@cache
def gated() -> tuple[str, ...]:
    """Give every capability id that has a gate, sorted."""
    return _ids(gates)


@cache
def checked() -> tuple[str, ...]:
    """Give every capability id that has a check on return, sorted."""
    return _ids(checks)


def _ids(package: ModuleType) -> tuple[str, ...]:
    names = (module.name for module in iter_modules(package.__path__))
    return tuple(
        sorted(
            name.replace("_", "::", 1).replace("_", "-")
            for name in names
            if not name.startswith("_") and name not in _HELPERS
        )
    )


def params() -> dict[str, type[Params]]:
    """Give every capability id with the class of its parameters."""
    by_check = {capability: checks.load(capability).Params for capability in checked()}
    return by_check | {capability: gates.load(capability).Params for capability in gated()}


def whole() -> Catalogue:
    """Give all that there is."""
    places = {name: getattr(gates.load(name), "ALWAYS", None) for name in gated()}
    always = {name: place for name, place in places.items() if place is not None}
    return Catalogue(params(), always, gated(), checked())
