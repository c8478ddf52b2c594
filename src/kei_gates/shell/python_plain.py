"""Between values and plain Python objects, for what only texts and numbers go into."""

from __future__ import annotations

from kei_gates.shell.python_fold import NotKnown, fold
from kei_gates.shell.python_values import (
    ANY,
    CONSTANTS,
    MOST_ITEMS,
    MOST_VALUES,
    UNKNOWN,
    Func,
    Ref,
    Seq,
    Table,
    union,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kei_gates.shell.python_fold import Fold
    from kei_gates.shell.python_values import Values

_MOST_WAYS = 32
_DEEPEST = 4


def lift(plain: Any) -> Values:
    """Give a plain object as a value."""
    if isinstance(plain, CONSTANTS):
        return (plain,)
    if isinstance(plain, range) and len(plain) > MOST_ITEMS + MOST_VALUES:
        return (Seq(map(lift, plain[:MOST_ITEMS]), ANY),)  # what all of it comes to, at once
    if isinstance(plain, (list, tuple, range)):
        return (Seq(lift(item) for item in plain),)
    return (bytes(plain),) if isinstance(plain, bytearray) else ANY


def plain(values: Values, depth: int = 0) -> Any:
    """Give the one plain object that values stand for."""
    if len(values) != 1 or depth > _DEEPEST:
        raise NotKnown
    value = values[0]
    if isinstance(value, Seq) and not value.rest:
        return [plain(item, depth + 1) for item in value.items]
    if isinstance(value, CONSTANTS):
        return value
    raise NotKnown


def apply(function: Fold, args: list[Values], named: dict[str, Values] | None = None) -> Values:
    """Give what a plain function makes of each way to choose its arguments."""
    names = list(named or {})
    ways: list[list[Any]] = [[]]
    certain = True
    for values in (*args, *(named or {}).values()):
        known = []
        for value in values:
            try:
                known.append(plain((value,)))
            except NotKnown:
                certain = False
        if len(known) * len(ways) > _MOST_WAYS:
            return ANY
        ways = [[*way, value] for way in ways for value in known]
    count = len(args)
    found = [
        _applied(function, way[:count], dict(zip(names, way[count:], strict=True))) for way in ways
    ]
    return union(*found, *(() if certain else (ANY,))) if found or not certain else ()


def _applied(function: Fold, args: list[Any], named: dict[str, Any]) -> Values:
    try:
        return lift(fold(function, args, named))
    except NotKnown:
        return ANY


def open_end(value: object) -> object:
    """Give what is left of a value that may have been added to any number of times."""
    if isinstance(value, Seq):
        return Seq(value.items, union(value.rest, ANY))
    return value if isinstance(value, (Ref, Func, Table)) else UNKNOWN
