"""Roles of several layers: how they extend each other, and what a lower layer cannot loosen.

The layers, from the top: the built-in roles, the machine's policy, the user's, the project's. A
role may extend one of its own layer or of one above. What a layer above writes into a role of some
name holds for every role below that descends from that name: it is asked as a grant of its own,
so nothing that a lower layer says can loosen it (docs/adr/0012).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.policy import validating
from kei_gates.policy.compiled import WAITING
from kei_gates.policy.where import shown

if TYPE_CHECKING:
    from typing import Final

    from kei_gates.policy.capabilities import Catalogue
    from kei_gates.policy.params import Grants
    from kei_gates.policy.schema import RoleTable
    from kei_gates.policy.where import Key, Where

BUILTIN = "builtin"
LAYERS = (BUILTIN, "machine", "user", "project")
"""The layers from the top."""

_DEEPEST = 16
_SCOPES = "scope::"
_BUILTIN_PREFIX = f"{BUILTIN}:"


class RoleSource:
    """One role as written: its layer and name, its table, its capabilities, where it stands."""

    __slots__ = ("grants", "layer", "name", "table", "where")

    def __init__(
        self, layer: str, name: str, table: RoleTable, grants: Grants, where: Where
    ) -> None:
        self.layer: Final = layer
        self.name: Final = name
        self.table: Final = table
        self.grants: Final = grants
        self.where: Final = where

    @property
    def key(self) -> Key:
        """Where it stands in its document."""
        return ("roles", self.name)

    @property
    def own(self) -> Grants:
        """What the role itself adds, its parents left out."""
        return {name: {} for name in self.table.required} | self.grants


class Resolved:
    """A role with its parents merged: its grants, the names of all roles it is made of, its depth.

    A role without parents has depth 1. `on_stop` says that it is checked when its turn ends.
    """

    __slots__ = ("depth", "grants", "names", "on_stop")

    def __init__(self, name: str, *, on_stop: bool) -> None:
        self.grants: Final[Grants] = {}
        self.names: Final = [name]
        self.depth = 1
        self.on_stop = on_stop


class Roles:
    """The roles of all layers."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue.params
        self._always = catalogue.always
        self._roles: dict[tuple[str, str], RoleSource] = {}
        self._merged: dict[RoleSource, Resolved] = {}

    def add(self, source: RoleSource) -> None:
        """Take in a role. Raises `Fault` for one that only looks like a role of a layer above."""
        for key in ("required", "relaxes"):
            for name in getattr(source.table, key):
                at = (*source.key, key)
                validating.check_capability(name, self._catalogue, source.where, at)
        above = self._above(source.layer, source.name)
        same = {source.name, _BUILTIN_PREFIX + source.name}
        if above is not None and not same & set(source.table.extends):
            parent = _BUILTIN_PREFIX * (above.layer == BUILTIN) + source.name
            kind = "a built-in role" if above.layer == BUILTIN else f"a role of the {above.layer}"
            raise source.where.fault(
                source.key,
                f"`{shown(source.key)}` has the name of {kind} without extending it",
                f'write `extends = "{parent}"` or choose another name',
            )
        self._roles[source.layer, source.name] = source

    def names(self, layer: str) -> list[str]:
        """Give every name that may be used in a layer."""
        at = LAYERS.index(layer)
        return sorted({name for of, name in self._roles if LAYERS.index(of) <= at})

    def find(self, layer: str, name: str) -> RoleSource | None:
        """Give the role that a name means in a layer: its own, else the nearest above."""
        return self._roles.get((layer, name)) or self._above(layer, name)

    def all(self) -> list[RoleSource]:
        """Give every role."""
        return list(self._roles.values())

    def _above(self, layer: str, name: str) -> RoleSource | None:
        for upper in reversed(LAYERS[: LAYERS.index(layer)]):
            if (upper, name) in self._roles:
                return self._roles[upper, name]
        return None

    def resolve(self, source: RoleSource) -> list[tuple[str, dict[str, object]]]:
        """Give a role's grants: those of every role, its own and its parents', those from above.

        Raises `Fault` for circles, depth, and what is relaxed wrongly.
        """
        resolved = self._merge(source, ())
        own = {name: it for name, it in resolved.grants.items() if name not in self._always}
        first, last = (
            [
                (name, resolved.grants.get(name, {}))
                for name, at in self._always.items()
                if at == place
            ]
            for place in ("first", "last")
        )
        guards = self._guards(source, resolved)
        if any(upper.table.unknown_writes == "deny" for upper in guards):
            own.update(_with_unknown("deny", own))
        grants = [*first, *own.items(), *last]
        for upper in guards:
            for grant in upper.own.items():
                if grant not in grants and not waits(grant, own):
                    grants.append(grant)
        return grants

    def is_checked_on_stop(self, source: RoleSource) -> bool:
        """Whether a role, or any that it is made of or held to, asks for that. Raises `Fault`."""
        resolved = self._merge(source, ())
        guards = self._guards(source, resolved)
        return resolved.on_stop or any(role.table.verification.on_stop for role in guards)

    def guards(self, source: RoleSource) -> list[RoleSource]:
        """Give the roles of layers above, but not the built-in ones, that a role is held to.

        They are those of any name it is made of. Raises `Fault` as `resolve` does.
        """
        return self._guards(source, self._merge(source, ()))

    def _guards(self, source: RoleSource, resolved: Resolved) -> list[RoleSource]:
        above = LAYERS[1 : LAYERS.index(source.layer)]
        found = [self._roles.get((layer, name)) for layer in above for name in resolved.names]
        return [role for role in found if role is not None]

    def _merge(self, source: RoleSource, seen: tuple[RoleSource, ...]) -> Resolved:
        """Merge parents first, then the role's own; then take out what it relaxes."""
        if source in self._merged:
            return self._merged[source]
        key = (*source.key, "extends")
        if source in seen:
            chain = " -> ".join(shown(role.key) for role in (*seen, source))
            raise source.where.fault(key, f"roles extend each other: {chain}", "break the circle")
        merged = Resolved(source.name, on_stop=source.table.verification.on_stop)
        for name in source.table.extends:
            parent = self._merge(self.parent(name, source), (*seen, source))
            _add(parent.grants, merged.grants)
            merged.names.extend(one for one in parent.names if one not in merged.names)
            merged.depth = max(merged.depth, parent.depth + 1)
            merged.on_stop |= parent.on_stop
        if merged.depth > _DEEPEST:
            raise source.where.fault(
                key,
                f"`{shown(source.key)}` extends more than {_DEEPEST} roles deep",
                "flatten the roles",
            )
        _add(source.own, merged.grants)
        for capability in source.table.relaxes:
            self._relax(capability, merged.grants, source)
        if source.table.unknown_writes is not None:
            merged.grants.update(_with_unknown(source.table.unknown_writes, merged.grants))
        self._merged[source] = merged
        return merged

    def parent(self, name: str, child: RoleSource) -> RoleSource:
        """Find a parent: `builtin:NAME`, or the nearest role of that name but the child itself.

        Raises `Fault` for a name that there is not.
        """
        if name.startswith(_BUILTIN_PREFIX):
            found = self._roles.get((BUILTIN, name.removeprefix(_BUILTIN_PREFIX)))
        else:
            found = self.find(child.layer, name)
            if found is child:
                found = self._above(child.layer, name) or child
        if found is None:
            known = [_BUILTIN_PREFIX + one for one in self.names(BUILTIN)]
            known += self.names(child.layer)
            validating.check_role(name, known, child.where, (*child.key, "extends"))
            raise AssertionError  # check_role has raised
        return found

    def _relax(self, capability: str, merged: Grants, source: RoleSource) -> None:
        key = (*source.key, "relaxes")
        if capability in self._always:
            raise source.where.fault(
                key, f"`{capability}` in `{shown(key)}` is on for every role", "remove it there"
            )
        validating.check_capability(capability, merged, source.where, key)
        del merged[capability]


def _with_unknown(unknown_writes: str, grants: Grants) -> Grants:
    """Give the scopes among grants, with what becomes of writes that cannot be known."""
    return {
        name: params | {"unknown_writes": unknown_writes}
        for name, params in grants.items()
        if name.startswith(_SCOPES)
    }


def _add(grants: Grants, into: Grants) -> None:
    """Merge parameters, capability by capability."""
    for capability, params in grants.items():
        into[capability] = into.get(capability, {}) | params


def waits(grant: tuple[str, dict[str, object]], below: Grants) -> bool:
    """Whether a grant from above is an empty whitelist, which gives way to a filled one below."""
    capability, params = grant
    filled = below.get(capability, {}).get("patterns")
    return capability == WAITING and not params.get("patterns") and bool(filled)
