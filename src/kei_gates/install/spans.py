"""A strict JSON reader that remembers where everything stands in the text.

The values come from the standard library; only the positions are kept here, so that a file can be
edited without rewriting what is not ours.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

Path = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(-?Infinity|NaN)')


class TextError(Exception):
    """What is wrong with a text, and at which character."""

    def __init__(self, what: str, at: int) -> None:
        """Take a clause that says what is wrong and what to do, and the offset."""
        super().__init__(what)
        self.what = what
        self.at = at


class Item(NamedTuple):
    """A member of an object or an element of a list (`key` is its index).

    `start` is where the member begins (at its key), `value_at` where its value does.
    """

    key: str | int
    start: int
    value_at: int
    end: int
    value: Any


class Container(NamedTuple):
    """An object or a list: from its opening bracket at `start` to just after the closing one."""

    start: int
    end: int
    items: tuple[Item, ...]


class _NotANumberError(ValueError):
    pass


def _refuse_constant(name: str) -> None:
    raise _NotANumberError(name)


# Floats for all numbers: none is written back, and an int of 5,000 digits would be an error.
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=float)


def parse(text: str) -> Any:
    """Read a whole JSON text strictly. Raises TextError."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise TextError(_explain(text, error), error.pos) from None
    except _NotANumberError as error:
        at = next(token.start(1) for token in _TOKEN.finditer(text) if token[1])
        raise TextError(f"`{error}` is not JSON; write a number or null", at) from None
    except RecursionError:
        raise TextError("nested too deep; make it flatter", 0) from None


def _explain(text: str, error: json.JSONDecodeError) -> str:
    before = text[: error.pos].rstrip(" \t\r\n")
    after = _SPACE.sub("", text[error.pos :], count=1)
    if after.startswith(("/", "#")):
        return "a comment is not JSON; take it out"
    if (before.endswith(",") and after[:1] in set("}]")) or re.match(r",\s*[}\]]", after):
        return "a comma before a closing bracket is not JSON; take it out"
    if error.msg == "Extra data":
        return "there is more text after the end of the JSON; take it out"
    return f"not valid JSON ({error.msg[:1].lower() + error.msg[1:]}); mend it"


def container(text: str, at: int) -> Container:
    """Read the object or list that opens at `at`. The text has passed `parse`."""
    keyed = text[at] == "{"
    items: list[Item] = []
    pos = _skip(text, at + 1)
    while text[pos] not in "}]":
        start = pos
        key: str | int = len(items)
        if keyed:
            key, pos = _DECODER.raw_decode(text, pos)
            pos = _skip(text, _skip(text, pos) + 1)  # over the colon
        value, end = _DECODER.raw_decode(text, pos)
        items.append(Item(key, start, pos, end, value))
        pos = _skip(text, end)
        if text[pos] == ",":
            pos = _skip(text, pos + 1)
    return Container(at, pos + 1, tuple(items))


def begin(text: str) -> int:
    """Where the outermost value begins."""
    return _skip(text, 0)


def root(text: str) -> Container:
    """Read the outermost object or list. The text has passed `parse`."""
    return container(text, begin(text))


def find(text: str, path: Path) -> Container | None:
    """Read the object or list at `path`, `None` when there is none."""
    found = root(text)
    for key in path:
        item = next((item for item in found.items if item.key == key), None)
        if item is None or text[item.value_at] not in "{[":
            return None
        found = container(text, item.value_at)
    return found


def _skip(text: str, pos: int) -> int:
    match = _SPACE.match(text, pos)
    return match.end() if match else pos
