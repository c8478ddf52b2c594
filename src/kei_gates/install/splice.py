"""Edits of a JSON text that leave every other character as it was.

`remove` undoes `append` exactly, whatever the formatting: an element is added together with the
comma and the space before it, and taken out with them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kei_gates.install import spans

if TYPE_CHECKING:
    from kei_gates.install.spans import Container, Path

_DEFAULT_UNIT = "  "


def append(text: str, path: Path, value: Any, key: str | None = None) -> str:
    """Add a value at the end of the list at `path`, or as `key` of the object there."""
    holder = _existing(text, path)
    label = "" if key is None else json.dumps(key, ensure_ascii=False) + ": "
    newline = _newline(text)
    if not holder.items:
        outer = _line_indent(text, holder.start)
        inner = outer + _unit(text)
        body = newline + inner + label + _render(text, value, inner) + newline + outer
        return _replace(text, holder.start + 1, holder.end - 1, body)
    last = holder.items[-1]
    indent = _own_line_indent(text, last.start)
    lead = ", " if indent is None else "," + newline + indent
    return _replace(text, last.end, last.end, lead + label + _render(text, value, indent))


def replace(text: str, path: Path, value: Any) -> str:
    """Put a value in the place of the one at `path`."""
    *above, key = path
    holder = _existing(text, tuple(above))
    item = next(item for item in holder.items if item.key == key)
    indent = _own_line_indent(text, item.start)
    return _replace(text, item.value_at, item.end, _render(text, value, indent))


def remove(text: str, path: Path, before: str | None) -> str:
    """Take out the value at `path`, with the containers that it leaves empty.

    `before` is the text as it once was: a container that it has is kept, and is empty in the way
    it was empty there. `None` stands for no such text; then only the outermost object is kept.
    """
    above = path[:-1]
    holder = _existing(text, above)
    index = next(n for n, item in enumerate(holder.items) if item.key == path[-1])
    if index > 0:
        return _replace(text, holder.items[index - 1].end, holder.items[index].end, "")
    if len(holder.items) > 1:
        return _replace(text, holder.items[0].start, holder.items[1].start, "")
    once = None if before is None else spans.find(before, above)
    if above and once is None:
        return remove(text, above, before)
    inside = "" if before is None or once is None or once.items else _inside(before, once)
    return _replace(text, holder.start + 1, holder.end - 1, inside)


def _existing(text: str, path: Path) -> Container:
    found = spans.find(text, path)
    if found is None:
        raise LookupError(path)
    return found


def _replace(text: str, start: int, end: int, by: str) -> str:
    return text[:start] + by + text[end:]


def _inside(text: str, holder: Container) -> str:
    return text[holder.start + 1 : holder.end - 1]


def _render(text: str, value: Any, indent: str | None) -> str:
    """Write a value whose first line stands at `indent`; `None` is for all on one line."""
    if indent is None:
        return json.dumps(value, ensure_ascii=False)
    lines = json.dumps(value, ensure_ascii=False, indent=_unit(text)).split("\n")
    return (_newline(text) + indent).join(lines)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _unit(text: str) -> str:
    """Find one step of the file's indentation, as its first member shows it."""
    top = spans.root(text)
    indent = _own_line_indent(text, top.items[0].start) if top.items else None
    if indent is None:
        return _DEFAULT_UNIT
    return indent.removeprefix(_line_indent(text, top.start))


def _own_line_indent(text: str, at: int) -> str | None:
    """Find the space before the item at `at`, `None` when other text shares the line with it."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line if "\n" in text[:at] and not line.strip(" \t\r") else None


def _line_indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]
