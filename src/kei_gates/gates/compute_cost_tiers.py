"""Deny paid launches of which nobody knows the cost, and ask about those that cost much.

What it does: estimates every `modal run`, `deploy`, `serve` and `shell` as GPUs x hours x price,
from the script (GPU, `timeout=`, retries, inputs) and from what the agent has declared; the larger
of the two counts. Below `ask-from` dollars it passes, from there on a person is asked, and above
`stop-from` with a STOP. What a day's launches add up to, over all sessions, is kept in a ledger,
and a person is asked about any launch that would pass `per-day`. Without a declaration a script
that does not tell is denied, and a deployment with a GPU is asked about: nothing bounds it.
Why: prices that were guessed and retries that were billed again cost a day's session many times
what it was thought to.
Instead: say `kei-gates cost declare "2 x 1.5h H100"` before the launch, and keep it small: lower
`timeout=`, `retries=`, the number of inputs, or take a cheaper GPU.
"""

from __future__ import annotations

from kei_gates.gates._launches import elsewhere, hidden, launches, may_launch
from kei_gates.gates._wording import shorten
from kei_gates.model import Abstain, Ask, Deny, Fault, Value
from kei_gates.model import Params as BaseParams
from kei_gates.particulars import Charge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.gates._declarations import Declared
    from kei_gates.gates._estimates import Estimate
    from kei_gates.gates._launch_costs import Cost
    from kei_gates.gates._launches import Launch
    from kei_gates.model import Event, Verdict


class Params(BaseParams):
    """Dollars: from when a person is asked, above what with a STOP, and how much for a day."""

    ask_from: float = 5.0
    stop_from: float = 20.0
    per_day: float = 20.0

    @classmethod
    def flaw(cls, values: dict[str, float]) -> str | None:  # type: ignore[override]  # narrower
        """Refuse amounts that are none, and a STOP below the question."""
        for name, value in values.items():
            if not 0 <= value < _MOST:
                return f"`{name.replace('_', '-')}` is an amount in dollars, not {value}"
        ask_from = values.get("ask_from", cls.ask_from)
        if ask_from > values.get("stop_from", max(cls.stop_from, ask_from)):
            return "`ask-from` is more than `stop-from`"
        return None


_MOST = 1_000_000.0
_MODAL = "modal"
_LOWER = "lower `timeout=`, `retries=`, the inputs or the GPU"
_EXAMPLE_GPU, _EXAMPLE_SECONDS = "H100", 3600


def check(event: Event, params: Params) -> Verdict:
    """Estimate every launch of the call, and judge their sum."""
    unknown = None
    found: tuple[Launch, ...] = ()
    if may_launch(event):
        unknown, found = hidden(event), launches(event)
    if unknown is not None:
        return unknown
    found += elsewhere(event)
    if not found:
        return Abstain()
    from kei_gates.gates._declarations import Declared  # noqa: PLC0415 -- the same

    counted = []
    try:
        declared = Declared(event, found)
        for group in _alternatives(found, event):
            one = _dearest(group, declared, event)
            if isinstance(one, Deny):
                return one
            counted.append(one)
    except Fault as error:
        return Deny(error.reason, error.remedy)
    return _tier(counted, event, params)


def _alternatives(found: tuple[Launch, ...], event: Event) -> list[list[Launch]]:
    """Put together what one command may be: how often it is launched is told for all of them.

    A command in a loop, or with a word that may be one of several, is found once for each. What a
    script or a text runs is found in one place, too, and is not the same command.
    """
    groups: dict[object, list[Launch]] = {}
    for launch in found:
        invocation = launch.invocation
        is_one = _SINGLE.issuperset(invocation.via) and (
            event.source(invocation.span).count(_MODAL) == 1
        )
        key = invocation.span if is_one else id(launch)
        groups.setdefault(key, []).append(launch)
    return list(groups.values())


# Programs that run the one command that stands in their words.
_SINGLE = frozenset(
    (
        "caffeinate", "command", "conda", "direnv", "env", "exec", "hatch", "ionice", "mise",
        "nice", "nohup", "pdm", "pipx", "pixi", "poetry", "rye", "setsid", "stdbuf", "sudo",
        "time", "timeout", "uv", "uvx",
    )
)  # fmt: skip


def _dearest(group: list[Launch], declared: Declared, event: Event) -> Counted | Deny:
    """Estimate the dearest of what one command may be."""
    from kei_gates.gates._launch_costs import cost  # noqa: PLC0415 -- only launches need it

    known = [cost(launch, event.facts.rates, event.facts.now) for launch in group]
    is_needed = any(one.unknown or one.is_open for one in known) or group[0].times is None
    said = _said(group, declared, event, is_needed=is_needed)
    found: list[Counted] = []
    for launch, one in zip(group, known):  # noqa: B905 -- one for each
        counted = _count(launch, one, said)
        if isinstance(counted, Deny):
            return counted
        found.append(counted)
    return max(found, key=lambda counted: (counted.estimate.careful, counted.is_open))


