"""How programs are run and timed, and how the times are summed up."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import timing
from bench.timing import Command, Run, Runner, UnexpectedError

PYTHON = Path(sys.executable)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(PYTHON) as made:
        yield made


def command(source: str, stdin: bytes = b"", expected: str = "none") -> Command:
    argv = [sys.executable, "-I", "-S", "-c", source]
    return Command("it", argv, stdin, {"A": "b"}, Path("/"), expected)


def said(decision: str) -> str:
    return json.dumps({"hookSpecificOutput": {"permissionDecision": decision}})


def test_a_program_gets_its_input_environment_and_folder(runner: Runner) -> None:
    source = (
        "import os,sys; assert (sys.stdin.read(), os.environ['A'], os.getcwd()) == ('x','b','/')"
    )
    assert runner.run(command(source, b"x")).answer == "none"


def test_time_is_the_program_s(runner: Runner) -> None:
    assert runner.run(command("import time; time.sleep(0.2)")).seconds > 0.2


def test_memory_is_the_program_s_and_not_its_parent_s(runner: Runner) -> None:
    held = b"x" * (200 << 20)
    small = runner.run(command("pass")).megabytes
    large = runner.run(command("x = b'x' * (50 << 20)")).megabytes
    assert len(held) / 1e6 > large > small + 50
    assert small < 30


@pytest.mark.parametrize("answer", ["allow", "ask", "deny"])
def test_an_answer_is_read(runner: Runner, answer: str) -> None:
    assert runner.run(command(f"print({said(answer)!r})", expected=answer)).answer == answer


def test_exit_2_denies(runner: Runner) -> None:
    source = "import sys; sys.exit('no') if 0 else (sys.stderr.write('no'), sys.exit(2))"
    assert runner.run(command(source, expected="deny")).answer == "deny"


@pytest.mark.parametrize(
    "source",
    ["raise SystemExit(1)", "raise SystemExit(2)", "print('x')", "print('{}')", "print('[1]')",
     "import os; os.abort()", f"print({said('perhaps')!r})"],
)  # fmt: skip
def test_what_is_no_answer_is_refused(runner: Runner, source: str) -> None:
    with pytest.raises(UnexpectedError):
        runner.run(command(source, expected=""))


def test_another_answer_than_expected_is_refused(runner: Runner) -> None:
    with pytest.raises(UnexpectedError, match="answered `ask` where `none` is right"):
        runner.run(command(f"print({said('ask')!r})"))


def test_a_program_that_is_missing_is_told() -> None:
    with Runner(PYTHON) as own, pytest.raises(UnexpectedError, match="could not be run"):
        own.run(Command("it", ["/nowhere/program"], b"", {}, Path("/")))


class Scripted(Runner):
    """Notes what it is to run, and gives answers in turn."""

    def __init__(self, *answers: str) -> None:
        self.ran: list[str] = []
        self._answers = answers

    def run(self, command: Command) -> Run:
        self.ran.append(command.name)
        return Run(len(self.ran), 1.0, self._answers[len(self.ran) % len(self._answers)])


def named(*names: str) -> list[Command]:
    return [Command(name, ["x"], b"", {}, Path("/")) for name in names]


def test_commands_run_in_turn_after_a_first_round() -> None:
    one, other = Scripted("none"), Scripted("none")
    found = timing.interleaved(one, named(*"abc"), rounds=20)
    timing.interleaved(other, named(*"abc"), rounds=20)
    rounds = ["".join(one.ran[at : at + 3]) for at in range(0, len(one.ran), 3)]
    assert len(rounds) == 21
    assert {"".join(sorted(names)) for names in rounds} == {"abc"}
    assert len(set(rounds)) > 3
    assert one.ran == other.ran
    assert {name: len(runs) for name, runs in found.items()} == dict.fromkeys("abc", 20)
    assert min(run.seconds for runs in found.values() for run in runs) == 4


def test_answers_that_differ_are_refused() -> None:
    with pytest.raises(UnexpectedError, match="differently from round to round"):
        timing.interleaved(Scripted("none", "deny"), named("a"), rounds=2)


def test_no_run_is_left_out_of_a_summary() -> None:
    runs = [
        Run(seconds / 1000, peak, "none") for seconds, peak in ((1, 9), (3, 8), (2, 7), (90, 1))
    ]
    assert timing.summary(runs) == (1.75, 2.5, 24.75, 9)


def test_quartiles_and_percentiles() -> None:
    assert timing.quartiles([5, 1, 3, 2, 4]) == (2, 3, 4)
    assert timing.quartiles([7]) == (7, 7, 7)
    assert timing.percentile(range(11), 90) == 9
    assert timing.percentile([1, 2], 50) == 1.5
    assert timing.percentile([4], 90) == 4
