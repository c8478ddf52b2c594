"""Where something stands in a policy file, for refusals that a person can act on. Cold path."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from kei_gates.model import Fault

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from typing import Final

    Key = tuple[str | int, ...]
    """A path of keys in a document, with indices where there are lists of tables."""

_LONGEST = 100_000
"""Characters of a document in which lines are looked for: each look parses it again."""
_MOST_LINES_BACK = 200
FORMAT = "see the policy format in the README, or `kei-gates schema`"


class Where:
    """A policy file with its text."""

    __slots__ = ("_text", "path")

    def __init__(self, path: str, text: str = "") -> None:
        """Take the file's path and, where there is one, its text."""
        self.path: Final = path
        self._text: Final = text

    def fault(self, key: Key, what: str, remedy: str = FORMAT) -> Fault:
        """Make the refusal of what stands at `key`; `what` follows the file and the line."""
        line = self.line(key)
        return Fault(f"{self.path}{'' if line is None else f':{line}'}: {what}", remedy)

    def holds(self, key: Key) -> bool:
        """Whether the document has a key."""
        return _holds(_parsed([self._text]), key)

    def line_of(self, key: Key, value: str) -> int | None:
        """Give the line on which a text stands in the list at `key`; else that of the list.

        It is looked for between the quotes of a string, from the list's first line on: a list has
        its values there before any other statement has them.
        """
        first = self.line(key)
        if first is None:
            return None
        quoted = (json.dumps(value, ensure_ascii=False), f"'{value}'")
        for number, line in enumerate(self._text.splitlines()[first - 1 :], first):
            if any(text in line for text in quoted):
                return number
        return first

    def line(self, key: Key) -> int | None:
        """Give the line, from 1, on which a key's value begins; none where that is not known.

        TOML parsers tell no lines. But the lines before a statement are a document of their own:
        the first such beginning that has the key ends with its statement.
        """
        if len(self._text) > _LONGEST:
            return None
        lines = self._text.splitlines(keepends=True)
        while key and not _holds(_parsed(lines), key):
            key = key[:-1]  # what is missing is missed in its table
        if not key:
            return None
        without, complete = 0, len(lines)
        while complete - without > 1:
            middle = _whole(lines, (without + complete) // 2, without)
            if middle == without:
                # nothing but the inside of one statement between: look behind it
                middle = _next_whole(lines, (without + complete) // 2, complete)
                if middle == complete:
                    break
            if _holds(_parsed(lines[:middle]), key):
                complete = middle
            else:
                without = middle
        return without + 1


def _parsed(lines: list[str]) -> object:
    try:
        return tomllib.loads("".join(lines))
    except (ValueError, RecursionError):
        return None


def _whole(lines: list[str], end: int, lowest: int) -> int:
    """Give the last beginning of at most `end` lines that is a document; `lowest` is one."""
    for candidate in range(end, max(lowest, end - _MOST_LINES_BACK), -1):
        if _parsed(lines[:candidate]) is not None:
            return candidate
    return lowest


def _next_whole(lines: list[str], start: int, highest: int) -> int:
    for candidate in range(start + 1, min(highest, start + _MOST_LINES_BACK)):
        if _parsed(lines[:candidate]) is not None:
            return candidate
    return highest


def _holds(document: object, key: Key) -> bool:
    """Whether a document has a key."""
    for part in key:
        try:
            document = document[part]  # type: ignore[index]  # whatever has no keys raises
        except (KeyError, IndexError, TypeError):
            return False
    return True


def shown(key: Key) -> str:
    """Write a key as it stands in a document."""
    return ".".join(str(part) for part in key)
