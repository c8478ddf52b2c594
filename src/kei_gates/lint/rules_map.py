"""The rule on fanning out: M8."""

from __future__ import annotations

from kei_gates.lint.finding import Found, Rule
from kei_gates.lint.reach import sending
from kei_gates.lint.registered import Function
from kei_gates.lint.units import has_gpu, is_true
from kei_gates.lint.values import Made

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.lint.script import Script

# The argument of each method that keeps one failure from ending all.
_KEEPS = {
    "map": "return_exceptions",
    "starmap": "return_exceptions",
    "for_each": "ignore_exceptions",
}


def cascade(script: Script) -> Iterator[Found]:
    """Give each map over a function with a GPU that one failure ends."""
    for body in script.bodies.values():
        for used in body.calls:
            made = used.value
            if not isinstance(made, Made) or made.is_open:
                continue
            found = sending(script, made.callee)
            if found is None or found[1] not in _KEEPS:
                continue
            target, how = found
            if isinstance(target, Function):
                name = f"`{target.name}`"
                counts = has_gpu(target.unit)
            else:
                name = "a deployed function"
                counts = isinstance(target, Made)
            if counts and not is_true(made.keywords.get(_KEEPS[how])):
                yield Found(
                    used.line, f"one failure of {name} ends this `.{how}` with all its results"
                )


RULES = (
    Rule(
        "M8", "map-cascade",
        check=cascade,
        severity="warn",
        strict="block",
        what="`.map` or `.starmap` of a function with a GPU without `return_exceptions=True`, and "
        "`.for_each` without `ignore_exceptions=True`",
        why="the first input that fails ends the whole map, and what the others have cost is lost",
        quiet="`.map` of data sets, pools and data frames, Python's own `map`, functions without a "
        "GPU, calls with options that are not known",
        remedy="use `.spawn`, or say `return_exceptions=True` (`ignore_exceptions=True` for "
        "`.for_each`)",
    ),
)  # fmt: skip
