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
    Local,
    Made,
    Named,
    Part,
    Table,
    just,
    union,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar

    from kei_gates.lint.scopes import Scope

PLAIN = (bool, int, float, str)
"""The kinds of values that stand for themselves, beside `None`."""


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
        handler = self.handlers.get(type(node).__name__)
        if handler is not None:
            return handler(self, node)
        self.inside(node)
        return ANYTHING

    def inside(self, node: ast.AST) -> None:
        """Look at the parts of what is not understood as a whole."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.fold(child)
            else:
                self.inside(child)

    def _constant(self, node: ast.Constant) -> Fold:
        plain = node.value is None or isinstance(node.value, PLAIN)
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
        base = self.callee_of(node.value)
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

    def callee_of(self, node: ast.expr) -> Fold:
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
            if only is None or isinstance(only, PLAIN):
                if bool(only) == is_or:
                    return union(*kept, fold)
                if fold is not folds[-1]:
                    continue
            kept.append(fold)
        return union(*kept)

    def _conditional(self, node: ast.IfExp) -> Fold:
        test = self.fold(node.test).only
        body, other = self.fold(node.body), self.fold(node.orelse)
        if test is None or isinstance(test, PLAIN):
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

    handlers: ClassVar[dict[str, Callable[[Any, Any], Fold]]] = {
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
    }
    """The method for each kind of expression."""
