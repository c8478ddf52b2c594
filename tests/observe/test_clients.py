"""Whether an agent started a process, told from the environments of those above it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kei_gates.observe import clients

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no table to read")

LOOK = "from kei_gates.observe.clients import is_below_agent; print(is_below_agent())"


def look(above: dict[str, str], program: list[str]) -> str:
    """What a process sees that a shell with a marked environment has started by a program."""
    code = f"{sys.executable} -c '{LOOK}'"
    done = subprocess.run(
        ["/bin/sh", "-c", f"{' '.join(program)} {code}; true"],
        env={"PATH": os.environ["PATH"], **above},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_PID"])
@pytest.mark.parametrize("program", [[], ["env", "-i"], ["env", "-i", "sh", "-c", "exec"]])
def test_what_an_agent_started_is_below_it(name: str, program: list[str]) -> None:
    if program[-1:] == ["exec"]:
        program = ["env", "-i", "nice"]
    assert look({name: "1"}, program) == "True"


def test_what_a_person_started_is_not() -> None:
    if clients.is_below_agent():
        pytest.skip("an agent runs these tests")
    assert look({"CLAUDE_CONFIG_DIR": "/x", "TERM": "xterm"}, []) == "False"


def test_who_stands_above() -> None:
    assert clients.is_above(os.getpid())
    assert clients.is_above(os.getppid())
    other = subprocess.Popen(["sleep", "60"])
    try:
        assert not clients.is_above(other.pid)
    finally:
        other.kill()
        other.wait()


def test_a_process_that_has_gone_tells_nothing() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert clients.is_below_agent(gone.pid) is None
