"""Which line of which policy file says what holds for a role or an agent. Cold path.

A compiled policy knows values, not lines, so that a call costs nothing for this. What is asked here
follows the same order as `roles` merges in: a role's parents, then its own, then what it relaxes;
beside it what layers above say of every role that it is made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.model import Value
from kei_gates.policy.capabilities import ALIASES, OWN_TABLES, SHORTHANDS
from kei_gates.policy.compiled import WAITING
from kei_gates.policy.glob_compile import compile_glob
from kei_gates.policy.globs import Globs
from kei_gates.policy.roles import LAYERS
from kei_gates.policy.schema import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from kei_gates.model import Principal
    from kei_gates.policy.build import Builder
    from kei_gates.policy.roles import Roles, RoleSource
    from kei_gates.policy.where import Key, Where

_UNKNOWN = "unknown_writes"


class Origin(Value):
    """One statement of a policy file.

    `layer` is one of `roles.LAYERS`, `path` the file, `line` (from 1) where the statement begins,
    none where that is not known. `name` is the role or the agent that it is said of; `param` the
    parameter that it sets as a policy writes it, none where it only grants the capability.
    """

    __slots__ = ("layer", "line", "name", "param", "path")

    def __init__(
        self, layer: str, path: str, line: int | None, name: str, param: str | None = None
    ) -> None:
        self.layer: Final = layer
        self.path: Final = path
        self.line: Final = line
        self.name: Final = name
        self.param: Final = param

    def shown(self, project: str = "", home: str = "") -> str:
        """Write file and line for people: `.claude/kei-gates.toml:12`.

        A file of the project is written from there, one of the user's from `~`.
        """
        path = self.path
        for folder, short in ((project, ""), (home, "~/")):
            if folder and path.startswith(f"{folder}/"):
                path = short + path.removeprefix(f"{folder}/")
                break
        return path if self.line is None else f"{path}:{self.line}"


def of_grant(builder: Builder, key: str, capability: str, value: str = "") -> list[Origin]:
    """Give the statements by which a role is held to a capability; those that count, in order.

    `key` is the role's layer and name, as `Policy` has it. Each parameter is there once for the
    role itself (by the statement that set it last), and once for every layer above that holds it
    too. With `value`, a text that is one of a list's (a glob, a pattern of a command), the line is
    that value's, and only statements that have it are given. A capability that is on for every
    role by itself has no statement. Raises `KeyError` for a role that there is not.
    """
    source = builder.source(key)
    deciding = {
        param: one
        for one in _statements(builder.roles, source, capability)
        for param in _params(one, capability)
    }
    if any(param is not None for param in deciding):
        deciding.pop(None, None)  # what only grants says no more than what sets a parameter
    filled = capability == WAITING and "patterns" in deciding
    above = [
        (param, one)
        for one in builder.roles.guards(source)
        for param in _held_above(one, capability)
        if param is not None or not filled  # an empty whitelist gives way to a filled one
    ]
    found = [_origin(one, capability, param, value) for param, one in (*deciding.items(), *above)]
    return [origin for origin in found if origin is not None]


def of_agent(builder: Builder, principal: Principal) -> list[Origin]:
    """Give the statements of `[agents]` that give a principal its roles, its own first.

    There is none where only a built-in default counts, or an agent file's `substrate_role`. The
    order is that of `Policy.keys_of`: exact name, then the first glob, then `default` or `main`.
    """
    tables = [(layer, *builder.tables[layer]) for layer in reversed(LAYERS[1:])
              if layer in builder.tables]  # fmt: skip
    said = [
        (layer, where, _named(principal.agent_type, list(table.agents), where))
        for layer, table, where in tables
    ]
    if not any(name for *_, name in said):
        last = "default" if principal.is_subagent else "main"
        said = [(layer, where, last if last in table.agents else None)
                for layer, table, where in tables]  # fmt: skip
    return [
        Origin(layer, where.path, where.line(("agents", name)), name)
        for layer, where, name in said
        if name is not None
    ]


def _named(agent: str | None, names: list[str], where: Where) -> str | None:
    """Give the key of `[agents]` that names an agent type."""
    names = [name for name in names if name not in {"main", "default"}]
    if agent is None or agent in names:
        return agent
    for name in names:
        glob = compile_glob(name, where, ("agents", name))
        if set(name) & set("*?[") and Globs([glob]).match(agent):
            return name
    return None


def _statements(roles: Roles, source: RoleSource, capability: str) -> list[RoleSource]:
    """Give the roles that say something of a capability, as they are merged: the last one wins."""
    found: list[RoleSource] = []
    for name in source.table.extends:
        found += _statements(roles, roles.parent(name, source), capability)
    shared = capability.startswith("scope::") and source.table.unknown_writes is not None
    if capability in source.own or (found and shared):
        found.append(source)
    return [] if capability in source.table.relaxes else found


def _params(source: RoleSource, capability: str) -> list[str | None]:
    """Give the parameters that a role sets of a capability; none where it only grants it."""
    shared = capability.startswith("scope::") and source.table.unknown_writes is not None
    params = [*sorted(source.grants.get(capability, {})), *([_UNKNOWN] if shared else [])]
    return list(dict.fromkeys(params)) or [None]


def _held_above(source: RoleSource, capability: str) -> list[str | None]:
    """Give the parameters that a role of a layer above holds every role below to."""
    denies = source.table.unknown_writes == "deny" and capability.startswith("scope::")
    params = _params(source, capability)
    if not denies:
        params = [param for param in params if param != _UNKNOWN] or [None]
    return params if denies or capability in source.own else []


def _origin(source: RoleSource, capability: str, param: str | None, value: str) -> Origin | None:
    if value and value not in _listed(source, capability, param):
        return None
    keys = _keys(source, capability, param)
    key = next((key for key in keys if source.where.holds(key)), source.key)
    line = source.where.line_of(key, value) if value else source.where.line(key)
    shown = None if param is None else param.replace("_", "-")
    return Origin(source.layer, source.where.path, line, source.name, shown)


def _listed(source: RoleSource, capability: str, param: str | None) -> tuple[str, ...]:
    value = source.grants.get(capability, {}).get(param or "")
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else ()


def _keys(source: RoleSource, capability: str, param: str | None) -> Iterator[Key]:
    """Give the keys by which a policy may have written a parameter, or a grant without one."""
    names = [capability, *(alias for alias, of in ALIASES.items() if of == capability)]
    tables: list[Key] = [(*source.key, *name.split("::", 1)) for name in names]
    tables += [(*source.key, own) for own, of in OWN_TABLES.items() if of == capability]
    if param == _UNKNOWN:
        yield (*source.key, SHARED)
        yield (*source.key, "scope", SHARED)
    if param is not None:
        yield from ((*table, param.replace("_", "-")) for table in tables)
        for name, shorthands in SHORTHANDS.items():
            for short, of in shorthands.items():
                if of == (capability, param):
                    yield (*source.key, name, short)
    yield from tables
    yield (*source.key, "required")
