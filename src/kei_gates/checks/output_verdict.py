"""Hold a review report to one verdict.

What it checks: the report has a line `Verdict: WORD` (in bold, as a heading with the word below it,
as a row of a table), whose word is one of `verdicts` or a usual one for it (`LGTM`,
`changes requested`), and no other line that contradicts it. Where there is a `Final verdict`, only
that counts. A report that approves beside a finding graded critical, that it does not call mended,
contradicts itself.
Why: whoever reads the report acts on that one word.
Instead: end the report with one line `Verdict: ` and one of the words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kei_gates.checks._report_names import plain_of
from kei_gates.checks._reports import bare, is_blank, read, too_long
from kei_gates.checks._review import sections
from kei_gates.checks._verdict_words import (
    FINAL,
    MAYBE,
    VERDICT,
    is_approving,
    says_mended,
    verdicts_in,
)
from kei_gates.checks.work import Finding, SkippedError
from kei_gates.model import Params as BaseParams
from kei_gates.policy.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kei_gates.checks._reports import Field
    from kei_gates.checks.work import Work

_HEAVIEST = "critical"
_LONGEST_VALUE = 400


class Params(BaseParams):
    """`verdicts`: the words."""

    verdicts: tuple[str, ...] = (
        "approve", "request-changes", "reject", "pass", "fail", "go", "no-go",
    )  # fmt: skip

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse no verdicts, and verdicts without a letter."""
        verdicts: Any = values.get("verdicts", cls.verdicts)
        wrong = [verdict for verdict in verdicts if not plain_of(verdict)]
        if wrong:
            return f"`{wrong[0]}` is no verdict: write a word"
        return None if verdicts else "at least one verdict is needed"


def check(work: Work, params: Params) -> list[Finding]:
    """Look for the verdict, and for what contradicts it."""
    if work.report is None:
        raise SkippedError("there is no report to look at")
    if long := too_long(work.report):
        return [long]
    fields = _verdict_fields(work.report, params.verdicts)
    words = ", ".join(params.verdicts)
    if not fields:
        remedy = f"end it with a line `Verdict: ` and one of {words}"
        return [Finding("the report has no verdict", remedy)]
    judged = [(field, verdicts_in(_value(field), params.verdicts)) for field in fields]
    findings = [_unknown(field, params.verdicts) for field, said in judged if not said]
    said = [(field, one) for field, each in judged for one in each]
    contradiction = _contradiction(said)
    if findings or contradiction:
        return [*findings, *contradiction]
    return _beside_critical(said, work.report)


def _verdict_fields(report: str, verdicts: Sequence[str]) -> list[Field]:
    """Give the fields that state the verdict: final ones, else plain ones, else what may be one."""
    fields = read(report, VERDICT | FINAL)
    for names in (FINAL, VERDICT):
        found = [field for field in fields if field.keys[0] in names]
        if found:
            return found
    maybe = [field for field in read(report, MAYBE) if field.keys[0] in MAYBE]
    return [field for field in maybe if verdicts_in(_value(field), verdicts)]


def _value(field: Field) -> str:
    """Give the first line of a field that says something."""
    said = (line.text for line in field.lines if not is_blank(line.text))
    return bare(next(said, ""))[:_LONGEST_VALUE]


def _unknown(field: Field, verdicts: Sequence[str]) -> Finding:
    value = _value(field)
    if not value:
        remedy = f"write one of {', '.join(verdicts)} behind it"
        return Finding(f"the field `{field.name}` of the report is empty", remedy, line=field.line)
    shown = value if len(value) <= 60 else value[:57] + "..."  # noqa: PLR2004
    near = nearest(" ".join(plain_of(value).split()[:2]), [*verdicts])
    return Finding(f"the verdict `{shown}` is not known", near, line=field.line)


def _contradiction(said: Sequence[tuple[Field, str]]) -> list[Finding]:
    """Say that there are two verdicts; that two of them approve in other words is none."""
    words = list(dict.fromkeys(verdict for _, verdict in said))
    if len(words) < 2 or all(is_approving(word) for word in words):  # noqa: PLR2004
        return []
    listed = " and ".join(f"`{word}`" for word in words)
    line = next(field.line for field, verdict in said if verdict == words[1])
    return [
        Finding(f"the report has two verdicts: {listed}", "leave the one that holds", line=line)
    ]


def _beside_critical(said: Sequence[tuple[Field, str]], report: str) -> list[Finding]:
    """Say that an approved report has a critical finding that nobody has mended."""
    approving = [(field, verdict) for field, verdict in said if is_approving(verdict)]
    open_ones = [
        item
        for section in sections(report, (_HEAVIEST, "high", "medium", "low", "info"))
        for item in section.items
        if item.grades == {_HEAVIEST} and not any(says_mended(text) for text in item.texts)
    ]
    if not approving or not open_ones:
        return []
    message = (
        f"the verdict is `{approving[0][1]}` beside the critical finding `{open_ones[0].title}`"
    )
    remedy = "change the verdict or the grade, or say in the finding that it is fixed"
    return [Finding(message, remedy, line=open_ones[0].line)]
