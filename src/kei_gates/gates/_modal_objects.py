"""What the names of Python code stand for, as far as they lead to Modal's SDK.

A name may stand for anything that it is bound to anywhere in its scope. Source: the SDK 1.6.4.
"""

from __future__ import annotations

import ast

from kei_gates.gates._modal_scopes import Annotated, Code, Registered
from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from kei_gates.gates._modal_scopes import Scope

ANY = "?"
"""Stands for an attribute whose name is not known."""
CLASSES = frozenset(
    (
        "App", "Cls", "Dict", "Environment", "Function", "FunctionCall", "NetworkFileSystem",
        "Queue", "Sandbox", "Secret", "Server", "Stub", "Volume", "Workspace",
    )
)  # fmt: skip
# What gives an object that the code has made for itself.
_CREATING = (("Sandbox", "create"), ("Sandbox", "_experimental_create"))
_EPHEMERAL = "ephemeral"
_SPAWNING = frozenset(("spawn", "experimental_spawn_map", "spawn_map"))
# Methods that give the same object again.
_SAME = frozenset(("hydrate", "instance", "with_batching", "with_concurrency", "with_options"))
_REGISTERING = {"function": "Function", "cls": "Cls", "server": "Server"}
_IMPORTING = frozenset(("importlib.import_module", "__import__"))
_MOST_DEPTH = 60


class Method(Value):
    """A method of an object: of its class, its name, and whether the code has made it itself."""

    __slots__ = ("attribute", "kind", "name", "own")

    def __init__(self, kind: str, name: str, attribute: str, *, own: bool) -> None:
        self.kind: Final = kind
        self.name: Final = name
        self.attribute: Final = attribute
        self.own: Final = own


class Object(Value):
    """An object of a class of the SDK, or several of them."""

    __slots__ = ("kind", "name", "own")

    def __init__(self, kind: str, name: str = "", *, own: bool = False) -> None:
        self.kind: Final = "App" if kind == "Stub" else kind
        self.name: Final = name
        self.own: Final = own


