"""What a terminal can show, and text made safe for it."""

from __future__ import annotations

import os
from shutil import get_terminal_size
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal, TextIO

    Colour = Literal["red", "yellow"]

CUT = "..."
"""What stands where something was cut off."""
_COLUMNS = 100
_FEWEST_COLUMNS = 40
_COLOURS = {"red": "\x1b[31m", "yellow": "\x1b[33m"}
_PLAIN = "\x1b[0m"
_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


class Terminal:
    """Where text goes: whether it shows more than ASCII, and colour, and how wide it is."""

    def __init__(
        self, *, unicode: bool = True, colour: bool = False, columns: int = _COLUMNS
    ) -> None:
        """Take what is known of it."""
        self.unicode = unicode
        self.columns = max(columns, _FEWEST_COLUMNS)
        self._colour = colour

    @classmethod
    def of(cls, stream: TextIO) -> Terminal:
        """Look at a stream and the environment (NO_COLOR: https://no-color.org)."""
        encoding = (stream.encoding or "").lower().replace("-", "").replace("_", "")
        is_terminal = stream.isatty()
        return cls(
            unicode=encoding == "utf8",
            colour=is_terminal
            and not os.environ.get("NO_COLOR")
            and os.environ.get("TERM") != "dumb",
            columns=get_terminal_size((_COLUMNS, 1)).columns if is_terminal else _COLUMNS,
        )

    def paint(self, text: str, colour: Colour) -> str:
        """Colour a text, where there is colour."""
        return f"{_COLOURS[colour]}{text}{_PLAIN}" if self._colour else text

    def char(self, char: str) -> str:
        """Give a character as it can be shown: what is not printable as an escape."""
        if " " <= char <= "~" or (self.unicode and char.isprintable()):
            return char
        return _NAMED.get(char) or char.encode("unicode_escape").decode("ascii")

    def line(self, text: str) -> str:
        """Give a text as it can be shown on one line."""
        return "".join(map(self.char, text))

    def cut(self, text: str, beside: int = 0) -> str:
        """Give a text on one line, cut where it is too long `beside` so many columns."""
        room = max(self.columns - beside, _FEWEST_COLUMNS)
        shown = self.line(text)
        if width(shown) <= room:
            return shown
        end = len(CUT)
        for at, char in enumerate(shown):
            end += width(char)
            if end > room:
                return shown[:at] + CUT
        return shown


def width(text: str) -> int:
    """Give how many columns a printable text takes."""
    if text.isascii():
        return len(text)
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    from unicodedata import category, east_asian_width  # large, and few letters ask for it

    if category(char) in ("Mn", "Me"):
        return 0  # drawn over the character before it
    return 2 if east_asian_width(char) in "WF" else 1
