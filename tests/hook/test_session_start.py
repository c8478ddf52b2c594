"""The start of a session: a person is told what of the gate is not whole, and nobody is stopped."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from kei_gates.hook.main import HANDLERS
from tests.environment import Environment, make_project


class Session:
    """A session that starts in a project, in a home of its own."""

    def __init__(self, environment: Environment, root: Path) -> None:
        self._environment = environment
        self.project = make_project(root / "project")
        self.home = root / "home"
        self.home.mkdir()
        self.settings = self.project / ".claude/settings.json"
        script = {"type": "command", "command": "/p", "args": ["/x/kei_gates_hook.py"]}
        groups: list[Any] = [{"hooks": [script]}]
        self.write(dict.fromkeys(HANDLERS, groups))

    def write(self, hooks: dict[str, Any]) -> None:
        self.settings.write_text(json.dumps({"hooks": hooks}))

    def shown(
        self, at: Path | None = None, *, accepted: bool = True, source: str = "startup"
    ) -> str:
        """Start; give what the person is shown. It never blocks, and tells the model nothing."""
        payload: dict[str, object] = {
            "session_id": "s",
            "transcript_path": "/t.jsonl",
            "cwd": str(at or self.project),
            "hook_event_name": "SessionStart",
            "source": source,
        }
        answer = self._environment.run(
            payload,
            "SessionStart",
            project=at or self.project,
            env={"HOME": str(self.home)},
            accepted=accepted,
        )
        assert (answer.code, answer.stderr) == (0, b"")
        if not answer.stdout:
            return ""
        said = json.loads(answer.stdout)
        assert list(said) == ["systemMessage"]
        return str(said["systemMessage"])


@pytest.fixture
def session(environment: Environment, tmp_path: Path) -> Session:
    return Session(environment, tmp_path.resolve())


@pytest.mark.parametrize("source", ["startup", "resume", "clear", "compact"])
def test_it_is_silent_when_all_is_whole(session: Session, source: str) -> None:
    assert session.shown(source=source) == ""


def test_a_policy_that_nobody_has_accepted(session: Session) -> None:
    assert "nobody has accepted the policy" in session.shown(accepted=False)


def test_a_policy_that_is_broken(session: Session) -> None:
    (session.project / ".claude/kei-gates.toml").write_text("version = 2")
    said = session.shown()
    assert said.startswith("kei-gates: the gate is not whole:\n- ")
    assert "version" in said


def test_no_policy_at_all(session: Session) -> None:
    (session.project / ".claude/kei-gates.toml").unlink()
    assert "policy" in session.shown(accepted=False)


def test_hooks_of_ours_that_are_missing(session: Session) -> None:
    held = json.loads(session.settings.read_text())["hooks"]
    del held["SubagentStop"]
    session.write(held)
    assert "has no hook for SubagentStop; run `kei-gates install` again" in session.shown()


def test_settings_that_the_client_drops(session: Session) -> None:
    session.settings.write_text("{,")
    assert "cannot be read, so the client drops it" in session.shown()


def test_an_audit_that_cannot_be_written(session: Session) -> None:
    state = session.home / ".local/state/kei-gates"
    state.mkdir(parents=True, exist_ok=True)
    (state / "audit.jsonl").mkdir()
    assert "audit.jsonl" in session.shown()


def test_a_subfolder_of_a_project(session: Session) -> None:
    below = session.project / "src"
    below.mkdir(exist_ok=True)
    said = session.shown(below, accepted=False)
    assert f"the policy of `{session.project}` does not hold; start it in" in said


def test_nothing_of_the_project_is_run_and_it_is_quick(session: Session) -> None:
    mark = session.project / "ran"
    for name in ("claude", "git", "python", "python3"):
        program = session.project / name
        program.write_text(f"#!/bin/sh\ntouch {mark}\n")
        program.chmod(0o755)
    session.shown()
    began = os.times()
    for _ in range(3):
        session.shown()
    spent = os.times()
    assert not mark.exists()
    used = spent.children_user - began.children_user + spent.children_system - began.children_system
    assert used / 3 < 0.3, time.ctime()
