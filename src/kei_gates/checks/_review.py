"""Read the findings of a review report, and the grade that each carries.

A finding is a list item that no other contains, a row of a table, or a heading, below a heading or
field such as `Findings`. A heading that is a grade (`### High`) grades what stands below it and is
no finding; a heading without a grade whose items are findings themselves only groups them. Prose
around them is none.
"""

from __future__ import annotations

import re
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from kei_gates.checks._report_names import plain_of
from kei_gates.checks._reports import BARE, bare, is_blank, read, split_heading, split_item
from kei_gates.checks._review_grades import (
    SECTIONS,
    grade_of_group,
    grades_in,
    says_nothing,
    shortened,
)
from kei_gates.model import Value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.checks._reports import Field, Line

# Fields that stand beside the findings and end their list.
_BESIDE = frozenset({
    "verdict", "final verdict", "overall verdict", "recommendation", "recommendations", "summary",
    "conclusion", "blockers", "next", "files written", "cargo check", "cargo test", "loc delta",
    "handoffs made", "evidence grades", "blockers next",
})  # fmt: skip
# Those that a finding may have as well.
_OFTEN_INSIDE = frozenset({"recommendation", "recommendations", "summary", "conclusion"})
# Names of a section that may also be the title of the report.
_TITLES = frozenset({"review", "code review", "audit", "comments", "critique"})
# Lines within a finding that are no fields of the report.
_INSIDE = frozenset({
    "severity", "grade", "priority", "level", "file", "location", "where", "line", "evidence",
    "impact", "fix", "remedy", "suggestion", "confidence", "risk", "category", "description",
})  # fmt: skip
# Headings within the findings that hold no finding.
_PROSE = frozenset({
    "summary", "overview", "scope", "method", "methodology", "strengths", "positives", "notes",
    "what is good", "what works", "good", "context", "legend", "checked", "conclusion", "no issues",
    "what was checked", "positive observations", "verdict", "next", "references", "appendix",
})  # fmt: skip
_TABLE_RULE = re.compile(r"[\s:|]*-[\s:|-]*$")
_LONGEST_GROUP = 200  # of a line that may be a grade as a heading
_BOLD_LINE = re.compile(r"^\W*(?:\*\*|__)[^*]+(?:\*\*|__)\s*:?\s*$")
_GRADE_COLUMNS = frozenset({"severity", "grade", "priority", "level", "sev"})


class Item(Value):
    """A finding of a report: its line, what it says, the grades that it carries.

    `texts` are all its lines; `grades` are those of the words that are known, `unknown` is a word
    that stands where a grade should and is none.
    """

    __slots__ = ("grades", "line", "texts", "unknown")

    def __init__(
        self, line: int, texts: tuple[str, ...], grades: frozenset[str], unknown: str | None
    ) -> None:
        self.line: Final = line
        self.texts: Final = texts
        self.grades: Final = grades
        self.unknown: Final = unknown

    @property
    def title(self) -> str:
        """The begin of what it says, for people."""
        text = " ".join(bare(shortened(self.texts[0])).replace("|", " ").split())
        return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004


class Section(Value):
    """A part of a report that lists findings: its line, whether it says anything, the findings."""

    __slots__ = ("is_empty", "items", "line", "name")

    def __init__(self, name: str, line: int, items: tuple[Item, ...], *, is_empty: bool) -> None:
        self.name: Final = name
        self.line: Final = line
        self.items: Final = items
        self.is_empty: Final = is_empty


def sections(report: str, grades: Sequence[str]) -> list[Section]:
    """Give the parts of a report that list findings.

    Those are named in `SECTIONS`, or are headings that are a grade.
    """
    found: list[Section] = []
    fields = read(report, SECTIONS | _BESIDE, _INSIDE)
    last = 0
    for at, field in enumerate(fields):
        grade = grade_of_group(field.name, grades) if field.rank < BARE else None
        is_named = not SECTIONS.isdisjoint(field.keys)
        is_own = grade is not None and plain_of(grade) in plain_of(field.name).split()
        if field.line <= last or not (is_named or is_own):
            continue
        below = _below(fields, at)
        if _is_title(field, below):
            continue
        lines = [line for line in _without_beside(field, below) if line.text.strip()]
        items = _items(lines, grades, frozenset({grade} if grade else ()))
        is_empty = grade is None and all(is_blank(line.text) for line in lines)
        found.append(Section(field.name, field.line, tuple(items), is_empty=is_empty))
        last = _end(field)
    return found


def _end(field: Field) -> int:
    return field.lines[-1].number if field.lines else field.line


def _below(fields: Sequence[Field], at: int) -> list[Field]:
    """Give the fields within another one, which are in their order behind it."""
    end = _end(fields[at])
    return [*takewhile(lambda other: other.line <= end, islice(fields, at + 1, None))]


def _is_title(field: Field, below: Sequence[Field]) -> bool:
    """Whether a heading is the title of a whole review, which has its findings further below."""
    names = SECTIONS - _TITLES
    return field.keys[0] in _TITLES and any(not names.isdisjoint(other.keys) for other in below)


def _without_beside(field: Field, below: Sequence[Field]) -> list[Line]:
    """Give the lines of a section that are in no other field that only stands below it."""
    beside = [
        other
        for other in below
        if not _BESIDE.isdisjoint(other.keys)
        and (other.rank < BARE or _OFTEN_INSIDE.isdisjoint(other.keys))
    ]
    taken = {number for other in beside for number in range(other.line, _end(other) + 1)}
    return [line for line in field.lines if not line.fenced and line.number not in taken]


