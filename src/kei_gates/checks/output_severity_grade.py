"""Hold each finding of a review report to exactly one grade.

What it checks: below each heading or field such as `Findings`, `Issues` or `Review`, every list
item at the top, row of a table and heading carries exactly one of `grades`: as `[HIGH]`, `High:`,
`Severity: high` in a line of its own, in the table's column, or by the heading above it
(`### High`). Usual words for the same count too (`blocker`, `major`, `nit`, `P0`). `none` is a
report without findings. The word within prose is no grade. A report without such a heading has to
say that there are no findings, or to have lines with a grade.
Why: without a grade nobody knows what has to be mended before the work goes on.
Instead: begin each finding with its grade in brackets; where there is no finding, say `none` below
a heading `Findings`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kei_gates.checks._report_lines import lines_of
from kei_gates.checks._report_names import plain_of
from kei_gates.checks._reports import bare, too_long
from kei_gates.checks._review import sections
from kei_gates.checks._review_grades import grades_in, says_nothing
from kei_gates.checks.work import Finding, SkippedError
from kei_gates.model import Params as BaseParams
from kei_gates.policy.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.checks._review import Item, Section
    from kei_gates.checks.work import Work


class Params(BaseParams):
    """`grades`: the words, the heaviest first."""

    grades: tuple[str, ...] = ("critical", "high", "medium", "low", "info")

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse no grades, and grades that are more than one word."""
        grades: Any = values.get("grades", cls.grades)
        wrong = [grade for grade in grades if len(plain_of(grade).split()) != 1]
        if wrong:
            return f"`{wrong[0]}` is no grade: write one word"
        return None if grades else "at least one grade is needed"


def check(work: Work, params: Params) -> list[Finding]:
    """Look at each finding of the report."""
    if work.report is None:
        raise SkippedError("there is no report to look at")
    if long := too_long(work.report):
        return [long]
    found = sections(work.report, params.grades)
    if not found:
        return _without_section(work.report, params)
    return [finding for section in found for finding in _in_section(section, params)]


def _without_section(report: str, params: Params) -> list[Finding]:
    """Look at a report without a section: it has to say that it found nothing, or to grade."""
    lines = [bare(line.text) for line, _ in lines_of(report) if line.text.strip()]
    if any(says_nothing(line) or grades_in([line], params.grades)[0] for line in lines):
        return []
    remedy = "add a heading `Findings`, and below it one item for each, or `none`"
    return [Finding("the report has no section of findings", remedy)]


def _in_section(section: Section, params: Params) -> list[Finding]:
    if section.is_empty:
        message = f"the section `{section.name}` of the report is empty"
        return [Finding(message, "say `none` where there is no finding", line=section.line)]
    judged = [_judge(item, params) for item in section.items]
    return [finding for finding in judged if finding]


def _judge(item: Item, params: Params) -> Finding | None:
    """Say what is wrong with the grade of a finding; none when nothing is."""
    words = ", ".join(params.grades)
    if len(item.grades) == 1:
        return None
    if item.grades:
        message = f"the finding `{item.title}` carries {_listed(item, params)}"
        return Finding(message, "decide on one of them", line=item.line)
    if item.unknown:
        message = f"the grade `{item.unknown}` of the finding `{item.title}` is not known"
        return Finding(message, nearest(item.unknown, [*params.grades]), line=item.line)
    message = f"the finding `{item.title}` carries no grade"
    return Finding(
        message, f"begin it with one of {words}, as `[{words.split(',')[0]}]`", line=item.line
    )


def _listed(item: Item, params: Params) -> str:
    held = [f"`{grade}`" for grade in params.grades if grade in item.grades]
    return f"{len(held)} grades: {', '.join(held)}"
