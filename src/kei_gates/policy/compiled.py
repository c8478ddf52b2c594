"""The compiled policy: what the hot path loads instead of TOML.

One file in the interpreter's own `marshal` format, the cheapest there is to load. It holds the
text of every source it was made from, and counts only while each still reads the same: no clock or
size can hide a change, and nothing needs to be hashed (docs/adr/0002). Of the package's own files
it holds how they were.
"""

from __future__ import annotations

from marshal import dumps, loads
from sys import hexversion

from kei_gates import __version__
from kei_gates.model import Grant, Role
from kei_gates.policy.globs import Globs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Final

    from kei_gates.model import Principal
    from kei_gates.policy.globs import CompiledGlob, CompiledGlobs, Packed

    Reader = Callable[[str], bytes | None]
    """Reads a source file; none when there is no such file; `OSError` when it cannot be read."""

    Mark = tuple[str, int, int, int, int]
    """How a file is, as `observe.files` tells it."""

    Sources = tuple[tuple[str, bytes | None], ...]
    """Every file the policy was made from, with its text; none where there was no such file."""

    CompiledGrant = tuple[str, dict[str, object], dict[str, CompiledGlobs]]
    """A capability id, its plain parameters, its parameters that are globs."""

    CompiledRole = tuple[list[CompiledGrant], list[CompiledGrant]]
    """The grants that a role's gates ask, and those that are checked on return."""

    PackedRole = tuple[bytes, bytes]
    """Both, as `pack` makes them."""

    Pool = dict[bytes, int]
    """Regular expressions of globs, which many roles share, each with its number."""

# The format of this file, the package, and the interpreter whose `_sre` made the globs.
_STAMP = (11, __version__, hexversion)

_MAIN, _DEFAULT = "builtin:orchestrator", "builtin:read-only"


class Agents:
    """Which role each principal has, as one layer says: role keys, none where it says nothing."""

    __slots__ = ("default", "exact", "globs", "main")

    def __init__(
        self,
        main: str | None,
        default: str | None,
        exact: Mapping[str, str],
        globs: list[tuple[CompiledGlob, str]],
    ) -> None:
        """Take the role keys; `globs` in the order they are tried."""
        self.main: Final = main
        self.default: Final = default
        self.exact: Final = exact
        self.globs: Final = globs

    def named(self, agent_type: str | None) -> str | None:
        """Give the role of an agent type: by its exact name, then by the first glob."""
        if agent_type is None:
            return None
        if agent_type in self.exact:
            return self.exact[agent_type]
        for glob, role in self.globs:
            if Globs([glob]).match(agent_type):
                return role
        return None

    def unnamed(self, principal: Principal) -> str | None:
        """Give the role of a principal whose type nobody names."""
        return self.default if principal.is_subagent else self.main


