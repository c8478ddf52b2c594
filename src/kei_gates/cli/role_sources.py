"""Where a role stands in the policies of a project as they are now, and what it sets."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from kei_gates.model import Fault

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
        tables = self._built[1].tables if self._built is not None else {}
        for table, where in (tables[layer] for layer in _LAYERS if layer in tables):
            named = [key for key in table.agents if fnmatchcase(agent_type, key)]
            keys = [agent_type, *named, "main" if agent_type == "main" else "default"]
            key = next((one for one in keys if one in table.agents), None)
            if key is not None and table.agents[key] == role:
                return f"`{key}` in {self._at(where, ('agents', key))}"
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

    def _at(self, where: Where, key: Key) -> str:
        line = where.line(key)
        path = where.path.removeprefix(f"{self._project}/")
        return f"`{path}`{'' if line is None else f' line {line}'}"


def _built(project: str) -> tuple[Policy, Builder]:
    """Build the policies. Raises `Fault`."""
    from kei_gates.cli.agent_library import policy_or_none
    from kei_gates.hook import places, store

    where = places.find(project or "/", project or "/")
    return store.build(policy_or_none(where) if project else None, where.home)
