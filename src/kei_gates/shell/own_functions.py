"""The user's own functions: read only when one is called."""

from __future__ import annotations

from kei_gates.shell.ast import Function
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.parser import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.shell.own_names import OwnNames
    from kei_gates.shell.state import State


class OwnFunction:
    """A function of the user's own shell, as the text of its definition."""

    __slots__ = ("name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name: Final = name
        self.text: Final = text

    def read(self, depth: int, span: tuple[int, int]) -> Function | None:
        """Give the definition; none when it is not understood."""
        try:
            tree = Parser(self.text, depth, span).whole()
        except Unanalysable:
            return None
        found = tree.items[0][0] if len(tree.items) == 1 else None
        return found if isinstance(found, Function) else None


def begin(state: State, own: OwnNames) -> None:
    """Put the user's own names in place; each may also have its plain meaning."""
    state.aliases = dict(own.aliases)
    for name, texts in own.functions.items():
        state.functions[name] = (*(OwnFunction(name, text) for text in texts), None)
    state.history.functions.update(state.functions)
