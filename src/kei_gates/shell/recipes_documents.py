"""Documents of JSON and TOML in which task runners find their recipes."""

from __future__ import annotations

import sys

from kei_gates.shell.recipes_text import string_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Final

    from kei_gates.shell.recipes_text import Recipe


def table(text: str | None, kind: str) -> dict[str, Any] | None:
    """Read a document of JSON or TOML; none when it is none, or its top is no table."""
    if text is None:
        return None
    loads: Final = _json if kind == "json" else _toml
    try:
        found = loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError, ImportError):
        return None
    return found if isinstance(found, dict) else None


def toml(text: str | None, name: str, recipe: Recipe) -> Mapping[str, Any]:
    """Read a file of TOML; one that cannot be read is unseen and gives an empty table."""
    if text is None:
        return {}
    found = table(text, "toml")
    if found is None:
        recipe.miss(f"`{name}` is not understood")
    return found or {}


def _json(text: str) -> object:
    import json

    found: object = json.loads(text)
    return found


def _toml(text: str) -> object:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    return tomllib.loads(text)


def inside(document: object, *keys: str) -> Mapping[str, Any]:
    """Give the table at a path of keys; an empty one when there is none."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def texts(value: object) -> list[str]:
    """Give a text, or the texts of a list, as a list."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str)]


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """Replace every `{{ expression }}` in a text of a template."""
    out: list[str] = []
    at = 0
    while True:
        start = text.find("{{", at)
        end = text.find("}}", start)
        if start < 0 or end < 0:
            return "".join([*out, text[at:]])
        out += (text[at:start], value_of(text[start + 2 : end].strip("- ")))
        at = end + 2


def without_comments(text: str) -> str:
    """Take comments, and commas before a closing bracket, out of JSON."""
    out: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            end = string_end(text, at, '"') + 1
            out.append(text[at:end])
        elif text.startswith("//", at):
            end = text.find("\n", at)
        elif text.startswith("/*", at):
            end = text.find("*/", at) + 2
            end = end if end > at else len(text)
        else:
            end = at + 1
            if text[at] in "]}":
                _drop_comma(out)
            out.append(text[at])
        at = end if end > at else len(text)
    return "".join(out)


def _drop_comma(out: list[str]) -> None:
    at = len(out) - 1
    while at >= 0 and out[at] in " \t\r\n":
        at -= 1
    if at >= 0 and out[at] == ",":
        out[at] = " "
