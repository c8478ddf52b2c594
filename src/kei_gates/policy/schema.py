"""The shape of a policy file, and errors that name the key and the nearest right name.

Cold path: pydantic is imported here and nowhere on the way of a plain call. The keys below
`[roles.NAME.CATEGORY]` come from the gates themselves: a gate's parameters are the annotations of
its `Params`.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from kei_gates.model import Fault, Params
from kei_gates.policy.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Catalogue = Mapping[str, type[Params]]
    """Every capability id with the class of its parameters."""

_Model = TypeVar("_Model", bound=BaseModel)

RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
ReferredRole = Annotated[str, Field(pattern=r"^(builtin:)?[a-z][a-z0-9-]{0,63}$")]


class Strict(BaseModel):
    """A table that refuses keys it does not know and values of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class RoleTable(Strict):
    """What every `[roles.NAME]` may hold beside its capabilities' tables."""

    description: str = ""
    extends: Annotated[
        list[ReferredRole], BeforeValidator(lambda v: [v] if isinstance(v, str) else v)
    ] = []
    required: list[str] = []
    relaxes: list[str] = []


class PolicyTable(Strict):
    """A whole policy file; the role tables are checked by `read_roles`."""

    version: Literal[1]
    agents: dict[str, RoleName] = {}
    roles: dict[RoleName, dict[str, Any]] = {}


def read_policy(document: dict[str, object], where: str) -> PolicyTable:
    """Check a policy's outermost keys. Raises `Fault` naming `where` and the key."""
    return _validate(PolicyTable, document, where, "")


def read_role(
    table: dict[str, object], catalogue: Catalogue, where: str, key: str
) -> tuple[RoleTable, dict[str, dict[str, object]]]:
    """Check one role table: its own fields, and the parameters of each capability it sets.

    Raises `Fault` naming `where` and the key.
    """
    categories: dict[str, list[str]] = {}
    for capability in catalogue:
        category, _, slug = capability.partition("::")
        categories.setdefault(category, []).append(slug)
    tables = {name: of for name, of in _OWN_TABLES.items() if of in catalogue}
    known = [*RoleTable.model_fields, *categories, *tables]
    for name in table:
        _check_name(name, known, where, f"{key}.{name}")
    fields = {n: value for n, value in table.items() if n not in categories and n not in tables}
    grants: dict[str, dict[str, object]] = {}
    for category in categories.keys() & table.keys():
        slugs = table[category]
        if not isinstance(slugs, dict):
            raise Fault(f"{where}: `{key}.{category}` must be a table", "see the policy format")
        for slug, value in slugs.items():
            at = f"{key}.{category}.{slug}"
            _check_name(slug, categories[category], where, at)
            capability = f"{category}::{slug}"
            grants[capability] = _read_params(catalogue[capability], value, where, at)
    for name in tables.keys() & table.keys():
        _read_own_table(name, table[name], grants, catalogue, where, key)
    return _validate(RoleTable, fields, where, key), grants


# Tables of a role that hold the parameters of one capability: `[roles.x.bash]`.
_OWN_TABLES = {"bash": "tools::bash-allowlist"}


def _read_own_table(  # noqa: PLR0913, PLR0917 -- where it stands, for the refusal
    name: str,
    value: object,
    grants: dict[str, dict[str, object]],
    catalogue: Catalogue,
    where: str,
    key: str,
) -> None:
    """Add the grant that a table of its own stands for."""
    capability = _OWN_TABLES[name]
    if not isinstance(value, dict):
        raise Fault(f"{where}: `{key}.{name}` must be a table", "see the policy format")
    if capability in grants:
        same = f"{key}.{capability.replace('::', '.')}"
        raise Fault(f"{where}: `{key}.{name}` and `{same}` are the same grant", "keep one of them")
    grants[capability] = _read_params(catalogue[capability], value, where, f"{key}.{name}")


def check_capability(name: str, catalogue: Iterable[str], where: str, key: str) -> None:
    """Refuse a capability id that does not exist. Raises `Fault`."""
    _check_name(name, catalogue, where, key, what=f"`{name}`")


def check_role(name: str, roles: Iterable[str], where: str, key: str) -> None:
    """Refuse the name of a role that does not exist. Raises `Fault`."""
    _check_name(name, roles, where, key, what=f"role `{name}`")


def _read_params(params: type[Params], value: object, where: str, key: str) -> dict[str, object]:
    """Check a capability's parameters.

    A table sets them by name; `true` takes the defaults; anything else is the first parameter.
    """
    hints = params_hints(params)
    if value is True:
        return {}
    if value is False:
        raise Fault(
            f"{where}: `{key}` is not switched off by `false`",
            "leave it out, or name an inherited one in `relaxes`",
        )
    if not isinstance(value, dict):
        if not hints:
            raise Fault(f"{where}: `{key}` takes no parameters", f"write `{key} = true`")
        value = {next(iter(hints)).replace("_", "-"): value}
    fields: dict[str, Any] = {
        name: (_IN_TOML.get(hint, hint), Field(None, alias=name.replace("_", "-")))
        for name, hint in hints.items()
    }
    model = create_model("Params", __base__=Strict, **fields)
    checked = _validate(model, value, where, key)
    given = {name: getattr(checked, name) for name in checked.model_fields_set}
    flaw = params.flaw(given)
    if flaw is not None:
        raise Fault(f"{where}: `{key}`: {flaw}", "mend it there")
    return given


# How a gate's types are written in a policy.
_IN_TOML = {Globs: list[str], tuple[str, ...]: list[str]}


def params_hints(params: type[Params]) -> dict[str, Any]:
    """Give a gate's parameters with their types, in the order they are written."""
    return get_type_hints(params, {"Globs": Globs})


def _validate(model: type[_Model], document: object, where: str, key: str) -> _Model:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in (*filter(None, [key]), *first["loc"]))
        if first["type"] == "extra_forbidden":
            known = [field.alias or name for name, field in model.model_fields.items()]
            _check_name(str(first["loc"][-1]), known, where, path)
        raise Fault(f"{where}: `{path}`: {_plain(first['msg'])}", "see the policy format") from None


def _plain(message: str) -> str:
    """Put a pydantic message in the form of the project's errors."""
    return message[:1].lower() + message[1:].rstrip(".")


def _check_name(
    name: str, known: Iterable[str], where: str, key: str, what: str | None = None
) -> None:
    known = sorted(known)
    if name in known:
        return
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    remedy = f"did you mean `{near[0]}`?" if near else f"known are: {', '.join(known)}"
    subject = f"unknown {what} in `{key}`" if what else f"unknown key `{key}`"
    raise Fault(f"{where}: {subject}", remedy)
