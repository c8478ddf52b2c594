"""What runs when a function of a script is started: which functions get how many inputs."""

from __future__ import annotations

from collections import deque

from kei_gates.lint.bodies import SCRIPT
from kei_gates.lint.fold import times
from kei_gates.lint.registered import APPS, Function, is_named
from kei_gates.lint.values import Fold, Items, Lambda, Local, Made, Named, Part, count, root
from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Final

    from kei_gates.lint.bodies import Body
    from kei_gates.lint.script import Script

ONE: Final = frozenset(("remote", "remote_gen", "spawn"))
"""The methods that send one input."""
MANY: Final = frozenset(("map", "starmap", "for_each", "spawn_map", "experimental_spawn_map"))
"""The methods that send one for each item."""
SANDBOX: Final = frozenset(
    f"modal.{module}Sandbox.{method}{ending}"
    for module in ("", "sandbox.")
    for method in ("create", "_experimental_create", "_experimental_from_snapshot")
    for ending in ("", ".aio")
)
CREATE: Final = "create"
"""How a sandbox is started."""
BUILD: Final = "build"
"""How an image is built on a GPU."""
DEPLOY: Final = "deploy"
"""How code deploys its app: all functions of the script run from then on."""
KEEP: Final = "keep"
"""How code keeps containers running."""
_BUILDING = frozenset(
    (
        "apt_install", "dockerfile_commands", "micromamba_install", "pip_install",
        "pip_install_from_pyproject", "pip_install_from_requirements", "pip_install_private_repos",
        "poetry_install_from_file", "run_commands", "run_function", "uv_pip_install", "uv_sync",
    )
)  # fmt: skip
_DEPLOYING = frozenset(("modal.runner.deploy_app", "modal.runner.deploy_stub"))
_APP = frozenset(("app", "stub"))
_KEEPING = frozenset(("keep_warm", "update_autoscaler"))
_KEPT = frozenset(("buffer_containers", "min_containers", "warm_pool_size"))
_MOST_GIVEN = 100
_FOLLOWED = ("followed", "")
_MOST_FOLLOWED = 20_000
_SURELY = ONE | {"spawn_map", "experimental_spawn_map", "for_each"}
# Libraries with methods of these names.
_OTHERS = frozenset(
    (
        "anyio", "asyncio", "builtins", "concurrent", "dask", "datasets", "jax", "joblib",
        "multiprocess", "multiprocessing", "numpy", "pandas", "pexpect", "polars", "ray",
        "tensorflow", "torch", "trio",
    )
)  # fmt: skip


class Sent(Value):
    """Inputs for a function: how many, none where that is not known, and from which line.

    `function` is none for one that is not of the script, of which nothing is known.
    """

    __slots__ = ("function", "how", "inputs", "line", "made")

    def __init__(
        self, function: Function | None, how: str, inputs: int | None, line: int, made: Made | None
    ) -> None:
        self.function: Final = function
        self.how: Final = how
        self.inputs: Final = inputs
        self.line: Final = line
        self.made: Final = made

    def often(self, number: int | None) -> Sent:
        """Give what is sent when that happens so often."""
        return Sent(self.function, self.how, times(self.inputs, number), self.line, self.made)


class Edge(Value):
    """What one body makes happen in another: what is sent, or a plain call of it."""

    __slots__ = ("sent", "target", "times")

    def __init__(self, target: str | None, times: int | None, sent: Sent | None = None) -> None:
        self.target: Final = target
        self.times: Final = times
        self.sent: Final = sent


def sending(script: Script, callee: object) -> tuple[object, str] | None:
    """Give the function and the method of a call that sends inputs; none for other calls.

    The function is one of Modal, or `None` for one of which nothing is known.
    """
    if isinstance(callee, Part) and callee.name == "aio":
        callee = callee.of
    if isinstance(callee, Named):
        base, _, how = callee.path.removesuffix(".aio").rpartition(".")
        imported = "." in base and base.partition(".")[0] not in _OTHERS
        return (None, how) if imported and how in ONE | MANY else None
    if not isinstance(callee, Part) or callee.name not in ONE | MANY:
        return None
    target = script.target(callee.of)
    if isinstance(target, (Function, Made)):
        return target, callee.name
    if isinstance(target, Local) and not _is_wrapped(script, target):
        return None
    if callee.name not in _SURELY or _is_other(script, callee.of):
        return None
    return None, callee.name


