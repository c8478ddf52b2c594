"""Batches: JSON lines in, one answer a line out."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from kei_gates.cli.usage import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Fields = Mapping[str, tuple[str, ...] | None]


class Malformed:
    """A line that is no row: the `id` it was given, if that can be read, and what is wrong."""

    __slots__ = ("identity", "why")

    def __init__(self, why: str, identity: object = None) -> None:
        """Take the reason as a clause for people."""
        self.identity = identity
        self.why = why


def rows(
    path: str, key: str, kind: type, optional: Fields
) -> Iterator[dict[str, object] | Malformed]:
    """Give the rows of a file (`-` is stdin) in order, empty lines left out.

    Each row has a value of `kind` at `key`. `optional` names fields that are strings where they are
    given, with the words that each may be (none: any). Raises `UsageError` for a file that cannot
    be read.
    """
    try:
        with sys.stdin.buffer if path == "-" else open(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _row(line, number, (key, kind), optional)
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}") from None


def _row(
    line: bytes, number: int, required: tuple[str, type], optional: Fields
) -> dict[str, object] | Malformed:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Malformed(f"line {number} is not JSON: {error}")
    if not isinstance(row, dict):
        return Malformed(f"line {number} is no JSON object")
    key, kind = required
    if not isinstance(row.get(key), kind):
        return Malformed(f"line {number} has no `{key}`", row.get("id"))
    for name, words in optional.items():
        value = row.get(name)
        if name in row and not (isinstance(value, str) and (words is None or value in words)):
            return Malformed(f"line {number} has a malformed `{name}`", row.get("id"))
    return row
