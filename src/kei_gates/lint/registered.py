"""What a script registers with its apps: functions, classes, servers, entrypoints.

Source: Modal's Python SDK 1.6.4 (`app.py`, `_partial_function.py`, `_functions.py`, `cls.py`) and
the names that earlier ones had (`Stub`, `keep_warm`, `concurrency_limit`, `web_endpoint`).
"""

from __future__ import annotations

from kei_gates.lint.values import (
    ANYTHING,
    UNKNOWN,
    Fold,
    Made,
    Named,
    Part,
)
from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final, Literal

    from kei_gates.lint.bodies import Body

    UnitKind = Literal["function", "class", "server", "entrypoint"]

APPS = frozenset(("modal.App", "modal.Stub", "modal.app.App", "modal.stub.Stub"))
_REGISTER: Final[dict[str, UnitKind]] = {
    "function": "function",
    "cls": "class",
    "server": "server",
    "local_entrypoint": "entrypoint",
}
WEB = frozenset(("asgi_app", "wsgi_app", "web_server", "web_endpoint", "fastapi_endpoint"))
LIFE = frozenset(("enter", "exit"))
_RUNNABLE = frozenset(("method", *WEB))
OPTIONS = frozenset(("with_options", "with_concurrency", "with_batching"))
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


def is_runnable(method: Body) -> bool:
    """Say whether a method of a class can be run by itself."""
    return any(of_modal(decorator.only) in _RUNNABLE for decorator in method.decorators)


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


def registers(value: object) -> UnitKind | None:
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


def of_modal(value: object) -> str:
    """Give the name of a decorator of Modal's, empty for others."""
    named = value.callee if isinstance(value, Made) else value
    if not isinstance(named, Named):
        return ""
    base, _, name = named.path.rpartition(".")
    return name if f"{base}." in _DECORATORS else ""
