"""The walk through a script: what each body defines and calls, and how often.

The statements of the script are read in order, then the bodies of its functions, each once, with
what the script has left in its names. Nothing of it runs.
"""

from __future__ import annotations

import ast
from collections import deque

from kei_gates.lint import tree
from kei_gates.lint.bodies import MAIN, SCRIPT, Body, Used
from kei_gates.lint.fold import times
from kei_gates.lint.fold_calls import FILLING, CallFolder
from kei_gates.lint.fold_items import arguments_of
from kei_gates.lint.operations import binary
from kei_gates.lint.parameters import values_of
from kei_gates.lint.registered import registers
from kei_gates.lint.scopes import Scope
from kei_gates.lint.values import (
    ANYTHING,
    Fold,
    Items,
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
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Final

    Find = Callable[[str, int, str], "tuple[str, str] | None"]
    Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_MOST_KEPT = 200
_MOST_MODULES, _DEEPEST_MODULE = 40, 8


class Walker(CallFolder):
    """Reads a script; what it found is in `bodies`, by key.

    `find` gives the path and the text of a module that it imports: of its name, the number of dots
    before it and the path of the module that imports it, empty for the script. `words` are what the
    entrypoint is started with, none where that is not known.
    """

    def __init__(
        self,
        module: ast.Module,
        find: Find | None = None,
        words: Sequence[str | None] | None = None,
    ) -> None:
        super().__init__(Scope(None, *tree.changed_names(module, FILLING)))
        self._find = find
        self._words = words
        self._called = frozenset() if words is None else tree.read_names(module)
        self._loaded: dict[str, Scope] = {}
        self._modules: dict[str, Scope] = {}
        self._depth = 0
        self._here = Body(SCRIPT, SCRIPT, module)
        self._main = Body(MAIN, MAIN, ast.Module([], []))
        self.bodies: dict[str, Body] = {SCRIPT: self._here, MAIN: self._main}
        self._pending: deque[tuple[Body, Scope]] = deque()
        # what classes keep in `self.NAME`
        self._kept: dict[str, dict[str, Fold]] = {}
        self._block(module.body)
        while self._pending:
            self._walk_function(*self._pending.popleft())

    def called(self, made: Made) -> None:
        """Take note of a call."""
        self._here.calls.append(Used(made, made.line, self.times))

    def handed_on(self, value: object, line: int) -> None:
        """Take note of a function that is named, but not called."""
        self._here.handed_on.append(Used(value, line, self.times))

    def attribute_of(self, value: object, name: str) -> Fold:
        """Give what an attribute of a value may be; of classes, what they say themselves."""
        if isinstance(value, Named) and value.path in self._modules:
            found = self._of_module(self._modules[value.path], name)
            if found is not None:
                return found
        of = value.callee if isinstance(value, Made) else value
        given = value.keywords if isinstance(value, Made) else {}
        if isinstance(of, Local) and not (isinstance(value, Made) and value.arguments):
            kept = given.get(name) or self._kept.get(of.key, {}).get(name)
            if kept is not None:
                return kept
        return super().attribute_of(value, name)

    # --- functions and classes ----------------------------------------------------------------

    def _define(self, node: Definition, *, owner: str | None = None) -> Body:
        prefix = f"{self._here.key}." if self._here.key not in (SCRIPT, MAIN) else ""
        key = prefix + node.name
        if key in self.bodies:
            key = f"{key}@{node.lineno}:{node.col_offset}"
        while key in self.bodies:  # of another module
            key += "+"
        name = f"{self.bodies[owner].name}.{node.name}" if owner else node.name
        is_imported = bool(self.scope.origin)
        body = self.bodies[key] = Body(key, name, node, owner, node.lineno, is_imported)
        body.decorators = [self.fold(decorator) for decorator in node.decorator_list]
        self.scope.set(node.name, just(Local(key)))
        return body

    def _function(self, node: Any) -> None:
        owner = self._here.key if self._here.is_class else None
        body = self._define(node, owner=owner)
        places = [*node.args.posonlyargs, *node.args.args]
        places = [*places[len(places) - len(node.args.defaults) :], *node.args.kwonlyargs]
        for place, default in zip(  # noqa: B905 -- one for each
            places, (*node.args.defaults, *node.args.kw_defaults)
        ):
            fold = self.fold(default)
            if default is not None:
                body.defaults[place.arg] = fold
        scope = self.scope
        if self._here.is_class:
            self._here.methods[node.name] = body
        else:
            self._pending.append((body, scope))

    def _class(self, node: ast.ClassDef) -> None:
        body = self._define(node)
        bases = [self.callee_of(base).only for base in node.bases]
        body.bases = [base.key for base in bases if isinstance(base, Local)]
        for keyword in node.keywords:
            self.fold(keyword.value)
        around, here, often = self.scope, self._here, self.times
        self.scope, self._here, self.times = Scope(around), body, 1
        self._block(node.body)
        names = self.scope.names
        self.scope, self._here, self.times = around, here, often
        self._kept[body.key] = {
            name: fold for name, fold in names.items() if not isinstance(fold.only, Local)
        }
        # what sets up the object tells what the others find in it
        for method in sorted(body.methods.values(), key=_is_not_first):
            self._pending.append((method, around))

    def _walk_function(self, body: Body, around: Scope) -> None:
        node = body.node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        self.scope, self._here, self.times = Scope(around), body, 1
        names = arguments_of(node.args)
        known = self._started_with(body, node)
        for name in names:
            self.scope.set(name, known.get(name, ANYTHING))
        own = names[0] if names and body.owner is not None else None
        if own is not None and body.owner is not None:
            self.scope.set(own, just(Made(Local(body.owner), line=node.lineno)))
            for name, fold in self._kept[body.owner].items():
                self.scope.set(f"{own}.{name}", fold)
        self._block(node.body)
        if own is not None and body.owner is not None:
            kept = self._kept[body.owner]
            for name, fold in self.scope.names.items():
                if name.startswith(f"{own}.") and len(kept) < _MOST_KEPT:
                    kept[name.partition(".")[2]] = fold

    def _started_with(
        self, body: Body, node: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> dict[str, Fold]:
        """Give what the parameters of an entrypoint are that nothing but the client calls."""
        if self._words is None or body.is_imported or body.name in self._called:
            return {}
        if not any(registers(one.only) == "entrypoint" for one in body.decorators):
            return {}
        return values_of(node.args, body.defaults, self._words)

    # --- statements ---------------------------------------------------------------------------

    def _block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            handler = self._STATEMENTS.get(type(statement).__name__)
            if handler is None:
                self.inside(statement)
            else:
                handler(self, statement)

    def _branch(self, statements: list[ast.stmt]) -> dict[str, Fold]:
        self.scope.begin()
        self._block(statements)
        return self.scope.end()

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            path = alias.name if alias.asname else alias.name.partition(".")[0]
            for module in dict.fromkeys((path, alias.name)):
                self._load(module, 0)
            self.scope.set(alias.asname or path, just(Named(path)))

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        loaded = self._load(node.module or "", node.level)
        for alias in node.names:
            if alias.name == "*" and loaded is not None:
                for name in [name for name in loaded.names if not name.startswith("_")]:
                    self.scope.set(name, self._of_module(loaded, name) or ANYTHING)
                continue
            found = None if loaded is None else self._of_module(loaded, alias.name)
            if found is None:
                self._load(f"{node.module}.{alias.name}" if node.module else alias.name, node.level)
                found = just(Named(f"{module}{'.' if node.module else ''}{alias.name}"))
            self.scope.set(alias.asname or alias.name, found)

    def _load(self, module: str, level: int) -> Scope | None:
        """Read a module of the project; none for any other."""
        is_far = self._depth >= _DEEPEST_MODULE or len(self._loaded) >= _MOST_MODULES
        found = self._find(module, level, self.scope.origin) if self._find and not is_far else None
        if found is None:
            return None
        path, text = found
        if path not in self._loaded:
            try:
                parsed = tree.parse(text)
            except tree.ScriptError:
                return None
            changed = tree.changed_names(parsed, FILLING)
            self._loaded[path] = Scope(None, *changed, origin=path)
            around, often = self.scope, self.times
            self.scope, self.times = self._loaded[path], 1
            self._depth += 1
            self._block(parsed.body)
            self._depth -= 1
            self.scope, self.times = around, often
        self._modules["." * level + module] = self._loaded[path]
        return self._loaded[path]

    @staticmethod
    def _of_module(scope: Scope, name: str) -> Fold | None:
        """Give what a name of a module stands for; none for one that it does not have."""
        found = scope.names.get(name)
        return None if found is None else scope.seen_from_inside(name, found)

    def _assign(self, node: ast.Assign) -> None:
        value = self.fold(node.value)
        for target in node.targets:
            self._put(target, value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._put(node.target, self.fold(node.value))

    def _augmented(self, node: ast.AugAssign) -> None:
        target = node.target
        before = (
            self.callee_of(target) if isinstance(target, (ast.Name, ast.Attribute)) else ANYTHING
        )
        value = binary(type(node.op).__name__, before, self.fold(node.value))
        self._put(target, value)

    def _put(self, target: ast.expr, value: Fold) -> None:
        """Bind a target; one that is part of a dict changes the dict."""
        if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
            self.bind(target, value)
            return
        table, key = self.scope.get(target.value.id).only, self.fold(target.slice).only
        if not isinstance(table, (Items, Table)):
            return
        left = ANYTHING
        if isinstance(table, Table) and self.times == 1 and isinstance(key, str):
            left = just(Table({**table.entries, key: value}, is_open=table.is_open))
        self.scope.set(target.value.id, left)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Attribute):
                self._put(target, ANYTHING)

    def _if(self, node: ast.If) -> None:
        test = self.fold(node.test)
        if _is_main(node.test):
            if self.scope.origin:
                return  # it is imported, and does not run
            here, self._here = self._here, self._main
            branch = self._branch(node.body)
            self._here = here
            self.scope.merge([branch, self._branch(node.orelse)])
            return
        decided = test.only if isinstance(test.only, (bool, int, str)) else None
        branches = []
        if decided is None or decided:
            branches.append(self._branch(node.body))
        if decided is None or not decided:
            branches.append(self._branch(node.orelse))
        self.scope.merge(branches)

    def _for(self, node: Any) -> None:
        iterable = self.fold(node.iter)
        self._loop(node, times(self.times, count(iterable)), self.elements(iterable))

    def _while(self, node: ast.While) -> None:
        self._loop(node, None, None)

    def _loop(self, node: Any, often: int | None, elements: Fold | None) -> None:
        before, self.times = self.times, often
        self.scope.begin()
        # what a turn finds in these may be what the turn before it has left
        for name in tree.assigned_names(node.body):
            found = self.scope.names.get(name)
            self.scope.set(name, ANYTHING if found is None else union(found, ANYTHING))
        if elements is None:
            self.fold(node.test)
        else:
            self.bind(node.target, elements)
        self._block(node.body)
        branch = self.scope.end()
        self.times = before
        self.scope.merge([branch, {}])
        self._block(node.orelse)

    def _with(self, node: Any) -> None:
        for item in node.items:
            value = self.fold(item.context_expr)
            if item.optional_vars is not None:
                self._put(item.optional_vars, value)
        self._block(node.body)

    def _try(self, node: Any) -> None:
        branches = [self._branch([*node.body, *node.orelse])]
        for handler in node.handlers:
            self.fold(handler.type)
            branches.append(self._branch(handler.body))
        self.scope.merge(branches)
        self._block(node.finalbody)

    def _match(self, node: Any) -> None:
        self.fold(node.subject)
        branches: list[Mapping[str, Fold]] = [{}]
        for case in node.cases:
            self.scope.begin()
            for name in _captured(case.pattern):
                self.scope.set(name, ANYTHING)
            self.fold(case.guard)
            self._block(case.body)
            branches.append(self.scope.end())
        self.scope.merge(branches)

    def _nothing(self, node: ast.stmt) -> None:
        """Pass over what says nothing here."""

    _STATEMENTS: Final[dict[str, Callable[[Any, Any], None]]] = {
        "FunctionDef": _function,
        "AsyncFunctionDef": _function,
        "ClassDef": _class,
        "Import": _import,
        "ImportFrom": _import_from,
        "Assign": _assign,
        "AnnAssign": _annotated,
        "AugAssign": _augmented,
        "Delete": _delete,
        "If": _if,
        "For": _for,
        "AsyncFor": _for,
        "While": _while,
        "With": _with,
        "AsyncWith": _with,
        "Try": _try,
        "TryStar": _try,
        "Match": _match,
        "Global": _nothing,
        "Nonlocal": _nothing,
    }


def _is_not_first(method: Body) -> bool:
    """Say whether a method comes after those that set up the object."""
    enters = any(
        isinstance(decorator.only, Made) and _last(decorator.only.callee) == "enter"
        for decorator in method.decorators
    )
    return not enters and not method.name.endswith((".__init__", ".__enter__"))


def _last(value: object) -> str:
    if isinstance(value, Named):
        return value.path.rpartition(".")[2]
    return value.name if isinstance(value, Part) else ""


def _is_main(test: ast.expr) -> bool:
    """Say whether a condition asks for the script being started as a program."""
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
    )


def _captured(pattern: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(pattern):
        for field in ("name", "rest"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                found.append(name)
    return found


def walk(
    module: ast.Module, find: Find | None = None, words: Sequence[str | None] | None = None
) -> Walker:
    """Read the tree of a script, with the modules that `find` gives, started with `words`."""
    return Walker(module, find, words)
