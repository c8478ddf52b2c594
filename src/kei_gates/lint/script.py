"""What a Modal script says of its apps and functions.

Source: Modal's Python SDK 1.6.4 (`app.py`, `_partial_function.py`, `_functions.py`, `cls.py`) and
the names that earlier ones had (`Stub`, `keep_warm`, `concurrency_limit`, `web_endpoint`).
"""

from __future__ import annotations

from kei_gates.lint import tree
from kei_gates.lint.values import (
    ANYTHING,
    LONGEST_CHAIN,
    UNKNOWN,
    Fold,
    Local,
    Made,
    Named,
    Part,
    just,
)
from kei_gates.lint.walk import Body, Used, walk
from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Final, Literal

    UnitKind = Literal["function", "class", "server", "entrypoint"]

_APPS = frozenset(("modal.App", "modal.Stub", "modal.app.App", "modal.stub.Stub"))
_REGISTER: Final[dict[str, UnitKind]] = {
    "function": "function",
    "cls": "class",
    "server": "server",
    "local_entrypoint": "entrypoint",
}
_WEB = frozenset(("asgi_app", "wsgi_app", "web_server", "web_endpoint", "fastapi_endpoint"))
_LIFE = frozenset(("enter", "exit"))
_RUNNABLE = frozenset(("method", *_WEB))
_OPTIONS = frozenset(("with_options", "with_concurrency", "with_batching"))
_DECORATORS = ("modal.", "modal.partial_function.", "modal.experimental.")


class Unit(Value):
    """What Modal runs in containers of one kind: a function, a class, a server; or an entrypoint.

    `settings` are the arguments of its decorator, `is_open` says that there may be more of them.
    `app` is the value of the app, `cluster` how many containers work together,
    `given_at` the line of its decorator.
    """

    __slots__ = (
        "app", "body", "cluster", "given_at", "is_generator", "is_open", "is_web", "kind",
        "settings",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        body: Body,
        kind: UnitKind,
        app: object,
        settings: Mapping[str, Fold],
        *,
        is_open: bool = False,
        cluster: Fold,
        given_at: int,
        is_web: bool = False,
        is_generator: bool = False,
    ) -> None:
        self.body: Final = body
        self.kind: Final = kind
        self.app: Final = app
        self.settings: Final = settings
        self.is_open: Final = is_open
        self.cluster: Final = cluster
        self.given_at: Final = given_at
        self.is_web: Final = is_web
        self.is_generator: Final = is_generator

    @property
    def name(self) -> str:
        """The name for people."""
        return self.body.name

    @property
    def line(self) -> int:
        """The line of its `def` or `class`."""
        return self.body.line

    def setting(self, *names: str) -> Fold | None:
        """Give a setting by any of its names; none where it is not set."""
        for name in names:
            if name in self.settings:
                return self.settings[name]
        return ANYTHING if self.is_open else None

    @property
    def gpu(self) -> Fold | None:
        """What is asked for as GPU; none for a unit without."""
        fold = self.setting("gpu")
        return None if fold is None or fold.only is None else fold

    def with_options(self, options: Made) -> Unit:
        """Give the unit as `with_options` changes it."""
        return Unit(
            self.body,
            self.kind,
            self.app,
            {**self.settings, **options.keywords},
            is_open=self.is_open or options.is_open,
            cluster=self.cluster,
            given_at=self.given_at,
            is_web=self.is_web,
            is_generator=self.is_generator,
        )


class Function(Value):
    """One thing that can be run: a function, a method of a class, an entrypoint."""

    __slots__ = ("body", "unit")

    def __init__(self, body: Body, unit: Unit) -> None:
        self.body: Final = body
        self.unit: Final = unit

    @property
    def name(self) -> str:
        """The name as `modal run` knows it: `train`, `Model.generate`."""
        if self.unit.kind != "class":
            return self.body.name
        return f"{self.unit.name}.{self.body.name.rpartition('.')[2]}"

    @property
    def line(self) -> int:
        """The line of its `def`."""
        return self.body.line

    @property
    def is_entrypoint(self) -> bool:
        """Whether it runs here, and not in a container."""
        return self.unit.kind == "entrypoint"


