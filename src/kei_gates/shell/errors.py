"""How the analysis refuses."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MOST_NESTING = 40
"""How deep constructs may nest; far below the interpreter's own recursion limit."""

MOST_WORK = 10_000
"""How many commands one analysis evaluates, loops and functions counted each time."""


class Unanalysable(Exception):  # noqa: N818 -- it is no error of the program's
    """The source, or a part of it, is not understood with certainty."""

    def __init__(self, why: str, position: int) -> None:
        """Take the reason as a clause for people, and where in the source."""
        super().__init__(why)
        self.why: Final = why
        self.position: Final = position
