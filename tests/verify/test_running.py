"""Commands run for a limited time and leave nothing behind: real processes, looked up in /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kei_gates.model import Fault
from kei_gates.verify import running
from kei_gates.verify.running import run

proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc")


_FORKS = """\
python3 -c "import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: time.sleep({0})
" & echo started"""


def marked(mark: str) -> list[int]:
    """The processes whose command line holds a mark."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if mark.encode() in words:
                found.append(int(entry.name))
    return found


def gone(mark: str, seconds: float = 8.0) -> bool:
    until = time.monotonic() + seconds
    while marked(mark) and time.monotonic() < until:
        time.sleep(0.05)
    return not marked(mark)


def test_what_a_command_prints_and_how_it_ends(tmp_path: Path) -> None:
    ran = run("pwd; echo to stderr >&2; exit 3", str(tmp_path), 10, at="worktree")
    assert (ran.ended, ran.code, ran.at) == ("exit", 3, "worktree")
    assert ran.output == f"{tmp_path.resolve()}\nto stderr\n"
    assert not ran.green
    assert run("true", str(tmp_path), 10, at="merge").green


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("kill -9 $$", -9),
        ("kill -SEGV $$", -11),
        ("no-such-program-at-all", 127),
        ("kill -9 $PPID; sleep 20", -9),
        ("exec 1>&- 2>&-; exit 4", 4),
    ],
)
def test_ends_that_are_no_plain_exit(source: str, code: int, tmp_path: Path) -> None:
    began = time.monotonic()
    ran = run(source, str(tmp_path), 10, at="worktree")
    assert (ran.ended, ran.code) == ("exit", code)
    assert time.monotonic() - began < 5


@proc
@pytest.mark.parametrize(
    "source",
    [
        "sleep {0} & echo started",
        "nohup sleep {0} >/dev/null 2>&1 & echo started",
        "setsid sleep {0} & echo started",
        "(setsid sh -c 'sleep {0} & exec sleep {0}' &) ; echo started",
        "(trap '' TERM HUP; sleep {0}; sleep {0}) & echo started",
        "sleep {0} & kill -STOP $!; echo started",
        _FORKS,
    ],
)
def test_what_is_left_running_is_ended_with_the_command(source: str, tmp_path: Path) -> None:
    mark = f"{3000 + os.getpid() % 1000}.{abs(hash(source)) % 10**6}"
    ran = run(source.format(mark), str(tmp_path), 20, at="worktree")
    assert (ran.ended, ran.code, ran.output) == ("exit", 0, "started\n")
    assert marked(mark) == []


@proc
@pytest.mark.parametrize(
    "source",
    [
        "sleep {0}",
        "trap '' TERM INT HUP; sleep {0}; sleep {0}",
        "while :; do sleep {0} & wait; done",
        "kill -STOP $$; sleep {0}",
        "setsid sleep {0}",
    ],
)
def test_what_takes_too_long_is_ended(source: str, tmp_path: Path) -> None:
    mark = f"{4000 + os.getpid() % 1000}.{abs(hash(source)) % 10**6}"
    began = time.monotonic()
    ran = run(source.format(mark), str(tmp_path), 0.5, at="worktree")
    assert (ran.ended, ran.code) == ("timeout", None)
    assert 0.5 <= ran.seconds < 6
    assert time.monotonic() - began < 6
    assert marked(mark) == []


def test_what_prints_without_end_is_ended(tmp_path: Path) -> None:
    ran = run("yes", str(tmp_path), 60, at="worktree")
    assert (ran.ended, ran.code) == ("flood", None)
    assert running.MOST_OUTPUT < len(ran.output) < 2 * running.MOST_OUTPUT


@proc
def test_who_is_killed_takes_its_command_along(tmp_path: Path) -> None:
    for delay in (0.0, 0.05, 0.1, 0.3, 0.6):
        mark = f"5{os.getpid()}.{int(delay * 1000)}"
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from kei_gates.verify.running import run\n"
            "print('ready', flush=True)\n"
            f"run('setsid sleep {mark} & sleep {mark}', '/', 99, at='merge')"
        )
        source = Path(running.__file__).parents[2]
        waits = subprocess.Popen(
            [sys.executable, "-c", code, str(source)], stdout=subprocess.PIPE, cwd=tmp_path
        )
        assert waits.stdout is not None
        assert waits.stdout.readline() == b"ready\n"
        time.sleep(delay)
        waits.send_signal(signal.SIGKILL)
        waits.wait()
        waits.stdout.close()
        time.sleep(0.2)  # what was being started has started by now
        assert gone(mark), f"left after {delay} s"


def test_the_environment_holds_nothing_of_the_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLAUDE_CODE_MESSAGING_TOKEN", "CLAUDECODE", "GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("KEPT", "kept")
    ran = run("env", str(tmp_path), 10, at="worktree", environment={"MORE": "more"})
    lines = ran.output.splitlines()
    assert "KEPT=kept" in lines
    assert "MORE=more" in lines
    assert "secret" not in ran.output


def test_nobody_answers_questions(tmp_path: Path) -> None:
    ran = run(
        "read answer; echo $?; test -t 0 || test -t 1; echo $?", str(tmp_path), 10, at="merge"
    )
    assert ran.output == "1\n1\n"


def test_a_file_that_this_very_run_makes(tmp_path: Path) -> None:
    def made(source: str) -> bytes | None:
        return run(source, str(tmp_path), 10, at="worktree", makes="out/a.xml").made

    assert made("true") is None
    assert made("mkdir -p out && echo one > out/a.xml") == b"one\n"
    assert made("true") is None, "what lay there before does not count"
    assert made("echo two > out/a.xml") == b"two\n"
    (tmp_path / "secret").write_text("x")
    assert made("rm out/a.xml; ln -s ../secret out/a.xml") is None
    assert made("rm out/a.xml; mkfifo out/a.xml") is None
    assert made("rm -r out; ln -s / out") is None


def test_somebody_is_told_how_it_goes(tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    run(
        "echo first; sleep 2.6",
        str(tmp_path),
        10,
        at="worktree",
        tell=lambda *one: told.append(one),
    )
    assert {line for _, line in told} == {"first"}
    assert [seconds for seconds, _ in told] == sorted({seconds for seconds, _ in told})
    assert told[0][0] >= 1


def test_a_folder_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be started"):
        run("true", str(tmp_path / "gone"), 10, at="worktree")
