"""Measures for `bench/throughput.py` what calls and policies of growing size cost.

Times are of the processor, in seconds: what else a machine does hardly changes them. What grows is
measured without the collector of cyclic garbage: its passes over all that lives come at random, and
add up to a third.
"""

from __future__ import annotations

import gc
import statistics
from contextlib import suppress
from functools import partial
from math import log
from time import process_time
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from bench.throughput_shapes import CLASSES, FILES, SHAPES, edit
from kei_gates.cli.judging import Judge
from kei_gates.hook import places, store
from kei_gates.hook.judge import judge
from kei_gates.policy import compiled
from kei_gates.protocol import payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from bench.throughput_shapes import Call, Grown
    from kei_gates.model import Call as ToolCall
    from kei_gates.model import Decision, Places
    from kei_gates.policy.compiled import Policy

Result = TypeVar("Result")

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
"""Characters of a call, or of the file that it runs."""

GLOBS = (10, 30, 100, 300, 1_000, 3_000, 10_000)
ROLES = (1, 3, 10, 30, 100, 300, 1_000)

_ROLE = "builder"
_BATCH = 0.2
"""Seconds for which a call is judged again and again."""


class Rate(NamedTuple):
    """How many calls of a class are decided a second, and how."""

    per_second: float
    answer: str


class Point(NamedTuple):
    """What one size costs; `followed` says that all of the call was seen."""

    size: int
    seconds: float
    answer: str = ""
    followed: bool = True


class Curve(NamedTuple):
    """What growing sizes cost, and the exponent of the growth in its last decade."""

    points: tuple[Point, ...]
    exponent: float


def policy(globs: int = 3, roles: int = 1) -> str:
    """Give a policy with a number of roles, each with so many globs in each of its two lists."""
    allowed = "".join(f'    "src/part{i}/**/*.py",\n' for i in range(globs))
    denied = "".join(f'    "src/part{i}/secret/**",\n' for i in range(globs))
    return 'version = 1\n[agents]\nbuilder = "builder"\n' + "".join(
        f'[roles.{_ROLE if i == 0 else f"role{i}"}]\nextends = "builtin:edit-local"\n'
        f"[roles.{_ROLE if i == 0 else f'role{i}'}.scope]\n"
        f'files-whitelist = [\n    "src/*",\n{allowed}]\nfiles-denylist = [\n{denied}]\n'
        for i in range(roles)
    )


