"""Constant folding of calls, and of the methods that change a list or dict in place."""

from __future__ import annotations

import ast

from kei_gates.lint import operations
from kei_gates.lint.fold import PLAIN
from kei_gates.lint.fold_items import ItemFolder
from kei_gates.lint.values import (
    ANYTHING,
    Fold,
    Items,
    Made,
    Named,
    Part,
    Table,
    just,
    union,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, ClassVar


_MOST_ITEMS = 1_000
FILLING = frozenset(
    ("add", "append", "appendleft", "clear", "extend", "insert", "pop", "popitem", "remove",
     "setdefault", "update")
)  # fmt: skip
"""Methods that change what a list, set or dict holds."""


class CallFolder(ItemFolder):
    """Folds calls too."""

    # --- calls --------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Fold:
        callee = self.callee_of(node.func)
        positional, is_open = self._positional(node.args)
        keywords: dict[str, Fold] = {}
        for keyword in node.keywords:
            value = self.fold(keyword.value)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
                continue
            spread = value.only
            is_open |= not isinstance(spread, Table) or spread.is_open
            if isinstance(spread, Table):
                keywords.update({str(key): one for key, one in spread.entries.items()})
        results = []
        for choice in callee.choices:
            made = Made(choice, positional, keywords, node.lineno, is_open)
            self.called(made)
            results.append(self._result(made, node))
        result = union(*results)
        given = (callee, *positional, *keywords.values())
        changes = dict.fromkeys(name for fold in (result, *given) for name in fold.changes)
        return Fold(result.choices, tuple(changes))

    def _positional(self, nodes: Sequence[ast.expr]) -> tuple[tuple[Fold, ...], bool]:
        """Give the arguments without a name, up to the first that is not certain."""
        found: list[Fold] = []
        is_open = False
        for node in nodes:
            value = self.fold(node.value if isinstance(node, ast.Starred) else node)
            if isinstance(node, ast.Starred):
                only = value.only
                items = only.items if isinstance(only, Items) else None
                is_open |= items is None
                found += items or ()
            elif not is_open:
                found.append(value)
        return tuple(found), is_open

    def _result(self, made: Made, node: ast.Call) -> Fold:
        callee = made.callee
        result: Fold | None = None
        if isinstance(callee, Named):
            if callee.path == "builtins.dict" and not made.arguments:
                return just(Table(dict(made.keywords.items()), is_open=made.is_open))
            result = operations.call(callee.path, made.arguments)
        elif isinstance(callee, Part):
            result = self._method(callee, made, node)
        return just(made) if result is None else result

    def _method(self, part: Part, made: Made, node: ast.Call) -> Fold | None:
        """Give what a method of a plain value gives, and what it leaves of that value."""
        value = part.of
        if isinstance(value, str):
            return operations.method(just(value), part.name, made.arguments)
        if not isinstance(value, (Items, Table)):
            return None
        if part.name == "get" and isinstance(value, Table) and made.arguments:
            default = made.arguments[1] if len(made.arguments) > 1 else just(None)
            return self._found(value, made.arguments[0].only, default)
        if part.name in ("items", "values", "keys", "copy"):
            return self._view(value, part.name)
        if part.name in FILLING and isinstance(node.func, ast.Attribute):
            self._fill(node.func.value, value, part.name, made.arguments)
        return ANYTHING

    @staticmethod
    def _found(table: Table, key: object, default: Fold) -> Fold:
        if table.is_open:
            return ANYTHING
        if key is None or isinstance(key, PLAIN):
            return table.entries.get(key, default)
        return union(default, *table.entries.values())

    @staticmethod
    def _view(value: Items | Table, name: str) -> Fold:
        if name == "copy" or isinstance(value, Items):
            return just(value)
        if value.is_open:
            return just(Items(None))
        if name == "values":
            return just(Items(tuple(value.entries.values())))
        keys = tuple(just(key) for key in value.entries)
        if name == "keys":
            return just(Items(keys))
        pairs = zip(keys, value.entries.values(), strict=True)
        return just(Items(tuple(just(Items(pair)) for pair in pairs)))

    def _fill(
        self, node: ast.expr, value: Items | Table, name: str, arguments: tuple[Fold, ...]
    ) -> None:
        """Let a name stand for what a method leaves of its value."""
        left = ANYTHING
        items = value.items if isinstance(value, Items) else None
        if self.times == 1 and items is not None and len(items) < _MOST_ITEMS:
            if name == "append" and len(arguments) == 1:
                left = just(Items((*items, *arguments)))
            elif name == "extend" and len(arguments) == 1:
                left = operations.binary("Add", just(value), arguments[0])
        if isinstance(node, (ast.Name, ast.Attribute)):
            self.bind(node, left)

    handlers: ClassVar[dict[str, Callable[[Any, Any], Fold]]] = {
        **ItemFolder.handlers,
        "Call": _call,
    }
    """The method for each kind of expression."""
