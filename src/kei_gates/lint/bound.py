"""The most that a launch can cost, in GPUs and seconds; prices are for others to know.

A container is paid for as long as it runs: what is counted is every input, for as long as its
timeout lets it run, and again for each retry.
"""

from __future__ import annotations

from kei_gates.lint import gpus
from kei_gates.lint.reach import Sent, reached, starts
from kei_gates.lint.script import Function, Script, is_named
from kei_gates.lint.values import Fold, Made
from kei_gates.lint.walk import MAIN
from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Final


DEFAULT_TIMEOUT = 300
"""The seconds that a function may run where it does not say (SDK 1.6.4, `app.py`)."""
_RETRIES = frozenset(("modal.Retries", "modal.retries.Retries"))
_WARM = ("min_containers", "keep_warm")


class Bound(Value):
    """The most that is run: none stands for what is not known.

    `gpus` are all names that may be meant, in order of preference, none at all for a launch that
    has only CPUs. `count` is how many of them each container has, `seconds` how long one input may
    run, `attempts` how often each is tried, `inputs` how many there are in all, `cluster` how many
    containers work on one together. Where several functions run, each number is the greatest of
    them, and `inputs` their sum. `unknown` says for people what is not known, and what the
    environment may change: that is counted as it stands in the script.
    """

    __slots__ = ("attempts", "cluster", "count", "gpus", "inputs", "seconds", "unknown")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        gpus: tuple[str, ...] | None = (),
        count: int | None = 0,
        seconds: int | None = 0,
        attempts: int | None = 1,
        inputs: int | None = 0,
        cluster: int | None = 1,
        unknown: tuple[str, ...] = (),
    ) -> None:
        self.gpus: Final = gpus
        self.count: Final = count
        self.seconds: Final = seconds
        self.attempts: Final = attempts
        self.inputs: Final = inputs
        self.cluster: Final = cluster
        self.unknown: Final = unknown


def bound(script: Script, function: str | None = None, *, deployed: bool = False) -> Bound:
    """Give the most that running a function costs, with all that it starts.

    Without a name it is the one that `modal run` chooses. What is `deployed` runs whenever it is
    asked for, so the number of inputs of all its functions is not known.
    """
    parts, unknown = _parts(script, function, deployed=deployed)
    bounds = [_bound_of(sent) for sent in parts]
    # CPUs cost little beside GPUs; they count where there is nothing else
    with_gpu = [one for one in bounds if one.gpus is None or one.gpus]
    return _together(with_gpu or bounds, unknown)


def bounds(
    script: Script, function: str | None = None, *, deployed: bool = False
) -> tuple[tuple[str, Bound], ...]:
    """Give the bound of each function that is started, by its name: what each costs, added up."""
    parts, unknown = _parts(script, function, deployed=deployed)
    found = [(sent.function.name if sent.function else "", _bound_of(sent)) for sent in parts]
    if unknown:
        found.append(("", Bound(gpus=None, inputs=None, unknown=unknown)))
    return tuple(found)


def gpu_functions(script: Script, function: str | None = None) -> list[Function]:
    """Give the functions with a GPU that a launch starts, and those whose GPU is not known."""
    found = {
        sent.function.body.key: sent.function
        for sent in _parts(script, function)[0]
        if sent.function is not None and gpus.of(sent.function.unit.gpu)
    }
    return list(found.values())


def fan_out(script: Script, function: str | None = None) -> int | None:
    """Give how many inputs with a GPU a launch starts; none where that is not known."""
    parts, unknown = _parts(script, function)
    if unknown:
        return None
    numbers = [
        sent.inputs for sent in parts if sent.function is None or gpus.of(sent.function.unit.gpu)
    ]
    return _sum(numbers)


def app_names(script: Script) -> tuple[str, ...] | None:
    """Give the names of the apps that a script makes; none where one of them is not known."""
    found: list[str] = []
    for app in script.apps:
        name = app.argument(0, "name")
        if name is None:
            continue
        for choice in name.choices:
            if isinstance(choice, str):
                found.append(choice)
            elif choice is not None:
                return None
    return tuple(dict.fromkeys(found))


# --- what is started --------------------------------------------------------------------------


def _parts(
    script: Script, name: str | None, *, deployed: bool = False
) -> tuple[list[Sent], tuple[str, ...]]:
    """Give all inputs of a launch, and what cannot be known of which they are."""
    if name == MAIN:
        return reached(script, (MAIN,)), ()
    if deployed:
        functions, doubt = tuple(one for one in script.functions if not one.is_entrypoint), ""
        if not functions:
            doubt = "no function of Modal is to be seen in it"
    else:
        functions, doubt = starts(script, name)
    number = None if deployed else 1
    own = [
        Sent(one, "remote", number, one.line, None) for one in functions if not one.is_entrypoint
    ]
    found = own + reached(script, [one.body.key for one in functions])
    return found, (doubt,) if doubt else ()


