"""The lines of a report that can be seen, and which of them stand in a code fence.

Comments of HTML are cut out as CommonMark has them: nobody sees what they hold.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

from kei_gates.checks._report_comments import Comments
from kei_gates.checks._report_names import keys_of
from kei_gates.checks._report_starts import Start, start_of
from kei_gates.model import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import Final

_UNDERLINE = re.compile(r"^ {0,3}(=|-)\1+[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^`]*)$")


class Line(Value):
    """A line of a report: its number in it, its text, and whether it stands in a code fence."""

    __slots__ = ("fenced", "number", "text")

    def __init__(self, number: int, text: str, *, fenced: bool) -> None:
        self.number: Final = number
        self.text: Final = text
        self.fenced: Final = fenced


def lines_of(report: str, known: Collection[str] = ()) -> Iterator[tuple[Line, Start | None]]:
    """Give the lines, each with the field that may begin in it, but for the marks of fences.

    As CommonMark says, an open fence has no end.
    """
    texts = [text.rstrip("\r") for text in dedent(report).split("\n")]
    around = _around(_outside_comments(texts), known)
    comments = Comments(texts)
    closed = _closed(texts)
    mark = ""
    for number, (written, below) in enumerate(zip(texts, (*texts[1:], ""), strict=True), 1):
        text = written if mark or number in around else comments.seen(number, written)
        fence = None if number in around else _FENCE.match(text)
        if fence and not mark:
            mark = fence[1]
        elif fence and fence[1].startswith(mark) and not fence[2].strip():
            mark = ""
        elif number not in around:
            start = None if mark else start_of(text, known) or _underlined(text, below, known)
            yield Line(number, text, fenced=bool(mark)), start
            mark = mark or _opened_behind(start, number, closed)


def _underlined(text: str, below: str, known: Collection[str]) -> Start | None:
    """Read a known name with a line of `=` or `-` below it as the heading that it is."""
    line = _UNDERLINE.match(below)
    if line is None or {*keys_of(text)}.isdisjoint(known):
        return None
    return Start(text, "", 1 if line[1] == "=" else 2, is_emphatic=True)


def _opened_behind(start: Start | None, number: int, closed: Mapping[str, int]) -> str:
    """Give the mark of a fence that a field opens behind its name; empty where it opens none.

    CommonMark knows no such fence and would take its end for a begin: as models write it.
    """
    fence = None if start is None else _FENCE.match(start.rest)
    return fence[1] if fence and closed.get(fence[1], 0) > number else ""


def _closed(texts: Sequence[str]) -> dict[str, int]:
    """Give the last line of each mark that may close a fence."""
    bare = ((number, text.strip()) for number, text in enumerate(texts, 1))
    return {text: number for number, text in bare if text and not text.strip("`~")}


def _outside_comments(texts: list[str]) -> list[str]:
    """Give all lines as they can be seen where fences are as CommonMark says."""
    comments = Comments(texts)
    seen: list[str] = []
    mark = ""
    for number, text in enumerate(texts, 1):
        seen.append(text if mark else comments.seen(number, text))
        fence = _FENCE.match(seen[-1])
        if fence and not mark:
            mark = fence[1]
        elif fence and fence[1].startswith(mark) and not fence[2].strip():
            mark = ""
    return seen


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
