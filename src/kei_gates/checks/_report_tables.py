"""Turn tables that have the names of fields as their columns, and one row of values below them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._report_lines import Line
from kei_gates.checks._report_names import keys_of
from kei_gates.checks._report_starts import start_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from kei_gates.checks._report_starts import Start

_RULE = re.compile(r"[ \t:|]*-[ \t:|-]*$")
_BAR = re.compile(r"(?<!\\)\|")
_HIGH = 3  # a head, a rule and a row


def turned(
    lines: Sequence[tuple[Line, Start | None]], known: Collection[str]
) -> Iterator[tuple[Line, Start | None]]:
    """Give the lines with such a table as the rows `| name | value |`, where all are known."""
    at = 0
    while at < len(lines):
        rows = _pairs([line for line, _ in lines[at : at + _HIGH + 1]], known)
        if rows:
            number = lines[at + _HIGH - 1][0].number
            yield from ((Line(number, row, fenced=False), start_of(row, known)) for row in rows)
            at += _HIGH
        else:
            yield lines[at]
            at += 1


def _pairs(lines: Sequence[Line], known: Collection[str]) -> list[str]:
    """Give the rows for the table that begins there; none where there is none with one row."""
    if len(lines) < _HIGH or not _is_row(lines[0]) or not _RULE.match(lines[1].text):
        return []
    if not _is_row(lines[2]) or any(_is_row(line) for line in lines[_HIGH:]):
        return []
    names, values = _cells(lines[0].text), _cells(lines[2].text)
    are_known = all(not {*keys_of(name)}.isdisjoint(known) for name in names)
    if not are_known or len(names) != len(values) or len(names) == 1:
        return []
    return [f"| {name} | {value} |" for name, value in zip(names, values, strict=True)]


def _is_row(line: Line) -> bool:
    return not line.fenced and line.text.lstrip().startswith("|")


def _cells(text: str) -> list[str]:
    inner = text.strip().removeprefix("|").removesuffix("|")
    return [cell.strip() for cell in _BAR.split(inner)]
