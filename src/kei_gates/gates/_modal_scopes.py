"""Python code by its scopes: what each name is bound to, anywhere in its scope.

Source: the Python language reference on naming and binding.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
# Decorators by which an app registers a function or class.
_REGISTERING = frozenset(("function", "cls", "server"))


class Scope:
    """The names of a module, function or comprehension, each with what it is bound to."""

    def __init__(self, outer: Scope | None = None) -> None:
        self.outer: Final = outer
        self.names: dict[str, list[tuple[object, Scope]]] = {}

    def bind(self, name: str, to: object, scope: Scope | None = None) -> None:
        """Bind a name to an expression of a scope, or to the path of what is imported."""
        self.names.setdefault(name, []).append((to, scope or self))

    def find(self, name: str) -> list[tuple[object, Scope]]:
        """Give all that a name is bound to in the nearest scope that binds it."""
        at: Scope | None = self
        while at is not None:
            if name in at.names:
                return at.names[name]
            at = at.outer
        return []


class Annotated:
    """A parameter, by its annotation."""

    def __init__(self, node: ast.expr | None) -> None:
        self.node: Final = node


class Registered:
    """A function or class that an app registers, by how it does so and its name."""

    def __init__(self, how: str, name: str) -> None:
        self.how: Final = how
        self.name: Final = name


class Code:
    """A code's nodes with their scopes, and what is stored and given back where."""

    def __init__(self, tree: ast.Module) -> None:
        """Read all scopes."""
        self.nodes: list[tuple[ast.AST, Scope]] = []
        self.stored: list[tuple[ast.expr, ast.expr]] = []
        self.attributes: dict[str, list[tuple[object, Scope]]] = {}
        self.returns: dict[int, list[tuple[object, Scope]]] = {}
        self.stars: set[str] = set()
        pending: list[tuple[ast.AST, Scope, int]] = [(tree, Scope(), 0)]
        while pending:
            node, scope, function = pending.pop()
            self.nodes.append((node, scope))
            inner, function = self._enter(node, scope, function)
            pending += [(child, inner, function) for child in ast.iter_child_nodes(node)]

    def _enter(self, node: ast.AST, scope: Scope, function: int) -> tuple[Scope, int]:
        """Take what a node binds; give the scope and the function of what is in it."""
        if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            return self._function(node, scope), id(node)
        if isinstance(node, _COMPREHENSIONS):
            return self.comprehension(node, scope), function
        if isinstance(node, ast.ClassDef):
            self._register(node, scope)
        elif isinstance(node, ast.Return) and node.value is not None:
            self.returns.setdefault(function, []).append((node.value, scope))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, scope)
        else:
            for target, value in _bindings(node):
                self._assign(target, value, scope)
        return scope, function

    def _function(self, node: Function | ast.Lambda, scope: Scope) -> Scope:
        inner = Scope(scope)
        args = node.args
        for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
            if arg is not None:
                inner.bind(arg.arg, Annotated(arg.annotation), scope)
        if isinstance(node, ast.Lambda):
            self.returns.setdefault(id(node), []).append((node.body, inner))
        elif not self._register(node, scope):
            scope.bind(node.name, node)
        return inner

    def _register(self, node: Function | ast.ClassDef, scope: Scope) -> bool:
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(called, ast.Attribute) and called.attr in _REGISTERING:
                scope.bind(node.name, Registered(called.attr, node.name))
                return True
        return False

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                path = alias.name if alias.asname else alias.name.partition(".")[0]
                scope.bind(alias.asname or path, path)
            elif alias.name == "*":
                self.stars.add(node.module or "")
            elif not node.level:
                scope.bind(alias.asname or alias.name, f"{node.module}.{alias.name}")

    def comprehension(self, node: ast.AST, scope: Scope) -> Scope:
        """Give the scope of what a comprehension makes; the scope itself for anything else."""
        if not isinstance(node, _COMPREHENSIONS):
            return scope
        inner = Scope(scope)
        for generator in node.generators:
            for name in ast.walk(generator.target):
                if isinstance(name, ast.Name):
                    inner.bind(name.id, generator.iter, scope)
        return inner

    def _assign(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        self.stored.append((target, value))
        if isinstance(target, ast.Name):
            scope.bind(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            for at, part in enumerate(target.elts):
                paired = len(parts) == len(target.elts)
                self._assign(part, parts[at] if paired else value, scope)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, value, scope)
        elif isinstance(target, ast.Attribute):
            self.attributes.setdefault(target.attr, []).append((value, scope))
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            scope.bind(target.value.id, value)


def _bindings(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """Give each target of a statement or expression with what it is bound to."""
    if isinstance(node, ast.Assign):
        return [(target, node.value) for target in node.targets]
    if isinstance(node, ast.AnnAssign):
        return [(node.target, node.value or node.annotation)]
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return [(node.target, node.iter)]
    if isinstance(node, ast.NamedExpr):
        return [(node.target, node.value)]
    if isinstance(node, ast.withitem) and node.optional_vars is not None:
        return [(node.optional_vars, node.context_expr)]
    return []
