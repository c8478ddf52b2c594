"""`kei-gates verify` on a terminal: what a person sees while it runs, and when it has ended."""

from __future__ import annotations

import os
import pty
import re
import sys
from pathlib import Path

import pytest

from kei_gates.cli.below_agent import is_surely_agents
from tests.cli.verifying import SOURCES, Project

pytestmark = pytest.mark.skipif(is_surely_agents(), reason="an agent runs these tests")

# What it prints tries to write to the clipboard, has colours, and is wider than the terminal.
NOISY = r"printf '\033]52;c;eA==\007\033[31mred\033[0m %0200d\n' 7; sleep 1.3; echo end; exit 1"
RED = b"\x1b[31mFAIL\x1b[0m  quality::command-green"


def on_terminal(project: Project, **env: str) -> tuple[int, bytes]:
    """Run it on a terminal of its own, and give its exit code and all that it wrote there."""
    words = [sys.executable, "-m", "kei_gates.cli.main", "verify"]
    around = {
        "PATH": os.environ["PATH"],
        "HOME": str(project.home),
        "PYTHONPATH": str(SOURCES),
        "COLUMNS": "80",
        "TERM": "xterm",
        "PYTHONUTF8": "1",
    }
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(project.root)
        os.execve(sys.executable, words, around | env)  # noqa: S606 -- this very interpreter
    shown = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:  # Linux says so that the other end is closed
            break
        if not more:
            break
        shown += more
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, [NOISY])


def test_what_runs_is_one_line_that_goes_away(project: Project) -> None:
    code, shown = on_terminal(project)
    assert code == 1
    progress = re.findall(rb"\r\x1b\[K(running [^\r]*)", shown)
    assert progress
    assert all(b", 1 s: " in one and b"red" in one for one in progress)
    assert all(len(one) <= 80 for one in progress)
    assert shown.index(b"\r\x1b[K", shown.rindex(progress[-1])) < shown.index(b"FAIL")


def test_the_summary_reads_at_a_glance(project: Project) -> None:
    _, shown = on_terminal(project)
    assert RED in shown
    lines = [line for line in shown.split(b"\r\n") if line]
    assert lines[-1].startswith(b"\x1b[31mdoes not hold\x1b[0m: 1 finding, ")
    details = [line for line in lines if line.startswith(b"        ")]
    assert details[-1] == b"        end"
    assert details[0].startswith(rb"        \x1b]52;c;eA==\x07red 000")  # and not its colours
    assert details[0].endswith(b"0...")
    assert all(len(line) <= 80 for line in details)


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_control_character_of_a_command_reaches_the_terminal(
    env: dict[str, str], project: Project
) -> None:
    _, shown = on_terminal(project, **env)
    ours = re.sub(rb"\r\n|\r\x1b\[K|\x1b\[(?:31|0)m", b"", shown)
    assert re.findall(rb"[\x00-\x1f\x7f]", ours) == []
    assert rb"\x1b]52;c;eA==\x07" in shown
    assert (b"\x1b[31m" in shown) == (env == {})
    assert (b"\x1b[K" in shown) == (env.get("TERM") != "dumb")


def test_elsewhere_it_is_told_now_and_then(tmp_path: Path) -> None:
    project = Project(tmp_path, ["sleep 1.8; echo end"])
    done = project.run("--json")
    assert done.stderr.splitlines() == [
        "running `sleep 1.8; echo end`, 1 s",
        "running `sleep 1.8; echo end` after a merge, 1 s",
    ]
    assert done.stdout.count("\n") == 1
