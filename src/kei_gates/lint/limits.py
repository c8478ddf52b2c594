"""The most that one function, or one sandbox, can cost: its GPUs, its time, its retries."""

from __future__ import annotations

from kei_gates.lint import gpus
from kei_gates.lint.reach import BUILD, CREATE, KEEP
from kei_gates.lint.registered import is_named
from kei_gates.lint.values import Made
from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Final

    from kei_gates.lint.reach import Sent
    from kei_gates.lint.registered import Function
    from kei_gates.lint.values import Fold

DEFAULT_TIMEOUT = 300
"""The seconds that a function or a sandbox may run where it does not say (SDK 1.6.4, `app.py`)."""
_RETRIES = frozenset(("modal.Retries", "modal.retries.Retries"))
_BUILD_TIMEOUT = 3600  # of `Image.run_function` (SDK 1.6.4, `image.py`)
WARM = ("min_containers", "keep_warm")
"""The settings that keep containers running without inputs."""
_BUFFER = ("buffer_containers",)
_STARTUP = "startup_timeout"
_BARE = (BUILD, CREATE)
_STARTS = "starts, a function that the script does not define"
_CHANGED = (("gpu", "GPU"), ("timeout", "timeout"), ("retries", "retries"))


class Bound(Value):
    """The most that is run: none stands for what is not known.

    `gpus` are all names that may be meant, in order of preference, none at all for a launch that
    has only CPUs. `count` is how many of them each container has, `seconds` how long one input may
    run, `attempts` how often each is tried, `inputs` how many there are in all, `cluster` how many
    containers work on one together, `warm` how many are kept running without any. Where several
    functions run, each number is the greatest of them, and `inputs` their sum. `unknown` says for
    people what is not known, and what the environment may change: that is counted as it stands in
    the script.
    """

    __slots__ = ("attempts", "cluster", "count", "gpus", "inputs", "seconds", "unknown", "warm")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        gpus: tuple[str, ...] | None = (),
        count: int | None = 0,
        seconds: int | None = 0,
        attempts: int | None = 1,
        inputs: int | None = 0,
        cluster: int | None = 1,
        warm: int | None = 0,
        unknown: tuple[str, ...] = (),
    ) -> None:
        self.gpus: Final = gpus
        self.count: Final = count
        self.seconds: Final = seconds
        self.attempts: Final = attempts
        self.inputs: Final = inputs
        self.cluster: Final = cluster
        self.warm: Final = warm
        self.unknown: Final = unknown


def gpu_of(sent: Sent) -> Fold | None:
    """Give what inputs are sent to as GPU; none for what has none, or of which nothing is known."""
    if sent.function is not None:
        return sent.function.unit.gpu
    return sent.made.argument(-1, "gpu") if sent.made is not None and sent.how in _BARE else None


def has_gpu(sent: Sent) -> bool:
    """Say whether inputs are sent to a GPU, or may be."""
    if sent.how in (BUILD, KEEP):
        return False  # no input waits for these
    is_unknown = sent.function is None and sent.how != CREATE
    return is_unknown or bool(gpus.of(gpu_of(sent)))


def bound_of(sent: Sent) -> Bound:
    """Give the most that inputs cost."""
    if sent.function is not None:
        return _Limits(sent, sent.function).bound()
    if sent.how in _BARE and sent.made is not None:
        return _Limits(sent, None).bound()
    what = "keeps running" if sent.how == KEEP else _STARTS
    return Bound(
        gpus=None,
        count=None,
        seconds=None,
        attempts=None,
        inputs=sent.inputs,
        cluster=None,
        unknown=(f"what line {sent.line} {what}",),
    )


def greatest(numbers: Iterable[int | None]) -> int | None:
    """Give the greatest of some numbers; none where one is not known."""
    known: list[int] = []
    for number in numbers:
        if number is None:
            return None
        known.append(number)
    return max(known)


