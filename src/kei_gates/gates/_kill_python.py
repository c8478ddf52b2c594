"""Calls in Python code that stop what the code has not started, found in its syntax tree.

A process is the code's own where its id comes from `Popen`, `Process`, `fork` or `getpid`. What
comes from a number, a file, the process table or the command line is not. A parameter may be
either, and passes: what calls it says where it comes from. Sources: see `_kill_code`.
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

# Calls that send a signal: the argument with the process, and the one with the signal.
_SIGNALS = {
    "os.kill": (0, 1),
    "os.killpg": (0, 1),
    "signal.pidfd_send_signal": (0, 1),
    "psutil.Process.send_signal": (-1, 0),
}
_ENDINGS = frozenset(("kill", "terminate", "suspend", "send_signal"))
# What gives an id, or a process, of the code's own.
_OWN_CALLS = frozenset(
    (
        "Popen", "Process", "create_subprocess_exec", "create_subprocess_shell", "fork", "forkpty",
        "getpgrp", "getpid", "posix_spawn", "posix_spawnp", "run",
        "spawn", "spawnl", "spawnlp", "spawnv", "spawnvp", "start_process", "Pool",
    )
)  # fmt: skip
# What gives processes of others.
_FOREIGN_CALLS = frozenset(
    (
        "argv", "check_output", "getoutput", "getppid", "glob", "input", "listdir", "open",
        "pid_iter", "pids", "process_iter", "read_text", "scandir", "net_connections", "environ",
        "getenv", "popen", "stdout",
    )
)  # fmt: skip
# Libraries that manage compute, and calls that stop some: with `_` at its end, how names begin.
_LIBRARIES: dict[str, tuple[str, ...]] = {
    "boto3": (
        "terminate_", "stop_", "reboot_", "cancel_", "kill_", "abort_", "deregister_",
        "delete_stack", "delete_cluster", "delete_service", "delete_endpoint", "delete_function",
        "delete_auto_scaling_group", "delete_nodegroup", "delete_db_instance", "delete_job_queue",
    ),
    "docker": ("stop", "kill", "restart", "pause", "remove", "prune"),
    "kubernetes": ("delete_namespaced_", "delete_collection_", "delete_node", "delete_namespace"),
    "libtmux": ("kill_", "kill"),
    "ray": ("stop_job", "delete_job"),
    "runpod": ("stop_pod", "terminate_pod", "delete_"),
    "sky": ("down", "stop", "autostop", "cancel", "api_stop"),
    "huggingface_hub": (
        "cancel_job", "delete_scheduled_job", "suspend_scheduled_job", "pause_space",
        "restart_space", "delete_inference_endpoint", "pause_inference_endpoint",
        "scale_to_zero_inference_endpoint", "scale_to_zero",
    ),
    "vastai": ("destroy_", "stop_", "reboot_", "recycle_", "delete_"),
    "wandb": ("stop_run", "cancel_sweep", "stop_sweep"),
}  # fmt: skip
# Calls that make something of the code's own.
_MAKING = ("create", "launch", "run", "start")


def stopped(code: str) -> str | None:
    """Give the first call of Python code that stops something else, as it is written."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # what cannot be read does not run, or is told of as unseen
    return next(_Reader(tree).found(), None)


class _Reader:
    """One module: what its names may stand for."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree: Final = tree
        self.imported: Final[dict[str, str]] = {}
        self.values: Final[dict[str, list[ast.expr]]] = {}
        for node in ast.walk(tree):
            self._bind(node)
        self._seen: set[str] = set()
        self.libraries: Final = {path.partition(".")[0] for path in self.imported.values()}

    def _bind(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                self.imported[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self.imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._name(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            self._name(node.target, node.value)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            self._name(node.target, node.iter)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self._name(node.optional_vars, node.context_expr)

    def _name(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.values.setdefault(target.id, []).append(value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                self._name(item, value)

    def found(self) -> Iterator[str]:
        """Give the calls that stop something else."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and self._stops(node):
                yield ast.unparse(node)

    def _given(self, node: ast.Name) -> list[ast.expr]:
        """Give what a name may stand for, once for each question."""
        if node.id in self._seen:
            return []
        self._seen.add(node.id)
        return self.values.get(node.id, [])

    def _stops(self, call: ast.Call) -> bool:
        self._seen.clear()
        path = self._path(call.func)
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
        for library, known in _LIBRARIES.items():
            if library not in self.libraries or not any(_is_called(name, one) for one in known):
                continue
            self._seen.clear()
            if path.startswith(f"{library}.") or self._comes_from(owner, library):
                self._seen.clear()
                given = [owner, *call.args, *(one.value for one in call.keywords)]
                return not any(self._is_made(one) for one in given)
        return False

    def _is_made(self, node: ast.expr) -> bool:
        """Whether a value comes from a call that makes something."""
        if isinstance(node, ast.Name):
            values = self._given(node)
            return bool(values) and all(self._is_made(value) for value in values)
        if isinstance(node, ast.Call):
            name = self._path(node.func).rpartition(".")[2]
            return name.startswith(_MAKING) or self._is_made(node.func)
        below = getattr(node, "value", None)
        return isinstance(below, ast.expr) and self._is_made(below)

    def _path(self, node: ast.expr) -> str:
        """Give a dotted name with its module in full, `?` for what is none."""
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self._path(node.value)}.{node.attr}"
        return "?"

    def _comes_from(self, node: ast.expr, library: str) -> bool:
        """Whether a value is made by a library, or by what that gives."""
        if isinstance(node, ast.Name):
            if self.imported.get(node.id, "").partition(".")[0] == library:
                return True
            values = self._given(node)
            return any(self._comes_from(value, library) for value in values)
        return any(self._comes_from(one, library) for one in _below(node))

    def _is_foreign(self, node: ast.expr) -> bool:
        """Whether a process, or the id of one, is surely none that the code has started."""
        if isinstance(node, ast.Constant):
            return isinstance(node.value, (int, str))
        if isinstance(node, ast.Call):
            return self._call_is_foreign(node)
        if isinstance(node, ast.Attribute) and node.attr in _FOREIGN_CALLS:
            return True
        parts = self._given(node) if isinstance(node, ast.Name) else _below(node)
        return any(self._is_foreign(one) for one in parts)

    def _call_is_foreign(self, node: ast.Call) -> bool:
        name = self._path(node.func).rpartition(".")[2]
        if name in _FOREIGN_CALLS:
            return True
        if name == "Process" and "psutil" in self._path(node.func):
            return any(self._is_foreign(one) for one in node.args)
        if name in _OWN_CALLS:
            return False
        if any(self._is_foreign(one) for one in node.args if not _is_text(one)):
            return True
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        return owner is not None and self._is_foreign(owner)


def _is_called(name: str, known: str) -> bool:
    return name.startswith(known) if known.endswith("_") else name == known


def _below(node: ast.expr) -> list[ast.expr]:
    """Give the parts of an expression that its value comes from."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return node.elts
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    parts = (getattr(node, name, None) for name in ("value", "elt", "operand", "func"))
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
