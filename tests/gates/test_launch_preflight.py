"""Launches of many variants, and what a session must have seen of one of them before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kei_gates.facts import Facts
from kei_gates.gates import compute_cost_tiers as cost
from kei_gates.gates import compute_launch_preflight as gate
from kei_gates.model import Analysis, Event, Fault
from kei_gates.particulars import Past
from tests.gates.test_gates import NOW, TABLES, event_of

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]

LISTED: Json = {"command": "modal app list --json", "output": "[]", "ago": 900}
RUNNING = '[{"App ID": "ap-1", "Description": "%s", "State": "ephemeral (detached)"}]'
ONE: Json = {"command": "modal run -d jobs/sweep.py::one", "output": "step 1", "ago": 600}
LOGS: Json = {"command": "modal app logs ap-1", "output": "step 250 loss 0.3", "ago": 300}
DONE = "step 250\n✓ App completed. View run at https://modal.com/x"
BROKEN = 'Traceback (most recent call last):\n  File "x.py"'
RATES = TABLES["compute_cost_tiers"]["rates"]
MANY = "modal run -d jobs/sweep.py::main"


def verdict(project: Path, command: str, *history: Json) -> tuple[str, str]:
    found = gate.check(event_of({"command": command, "history": history}, project), gate.Params({}))
    return found.outcome, found.reason


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param([ONE, LOGS], id="its logs, after two minutes"),
        pytest.param([ONE | {"output": DONE}], id="it has completed"),
        pytest.param(
            [ONE | {"output": "View run at https://modal.com/apps/x/main/ap-1"},
             LOGS | {"command": "sleep 5 && timeout 20 modal app logs ap-1 2>&1 | tail -5"}],
            id="the end of its logs, by its id",
        ),
        pytest.param(
            [ONE | {"output": "Command running in background with ID: b1"},
             {"tool": "TaskOutput", "input": {"task_id": "b1"}, "output": "step 9", "ago": 300}],
            id="the output of its background task",
        ),
        pytest.param([ONE | {"agent_id": "a7"}, LOGS], id="another agent has launched it"),
        pytest.param(
            [ONE | {"output": BROKEN, "ago": 800}, ONE, LOGS], id="it was mended and launched again"
        ),
        pytest.param(
            [{"command": "cd jobs && modal run -d sweep.py::one", "output": DONE}],
            id="from another folder",
        ),
    ],
)  # fmt: skip
def test_one_that_was_seen_to_run_opens_the_others(seen: list[Json], project: Path) -> None:
    assert verdict(project, MANY, LISTED) == (
        "deny",
        f"`{MANY}` launches 3 containers, and no single one was seen to run first",
    )
    assert verdict(project, MANY, LISTED, *seen)[0] == "abstain"


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param([ONE], id="nobody has looked"),
        pytest.param([ONE, LOGS | {"ago": 500}], id="too early"),
        pytest.param([ONE, LOGS | {"output": ""}], id="nothing was to be seen"),
        pytest.param([ONE, LOGS | {"output": BROKEN}], id="it has failed"),
        pytest.param([ONE | {"failed": True, "output": DONE}], id="it was not let through"),
        pytest.param([ONE | {"output": f"{BROKEN}\n{DONE}"}], id="completed with an error"),
        pytest.param([LOGS], id="only logs"),
        pytest.param([{"command": MANY, "output": DONE}], id="it was many itself"),
        pytest.param(
            [{"command": "for i in 1 2; do modal run -d jobs/sweep.py::one; done", "output": DONE}],
            id="it was a loop",
        ),
        pytest.param(
            [{"command": "modal run -d jobs/gpu.py", "output": DONE}], id="another script"
        ),
        pytest.param([{"command": f"echo '{DONE}'", "output": DONE}], id="words alone"),
        pytest.param(
            [{"command": f"{ONE['command']}; echo 'App completed'", "output": DONE}],
            id="words beside it",
        ),
        pytest.param(
            [{"command": f"false && {ONE['command']}; cat log", "output": DONE}],
            id="it did not run",
        ),
        pytest.param(
            [{"command": f"if test -e x; then {ONE['command']}; fi", "output": DONE}],
            id="it may not have run",
        ),
        pytest.param(
            [ONE, LOGS | {"command": "modal app logs another"}], id="the logs of another app"
        ),
        pytest.param(
            [ONE | {"output": "View run at https://modal.com/apps/x/main/ap-9"}, LOGS],
            id="the logs of another run",
        ),
        pytest.param(
            [ONE, LOGS | {"command": "modal app logs ap-1 > /dev/null; echo fine"}],
            id="its logs were put away",
        ),
        pytest.param(
            [ONE | {"output": "Command running in background with ID: b1"},
             {"tool": "TaskOutput", "input": {"task_id": "b2"}, "output": "step 9", "ago": 300}],
            id="the output of another task",
        ),
    ],
)  # fmt: skip
def test_nothing_less_opens_the_others(seen: list[Json], project: Path) -> None:
    outcome, reason = verdict(project, MANY, LISTED, *seen, LISTED | {"ago": 100})
    assert outcome == "deny"
    assert "no single one was seen to run first" in reason


def test_a_verified_app_may_run_more_than_once(project: Path) -> None:
    again = "modal run -d jobs/gpu.py --lr 0.2"
    first = {"command": "modal run -d jobs/gpu.py --lr 0.1", "output": "step 1", "ago": 600}
    listed = LISTED | {"output": RUNNING % "alpha", "ago": 200}
    assert verdict(project, again, first, listed)[0] == "deny"
    assert verdict(project, again, first, LOGS, listed)[0] == "abstain"


AGAIN = "modal run -d jobs/gpu.py --lr 0.2"
FIRST: Json = {"command": "modal run -d jobs/gpu.py --lr 0.1", "output": "step 1", "ago": 600}


def test_variants_one_by_one_are_many_too(project: Path) -> None:
    outcome, reason = verdict(project, AGAIN, LISTED, FIRST)
    assert outcome == "deny"
    assert (
        "`jobs/gpu.py` was launched 10 min ago, after the last look at `modal app list`" in reason
    )
    ended = LISTED | {"ago": 200}
    assert verdict(project, AGAIN, LISTED, FIRST, ended)[0] == "abstain"
    runs = LISTED | {"output": RUNNING % "alpha", "ago": 200}
    assert "is running already" in verdict(project, AGAIN, LISTED, FIRST, runs)[1]
    assert verdict(project, AGAIN, LISTED, FIRST, LOGS, runs)[0] == "abstain"


@pytest.mark.parametrize(
    "command",
    [
        "modal run -d jobs/gpu.py; echo 'App completed'",
        "modal run -d jobs/gpu.py; cat note",
        "env A=1 modal run -d jobs/gpu.py; env",
        "bash -c 'modal run -d jobs/gpu.py; cat note'",
        "modal run -d jobs/gpu.py | tail -5 - note",
        "modal run -d jobs/gpu.py; $SAY",
    ],
)
def test_what_else_a_call_prints_does_not_tell_how_its_run_ended(
    command: str, project: Path
) -> None:
    first = FIRST | {"command": command, "output": DONE}
    assert verdict(project, AGAIN, LISTED, first)[0] == "deny"
    one = ONE | {"command": command.replace("gpu.py", "sweep.py::one"), "output": DONE}
    assert verdict(project, MANY, LISTED, one, LISTED | {"ago": 100})[0] == "deny"


@pytest.mark.parametrize(
    "command",
    [
        "python -m modal run -d jobs/gpu.py",
        "uv run modal run --detach jobs/gpu.py",
        "timeout 60 env A=1 modal run -d jobs/gpu.py",
        "bash -c 'cd jobs && modal run -d gpu.py'",
        "nohup modal run -d jobs/gpu.py > log 2>&1 &",
        "if test -e x; then modal run -d jobs/gpu.py; fi",
        "for i in 1 2; do modal run -d jobs/gpu.py; done",
    ],
)
def test_no_spelling_hides_an_earlier_launch(command: str, project: Path) -> None:
    first = FIRST | {"command": command, "output": ""}
    assert verdict(project, AGAIN, LISTED, first)[0] == "deny"
    assert verdict(project, AGAIN, LISTED, first, LISTED | {"ago": 100})[0] == "abstain"


def test_a_copy_of_a_script_is_the_same_app(project: Path) -> None:
    copied = "cp jobs/gpu.py jobs/again.py && modal run -d jobs/again.py"
    assert verdict(project, copied, LISTED)[0] == "abstain"
    assert verdict(project, copied, LISTED, FIRST)[0] == "deny"


@pytest.mark.parametrize(
    "command",
    [
        "cd jobs && modal run -d gpu.py",
        "timeout 600 modal run -d jobs/gpu.py 2>&1 | tee log | tail -n 5",
        "export A=1; mkdir -p out; env B=2 modal run -d jobs/gpu.py",
    ],
)
def test_an_ordinary_run_tells_how_it_ended(command: str, project: Path) -> None:
    first = FIRST | {"command": command, "output": DONE}
    assert verdict(project, AGAIN, LISTED, first)[0] == "abstain"


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(FIRST | {"output": BROKEN}, id="it has failed at once"),
        pytest.param(FIRST | {"output": DONE}, id="it has completed"),
        pytest.param(FIRST | {"failed": True, "ran": False}, id="it never ran"),
        pytest.param(FIRST | {"command": "modal run -d jobs/sweep.py::one"}, id="another script"),
        pytest.param(FIRST | {"command": "modal run jobs/gpu.py"}, id="its client waited for it"),
        pytest.param(FIRST | {"command": "echo modal run -d jobs/gpu.py"}, id="words alone"),
        pytest.param(FIRST | {"ago": 1200}, id="before the look"),
    ],
)
def test_a_launch_that_left_nothing_unknown_holds_nobody_up(first: Json, project: Path) -> None:
    assert verdict(project, AGAIN, LISTED, first)[0] == "abstain"


def test_what_the_session_did_must_be_known(project: Path) -> None:
    def gone() -> list[Any]:
        raise Fault("the transcript cannot be read", "mend it")

    event = event_of({"command": "modal run -d jobs/gpu.py"}, project)
    blind = Event(
        event.call, event.analysis, (), event.places, event.look, Facts(now=1.0, history=gone)
    )
    with pytest.raises(Fault, match="cannot be read"):
        gate.check(blind, gate.Params({}))


@pytest.mark.parametrize("other", [gate, cost])
def test_what_has_nothing_to_do_with_launches_is_not_analysed(other: Any, project: Path) -> None:
    def analysed() -> Analysis:
        raise AssertionError

    event = event_of(
        {"command": "modal run -d jobs/gpu.py", "history": [LISTED], "rates": RATES}, project
    )
    past = [
        Past("Bash", {"command": command}, output="", at=NOW - 700, analyse=analysed)
        for command in ("python x.py && ls", "pytest -q", "git log | head", "cat fallback.py")
    ]
    facts = Facts(now=NOW, history=lambda: [*past, *event.facts.history()], rates=event.facts.rates)
    long = Event(event.call, event.analysis, (), event.places, event.look, facts)
    assert other.check(long, other.Params({})).outcome != "deny"


HIDDEN = {
    "a byte that is no UTF-8": b"# -*- coding: latin-1 -*-\n# \xe9\n",
    "more than is read": b"#" + b"x" * 255_000 + b"\n",
}


@pytest.mark.parametrize("head", HIDDEN.values(), ids=HIDDEN)
def test_nothing_before_a_script_hides_that_it_launches(head: bytes, project: Path) -> None:
    script = project / "jobs/hidden.py"
    script.write_bytes(head + (project / "jobs/itself.py").read_bytes())
    for command in ("python jobs/hidden.py", "modal run -d jobs/hidden.py"):
        event = event_of({"command": command, "rates": RATES}, project)
        try:
            outcome = cost.check(event, cost.Params({})).outcome
        except Fault:
            outcome = "deny"
        assert outcome != "abstain", command
    script.unlink()
