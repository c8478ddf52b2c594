"""Read an agent's last message, which is Markdown that a model has written, into fields.

A field begins with `Name: value`, `**Name:** value`, `**Name** — value`, `- Name: value`,
`| Name | value |` or a heading, and goes on to the next that stands as high; what stands lower is
part of it and a field of its own. A name that nobody knows begins one only where it cannot be
what the field before it says (`Plan:` and below it `Step 1: look`), and never in a code fence:
YAML and logs have such lines too. A report that stands in one fence as a whole is read as if that
were not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.checks._report_lines import Line, lines_of
from kei_gates.checks._report_starts import BARE, bare, is_blank, split_heading, split_item
from kei_gates.checks._report_tables import turned
from kei_gates.checks.work import Finding

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Final

    from kei_gates.checks._report_starts import Start

# No person reads as many, and each check reads them within two seconds.
_MOST_LETTERS = 200_000

__all__ = [
    "BARE", "Field", "Line", "bare", "is_blank", "names_in", "read", "split_heading", "split_item",
    "too_long",
]  # fmt: skip


class Field:
    """A field of a report.

    `name` is as written, `keys` what it is compared by, `line` the number of its first line, `rank`
    how high it stands (headings 1 to 6, bare names 7, list items more). `lines` are its value, with
    what stands on the first line behind the name first; `own` are those of them that are in no
    field below it.
    """

    def __init__(self, start: Start, line: int) -> None:
        self.name: Final = start.name
        self.keys: Final = start.keys
        self.rank: Final = start.rank
        self.line: Final = line
        self.is_emphatic: Final = start.is_emphatic
        first = [Line(line, start.rest, fenced=False)] if start.rest else []
        self.lines: Final[list[Line]] = first
        self.own: Final[list[Line]] = [*first]

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it yet but blanks and rules."""
        return all(is_blank(line.text) for line in self.lines)


def read(
    report: str, known: Collection[str], inside: Collection[str] = (), *, columns: bool = False
) -> list[Field]:
    """Give the fields of a report in their order.

    `known` are keys (`key_of`) that begin a field wherever they stand, `inside` keys that never do.
    With `columns` those of a table may be fields too.
    """
    fields: list[Field] = []
    opened: list[Field] = []
    lines = [*lines_of(report, known)]
    for line, start in turned(lines, known) if columns else lines:
        if start is not None and _begins(start, opened, known, inside):
            opened = [field for field in opened if field.rank < start.rank]
            for field in opened:
                field.lines.append(line)
            opened.append(Field(start, line.number))
            fields.append(opened[-1])
        else:
            for field in opened:
                field.lines.append(line)
            if opened:
                opened[-1].own.append(line)
    return fields


def names_in(report: str) -> list[tuple[int, str]]:
    """Give all that may be meant as a name of a field, with the number of its line."""
    return [(line.number, start.name) for line, start in lines_of(report) if start is not None]


def too_long(report: str) -> Finding | None:
    """Say that a report is longer than what is looked at; none where it is not."""
    if len(report) <= _MOST_LETTERS:
        return None
    return Finding(
        f"the report has {len(report)} characters; more than {_MOST_LETTERS} are not looked at",
        "put long output into a file, and tell of it in the report",
    )


def _begins(
    start: Start, opened: list[Field], known: Collection[str], inside: Collection[str]
) -> bool:
    """Whether a line that may begin a field does so there."""
    if not set(start.keys).isdisjoint(inside):
        return False
    if not set(start.keys).isdisjoint(known):
        return True
    is_first = not opened or start.rank < BARE
    return start.is_plain and (is_first or _follows(start, opened[-1]))


def _follows(start: Start, current: Field) -> bool:
    """Whether a name that nobody knows ends the field before it: not where that is still empty."""
    if start.rank > BARE:
        return current.rank == start.rank
    if current.is_blank:
        return start.is_emphatic and current.is_emphatic and current.rank >= BARE
    return start.is_emphatic or start.name[:1].isupper()  # programs print `error: ...`
