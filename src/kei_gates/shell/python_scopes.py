"""The scopes of Python code, and the functions and classes that have them.

Source: the Python language reference, "Execution model".
"""

from __future__ import annotations

import _ast as ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from kei_gates.shell.python_values import Thunk

    FunctionNode: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda"

# Decorators that leave a function what it is.
PLAIN_DECORATORS = frozenset(("staticmethod", "classmethod", "cache", "lru_cache", "wraps"))


class Scope:
    """The names of a module, function, class or comprehension.

    `outer` is where names are looked for that are not bound here. `more` are the scopes of texts
    that were executed here. `kind` is one of those four words.
    """

    __slots__ = ("free", "function", "kind", "more", "names", "of", "outer")

    def __init__(self, kind: str, outer: Scope | None, function: Function | None = None) -> None:
        """Start without names."""
        self.kind = kind
        self.outer = outer
        self.function = function
        self.names: dict[str, list[Thunk]] = {}
        self.free: dict[str, Scope] = {}
        self.more: list[Scope] = []
        self.of: Class | None = None

    def module(self) -> Scope:
        """Give the module that the scope lies in."""
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope

    def lasting(self) -> Scope:
        """Give the nearest scope that is no comprehension."""
        scope = self
        while scope.kind == "comprehension" and scope.outer is not None:
            scope = scope.outer
        return scope


class Function:
    """A function of the code: what it gives, and what it is called with as far as that is known.

    `open` says that it may be called with anything by what is not seen, `lost` that it may be among
    things that are not known. `owner` is the class that
    it is a method of, `defined` the scope of its defaults.
    """

    __slots__ = (
        "args", "called", "decorators", "defined", "generator", "lost", "name", "node", "open",
        "owner", "returns",
    )  # fmt: skip

    def __init__(self, node: FunctionNode, defined: Scope) -> None:
        """Take the definition and the scope that it stands in."""
        self.node = node
        self.defined = defined
        self.owner = defined.of
        self.name = getattr(node, "name", "<lambda>")
        self.args: dict[str, dict[object, Thunk]] = {}
        self.returns: list[Thunk] = []
        self.called = False
        self.generator = False
        self.lost = False
        self.decorators = [last_name(item) for item in getattr(node, "decorator_list", ())]
        special = self.name.startswith("__") and self.name != "__init__"
        self.open = special or not PLAIN_DECORATORS.issuperset(self.decorators)

    @property
    def binds_first(self) -> bool:
        """Whether its first parameter is the object or class that it is a method of."""
        return self.owner is not None and "staticmethod" not in self.decorators

    def parameters(self) -> list[str]:
        """Give the names of the parameters that can be given by position."""
        args = self.node.args
        return [arg.arg for arg in (*args.posonlyargs, *args.args)]


class Class:
    """A class of the code. `open` says that others may make or change its objects.

    `stored` is what its methods store in its objects.
    """

    __slots__ = ("bases", "name", "open", "scope", "stored")

    def __init__(self, node: ast.ClassDef, scope: Scope, bases: list[Thunk]) -> None:
        """Take the definition, the scope of its body and its bases."""
        self.name = node.name
        self.scope = scope
        self.bases = bases
        self.stored: dict[str, list[Thunk]] = {}
        self.open = bool(node.decorator_list or node.keywords)


def last_name(node: ast.AST) -> str:
    """Give the last name of a decorator: `functools.cache` is `cache`."""
    if isinstance(node, ast.Call):
        node = node.func
    return getattr(node, "attr", None) or getattr(node, "id", None) or ""


class Site:
    """A place in the code that matters: a node, its scope, and how it may be reached."""

    __slots__ = ("block", "looped", "node", "scope")

    def __init__(self, node: Any, scope: Scope, block: int, *, looped: bool) -> None:
        """Take the fields; `block` and `looped` as those of a thunk."""
        self.node = node
        self.scope = scope
        self.block = block
        self.looped = looped