class Script:
    """A script that was read."""

    def __init__(self, bodies: Mapping[str, Body], text: str = "") -> None:
        """Take the bodies; use `read`."""
        self.bodies: Final = bodies
        self.text: Final = text
        self.units: Final[dict[str, Unit]] = {}
        # what is worked out of a body once, by who works it out
        self.memo: Final[dict[tuple[str, str], Any]] = {}
        for body in bodies.values():
            self._of_decorators(body)
        for body in bodies.values():
            for used in body.calls:
                self._of_call(used)
        self.functions: Final = tuple(self._runnable())
        self._by_key: Final = {function.body.key: function for function in self.functions}

    # --- what the script registers ------------------------------------------------------------

    def _of_decorators(self, body: Body) -> None:
        for decorator in body.decorators:
            for made in decorator.choices:
                kind = _registers(made)
                if kind is not None and isinstance(made, Made) and body.key not in self.units:
                    self._add(body, kind, made)

    def _of_call(self, used: Used) -> None:
        """Take note of `app.function(...)(f)`."""
        made = used.value
        if not isinstance(made, Made) or not made.arguments:
            return
        kind, given = _registers(made.callee), made.arguments[0].only
        for _ in range(LONGEST_CHAIN):
            if not isinstance(given, Made) or not given.arguments:
                break
            given = given.arguments[0].only
        if kind is not None and isinstance(made.callee, Made) and isinstance(given, Local):
            body = self.bodies[given.key]
            if given.key not in self.units:
                self._add(body, kind, made.callee)

    def _add(self, body: Body, kind: UnitKind, made: Made) -> None:
        callee = made.callee
        app = callee.of if isinstance(callee, Part) else callee
        names = [_of_modal(decorator.only) for decorator in body.decorators]
        clustered = [
            decorator.only.argument(0, "size") or ANYTHING
            for decorator in body.decorators
            if isinstance(decorator.only, Made) and _of_modal(decorator.only) == "clustered"
        ]
        generator = made.keywords.get("is_generator", just(None)).only
        self.units[body.key] = Unit(
            body,
            kind,
            app,
            made.keywords,
            is_open=made.is_open,
            cluster=clustered[0] if clustered else just(1),
            given_at=made.line,
            is_web=kind == "server" or any(name in _WEB for name in names),
            is_generator=generator is True or (generator is not False and body.is_generator),
        )

    def _runnable(self) -> Iterator[Function]:
        for unit in self.units.values():
            if unit.kind != "class":
                yield Function(unit.body, unit)
                continue
            for method in self.methods(unit.body).values():
                if _is_runnable(method):
                    yield Function(method, unit)

    # --- what can be asked --------------------------------------------------------------------

    @property
    def apps(self) -> tuple[Made, ...]:
        """The apps that the script makes."""
        return tuple(
            used.value
            for body in self.bodies.values()
            for used in body.calls
            if isinstance(used.value, Made) and is_named(used.value.callee, _APPS)
        )

    @property
    def entrypoints(self) -> tuple[Function, ...]:
        """The local entrypoints."""
        return tuple(one for one in self.functions if one.is_entrypoint)

    @property
    def containers(self) -> tuple[Unit, ...]:
        """All that runs in containers."""
        return tuple(unit for unit in self.units.values() if unit.kind != "entrypoint")

    def function(self, key: str) -> Function | None:
        """Give the function of a body; none where it is none that can be run."""
        return self._by_key.get(key)

    def methods(self, body: Body) -> dict[str, Body]:
        """Give the methods of a class by their names, with those of its bases in the script."""
        key = ("methods", body.key)
        if key not in self.memo:
            found: dict[str, Body] = {}
            pending, seen = [body], {body.key}
            while pending and len(seen) < LONGEST_CHAIN:
                one = pending.pop(0)
                found = one.methods | found
                more = [self.bodies[base] for base in one.bases if base not in seen]
                seen.update(base.key for base in more)
                pending += more
            self.memo[key] = found
        methods: dict[str, Body] = self.memo[key]
        return methods

    def runs(self, unit: Unit) -> tuple[Function, ...]:
        """Give what can be run of a unit: itself, or its methods."""
        if unit.kind != "class":
            return (Function(unit.body, unit),)
        methods = self.methods(unit.body).values()
        return tuple(Function(method, unit) for method in methods if _is_runnable(method))

    def is_web_method(self, function: Function) -> bool:
        """Whether a function answers requests."""
        names = [_of_modal(decorator.only) for decorator in function.body.decorators]
        return function.unit.is_web or any(name in _WEB for name in names)

    def is_plain_class(self, local: Local) -> bool:
        """Whether something is a class of the script that has nothing to do with Modal."""
        body = self.bodies[local.key]
        return body.is_class and not any(map(_is_runnable, self.methods(body).values()))

    @staticmethod
    def registers(made: Made) -> bool:
        """Whether a call makes a function of Modal of what it is given."""
        return _registers(made) is not None or _registers(made.callee) is not None

    def life(self, unit: Unit) -> tuple[Body, ...]:
        """Give the methods of a class that run with each of its containers."""
        return tuple(
            method
            for method in self.methods(unit.body).values()
            if any(_of_modal(one.only) in _LIFE for one in method.decorators)
        )

    def target(self, value: object) -> Function | Local | Made | None:
        """Give what a value means: a function of Modal, one of the script, one of another app.

        None is nothing of the kind. A function is given as `with_options` has changed it.
        """
        names: list[str] = []
        options: list[Made] = []
        for _ in range(LONGEST_CHAIN):
            if isinstance(value, Part):
                names.append(value.name)
                value = value.of
            elif isinstance(value, Made) and is_deployed(value):
                return value
            elif isinstance(value, Made) and isinstance(value.callee, Part):
                if value.callee.name not in _OPTIONS:
                    return None
                options.append(value)
                value = value.callee.of
            elif isinstance(value, Made) and _registers(value.callee) and value.arguments:
                value = value.arguments[0].only
            elif isinstance(value, Made):
                value = value.callee
                if isinstance(value, Local) and not self.bodies[value.key].is_class:
                    return None  # what a function gives is not known
            else:
                break
        return self._local(value, names, options) if isinstance(value, Local) else None

    def _local(
        self, local: Local, names: list[str], options: list[Made]
    ) -> Function | Local | None:
        body = self.bodies[local.key]
        if names and body.is_class:
            method = self.methods(body).get(names[-1])
            if method is None:
                return None
            function = self._method(body, method)
            body, names = method, names[:-1]
        else:
            function = self._by_key.get(body.key)
        if names:
            return None
        if function is None:
            return Local(body.key)
        unit = function.unit
        for one in reversed(options):
            unit = unit.with_options(one)
        return Function(function.body, unit)

    def _method(self, body: Body, method: Body) -> Function | None:
        unit = self.units.get(body.key)
        if unit is None:
            return self._by_key.get(method.key)
        return Function(method, unit) if _is_runnable(method) else None

    def image(self, unit: Unit) -> Fold:
        """Give the image of a unit: its own, else that of its app."""
        own = unit.setting("image")
        if own is not None and own.only is not None:
            return own
        app = unit.app
        if isinstance(app, Made) and is_named(app.callee, _APPS):
            return app.argument(-1, "image") or just(None)
        return ANYTHING


