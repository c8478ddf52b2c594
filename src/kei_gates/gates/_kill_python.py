"""Calls in Python code that stop what the code has not started, found in its syntax tree.

A process is the code's own where its id comes from `Popen`, `Process`, `fork` or `getpid`. What
comes from a number, a file, the process table or the command line is not. A parameter is what the
code itself calls the function with; one that only others give passes. Sources: see `_kill_code`.
"""

from __future__ import annotations

import ast

from kei_gates.gates._kill_libraries import LIBRARIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Final

# Calls that send a signal: the argument with the process, and the one with the signal.
_SIGNALS = {
    "os.kill": (0, 1),
    "os.killpg": (0, 1),
    "posix.kill": (0, 1),
    "posix.killpg": (0, 1),
    "signal.pidfd_send_signal": (0, 1),
}
_MODULES = frozenset(("os", "posix", "signal"))
_IMPORTING = frozenset(("__import__", "importlib.import_module"))
_RUNNING = frozenset(("exec", "eval"))
_NAMESPACES = frozenset(("globals", "locals", "vars"))
_DICT = ".__dict__"
# What makes a number of a text.
_NUMBERING = frozenset(("eval", "float", "int"))
_ENDINGS = frozenset(("kill", "terminate", "suspend", "send_signal"))
# What gives an id, or a process, of the code's own.
_OWN_CALLS = frozenset(
    (
        "Popen", "Process", "create_subprocess_exec", "create_subprocess_shell", "fork", "forkpty",
        "getpgrp", "getpid", "posix_spawn", "posix_spawnp", "run",
        "spawn", "spawnl", "spawnlp", "spawnv", "spawnvp", "start_process", "Pool",
    )
)  # fmt: skip
# What gives processes of others: names, and calls.
_FOREIGN_NAMES = frozenset(("argv", "environ", "stdout"))
_FOREIGN_CALLS = frozenset(
    (
        "check_output", "getenv", "getoutput", "getppid", "glob", "input", "listdir",
        "net_connections", "open", "pids", "popen", "process_iter", "read_text", "scandir",
    )
)  # fmt: skip
# How many expressions are followed for all of a code.
_MOST_STEPS = 100_000
# How many names a name is followed through.
_DEEPEST = 8
# Calls that make something of the code's own.
_MAKING = ("create", "launch", "run", "start", "submit")


def stopped(code: str) -> str | None:
    """Give the first call of Python code that stops something else, as it is written."""
    try:
        return next(_Reader(ast.parse(code)).found(), None)
    except (SyntaxError, ValueError):
        return None  # it does not run
    except (RecursionError, MemoryError):
        return "code that is nested too deeply to be read"