class Counted(Value):
    """A launch with its estimate; `is_open` says that nothing bounds it."""

    __slots__ = ("estimate", "is_open", "launch", "notes")

    def __init__(
        self, launch: Launch, estimate: Estimate, notes: tuple[str, ...] = (), *, is_open: bool
    ) -> None:
        self.launch: Final = launch
        self.estimate: Final = estimate
        self.notes: Final = notes
        self.is_open: Final = is_open

    @property
    def name(self) -> str:
        """The launch for people."""
        return f"`{shorten(self.launch.name or str(self.launch))}`"


def _count(launch: Launch, known: Cost, said: Estimate | None) -> Counted | Deny:
    """Estimate a launch by its script and by what was declared; deny what nobody can tell."""
    unknown = known.unknown
    if launch.times is None:
        unknown = (*unknown, "how often it is launched")
    allowed = _often(known.estimate, launch.times)
    if said is None:
        if unknown:
            return _undeclared(launch, known, unknown)
        return Counted(launch, allowed, is_open=known.is_open)
    expected = _often(said, launch.times)
    if allowed.careful <= expected.careful:
        return Counted(launch, expected, is_open=False)
    from kei_gates.gates._estimates import dollars  # noqa: PLC0415 -- only launches need it

    note = f"the script allows more than the declared {dollars(expected.cents)}"
    return Counted(launch, allowed, (note,), is_open=False)


def _said(
    group: list[Launch], declared: Declared, event: Event, *, is_needed: bool
) -> Estimate | None:
    """Give what was declared for a launch. Raises `Fault` where that has to be known and is not."""
    from kei_gates.gates._declarations import parse  # noqa: PLC0415 -- only launches need it

    text = next((one.declared for one in group if one.declared is not None), None)
    if text is None:
        try:
            found = [declared.take(launch.invocation) for launch in group]
        except Fault:
            if is_needed:
                raise
            return None
        text = next((one for one in found if one is not None), None)
    return None if text is None else parse(text, event.facts.rates, event.facts.now)


def _often(estimate: Estimate, times: int | None) -> Estimate:
    """Give the estimate of a number of launches; that of one where the number is not known."""
    if times is None or times == 1:
        return estimate
    from kei_gates.gates._estimates import Estimate as Sum  # noqa: PLC0415 -- the same

    return Sum(tuple(part.often(times, "launches") for part in estimate.parts))


def _undeclared(launch: Launch, known: Cost, unknown: tuple[str, ...]) -> Deny:
    from kei_gates.gates._estimates import duration  # noqa: PLC0415 -- only launches need it

    time = duration(known.seconds or _EXAMPLE_SECONDS).replace(" ", "")
    example = f'kei-gates cost declare "1 x {time} {known.gpu or _EXAMPLE_GPU}"'
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    return Deny(
        f"nobody can tell what `{shorten(str(launch))}` may cost without knowing "
        f"{', and '.join(unknown[:_SHOWN])}{more}",
        f"declare it before the launch, as in `{example}`, or make the script say it",
    )


_SHOWN = 4


def _tier(counted: list[Counted], event: Event, params: Params) -> Verdict:
    """Let pass what is cheap, and ask a person about the rest."""
    from kei_gates.gates._estimates import Estimate as Sum  # noqa: PLC0415 -- only launches need it
    from kei_gates.gates._estimates import dollars  # noqa: PLC0415 -- the same

    total = Sum(tuple(part for one in counted for part in one.estimate.parts))
    is_open = any(one.is_open for one in counted)
    if not total.parts and not is_open:
        return Abstain()
    ask_from, stop_from, per_day = (
        round(amount * 100) for amount in (params.ask_from, params.stop_from, params.per_day)
    )
    charges = tuple(
        Charge(one.estimate.cents, one.estimate.formula, one.name)
        for one in counted
        if one.estimate.parts
    )
    spent = event.facts.spent()
    passes_day = spent + total.careful > per_day
    if total.careful < ask_from and not passes_day and not is_open:
        return Abstain(charges=charges)
    names = " and ".join(dict.fromkeys(one.name for one in counted))
    reason = (
        f"{'STOP: ' if total.careful > stop_from else ''}{total} for {names}, today so far "
        f"{dollars(spent)} of {dollars(per_day)}, headroom {dollars(max(per_day - spent, 0))}"
    )
    notes = [note for one in counted for note in one.notes] + [*total.stale]
    if passes_day:
        notes.append("it would pass the day's cap")
    if is_open:
        notes.append("that is for one input, and nothing bounds how many there will be")
    return Ask(
        ": ".join((reason, ", ".join(notes))) if notes else reason,
        f"{_LOWER}{', or declare what is to be expected' if is_open else ''}, or let the person "
        "decide",
        target=f"launch of {names} for {dollars(total.cents)}",
        charges=charges,
    )
