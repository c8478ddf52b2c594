"""What no client sends: each gets a deny in one line, never a traceback, and in time."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.environment import Environment

BASE = {
    "session_id": "s",
    "transcript_path": "/t",
    "cwd": "/tmp",
    "hook_event_name": "PreToolUse",
    "tool_name": "Bash",
    "tool_input": {"command": "ls"},
}


def raw(**changes: object) -> bytes:
    return json.dumps(BASE | changes).encode()


BAD = {
    "empty": b"",
    "blank": b"\n\n",
    "truncated": raw()[:-9],
    "not JSON": b"PreToolUse",
    "an array": b"[" + raw() + b"]",
    "a string": b'"PreToolUse"',
    "two documents": raw() + raw(),
    "garbage after": raw() + b"x",
    "not UTF-8": raw().replace(b"ls", b"\xff\xfe"),
    "UTF-16": raw().decode().encode("utf-16"),
    "nested deeply": b'{"hook_event_name":"PreToolUse","x":' + b"[" * 500_000,
    "nested deeply in the input": raw(tool_input={"command": "ls"})[:-2] + b',"x":' + b"[" * 10**6,
    "no event": raw(hook_event_name=None),
    "another event": raw(hook_event_name="PostToolUse"),
    "event of a wrong type": raw(hook_event_name=["PreToolUse"]),
    "no tool": raw(tool_name=None),
    "empty tool": raw(tool_name=""),
    "tool of a wrong type": raw(tool_name={"name": "Bash"}),
    "no input": raw(tool_input=None),
    "input of a wrong type": raw(tool_input="ls"),
    "no command": raw(tool_input={}),
    "command of a wrong type": raw(tool_input={"command": ["git", "push"]}),
    "no cwd": raw(cwd=None),
    "relative cwd": raw(cwd="tmp"),
    "agent id of a wrong type": raw(agent_id=1, agent_type="builder"),
    "agent type of a wrong type": raw(agent_id="a", agent_type=["builder"]),
    "no file path": raw(tool_name="Edit", tool_input={}),
    "NUL in a path": raw(tool_name="Write", tool_input={"file_path": "/tmp/a\0b"}),
    "lone surrogate in a path": raw(tool_name="Write", tool_input={"file_path": "/tmp/\ud800"}),
    "NUL in a command": raw(tool_input={"command": "ls\0"}),
    "lone surrogate in a command": raw(tool_input={"command": "echo \udcff"}),
    "unknown tool for a role with a list": raw(tool_name="Frobnicate", tool_input={}),
    "lone surrogate as a tool": raw(tool_name="\udfff", tool_input={}),
}


@pytest.mark.parametrize("name", BAD)
def test_is_denied_in_one_line(name: str, environment: Environment, project: Path) -> None:
    answer = environment.run(BAD[name], project=project)
    assert answer.decision == "deny"
    assert "Traceback" not in answer.reason
    assert answer.reason.startswith("kei-gates: ")
    assert "; " in answer.reason, "a way out is said"


def test_a_hundred_megabytes_are_denied_in_time(environment: Environment, project: Path) -> None:
    started = time.monotonic()
    answer = environment.run(raw(x="y" * 100_000_000), project=project)
    assert answer.decision == "deny"
    assert "8388608 bytes" in answer.reason
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "event", ["", "SessionEnd", "pretooluse", "../x", "\ud800", "PostToolBatch"]
)
def test_an_event_without_a_handler_is_blocked(
    event: str, environment: Environment, project: Path
) -> None:
    argument = event.encode("utf-8", "surrogateescape" if event >= "\udc80" else "replace").decode()
    answer = environment.run(raw(hook_event_name=event), argument, project=project)
    assert answer.code == 2
    assert answer.stderr.startswith(b"kei-gates: ")
    assert answer.stdout.isascii()


def test_no_event_at_all_is_blocked(environment: Environment) -> None:
    command = environment.command()
    done = subprocess.run(command, input=raw(), capture_output=True, check=False)
    assert done.returncode == 2
    assert b"no hook for the event" in done.stderr


def test_a_closed_stdin_is_denied(environment: Environment, project: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *environment.command("PreToolUse")],
        capture_output=True,
        check=False,
        env={"CLAUDE_PROJECT_DIR": str(project)},
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "> /dev/full"])
def test_a_deny_holds_when_nobody_can_be_told(
    closed: str, environment: Environment, project: Path
) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *environment.command("PreToolUse")],
        input=b"",
        capture_output=True,
        check=False,
        env={"CLAUDE_PROJECT_DIR": str(project)},
    )
    assert done.returncode == 2


def test_a_stdin_that_never_ends_is_denied_at_the_deadline(
    environment: Environment, project: Path
) -> None:
    out, into = os.pipe()
    try:
        os.write(into, raw()[:20])
        done = subprocess.run(
            environment.command("PreToolUse"),
            stdin=out,
            capture_output=True,
            check=False,
            timeout=19,  # the installed hook's own is 20
            env={"CLAUDE_PROJECT_DIR": str(project)},
        )
    finally:
        os.close(into)
        os.close(out)
    assert done.returncode == 2
    assert json.loads(done.stdout)["hookSpecificOutput"]["permissionDecision"] == "deny"
    assert b"longer than 8 seconds" in done.stderr


def test_a_policy_that_is_a_pipe_does_not_hang(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / ".claude").mkdir()
    os.mkfifo(tmp_path / ".claude/kei-gates.toml")
    answer = environment.run(raw(), project=tmp_path)
    assert answer.decision == "deny"
    assert "not a regular file" in answer.reason
