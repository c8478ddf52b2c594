"""How often a day the schedule of a deployed function starts it.

Source: Modal's SDK 1.6.4 (`schedule.py`): `Cron` with the five fields of cron, `Period` with the
arguments of a `relativedelta`.
"""

from __future__ import annotations

from kei_gates.lint.registered import is_named
from kei_gates.lint.values import Made

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.lint.values import Fold

_CRON = frozenset(("modal.Cron", "modal.schedule.Cron"))
_PERIOD = frozenset(("modal.Period", "modal.schedule.Period"))
_DAY, _MOST = 86_400, 86_400
_SECONDS = {
    "years": 31_536_000, "months": 2_419_200, "weeks": 604_800, "days": _DAY, "hours": 3600,
    "minutes": 60, "seconds": 1,
}  # fmt: skip
_ORDER = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
_FIELDS = 5
_EVERY_MINUTE = 1440


def times_a_day(schedule: Fold) -> int:
    """Give how often a day a function is started at most, one where it has no schedule."""
    return max(map(_times, schedule.choices), default=1)


def _times(schedule: object) -> int:
    if schedule is None:
        return 1
    if isinstance(schedule, Made) and is_named(schedule.callee, _CRON):
        text = schedule.argument(0, "cron_string")
        return _of_cron(None if text is None else text.only)
    if isinstance(schedule, Made) and is_named(schedule.callee, _PERIOD):
        return _of_period(schedule)
    return _EVERY_MINUTE


def _of_period(made: Made) -> int:
    seconds = 0.0
    given = {**dict(zip(_ORDER, made.arguments, strict=False)), **made.keywords}
    for name, fold in given.items():
        number = fold.only
        if isinstance(number, (int, float)) and 0 < number < _MOST:
            seconds += number * _SECONDS.get(name, 0)
    return min(_MOST, -(-_DAY // max(1, int(seconds)))) if seconds else _MOST


def _of_cron(text: object) -> int:
    fields = text.split() if isinstance(text, str) else []
    if len(fields) != _FIELDS:
        return _EVERY_MINUTE
    return _values(fields[0], 60) * _values(fields[1], 24)


def _values(field: str, all_of: int) -> int:
    """Give how many values of a field are meant, at most."""
    number = 0
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if first.isdecimal() and not dash and not step:
            number += 1
            continue
        size = all_of
        if dash and first.isdecimal() and last.isdecimal() and int(first) <= int(last):
            size = int(last) - int(first) + 1
        number += -(-size // int(step)) if step.isdecimal() and int(step) else size
    return max(1, min(number, all_of))
