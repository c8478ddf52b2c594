"""Build the compiled policy from TOML: read, check, resolve roles, compile globs. Cold path.

The files come through a reader that the caller gives; every one that was asked for becomes a
source of the compiled policy.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.policy import schema
from kei_gates.policy.compiled import Agents, Policy, pack_grants
from kei_gates.policy.glob_compile import compile_glob
from kei_gates.policy.globs import Globs

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.policy.compiled import CompiledGrant, Reader, Sources
    from kei_gates.policy.schema import Catalogue, RoleTable

_DEEPEST = 16
_MAIN, _DEFAULT = "orchestrator", "read-only"


class RoleSource:
    """One role as written: its table, its capabilities' parameters, and where it stands."""

    def __init__(
        self, table: RoleTable, grants: dict[str, dict[str, object]], where: str, key: str
    ) -> None:
        self.table = table
        self.grants = grants
        self.where = where
        self.key = key


class Builder:
    """Builds one policy from the built-in roles and, where there is one, a project's file."""

    def __init__(self, catalogue: Catalogue, always: Iterable[str], read: Reader) -> None:
        """Take every capability with its parameters, those on for every role, and a reader."""
        self._catalogue = catalogue
        self._always = tuple(always)
        self._read = read
        self._sources: dict[str, bytes | None] = {}
        self._roles: dict[str, RoleSource] = {}

    def build(self, builtin_files: Iterable[str], project_file: str | None) -> Policy:
        """Build a policy. Raises `Fault` naming file, key and the nearest right name."""
        for path in builtin_files:
            self._add_roles(path, self._document(path), prefix="builtin:")
        agents: dict[str, str] = {}
        if project_file is not None:
            agents = self._add_roles(project_file, self._document(project_file), prefix="")
        visible = self._visible_roles()
        roles = {name: pack_grants(self._compile(source)) for name, source in visible.items()}
        where = project_file or "built-in policy"
        sources: Sources = tuple(self._sources.items())
        return Policy(self._agents(agents, visible, where), roles, sources)

    def _document(self, path: str) -> dict[str, object]:
        try:
            raw = self._sources[path] = self._read(path)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Fault(f"policy `{path}` cannot be read: {reason}", "mend or restore it") from None
        if raw is None:
            raise Fault(
                f"policy `{path}` is missing", "restore it, or run `kei-gates install` again"
            )
        try:
            return tomllib.loads(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise Fault(
                f"policy `{path}` is not UTF-8 (byte {error.start})", "save it as UTF-8"
            ) from None
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            message = str(error) or "nested too deeply"
            raise Fault(
                f"policy `{path}` is not TOML: {message[:1].lower()}{message[1:]}", "mend that line"
            ) from None

    def _add_roles(self, path: str, document: dict[str, object], prefix: str) -> dict[str, str]:
        """Take in a file's roles under `prefix` and give its `[agents]`."""
        table = schema.read_policy(document, path)
        for name, fields in table.roles.items():
            key = f"roles.{name}"
            role, grants = schema.read_role(fields, self._catalogue, path, key)
            for capability in (*role.required, *role.relaxes):
                schema.check_capability(capability, self._catalogue, path, key)
            if not prefix and f"builtin:{name}" in self._roles:
                self._check_extends_builtin(name, role, path)
            self._roles[prefix + name] = RoleSource(role, grants, path, key)
        return table.agents

    def _check_extends_builtin(self, name: str, role: RoleTable, path: str) -> None:
        """Refuse a role that has a built-in's name and only looks like it."""
        if f"builtin:{name}" not in role.extends:
            raise Fault(
                f"{path}: `roles.{name}` has the name of a built-in role without extending it",
                f'write `extends = "builtin:{name}"` or choose another name',
            )

    def _visible_roles(self) -> dict[str, RoleSource]:
        """Give every role by the name that `[agents]` uses: the project's, else the built-in."""
        plain = {name.removeprefix("builtin:"): role for name, role in self._roles.items()}
        return plain | {n: r for n, r in self._roles.items() if not n.startswith("builtin:")}

    def _agents(self, table: dict[str, str], roles: dict[str, RoleSource], where: str) -> Agents:
        given = {"main": _MAIN, "default": _DEFAULT} | table
        for agent, role in given.items():
            schema.check_role(role, roles, where, f"agents.{agent}")
        main, default = given.pop("main"), given.pop("default")
        globs = [
            (compile_glob(agent, where, "agents"), role)
            for agent, role in given.items()
            if set(agent) & set("*?[")
        ]
        return Agents(main, default, given, globs)

    def _compile(self, source: RoleSource) -> list[CompiledGrant]:
        """Resolve a role to its grants in the compiled form; those of every role come first."""
        resolved = self._resolve(source, ())
        grants = {name: resolved.pop(name, {}) for name in self._always} | resolved
        return [
            self._compile_grant(capability, params, source) for capability, params in grants.items()
        ]

    def _resolve(
        self, source: RoleSource, seen: tuple[RoleSource, ...]
    ) -> dict[str, dict[str, object]]:
        """Merge parents first, then the role's own; then take out what it relaxes."""
        if source in seen:
            chain = " -> ".join(role.key for role in (*seen, source))
            raise Fault(f"{source.where}: roles extend each other: {chain}", "break the circle")
        if len(seen) >= _DEEPEST:
            raise Fault(
                f"{source.where}: `{source.key}` extends more than {_DEEPEST} roles deep",
                "flatten the roles",
            )
        merged: dict[str, dict[str, object]] = {}
        for parent in source.table.extends:
            for capability, params in self._resolve(
                self._parent(parent, source), (*seen, source)
            ).items():
                merged[capability] = merged.get(capability, {}) | params
        for capability in source.table.required:
            merged.setdefault(capability, {})
        for capability, params in source.grants.items():
            merged[capability] = merged.get(capability, {}) | params
        for capability in source.table.relaxes:
            self._relax(capability, merged, source)
        return merged

    def _parent(self, name: str, child: RoleSource) -> RoleSource:
        """Find a parent: `builtin:NAME`, else the project's role, else the built-in one."""
        found = self._roles.get(name) or self._roles.get(f"builtin:{name}")
        if found is None:
            schema.check_role(name, self._roles, child.where, f"{child.key}.extends")
            raise AssertionError  # check_role has raised
        return found

    def _relax(
        self, capability: str, merged: dict[str, dict[str, object]], source: RoleSource
    ) -> None:
        key = f"{source.key}.relaxes"
        if capability in self._always:
            raise Fault(
                f"{source.where}: `{capability}` in `{key}` is on for every role", "remove it there"
            )
        schema.check_capability(capability, merged, source.where, key)
        del merged[capability]

    def _compile_grant(
        self, capability: str, params: dict[str, object], source: RoleSource
    ) -> CompiledGrant:
        hints = schema.params_hints(self._catalogue[capability])
        plain = {name: value for name, value in params.items() if hints[name] is not Globs}
        key = f"{source.key}: {capability}"
        globs = {
            name: [compile_glob(str(glob), source.where, key) for glob in value]
            for name, value in params.items()
            if hints[name] is Globs and isinstance(value, list)
        }
        return capability, plain, globs