def _is_wrapped(script: Script, local: Local) -> bool:
    """Say whether a function is made into something else, by who knows what."""
    body = script.bodies[local.key]
    return not body.is_class and any(not _is_of_others(one.only) for one in body.decorators)


def _is_of_others(decorator: object) -> bool:
    begin = root(decorator)
    library = begin.path.partition(".")[0] if isinstance(begin, Named) else "builtins"
    return library != "builtins" and library in _OTHERS


def _is_other(script: Script, value: object) -> bool:
    """Say whether a value comes from a library, or a class, that has nothing to do with Modal."""
    begin = root(value)
    if isinstance(begin, Named):
        return begin.path.lstrip(".").partition(".")[0] in _OTHERS
    return isinstance(begin, Local) and script.is_plain_class(begin)


def inputs_of(made: Made, how: str) -> int | None:
    """Give how many inputs a call sends; none where that is not known."""
    if how in ONE:
        return 1
    if made.is_open:
        return None
    given = made.arguments or tuple(
        fold for name, fold in made.keywords.items() if name == "input_iterator"
    )
    known = [number for number in map(count, given) if number is not None]
    return min(known, default=None)


def edges(script: Script, body: Body) -> list[Edge]:
    """Give what a body makes happen."""
    key = ("edges", body.key)
    if key not in script.memo:
        script.memo[key] = [*_edges(script, body)]
    found: list[Edge] = script.memo[key]
    return found


def inside(script: Script, starts: Iterable[Body]) -> list[Body]:
    """Give the bodies that run in one container: some, and what these call plainly.

    Of a script that goes on and on, what is called is not followed to the end.
    """
    found: dict[str, Body] = {}
    pending = deque(starts)
    while pending:
        body = pending.popleft()
        if body.key in found:
            continue
        found[body.key] = body
        followed = script.memo[_FOLLOWED] = script.memo.get(_FOLLOWED, 0) + 1
        if followed > _MOST_FOLLOWED:
            continue
        pending += [
            script.bodies[edge.target]
            for edge in edges(script, body)
            if edge.sent is None and edge.target is not None
        ]
    return list(found.values())


def _edges(script: Script, body: Body) -> Iterator[Edge]:
    for used in body.calls:
        made = used.value
        if isinstance(made, Made):
            yield from _edges_of(script, made.callee, made, used.line, used.times)
    for used in body.handed_on:
        # what it is handed to may call it any number of times
        yield from _edges_of(script, used.value, None, used.line, None)
    function = script.function(body.key)
    if function is not None and function.unit.kind in ("class", "server"):
        for method in script.life(function.unit):
            yield Edge(method.key, 1)


def _edges_of(
    script: Script, callee: object, made: Made | None, line: int, often: int | None
) -> Iterator[Edge]:
    if made is not None and is_named(callee, SANDBOX):
        yield Edge(None, often, Sent(None, CREATE, often, line, made))
        return
    how = _of_app(script, callee, made)
    if how:
        yield Edge(None, often, Sent(None, how, often, line, made))
        return
    found = sending(script, callee)
    if found is not None:
        target, how = found
        function = target if isinstance(target, Function) else None
        if made is None:
            number = None
        elif function is None and how == "map" and _maps_a_function(made):
            return
        else:
            number = inputs_of(made, how)
        sent = Sent(function, how, times(number, often), line, made)
        key = None if function is None else function.body.key
        yield Edge(key, sent.inputs, sent)
        return
    yield from _given(script, made, line)
    if isinstance(callee, Part) and callee.name == "local":
        callee = callee.of
    target = script.target(callee) if isinstance(callee, (Part, Local)) else None
    if isinstance(target, Function) and made is not None:
        yield Edge(target.body.key, often)
    elif isinstance(target, Local):
        yield Edge(target.key, often)
        begin = script.methods(script.bodies[target.key]).get("__init__")
        if begin is not None and made is not None:
            yield Edge(begin.key, often)


def _of_app(script: Script, callee: object, made: Made | None) -> str:
    """Say how a call costs money beside sending inputs; empty for one that does not."""
    if isinstance(callee, Part) and callee.name == "aio":
        callee = callee.of
    if isinstance(callee, Named):
        path = callee.path.removesuffix(".aio")
        base, _, name = path.rpartition(".")
        is_app = name == "deploy" and "." in base and base.rpartition(".")[2] in _APP
        return DEPLOY if path in _DEPLOYING or is_app else ""
    if not isinstance(callee, Part):
        return ""
    if callee.name == "deploy":
        app = callee.of
        return DEPLOY if isinstance(app, Made) and is_named(app.callee, APPS) else ""
    given = {} if made is None else made.keywords
    if callee.name in _KEEPING and not _is_other(script, callee.of):
        kept = [fold for name, fold in given.items() if name in _KEPT]
        kept += [] if made is None else made.arguments
        return KEEP if any(one not in (None, 0) for fold in kept for one in fold.choices) else ""
    if callee.name in _BUILDING and "gpu" in given and given["gpu"].only is not None:
        begin = root(callee.of)
        return BUILD if isinstance(begin, Named) and begin.path.startswith("modal.") else ""
    return ""