def _is_runnable(method: Body) -> bool:
    return any(_of_modal(decorator.only) in _RUNNABLE for decorator in method.decorators)


def is_named(value: object, paths: frozenset[str]) -> bool:
    """Say whether a value is one of some named things."""
    return isinstance(value, Named) and value.path in paths


def is_deployed(made: Made) -> bool:
    """Say whether a call looks up a function or class of an app that is deployed."""
    return isinstance(made.callee, Named) and made.callee.path in _LOOKS_UP


_LOOKS_UP = frozenset(
    f"modal.{kind}.{name}"
    for kind in ("Function", "Cls", "Server", "functions.Function", "cls.Cls")
    for name in ("from_name", "lookup", "from_id")
)


def _registers(value: object) -> UnitKind | None:
    """Say what a call registers with an app, when it stands as a decorator."""
    if not isinstance(value, Made):
        return None
    callee = value.callee
    if isinstance(callee, Part):
        of = callee.of
        is_app = of is UNKNOWN or isinstance(of, (Made, Part))
        return _REGISTER.get(callee.name) if is_app else None
    if isinstance(callee, Named):  # an app of another module
        base, _, name = callee.path.rpartition(".")
        return _REGISTER.get(name) if base and base != "builtins" else None
    return None


def _of_modal(value: object) -> str:
    """Give the name of a decorator of Modal's, empty for others."""
    named = value.callee if isinstance(value, Made) else value
    if not isinstance(named, Named):
        return ""
    base, _, name = named.path.rpartition(".")
    return name if f"{base}." in _DECORATORS else ""


def read(text: str) -> Script:
    """Read a script. Raises `ScriptError`, a `ValueError`, for what cannot be read."""
    return Script(walk(tree.parse(text)).bodies, text)
