"""What an agent declares that a launch will cost: `2 x 1.5h H100`.

It stands before the command (`KEI_COST="2 x 1.5h H100" modal run ...`), or was said to
`kei-gates cost declare` after the launch before. Each is good for one launch.
"""

from __future__ import annotations

from kei_gates.gates._estimates import Estimate, Part, gpu_names, gpu_price
from kei_gates.gates._launches import launched_by
from kei_gates.gates._paid_launches import PROGRAMS
from kei_gates.model import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kei_gates.gates._launches import Launch
    from kei_gates.model import Event, Invocation
    from kei_gates.particulars import Past

_PROGRAM, _WORDS = "kei-gates", ("cost", "declare")
_MODAL = "modal"
_PAID = frozenset(PROGRAMS)
_RUNNING = ("python", "uv run", ".sh", ".py", "make", "just", "npm run", "sh ")
_LONGEST = 300
_RIGHT = 'write it as in `kei-gates cost declare "2 x 1.5h H100"`: how many, how long, which GPU'
_LARGEST = 100_000  # of what a declaration may count

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
# Times, counts and names of GPUs, in any order; `x` between them says nothing. The `h` of `2 h100`
# is no hour, that of `1h30m` is one; the `x` of `H100x2` ends the name, that of `RTX` does not.
_UNIT = r"(?:[dhms]|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?)"
_TIME = rf"\d+(?:\.\d+)?\s*{_UNIT}(?![A-Za-z])(?!\d+(?![\d.]|\s*[dhms]))"
_TOKEN = (
    rf"\s*(?:(?P<time>{_TIME}(?:\s*{_TIME})*)"
    r"|(?P<count>\d+)(?![\d.])"
    r"|(?P<sign>[×*,]|x(?![A-Za-z!+-])|(?<=\d)[xX]|X(?=\s)|(?:for|of|on)(?=\s))"
    r"|(?P<name>[A-Za-z](?:(?<!\d)x|[A-Za-wyz0-9!+-])*)(?::(?P<of>\d+))?)"
)


def parse(text: str, rates: Mapping[str, object], now: float) -> Estimate:
    """Read a declaration. Raises `Fault` saying how it is written."""
    if len(text) > _LONGEST:
        raise Fault("the declaration of a cost is too long", _RIGHT)
    return Estimate(tuple(_part(item.strip(), rates, now) for item in _items(text)))


def _items(text: str) -> list[str]:
    """Split at every `+` that stands alone: the name of a GPU may end in one."""
    return f" {text} ".split(" + ")


def _part(text: str, rates: Mapping[str, object], now: float) -> Part:
    from re import compile as compile_  # noqa: PLC0415 -- only a launch needs it

    if not text:
        raise Fault("a part of the declared cost is empty", _RIGHT)
    if "$" in text:
        raise Fault(
            f"`{text}` gives an amount, and nobody can see how it comes about", f"{_RIGHT}; no `$`"
        )
    token = compile_(_TOKEN)
    names: list[str] = []
    times: list[int] = []
    count, at = 1, 0
    while at < len(text):
        found = token.match(text, at)
        if found is None:
            raise Fault(f"`{text[at:]}` in the declared cost `{text}` means nothing", _RIGHT)
        at = found.end()
        times += [_seconds(found["time"])] if found["time"] else []
        count *= int(found["count"] or found["of"] or 1)
        names += [found["name"]] if found["name"] else []
    if len(names) != 1 or len(times) != 1:
        missing = "a GPU (or CPU)" if len(names) != 1 else "a time"
        raise Fault(f"the declared cost `{text}` must name {missing} once", _RIGHT)
    if not (0 < count <= _LARGEST and 0 < times[0] <= _LARGEST * _SECONDS["h"]):
        raise Fault(f"the declared cost `{text}` counts nothing, or too much", _RIGHT)
    price = gpu_price(names[0], rates, now)
    if price is None:
        raise no_price(names[0], rates)
    return Part(names[0].upper(), count, times[0], price)


def _seconds(text: str) -> int:
    """Give the seconds of a time such as `1h 30min`, rounded up."""
    from re import findall  # noqa: PLC0415 -- only a launch needs it

    total = 0
    for number, unit in findall(r"([\d.]+)\s*([A-Za-z])[A-Za-z]*", text):
        whole, _, part = number.partition(".")
        scale = 10 ** len(part)
        total += -(-int(whole + part) * _SECONDS[unit.lower()] // scale)
    return total


def no_price(name: str, rates: Mapping[str, object]) -> Fault:
    """Make the refusal of a GPU whose price nobody knows."""
    known = ", ".join(f"`{one}`" for one in gpu_names(rates))
    return Fault(
        f"no price of the GPU `{name}` is known",
        f"use one of {known}, or let the person add its price to `[rates.gpu]` of their policy"
        if known
        else "let the person add its price to `[rates.gpu]` of their policy",
    )


class Declared:
    """What is declared for the launches of a call, one after the other."""

    __slots__ = ("_event", "_is_first", "_pending")

    def __init__(self, event: Event, launches: Sequence[Launch]) -> None:
        self._event = event
        own = {id(launch.invocation) for launch in launches}
        self._pending = {id(launch): text for launch, text in _before_each(event, own)}
        self._is_first = True

    def take(self, invocation: Invocation) -> str | None:
        """Give what was declared for the next launch; none where nothing was. Raises `Fault`."""
        is_first, self._is_first = self._is_first, False
        said = self._pending.get(id(invocation))
        return _from_history(self._event) if said is None and is_first else said


def _before_each(event: Event, launches: set[int]) -> Iterator[tuple[Invocation, str]]:
    """Give the launches before which the same source declares a cost."""
    said: str | None = None
    for invocation in event.analysis.invocations:
        text = _declaration(invocation)
        if text is not None:
            said = text
        elif said is not None and id(invocation) in launches:
            yield invocation, said
            said = None


def _from_history(event: Event) -> str | None:
    """Give what this agent has declared since its last launch. Raises `Fault`."""
    agent = event.call.principal.agent_id
    code: list[Past] = []
    for past in reversed(event.facts.history()):
        if past.failed or past.agent_id != agent:
            continue
        if not _may_tell(past.command):
            code += [past] if _may_launch(past.command) else []
            continue
        analysis = past.analyse()
        launches = {id(invocation) for invocation in launched_by(analysis, event)}
        said: str | None = None
        launched = False
        for invocation in analysis.invocations:
            text = _declaration(invocation)
            if text is not None:
                said = text
            elif id(invocation) in launches:
                said, launched = None, True
        if said is not None or launched:
            # what looks like no launch is read only where there is something to be used up
            used = said is not None and any(launched_by(one.analyse(), event) for one in code)
            return None if used else said
    return None


def _may_launch(command: str) -> bool:
    """Whether an earlier command may have run code, or a script or task, that launches."""
    return any(name in command for name in _RUNNING)


def _may_tell(command: str) -> bool:
    """Whether an earlier command may have declared or launched something, by its words."""
    if _MODAL in command or _WORDS[1] in command:
        return True
    return not _PAID.isdisjoint(command.replace(";", " ").replace("&", " ").split())


def _declaration(invocation: Invocation) -> str | None:
    """Give what an invocation declares; none for one that declares nothing. Raises `Fault`."""
    if invocation.program != _PROGRAM or invocation.argv[1:3] != _WORDS:
        return None
    words = invocation.argv[3:]
    if None in words:
        raise Fault(f"what `{invocation}` declares is not known", _RIGHT)
    return " ".join(word for word in words if word is not None)
