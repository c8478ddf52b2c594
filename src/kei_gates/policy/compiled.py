"""The compiled policy: what the hot path loads instead of TOML.

One file in the interpreter's own `marshal` format, the cheapest there is to load. It holds the
text of every source it was made from, and counts only while each still reads the same: no clock or
size can hide a change, and nothing needs to be hashed (docs/adr/0002).
"""

from __future__ import annotations

from marshal import dumps, loads
from sys import hexversion

from kei_gates import __version__
from kei_gates.model import Grant, Role
from kei_gates.policy.globs import Globs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Final

    from kei_gates.model import Principal
    from kei_gates.policy.globs import CompiledGlob

    Reader = Callable[[str], bytes | None]
    """Reads a source file; none when there is no such file; `OSError` when it cannot be read."""

    Sources = tuple[tuple[str, bytes | None], ...]
    """Every file the policy was made from, with its text; none where there was no such file."""

    CompiledGrant = tuple[str, dict[str, object], dict[str, list[CompiledGlob]]]
    """A capability id, its plain parameters, its parameters that are globs."""

# The format of this file, the package, and the interpreter whose `_sre` made the globs.
_STAMP = (1, __version__, hexversion)


class Agents:
    """Which role each principal has."""

    __slots__ = ("default", "exact", "globs", "main")

    def __init__(
        self,
        main: str,
        default: str,
        exact: Mapping[str, str],
        globs: list[tuple[CompiledGlob, str]],
    ) -> None:
        """Take the role names; `globs` in the order they are tried."""
        self.main: Final = main
        self.default: Final = default
        self.exact: Final = exact
        self.globs: Final = globs

    def role_of(self, principal: Principal) -> str:
        """Name the role: by exact agent type, then by glob, then the main thread's or default."""
        agent_type = principal.agent_type
        if agent_type is not None:
            if agent_type in self.exact:
                return self.exact[agent_type]
            for glob, role in self.globs:
                if Globs([glob]).match(agent_type):
                    return role
        return self.default if principal.is_subagent else self.main


class Policy:
    """A compiled policy. Roles are revived one at a time: a call needs only its own."""

    __slots__ = ("_roles", "agents", "sources")

    def __init__(self, agents: Agents, roles: Mapping[str, bytes], sources: Sources) -> None:
        """Take the fields; `roles` holds each role's grants as `pack_grants` made them."""
        self.agents: Final = agents
        self.sources: Final = sources
        self._roles: Final = roles

    @property
    def role_names(self) -> list[str]:
        """Every role's name."""
        return sorted(self._roles)

    def role(self, name: str) -> Role:
        """Revive a role. Raises `KeyError` when there is none of that name."""
        return Role(
            name,
            tuple(
                Grant(capability, plain | {key: Globs(value) for key, value in globs.items()})
                for capability, plain, globs in loads(self._roles[name])  # noqa: S302 -- our file
            ),
        )

    def dump(self) -> bytes:
        """Give the bytes to store."""
        agents = (
            self.agents.main,
            self.agents.default,
            dict(self.agents.exact),
            self.agents.globs,
        )
        return dumps((_STAMP, self.sources, agents, dict(self._roles)))


def pack_grants(grants: list[CompiledGrant]) -> bytes:
    """Give a role's grants in the form that `Policy` keeps."""
    return dumps(grants)


def load(raw: bytes, read: Reader) -> Policy | None:
    """Revive a stored policy; none when it is damaged or any of its sources has changed."""
    try:
        stamp, sources, agents, roles = loads(raw)  # noqa: S302 -- our own file, see ADR 0002
        if stamp != _STAMP or any(read(path) != text for path, text in sources):
            return None
        return Policy(Agents(*agents), roles, sources)
    except (ValueError, TypeError, EOFError, OSError):
        return None
