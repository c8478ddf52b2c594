"""The part of a Modal script that runs on this machine when Modal imports it.

That is the code of the module, the local entrypoint, and what these call by name. The bodies of
functions and classes that are registered with an app run elsewhere, and so do functions that only
those call. Where the code reaches for the plain function behind such a one, all of it counts.
Source: the guides of Modal 1.6 on apps, functions, classes, images and `modal run`.
"""

from __future__ import annotations

import _ast as ast

from kei_gates.shell.python_parse import parse
from kei_gates.shell.python_scopes import PLAIN_DECORATORS, last_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# What registers a function or class that runs elsewhere, as the last name of its decorator.
_ELSEWHERE = frozenset(
    (
        "asgi_app", "batched", "clustered", "cls", "concurrent", "enter", "exit",
        "fastapi_endpoint", "function", "generator", "method", "server", "web_endpoint",
        "web_server", "wsgi_app",
    )
)  # fmt: skip
_APPS = frozenset(("App", "Stub"))
# Decorators that only change what a function does when it is called.
_PLAIN = PLAIN_DECORATORS | frozenset(
    ("asynccontextmanager", "contextmanager", "dataclass", "inference_mode", "no_grad", "property")
)
# Attributes of such a one that run it here, or give the plain function.
_HERE = frozenset(("__wrapped__", "_get_raw_f", "get_raw_f", "info", "local", "raw_f"))
# Calls by which code reaches names that it does not spell.
_REACHING = frozenset(("__import__", "eval", "exec", "getattr", "globals", "locals", "vars"))
# Methods whose arguments run elsewhere too.
_TAKES_REMOTE = frozenset(("run_function",))


def local_part(code: str, *, is_main: bool = False) -> str:
    """Give the code with `pass` in the place of every body that does not run here.

    With `is_main` it is run as a program, and so is what stands below `if __name__ == "__main__":`.
    """
    plain = "modal" in code and "\r" not in code and "\f" not in code
    tree = parse(code) if plain else None
    if not isinstance(tree, ast.Module):
        return code
    return _without(code, _Script(tree.body, is_main=is_main).elsewhere())


class _Script:
    """The definitions of a module, and which of them run elsewhere.

    `remote` are bodies that are registered, with the name under which a function of them may be
    called; `maybe` those that run here only if code that runs here spells a name; `never` those
    that no import runs. `names` are those that code spells that runs here, `called` those that it
    calls; it `reaches` names that it does not spell.
    """

    def __init__(self, statements: list[ast.stmt], *, is_main: bool) -> None:
        self.statements = statements
        self.is_main = is_main
        self.apps: set[str] = set()
        self.others: set[str] = set()
        self.names: set[str] = set()
        self.called: set[str] = set()
        self.reaches = False
        self.never: list[list[ast.stmt]] = []
        self.remote: list[tuple[str, list[ast.stmt]]] = []
        self.maybe: list[tuple[str, list[ast.stmt]]] = []

    def elsewhere(self) -> list[list[ast.stmt]]:
        """Give the bodies that do not run here."""
        self._bind()
        self._sort(self.statements)
        while True:
            here = [one for one in self.maybe if one[0] in self.names]
            if not here:
                break
            self.maybe = [one for one in self.maybe if one[0] not in self.names]
            for _, body in here:
                self._note(body)
        if self.reaches or self.names & _HERE:
            return self.never
        found = self.never + [body for name, body in self.remote if name not in self.called]
        return found + [body for _, body in self.maybe]

    def _bind(self) -> None:
        """Find the names of apps, and those of everything else that the module makes."""
        for node in _walk(self.statements):
            if isinstance(node, ast.Assign):
                is_app = isinstance(node.value, ast.Call) and last_name(node.value) in _APPS
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        (self.apps if is_app else self.others).add(target.id)
            elif isinstance(node, _DEFINITIONS):
                self.others.add(node.name)

    def _sort(self, statements: list[ast.stmt]) -> None:
        """Sort what a module's statements define; note the names of what runs at once."""
        for node in statements:
            if isinstance(node, ast.ClassDef):
                self._class(node)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._function(node)
            elif not self.is_main and isinstance(node, ast.If) and _is_main(node.test):
                self.never.append(node.body)
                self._sort(node.orelse)
            elif _blocks(node):
                for block in _blocks(node):
                    self._sort(block)
                parts = (getattr(node, name, None) for name in node._fields if name not in _BLOCKS)
                self._note([one for part in parts for one in _listed(part)])
            else:
                self._note([node])

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._note([*node.decorator_list, node.args])
        if any(self._registers(one) for one in node.decorator_list):
            self.remote.append((node.name, node.body))
        elif {last_name(one) for one in node.decorator_list} <= _PLAIN:
            self.maybe.append((node.name, node.body))
        else:
            self._note(node.body)  # it may be called by what it is registered with

    def _class(self, node: ast.ClassDef) -> None:
        """Sort a class; its methods run here only if the class, or the method, is used here."""
        is_remote = any(self._registers(one) for one in node.decorator_list)
        self._note([*node.decorator_list, *node.bases, *node.keywords])
        for part in node.body:
            if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._note([part])
                continue
            self._note([*part.decorator_list, part.args])
            if is_remote and any(self._registers(one) for one in part.decorator_list):
                self.remote.append(("", part.body))
            else:
                self.maybe.append((part.name if is_remote else node.name, part.body))

    def _registers(self, decorator: ast.expr) -> bool:
        """Whether a decorator registers what runs elsewhere: `@app.function(...)`."""
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not isinstance(called, ast.Attribute) or called.attr not in _ELSEWHERE:
            return False
        root: ast.expr = called.value
        while isinstance(root, ast.Attribute):
            root = root.value
        return isinstance(root, ast.Name) and (root.id in self.apps or root.id not in self.others)

    def _note(self, nodes: Sequence[ast.AST]) -> None:
        """Note the names that code spells that runs here."""
        pending: list[ast.AST] = [*nodes]
        while pending:
            node = pending.pop()
            if isinstance(node, ast.Name):
                self.names.add(node.id)
                self.reaches |= node.id in _REACHING
            elif isinstance(node, ast.Attribute):
                self.names.add(node.attr)
            elif isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name):
                    self.called.add(node.func.id)
                if self._takes_remote(node.func):
                    pending.append(node.func)
                    continue
                attribute = _got(node)
                if attribute:
                    self.names.add(attribute)
                    pending += node.args
                    continue
            for name in node._fields:
                pending += _listed(getattr(node, name, None))

    def _takes_remote(self, called: ast.expr) -> bool:
        """Whether a call takes functions that run elsewhere: `app.function(...)(f)`."""
        if isinstance(called, ast.Call):
            return self._registers(called)
        return isinstance(called, ast.Attribute) and called.attr in _TAKES_REMOTE