def _given(script: Script, made: Made | None, line: int) -> Iterator[Edge]:
    """Give what a function may do with functions of Modal that it is given: anything."""
    for function in _functions_in(script, made):
        if not function.is_entrypoint:
            yield Edge(function.body.key, None, Sent(function, "given", None, line, made))


def _functions_in(script: Script, made: Made | None) -> Iterator[Function]:
    """Give the functions among the arguments of a call, and those of objects among them."""
    if made is None or script.registers(made):
        return
    for fold in (*made.arguments, *made.keywords.values()):
        for choice in fold.choices:
            inner = choice.items if isinstance(choice, Items) else None
            listed = (choice,) if inner is None else [one.only for one in inner[:_MOST_GIVEN]]
            for one in listed:
                if isinstance(one, Made) and isinstance(one.callee, Local):
                    unit = script.units.get(one.callee.key)
                    yield from () if unit is None else script.runs(unit)
                elif isinstance(one, (Local, Part)):
                    target = script.target(one)
                    if isinstance(target, Function):
                        yield target


def _maps_a_function(made: Made) -> bool:
    """Say whether a call is `items.map(function)`, as of a data set."""
    first = made.argument(0, "function") or Fold(())
    return not first.choices or any(
        isinstance(one, (Local, Lambda, Part, Named)) for one in first.choices
    )


def reached(script: Script, starts: Iterable[str]) -> list[Sent]:
    """Give all that is sent when bodies run, each once, with what these start in turn."""
    out: dict[str, list[Edge]] = {}
    before: dict[str, int] = {}
    begun = [key for key in dict.fromkeys((SCRIPT, *starts)) if key in script.bodies]
    pending = deque(begun)
    while pending:
        key = pending.popleft()
        if key in out:
            continue
        out[key] = edges(script, script.bodies[key])
        for edge in out[key]:
            if edge.target is not None:
                before[edge.target] = before.get(edge.target, 0) + 1
                pending.append(edge.target)
    runs: dict[str, int | None] = {key: int(key in begun) for key in out}
    ready = deque(key for key in out if not before.get(key))
    done: set[str] = set()
    while ready:
        key = ready.popleft()
        done.add(key)
        for edge in out[key]:
            if edge.target is None:
                continue
            more, had = times(runs[key], edge.times), runs[edge.target]
            runs[edge.target] = None if more is None or had is None else had + more
            before[edge.target] -= 1
            if not before[edge.target]:
                ready.append(edge.target)
    # what starts itself again runs who knows how often
    return [
        edge.sent.often(runs[key] if key in done else None)
        for key, found in out.items()
        for edge in found
        if edge.sent is not None
    ]


def _own(functions: Sequence[Function]) -> list[Function]:
    """Give the functions that stand in the script itself, or all where none does."""
    return [one for one in functions if not one.body.is_imported] or [*functions]


def starts(script: Script, name: str | None) -> tuple[tuple[Function, ...], str]:
    """Give what `modal run` starts of a script, and what cannot be known of that.

    Source: `cli/import_refs.py`: the only entrypoint, else the only function.
    """
    usable = [one for one in script.functions if not script.is_web_method(one)]
    usable = _own(usable or script.functions)
    if name:
        short = name
        if short.partition(".")[2] and short.partition(".")[0] not in script.bodies:
            short = short.partition(".")[2]  # `app.train`
        named = _own([one for one in script.functions if short in (one.name, one.unit.name)])
        if named:
            return tuple(named), ""
        usable_names = ", ".join(f"`{one.name}`" for one in usable)
        return tuple(usable), f"there is no function `{name}` in it, only {usable_names or 'none'}"
    entrypoints = tuple(_own(script.entrypoints) or usable)
    if not entrypoints:
        return (), "no function of Modal is to be seen in it"
    if len(entrypoints) == 1:
        return entrypoints, ""
    return entrypoints, f"it has {len(entrypoints)} functions to start, and none is named"
