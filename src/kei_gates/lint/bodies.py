"""What the walk through a script finds: its bodies, and what each of them calls."""

from __future__ import annotations

import ast

from kei_gates.lint import tree
from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.lint.values import Fold

SCRIPT = ""
"""The key of the script's own statements."""
MAIN = "__main__"
"""The key of those that run only where the script is started as a program."""


class Used(Value):
    """One call, or one thing of the script that is handed on, and how often that happens."""

    __slots__ = ("line", "times", "value")

    def __init__(self, value: object, line: int, times: int | None) -> None:
        self.value: Final = value
        self.line: Final = line
        self.times: Final = times


class Body:
    """One function or class, or the script itself: what stands in it, in order.

    `owner` is the key of the class that it is a method of. `is_imported` says that it stands in
    another module.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- a record has as many arguments as fields
        self,
        key: str,
        name: str,
        node: ast.AST,
        owner: str | None = None,
        line: int = 1,
        is_imported: bool = False,  # noqa: FBT002 -- a field
    ) -> None:
        self.is_imported: Final = is_imported
        self.key: Final = key
        self.name: Final = name
        self.node: Final = node
        self.owner: Final = owner
        self.line: Final = line
        self.decorators: list[Fold] = []
        self.defaults: dict[str, Fold] = {}
        self.calls: list[Used] = []
        self.handed_on: list[Used] = []
        self.methods: dict[str, Body] = {}
        self.bases: list[str] = []
        self.is_class: Final = isinstance(node, ast.ClassDef)
        self.is_generator: Final = not self.is_class and tree.is_generator(node)
