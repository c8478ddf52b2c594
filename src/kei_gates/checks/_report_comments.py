"""Cut the comments of HTML out of a report, as CommonMark has them.

One that begins a line goes on to its end, wherever that is; one within a paragraph must end in it.
In a span of code there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

BEGIN, END = "<!--", "-->"
_MARK = re.compile(r"`+|<!--(?:-?>)?|-->")
_DEEPEST_INDENT = 3


class Comments:
    """Which comment stands open while a report is read line by line, counted from 1."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._is_open = False
        self._ends: Final = _ends(texts) if any(BEGIN in text for text in texts) else []

    def seen(self, number: int, text: str) -> str:
        """Give what of a line can be seen; lines of a fence are not to be given."""
        if not self._is_open and BEGIN not in text:
            return text
        marks = [*_MARK.finditer(text)]
        last = {mark[0]: index for index, mark in enumerate(marks)}
        kept: list[str] = []
        at, code = 0, ""
        for index, mark in enumerate(marks):
            if self._is_open:
                self._is_open = mark[0] != END
                at = at if self._is_open else mark.end()
            elif code:
                code = "" if mark[0] == code else code
            elif mark[0].startswith("`"):
                code = mark[0] if last[mark[0]] > index else ""
            elif mark[0] != END and (last.get(END, -1) > index or self._begins(number, mark)):
                kept.append(text[at : mark.start()])
                self._is_open = mark[0] == BEGIN
                at = mark.end()
        return "".join(kept) + ("" if self._is_open else text[at:])

    def _begins(self, number: int, mark: re.Match[str]) -> bool:
        """Whether a comment that does not end in its line begins, or only its sign is shown."""
        begins_line = mark.start() <= _DEEPEST_INDENT and not mark.string[: mark.start()].strip()
        return begins_line or mark[0] != BEGIN or self._ends[number - 1]


def _ends(texts: Sequence[str]) -> list[bool]:
    """Say for each line whether a comment ends below it in the same paragraph."""
    ends: list[bool] = []
    is_ended = False
    for text in reversed(texts):
        ends.append(is_ended)
        is_ended = bool(text.strip()) and (is_ended or END in text)
    return ends[::-1]
