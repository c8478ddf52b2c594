"""Parts of parsed documents in a form that can be compared."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    Region: TypeAlias = "dict[str, object]"
    """What a file says of dependencies: by the names of its parts, only those that say any."""

EVERY = "*"
"""Stands, in a path of keys, for every key."""


def frozen(value: object) -> object:
    """Give a parsed value for comparison: tables have no order, nor have lists of texts.

    `true` and `1` differ; what is empty is false.
    """
    if isinstance(value, dict):
        return tuple(sorted((str(key), frozen(item)) for key, item in value.items()))
    if isinstance(value, list):
        items = [frozen(item) for item in value]
        texts = all(isinstance(item, str) for item in value)
        return tuple(sorted(items, key=repr)) if texts else tuple(items)
    return () if value is None else f"{type(value).__name__} {value}"


def picked(document: object, paths: Iterable[str]) -> Region:
    """Give the parts of a document at dotted paths, those that hold something."""
    found: Region = {}
    for path in paths:
        for name, value in _at(document, path.split(".")):
            part = frozen(value)
            if part:
                found[name] = part
    return found


def _at(document: object, keys: list[str]) -> Iterator[tuple[str, object]]:
    if not keys:
        yield "", document
    elif isinstance(document, dict):
        for key in [*document] if keys[0] == EVERY else keys[:1]:
            if key in document:
                for name, value in _at(document[key], keys[1:]):
                    yield f"{key}.{name}" if name else str(key), value


def without(document: object, keys: Iterable[str]) -> Region:
    """Give all parts of a document but some."""
    if not isinstance(document, dict):
        return {"it": frozen(document)} if document else {}
    left = [key for key in document if key not in keys]
    return {str(key): part for key in left if (part := frozen(document[key]))}
