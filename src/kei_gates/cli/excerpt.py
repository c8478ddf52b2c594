"""A source shown to people: its lines, and parts of it underlined where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.cli.terminal import CUT, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.cli.terminal import Terminal

    Span = tuple[int, int]
    # What is shown for a character, and how many columns that takes.
    Cell = tuple[str, int]

MOST_LINES = 6
"""How many lines are shown of what is underlined."""
_TAB_COLUMNS = 8


def whole(source: str, terminal: Terminal, most: int) -> list[str]:
    """Give the first lines of a source, `most` of them: numbered, unless it is a single one."""
    lines = _lines(source)
    gutters = _gutters(len(lines)) if len(lines) > 1 else [""]
    shown = [
        _shown(line, (0, 0), gutter, terminal)[0]
        for line, gutter in zip(lines[:most], gutters, strict=False)
    ]
    return shown + _rest(len(lines) - most, gutters[0])


def underlined(source: str, span: Span, terminal: Terminal) -> list[str]:
    """Give the lines that a span touches, with carets below what it holds.

    A tab of the source is one between the carets too, so that both come to the same column.
    """
    lines = _lines(source)
    gutters = _gutters(len(lines)) if len(lines) > 1 else [_gutter("", 0)]
    parts = _parts(lines, span)
    found: list[str] = []
    for index, part in parts[:MOST_LINES]:
        found += _shown(lines[index], part, gutters[index], terminal)
    return found + _rest(len(parts) - MOST_LINES, gutters[0])


def _lines(source: str) -> list[str]:
    return source.removesuffix("\n").split("\n")


def _gutters(count: int) -> list[str]:
    return [_gutter(str(number), len(str(count))) for number in range(1, count + 1)]


def _gutter(number: str, columns: int) -> str:
    return f"  {number:>{columns}} | " if columns else "  | "


def _beside(gutter: str) -> str:
    """Give the gutter of a line that is none of the source."""
    return "".join(char if char == "|" else " " for char in gutter)


def _rest(count: int, gutter: str) -> list[str]:
    return [f"{_beside(gutter)}({count} more lines)"] if count > 0 else []


def _parts(lines: Sequence[str], span: Span) -> list[tuple[int, Span]]:
    """Give the parts of a span line by line, without the blanks around them.

    Lines that it only touches with blanks count only where there is no other.
    """
    found: list[tuple[int, Span]] = []
    at = 0
    last = (len(lines) - 1, (len(lines[-1]), len(lines[-1])))
    for index, line in enumerate(lines):
        first, end = max(span[0] - at, 0), min(span[1] - at, len(line))
        held = line[first:end] if first <= end else ""
        if held.strip():
            first += len(held) - len(held.lstrip())
            found.append((index, (first, first + len(held.strip()))))
        elif at <= span[0] <= at + len(line):
            last = (index, (first, first))
        at += len(line) + 1
    return found or [last]


def _shown(line: str, part: Span, gutter: str, terminal: Terminal) -> list[str]:
    """Give a line, cut around a part of it, and the carets below that where it is shown."""
    cells = [_cell(char, terminal) for char in line]
    start, end = _window(cells, part[0], terminal.columns - len(gutter) - 2 * len(CUT))
    left, right = CUT if start else "", CUT if end < len(cells) else ""
    carets = "".join(_below(cells[at], at >= part[0]) for at in range(start, min(part[1], end)))
    if "^" not in carets:
        carets += "^"
    below = _beside(gutter) + " " * len(left) + terminal.paint(carets, "red")
    return [gutter + left + "".join(text for text, _ in cells[start:end]) + right, below]


def _cell(char: str, terminal: Terminal) -> Cell:
    if char == "\t":
        return char, _TAB_COLUMNS  # at most
    text = terminal.char(char)
    return text, width(text)


def _below(cell: Cell, marked: bool) -> str:
    text, columns = cell
    return text if text == "\t" else ("^" if marked else " ") * columns


def _window(cells: Sequence[Cell], first: int, room: int) -> Span:
    """Give which cells fit into a number of columns, among them those from `first` on."""
    if sum(columns for _, columns in cells) <= room:
        return 0, len(cells)
    start, taken = _back(cells, first, room // 4, 0)
    end = start
    taken = 0
    while end < len(cells) and taken + cells[end][1] <= room:
        taken += cells[end][1]
        end += 1
    return _back(cells, start, room, taken)[0], end


def _back(cells: Sequence[Cell], start: int, room: int, taken: int) -> tuple[int, int]:
    """Go back from a cell as far as there is room; give where that is, and what is taken."""
    while start > 0 and taken + cells[start - 1][1] <= room:
        start -= 1
        taken += cells[start][1]
    return start, taken