class Policy:
    """A compiled policy. Roles are revived one at a time: a call needs only its own.

    A role's key is its layer and its name: `project:edit-local`.
    """

    __slots__ = ("_pool", "_roles", "agents", "checked_on_stop", "rates", "sources", "unspawnable")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        agents: tuple[Agents, ...],
        roles: Mapping[str, PackedRole],
        *,
        unspawnable: tuple[str, ...] = (),
        checked_on_stop: tuple[str, ...] = (),
        sources: Sources = (),
        rates: Mapping[str, object] | None = None,
        pool: Iterable[bytes] = (),
    ) -> None:
        """Take the fields.

        `agents` are the layers', the lowest first; `unspawnable` are the keys of roles that no
        subagent may have, `checked_on_stop` of those whose main thread is checked when it ends its
        turn; `rates` are prices as `policy.rates` describes them; `pool` holds what the roles name
        by its number.
        """
        self.agents: Final = agents
        self.unspawnable: Final = unspawnable
        self.checked_on_stop: Final = checked_on_stop
        self.sources: Final = sources
        self.rates: Final = rates or {}
        self._roles: Final = roles
        self._pool: Final = tuple(pool)

    @property
    def role_names(self) -> list[str]:
        """Every role's name."""
        return sorted({key.partition(":")[2] for key in self._roles})

    def key(self, name: str) -> str:
        """Give the key of the lowest role of a name. Raises `KeyError` when there is none."""
        for layer in ("project", "user", "machine", "builtin"):
            if f"{layer}:{name}" in self._roles:
                return f"{layer}:{name}"
        raise KeyError(name)

    def is_named(self, principal: Principal) -> bool:
        """Whether any layer names the principal's type."""
        return any(layer.named(principal.agent_type) for layer in self.agents)

    def keys_of(self, principal: Principal, declared: str | None = None) -> list[str]:
        """Give the keys of the roles that a principal is held to, its own first.

        Its own is that of the lowest layer that says anything: names its type; else `declared`, the
        role that its agent file names; else what is said of those whom nobody names. What layers
        above say in the same way also holds: they cannot be loosened from below.
        """
        said = [layer.named(principal.agent_type) for layer in self.agents]
        if not any(said):
            last = _DEFAULT if principal.is_subagent else _MAIN
            said = [layer.unnamed(principal) for layer in self.agents]
            said = [self.key(declared)] if declared else said if any(said) else [last]
        return list(dict.fromkeys(key for key in said if key))

    def may_spawn(self, keys: list[str]) -> bool:
        """Whether a subagent may have these roles."""
        return not any(key in self.unspawnable for key in keys)

    def role(self, key: str, *more: str | list[CompiledGrant]) -> Role:
        """Revive a role with what narrows it: keys of other roles, and grants.

        Raises `KeyError` for a key that there is not.
        """
        return self._revive(_GATES, key, more)

    def checks(self, key: str, *more: str | list[CompiledGrant]) -> Role:
        """Revive, in the same way, what a role is checked for on return."""
        return self._revive(_CHECKS, key, more)

    def _revive(self, part: int, key: str, more: tuple[str | list[CompiledGrant], ...]) -> Role:
        grants: list[CompiledGrant] = []
        for one in (key, *more):
            if isinstance(one, str):
                _add(loads(self._roles[one][part]), grants)  # noqa: S302 -- our own, see ADR 0002
            else:
                grants += one
        return Role(
            key.partition(":")[2],
            tuple(
                Grant(
                    capability,
                    plain | {name: Globs(value, self._pool) for name, value in globs.items()},
                )
                for capability, plain, globs in grants
            ),
        )

    def dump(self, made_for: str = "", marks: Mapping[str, Mark | None] | None = None) -> bytes:
        """Give the bytes to store; `made_for` names what it holds for, as `load` is told.

        Of the sources in `marks`, that is kept in the place of their text.
        """
        kept: dict[str, bytes | Mark | None] = {**dict(self.sources), **(marks or {})}
        sources = tuple(kept.items())
        agents = [
            (layer.main, layer.default, dict(layer.exact), layer.globs) for layer in self.agents
        ]
        keys = (self.unspawnable, self.checked_on_stop)
        stamp = (*_STAMP, made_for)
        return dumps(
            (stamp, sources, agents, dict(self._roles), *keys, dict(self.rates), self._pool)
        )


_GATES, _CHECKS = 0, 1

WAITING = "scope::files-whitelist"
"""The capability that allows nothing until it is filled, in a layer below or for a task."""


def _add(more: list[CompiledGrant], grants: list[CompiledGrant]) -> None:
    """Add what narrows. An empty whitelist there gives way to a filled one that is there."""
    filled = any(name == WAITING and any(globs.values()) for name, _, globs in grants)
    for grant in more:
        name, _, globs = grant
        if grant not in grants and not (name == WAITING and filled and not any(globs.values())):
            grants.append(grant)


def pack(role: CompiledRole, pool: Pool) -> PackedRole:
    """Give a role in the form that `Policy` keeps, and put into the pool what it names there."""

    def numbered(glob: CompiledGlob) -> CompiledGlob:
        written, include, text, plain, other_text, other = glob
        return (written, include, text, number(plain), other_text, number(other))

    def number(packed: Packed) -> int:
        return packed if isinstance(packed, int) else pool.setdefault(packed, len(pool))

    def listed(globs: CompiledGlobs) -> bytes:
        return (
            globs if isinstance(globs, bytes) else dumps([*map(numbered, globs)]) if globs else b""
        )

    def packed(grants: list[CompiledGrant]) -> bytes:
        return dumps(
            [
                (name, plain, {param: listed(all_) for param, all_ in globs.items()})
                for name, plain, globs in grants
            ]
        )

    return packed(role[_GATES]), packed(role[_CHECKS])


def load(
    raw: bytes,
    now: Callable[[str], object],
    needed: Iterable[str] = (),
    made_for: str = "",
) -> Policy | None:
    """Revive a stored policy; none when it is damaged or any of its sources has changed.

    `now` tells of a source what was kept of it: its text, or its mark. `needed` are files that must
    be among the sources, be they there or not. One that was `made_for` something else is another's.
    """
    try:
        stamp, *parts = loads(raw)  # noqa: S302 -- our own, see ADR 0002
        if stamp != (*_STAMP, made_for):
            return None
        sources, agents, roles, unspawnable, checked_on_stop, rates, pool = parts
        if any(now(path) != kept for path, kept in sources):
            return None
        if not {path for path, _ in sources}.issuperset(needed):
            return None
        return Policy(
            tuple(Agents(*layer) for layer in agents),
            roles,
            unspawnable=unspawnable,
            checked_on_stop=checked_on_stop,
            sources=sources,
            rates=rates,
            pool=pool,
        )
    except (ValueError, TypeError, EOFError, OSError):
        return None
