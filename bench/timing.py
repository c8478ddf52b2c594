"""Run commands in turn, many times over, and sum up what each took."""

from __future__ import annotations

import json
import marshal
import random
import statistics
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

    from typing_extensions import Self

RUNNER = Path(__file__).with_name("runner.py")
_DENIES = 2
"""The one exit code by which a hook denies."""


class Command(NamedTuple):
    """A program to measure, and what it has to answer: one of `ANSWERS`, or "" for any of them."""

    name: str
    argv: Sequence[str]
    stdin: bytes
    environment: dict[str, str]
    folder: Path
    expected: str = "none"


class Run(NamedTuple):
    """What one run took and said. `answer` is one of `ANSWERS`."""

    seconds: float
    megabytes: float
    answer: str


class Summary(NamedTuple):
    """What all runs of a command took, none left out: quartiles in ms, the largest peak in MB."""

    lower: float
    median: float
    upper: float
    megabytes: float


ANSWERS = ("none", "allow", "ask", "deny")
"""What a PreToolUse hook can say; "none" leaves the call to the client."""


class UnexpectedError(Exception):
    """A command did not answer what it has to, so its time says nothing."""


class Runner:
    """The small process that starts the programs, so that their own memory is what is seen."""

    def __init__(self, python: Path) -> None:
        self._python = python

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [self._python, "-I", "-S", RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def run(self, command: Command) -> Run:
        """Run a command once. Raises `UnexpectedError` where it fails or says something else."""
        request = ([*command.argv], command.stdin, command.environment, str(command.folder))
        incoming, outgoing = self._process.stdout, self._process.stdin
        assert incoming is not None  # noqa: S101 -- both are pipes
        assert outgoing is not None  # noqa: S101
        marshal.dump(request, outgoing)
        outgoing.flush()
        try:
            seconds, code, peak, stdout, stderr = marshal.load(incoming)  # noqa: S302 -- our child
        except EOFError:
            raise UnexpectedError(f"{command.name}: could not be run (see above)") from None
        said = read_answer(command.name, code, stdout, stderr)
        if command.expected not in {said, ""}:
            raise UnexpectedError(
                f"{command.name}: answered `{said}` where `{command.expected}` is right: "
                f"{(stderr or stdout).decode(errors='replace')[:300].strip()}"
            )
        return Run(seconds, peak / 1e6, said)


def read_answer(name: str, code: int, stdout: bytes, stderr: bytes) -> str:
    """Read what a hook has said, by its exit code and by the JSON that it printed.

    Raises `UnexpectedError` for what is no answer, as a program that fails gives.
    """
    if code == _DENIES and stderr:
        return "deny"
    if code == 0 and not stdout:
        return "none"
    try:
        said = json.loads(stdout)["hookSpecificOutput"]["permissionDecision"] if code == 0 else ""
    except (ValueError, KeyError, TypeError):
        said = ""
    if said not in ANSWERS:
        raise UnexpectedError(f"{name}: exit {code}, {stdout[:200]!r}, {stderr[-300:]!r}")
    return str(said)


def interleaved(
    runner: Runner, commands: Sequence[Command], rounds: int, seed: int = 0
) -> dict[str, list[Run]]:
    """Run every command once a round, each round in another order, the same orders every time.

    A first round is run and left out: it compiles policies, and reads files into memory. Raises
    `UnexpectedError`, also where a command's answers differ.
    """
    shuffle = random.Random(seed).shuffle  # noqa: S311 -- no secret
    order = [*commands]
    for command in order:
        runner.run(command)
    found: dict[str, list[Run]] = {command.name: [] for command in commands}
    for _ in range(rounds):
        shuffle(order)
        for command in order:
            found[command.name].append(runner.run(command))
    for name, runs in found.items():
        if len({run.answer for run in runs}) > 1:
            raise UnexpectedError(f"{name}: answered differently from round to round")
    return found


def summary(runs: Sequence[Run]) -> Summary:
    """Sum up the runs of one command."""
    lower, median, upper = quartiles([1000 * run.seconds for run in runs])
    return Summary(lower, median, upper, max(run.megabytes for run in runs))


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Give the lower quartile, the median and the upper quartile, the ends included."""
    if len(values) == 1:
        return (values[0],) * 3
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return lower, median, upper


def percentile(values: Iterable[float], percent: int) -> float:
    """Give the value that so many percent (1 to 99) are not above, between two where none is."""
    given = [*values]
    if len(given) == 1:
        return given[0]
    return statistics.quantiles(given, n=100, method="inclusive")[percent - 1]
