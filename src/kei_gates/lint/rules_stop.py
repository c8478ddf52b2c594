"""The rule on scripts that stop work or delete what is kept: M12.

Source: Modal's SDK 1.6.4, and `stop_app`, `delete` and `lookup` as earlier ones have them.
"""

from __future__ import annotations

from kei_gates.lint.finding import Found, Rule
from kei_gates.lint.fold_items import ITEM
from kei_gates.lint.registered import Function
from kei_gates.lint.units import is_true, name_of
from kei_gates.lint.values import LONGEST_CHAIN, Made, Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Final

    from kei_gates.lint.bodies import Body
    from kei_gates.lint.finding import Severity
    from kei_gates.lint.script import Script

_DELETES_BY_NAME = ("Dict", "Environment", "NetworkFileSystem", "Queue", "Secret", "Volume")
# What is called by its own name, and what that does.
_NAMED: Final[dict[str, str]] = {
    "modal.experimental.stop_app": "stops an app",
    "modal.experimental.stop_fetching_inputs": "stops a container from taking inputs",
    "modal.experimental.image_delete": "deletes an image",
    "modal.Volume.rename": "takes a volume away from those who use it by its name",
} | {
    f"modal.{kind}.{how}": f"deletes a {kind} with all that is in it"
    for kind in _DELETES_BY_NAME
    for how in ("delete", "objects.delete")
}


def _always(made: Made) -> bool:
    return bool(made)


def _limits(made: Made) -> bool:
    return "max_containers" in made.keywords or "concurrency_limit" in made.keywords


def _recreates(made: Made) -> bool:
    fold = made.keywords.get("strategy")
    return fold is not None and "recreate" in [c for c in fold.choices if isinstance(c, str)]


# What is called of a thing: its kind and the method, what that does, and which calls do.
_METHODS: Final[dict[tuple[str, str], tuple[str, Callable[[Made], bool]]]] = {
    ("App", "stop"): ("stops an app", _always),
    ("App", "deploy"): ("stops the containers of the app", _recreates),
    ("FunctionCall", "cancel"): ("cancels work that runs", _always),
    ("Call", "cancel"): (
        "ends containers, with what else runs in them",
        lambda made: is_true(made.argument(0, "terminate_containers")),
    ),
    ("Sandbox", "terminate"): ("stops a sandbox that something else has started", _always),
    ("Function", "update_autoscaler"): ("takes containers from running work", _limits),
    ("Cls", "update_autoscaler"): ("takes containers from running work", _limits),
    ("Server", "update_autoscaler"): ("takes containers from running work", _limits),
    ("Volume", "remove_file"): ("deletes files of a volume", _always),
    ("Volume", "batch_upload"): (
        "writes over files of a volume",
        lambda made: is_true(made.argument(0, "force")),
    ),
    ("NetworkFileSystem", "remove_file"): ("deletes files of a network file system", _always),
    ("Dict", "clear"): ("deletes all that a dict holds", _always),
    ("Queue", "clear"): ("deletes all that a queue holds", _always),
}
_STOPPING: Final = frozenset(how for _, how in _METHODS)
# What makes something of the script's own, to do with as it likes.
_OWN = ("create", "ephemeral")


def stops(script: Script) -> Iterator[Found]:
    """Give each call that stops work, or deletes what is kept."""
    for body in script.bodies.values():
        for used in body.calls:
            made = used.value
            if not isinstance(made, Made):
                continue
            shown, what = _effect(script, made)
            if what:
                severity: Severity | None = "warn" if _is_for_requests(script, body) else None
                yield Found(used.line, f"`{shown}` {what}", severity=severity)


def _effect(script: Script, made: Made) -> tuple[str, str]:
    """Name a call, and say what it stops or deletes, empty for one that does neither."""
    name = name_of(made.callee)
    if name in _NAMED:
        return name, _NAMED[name]
    callee = made.callee
    if isinstance(callee, Part) and callee.name == "aio":
        callee = callee.of
    if not isinstance(callee, Part) or callee.name not in _STOPPING:
        return "", ""
    kind = _kind(script, callee.of)
    what, does = _METHODS.get((kind, callee.name), ("", _always))
    shown = f"{'FunctionCall' if kind == 'Call' else kind}.{callee.name}"
    return shown, what if what and does(made) else ""


def _kind(script: Script, value: object) -> str:
    """Give the kind of a thing of Modal's, empty for others and for the script's own."""
    for _ in range(LONGEST_CHAIN):
        if isinstance(value, Part) and value.name == ITEM:
            value = value.of
    if isinstance(script.target(value), Function):
        return "Function"
    if not isinstance(value, Made):
        return ""
    path = name_of(value.callee)
    if path == ".spawn":
        return "Call"
    base, _, rest = path.partition(".")
    kind, _, how = rest.partition(".")
    return kind if base == "modal" and how not in _OWN else ""


def _is_for_requests(script: Script, body: Body) -> bool:
    """Say whether a body answers requests: what it does is not done by the launch."""
    function = script.function(body.key)
    return function is not None and script.is_web_method(function)


RULES = (
    Rule(
        "M12", "stops-work",
        check=stops,
        severity="block",
        what="a call that stops an app, cancels work, ends a sandbox, takes containers away, or "
        "deletes or writes over what Modal keeps; a warning in a web function, which does it only "
        "when it is asked to",
        why="to launch the script is then to stop work, past the guard that asks before that",
        quiet="`Popen.terminate`, tasks of asyncio, dicts and lists of Python; sandboxes, calls "
        "and ephemeral things that the script itself has started",
        remedy="leave it out, and let a person stop or delete what they name",
    ),
)  # fmt: skip
