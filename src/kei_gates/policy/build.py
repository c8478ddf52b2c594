"""Build the compiled policy from TOML: read, check, resolve roles, compile globs. Cold path.

The files come through a reader that the caller gives; every one that was asked for becomes a
source of the compiled policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.policy import schema, validating
from kei_gates.policy.compiled import Agents, Policy, pack
from kei_gates.policy.documents import Documents
from kei_gates.policy.glob_compile import compile_glob
from kei_gates.policy.globs import Globs
from kei_gates.policy.params import params_hints
from kei_gates.policy.rates import merge as merge_rates
from kei_gates.policy.roles import BUILTIN, LAYERS, Roles, RoleSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Final

    from kei_gates.policy.capabilities import Catalogue
    from kei_gates.policy.compiled import CompiledGrant, CompiledRole, PackedRole, Pool, Reader
    from kei_gates.policy.globs import CompiledGlobs
    from kei_gates.policy.schema import PolicyTable, Rates
    from kei_gates.policy.where import Key, Where

_WILD = frozenset("*?[")


class Builder:
    """Builds one policy from the files of its layers."""

    def __init__(self, catalogue: Catalogue, read: Reader) -> None:
        self._catalogue = catalogue
        self._documents = Documents(read)
        self.roles: Final = Roles(catalogue)
        """The roles of all layers, as they are written."""
        self.tables: dict[str, tuple[PolicyTable, Where]] = {}
        """Each layer's own table, where it has a file."""
        self._rates: list[tuple[Rates, Where]] = []

    def build(
        self,
        builtin_files: Iterable[str],
        project_file: str | None,
        above: Mapping[str, str] | None = None,
    ) -> Policy:
        """Build a policy. Raises `Fault` naming file, line, key and the nearest right name.

        `above` maps the layers `machine` and `user` to their files, which need not be there; the
        project's file must.
        """
        for path in builtin_files:
            self._add(BUILTIN, path, required=True)
        for layer, path in (above or {}).items():
            self._add(layer, path, required=False)
        if project_file is not None:
            self._add("project", project_file, required=True)
        agents = [self._agents(layer) for layer in reversed(LAYERS[1:])]
        sources = self.roles.all()
        pool: Pool = {}
        return Policy(
            tuple(agents),
            {_key(source): self._compile(source, pool) for source in sources},
            unspawnable=tuple(_key(source) for source in sources if not source.table.spawnable),
            checked_on_stop=tuple(map(_key, filter(self.roles.is_checked_on_stop, sources))),
            sources=self._documents.sources,
            rates=merge_rates(self._rates),
            pool=pool,
        )

    def written(self, key: str) -> list[tuple[str, dict[str, object]]]:
        """Give the grants of a role as they are written, its parents' merged in.

        `key` is its layer and name, as `Policy` has it. Raises `KeyError` for one that there is
        not.
        """
        return self.roles.resolve(self.source(key))

    def source(self, key: str) -> RoleSource:
        """Give a role as it is written. Raises `KeyError` for one that there is not."""
        layer, _, name = key.partition(":")
        source = self.roles.find(layer, name)
        if source is None or _key(source) != key:
            raise KeyError(key)
        return source

    def _add(self, layer: str, path: str, *, required: bool) -> None:
        """Take in a layer's file."""
        found = self._documents.find(path)
        if found is None and required:
            raise Fault(
                f"policy `{path}` is missing", "restore it, or run `kei-gates install` again"
            )
        if found is None:
            return
        document, where = found
        table = schema.read_policy(document, where)
        for name, fields in table.roles.items():
            role, grants = schema.read_role(fields, self._catalogue.params, where, ("roles", name))
            self.roles.add(RoleSource(layer, name, role, grants, where))
        self.tables[layer] = (table, where)
        self._rates.append((table.rates, where))

    def _agents(self, layer: str) -> Agents:
        """Compile a layer's `[agents]`."""
        if layer not in self.tables:
            return Agents(None, None, {}, [])
        table, where = self.tables[layer]
        keys = {}
        for agent, name in table.agents.items():
            validating.check_role(name, self.roles.names(layer), where, ("agents", agent))
            source = self.roles.find(layer, name)
            assert source is not None  # noqa: S101 -- check_role has raised
            keys[agent] = _key(source)
        main, default = keys.pop("main", None), keys.pop("default", None)
        globs = [
            (compile_glob(agent, where, ("agents", agent)), role)
            for agent, role in keys.items()
            if set(agent) & _WILD
        ]
        return Agents(main, default, keys, globs)

    def _compile(self, source: RoleSource, pool: Pool) -> PackedRole:
        """Resolve a role to its grants in the compiled form."""
        return pack(
            split(
                [
                    compile_grant(capability, params, self._catalogue, source.where, source.key)
                    for capability, params in self.roles.resolve(source)
                ],
                self._catalogue,
            ),
            pool,
        )


def _key(source: RoleSource) -> str:
    return f"{source.layer}:{source.name}"


def compile_grant(
    capability: str, params: Mapping[str, object], catalogue: Catalogue, where: Where, key: Key
) -> CompiledGrant:
    """Put a grant in the compiled form. Raises `Fault` for a glob that is none."""
    hints = params_hints(catalogue.params[capability])
    plain = {name: value for name, value in params.items() if hints[name] is not Globs}
    category, _, slug = capability.partition("::")
    globs: dict[str, CompiledGlobs] = {
        name: [compile_glob(str(glob), where, (*key, category, slug)) for glob in value]
        for name, value in params.items()
        if hints[name] is Globs and isinstance(value, list)
    }
    return capability, plain, globs


def split(grants: Sequence[CompiledGrant], catalogue: Catalogue) -> CompiledRole:
    """Give the grants that a gate asks, and those that a check asks; some are asked by both."""
    return (
        [grant for grant in grants if grant[0] in catalogue.gated],
        [grant for grant in grants if grant[0] in catalogue.checked],
    )
