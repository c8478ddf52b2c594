"""The most that a launch can cost, in GPUs and seconds; prices are for others to know.

A container is paid for as long as it runs: what is counted is every input, for as long as its
timeout lets it run, and again for each retry.
"""

from __future__ import annotations

from kei_gates.lint.bodies import MAIN
from kei_gates.lint.limits import WARM, Bound, bound_of, greatest, has_gpu
from kei_gates.lint.reach import DEPLOY, KEEP, Sent, reached, starts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.lint.registered import Function
    from kei_gates.lint.script import Script

__all__ = ["Bound", "app_names", "bound", "bounds", "deploys", "fan_out", "gpu_functions"]


def bound(script: Script, function: str | None = None, *, deployed: bool = False) -> Bound:
    """Give the most that running a function costs, with all that it starts.

    Without a name it is the one that `modal run` chooses. What is `deployed` runs whenever it is
    asked for, so the number of inputs of all its functions is not known.
    """
    parts, unknown = _parts(script, function, deployed=deployed)
    bounds = [bound_of(sent) for sent in parts]
    # CPUs cost little beside GPUs; they count where there is nothing else
    with_gpu = [one for one in bounds if one.gpus is None or one.gpus]
    return _together(with_gpu or bounds, unknown)


def bounds(
    script: Script, function: str | None = None, *, deployed: bool = False
) -> tuple[tuple[str, Bound], ...]:
    """Give the bound of each function that is started, by its name: what each costs, added up."""
    parts, unknown = _parts(script, function, deployed=deployed)
    if not deployed and parts:
        parts = [*parts, *_kept(script, parts)]
    found = [(sent.function.name if sent.function else "", bound_of(sent)) for sent in parts]
    if unknown:
        found.append(("", Bound(gpus=None, inputs=None, unknown=unknown)))
    return tuple(found)


def _kept(script: Script, parts: Sequence[Sent]) -> list[Sent]:
    """Give the functions whose GPUs an app that runs keeps ready, though nothing is sent to them.

    Of those without a GPU that costs little.
    """
    started = {sent.function.unit.body.key for sent in parts if sent.function is not None}
    return [
        Sent(one, KEEP, 0, one.line, None)
        for one in script.functions
        if one.unit.body.key not in started
        and one.unit.gpu is not None
        and any(
            choice not in (None, 0)
            for name in WARM
            if name in one.unit.settings
            for choice in one.unit.settings[name].choices
        )
    ]


def deploys(script: Script, function: str | None = None) -> bool:
    """Say whether what runs of a script deploys its app, whose functions run from then on."""
    begin = (MAIN,) if function == MAIN else [one.body.key for one in starts(script, function)[0]]
    return any(sent.how == DEPLOY for sent in reached(script, begin))


def gpu_functions(script: Script, function: str | None = None) -> list[Function]:
    """Give the functions with a GPU that a launch starts, and those whose GPU is not known."""
    found = {
        sent.function.body.key: sent.function
        for sent in _parts(script, function)[0]
        if sent.function is not None and has_gpu(sent)
    }
    return list(found.values())


def fan_out(script: Script, function: str | None = None) -> int | None:
    """Give how many inputs with a GPU a launch starts; none where that is not known."""
    parts, unknown = _parts(script, function)
    if unknown:
        return None
    return _sum([sent.inputs for sent in parts if has_gpu(sent)])


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
        return _sent(script, (MAIN,)), ()
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
    found = own + _sent(script, [one.body.key for one in functions])
    return found, (doubt,) if doubt else ()


def _sent(script: Script, begin: Sequence[str]) -> list[Sent]:
    return [sent for sent in reached(script, begin) if sent.how != DEPLOY]


def _together(found: Sequence[Bound], unknown: tuple[str, ...]) -> Bound:
    said = tuple(dict.fromkeys((*unknown, *(clause for one in found for clause in one.unknown))))
    if not found:
        return Bound(gpus=None if unknown else (), unknown=said) if unknown else Bound()
    names: dict[str, None] | None = {}
    for one in found:
        names = None if names is None or one.gpus is None else names | dict.fromkeys(one.gpus)
    return Bound(
        gpus=None if names is None or unknown else tuple(names),
        count=greatest(one.count for one in found),
        seconds=greatest(one.seconds for one in found),
        attempts=greatest(one.attempts for one in found),
        inputs=_sum([one.inputs for one in found]),
        cluster=greatest(one.cluster for one in found),
        warm=_sum([one.warm for one in found]),
        unknown=said,
    )


def _sum(numbers: Sequence[int | None]) -> int | None:
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total
