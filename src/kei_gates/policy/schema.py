"""The shape of a policy file, and errors that name the key and the nearest right name.

Cold path: pydantic is imported here and nowhere on the way of a plain call. The keys below
`[roles.NAME.CATEGORY]` come from the gates themselves: a gate's parameters are the annotations of
its `Params`.
"""

from __future__ import annotations

from datetime import date
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    TypeGuard,
    TypeVar,
    get_args,
    get_type_hints,
)

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from kei_gates.policy.globs import Globs
from kei_gates.policy.nearest import nearest
from kei_gates.policy.where import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kei_gates.model import Params
    from kei_gates.policy.where import Key, Where

    Catalogue = Mapping[str, type[Params]]
    """Every capability id with the class of its parameters."""

    Grants = dict[str, dict[str, object]]
    """Parameters by capability id."""

_Model = TypeVar("_Model", bound=BaseModel)

RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
ReferredRole = Annotated[str, Field(pattern=r"^(builtin:)?[a-z][a-z0-9-]{0,63}$")]

ALIASES = {"tools::deny-tools": "scope::read-only", "tools::read-only": "scope::read-only"}
"""Other names of capabilities, from the manifests of the seed."""

OWN_TABLES = {"bash": "tools::bash-allowlist"}
"""Tables of a role that hold the parameters of one capability: `[roles.x.bash]`."""


class Strict(BaseModel):
    """A table that refuses keys it does not know and values of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Dashed(Strict):
    """A table whose keys are written with dashes."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))


class Verification(Dashed):
    """`verification`: what must hold when an agent returns. It is kept for the check on return."""

    cargo_check_crates: list[str] = Field(default_factory=list)
    cargo_test_crates: list[str] = Field(default_factory=list)
    test_count_min: int | None = Field(None, ge=0)


class Output(Dashed):
    """`output`: the fields that a report must have. It is kept for the check on return."""

    report_fields_required: list[str] = Field(default_factory=list)


class RoleTable(Dashed):
    """What every `[roles.NAME]` may hold beside its capabilities' tables.

    `unknown_writes` holds for every scope of the role.
    """

    description: str = ""
    spawnable: bool = True
    unknown_writes: Literal["check", "deny"] | None = None
    verification: Verification = Verification()
    output: Output = Output()
    extends: Annotated[
        list[ReferredRole],
        BeforeValidator(
            lambda v: [v] if isinstance(v, str) else v,
            json_schema_input_type=ReferredRole | list[ReferredRole],
        ),
    ] = []
    required: list[str] = []
    relaxes: list[str] = []


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
    gpu: dict[GpuName, WrittenPrice] = {}
    same_as: dict[GpuName, GpuName] = {}


class PolicyTable(Strict):
    """A whole policy file; the role tables are checked by `read_role`."""

    version: Literal[1]
    rates: Rates = Rates()
    agents: dict[str, RoleName] = {}
    roles: dict[RoleName, dict[str, Any]] = {}
    test: list[PolicyTest] = []


def read_policy(document: dict[str, object], where: Where) -> PolicyTable:
    """Check a policy's outermost keys. Raises `Fault` naming file, line and key."""
    return validate(PolicyTable, document, where, ())


def read_role(
    table: dict[str, object], catalogue: Catalogue, where: Where, key: Key
) -> tuple[RoleTable, Grants]:
    """Check one role table: its own fields, and the parameters of each capability it sets.

    Raises `Fault` naming file, line and key.
    """
    categories = slugs_by_category(catalogue)
    tables = {name: of for name, of in OWN_TABLES.items() if of in catalogue}
    known = [field.alias or name for name, field in RoleTable.model_fields.items()]
    known += [*categories, *tables]
    for name in table:
        _check_key(name, known, where, (*key, name))
    table, unknown_writes = _without_shared(table, where, key)
    fields = {n: value for n, value in table.items() if n not in categories and n not in tables}
    fields |= unknown_writes
    grants: Grants = {}
    for category in [name for name in table if name in categories]:
        slugs = table[category]
        if not isinstance(slugs, dict):
            raise where.fault((*key, category), f"`{shown((*key, category))}` must be a table")
        for slug, value in slugs.items():
            at = (*key, category, slug)
            _check_key(slug, categories[category], where, at)
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


def unalias(capability: str) -> str:
    """Give the id of a capability for any of its names."""
    return ALIASES.get(capability, capability)


def _with_right_names(role: RoleTable) -> RoleTable:
    lists = {name: [*map(unalias, getattr(role, name))] for name in ("required", "relaxes")}
    return role.model_copy(update=lists)