class _Limits:
    """What one function, or the sandbox that is made without one, says of itself."""

    def __init__(self, sent: Sent, function: Function | None) -> None:
        self._sent: Final = sent
        self._unit: Final = None if function is None else function.unit
        if function is None:
            self._name = "the image" if sent.how == BUILD else "the sandbox"
            self._where = f"{self._name} (line {sent.line})"
        else:
            self._name = f"`{function.name}`"
            self._where = f"`{function.unit.name}` (line {function.unit.line})"
        self._unknown: list[str] = []

    def bound(self) -> Bound:
        """Give the most that it costs."""
        names, count = self._gpus()
        seconds = self._seconds()
        retries = self._number("retries", 0, retries_of)
        cluster = self._cluster()
        if self._sent.inputs is None:
            self._unknown.append(f"how many inputs {self._name} gets from line {self._sent.line}")
        warm, buffer = self._kept(WARM), self._kept(_BUFFER)
        if warm != 0:
            name = next((name for name in WARM if self._setting(name)), WARM[0])
            self._unknown.append(f"how long `{name}` keeps containers of {self._where} running")
        if buffer is None:
            self._unknown.append(f"how many containers {self._where} holds ready")
        inputs = self._sent.inputs
        self._add_what_the_environment_changes()
        return Bound(
            gpus=names,
            count=count,
            seconds=seconds,
            attempts=None if retries is None else max(retries, 0) + 1,
            inputs=inputs and inputs + (buffer or 0),
            cluster=cluster,
            warm=warm,
            unknown=tuple(self._unknown),
        )

    def _kept(self, names: tuple[str, ...]) -> int | None:
        """Give how many containers a setting keeps; none where that is not known."""
        unit = self._unit
        found = [] if unit is None else [unit.settings.get(name) for name in names]
        choices = [one for fold in found if fold is not None for one in fold.choices]
        known = [0 if one is None else plain_number(one) for one in choices]
        return _at_least(0, greatest(known or [0]))

    def _setting(self, name: str) -> Fold | None:
        if self._unit is not None:
            return self._unit.setting(name)
        return None if self._sent.made is None else self._sent.made.argument(-1, name)

    def _gpus(self) -> tuple[tuple[str, ...] | None, int | None]:
        asked = gpus.of(gpu_of(self._sent))
        known = [gpu for gpu in asked if gpu is not None]
        if len(known) < len(asked):
            self._unknown.append(f"the GPU of {self._where}")
            return None, None
        names = tuple(dict.fromkeys(gpu.name for gpu in known))
        return names, _at_least(0, greatest([gpu.count for gpu in known] or [0]))

    def _seconds(self) -> int | None:
        unit = self._unit
        if unit is not None and unit.kind == "server":
            self._unknown.append(f"how long the server {self._where} runs")
            return None
        is_build = unit is None and self._sent.how == BUILD
        default = _BUILD_TIMEOUT if is_build else DEFAULT_TIMEOUT
        # what starts up may take its own time, before any input
        limits = [self._number("timeout", default, plain_number)]
        limits += [
            self._number(_STARTUP, 0, lambda given: 0 if given is None else plain_number(given))
        ]
        return None if None in limits else sum(max(0, one or 0) for one in limits)

    def _cluster(self) -> int | None:
        if self._unit is None:
            return 1
        size = greatest(plain_number(choice) for choice in self._unit.cluster.choices)
        if size is None:
            self._unknown.append(f"the cluster of {self._where}")
        return _at_least(1, size)

    def _number(self, name: str, default: int, read: Callable[[object], int | None]) -> int | None:
        """Give the greatest number that a setting may be."""
        fold = self._setting(name)
        if fold is None:
            return default
        number = greatest(read(choice) for choice in fold.choices)
        if number is None:
            self._unknown.append(f"the {name} of {self._where}")
        return number

    def _add_what_the_environment_changes(self) -> None:
        for setting, what in _CHANGED:
            fold = self._setting(setting)
            for name in fold.changes if fold is not None and fold.is_known else ():
                self._unknown.append(
                    f"the {what} of {self._where}, which `{name}` in the environment may change"
                )


def _at_least(least: int, number: int | None) -> int | None:
    return None if number is None else max(least, number)


def plain_number(choice: object) -> int | None:
    """Give a number as a whole one; none for what is no number."""
    if isinstance(choice, float):
        return int(choice) if abs(choice) < float("inf") else None
    return choice if isinstance(choice, int) and not isinstance(choice, bool) else None


def retries_of(choice: object) -> int | None:
    """Give how many retries a value asks for; none where that is not known."""
    if choice is None:
        return 0
    if isinstance(choice, Made) and is_named(choice.callee, _RETRIES):
        number = choice.argument(-1, "max_retries")
        return None if number is None else greatest(map(plain_number, number.choices))
    return plain_number(choice)
