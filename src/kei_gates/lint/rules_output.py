"""The rule on what can be seen of a run: M11."""

from __future__ import annotations

from kei_gates.lint.finding import Found, Rule
from kei_gates.lint.units import bodies, calls, is_true, seconds, with_gpu
from kei_gates.lint.values import Made, Part, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.lint.registered import Unit
    from kei_gates.lint.script import Script

_LONG = 600
_PRINT = "builtins.print"
_UNBUFFERED = "PYTHONUNBUFFERED"
_MOST_LAYERS = 200


def no_flush(script: Script) -> Iterator[Found]:
    """Give the first print of each long function with a GPU that may be held back."""
    for unit in with_gpu(script):
        longest = seconds(unit)
        if longest is None or longest < _LONG or _is_unbuffered(script, unit):
            continue
        inside = bodies(script, unit)
        if any(name == "sys.stdout.reconfigure" for body in inside for _, name, _ in calls(body)):
            continue
        lines = [
            line
            for body in inside
            for line, name, made in calls(body)
            if name == _PRINT and _holds_back(made)
        ]
        if lines:
            more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
            yield Found(min(lines), f"`{unit.name}` prints without `flush=True` here{more}")


def _holds_back(made: Made) -> bool:
    return (
        not made.is_open and "file" not in made.keywords and not is_true(made.keywords.get("flush"))
    )


def _is_unbuffered(script: Script, unit: Unit) -> bool:
    """Say whether the image, the function or the secrets switch buffering off."""
    env = unit.settings.get("env")
    if env is not None and _sets(env.only):
        return True
    value = script.image(unit).only
    for _ in range(_MOST_LAYERS):
        if not isinstance(value, Made):
            break
        callee = value.callee
        is_env = isinstance(callee, Part) and callee.name == "env" and bool(value.arguments)
        if is_env and _sets(value.arguments[0].only):
            return True
        value = callee.of if isinstance(callee, Part) else None
    return False


def _sets(table: object) -> bool:
    return isinstance(table, Table) and (_UNBUFFERED in table.entries or table.is_open)


RULES = (
    Rule(
        "M11", "print-no-flush",
        check=no_flush,
        severity="advice",
        strict="block",
        what="`print` without `flush=True` in a function with a GPU that may run for ten minutes "
        "or more",
        why="what is held back is not in the log while it would help, and a run that is silent "
        "cannot be told from one that hangs",
        quiet="`PYTHONUNBUFFERED`, `functools.partial(print, flush=True)`, "
        "`sys.stdout.reconfigure`, `file=`, logging, what runs here and not in a container",
        remedy="say `flush=True`, or set `PYTHONUNBUFFERED` in the image",
    ),
)  # fmt: skip
