"""Check tables of a policy: errors that name the key and the nearest right name. Cold path."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from kei_gates.policy.nearest import nearest
from kei_gates.policy.where import FORMAT, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from kei_gates.policy.where import Key, Where

_UNKNOWN = "extra_forbidden"

_Model = TypeVar("_Model", bound=BaseModel)


class Strict(BaseModel):
    """A table that refuses keys it does not know and values of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Dashed(Strict):
    """A table whose keys are written with dashes."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))


def validate(
    model: type[_Model], document: object, where: Where, key: Key, remedy: str = FORMAT
) -> _Model:
    """Check a table. Raises `Fault` naming file, line, key and the nearest right name.

    Of several flaws an unknown key is told first: it may be why another one is missing.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        first = next((one for one in errors if one["type"] == _UNKNOWN), errors[0])
        at = (*key, *first["loc"])
        if first["type"] == _UNKNOWN:
            inner = _inner(model, first["loc"])
            known = [field.alias or name for name, field in inner.model_fields.items()]
            check_key(str(first["loc"][-1]), known, where, at)
        at = tuple(part for part in at if part != _OF_KEY)
        raise where.fault(at, f"`{shown(at)}` {_plain(first)}", remedy) from None


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


def _plain(error: ErrorDetails) -> str:
    """Put a pydantic error in the words of a policy."""
    kind = error["type"]
    if kind in _WORDS:
        return _WORDS[kind]
    message = error["msg"].rstrip(".").replace("Input should be", "must be")
    return message[:1].lower() + message[1:]


_OF_KEY = "[key]"
"""What pydantic puts behind a key that is wrong itself."""

_WORDS = {
    "bool_type": "must be `true` or `false`",
    "dict_type": "must be a table",
    "date_from_datetime_parsing": "must be a day, as `2026-11-28`",
    "date_type": "must be a day, as `2026-11-28`",
    "finite_number": "must be a number",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "missing": "is missing",
    "model_type": "must be a table",
    "string_pattern_mismatch": "holds characters that it may not",
    "string_type": "must be text, between quotes",
    "too_short": "must not be empty",
    "value_error": "means nothing here",
}
"""What is said of a value, by pydantic's type of error."""


def check_key(name: str, known: Iterable[str], where: Where, key: Key) -> None:
    """Refuse a key that does not exist, with the nearest that does. Raises `Fault`."""
    check_name(name, known, where, key, f"unknown key `{shown(key)}`")


def check_name(name: str, known: Iterable[str], where: Where, key: Key, what: str) -> None:
    """Refuse a name that does not exist: `what` says what is wrong. Raises `Fault`."""
    known = sorted(known)
    if name not in known:
        raise where.fault(key, what, nearest(name, known))


def check_capability(name: str, catalogue: Iterable[str], where: Where, key: Key) -> None:
    """Refuse a capability id that does not exist. Raises `Fault`."""
    check_name(name, catalogue, where, key, f"unknown `{name}` in `{shown(key)}`")


def check_role(name: str, roles: Iterable[str], where: Where, key: Key) -> None:
    """Refuse the name of a role that does not exist. Raises `Fault`."""
    check_name(name, roles, where, key, f"unknown role `{name}` in `{shown(key)}`")
