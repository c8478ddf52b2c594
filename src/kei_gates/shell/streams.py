"""What commands write to their standard output and find on their standard input."""

from __future__ import annotations

_MOST_CHARACTERS = 200_000


class Output:
    """What was written so far; unknown for ever once a part of it is."""

    __slots__ = ("_parts", "known", "size")

    def __init__(self) -> None:
        """Start with nothing written."""
        self._parts: list[str] = []
        self.size = 0
        self.known = True

    def write(self, text: str | None) -> None:
        """Take in what a command wrote, none when that is not known."""
        if text is None or self.size + len(text) > _MOST_CHARACTERS:
            self.known = False
            self._parts = []
        elif text and self.known:
            self._parts.append(text)
            self.size += len(text)

    @property
    def text(self) -> str | None:
        """All of it; none when it is not known."""
        if not self.known:
            return None
        # A file's text alone stays one.
        return self._parts[0] if len(self._parts) == 1 else "".join(self._parts)


class Input:
    """What is left to read; `text` is none when that is not known.

    `outside` says that it holds names of files that lie there already: no word of the source's.
    """

    __slots__ = ("outside", "text")

    def __init__(self, text: str | None, *, outside: bool = False) -> None:
        self.text = text
        self.outside = outside

    def line(self) -> str | None:
        """Take off one line, without its newline."""
        if self.text is None:
            return None
        found, _, self.text = self.text.partition("\n")
        return found