class Bench:
    """A project, and what is measured in it."""

    def __init__(self, project: Path) -> None:
        """Take a folder that does not exist."""
        (project / ".claude").mkdir(parents=True)
        (project / ".git").mkdir()
        self._project = project
        self._write({**FILES, ".claude/kei-gates.toml": policy()})
        self._judge = Judge(cwd=str(project), role=_ROLE, as_written=True)

    # --- one class of calls after another ---------------------------------------------------

    def rates(self, runs: int) -> dict[str, Rate]:
        """Measure how many calls of each class are decided a second: the median of several runs."""
        return {name: self._rate(self._fields(call), runs) for name, call in CLASSES.items()}

    def _rate(self, fields: dict[str, object], runs: int) -> Rate:
        decision = self._judge.fields(fields)
        found = []
        for _ in range(runs):
            count, start = 0, process_time()
            while process_time() < start + _BATCH:
                self._judge.fields(fields)
                count += 1
            found.append(count / (process_time() - start))
        return Rate(statistics.median(found), _answer(decision))

    # --- calls that grow --------------------------------------------------------------------

    def calls(self, runs: int) -> dict[str, dict[str, Curve]]:
        """Measure each shape of call at every size."""
        return {
            group: {name: self._shape(make, runs) for name, make in shapes.items()}
            for group, shapes in SHAPES.items()
        }

    def _shape(self, make: Callable[[int], Grown], runs: int) -> Curve:
        self._grown(make, SIZES[0])  # imports what it needs
        return curve([[self._grown(make, size) for size in SIZES] for _ in range(runs)])

    def _grown(self, make: Callable[[int], Grown], size: int) -> Point:
        call, files = make(size)
        self._write(files)
        fields = self._fields(call)
        self._judge.event = None  # that of a megabyte takes long to go
        seconds, decision = timed(lambda: self._judge.fields(fields))
        event = self._judge.event
        return Point(size, seconds, _answer(decision), bool(event and not event.analysis.unseen))

    # --- policies that grow -----------------------------------------------------------------

    def globs(self, runs: int) -> dict[str, Curve]:
        """Measure an Edit, its role picked anew, under a role with more and more globs."""
        wanted = {
            "matches the last glob": "src/part{}/a.py",
            "matches the first glob": "src/part0/a.py",
            "matches none": "other/a.py",
        }
        found: dict[str, list[list[Point]]] = {name: [[] for _ in range(runs)] for name in wanted}
        for count in GLOBS:
            made, where = self._policy(policy(globs=count))
            for name, path in wanted.items():
                call = payload.to_call(self._fields(edit(path.format(count - 1))))
                for run in range(runs):
                    seconds, decision = least(partial(_picked, made, call, where))
                    found[name][run].append(Point(count, seconds, _answer(decision)))
        return {name: curve(each) for name, each in found.items()}

    def roles(self, runs: int) -> dict[str, Curve]:
        """Measure how long a policy of more and more roles takes to compile, load and pick from."""
        found: dict[str, list[list[Point]]] = {}
        for count in ROLES:
            made, where = self._policy(policy(roles=count))
            again = partial(store.build, store.policy_file(where.project), where.home)
            load = partial(compiled.load, made.dump(), store.read_source)
            pick = partial(made.role, made.key(_ROLE))
            for run in range(runs):
                for name, seconds in (
                    ("compile the policy", timed(again)[0]),
                    ("load the compiled policy", least(load)[0]),
                    ("pick one role", least(pick)[0]),
                ):
                    each = found.setdefault(name, [[] for _ in range(runs)])
                    each[run].append(Point(count, seconds))
        return {name: curve(each) for name, each in found.items()}

    # --- the project ------------------------------------------------------------------------

    def _policy(self, text: str) -> tuple[Policy, Places]:
        """Write a policy and compile it."""
        self._write({".claude/kei-gates.toml": text})
        where = places.find(str(self._project))
        return store.build(store.policy_file(where.project), where.home)[0], where

    def _write(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            file = self._project / path
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)

    def _fields(self, call: Call) -> dict[str, object]:
        """Give the payload of a subagent's call."""
        tool, given = call
        if "file_path" in given:
            given = given | {"file_path": f"{self._project}/{given['file_path']}"}
        return {
            "tool_name": tool,
            "tool_input": given,
            "cwd": str(self._project),
            "agent_id": "a1",
            "agent_type": _ROLE,
        }


def _picked(made: Policy, call: ToolCall, where: Places) -> Decision:
    """Pick the role of a compiled policy, and judge a call by it."""
    return judge(call, made.role(made.key(_ROLE)), where)


def _answer(decision: Decision) -> str:
    return {"abstain": "passes", "ask": "asks", "deny": "denied"}[decision.outcome]


def timed(action: Callable[[], Result]) -> tuple[float, Result]:
    """Do something once; give how long it took, and what it gave."""
    gc.collect()  # what was done before is not to be paid for now
    gc.disable()
    try:
        start = process_time()
        result = action()
        return process_time() - start, result
    finally:
        gc.enable()


def least(action: Callable[[], Result], times: int = 5) -> tuple[float, Result]:
    """Do what is quick several times; give the least time, as all else only adds to it."""
    return min((timed(action) for _ in range(times)), key=lambda each: each[0])


def curve(runs: Sequence[Sequence[Point]]) -> Curve:
    """Put runs together: the median at each size, and the median of their exponents."""
    points = tuple(
        each[0]._replace(seconds=statistics.median(one.seconds for one in each))
        for each in zip(*runs, strict=True)
    )
    return Curve(points, statistics.median(map(exponent, runs)))


def exponent(points: Iterable[Point]) -> float:
    """Fit the exponent of the last decade, by least squares of the logarithms.

    What is not followed to its end is left out, unless nothing is.
    """
    points = [*points]
    used = [one for one in points if one.followed] or points
    last = [one for one in used if one.size * 10 >= used[-1].size]
    xs, ys = [log(one.size) for one in last], [log(one.seconds) for one in last]
    with suppress(statistics.StatisticsError):
        return statistics.linear_regression(xs, ys).slope
    return float("nan")
