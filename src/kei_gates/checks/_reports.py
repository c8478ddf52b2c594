"""Read an agent's last message, which is Markdown that a model has written, into fields.

A field begins with `Name: value`, `**Name:** value`, `**Name** — value`, `- Name: value`,
`| Name | value |` or a heading, and goes on to the next that stands as high; what stands lower is
part of it and a field of its own. A name that nobody knows begins one only where it cannot be
what the field before it says (`Plan:` and below it `Step 1: look`), and never in a code fence:
YAML and logs have such lines too. A report that stands in one fence as a whole is read as if that
were not there.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

from kei_gates.checks._report_names import keys_of
from kei_gates.model import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Final

BARE = 7
"""How high a name stands that begins a line; headings have 1 to 6, list items more."""

_LONGEST_NAME = 80
_MOST_WORDS = 8
_DEEPEST_INDENT = 3

_QUOTE = re.compile(r"^ {0,3}(?:> ?)+")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.*)$")
_ITEM = re.compile(r"^( *)(?:[-*+•]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(\S.*)$")
_ROW = re.compile(r"^ {0,3}\|([^|]*)\|(.*?)\|?[ \t]*$")
_COLON = re.compile(r"[:\uff1a](?=\s|$|[*_`✅❌])")
_PICTURE = re.compile(r"^[^\w\s\x00-\x7f]{1,4}[ \t]+(?=\*\*|__)")  # an emoji before a bold name
_BOLD_NAME = re.compile(r"^(\*\*|__)([^*]{1,80}?)\1[ \t]*(?:[—–=-]+[ \t]+|$)(.*)$")  # noqa: RUF001
_DASHED = re.compile(r"[ \t]+(?:[—–=-]|->|=>)[ \t]+")  # noqa: RUF001 -- as models write
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^`]*)$")
_RULE = re.compile(r"^[\s*_#>|=~`:+-]*$|^\s*={3,}.*={3,}\s*$")
# Format characters and fillers of Unicode, which nobody sees.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_MARKUP = re.compile(r"[*`~#]+|(?<!\w)_+|_+(?!\w)")
_SENTENCE = re.compile(r"[.!?;] ")


class Line(Value):
    """A line of a report: its number in it, its text, and whether it stands in a code fence."""

    __slots__ = ("fenced", "number", "text")

    def __init__(self, number: int, text: str, *, fenced: bool) -> None:
        self.number: Final = number
        self.text: Final = text
        self.fenced: Final = fenced


class Field:
    """A field of a report.

    `name` is as written, `keys` what it is compared by, `line` the number of its first line, `rank`
    how high it stands (headings 1 to 6, bare names 7, list items more). `lines` are its value, with
    what stands on the first line behind the name first; `own` are those of them that are in no
    field below it.
    """

    def __init__(self, start: _Start, line: int) -> None:
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


class _Start(Value):
    """The begin of a field, as one line may be read."""

    __slots__ = ("is_emphatic", "is_plain", "keys", "name", "rank", "rest")

    def __init__(
        self, name: str, rest: str, rank: int, *, is_emphatic: bool, is_plain: bool = True
    ) -> None:
        self.name: Final = _MARKUP.sub("", name).strip()
        self.keys: Final = keys_of(name)
        self.rest: Final = rest
        self.rank: Final = rank
        self.is_emphatic: Final = is_emphatic
        # whether the form alone says that this is a name, also of one that nobody knows
        self.is_plain: Final = is_plain


def read(report: str, known: Collection[str], inside: Collection[str] = ()) -> list[Field]:
    """Give the fields of a report in their order.

    `known` are keys (`key_of`) that begin a field wherever they stand, `inside` keys that never do.
    """
    fields: list[Field] = []
    opened: list[Field] = []
    for line in _lines(report, known):
        start = None if line.fenced else start_of(line.text, known)
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
    starts = [(line.number, start_of(line.text)) for line in _lines(report, ())]
    return [(number, start.name) for number, start in starts if start is not None]


def is_blank(text: str) -> bool:
    """Whether a line says nothing that can be seen: blanks, an underline, a banner.

    One `-` behind a name is an answer, but it never gets here without its name.
    """
    return _RULE.match(_UNSEEN.sub("", text)) is not None


def bare(text: str) -> str:
    """Give a line without its bullet or number and without emphasis."""
    item = _ITEM.match(text)
    return _MARKUP.sub("", item[2] if item else text).strip()


def split_item(text: str) -> tuple[int, str] | None:
    """Give how far a list item is indented and what it says; none for another line."""
    item = _ITEM.match(text)
    return (len(item[1]), item[2]) if item else None


def split_heading(text: str) -> tuple[int, str] | None:
    """Give the level of a heading and what it says; none for another line."""
    heading = _HEADING.match(text)
    return (len(heading[1]), heading[2].rstrip("# \t")) if heading else None


def _begins(
    start: _Start, opened: list[Field], known: Collection[str], inside: Collection[str]
) -> bool:
    """Whether a line that may begin a field does so there."""
    if not set(start.keys).isdisjoint(inside):
        return False
    if not set(start.keys).isdisjoint(known):
        return True
    is_first = not opened or start.rank < BARE
    return start.is_plain and (is_first or _follows(start, opened[-1]))


def _follows(start: _Start, current: Field) -> bool:
    """Whether a name that nobody knows ends the field before it: not where that is still empty."""
    if start.rank > BARE:
        return current.rank == start.rank
    if current.is_blank:
        return start.is_emphatic and current.is_emphatic and current.rank >= BARE
    return start.is_emphatic or start.name[:1].isupper()  # programs print `error: ...`


def start_of(text: str, known: Collection[str] = ()) -> _Start | None:
    """Read a line as the begin of a field; none where it cannot be one."""
    text = _QUOTE.sub("", text).expandtabs(4)
    heading = split_heading(text)
    if heading:
        name, rest = _named(heading[1]) or (heading[1], "")
        return _Start(name, rest, heading[0], is_emphatic=True)
    row = _ROW.match(text)
    if row:
        return _Start(row[1], row[2].strip(), BARE + 1, is_emphatic=False, is_plain=False)
    item = split_item(text)
    indent, body = item or (len(text) - len(text.lstrip()), text.strip())
    if indent > _DEEPEST_INDENT:
        return None
    rank = BARE + 1 + indent if item else BARE
    return _start_in(body, rank, known)


def _start_in(body: str, rank: int, known: Collection[str]) -> _Start | None:
    body = _PICTURE.sub("", body)
    named = _named(body)
    if named:
        return _Start(*named, rank, is_emphatic=body.startswith(("**", "__")))
    bold = _BOLD_NAME.match(body)
    if bold and _is_name(bold[2]):
        return _Start(bold[2], bold[3], rank, is_emphatic=True)
    dashed = _DASHED.split(body, maxsplit=1)
    name, rest = dashed[0][:_LONGEST_NAME], dashed[-1]
    if len(dashed) > 1 and not set(keys_of(name)).isdisjoint(known):
        return _Start(name, rest, rank, is_emphatic=False, is_plain=False)
    return None


def _named(text: str) -> tuple[str, str] | None:
    """Split a line at the colon behind its name."""
    colon = _COLON.search(text, 0, _LONGEST_NAME + 1)
    if colon is None or not _is_name(text[: colon.start()]):
        return None
    name, rest = text[: colon.start()], text[colon.end() :]
    for mark in ("**", "__", "*", "`"):
        if name.count(mark) % 2 and rest.startswith(mark):
            return name, rest[len(mark) :].strip()
        if name.count(mark) % 2 and rest.endswith(mark):
            return name, rest[: -len(mark)].strip()
    return name, rest.strip()


def _is_name(text: str) -> bool:
    return (
        any(letter.isalpha() for letter in text)
        and len(text.split()) <= _MOST_WORDS
        and _SENTENCE.search(text) is None
    )


def _lines(report: str, known: Collection[str]) -> Iterator[Line]:
    """Give the lines but for the marks of fences; as CommonMark says, an open fence has no end."""
    texts = [text.rstrip("\r") for text in dedent(report).split("\n")]
    around = _around(texts, known)
    mark = ""
    for number, text in enumerate(texts, 1):
        fence = None if number in around else _FENCE.match(text)
        if fence and not mark:
            mark = fence[1]
        elif fence and fence[1].startswith(mark) and not fence[2].strip():
            mark = ""
        elif number not in around:
            yield Line(number, text, fenced=bool(mark))
            mark = mark or _opened_behind(text, known, texts[number:])


def _opened_behind(text: str, known: Collection[str], after: list[str]) -> str:
    """Give the mark of a fence that a field opens behind its name; empty where it opens none.

    CommonMark knows no such fence and would take its end for a begin: as models write it.
    """
    start = start_of(text, known)
    fence = None if start is None else _FENCE.match(start.rest)
    is_closed = fence and any(one.strip() == fence[1] for one in after)
    return fence[1] if fence and is_closed else ""


def _around(texts: list[str], known: Collection[str]) -> tuple[int, ...]:
    """Give the numbers of the two marks of a fence that stands around the whole report.

    It is the first one, with no known field before it, and has some in it: two, or any where there
    are none outside. Its end is the last mark, so that fences in it still come in pairs.
    """
    marks = [number for number, text in enumerate(texts, 1) if _FENCE.match(text)]
    if not marks:
        return ()
    last = _end_of(texts, marks)
    found = [number for number, text in enumerate(texts, 1) if _is_known(text, known)]
    within = [number for number in found if marks[0] < number < last]
    if found[:1] != within[:1] or not within:
        return ()
    return (marks[0], last) if len(within) > 1 or found == within else ()


def _end_of(texts: list[str], marks: list[int]) -> int:
    """Give where the fence around a report ends: at the last line, else at the next mark."""
    if len(marks) == 1:
        return len(texts) + 1
    is_last = all(not text.strip() for text in texts[marks[-1] :])
    return marks[-1] if is_last else marks[1]


def _is_known(text: str, known: Collection[str]) -> bool:
    start = start_of(text, known)
    return start is not None and not set(start.keys).isdisjoint(known)
