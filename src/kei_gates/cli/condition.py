"""One thing that `doctor` has looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.model import Value

if TYPE_CHECKING:
    from typing import Final, Literal

    State = Literal["ok", "note", "wrong"]

INSTALL = "run `kei-gates install`"


class Condition(Value):
    """One thing that was looked at: whether it is well, what was found, what to do."""

    __slots__ = ("name", "remedy", "state", "what")

    def __init__(self, name: str, state: State, what: str, remedy: str = "") -> None:
        self.name: Final = name
        self.state: Final[State] = state
        self.what: Final = what
        self.remedy: Final = remedy
