"""Paid launches through the real hook: many at once, and killed while it decides."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from kei_gates.hook import ledger
from kei_gates.hook.ledger_lines import Entry, local_day
from tests.environment import Answered, Environment, make_project

POLICY = """
version = 1
agents = { main = "runner", default = "runner" }
[rates]
as-of = 2026-11-20
valid-days = 3650
[rates.gpu]
A10G = 1.1
[roles.runner.compute.cost-tiers]
ask-from = 5
per-day = 20
"""
SCRIPT = """
import modal
app = modal.App("training")
@app.function(gpu="A10G", timeout={timeout})
def train(): pass
"""
CENTS = 110
ROUNDS = 30


class Runner:
    """A project with a script, and a user who launches it."""

    def __init__(self, folder: Path) -> None:
        self.environment = Environment(folder / "environment")
        self.project = make_project(folder / "project", POLICY)
        for name, timeout in (("train.py", 3600), ("long.py", 36_000)):
            (self.project / name).write_text(SCRIPT.format(timeout=timeout))
        self.transcript = self.project / "s1.jsonl"
        self.transcript.write_text("")

    def payload(self, call: str, command: str) -> bytes:
        """Make the payload of a call that the transcript holds already."""
        with self.transcript.open("a") as file:
            file.write(f'{{"type":"assistant","message":{{"id":"{call}"}}}}\n')
        fields = {
            "hook_event_name": "PreToolUse",
            "cwd": str(self.project),
            "tool_name": "Bash",
            "tool_input": {"command": command},
            "session_id": "s1",
            "tool_use_id": call,
            "transcript_path": str(self.transcript),
        }
        return json.dumps(fields).encode()

    def run(self, call: str, command: str = "modal run -d train.py") -> Answered:
        return self.environment.run(self.payload(call, command), project=self.project)

    def start(self, call: str, command: str = "modal run -d train.py") -> subprocess.Popen[bytes]:
        raw = self.payload(call, command)
        process = subprocess.Popen(
            self.environment.command("PreToolUse"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.project,
            env={
                "CLAUDE_PROJECT_DIR": str(self.project),
                "HOME": str(self.environment.home),
                "PATH": "/usr/bin:/bin",
            },
        )
        assert process.stdin is not None
        process.stdin.write(raw)
        process.stdin.close()
        process.stdin = None
        return process

    def entries(self) -> tuple[Entry, ...]:
        return ledger.read(str(self.environment.home), local_day(time.time()))


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    made = Runner(tmp_path)
    assert made.run("first", "ls").decision == "none"  # accepts and compiles the policy
    assert made.entries() == ()
    return made


def answer(process: subprocess.Popen[bytes]) -> str:
    out, err = process.communicate()
    return Answered(subprocess.CompletedProcess([], process.returncode, out, err)).decision


def test_a_launch_is_counted_before_it_is_answered(runner: Runner) -> None:
    assert runner.run("c0").decision == "none"
    (entry,) = runner.entries()
    assert (entry.call, entry.cents, entry.session, entry.status) == ("c0", CENTS, "s1", "passed")
    assert entry.charges == ((CENTS, "1 × 1 h × $1.10/h A10G", "`train.py`"),)


def test_a_dear_launch_is_asked_about_with_the_day_in_figures(runner: Runner) -> None:
    runner.run("c0")
    asked = runner.run("c1", "modal run -d long.py")
    assert asked.decision == "ask"
    reason = json.loads(asked.stdout)["hookSpecificOutput"]["permissionDecisionReason"]
    figures = "Estimate: $11.00 (= 1 x 10 h x $1.10/h A10G)"
    assert figures in reason
    assert "today so far $1.10 of $20.00, headroom $18.90" in reason
    assert [entry.status for entry in runner.entries()] == ["passed", "asked"]


def test_what_is_denied_or_no_launch_is_not_counted(runner: Runner) -> None:
    assert runner.run("c0", "modal run -d nowhere.py").decision == "deny"
    assert runner.run("c1", "modal app list").decision == "none"
    assert runner.entries() == ()


def test_what_a_person_has_declined_counts_no_more(runner: Runner) -> None:
    assert runner.run("c0", "modal run -d long.py").decision == "ask"
    with runner.transcript.open("a") as file:
        file.write(
            '{"type":"user","toolDenialKind":"user-rejected","message":{"role":"user","content":'
            '[{"type":"tool_result","tool_use_id":"c0","is_error":true,"content":"no"}]}}\n'
        )
    assert runner.run("c1").decision == "none"
    assert [(entry.call, entry.status) for entry in runner.entries()] == [
        ("c0", "declined"),
        ("c1", "passed"),
    ]


def test_fifty_at_once_stay_below_the_cap_and_are_all_counted(runner: Runner) -> None:
    processes = {f"c{number}": runner.start(f"c{number}") for number in range(50)}
    decisions = {call: answer(process) for call, process in processes.items()}
    counted = Counter(entry.call for entry in runner.entries() if entry.counts)
    # A hook that a busy machine has kept waiting too long denies, and counts at most.
    launched = {call for call, decision in decisions.items() if decision != "deny"}
    assert launched <= set(counted) <= set(decisions)
    assert set(counted.values()) == {1}
    assert ledger.total(runner.entries()) == len(counted) * CENTS
    fitting = min(2000 // CENTS, len(counted))
    late = len(decisions) - len(launched)
    assert fitting - late <= list(decisions.values()).count("none") <= fitting


def test_killed_at_any_time_every_answered_launch_counts_once(runner: Runner) -> None:
    chance = random.Random(7)  # noqa: S311 -- the same times in every run
    began = time.monotonic()
    assert answer(runner.start("whole")) == "none"
    longest = 1.5 * (time.monotonic() - began)
    answered = ["whole"]
    for number in range(ROUNDS):
        process = runner.start(f"c{number}")
        time.sleep(chance.random() * longest)
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            answered.append(f"c{number}")
        process.communicate()
    counted = Counter(entry.call for entry in runner.entries() if entry.counts)
    assert set(answered) <= set(counted)
    assert set(counted.values()) == {1}
    assert runner.run("after").decision in ("none", "ask")
    assert ledger.total(runner.entries()) == (len(counted) + 1) * CENTS