def _grant(  # noqa: PLR0913, PLR0917 -- where it stands, for the refusal
    capability: str,
    value: object,
    grants: Grants,
    catalogue: Catalogue,
    where: Where,
    key: Key,
) -> None:
    """Add one grant that a role sets."""
    if capability in grants:
        raise where.fault(
            key, f"`{shown(key)}` is the same grant as another one (`{capability}`)", "keep one"
        )
    grants[capability] = _read_params(catalogue[capability], value, where, key)


def check_capability(name: str, catalogue: Iterable[str], where: Where, key: Key) -> None:
    """Refuse a capability id that does not exist. Raises `Fault`."""
    _check_name(name, catalogue, where, key, f"unknown `{name}` in `{shown(key)}`")


def check_role(name: str, roles: Iterable[str], where: Where, key: Key) -> None:
    """Refuse the name of a role that does not exist. Raises `Fault`."""
    _check_name(name, roles, where, key, f"unknown role `{name}` in `{shown(key)}`")


def _read_params(params: type[Params], value: object, where: Where, key: Key) -> dict[str, object]:
    """Check a capability's parameters.

    A table sets them by name; `true` takes the defaults; anything else is the first parameter.
    """
    hints = params_hints(params)
    if value is True:
        return {}
    if value is False:
        raise where.fault(
            key,
            f"`{shown(key)}` is not switched off by `false`",
            "leave it out, or name an inherited one in `relaxes`",
        )
    if not isinstance(value, dict):
        if not hints:
            at = f"`{shown(key)}`"
            raise where.fault(key, f"{at} takes no parameters", f"write `{key[-1]} = true`")
        value = {next(iter(hints)).replace("_", "-"): value}
    checked = validate(params_model(params), value, where, key)
    given = {name: getattr(checked, name) for name in checked.model_fields_set}
    flaw = params.flaw(given)
    if flaw is not None:
        raise where.fault(key, f"`{shown(key)}`: {flaw}", "mend it there")
    return given


def params_model(params: type[Params]) -> type[BaseModel]:
    """Make the model of a capability's table."""
    fields: dict[str, Any] = {
        name: (_IN_TOML.get(hint, hint), Field(None, alias=name.replace("_", "-")))
        for name, hint in params_hints(params).items()
    }
    name = params.__module__.rpartition(".")[2]  # the gate's
    return create_model(name, __base__=Strict, **fields)


def written(params: type[Params]) -> Any:
    """Give the type of what may be written for a capability: a table, `true`, the first parameter.

    For `kei-gates schema`; `_read_params` is what checks it.
    """
    hints = params_hints(params)
    if not hints:
        return Literal[True]
    first = next(iter(hints.values()))
    return params_model(params) | _IN_TOML.get(first, first) | Literal[True]


# How a gate's types are written in a policy.
_IN_TOML = {Globs: list[str], tuple[str, ...]: list[str]}


def params_hints(params: type[Params]) -> dict[str, Any]:
    """Give a gate's parameters with their types, in the order they are written."""
    return get_type_hints(params, {"Globs": Globs})


def validate(model: type[_Model], document: object, where: Where, key: Key) -> _Model:
    """Check a table. Raises `Fault` naming file, line, key and the nearest right name."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = (*key, *first["loc"])
        if first["type"] == "extra_forbidden":
            inner = _inner(model, first["loc"])
            known = [field.alias or name for name, field in inner.model_fields.items()]
            _check_key(str(first["loc"][-1]), known, where, at)
        raise where.fault(at, f"`{shown(at)}`: {_plain(first['msg'])}") from None


def _inner(model: type[BaseModel], place: tuple[int | str, ...]) -> type[BaseModel]:
    """Give the model of the table in which the last key of a place stands."""
    for part in place[:-1]:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        if part in fields:
            annotation = fields[str(part)].annotation
            within = [annotation, *get_args(annotation)]
            model = next((one for one in within if _is_model(one)), model)
    return model


def _is_model(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _plain(message: str) -> str:
    """Put a pydantic message in the form of the project's errors."""
    return message[:1].lower() + message[1:].rstrip(".")


def _check_key(name: str, known: Iterable[str], where: Where, key: Key) -> None:
    _check_name(name, known, where, key, f"unknown key `{shown(key)}`")


def _check_name(name: str, known: Iterable[str], where: Where, key: Key, what: str) -> None:
    known = sorted(known)
    if name not in known:
        raise where.fault(key, what, nearest(name, known))