class _Reader:
    """One module: what its names may stand for."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree: Final = tree
        self.imported: Final[dict[str, str]] = {}
        self.values: Final[dict[str, list[ast.expr]]] = {}
        self.parameters: Final[dict[str, list[str]]] = {}
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.parameters[node.name] = [one.arg for one in node.args.args]
            else:
                self._bind(node)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                self._hand_over(node)
        self.left = _MOST_STEPS
        self.libraries: Final = {path.partition(".")[0] for path in self.imported.values()}

    def _bind(self, node: ast.AST) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._name(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            self._name(node.target, node.value)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            self._name(node.target, node.iter)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self._name(node.optional_vars, node.context_expr)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            if isinstance(node, ast.Import):
                self.imported[name] = alias.name if alias.asname else name
            else:
                self.imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            for path in _SIGNALS:
                of, _, name = path.rpartition(".")
                if of == node.module:
                    self.imported[name] = path

    def _hand_over(self, call: ast.Call) -> None:
        """Take what a function of the code is called with for values of its parameters."""
        names = self.parameters.get(call.func.id, ()) if isinstance(call.func, ast.Name) else ()
        for name, value in zip(names, call.args, strict=False):
            self.values.setdefault(name, []).append(value)

    def _name(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.values.setdefault(target.id, []).append(value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                self._name(item, value)

    def found(self) -> Iterator[str]:
        """Give the calls that stop something else, and what hands on what could."""
        judged: set[ast.AST] = set()  # where a function that stops is called, or gets another name
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                judged.add(node.func)
                if self._stops(node) or self.left < 0:
                    yield ast.unparse(node)  # what takes too long is taken for the worst
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                judged.add(node.value)
            elif isinstance(node, (ast.Attribute, ast.Name, ast.Subscript)):
                is_read = isinstance(node.ctx, ast.Load) and node not in judged
                if is_read and self._path(node) in _SIGNALS:
                    yield ast.unparse(node)

    def _stops(self, call: ast.Call) -> bool:
        path = self._path(call.func)
        if path in _RUNNING and call.args:
            text = call.args[0]
            inner = text.value if isinstance(text, ast.Constant) else None
            return isinstance(inner, str) and stopped(inner) is not None
        if "ctypes" in self.libraries and path.endswith((".kill", ".killpg")):
            owner = call.func.args[0] if isinstance(call.func, ast.Call) else call.func
            path = "os.kill" if self._comes_from(owner, "ctypes") else path
        if path in _SIGNALS:
            process, signal = _SIGNALS[path]
            sent = _argument(call, signal, "sig", "signal")
            if isinstance(sent, ast.Constant) and sent.value == 0:
                return False
            given = _argument(call, process, "pid", "pgid", "pidfd")
            return given is not None and self._is_foreign(given)
        name = path.rpartition(".")[2]
        if name in _ENDINGS and isinstance(call.func, ast.Attribute) and "psutil" in self.libraries:
            return not _asks(call) and self._is_foreign(call.func.value)
        return self._in_library(call, path)

    def _in_library(self, call: ast.Call, path: str) -> bool:
        """Whether a library that manages compute is told to stop what the code did not make."""
        name = path.rpartition(".")[2]
        owner = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        for library, known in LIBRARIES.items():
            if library.partition(".")[0] not in self.libraries or not any(
                _is_called(name, one) for one in known
            ):
                continue
            if path.startswith(f"{library}.") or self._comes_from(owner, library):
                given = [owner, *call.args, *(one.value for one in call.keywords)]
                return not any(self._is_made(one) for one in given)
        return False

    def _is_made(self, node: ast.expr) -> bool:
        """Whether a value can only come from calls that make something."""
        rest: list[ast.expr] = [node]
        seen: set[str] = set()
        while rest and self.left > 0:
            one = rest.pop()
            self.left -= 1
            if isinstance(one, ast.Call):
                if not self._path(one.func).rpartition(".")[2].startswith(_MAKING):
                    rest.append(one.func)
            elif isinstance(one, ast.Name) and self.values.get(one.id):
                rest += [] if one.id in seen else self.values[one.id]
                seen.add(one.id)
            elif isinstance(one, (ast.Attribute, ast.Subscript, ast.Starred, ast.Await)):
                rest.append(one.value)
            else:
                return False
        return not rest

    def _path(self, node: ast.expr, depth: int = 0) -> str:
        """Give a dotted name with its module in full, `?` for what is none."""
        if depth > _DEEPEST:
            return "?"
        if isinstance(node, ast.Name):
            if node.id in self.imported:
                return self.imported[node.id]
            values = self.values.get(node.id, [])
            meant = [one for one in values if isinstance(one, (ast.Attribute, ast.Call))]
            path = self._path(meant[0], depth + 1) if meant else "?"
            return path if path in _SIGNALS or path in _MODULES else node.id
        if isinstance(node, ast.Attribute):
            return f"{self._path(node.value, depth + 1)}.{node.attr}"
        if isinstance(node, ast.Subscript):
            return self._path_of_item(node, depth + 1)
        return self._path_of_call(node, depth + 1) if isinstance(node, ast.Call) else "?"

    def _path_of_item(self, node: ast.Subscript, depth: int) -> str:
        """Give the name of what `sys.modules["os"]`, `vars(os)["kill"]` and the like give."""
        text = _joined(node.slice)
        if text is None:
            return "?"
        of = node.value
        if isinstance(of, ast.Call):
            called = of.func.id if isinstance(of.func, ast.Name) else ""
            if called == "vars" and of.args:
                return f"{self._path(of.args[0], depth)}.{text}"
            return self.imported.get(text, text) if called in _NAMESPACES else "?"
        path = self._path(of, depth)
        if path == "sys.modules":
            return text
        return f"{path.removesuffix(_DICT)}.{text}" if path.endswith(_DICT) else "?"

    def _path_of_call(self, node: ast.Call, depth: int) -> str:
        """Give the name of what `__import__("os")` and `getattr(os, "kill")` give."""
        path = node.func.id if isinstance(node.func, ast.Name) else self._path(node.func, depth)
        at = 1 if path == "getattr" else 0
        text = _joined(node.args[at]) if len(node.args) > at else None
        if text is None:
            return "?"
        if path in _IMPORTING:
            return text
        return f"{self._path(node.args[0], depth)}.{text}" if at else "?"

    def _comes_from(self, node: ast.expr, library: str) -> bool:
        """Whether a value is made by a library, or by what that gives."""
        return any(
            isinstance(one, ast.Name)
            and f"{self.imported.get(one.id, '')}.".startswith(f"{library}.")
            for one in self._sources(node, _below)
        )

    def _is_foreign(self, node: ast.expr) -> bool:
        """Whether a process, or the id of one, is surely none that the code has started."""
        return any(
            (isinstance(one, ast.Constant) and isinstance(one.value, (int, str)))
            or (isinstance(one, ast.Attribute) and one.attr in _FOREIGN_NAMES)
            or (isinstance(one, ast.Name) and one.id in _FOREIGN_NAMES)
            for one in self._sources(node, self._parts)
        )

    def _sources(
        self, node: ast.expr, parts: Callable[[ast.expr], list[ast.expr]]
    ) -> Iterator[ast.expr]:
        """Give an expression with all that its value comes from."""
        rest = [node]
        seen: set[str] = set()
        while rest:
            one = rest.pop()
            self.left -= 1
            yield one
            if isinstance(one, ast.Name):
                rest += [] if one.id in seen else self.values.get(one.id, [])
                seen.add(one.id)
            else:
                rest += parts(one)

    def _parts(self, node: ast.expr) -> list[ast.expr]:
        """Give the parts of an expression from which a process may come."""
        if not isinstance(node, ast.Call):
            return _below(node)
        path = self._path(node.func)
        name = path.rpartition(".")[2]
        if name in _FOREIGN_CALLS:
            return [ast.Constant(1)]
        if name in _NUMBERING:
            return node.args
        given = [one for one in node.args if not _is_text(one)]
        if name == "Process" and "psutil" in path:
            return given
        if name in _OWN_CALLS:
            return []
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        return [*given, *([owner] if owner is not None else [])]


def _joined(node: ast.expr, depth: int = 0) -> str | None:
    """Give a text that is written in one piece or in several; none for any other."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and depth < _DEEPEST:
        parts = [_joined(node.left, depth + 1), _joined(node.right, depth + 1)]
        return None if None in parts else "".join(part or "" for part in parts)
    return None


def _is_called(name: str, known: str) -> bool:
    return name.startswith(known) if known.endswith("_") else name == known


def _below(node: ast.expr) -> list[ast.expr]:
    """Give the parts of an expression that its value comes from."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return node.elts
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        return node.values
    names = ("value", "elt", "operand", "func", "left", "right")
    parts = (getattr(node, name, None) for name in names)
    return [part for part in parts if isinstance(part, ast.expr)]


def _is_text(node: ast.expr) -> bool:
    """Whether an argument is a text or a size, which say nothing of processes."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _argument(call: ast.Call, at: int, *names: str) -> ast.expr | None:
    if 0 <= at < len(call.args):
        return call.args[at]
    return next((one.value for one in call.keywords if one.arg in names), None)


def _asks(call: ast.Call) -> bool:
    sent = call.args[0] if call.args else None
    return isinstance(sent, ast.Constant) and sent.value == 0
