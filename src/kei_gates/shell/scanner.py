r"""A cursor over the source: blanks, comments, newlines and the here-documents they start.

Every character is consumed by exactly one rule. Blanks are space and tab alone: to bash, `\v`,
`\f`, `\r` and the no-break space are ordinary characters of words.
"""

from __future__ import annotations

from kei_gates.shell.ast import Literal, Word
from kei_gates.shell.errors import MOST_NESTING, Unanalysable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from kei_gates.shell.ast import HereDocument

META = frozenset(" \t\n;&|<>()")
DIGITS = frozenset("0123456789")
NAME_START = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
NAME = NAME_START | DIGITS
_MOST_WASTED = 10_000


def is_name(text: str) -> bool:
    """Say whether a text can name a variable."""
    return bool(text) and text[0] in NAME_START and all(char in NAME for char in text)


class Scanner:
    """The cursor. `text[at]` is the next character; `end` is where the source ends."""

    def __init__(self, text: str) -> None:
        """Start at the beginning of a source."""
        self.text = text
        self.end = len(text)
        self.at = 0
        self.depth = 0
        self.wasted = 0
        # Whether another dialect would build another tree of what was read so far, or refuse it.
        self.differs = False
        # Whether bash may take `@(a|b)` for a pattern, which is an error of syntax otherwise.
        self.extglob = "extglob" in text
        self.pending: list[HereDocument] = []

    def refuse(self, why: str) -> NoReturn:
        """Give up, at the cursor."""
        raise Unanalysable(why, self.at)

    def waste(self, characters: int) -> None:
        """Count characters that must be read once more, which only so many may be."""
        self.wasted += characters
        if self.wasted > _MOST_WASTED + 4 * self.end:
            self.refuse("too much of it could mean two things")

    def enter(self) -> None:
        """Go one construct deeper."""
        self.depth += 1
        if self.depth > MOST_NESTING:
            self.refuse("it is nested too deeply")

    def leave(self) -> None:
        """Come back up."""
        self.depth -= 1

    def peek(self, ahead: int = 0) -> str:
        """Give a character ahead, empty past the end."""
        at = self.at + ahead
        return self.text[at] if at < self.end else ""

    def next_is(self, text: str) -> bool:
        """Say whether a text comes next."""
        return self.text.startswith(text, self.at)

    def expect(self, text: str, what: str) -> None:
        """Consume a text that must come next."""
        if not self.next_is(text):
            self.refuse(f"{what} is missing")
        self.at += len(text)

    def skip_blanks(self) -> None:
        """Skip blanks and line continuations between words, and a comment."""
        text, end, at = self.text, self.end, self.at
        while at < end:
            char = text[at]
            if char in " \t":
                at += 1
            elif char == "\\" and text.startswith("\n", at + 1):
                # Right after an operator, a continuation could make a longer one of it.
                if at and text[at - 1] in "(<>$":
                    self.at = at
                    self.refuse("a line continuation stands inside an operator")
                at += 2
            elif char == "#":
                newline = text.find("\n", at)
                at = end if newline < 0 else newline
            else:
                break
        self.at = at

    def skip_newlines(self) -> None:
        """Skip blanks, comments and newlines, reading the here-documents that they start."""
        self.skip_blanks()
        while self.peek() == "\n":
            self.newline()
            self.skip_blanks()

    def newline(self) -> None:
        """Consume a newline and the bodies of the here-documents before it."""
        self.at += 1
        waiting, self.pending = self.pending, []
        for document in waiting:
            start, stop = self._read_body(document)
            document.body = self.body(document, start, stop)

    def body(self, document: HereDocument, start: int, stop: int) -> Word:
        """Give the body of a here-document as one word."""
        text = self.text[start:stop]
        if document.strip_tabs:
            text = "\n".join(line.lstrip("\t") for line in text.split("\n"))
        return Word((Literal(text, quoted=True),), (start, stop))

    def _read_body(self, document: HereDocument) -> tuple[int, int]:
        """Consume a body and its delimiter's line; without one it goes on to the end."""
        start = self.at
        while self.at < self.end:
            line_start = self.at
            line = self._logical_line(joined=not document.quoted)
            if document.strip_tabs:
                line = line.lstrip("\t")
            if line == document.delimiter:
                return start, line_start
        return start, self.end

    def _logical_line(self, *, joined: bool) -> str:
        """Consume a line without its newline; continued lines are one where nothing is quoted."""
        line: list[str] = []
        while True:
            newline = self.text.find("\n", self.at)
            stop = self.end if newline < 0 else newline
            part = self.text[self.at : stop]
            self.at = min(stop + 1, self.end)
            backslashes = len(part) - len(part.rstrip("\\"))
            if not joined or backslashes % 2 == 0 or newline < 0:
                return "".join((*line, part))
            line.append(part[:-1])