def _got(call: ast.Call) -> str:
    """Give the attribute that `getattr(value, "name")` gets; empty where that is not known."""
    is_getattr = isinstance(call.func, ast.Name) and call.func.id == "getattr"
    name = call.args[1] if is_getattr and len(call.args) > 1 else None
    return str(name.value) if isinstance(name, ast.Constant) else ""


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """Give the lists of statements in a statement that is no definition."""
    found: list[list[ast.stmt]] = [
        getattr(node, name) for name in _BLOCKS[:3] if getattr(node, name, None)
    ]
    for name in _BLOCKS[3:]:
        found += [part.body for part in getattr(node, name, ())]
    return found


def _listed(value: object) -> list[ast.AST]:
    if isinstance(value, ast.AST):
        return [value]
    return [one for one in value if isinstance(one, ast.AST)] if isinstance(value, list) else []


def _walk(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    """Give the statements of a module, with those in its blocks but not in its definitions."""
    pending = [*statements]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _DEFINITIONS):
            for block in _blocks(node):
                pending += block


def _is_main(test: ast.expr) -> bool:
    """Whether a test is `__name__ == "__main__"`, which no import meets."""
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and len(test.ops) == 1
        and isinstance(test.ops[0], ast.Eq)
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value == "__main__"
    )


def _without(code: str, bodies: list[list[ast.stmt]]) -> str:
    """Put `pass` in the place of bodies; lines stay where they are."""
    lines = code.encode("utf-8", "surrogatepass").split(b"\n")
    for body in sorted(bodies, key=lambda one: -one[0].lineno):
        first, last = body[0], body[-1]
        end_line = (last.end_lineno or last.lineno) - 1
        start_line = min(first.lineno, *_decorator_lines(first)) - 1
        head = lines[start_line][: first.col_offset]
        tail = lines[end_line][last.end_col_offset or 0 :]
        blank = [b""] * (end_line - start_line)
        lines[start_line : end_line + 1] = [head + b"pass" + tail, *blank]
    return b"\n".join(lines).decode("utf-8", "surrogatepass")


def _decorator_lines(node: ast.stmt) -> list[int]:
    found = [one.lineno for one in getattr(node, "decorator_list", ())]
    return found or [node.lineno]
