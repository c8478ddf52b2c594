"""What a run of the bench has found: rows with their targets, as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench import timing
from bench.peers import STRUCTURAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.payloads import Payload
    from bench.peers import Peer
    from bench.timing import Run, Summary

FLOOR = "python3 -I -S -c pass"
"""What ratios are to: the interpreter of the hook, started as the hook starts it, doing nothing."""

PLAIN, DENIED = "plain Bash", "denied Bash"
MOST_MEGABYTES = 20.0
LEAST_FASTER = 3.0


class Target(NamedTuple):
    """A limit and how it stands: of the ratio to the floor, of memory in MB, of being faster."""

    what: str
    limit: float
    value: float

    @property
    def met(self) -> bool:
        """Whether it is kept; being faster is the one that is to be large."""
        if self.what == "faster":
            return self.value >= self.limit
        return self.value <= self.limit

    def __str__(self) -> str:
        """Tell it in a few words, for a cell of the table."""
        verdict = "met" if self.met else "NOT met"
        if self.what == "faster":
            return f"hook ≥ {self.limit:g}× faster: {self.value:.2f}, {verdict}"
        unit = "×" if self.what == "time" else " MB"
        return f"≤ {self.limit:g}{unit}: {verdict}"


class Row(NamedTuple):
    """One line of the table: times in ms, the median's ratio to the floor's, the targets."""

    group: str
    name: str
    summary: Summary
    ratio: float
    targets: tuple[Target, ...] = ()


class Day(NamedTuple):
    """All commands of a day: each one's ratio to the floor, and what was answered how often."""

    ratios: tuple[float, ...]
    answers: dict[str, int]

    def told(self) -> str:
        """Tell it in a line."""
        said = ", ".join(f"{count} {answer}" for answer, count in sorted(self.answers.items()))
        median, high = (timing.percentile(self.ratios, percent) for percent in (50, 90))
        return (
            f"a day of {len(self.ratios)} commands: median {median:.2f}×, "
            f"90th percentile {high:.2f}× the floor ({said})"
        )


class Results(NamedTuple):
    """All that a run has found."""

    machine: dict[str, str]
    rounds: int
    rows: tuple[Row, ...]
    day: Day


def collect(
    machine: dict[str, str],
    found: dict[str, list[Run]],
    calls: Sequence[Payload],
    day: Sequence[Payload],
    peers: Sequence[Peer],
) -> Results:
    """Sum up the runs, by the names of commands: floors, the hook's calls, a day, peers."""
    sums = {name: timing.summary(runs) for name, runs in found.items()}
    base = sums[FLOOR].median
    of_hook = {call.name for call in (*calls, *day)}
    of_peers = {f"{peer.name} {what}": (peer, what) for peer in peers for what in BESIDE}
    rows = [
        Row("floor", name, summed, summed.median / base)
        for name, summed in sums.items()
        if name not in of_hook and name not in of_peers
    ]
    for call in calls:
        ratio = sums[call.name].median / base
        targets = [Target("memory", MOST_MEGABYTES, sums[call.name].megabytes)]
        if call.within:
            targets.insert(0, Target("time", call.within, ratio))
        rows.append(Row("hook", call.name, sums[call.name], ratio, tuple(targets)))
    summed, ratios, answers = _day([found[call.name] for call in day], base)
    memory = Target("memory", MOST_MEGABYTES, summed.megabytes)
    rows.append(
        Row("hook", f"a day of {len(day)} commands", summed, summed.median / base, (memory,))
    )
    for name, (peer, what) in of_peers.items():
        faster = sums[name].median / sums[BESIDE[what]].median
        targets = [Target("faster", LEAST_FASTER, faster)] if peer.kind == STRUCTURAL else []
        rows.append(Row(peer.kind, name, sums[name], sums[name].median / base, tuple(targets)))
    rounds = len(found[FLOOR])
    return Results(machine, rounds, tuple(rows), Day(ratios, answers))


BESIDE = {"passes": PLAIN, "objects": DENIED}
"""Which call of the hook each call of a peer is compared with."""


def _day(
    runs: Sequence[Sequence[Run]], base: float
) -> tuple[Summary, tuple[float, ...], dict[str, int]]:
    """Sum up a day: the quartiles of the commands' medians, each one's ratio, the answers."""
    sums = [timing.summary(one) for one in runs]
    quartiles = timing.quartiles([one.median for one in sums])
    return (
        timing.Summary(*quartiles, max(one.megabytes for one in sums)),
        tuple(one.median / base for one in sums),
        dict(Counter(one[0].answer for one in runs)),
    )


def table(results: Results) -> str:
    """Write the results as a Markdown page, which is also what is printed."""
    lines = [
        f"{results.rounds} rounds, all commands in turn; {', '.join(results.machine.values())}",
        "",
        "| what | median ms | quartiles | × floor | peak MB | target |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for row in results.rows:
        lower, median, upper, megabytes = row.summary
        lines.append(
            f"| {row.group}: {row.name} | {median:.2f} | {lower:.2f} to {upper:.2f} "
            f"| {row.ratio:.2f} | {megabytes:.1f} | {'; '.join(map(str, row.targets))} |"
        )
    return "\n".join([*lines, "", results.day.told(), ""])


def encoded(results: Results) -> str:
    """Write the results as JSON, rounded to what they can tell."""
    day = results.day
    content = {
        "machine": results.machine,
        "rounds": results.rounds,
        "floor": FLOOR,
        "rows": [
            {"group": row.group, "name": row.name, **_rounded(row.summary),
             "ratio": round(row.ratio, 3),
             "targets": [
                 {"what": one.what, "limit": one.limit, "value": round(one.value, 3),
                  "met": one.met}
                 for one in row.targets
             ]}
            for row in results.rows
        ],
        "day": {
            "commands": len(day.ratios),
            "median_ratio": round(timing.percentile(day.ratios, 50), 3),
            "p90_ratio": round(timing.percentile(day.ratios, 90), 3),
            "answers": day.answers,
            "ratios": [round(ratio, 3) for ratio in day.ratios],
        },
    }  # fmt: skip
    return json.dumps(content, indent=2) + "\n"


def _rounded(summed: Summary) -> dict[str, float]:
    return {
        "median_ms": round(summed.median, 3),
        "lower_quartile_ms": round(summed.lower, 3),
        "upper_quartile_ms": round(summed.upper, 3),
        "peak_mb": round(summed.megabytes, 2),
    }


def machine(python: Path) -> dict[str, str]:
    """Describe the machine that runs this, with the version of the hook's interpreter; the day."""
    version = subprocess.run([python, "-I", "-S", "--version"], capture_output=True, check=True)
    return {
        "cpu": _processor(),
        "cores": f"{os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.release()}",
        "python": version.stdout.decode().strip(),
        "date": datetime.now(timezone.utc).date().isoformat(),
    }


def _processor() -> str:
    """Give the processor's name, where the system has one for it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
