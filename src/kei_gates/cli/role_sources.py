"""Where a role stands in the policies of a project as they are now, and what it sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.model import Fault, Principal
from kei_gates.policy.roles import BUILTIN

if TYPE_CHECKING:
    from kei_gates.policy.build import Builder
    from kei_gates.policy.compiled import Policy
    from kei_gates.policy.where import Key, Where

_LAYERS = ("project", "user", "machine")


class RoleSources:
    """The policies of a project; `broken` says why they cannot be read, where that is so."""

    def __init__(self, project: str) -> None:
        """Read those of a project; where none is known, those that hold everywhere."""
        self._project = project
        self.broken = ""
        self._built: tuple[Policy, Builder] | None = None
        try:
            self._built = _built(project)
        except Fault as error:
            self.broken = error.reason

    def role(self, name: str) -> str:
        """Say which file says what a role may do, and in which line."""
        if self._built is None:
            return f"a policy that cannot be read now: {self.broken}"
        tables = self._built[1].tables
        for layer in _LAYERS:
            if layer in tables and name in tables[layer][0].roles:
                where = tables[layer][1]
                return self._at(where, ("roles", name))
        known = name in self._built[0].role_names
        return "the built-in roles" if known else "a policy that no longer has it"

    def given(self, agent_type: str, role: str) -> str:
        """Say which line gives a type of agent, or `main`, its role; nothing where none does."""
        if self._built is None:
            return ""
        from kei_gates.policy.origins import of_agent

        builder = self._built[1]
        is_main = agent_type == "main"
        principal = Principal(None, None) if is_main else Principal("told", agent_type)
        for origin in of_agent(builder, principal):
            if builder.tables[origin.layer][0].agents[origin.name] == role:
                return f"`{origin.name}` in {self._place(origin.path, origin.line)}"
        return ""

    def settings(self, role: str, capability: str) -> str:
        """Say what a role sets of a capability; nothing where it sets nothing."""
        if self._built is None:
            return ""
        from kei_gates.agents.substrate import shown

        policy, builder = self._built
        try:
            written = builder.written(policy.key(role))
        except KeyError:
            return ""
        return ", ".join(
            f"{key.replace('_', '-')} {shown(value)}"
            for granted, params in written
            if granted == capability
            for key, value in params.items()
        )

    def lines(self, role: str, capability: str) -> str:
        """Say which lines of which policies ask a role for that; nothing where none does."""
        if self._built is None:
            return ""
        from kei_gates.policy.origins import of_grant

        policy, builder = self._built
        try:
            origins = of_grant(builder, policy.key(role), capability)
        except KeyError:
            return ""
        written = [self._place(one.path, one.line) for one in origins if one.layer != BUILTIN]
        return ", ".join(dict.fromkeys(written))

    def _at(self, where: Where, key: Key) -> str:
        return self._place(where.path, where.line(key))

    def _place(self, path: str, line: int | None) -> str:
        path = path.removeprefix(f"{self._project}/")
        return f"`{path}`{'' if line is None else f' line {line}'}"


def _built(project: str) -> tuple[Policy, Builder]:
    """Build the policies. Raises `Fault`."""
    from kei_gates.cli.agent_library import policy_or_none
    from kei_gates.hook import places, store

    where = places.find(project or "/", project or "/")
    return store.build(policy_or_none(where) if project else None, where.home)
