"""Hold an agent's last message to the fields that its role or task requires.

What it checks: each of `fields` is in the report and says something; a name may be written in any
usual way (`loc-delta`, `LOC delta`, `**Params** (exact)`), and a field may be given with the text
of its template, which is then no answer. `none`, `clean`, `-`, `[]`, `0`, `n/a` are answers; `TBD`,
`...`, `<one-line>` and other signs of punctuation are not, nor is what stands in a comment of HTML.
Where the report lists the files written, each file that was changed
must be in that list by its path, and each file in it must have been changed; what happened to it is
not compared.
Why: whoever takes the work over stages exactly the files that the report lists, and goes by what it
says; a missing entry is a missing commit.
Instead: write each field as a line of its own, `none` where there is nothing to say, and one line
per changed file with its path from the project root.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Any

from kei_gates.checks._report_files import compare, lists_changes
from kei_gates.checks._report_names import (
    FILES,
    GROUPS,
    KNOWN,
    SOME_FILES,
    TESTS,
    key_of,
    keys_of,
    plain_of,
)
from kei_gates.checks._reports import BARE, bare, is_blank, names_in, read, too_long
from kei_gates.checks.work import Finding, SkippedError
from kei_gates.model import Params as BaseParams

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from kei_gates.checks._reports import Field
    from kei_gates.checks.work import Work


_MOST_NAMES, _LONGEST_NAME = 200, 80  # that are compared with one that is not there


class Params(BaseParams):
    """`fields`: the names of what a report must say, in a template `Name: <what>` too."""

    fields: tuple[str, ...] = ()

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse names without a letter or digit, which nothing could match."""
        fields: Any = values.get("fields", ())
        nameless = [field for field in fields if not key_of(_name_of(field))]
        return f"`{nameless[0]}` is no name of a field" if nameless else None


_LEFT_OVER = re.compile(
    r"(?:tb[dac]|to ?do|to be (?:determined|done|filled(?: in)?|added)|fixme|placeholder"
    r"|fill (?:me |this )?in|x{2,}|n{2,}|_{2,}|\?+|\.{2,}|…+"
    r"|<(?!https?:|[\w.+-]+@|/|none>|empty>|n/a>)[^<>]*>)",
    re.IGNORECASE,
)
_ONLY_LEFT_OVER = re.compile(
    rf"(?:{_LEFT_OVER.pattern}(?:\s*[,;/|:+(){{}}\[\]-]\s*|\s+|$))+", re.IGNORECASE
)
# Signs that say nothing by themselves; in an answer of one dash they say `none`.
_ONLY_SIGNS = re.compile(r"[\s.,;:!?…·•‥、。，；：！？'\"“”„‘’«»´`*_-]*")  # noqa: RUF001
_DASH = re.compile(r"[-–—]|--")  # noqa: RUF001
_NO_GROUP = re.compile(  # names of files that were not written
    r"\b(?:not|no|un\w+|never|read|review\w*|look\w*|skip\w*|left|ignor\w*|inspect\w*|check\w*"
    r"|consider\w*|context|references?|to ?do|remain\w*|next|later|plan\w*|nicht|gelesen)\b",
    re.IGNORECASE,
)
_UNFILLED = re.compile(r"\$[XY]\.(?:XX|YY)\b|\$_{2,}")  # as the templates of costs have it


def check(work: Work, params: Params) -> list[Finding]:
    """Look for each required field, and compare the files written with the changes."""
    if not params.fields:
        raise SkippedError(
            "no fields are required: list them as `report-fields-required` in the table `output`"
        )
    if work.report is None:
        raise SkippedError("there is no report to look at")
    if long := too_long(work.report):
        return [long]
    required = {key_of(_name_of(template)): template for template in params.fields}
    known = KNOWN | set(required)
    found = read(work.report, known, GROUPS - set(required), columns=True)
    _take_groups(found, known, work)
    findings = [
        finding
        for key, template in required.items()
        for finding in _missing(key, template, found, work.report)
    ]
    return [*findings, *_files(found, work, is_required=FILES in required)]


