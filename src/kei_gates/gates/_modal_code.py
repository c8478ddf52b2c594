"""Python code that stops what runs on Modal, or deletes what is kept there.

Source: the SDK 1.6.4 (`app.py`, `functions.py`, `sandbox.py`, `volume.py`, `dict.py`, `queue.py`,
`secret.py`, `experimental/__init__.py`, and `modal_proto`). What names stand for is told by
`_modal_objects`; what the code itself has created it may end.
"""

from __future__ import annotations

import ast

from kei_gates.gates._kill_modal import INSTEAD
from kei_gates.gates._killing import Killing
from kei_gates.gates._modal_objects import ANY, Method, Objects, constant
from kei_gates.gates._wording import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.gates._modal_scopes import Scope
    from kei_gates.model import Event

# By class: the methods that stop what runs or delete what is kept.
_STOPS: dict[str, frozenset[str]] = {
    "App": frozenset(("stop",)),
    "Dict": frozenset(("clear", "delete")),
    "Environment": frozenset(("delete",)),
    "FunctionCall": frozenset(("cancel",)),
    "NetworkFileSystem": frozenset(("delete", "remove_file")),
    "Queue": frozenset(("clear", "delete")),
    "Sandbox": frozenset(("terminate",)),
    "Secret": frozenset(("delete", "update")),
    "Volume": frozenset(("delete", "remove_file", "rename")),
}
# What a script of the project may do to files that are its own, as many do when they end.
_OF_SINGLE_FILES = frozenset(("batch_upload", "remove_file"))
_NOUNS = {
    "Cls": "class", "FunctionCall": "function call", "NetworkFileSystem": "file system",
}  # fmt: skip
_STOPPED = frozenset(("App", "FunctionCall", "Sandbox"))
# Functions of the SDK, by their path.
_FUNCTIONS = {
    "modal.experimental.image_delete": "deletes an image",
    "modal.experimental.stop_app": "stops all containers of the app and the training that they run",
    "modal.experimental.stop_fetching_inputs": "stops a container",
}
_WORKSPACE = "modal.Workspace."
_TAKING = frozenset(("delete", "disable", "revoke"))
_AUTOSCALED = frozenset(("Cls", "Function", "Server"))
# Requests of the protocol below the SDK.
_REQUESTS = frozenset(
    (
        "AppRollback", "AppRollover", "AppStop", "ContainerStop", "DictClear", "DictDelete",
        "EnvironmentDelete", "FunctionCallCancel", "QueueClear", "QueueDelete", "SandboxTerminate",
        "SecretDelete", "SharedVolumeDelete", "VolumeDelete", "VolumeRemoveFile",
    )
)  # fmt: skip
# Modules of the client, whose functions are its commands.
_COMMANDS = "modal.cli."
_ENDING = frozenset(
    (
        "clear", "cp", "delete", "promote", "put", "remove", "rename", "rm", "rollback",
        "rollover", "stop",
    )
)  # fmt: skip
# Where the client starts in code.
_CLIENT = frozenset(("modal.__main__.main", "modal.cli.entry_point.entrypoint_cli"))


def objection(code: str, event: Event) -> Killing | None:
    """Give what Python code would stop or delete on Modal, the first that is found."""
    if "modal" not in code:
        return None
    try:
        tree = _parsed(code)
        if tree is None:
            return None  # it cannot run
        ignored = _OF_SINGLE_FILES if _was_there(code, event) else frozenset[str]()
        return next(_killings(Objects(tree), event, ignored), None)
    except RecursionError:
        return Killing("modal ...", "the Python code is nested too deeply to be read", INSTEAD)


def _was_there(code: str, event: Event) -> bool:
    """Whether the code is that of a file which was there before the call."""
    paths = (one.path for one in event.analysis.effects if one.kind == "exec" and one.path)
    return any(event.look(path).text == code for path in paths)


def _parsed(code: str) -> ast.Module | None:
    import warnings  # noqa: PLC0415 -- few calls need it

    lines = code.split("\n")
    plain = ["" if line.lstrip()[:1] in ("%", "!") else line for line in lines]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in (code, "\n".join(plain)):  # ipython has lines of its own
            try:
                return ast.parse(text)
            except (SyntaxError, ValueError, MemoryError):
                continue
    return None


def _killings(objects: Objects, event: Event, ignored: frozenset[str]) -> Iterator[Killing]:
    def methods_of(node: ast.AST, scope: Scope) -> list[Method]:
        return [one for one in objects.methods(node, scope) if one.attribute not in ignored]

    for node, scope in objects.nodes:
        if isinstance(node, ast.Attribute):
            yield from _used(node, methods_of(node, scope))
            yield from _path(node, objects.paths(node, scope))
            if node.attr.removesuffix("Request") in _REQUESTS:
                yield _killing("modal ...", node, "asks Modal's server to stop or delete something")
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield from _path(node, objects.paths(node, scope))
        elif isinstance(node, ast.Call):
            yield from _used(node, methods_of(node, scope))
            yield from _with_arguments(node, methods_of(node.func, scope))
            yield from _client(node, objects, scope, event)


