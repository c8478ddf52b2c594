"""One walk over Python code: which names are bound where and to what, and all calls in order.

Source: the Python language reference, "Execution model".
"""

from __future__ import annotations

import _ast as ast

from kei_gates.shell.python_scopes import (
    PLAIN_DECORATORS,
    Class,
    Function,
    Scope,
    Site,
    last_name,
)
from kei_gates.shell.python_values import Func, Ref, Thunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Collector:
    """All that a walk over the code finds; several texts may be walked one after another."""

    def __init__(self) -> None:
        """Start with nothing found."""
        self.root = Scope("module", None)
        self.calls: list[Site] = []
        self.subscripts: list[Site] = []
        self.operations: list[Site] = []
        self.decorated: list[Site] = []
        self.stores: list[tuple[Site, Thunk]] = []
        self.stored: dict[str, list[Thunk]] = {}
        self.loose: dict[str, list[Thunk]] = {}
        self.members: dict[str, list[Thunk]] = {}
        self.functions: dict[int, Function] = {}
        self.classes: dict[int, Class] = {}
        self.inner: dict[int, Scope] = {}
        self.blocks: dict[int, int] = {}
        self.stars: list[str] = []
        self.modules: set[str] = set()
        self.first_use: dict[str, tuple[int, int]] = {}
        self.unbound: set[str] = set()
        self.top: set[int] = set()
        self._kept: set[object] = set()
        self._roots: dict[str, str] = {}
        self._families: dict[str, list[Class]] = {}
        self._pending: list[Site] = []

    def walk(self, tree: ast.AST, scope: Scope) -> None:
        """Take everything in a tree, in the order in which it stands there."""
        self.top.add(id(getattr(tree, "body", None)))
        self._pending = [Site(tree, scope, 0, looped=False)]
        while self._pending:
            at = self._pending.pop()
            handler = _HANDLERS.get(type(at.node).__name__)
            if handler is None or handler(self, at):
                self._push(at, *children(at.node))

    def _push(self, at: Site, *nodes: object, scope: Scope | None = None) -> None:
        """Put nodes and lists of them before what is still to be walked."""
        looped = at.looped or type(at.node).__name__ in _LOOPS
        found = []
        for node in nodes:
            if isinstance(node, list):
                block = id(node) if node and isinstance(node[0], ast.stmt) else at.block
                found += [
                    Site(item, scope or at.scope, block, looped=looped)
                    for item in node
                    if isinstance(item, ast.AST)
                ]
            elif isinstance(node, ast.AST):
                found.append(Site(node, scope or at.scope, at.block, looped=looped))
        self._pending += reversed(found)

    # --- bindings -----------------------------------------------------------------------------

    def bind(self, name: str, thunk: Thunk, at: Site, scope: Scope | None = None) -> None:
        """Bind a name where an assignment at a site does."""
        inner = scope or at.scope
        target = inner.free.get(name, inner)
        thunk.block = at.block
        thunk.place = (getattr(at.node, "lineno", 0), getattr(at.node, "col_offset", 0))
        thunk.looped = at.looped or target is not inner
        target.names.setdefault(name, []).append(thunk)
        if target.of is not None:
            self.members.setdefault(name, []).append(thunk)

    def assign(self, target: ast.AST, thunk: Thunk, at: Site) -> None:
        """Bind whatever stands on the left of an assignment."""
        pending: list[tuple[ast.AST, Thunk]] = [(target, thunk)]
        while pending:
            left, given = pending.pop()
            if isinstance(left, ast.Name):
                self.bind(left.id, given, at)
            elif isinstance(left, (ast.Tuple, ast.List)):
                pending += _unpacked(left.elts, given)
            elif isinstance(left, ast.Attribute):
                self._store(left, given, at)
            elif isinstance(left, ast.Subscript):
                given.block, given.looped = at.block, at.looped
                self.stores.append((Site(left, at.scope, at.block, looped=at.looped), given))

    def _store(self, target: ast.Attribute, given: Thunk, at: Site) -> None:
        """Note what an attribute is set to: of an object of a class, or of anything."""
        self.stored.setdefault(target.attr, []).append(given)
        function = at.scope.lasting().function
        of_self = (
            function is not None
            and function.owner is not None
            and isinstance(target.value, ast.Name)
            and function.parameters()[:1] == [target.value.id]
        )
        if of_self and function is not None and function.owner is not None:
            function.owner.stored.setdefault(target.attr, []).append(given)
        else:
            self.loose.setdefault(target.attr, []).append(given)

    def _relate(self, made: Class, node: ast.ClassDef) -> None:
        """Put a class into one family with its bases and with what shares its name."""
        root = self._root(node.name)
        for base in map(last_name, node.bases):
            other = self._root(base)
            if other != root and other in self._families:
                self._roots[other] = root
                self._families.setdefault(root, []).extend(self._families.pop(other))
        self._families.setdefault(root, []).append(made)

    def _root(self, name: str) -> str:
        while name in self._roots:
            name = self._roots[name]
        return name

    def family(self, of: Class) -> list[Class]:
        """Give all classes of the code that one may share its methods with."""
        return self._families.get(self._root(of.name), [of])

    def keep(self, name: str, thunk: Thunk) -> bool:
        """Note what an attribute of any object is set to by its name; say whether that is new."""
        key = (name, *thunk.key())
        if key in self._kept:
            return False
        self._kept.add(key)
        self.stored.setdefault(name, []).append(thunk)
        self.loose.setdefault(name, []).append(thunk)
        return True

    # --- statements ---------------------------------------------------------------------------

    def on_assign(self, at: Site) -> bool:
        """Take `a = b = value`, `a: type = value`, `(a := value)`."""
        node = at.node
        if node.value is not None:
            self.blocks[id(node.value)] = at.block
            thunk = Thunk("value", node.value, at.scope)
            if isinstance(node, ast.NamedExpr):
                self.bind(node.target.id, thunk, at, at.scope.lasting())
            for target in getattr(node, "targets", None) or (
                [] if isinstance(node, ast.NamedExpr) else [node.target]
            ):
                self.assign(target, _again(thunk), at)
        return True

    def on_augment(self, at: Site) -> bool:
        """Take `a += value`."""
        self.operations.append(at)
        self.assign(at.node.target, Thunk("augment", at.node, at.scope), at)
        return True

    def on_for(self, at: Site) -> bool:
        """Take a loop's variables."""
        each = Thunk("element", of=Thunk("value", at.node.iter, at.scope))
        self.assign(at.node.target, each, at)
        return True

    def on_with(self, at: Site) -> bool:
        """Take `with value as name`."""
        for item in at.node.items:
            if item.optional_vars is not None:
                self.assign(item.optional_vars, Thunk("value", item.context_expr, at.scope), at)
        return True

    def on_import(self, at: Site) -> bool:
        """Take `import a.b as c`."""
        for alias in at.node.names:
            name = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else name
            self.modules.add(alias.name.partition(".")[0])
            self.bind(name, Thunk("given", of=(Ref(module),)), at)
        return False

    def on_import_from(self, at: Site) -> bool:
        """Take `from a import b as c`."""
        module = "." * at.node.level + (at.node.module or "")
        self.modules.add(module.partition(".")[0])
        for alias in at.node.names:
            if alias.name == "*":
                self.stars.append(module)
            else:
                thunk = Thunk("item of", of=(Ref(module),), index=alias.name)
                self.bind(alias.asname or alias.name, thunk, at)
        return False

    def on_scope_words(self, at: Site) -> bool:
        """Take `global a` and `nonlocal a`."""
        scope = at.scope
        is_global = isinstance(at.node, ast.Global)
        for name in at.node.names:
            target = scope.module() if is_global else (scope.outer or scope)
            while not is_global and name not in target.names and target.outer is not None:
                target = target.outer
            scope.free[name] = target
        return False

    def on_except(self, at: Site) -> bool:
        """Take `except Error as name`."""
        if at.node.name:
            self.bind(at.node.name, Thunk("unknown"), at)
        return True

    def on_match(self, at: Site) -> bool:
        """Take the names that a pattern may bind: to the subject or to any part of it."""
        subject = Thunk("value", at.node.subject, at.scope)
        pending: list[object] = [case.pattern for case in at.node.cases]
        while pending:
            pattern = pending.pop()
            name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
            if isinstance(name, str):
                self.bind(name, _again(subject), at)
                self.bind(name, Thunk("element", of=_again(subject)), at)
                self.bind(name, Thunk("unknown"), at)
            if isinstance(pattern, ast.AST):
                for child in children(pattern):
                    pending += child if isinstance(child, list) else [child]
        return True

    def on_name(self, at: Site) -> bool:
        """Take where a name is used first, and which ones are removed."""
        node = at.node
        if isinstance(node.ctx, ast.Load):
            self.first_use.setdefault(node.id, (node.lineno, node.col_offset))
        elif isinstance(node.ctx, ast.Del):
            self.unbound.add(node.id)
        return False

    # --- scopes -------------------------------------------------------------------------------

    def on_function(self, at: Site) -> bool:
        """Take a function or lambda, its parameters and its body."""
        node = at.node
        function = self.functions.setdefault(id(node), Function(node, at.scope))
        outer = at.scope
        while outer.kind == "class" and outer.outer is not None:
            outer = outer.outer
        scope = Scope("function", outer, function)
        self.inner[id(node)] = scope
        args = node.args
        named = [*args.posonlyargs, *args.args, *args.kwonlyargs]
        named += [arg for arg in (args.vararg, args.kwarg) if arg is not None]
        for arg in named:
            self.bind(arg.arg, Thunk("parameter", of=function, index=arg.arg), at, scope)
        if isinstance(node, ast.Lambda):
            function.returns.append(Thunk("value", node.body, scope))
        else:
            self._define(at, Func(function))
        inside = Site(None, scope, at.block, looped=False)
        self._push(inside, node.body)
        self._push(at, args.defaults, [item for item in args.kw_defaults if item is not None])
        self._push(at, [arg.annotation for arg in named])
        self._push(at, getattr(node, "decorator_list", []), getattr(node, "returns", None))
        return False

    def on_class(self, at: Site) -> bool:
        """Take a class and its body."""
        node = at.node
        scope = Scope("class", at.scope, at.scope.function)
        bases = [Thunk("value", base, at.scope) for base in node.bases]
        found = self.classes.setdefault(id(node), Class(node, scope, bases))
        scope.of = found
        self._relate(found, node)
        self._define(at, found)
        self._push(Site(None, scope, at.block, looped=at.looped), node.body)
        self._push(at, node.decorator_list, node.bases, node.keywords)
        return False

    def _define(self, at: Site, found: object) -> None:
        """Bind a function or class by its name, and what its decorators make of it."""
        defined = Thunk("given", of=(found,))
        self.bind(at.node.name, defined, at)
        for decorator in at.node.decorator_list:
            self.decorated.append(Site(decorator, at.scope, at.block, looped=at.looped))
            if last_name(decorator) not in PLAIN_DECORATORS:
                made = Thunk("decorated", decorator, at.scope, _again(defined))
                self.bind(at.node.name, made, at)

    def on_comprehension(self, at: Site) -> bool:
        """Take a comprehension with its own variables."""
        node = at.node
        scope = Scope("comprehension", at.scope, at.scope.function)
        self.inner[id(node)] = scope
        inside = Site(node, scope, at.block, looped=True)
        for number, generator in enumerate(node.generators):
            where = scope if number else at.scope
            each = Thunk("element", of=Thunk("value", generator.iter, where))
            self.assign(generator.target, each, inside)
        parts = [getattr(node, name) for name in ("key", "value", "elt") if hasattr(node, name)]
        self._push(inside, *parts)
        for number, generator in reversed(list(enumerate(node.generators))):
            self._push(inside, generator.ifs)
            self._push(inside if number else at, generator.iter)
        return False

    # --- expressions --------------------------------------------------------------------------

    def on_call(self, at: Site) -> bool:
        """Take a call."""
        self.calls.append(at)
        return True

    def on_subscript(self, at: Site) -> bool:
        """Take a subscript."""
        self.subscripts.append(at)
        self.operations.append(at)
        return True

    def on_operation(self, at: Site) -> bool:
        """Take what a class of the code may define: an operator."""
        self.operations.append(at)
        return True

    def on_return(self, at: Site) -> bool:
        """Take what a function gives."""
        function = at.scope.lasting().function
        if function is not None and at.node.value is not None:
            thunk = Thunk("value", at.node.value, at.scope)
            if isinstance(at.node, ast.YieldFrom):
                thunk = Thunk("element", of=thunk)
            function.generator |= not isinstance(at.node, ast.Return)
            function.returns.append(thunk)
        return True


