"""The capabilities that there are, and other names that a policy may use for them. Cold path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.model import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Final

    from kei_gates.model import Params

ALIASES = {"tools::deny-tools": "scope::read-only", "tools::read-only": "scope::read-only"}
"""Other names of capabilities, from the manifests of the seed."""

OWN_TABLES = {"bash": "tools::bash-allowlist"}
"""Tables of a role that hold the parameters of one capability: `[roles.x.bash]`."""

SHORTHANDS = {
    "verification": {
        "cargo-check-crates": ("quality::cargo-check-green", "crates"),
        "cargo-test-crates": ("quality::tests-green", "crates"),
        "test-commands": ("quality::tests-green", "commands"),
        "test-count-min": ("quality::tests-green", "count_min"),
        "commands": ("quality::command-green", "commands"),
    },
    "output": {"report-fields-required": ("output::report-format", "fields")},
}
"""Keys of a role's or task's tables that set one parameter of a capability, and so grant it."""


class Catalogue(Value):
    """What there is: the parameters of each capability, by id, and who asks it.

    `always` says of those that are on for every role whether they are asked `first` or `last`;
    `gated` have a gate, `checked` a check on return, some both.
    """

    __slots__ = ("always", "checked", "gated", "params")

    def __init__(
        self,
        params: Mapping[str, type[Params]],
        always: Mapping[str, str],
        gated: Collection[str],
        checked: Collection[str],
    ) -> None:
        self.params: Final = params
        self.always: Final = always
        self.gated: Final = gated
        self.checked: Final = checked


def unalias(capability: str) -> str:
    """Give the id of a capability for any of its names."""
    return ALIASES.get(capability, capability)
