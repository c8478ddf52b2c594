"""The most that a launch may cost by its script, and what of that cannot be known.

How long `modal shell` may last, and that an id stands for a container that runs already: Modal's
client 1.6.4 (`cli/shell.py`). What a container has that asks for nothing: an eighth of a core and
128 MiB (modal.com/docs/guide/resources).
"""

from __future__ import annotations

from kei_gates.gates._declarations import no_price
from kei_gates.gates._estimates import CPU, Estimate, Part, container_price, dearest, gpu_price
from kei_gates.gates._wording import shorten
from kei_gates.model import Fault, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from kei_gates.gates._launches import Launch
    from kei_gates.lint.bound import Bound
    from kei_gates.lint.script import Script
    from kei_gates.lint.values import Fold

_SHELL, _SHELL_SECONDS = "shell", 3600
_DAY = 86_400
_RUNNING = ("ta-", "sb-")
# What costs nothing by itself: it works in what is paid for already, or builds without a GPU.
_FREE = frozenset(
    (
        "app promote", "app rollback", "app rollover", "container exec", "curl", "image build",
        "image pull",
    )
)  # fmt: skip
# What runs until its timeouts end it; all others run for as long as somebody uses them.
_BOUNDED = frozenset(("python", "run", "shell"))
_OF_SCRIPTS = frozenset(("deploy", "python", "run", "serve", "server deploy", "shell"))
_UNKNOWN = "..."
_DEFAULT_MILLICORES, _DEFAULT_MEBIBYTES = 125, 128


class Cost(Value):
    """What is known of a launch's cost.

    `estimate` is the most that it may cost, of which `unknown` tells what cannot be known: what is
    left out, or counted as one. `is_open` says that it uses GPUs for as long as somebody uses it,
    and the estimate is that of one input. `gpu` and `seconds` are for an example of a declaration.
    """

    __slots__ = ("estimate", "gpu", "is_open", "seconds", "unknown")

    def __init__(
        self,
        parts: tuple[Part, ...] = (),
        unknown: tuple[str, ...] = (),
        *,
        is_open: bool = False,
        gpu: str = "",
        seconds: int = 0,
    ) -> None:
        self.estimate: Final = Estimate(parts)
        self.unknown: Final = unknown
        self.is_open: Final = is_open
        self.gpu: Final = gpu
        self.seconds: Final = seconds


FREE = Cost()


def cost(launch: Launch, rates: Mapping[str, object], now: float) -> Cost:
    """Give the most that a launch costs. Raises `Fault` for a GPU without a price."""
    verb = launch.verb
    if verb in _FREE or (verb == _SHELL and launch.name.startswith(_RUNNING)):
        return FREE
    if verb not in _OF_SCRIPTS:
        return Cost(unknown=(f"what `{shorten(str(launch))}` starts, and for how long",))
    if launch.text is None:
        return Cost(unknown=(f"what `{launch.name}` says",))
    if not launch.text:
        return _shell(launch, rates, now)
    return _of_script(launch, launch.text, rates, now)


def _of_script(launch: Launch, text: str, rates: Mapping[str, object], now: float) -> Cost:
    from kei_gates.lint.bound import bounds, deploys  # noqa: PLC0415 -- only launches need it
    from kei_gates.lint.script import read  # noqa: PLC0415 -- the same

    try:
        script = read(text, launch.find, launch.words)
    except ValueError as error:
        return Cost(unknown=(f"what `{launch.name}` says: {error}",))
    is_bounded = launch.verb in _BOUNDED
    parts: list[Part] = []
    unknown: list[str] = []
    gpus: list[str] = []
    seconds = 0
    found = []
    if is_bounded:
        found = [(*one, False) for one in bounds(script, launch.function)]
    if not is_bounded or deploys(script, launch.function):
        found += [(*one, True) for one in bounds(script, deployed=True)]
    for name, most, is_deployed in found:
        gpus += [_UNKNOWN] if most.gpus is None else most.gpus
        seconds = max(seconds, most.seconds or 0)
        for bound in _of_day(script, name, most) if is_deployed else (_of_run(launch, most),):
            unknown += bound.unknown
            parts += _parts(bound, rates, now)
            parts += _machine(script, name, bound, unknown, rates, now)
    return Cost(
        tuple(part for part in parts if part.cents),
        tuple(dict.fromkeys(unknown)),
        is_open=any(most.gpus != () for _, most, is_deployed in found if is_deployed),
        gpu=next((gpu for gpu in gpus if gpu != _UNKNOWN), "" if gpus else CPU),
        seconds=_SHELL_SECONDS if launch.verb == _SHELL else seconds,
    )


def _of_run(launch: Launch, bound: Bound) -> Bound:
    return _one_input(bound, _SHELL_SECONDS) if launch.verb == _SHELL else bound


def _of_day(script: Script, name: str, bound: Bound) -> list[Bound]:
    """Give the bounds of what a deployed function does in a day without being asked.

    That are the inputs of its schedule, or one that somebody sends, and what is kept ready.
    """
    from kei_gates.lint.schedules import times_a_day  # noqa: PLC0415 -- only launches need it

    unit = next((one.unit for one in script.functions if one.name == name), None)
    schedule = None if unit is None else unit.setting("schedule")
    found = [_one_input(bound, None, 1 if schedule is None else times_a_day(schedule))]
    if bound.warm is None:
        said = (f"how many containers of `{name}` are kept running",)
        found.append(_one_input(bound, _DAY, 0, said))
    elif bound.warm:
        found.append(_one_input(bound, _DAY, bound.warm))
    return found