def _killing(target: str, node: ast.AST, does: str) -> Killing:
    shown = shorten(" ".join(ast.unparse(node).split()))
    return Killing(target, f"`{shown}` in Python code {does}", INSTEAD)


def _target(method: Method) -> str:
    noun = _NOUNS.get(method.kind, method.kind.lower())
    return f"modal {noun} `{method.name or '...'}`"


def _used(node: ast.AST, methods: Sequence[Method]) -> Iterator[Killing]:
    """Give what methods do that need no arguments to be known."""
    for method in methods:
        if method.own or method.kind not in _STOPS:
            continue
        noun = _NOUNS.get(method.kind, method.kind.lower())
        if method.attribute == ANY:
            does = f"calls a method that is not known of Modal's {noun}"
            yield _killing(_target(method), node, does)
        elif method.attribute in _STOPS[method.kind]:
            verb = "stops" if method.kind in _STOPPED else "deletes or changes what is in"
            yield _killing(_target(method), node, f"{verb} Modal's {noun}, which may be in use")


def _path(node: ast.AST, paths: Sequence[str]) -> Iterator[Killing]:
    """Give what functions and methods of classes do."""
    for path in paths:
        parts = path.split(".")
        kind = parts[1] if len(parts) > 2 else ""  # noqa: PLR2004 -- `modal`, a class, a method
        if path in _FUNCTIONS:
            yield _killing("modal app `...`", node, _FUNCTIONS[path])
        elif kind in _STOPS and (parts[-1] in _STOPS[kind] or parts[-1] == ANY):
            noun = _NOUNS.get(kind, kind.lower())
            yield _killing(f"modal {noun} `...`", node, f"stops or deletes Modal's {noun}")
        elif path.startswith(_COMMANDS) and parts[-1].partition("_")[0] in _ENDING:
            yield _killing("modal ...", node, "runs a command of Modal's client")
        elif path.startswith(_WORKSPACE) and parts[-1] in _TAKING:
            yield _killing(
                "modal workspace", node, "takes away what others use to reach their work"
            )


def _with_arguments(node: ast.Call, methods: Sequence[Method]) -> Iterator[Killing]:
    """Give what methods do with some arguments."""
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    for method in methods:
        if method.own:
            continue
        called = method.attribute
        if method.kind == "App" and called == "deploy":
            if constant(given.get("strategy", ast.Constant("rolling"))) != "rolling":
                yield _killing(_target(method), node, "replaces the containers of an app that run")
        elif method.kind in _AUTOSCALED and called == "update_autoscaler":
            fewest = given.get("min_containers")
            if "max_containers" in given or (fewest is not None and constant(fewest) in (0, None)):
                yield _killing(_target(method), node, "throttles containers that run")
        elif method.kind == "Volume" and called == "batch_upload":
            force = given.get("force", node.args[0] if node.args else None)
            if force is not None and constant(force) is not False:
                yield _killing(_target(method), node, "overwrites files that are kept")


# --- the client in code --------------------------------------------------------------------------


def _client(node: ast.Call, objects: Objects, scope: Scope, event: Event) -> Iterator[Killing]:
    """Give what the client does that code starts in its own process."""
    called = [node.func, *node.args]
    if not any(path in _CLIENT for one in called for path in objects.paths(one, scope)):
        return
    from kei_gates.gates._kill_modal import objection as of_command  # noqa: PLC0415 -- few need it
    from kei_gates.model import Invocation  # noqa: PLC0415 -- the same

    words = _words(node, objects)
    if not words and any(one.program == "modal" for one in event.analysis.invocations):
        return  # it was found with the arguments of its command line
    invocation = Invocation(("modal", *(words or (None,))), ("python",), (0, 0))
    found = of_command(invocation, event)
    if found is not None:
        yield found


def _words(node: ast.Call, objects: Objects) -> list[str | None]:
    """Give the arguments that code gives the client: in the call, or by `sys.argv`."""
    lists = [*node.args, *(keyword.value for keyword in node.keywords)]
    lists += [value for target, value in objects.stored if "argv" in ast.unparse(target)]
    for value in lists:
        if isinstance(value, (ast.List, ast.Tuple)):
            words = [constant(item) for item in value.elts]
            known = [word if isinstance(word, str) else None for word in words]
            return known[1:] if known and value not in node.args and known[0] == "modal" else known
    return []
