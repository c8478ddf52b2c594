"""How runs become rows, and which targets count as met."""

from __future__ import annotations

import json
from pathlib import Path

from bench import plots, results
from bench.payloads import Payload
from bench.peers import SIMPLE, STRUCTURAL, Peer
from bench.results import FLOOR, Results
from bench.timing import Run

CALLS = (
    Payload("plain Bash", "", "Bash", {}, within=1.25),
    Payload("Edit", "", "Edit", {}, within=1.25),
    Payload("denied Bash", "", "Bash", {}, "deny"),
)
DAY = [Payload(f"day {number}", "", "Bash", {}, "") for number in (1, 2, 3)]
PEERS = (Peer("a 1", STRUCTURAL, [], "deny"), Peer("plain 2", SIMPLE, [], "ask"))


def runs(milliseconds: float, megabytes: float = 10, answer: str = "none") -> list[Run]:
    return [Run((milliseconds + by) / 1000, megabytes, answer) for by in (-1, 0, 1)]


def made() -> Results:
    found = {
        "true": runs(2),
        FLOOR: runs(10),
        "plain Bash": runs(12.5),
        "Edit": runs(12.6, 20.1),
        "denied Bash": runs(13, answer="deny"),
        "day 1": runs(11),
        "day 2": runs(12, 15, "deny"),
        "day 3": runs(40),
        "a 1 passes": runs(38),
        "a 1 objects": runs(38, answer="deny"),
        "plain 2 passes": runs(20),
        "plain 2 objects": runs(21, answer="ask"),
    }
    return results.collect({"cpu": "a fast one", "date": "2026-11-28"}, found, CALLS, DAY, PEERS)


TABLE = """\
3 rounds, all commands in turn; a fast one, 2026-11-28

| what | median ms | quartiles | × floor | peak MB | target |
|---|---:|---:|---:|---:|---|
| floor: true | 2.00 | 1.50 to 2.50 | 0.20 | 10.0 |  |
| floor: python3 -I -S -c pass | 10.00 | 9.50 to 10.50 | 1.00 | 10.0 |  |
| hook: plain Bash | 12.50 | 12.00 to 13.00 | 1.25 | 10.0 | ≤ 1.25×: met; ≤ 20 MB: met |
| hook: Edit | 12.60 | 12.10 to 13.10 | 1.26 | 20.1 | ≤ 1.25×: NOT met; ≤ 20 MB: NOT met |
| hook: denied Bash | 13.00 | 12.50 to 13.50 | 1.30 | 10.0 | ≤ 20 MB: met |
| hook: a day of 3 commands | 12.00 | 11.50 to 26.00 | 1.20 | 15.0 | ≤ 20 MB: met |
| structural: a 1 passes | 38.00 | 37.50 to 38.50 | 3.80 | 10.0 | hook ≥ 3× faster: 3.04, met |
| structural: a 1 objects | 38.00 | 37.50 to 38.50 | 3.80 | 10.0 | hook ≥ 3× faster: 2.92, NOT met |
| simple: plain 2 passes | 20.00 | 19.50 to 20.50 | 2.00 | 10.0 |  |
| simple: plain 2 objects | 21.00 | 20.50 to 21.50 | 2.10 | 10.0 |  |

a day of 3 commands: median 1.20×, 90th percentile 3.44× the floor (1 deny, 2 none)
"""  # fmt: skip


def test_the_table_says_what_is_met() -> None:
    assert results.table(made()) == TABLE


def test_the_file_says_the_same() -> None:
    found = json.loads(results.encoded(made()))
    rows = {row["name"]: row for row in found["rows"]}
    assert [row["name"] for row in found["rows"]] == [row.name for row in made().rows]
    assert rows["Edit"]["ratio"] == 1.26
    assert [(one["what"], one["met"]) for one in rows["Edit"]["targets"]] == [
        ("time", False),
        ("memory", False),
    ]
    assert [one["met"] for one in rows["a 1 passes"]["targets"]] == [True]
    assert found["rounds"] == 3
    assert found["machine"] == {"cpu": "a fast one", "date": "2026-11-28"}
    assert found["day"] == {
        "commands": 3,
        "median_ratio": 1.2,
        "p90_ratio": 3.44,
        "answers": {"none": 2, "deny": 1},
        "ratios": [1.1, 1.2, 4.0],
    }


def test_the_plot_is_the_same_for_the_same_results(tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        plots.draw(made(), tmp_path / name)
    drawn = (tmp_path / "one.svg").read_text()
    assert drawn == (tmp_path / "two.svg").read_text()
    assert "2026" not in drawn
    for row in made().rows:
        assert f">{row.name}<" in drawn