class Objects:
    """All expressions of a code, and what they stand for."""

    def __init__(self, tree: ast.Module) -> None:
        """Read the code's scopes."""
        self._code: Final = Code(tree)
        self.nodes: Final = self._code.nodes
        self.stored: Final = self._code.stored
        self._busy: set[int] = set()
        self._creates: set[str] = set()
        self._creates = {kind for kind, making in _CREATING if self._calls(kind, making)}

    def _calls(self, kind: str, making: str) -> bool:
        """Whether the code makes objects of a class for itself: its parameters may be such."""
        return any(
            path == f"modal.{kind}.{making}"
            for node, scope in self.nodes
            if isinstance(node, ast.Attribute) and node.attr == making
            for path in self.paths(node, scope)
        )

    def paths(self, node: ast.AST, scope: Scope) -> list[str]:
        """Give the paths of the SDK that an expression stands for: `modal.App.lookup`."""
        return [one for one in self._things(node, scope) if isinstance(one, str)]

    def methods(self, node: ast.AST, scope: Scope) -> list[Method]:
        """Give the methods that an expression stands for."""
        return [one for one in self._things(node, scope) if isinstance(one, Method)]

    def _things(self, node: object, scope: Scope) -> list[object]:
        if not isinstance(node, ast.AST):
            return [node]
        if id(node) in self._busy or len(self._busy) > _MOST_DEPTH:
            return []
        self._busy.add(id(node))
        found = list(dict.fromkeys(self._of(node, scope)))
        self._busy.discard(id(node))
        return found

    def _all(self, bound: list[tuple[object, Scope]]) -> list[object]:
        """Give all that a name stands for."""
        found: list[object] = []
        for to, scope in bound:
            if isinstance(to, Annotated):
                kinds = self.paths(to.node, scope) if to.node is not None else []
                known = (path.removeprefix("modal.") for path in kinds)
                found += [
                    Object(kind, own=kind in self._creates) for kind in known if kind in CLASSES
                ]
            elif isinstance(to, Registered):
                found.append(Object(_REGISTERING[to.how], to.name))
            elif isinstance(to, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found.append(_Defined(to))
            else:
                found += self._things(to, scope)
        return found

    def _unbound(self, name: str) -> list[object]:
        """Give what a name stands for that the code does not bind."""
        if name in CLASSES and "modal" in self._code.stars:
            return [f"modal.{name}"]
        return [name] if name in _IMPORTING else []

    def _of(self, node: ast.AST, scope: Scope) -> Iterator[object]:
        if isinstance(node, ast.Name):
            yield from self._all(scope.find(node.id)) or self._unbound(node.id)
        elif isinstance(node, ast.Attribute):
            yield from self._attribute(node.value, node.attr, scope)
        elif isinstance(node, ast.Call):
            yield from self._call(node, scope)
        elif isinstance(node, ast.Lambda):
            yield _Defined(node)
        elif isinstance(node, (ast.Await, ast.Starred, ast.NamedExpr, ast.Subscript)):
            yield from self._things(node.value, scope)
        else:
            for part in _parts(node):
                yield from self._things(part, self._code.comprehension(node, scope))

    def _attribute(self, value: ast.expr, attribute: str, scope: Scope) -> Iterator[object]:
        things = self._things(value, scope)
        for thing in things:
            if isinstance(thing, str):
                yield thing if attribute == "aio" else f"{thing}.{attribute}"
            elif isinstance(thing, Object):
                yield Method(thing.kind, thing.name, attribute, own=thing.own)
            elif isinstance(thing, Method):
                if attribute == "aio":
                    yield thing
                elif thing.kind == "Cls":  # `Model().method.spawn`
                    yield Method("Function", thing.name, attribute, own=thing.own)
        if not things:
            yield from self._all(self._code.attributes.get(attribute, []))

    def _call(self, node: ast.Call, scope: Scope) -> Iterator[object]:
        if isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) > 1:
            name = self._text(node.args[1], scope)
            yield from self._attribute(node.args[0], ANY if name is None else name, scope)
            return
        for thing in self._things(node.func, scope):
            if isinstance(thing, str):
                yield from self._made(thing, node, scope)
            elif isinstance(thing, _Defined):
                yield from self._all(self._code.returns.get(id(thing.node), []))
            elif isinstance(thing, Object):
                yield thing  # `Model()`
            elif isinstance(thing, Method) and thing.attribute in _SPAWNING:
                yield Object("FunctionCall", own=True)
            elif isinstance(thing, Method) and thing.attribute in _SAME:
                yield Object(thing.kind, thing.name, own=thing.own)

    def _made(self, path: str, node: ast.Call, scope: Scope) -> Iterator[object]:
        """Give what a class of the SDK makes, and what an import by its name gives."""
        if path in _IMPORTING:
            name = self._text(node.args[0], scope) if node.args else None
            if name is not None:
                yield name if path != "__import__" else name.partition(".")[0]
            return
        parts = path.split(".")
        if parts[0] != "modal" or len(parts) < 2 or parts[1] not in CLASSES:  # noqa: PLR2004
            return
        given = node.args[0] if node.args else None
        for keyword in node.keywords:
            if keyword.arg == "name":
                given = keyword.value
        name = self._text(given, scope) if given is not None else None
        last = parts[-1]
        own = (parts[1], last) in _CREATING or last == _EPHEMERAL
        yield Object(parts[1], name or "", own=own)

    def _text(self, node: ast.expr, scope: Scope) -> str | None:
        """Give the text that an expression surely is."""
        value = constant(node)
        if isinstance(node, ast.Name):
            bound = scope.find(node.id)
            value = constant(bound[0][0]) if len(bound) == 1 else None
        return value if isinstance(value, str) else None


class _Defined(Value):
    """A function of the code."""

    __slots__ = ("node",)

    def __init__(self, node: ast.AST) -> None:
        self.node: Final = node


def _parts(node: ast.AST) -> list[ast.expr]:
    """Give the expressions of which one, or each, is what an expression gives."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return node.elts
    if isinstance(node, ast.Dict):
        return node.values
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        return [node.elt]
    if isinstance(node, ast.DictComp):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return node.values if isinstance(node, ast.BoolOp) else []


def constant(node: object) -> object:
    """Give the value of a constant expression; none for any other."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = constant(node.left), constant(node.right)
        if isinstance(left, str) and isinstance(right, str):
            return left + right
    return None
