"""Rules on how often and how long: M4, M5, M6, M7."""

from __future__ import annotations

from kei_gates.lint.finding import Found, Rule
from kei_gates.lint.limits import DEFAULT_TIMEOUT, retries_of
from kei_gates.lint.units import is_web, with_gpu

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.lint.registered import Unit
    from kei_gates.lint.script import Script

_DAY = 86_400


def _never_retries(script: Script, unit: Unit) -> bool:
    """Say whether Modal refuses retries for a unit, or makes no use of them."""
    runs = script.runs(unit)
    streams = bool(runs) and all(one.body.is_generator for one in runs)
    return unit.kind == "server" or is_web(script, unit) or unit.is_generator or streams


def no_retries(script: Script) -> Iterator[Found]:
    """Give each function with a GPU that is not tried again."""
    for unit in with_gpu(script):
        fold = unit.setting("retries")
        if _never_retries(script, unit):
            continue
        if fold is None:
            yield Found(
                unit.given_at, f"`{unit.name}` has a GPU and no retries", name="retries-missing"
            )
        elif all(retries_of(choice) == 0 for choice in fold.choices):
            yield Found(
                unit.given_at, f"`{unit.name}` has a GPU and 0 retries", name="retries-zero"
            )


def illegal_retries(script: Script) -> Iterator[Found]:
    """Give each function that Modal refuses for its retries."""
    for unit in script.containers:
        fold = unit.settings.get("retries")
        if fold is None or fold.only is None:
            continue
        kind = _refused_for(unit)
        if kind:
            yield Found(unit.given_at, f"`{unit.name}` is {kind}, which may have no retries")
        elif any(choice is True or choice is False for choice in fold.choices):
            yield Found(unit.given_at, f"the retries of `{unit.name}` are no number")
        elif any((retries_of(choice) or 0) < 0 for choice in fold.choices):
            yield Found(unit.given_at, f"the retries of `{unit.name}` are less than 0")


def _refused_for(unit: Unit) -> str:
    if unit.kind == "server":
        return "a server"
    if unit.kind == "class":
        return ""
    if unit.is_web:
        return "a web function"
    return "a generator" if unit.is_generator else ""


def default_timeout(script: Script) -> Iterator[Found]:
    """Give each function with a GPU that is stopped after the default time."""
    for unit in with_gpu(script):
        if unit.kind == "function" and not unit.is_web and unit.setting("timeout") is None:
            yield Found(unit.given_at, f"`{unit.name}` is stopped after {DEFAULT_TIMEOUT} seconds")


def odd_timeout(script: Script) -> Iterator[Found]:
    """Give each timeout that Modal does not allow."""
    for unit in script.containers:
        fold = unit.settings.get("timeout")
        for choice in fold.choices if fold is not None else ():
            if choice is None:
                yield Found(unit.given_at, f"the timeout of `{unit.name}` is none")
            elif isinstance(choice, (int, float)) and not 1 <= choice <= _DAY:
                yield Found(unit.given_at, f"the timeout of `{unit.name}` is {choice} seconds")


RULES = (
    Rule(
        "M4", "retries-missing", "retries-zero",
        check=no_retries,
        severity="warn",
        strict="block",
        what="a function or class with a GPU that has no retries, or 0",
        why="a container that is lost takes the job with it, and what it has cost",
        quiet="generators, web functions and servers, which may have none; decorators with options "
        "that are not known; functions without a GPU",
        remedy="set `retries=modal.Retries(max_retries=1)`",
    ),
    Rule(
        "M5", "retries-illegal",
        check=illegal_retries,
        severity="block",
        what="retries of a generator, a web function or a server, and such as are no number",
        why="Modal refuses the script when it is imported, 0 retries too",
        quiet="classes, whose methods may be generators, and `retries=None`",
        remedy="leave `retries` out, or give a number where they are allowed",
    ),
    Rule(
        "M6", "timeout-default",
        check=default_timeout,
        severity="warn",
        what="a function with a GPU that sets no timeout",
        why="it is stopped after 300 seconds, with all that it has not saved",
        quiet="web functions, and classes, whose calls are short",
        remedy="set `timeout` to the longest that it may run, in seconds",
    ),
    Rule(
        "M7", "timeout-range",
        check=odd_timeout,
        severity="block",
        what="a timeout of less than a second or more than a day, or of `None`",
        why="Modal runs nothing for longer than a day, and refuses `None`",
        quiet="timeouts that cannot be known from the script",
        remedy="set `timeout` to between 1 and 86400 seconds",
    ),
)  # fmt: skip
