"""The parameters of capabilities, as a policy writes them. Cold path.

The keys below `[roles.NAME.CATEGORY]` come from the gates and checks themselves: the parameters are
the annotations of their `Params`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_type_hints

from pydantic import BaseModel, Field, create_model

from kei_gates.policy.capabilities import SHORTHANDS
from kei_gates.policy.globs import Globs
from kei_gates.policy.validating import Strict, check_key, validate
from kei_gates.policy.where import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kei_gates.model import Params
    from kei_gates.policy.where import Key, Where

    ParamsById = Mapping[str, type[Params]]
    """Every capability id with the class of its parameters."""

    Grants = dict[str, dict[str, object]]
    """Parameters by capability id."""


def read_params(params: type[Params], value: object, where: Where, key: Key) -> dict[str, object]:
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


def written_type(params: type[Params], name: str) -> Any:
    """Give the type of what may be written for one parameter."""
    hint = params_hints(params)[name]
    return _IN_TOML.get(hint, hint)


# How a gate's types are written in a policy.
_IN_TOML = {Globs: list[str], tuple[str, ...]: list[str]}


def params_hints(params: type[Params]) -> dict[str, Any]:
    """Give a gate's parameters with their types, in the order they are written."""
    return get_type_hints(params, {"Globs": Globs})


def without_shorthands(
    table: dict[str, object],
    others: Mapping[str, Iterable[str]],
    catalogue: ParamsById,
    where: Where,
    key: Key,
) -> tuple[dict[str, object], Grants]:
    """Take the shorthands out of the tables that hold some, and give what they grant.

    `others` are the keys that such a table may hold beside them. Raises `Fault` naming file, line
    and key.
    """
    grants: Grants = {}
    rest = dict(table)
    for name in [name for name in SHORTHANDS if isinstance(table.get(name), dict)]:
        given: dict[str, object] = dict(table[name])  # type: ignore[call-overload]  # seen above
        shorthands = shorthands_of(name, catalogue)
        for one in given:
            check_key(one, [*shorthands, *others.get(name, ())], where, (*key, name, one))
        for short, (capability, param) in shorthands.items():
            if short in given:
                at = (*key, name, short)
                value = _read_shorthand(catalogue[capability], param, given.pop(short), where, at)
                grants.setdefault(capability, {})[param] = value
        rest[name] = given
    return rest, grants


def shorthands_of(table: str, catalogue: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Give the keys of a table that set a parameter: the capability's, by its name in the code."""
    return {short: of for short, of in SHORTHANDS.get(table, {}).items() if of[0] in catalogue}


def _read_shorthand(
    params: type[Params], name: str, value: object, where: Where, key: Key
) -> object:
    field: Any = (written_type(params, name), Field(alias=str(key[-1])))
    model = create_model(params.__module__.rpartition(".")[2], __base__=Strict, **{name: field})
    checked = validate(model, {key[-1]: value}, where, key[:-1])
    found = {name: getattr(checked, name)}
    flaw = params.flaw(found)
    if flaw is not None:
        raise where.fault(key, f"`{shown(key)}`: {flaw}", "mend it there")
    return found[name]