def _items(lines: Sequence[Line], grades: Sequence[str], given: frozenset[str]) -> list[Item]:
    """Give the findings in the lines of a section; `given` are the grades of what is around it."""
    items: list[Item] = []
    before, parts = _by_heading(lines, grades)
    items += _flat(before, grades, given, is_whole=not parts)
    for heading, below in parts:
        title = (split_heading(heading.text) or (0, bare(heading.text)))[1]
        grade = grade_of_group(title, grades)
        if grade:
            items += _items(below, grades, frozenset({grade}))
        elif plain_of(title) not in _PROSE and not says_nothing(title):
            items += _headed(heading, below, grades, given)
    return items


def _headed(
    heading: Line, below: Sequence[Line], grades: Sequence[str], given: frozenset[str]
) -> list[Item]:
    """Give a heading as a finding, or the findings that it only groups."""
    item = _item([heading, *below], grades, given)
    own, unknown = grades_in(_direct([heading, *below]), grades)
    if own or unknown:
        return [item]
    within = _items(below, grades, given) if below else []
    graded = [one for one in within if one.grades - given or one.unknown]
    if graded:
        return within
    texts = [bare(line.text) for line in below]
    return [] if texts and all(says_nothing(text) for text in texts) else [item]


def _direct(lines: Sequence[Line]) -> list[str]:
    """Give a heading and what is said of it, but for what stands in items without a label."""
    return [lines[0].text, *(line.text for line in lines[1:] if not _is_list(line.text))] + [
        bare(line.text) for line in lines[1:] if split_item(line.text) and ":" in line.text[:20]
    ]


def _is_row(line: Line) -> bool:
    return line.text.lstrip().startswith("|")


def _is_list(text: str) -> bool:
    return split_item(text) is not None or text.lstrip().startswith("|")


def _by_heading(
    lines: Sequence[Line], grades: Sequence[str]
) -> tuple[list[Line], list[tuple[Line, list[Line]]]]:
    """Cut lines at the headings that stand highest among them.

    A line in bold that is a grade counts as a heading that stands lowest.
    """
    levels = [_level(line.text, grades) for line in lines]
    top = min((level for level in levels if level), default=0)
    before: list[Line] = []
    parts: list[tuple[Line, list[Line]]] = []
    for line, level in zip(lines, levels, strict=True):
        if level and level == top:
            parts.append((line, []))
        else:
            (parts[-1][1] if parts else before).append(line)
    return before, parts


def _level(text: str, grades: Sequence[str]) -> int:
    heading = split_heading(text)
    if heading:
        return heading[0]
    is_short = len(text) <= _LONGEST_GROUP
    is_name = is_short and (_BOLD_LINE.match(text) or text.rstrip().endswith(":"))
    is_group = is_name and not split_item(text) and grade_of_group(bare(text), grades)
    return BARE if is_group else 0


def _flat(
    lines: Sequence[Line], grades: Sequence[str], given: frozenset[str], *, is_whole: bool
) -> list[Item]:
    """Give the findings of lines without headings: rows, items, paragraphs that have a grade.

    Where they are the whole of a section that says nothing else, a paragraph is one too.
    """
    rows = [line for line in lines if _is_row(line)]
    items = _rows(rows, grades, given)
    prose: list[Line] = []
    for block in _blocks([line for line in lines if not _is_row(line)]):
        text = bare(block[0].text)
        if says_nothing(text):
            prose.clear()
        elif split_item(block[0].text) or grades_in([text], grades)[0]:
            items.append(_item(block, grades, given))
        elif not is_blank(text):
            prose.append(block[0])
    says_none = any(says_nothing(line.text) for line in lines)
    if prose and is_whole and not items and not says_none:
        items.append(_item(prose, grades, given))
    return items


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Put list items together with what is indented below them; other lines stand for themselves.

    A line that is not indented goes on with an item where it stands right below it.
    """
    found = [item[0] for line in lines if (item := split_item(line.text))]
    top = min(found, default=0)
    blocks: list[list[Line]] = []
    for line in lines:
        item = split_item(line.text)
        is_below = item[0] > top + 1 if item else line.text.startswith((" ", "\t"))
        goes_on = blocks and line.number == blocks[-1][-1].number + 1 and not item
        has_item = bool(blocks) and split_item(blocks[-1][0].text) is not None
        if blocks and has_item and (is_below or goes_on):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _rows(lines: Sequence[Line], grades: Sequence[str], given: frozenset[str]) -> list[Item]:
    """Give the rows of tables; the grade stands in its column, or in a cell of its own."""
    items: list[Item] = []
    column: int | None = None
    for index, line in enumerate(lines):
        cells = [bare(cell) for cell in line.text.strip().strip("|").split("|")]
        following = lines[index + 1].text if index + 1 < len(lines) else ""
        if _TABLE_RULE.match(following):
            columns = [plain_of(cell) for cell in cells]
            column = next((at for at, name in enumerate(columns) if name in _GRADE_COLUMNS), None)
        elif not _TABLE_RULE.match(line.text) and not says_nothing(cells[0]):
            held = cells[column : column + 1] if column is not None else cells
            own, unknown = grades_in([f"severity: {cell}" for cell in held], grades)
            shown = unknown if column is not None else None
            items.append(Item(line.number, (line.text,), own | given, shown))
    return items


def _item(lines: Sequence[Line], grades: Sequence[str], given: frozenset[str]) -> Item:
    own, unknown = grades_in([line.text for line in lines], grades)
    return Item(lines[0].number, tuple(line.text for line in lines), own | given, unknown)