def _take_groups(found: Sequence[Field], known: Collection[str], work: Work) -> None:
    """Add to a list of files the groups behind it that have names of their own: `**Backend**`."""
    files: Field | None = None
    for field in found:
        if field.keys[0] in {FILES, *SOME_FILES}:
            files = field
        elif files is None or not _is_group(field, known, work):
            files = None
        else:
            files.lines.extend(field.lines)
            files.own.extend(field.own)


def _is_group(field: Field, known: Collection[str], work: Work) -> bool:
    """Whether all that a field says are changed files, and its name does not deny that."""
    may_be = field.keys[0] not in known or plain_of(field.name) in TESTS
    return may_be and not _NO_GROUP.search(field.name) and lists_changes(field.own, work)


def _name_of(template: str) -> str:
    """Give the name in a template such as `Memory: K MB`."""
    return template.partition(": ")[0].strip().rstrip(":")


def _missing(key: str, template: str, found: Sequence[Field], report: str) -> list[Finding]:
    """Say that a field is not there, or that it says nothing."""
    fields = _fields_of(key, template, found)
    name = _name_of(template)
    if not fields:
        return [Finding(f"the report has no field `{name}`", _hint(name, report))]
    if any(_says_something(field, template) for field in fields):
        return []
    field = fields[0]
    what = "still holds its placeholder"
    if field.is_blank:
        what = "is empty"
    elif all(_ONLY_SIGNS.fullmatch(line.text) for line in field.lines):
        what = "says nothing"
    remedy = "say it there, or `none` where there is nothing to say"
    return [Finding(f"the field `{name}` of the report {what}", remedy, line=field.line)]


def _fields_of(key: str, template: str, found: Sequence[Field]) -> list[Field]:
    """Give the fields that answer a required one, also where a report has it in two."""
    fields = [field for field in found if key in field.keys]
    if fields:
        return fields
    if key == FILES:
        return [field for field in found if field.keys[0] in SOME_FILES]
    parts = [
        [field for field in found if part in field.keys] for part in keys_of(_name_of(template))[1:]
    ]
    return parts[0] if parts and all(parts) else []


def _says_something(field: Field, template: str) -> bool:
    """Whether a field holds an answer, and not only what a template left there."""
    expected = bare(template.partition(": ")[2])
    for line in field.lines:
        text = line.text.strip() if line.fenced else bare(line.text)
        is_item = text == "-" and line.number != field.line  # one that nobody has filled in
        is_answer = _DASH.fullmatch(text) is not None and not is_item
        if (is_blank(line.text) and not is_answer) or (text == expected and expected):
            continue
        if _ONLY_SIGNS.fullmatch(text) and not is_answer:
            continue
        if _ONLY_LEFT_OVER.fullmatch(text) or (_UNFILLED.search(text) and not line.fenced):
            continue
        return True
    return False


def _hint(name: str, report: str) -> str:
    """Say how to write a field, and which of the report's names was probably meant."""
    remedy = f"add a line `{name}: ...`"
    names: dict[str, tuple[int, str]] = {}
    for line, other in names_in(report):
        if len(other) <= _LONGEST_NAME and (plain := plain_of(other)):
            names.setdefault(plain, (line, other))
    near = get_close_matches(plain_of(name), [*names][:_MOST_NAMES], n=1)
    if near:
        line, meant = names[near[0]]
        return f"{remedy}; line {line} has `{meant}`"
    return f"{remedy}; what a comment `<!-- -->` holds is not seen" if "<!--" in report else remedy


def _files(found: Sequence[Field], work: Work, *, is_required: bool) -> list[Finding]:
    """Compare the lists of files with the changes."""
    whole = [field for field in found if FILES in field.keys]
    parts = [field for field in found if field.keys[0] in SOME_FILES]
    if not whole and not (is_required and parts):
        return []  # a list of a part of the files says nothing about the others
    heads = {id(field) for field in (*whole, *parts)}
    listed = {
        id(one): one
        for at, field in enumerate(found)
        if id(field) in heads
        for one in (field, *_sections(field, islice(found, at + 1, None)))
    }
    lines = [line for field in listed.values() for line in field.own]
    return compare(lines, work, whole or parts)


def _sections(field: Field, behind: Iterable[Field]) -> Iterator[Field]:
    """Give those that are headings below the heading of a field: `#### Tests` groups its files."""
    for one in behind:
        if one.rank <= field.rank:
            return
        if one.rank < BARE:
            yield one
