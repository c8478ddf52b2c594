"""The shape of a policy file: its tables, and what a role may say. Cold path.

pydantic is imported here and nowhere on the way of a plain call.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from kei_gates.policy.capabilities import ALIASES, OWN_TABLES, SHORTHANDS, unalias
from kei_gates.policy.params import read_params, without_shorthands
from kei_gates.policy.validating import Dashed, Strict, check_key, validate
from kei_gates.policy.where import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kei_gates.policy.params import Grants, ParamsById
    from kei_gates.policy.where import Key, Where

RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
ReferredRole = Annotated[str, Field(pattern=r"^(builtin:)?[a-z][a-z0-9-]{0,63}$")]


class Verification(Dashed):
    """`verification`: what is said of the check on return beside the shorthands.

    With `on_stop` the main thread is checked too when it ends its turn.
    """

    on_stop: bool = False


class RoleTable(Dashed):
    """What every `[roles.NAME]` may hold beside its capabilities' tables.

    `unknown_writes` holds for every scope of the role.
    """

    description: str = ""
    spawnable: bool = True
    unknown_writes: Literal["check", "deny"] | None = None
    verification: Verification = Verification()
    extends: Annotated[
        list[ReferredRole],
        BeforeValidator(
            lambda v: [v] if isinstance(v, str) else v,
            json_schema_input_type=ReferredRole | list[ReferredRole],
        ),
    ] = Field(default_factory=list)
    required: list[str] = Field(default_factory=list)
    relaxes: list[str] = Field(default_factory=list)


# A policy never allows: the client's own permissions still count. People write it all the same.
_ABSTAIN = {"allow": "abstain", "pass": "abstain"}


class PolicyTest(Strict):
    """One `[[test]]`: what must be decided about a shell command, or a whole hook payload."""

    command: str | None = None
    call: dict[str, Any] | None = None
    role: str | None = None
    agent: str | None = None
    cwd: str | None = None
    expect: Annotated[
        Literal["abstain", "ask", "deny"],
        BeforeValidator(
            lambda v: _ABSTAIN.get(v, v) if isinstance(v, str) else v,
            json_schema_input_type=Literal["abstain", "allow", "pass", "ask", "deny"],
        ),
    ]


Dollars = Annotated[float, Field(gt=0, allow_inf_nan=False)]
GpuName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9!+-]{0,31}$")]


# A day, as TOML writes one or as text.
Day = Annotated[
    date,
    BeforeValidator(
        lambda v: date.fromisoformat(v) if isinstance(v, str) else v, json_schema_input_type=date
    ),
]


class Price(Dashed):
    """A price, which may have a date of its own."""

    hour: Dollars
    as_of: Day | None = None


WrittenPrice = Annotated[
    Price,
    BeforeValidator(
        lambda v: v if isinstance(v, dict) else {"hour": v}, json_schema_input_type=Dollars | Price
    ),
]


class Rates(Dashed):
    """`[rates]`: prices in dollars an hour, the day they were read, and how long they count.

    A GPU that nobody has heard of is fine as long as it has a price.
    """

    as_of: Day | None = None
    valid_days: int = Field(90, ge=1, le=3650)
    source: str = ""
    cpu_core: WrittenPrice | None = None
    memory_gib: WrittenPrice | None = None
    gpu: dict[GpuName, WrittenPrice] = Field(default_factory=dict)
    same_as: dict[GpuName, GpuName] = Field(default_factory=dict)


class PolicyTable(Strict):
    """A whole policy file; the role tables are checked by `read_role`."""

    version: Literal[1]
    rates: Rates = Rates()
    agents: dict[str, RoleName] = Field(default_factory=dict)
    roles: dict[RoleName, dict[str, Any]] = Field(default_factory=dict)
    test: list[PolicyTest] = Field(default_factory=list)


def read_policy(document: dict[str, object], where: Where) -> PolicyTable:
    """Check a policy's outermost keys. Raises `Fault` naming file, line and key."""
    return validate(PolicyTable, document, where, ())


