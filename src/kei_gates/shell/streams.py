"""What commands write to their standard output and find on their standard input."""

from __future__ import annotations

from kei_gates.shell.origins import NOTHING, both, of_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.origins import Trace

_MOST_CHARACTERS = 200_000


class Output:
    """What was written so far; unknown for ever once a part of it is.

    `trace` tells where the parts that are not known come from.
    """

    __slots__ = ("_parts", "known", "size", "trace")

    def __init__(self) -> None:
        """Start with nothing written."""
        self._parts: list[str] = []
        self.size = 0
        self.known = True
        self.trace: Trace = NOTHING

    def write(self, text: str | None, trace: Trace = None) -> None:
        """Take in what a command wrote, none when that is not known, and where it comes from."""
        self.trace = both(self.trace, trace if text is None or trace else of_known(text))
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
    `trace` tells where what is not known of it comes from.
    """

    __slots__ = ("outside", "text", "trace")

    def __init__(self, text: str | None, *, outside: bool = False, trace: Trace = None) -> None:
        self.text = text
        self.outside = outside
        self.trace = trace

    def line(self) -> str | None:
        """Take off one line, without its newline."""
        if self.text is None:
            return None
        found, _, self.text = self.text.partition("\n")
        return found