def _together(found: Sequence[Bound], unknown: tuple[str, ...]) -> Bound:
    said = tuple(dict.fromkeys((*unknown, *(clause for one in found for clause in one.unknown))))
    if not found:
        return Bound(gpus=None if unknown else (), unknown=said) if unknown else Bound()
    names: dict[str, None] | None = {}
    for one in found:
        names = None if names is None or one.gpus is None else names | dict.fromkeys(one.gpus)
    return Bound(
        gpus=None if names is None or unknown else tuple(names),
        count=_greatest(one.count for one in found),
        seconds=_greatest(one.seconds for one in found),
        attempts=_greatest(one.attempts for one in found),
        inputs=_sum([one.inputs for one in found]),
        cluster=_greatest(one.cluster for one in found),
        unknown=said,
    )


def _greatest(numbers: Iterable[int | None]) -> int | None:
    known: list[int] = []
    for number in numbers:
        if number is None:
            return None
        known.append(number)
    return max(known)


def _sum(numbers: Sequence[int | None]) -> int | None:
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


# --- one function -----------------------------------------------------------------------------


def _bound_of(sent: Sent) -> Bound:
    function = sent.function
    if function is None:
        clause = f"line {sent.line} starts a function that the script does not define"
        return Bound(
            gpus=None, count=None, seconds=None, attempts=None, inputs=sent.inputs,
            cluster=None, unknown=(clause,),
        )  # fmt: skip
    unit = function.unit
    unknown: list[str] = []
    asked = gpus.of(unit.gpu)
    known = [gpu for gpu in asked if gpu is not None]
    if len(known) < len(asked):
        unknown.append(f"the GPU of {_where(function)}")
    counts = [gpu.count for gpu in known]
    bounded = Bound(
        gpus=tuple(dict.fromkeys(gpu.name for gpu in known)) if len(known) == len(asked) else None,
        count=None if len(known) < len(asked) else _greatest(counts or [0]),
        seconds=_seconds(function, unknown),
        attempts=_number(
            unit.setting("retries"), 0, _retries, f"the retries of {_where(function)}", unknown
        ),
        inputs=sent.inputs,
        cluster=_number(unit.cluster, 1, _plain, f"the cluster of {_where(function)}", unknown),
        unknown=(),
    )
    if sent.inputs is None:
        unknown.append(f"how many inputs `{function.name}` gets from line {sent.line}")
    unknown += _hanging(function)
    return Bound(
        gpus=bounded.gpus,
        count=bounded.count,
        seconds=bounded.seconds,
        attempts=None if bounded.attempts is None else bounded.attempts + 1,
        inputs=bounded.inputs,
        cluster=bounded.cluster,
        unknown=tuple(unknown),
    )


def _where(function: Function) -> str:
    return f"`{function.unit.name}` (line {function.unit.line})"


def _hanging(function: Function) -> list[str]:
    """Say what of a function the environment may change."""
    unit = function.unit
    said = []
    for setting, what in (("gpu", "GPU"), ("timeout", "timeout"), ("retries", "retries")):
        fold = unit.settings.get(setting)
        changes = fold.changes if fold is not None and fold.is_known else ()
        said += [
            f"the {what} of {_where(function)}, which `{name}` in the environment may change"
            for name in changes
        ]
    return said


def _seconds(function: Function, unknown: list[str]) -> int | None:
    unit = function.unit
    for name in _WARM:
        warm = unit.settings.get(name)
        if warm is not None and any(choice not in (None, 0) for choice in warm.choices):
            unknown.append(f"how long `{name}` keeps containers of {_where(function)} running")
            return None
    if unit.kind == "server":
        unknown.append(f"how long the server {_where(function)} runs")
        return None
    what = f"the timeout of {_where(function)}"
    return _number(unit.setting("timeout"), DEFAULT_TIMEOUT, _plain, what, unknown)


def _number(
    fold: Fold | None,
    default: int,
    read: Callable[[object], int | None],
    what: str,
    unknown: list[str],
) -> int | None:
    """Give the greatest number that a setting may be."""
    if fold is None:
        return default
    number = _greatest(read(choice) for choice in fold.choices)
    if number is None:
        unknown.append(what)
    return number


def _plain(choice: object) -> int | None:
    if isinstance(choice, float) and choice == choice and abs(choice) < 1e12:  # noqa: PLR0124, PLR2004 -- no NaN, no infinity
        return int(choice)
    return choice if isinstance(choice, int) and not isinstance(choice, bool) else None


def retries_of(choice: object) -> int | None:
    """Give how many retries a value asks for; none where that is not known."""
    if choice is None:
        return 0
    if isinstance(choice, Made) and is_named(choice.callee, _RETRIES):
        number = choice.argument(-1, "max_retries")
        return None if number is None else _greatest(_plain(one) for one in number.choices)
    return _plain(choice)


def _retries(choice: object) -> int | None:
    number = retries_of(choice)
    return None if number is None else max(number, 0)
