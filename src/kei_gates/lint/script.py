"""What a Modal script says of its apps and functions."""

from __future__ import annotations

from kei_gates.lint import tree
from kei_gates.lint.registered import (
    APPS,
    LIFE,
    OPTIONS,
    WEB,
    Function,
    Unit,
    is_deployed,
    is_named,
    is_runnable,
    of_modal,
    registers,
)
from kei_gates.lint.values import (
    ANYTHING,
    LONGEST_CHAIN,
    Fold,
    Local,
    Made,
    Part,
    just,
)
from kei_gates.lint.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, Final

    from kei_gates.lint.bodies import Body, Used
    from kei_gates.lint.registered import UnitKind
    from kei_gates.lint.walk import Find


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
                kind = registers(made)
                if kind is not None and isinstance(made, Made) and body.key not in self.units:
                    self._add(body, kind, made)

    def _of_call(self, used: Used) -> None:
        """Take note of `app.function(...)(f)`."""
        made = used.value
        if not isinstance(made, Made) or not made.arguments:
            return
        kind, given = registers(made.callee), made.arguments[0].only
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
        names = [of_modal(decorator.only) for decorator in body.decorators]
        clustered = [
            decorator.only.argument(0, "size") or ANYTHING
            for decorator in body.decorators
            if isinstance(decorator.only, Made) and of_modal(decorator.only) == "clustered"
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
            is_web=kind == "server" or any(name in WEB for name in names),
            is_generator=generator is True or (generator is not False and body.is_generator),
        )

    def _runnable(self) -> Iterator[Function]:
        for unit in self.units.values():
            if unit.kind != "class":
                yield Function(unit.body, unit)
                continue
            for method in self.methods(unit.body).values():
                if is_runnable(method):
                    yield Function(method, unit)

    # --- what can be asked --------------------------------------------------------------------

    @property
    def apps(self) -> tuple[Made, ...]:
        """The apps that the script makes."""
        return tuple(
            used.value
            for body in self.bodies.values()
            for used in body.calls
            if isinstance(used.value, Made) and is_named(used.value.callee, APPS)
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
        return tuple(Function(method, unit) for method in methods if is_runnable(method))

    def is_web_method(self, function: Function) -> bool:
        """Whether a function answers requests."""
        names = [of_modal(decorator.only) for decorator in function.body.decorators]
        return function.unit.is_web or any(name in WEB for name in names)

    def is_plain_class(self, local: Local) -> bool:
        """Whether something is a class of the script that has nothing to do with Modal."""
        body = self.bodies[local.key]
        return body.is_class and not any(map(is_runnable, self.methods(body).values()))

    @staticmethod
    def registers(made: Made) -> bool:
        """Whether a call makes a function of Modal of what it is given."""
        return registers(made) is not None or registers(made.callee) is not None

    def life(self, unit: Unit) -> tuple[Body, ...]:
        """Give the methods of a class that run with each of its containers."""
        return tuple(
            method
            for method in self.methods(unit.body).values()
            if any(of_modal(one.only) in LIFE for one in method.decorators)
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
                if value.callee.name not in OPTIONS:
                    return None
                options.append(value)
                value = value.callee.of
            elif isinstance(value, Made) and registers(value.callee) and value.arguments:
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
        return Function(method, unit) if is_runnable(method) else None

    def image(self, unit: Unit) -> Fold:
        """Give the image of a unit: its own, else that of its app."""
        own = unit.setting("image")
        if own is not None and own.only is not None:
            return own
        app = unit.app
        if isinstance(app, Made) and is_named(app.callee, APPS):
            return app.argument(-1, "image") or just(None)
        return ANYTHING


def read(text: str, find: Find | None = None, words: Sequence[str | None] | None = None) -> Script:
    """Read a script. Raises `ScriptError`, a `ValueError`, for what cannot be read.

    `find` gives the modules that it imports, as `Walker` says; without it they are not known.
    `words` are what `modal run` starts it with, none where nobody knows.
    """
    return Script(walk(tree.parse(text), find, words).bodies, text)