def read_role(
    table: dict[str, object], catalogue: ParamsById, where: Where, key: Key
) -> tuple[RoleTable, Grants]:
    """Check one role table: its own fields, and the parameters of each capability it sets.

    Raises `Fault` naming file, line and key.
    """
    categories = slugs_by_category(catalogue)
    tables = {name: of for name, of in OWN_TABLES.items() if of in catalogue}
    known = [field.alias or name for name, field in RoleTable.model_fields.items()]
    known += [*categories, *tables]
    for name in table:
        check_key(name, known, where, (*key, name))
    table, unknown_writes = _without_shared(table, where, key)
    others = {"verification": ["on-stop"]} | categories
    table, grants = without_shorthands(table, others, catalogue, where, key)
    fields = {n: value for n, value in table.items() if n not in categories and n not in tables}
    fields |= unknown_writes
    for category in [name for name in table if name in categories]:
        slugs = table[category]
        if not isinstance(slugs, dict):
            raise where.fault((*key, category), f"`{shown((*key, category))}` must be a table")
        for slug, value in slugs.items():
            at = (*key, category, slug)
            check_key(slug, categories[category], where, at)
            _grant(unalias(f"{category}::{slug}"), value, grants, catalogue, where, at)
    for name in [name for name in table if name in tables]:
        at = (*key, name)
        if not isinstance(table[name], dict):
            raise where.fault(at, f"`{shown(at)}` must be a table")
        _grant(tables[name], table[name], grants, catalogue, where, at)
    return _with_right_names(validate(RoleTable, fields, where, key)), grants


SHARED = "unknown-writes"
"""The key of a role's `scope` table that is said of all its scopes."""


def _without_shared(
    table: dict[str, object], where: Where, key: Key
) -> tuple[dict[str, object], dict[str, object]]:
    """Take what holds for every scope of a role out of its `scope` table."""
    scope = table.get("scope")
    if not isinstance(scope, dict) or SHARED not in scope:
        return table, {}
    if SHARED in table:
        at = (*key, "scope", SHARED)
        raise where.fault(at, f"`{shown(at)}` is said of the role already", "keep one of them")
    rest = {name: value for name, value in scope.items() if name != SHARED}
    return table | {"scope": rest}, {SHARED: scope[SHARED]}


def slugs_by_category(catalogue: Iterable[str]) -> dict[str, list[str]]:
    """Give the keys of each capability table: `files-whitelist` of `scope`, and so on."""
    categories: dict[str, list[str]] = {}
    aliases = [alias for alias, name in ALIASES.items() if name in catalogue]
    for capability in (*catalogue, *aliases):
        category, _, slug = capability.partition("::")
        categories.setdefault(category, []).append(slug)
    return categories


def _with_right_names(role: RoleTable) -> RoleTable:
    lists = {name: [*map(unalias, getattr(role, name))] for name in ("required", "relaxes")}
    return role.model_copy(update=lists)


def _grant(  # noqa: PLR0913, PLR0917 -- where it stands, for the refusal
    capability: str,
    value: object,
    grants: Grants,
    catalogue: ParamsById,
    where: Where,
    key: Key,
) -> None:
    """Add one grant that a role sets."""
    params = read_params(catalogue[capability], value, where, key)
    if capability in grants and not _completes(capability, params, grants):
        raise where.fault(
            key, f"`{shown(key)}` is the same grant as another one (`{capability}`)", "keep one"
        )
    grants[capability] = grants.get(capability, {}) | params


def _completes(capability: str, params: Mapping[str, object], grants: Grants) -> bool:
    """Whether parameters only stand beside what shorthands have set of the same capability."""
    short = any(capability == of for table in SHORTHANDS.values() for of, _ in table.values())
    return short and not set(params) & set(grants[capability])
