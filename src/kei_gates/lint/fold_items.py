"""Constant folding of lists, tuples, dicts and what loops over them."""

from __future__ import annotations

import ast

from kei_gates.lint import operations
from kei_gates.lint.fold import PLAIN, Folder, times
from kei_gates.lint.values import (
    ANYTHING,
    Fold,
    Items,
    Lambda,
    Made,
    Named,
    Part,
    Table,
    count,
    just,
    union,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar


_ENVIRONMENT = "os.environ"
ITEM = "[]"
"""The name of the part that is any item of a thing."""


class ItemFolder(Folder):
    """Folds lists and dicts too."""

    # --- lists and dicts ----------------------------------------------------------------------

    def _items(self, node: ast.List | ast.Tuple | ast.Set) -> Fold:
        items: list[Fold] = []
        for element in node.elts:
            if not isinstance(element, ast.Starred):
                items.append(self.fold(element))
                continue
            only = self.fold(element.value).only
            if not isinstance(only, Items) or only.items is None:
                rest = node.elts[node.elts.index(element) + 1 :]
                for other in rest:
                    self.fold(other)
                return just(Items(None))
            items += only.items
        return just(Items(tuple(items)))

    def _table(self, node: ast.Dict) -> Fold:
        entries: dict[object, Fold] = {}
        is_open = False
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                spread = self.fold(value).only
                is_open |= not isinstance(spread, Table) or spread.is_open
                entries.update(spread.entries if isinstance(spread, Table) else {})
                continue
            name, fold = self.fold(key).only, self.fold(value)
            if name is None or isinstance(name, PLAIN):
                entries[name] = fold
            else:
                is_open = True
        return just(Table(entries, is_open=is_open))

    def _subscript(self, node: ast.Subscript) -> Fold:
        base, key = self.callee_of(node.value), self.fold(node.slice)
        if base.only == Named(_ENVIRONMENT):
            return operations.from_environment(key, None)
        return union(*(self._item(choice, key.only) for choice in base.choices))

    @staticmethod
    def _item(value: object, key: object) -> Fold:
        if isinstance(value, Items) and value.items is not None and isinstance(key, int):
            inside = -len(value.items) <= key < len(value.items)
            return value.items[key] if inside else ANYTHING
        if isinstance(value, Table):
            if key is None or isinstance(key, PLAIN):
                return value.entries.get(key, ANYTHING)
            if not value.is_open and value.entries:
                return union(*value.entries.values())
        return ANYTHING

    def _slice(self, node: ast.Slice) -> Fold:
        self.inside(node)
        return ANYTHING

    def elements(self, fold: Fold) -> Fold:
        """Give all that a loop over a value may meet."""
        found = []
        for choice in fold.choices:
            if isinstance(choice, Items) and choice.items:
                found.append(union(*choice.items))
            elif isinstance(choice, (Made, Named, Part)):
                found.append(just(Part(choice, ITEM)))
            else:
                return ANYTHING
        return union(*found)

    def bind(self, target: ast.expr, value: Fold) -> None:
        """Let the names of a target stand for a value, or for its parts."""
        if isinstance(target, ast.Name):
            self.scope.set(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            only = value.only
            known = isinstance(only, Items) and only.count == len(target.elts)
            plain = not any(isinstance(part, ast.Starred) for part in target.elts)
            items = only.items if isinstance(only, Items) and known and plain else None
            for at, part in enumerate(target.elts):
                self.bind(part, ANYTHING if items is None else items[at])
        elif isinstance(target, ast.Starred):
            self.bind(target.value, ANYTHING)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            self.scope.set(f"{target.value.id}.{target.attr}", value)
        else:
            self.inside(target)

    def _comprehension(self, node: Any) -> Fold:
        before = self.times
        length: int | None = 1
        self.scope.begin()
        for part in node.generators:
            iterable = self.fold(part.iter)
            length = times(length, count(iterable))
            self.times = times(before, length)
            self.bind(part.target, self.elements(iterable))
            for condition in part.ifs:
                self.fold(condition)
        for name in ("key", "value", "elt"):
            if hasattr(node, name):
                self.fold(getattr(node, name))
        self.scope.end()
        self.times = before
        return ANYTHING if isinstance(node, ast.DictComp) else just(Items(None, length))

    def _lambda(self, node: ast.Lambda) -> Fold:
        """Look into a function without a name: who calls it, and how often, is not known."""
        before, self.times = self.times, None
        self.scope.begin()
        for argument in arguments_of(node.args):
            self.scope.set(argument, ANYTHING)
        self.fold(node.body)
        self.scope.end()
        self.times = before
        return just(Lambda())

    handlers: ClassVar[dict[str, Callable[[Any, Any], Fold]]] = {
        **Folder.handlers,
        "List": _items,
        "Tuple": _items,
        "Set": _items,
        "Dict": _table,
        "Subscript": _subscript,
        "Slice": _slice,
        "ListComp": _comprehension,
        "SetComp": _comprehension,
        "GeneratorExp": _comprehension,
        "DictComp": _comprehension,
        "Lambda": _lambda,
    }
    """The method for each kind of expression."""


def arguments_of(arguments: ast.arguments) -> list[str]:
    """Give the names of a function's parameters."""
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    found += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [one.arg for one in found]
