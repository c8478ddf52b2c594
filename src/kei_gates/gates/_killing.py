"""What a command would stop: the answer of every table of the kill guard."""

from __future__ import annotations

from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.model import Invocation


class Killing(Value):
    """Something that a command would stop, and that may be somebody's work.

    `target` is what a person confirms, short and the same for every spelling of the command:
    "modal app `ap-123`", "process 4242". `reason` says what the command does and to what, `remedy`
    what to do instead; both are clauses without a final period.
    """

    __slots__ = ("reason", "remedy", "target")

    def __init__(self, target: str, reason: str, remedy: str) -> None:
        self.target: Final = target
        self.reason: Final = reason
        self.remedy: Final = remedy


def called(invocation: Invocation) -> str:
    """Give the name under which a program is listed: in small letters, without Windows' ending."""
    return invocation.program.casefold().removesuffix(".exe")
