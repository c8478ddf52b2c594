"""What the rules ask of units: whether they have a GPU, what runs in them, what is called there."""

from __future__ import annotations

from kei_gates.lint import gpus
from kei_gates.lint.reach import inside
from kei_gates.lint.values import UNKNOWN, Made, Named, Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.lint.bodies import Body
    from kei_gates.lint.registered import Unit
    from kei_gates.lint.script import Script
    from kei_gates.lint.values import Fold


def has_gpu(unit: Unit) -> bool:
    """Say whether a unit surely asks for a GPU: by its name, or by a name of another module."""
    fold = unit.settings.get("gpu")
    if fold is None or None in fold.choices:
        return False
    known = any(gpu is not None for gpu in gpus.of(fold))
    return known or any(isinstance(choice, Named) for choice in fold.choices)


def with_gpu(script: Script) -> Iterator[Unit]:
    """Give the functions and classes with a GPU."""
    return (unit for unit in script.containers if has_gpu(unit))


def is_web(script: Script, unit: Unit) -> bool:
    """Say whether a unit is there for requests only."""
    runs = script.runs(unit)
    return unit.is_web or (bool(runs) and all(map(script.is_web_method, runs)))


def bodies(script: Script, unit: Unit) -> list[Body]:
    """Give all bodies that run in the containers of a unit."""
    key = ("bodies", unit.body.key)
    if key not in script.memo:
        own = [one.body for one in script.runs(unit)]
        script.memo[key] = inside(script, [*script.life(unit), *own])
    found: list[Body] = script.memo[key]
    return found


def seconds(unit: Unit) -> float | None:
    """Give the longest that a unit may run as its own timeout says; none where that is not known.

    Nothing is known of a unit without one either.
    """
    fold = unit.setting("timeout")
    known = [one for one in fold.choices if isinstance(one, (int, float))] if fold else []
    return max(known) if fold is not None and known and len(known) == len(fold.choices) else None


def name_of(value: object) -> str:
    """Give the path of what is called: `torch.save`, or `.save` for a method of something."""
    if isinstance(value, Part) and value.name == "aio":
        value = value.of
    if isinstance(value, Named):
        return value.path.removesuffix(".aio")
    return f".{value.name}" if isinstance(value, Part) else ""


def calls(body: Body) -> Iterator[tuple[int, str, Made]]:
    """Give the calls of a body, each with its line and the path of what is called."""
    for used in body.calls:
        if isinstance(used.value, Made):
            yield used.line, name_of(used.value.callee), used.value


def is_true(fold: Fold | None) -> bool:
    """Say whether a value is true, or may be."""
    return fold is not None and any(choice is UNKNOWN or bool(choice) for choice in fold.choices)