def children(node: ast.AST) -> list[object]:
    """Give the parts of a node."""
    return [getattr(node, name, None) for name in node._fields]


def _again(thunk: Thunk) -> Thunk:
    return Thunk(thunk.kind, thunk.node, thunk.scope, thunk.of, thunk.index)


def _unpacked(targets: list[ast.expr], given: Thunk) -> list[tuple[ast.AST, Thunk]]:
    """Give each target of an unpacking with its part; behind a starred one, any part."""
    found: list[tuple[ast.AST, Thunk]] = []
    starred = False
    for number, target in enumerate(targets):
        if isinstance(target, ast.Starred):
            starred = True
            found.append((target.value, Thunk("rest", of=given, index=number)))
        elif starred:
            found.append((target, Thunk("element", of=given)))
        else:
            found.append((target, Thunk("item", of=given, index=number)))
    return found


_LOOPS = frozenset(("For", "AsyncFor", "While"))
_HANDLERS: dict[str, Callable[[Collector, Site], bool]] = {
    "AnnAssign": Collector.on_assign,
    "Assign": Collector.on_assign,
    "AsyncFor": Collector.on_for,
    "AsyncFunctionDef": Collector.on_function,
    "AsyncWith": Collector.on_with,
    "AugAssign": Collector.on_augment,
    "BinOp": Collector.on_operation,
    "Call": Collector.on_call,
    "ClassDef": Collector.on_class,
    "Compare": Collector.on_operation,
    "DictComp": Collector.on_comprehension,
    "ExceptHandler": Collector.on_except,
    "For": Collector.on_for,
    "FunctionDef": Collector.on_function,
    "GeneratorExp": Collector.on_comprehension,
    "Global": Collector.on_scope_words,
    "Import": Collector.on_import,
    "ImportFrom": Collector.on_import_from,
    "Lambda": Collector.on_function,
    "ListComp": Collector.on_comprehension,
    "Match": Collector.on_match,
    "Name": Collector.on_name,
    "NamedExpr": Collector.on_assign,
    "Nonlocal": Collector.on_scope_words,
    "Return": Collector.on_return,
    "SetComp": Collector.on_comprehension,
    "Subscript": Collector.on_subscript,
    "With": Collector.on_with,
    "Yield": Collector.on_return,
    "YieldFrom": Collector.on_return,
    "UnaryOp": Collector.on_operation,
}