def _one_input(
    bound: Bound, seconds: int | None, inputs: int = 1, said: tuple[str, ...] = ()
) -> Bound:
    """Give the bound of one input; how many there are is not known anyway, and is not said."""
    from kei_gates.lint.bound import Bound as Bounded  # noqa: PLC0415 -- only launches need it

    if bound.inputs is not None or bound.gpus is None:
        said += bound.unknown
    return Bounded(
        gpus=bound.gpus,
        count=bound.count,
        seconds=seconds or bound.seconds,
        attempts=1,
        inputs=inputs,
        cluster=bound.cluster,
        unknown=said,
    )


def _parts(bound: Bound, rates: Mapping[str, object], now: float) -> list[Part]:
    """Give the part of a function's GPUs; what is not known counts once, or not at all."""
    if not bound.gpus:
        return []
    prices = {}
    for name in bound.gpus:
        price = gpu_price(name, rates, now)
        if price is None:
            raise no_price(name, rates)
        prices[price] = name
    price = dearest(prices)
    count = _or_one(bound.count)
    return [Part(prices[price], count, bound.seconds or 0, price, _factors(bound))]


def _machine(  # noqa: PLR0913, PLR0917 -- what it looks at, and where it says what it cannot know
    script: Script,
    name: str,
    bound: Bound,
    unknown: list[str],
    rates: Mapping[str, object],
    now: float,
) -> list[Part]:
    """Give the part of a function's cores and memory: with a GPU, only where it asks for them."""
    unit = next((one.unit for one in script.functions if one.name == name), None)
    cpu, memory = (None if unit is None else unit.setting(name) for name in ("cpu", "memory"))
    if bound.gpus != () and cpu is None and memory is None:
        return []
    cores, mebibytes = _most(cpu), _most(memory)
    for number, what in ((cores, "cores"), (mebibytes, "memory")):
        if number is None:
            unknown.append(f"how much {what} `{name}` asks for")
    price = container_price(
        _DEFAULT_MILLICORES if not cores else round(cores * 1000),
        _DEFAULT_MEBIBYTES if not mebibytes else round(mebibytes),
        rates,
        now,
    )
    if price is None:
        raise Fault(
            "no price of CPU and memory is known",
            "let the person add `cpu-core` and `memory-gib` to `[rates]` of their policy",
        )
    return [Part(CPU, 1, bound.seconds or 0, price, _factors(bound))]


def _most(fold: Fold | None) -> float | None:
    """Give the largest number that a setting may be; nothing where it is not set."""
    if fold is None:
        return 0
    from kei_gates.lint.values import Items  # noqa: PLC0415 -- only launches need it

    found: list[float] = [0]
    for choice in fold.choices:
        if isinstance(choice, Items):  # how much at least, and how much at most
            if choice.items is None:
                return None
            inner = [_most(item) for item in choice.items]
            if None in inner:
                return None
            found += [one for one in inner if one is not None]
        elif isinstance(choice, (int, float)) and not isinstance(choice, bool):
            found.append(choice)
        elif choice is not None:
            return None
    return max(found)


def _factors(bound: Bound) -> tuple[tuple[int, str], ...]:
    return (
        (_or_one(bound.cluster), "containers"),
        (_or_one(bound.attempts), "attempts"),
        (_or_one(bound.inputs), "inputs"),
    )


def _or_one(number: int | None) -> int:
    return 1 if number is None else max(number, 0)


def _shell(launch: Launch, rates: Mapping[str, object], now: float) -> Cost:
    """Give the cost of a shell that no script describes: its options do."""
    from kei_gates.lint import gpus  # noqa: PLC0415 -- only launches need it
    from kei_gates.lint.bound import Bound as Bounded  # noqa: PLC0415 -- the same

    asked = launch.command.options.value("gpu")
    if launch.command.options.has("gpu") and asked is None:
        return Cost(unknown=("which GPU is asked for",))
    gpu = gpus.parse(asked) if asked else None
    bound = Bounded(
        gpus=(gpu.name,) if gpu else (),
        count=gpu.count if gpu else 0,
        seconds=_SHELL_SECONDS,
        inputs=1,
    )
    parts = _parts(bound, rates, now)
    cores, memory = (_number(launch, name) for name in ("cpu", "memory"))
    price = container_price(
        round((cores or 0) * 1000) or _DEFAULT_MILLICORES,
        round(memory or 0) or _DEFAULT_MEBIBYTES,
        rates,
        now,
    )
    if price is not None and (not parts or cores or memory):
        parts.append(Part(CPU, 1, _SHELL_SECONDS, price))
    return Cost(tuple(parts), gpu=gpu.name if gpu else "", seconds=_SHELL_SECONDS)


def _number(launch: Launch, name: str) -> float | None:
    """Give the number that an option gives; none where it gives none."""
    value = launch.command.options.value(name)
    try:
        return float(value) if value else None
    except ValueError:
        return None
