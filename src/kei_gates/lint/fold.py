"""Constant folding: what an expression of a script may come to.

Each part of an expression is looked at exactly once, and what is not understood is unknown, never
guessed. Subclasses are told of every call and of every function that is handed on.
"""

from __future__ import annotations

import ast

from kei_gates.lint import operations
from kei_gates.lint.values import (
    ANYTHING,
    UNKNOWN,
    Begins,
    Fold,
    Items,
    Lambda,
    Local,
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
    from collections.abc import Callable, Sequence
    from typing import Any, Final

    from kei_gates.lint.scopes import Scope

_ENVIRONMENT = "os.environ"
_MOST_ITEMS = 1_000
_PLAIN = (bool, int, float, str)


def times(one: int | None, other: int | None) -> int | None:
    """Multiply two numbers of times; none where one is not known."""
    return None if one is None or other is None else one * other


class Folder:
    """Folds expressions in the scope that holds at the moment.

    `times` is how often what is being read runs: once, as often as the loops around it, or nobody
    knows.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.times: int | None = 1

    # --- what subclasses are told -------------------------------------------------------------

    def called(self, made: Made) -> None:
        """Take note of a call."""

    def handed_on(self, value: object, line: int) -> None:
        """Take note of something of the script that is named, but not called."""

    # --- expressions --------------------------------------------------------------------------

    def fold(self, node: ast.expr | None) -> Fold:
        """Give all that an expression may come to."""
        if node is None:
            return just(None)
        handler = self._HANDLERS.get(type(node).__name__)
        if handler is not None:
            return handler(self, node)
        self._inside(node)
        return ANYTHING

    def _inside(self, node: ast.AST) -> None:
        """Look at the parts of what is not understood as a whole."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.fold(child)
            else:
                self._inside(child)

    def _constant(self, node: ast.Constant) -> Fold:
        plain = node.value is None or isinstance(node.value, _PLAIN)
        return just(node.value) if plain else ANYTHING

    def _name(self, node: ast.Name) -> Fold:
        fold = self.scope.get(node.id)
        self._tell(fold, node.lineno)
        return fold

    def _tell(self, fold: Fold, line: int) -> None:
        for choice in fold.choices:
            if isinstance(choice, (Local, Part)):
                self.handed_on(choice, line)

    def _attribute(self, node: ast.Attribute) -> Fold:
        fold = self._part(node)
        self._tell(fold, node.lineno)
        return fold

    def _part(self, node: ast.Attribute) -> Fold:
        """Give what an attribute may be."""
        base = self._callee(node.value)
        if isinstance(node.value, ast.Name):
            kept = self.scope.get(f"{node.value.id}.{node.attr}")
            if kept is not ANYTHING:
                return kept
        found = [self.attribute_of(choice, node.attr) for choice in base.choices]
        return Fold(union(*found).choices, base.changes)

    def attribute_of(self, value: object, name: str) -> Fold:
        """Give what an attribute of a value may be."""
        if isinstance(value, Named):
            return just(Named(f"{value.path}.{name}"))
        if value is UNKNOWN or isinstance(value, (Made, Local, Part, Items, Table, Begins, str)):
            return just(Part(value, name))
        return ANYTHING

    def _callee(self, node: ast.expr) -> Fold:
        """Give what is called, or whose part is meant: that hands nothing on."""
        if isinstance(node, ast.Attribute):
            return self._part(node)
        if isinstance(node, ast.Name):
            return self.scope.get(node.id)
        return self.fold(node)

    # --- operators ----------------------------------------------------------------------------

    def _binary(self, node: ast.BinOp) -> Fold:
        left, right = self.fold(node.left), self.fold(node.right)
        return operations.binary(type(node.op).__name__, left, right)

    def _unary(self, node: ast.UnaryOp) -> Fold:
        return operations.unary(type(node.op).__name__, self.fold(node.operand))

    def _either(self, node: ast.BoolOp) -> Fold:
        """Give one of the values; the first that is certain decides."""
        folds = [self.fold(value) for value in node.values]
        is_or = isinstance(node.op, ast.Or)
        kept: list[Fold] = []
        for fold in folds:
            only = fold.only
            if only is None or isinstance(only, _PLAIN):
                if bool(only) == is_or:
                    return union(*kept, fold)
                if fold is not folds[-1]:
                    continue
            kept.append(fold)
        return union(*kept)

    def _conditional(self, node: ast.IfExp) -> Fold:
        test = self.fold(node.test).only
        body, other = self.fold(node.body), self.fold(node.orelse)
        if test is None or isinstance(test, _PLAIN):
            return body if test else other
        return union(body, other)

    def _text(self, node: ast.JoinedStr) -> Fold:
        return operations.joined_text([self.fold(value) for value in node.values])

    def _formatted(self, node: ast.FormattedValue) -> Fold:
        value = self.fold(node.value)
        if node.format_spec is not None:
            self.fold(node.format_spec)
            return ANYTHING
        return value if node.conversion in (-1, ord("s")) else ANYTHING

    def _awaited(self, node: ast.Await) -> Fold:
        return self.fold(node.value)

    def _walrus(self, node: ast.NamedExpr) -> Fold:
        value = self.fold(node.value)
        self.scope.set(node.target.id, value)
        return value

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
            if name is None or isinstance(name, _PLAIN):
                entries[name] = fold
            else:
                is_open = True
        return just(Table(entries, is_open=is_open))

    def _subscript(self, node: ast.Subscript) -> Fold:
        base, key = self._callee(node.value), self.fold(node.slice)
        if base.only == Named(_ENVIRONMENT):
            return operations.from_environment(key, None)
        return union(*(self._item(choice, key.only) for choice in base.choices))

    @staticmethod
    def _item(value: object, key: object) -> Fold:
        if isinstance(value, Items) and value.items is not None and isinstance(key, int):
            inside = -len(value.items) <= key < len(value.items)
            return value.items[key] if inside else ANYTHING
        if isinstance(value, Table):
            if key is None or isinstance(key, _PLAIN):
                return value.entries.get(key, ANYTHING)
            if not value.is_open and value.entries:
                return union(*value.entries.values())
        return ANYTHING

    def _slice(self, node: ast.Slice) -> Fold:
        self._inside(node)
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
            self._inside(target)

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

    # --- calls --------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Fold:
        callee = self._callee(node.func)
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
        if key is None or isinstance(key, _PLAIN):
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

    _HANDLERS: Final[dict[str, Callable[[Any, Any], Fold]]] = {
        "Constant": _constant,
        "Name": _name,
        "Attribute": _attribute,
        "BinOp": _binary,
        "UnaryOp": _unary,
        "BoolOp": _either,
        "IfExp": _conditional,
        "JoinedStr": _text,
        "FormattedValue": _formatted,
        "Await": _awaited,
        "NamedExpr": _walrus,
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
        "Call": _call,
    }


ITEM = "[]"
"""The name of the part that is any item of a thing."""
FILLING = frozenset(
    ("add", "append", "appendleft", "clear", "extend", "insert", "pop", "popitem", "remove",
     "setdefault", "update")
)  # fmt: skip
"""Methods that change what a list, set or dict holds."""


def arguments_of(arguments: ast.arguments) -> list[str]:
    """Give the names of a function's parameters."""
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    found += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [one.arg for one in found]
