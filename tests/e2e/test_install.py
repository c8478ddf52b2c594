"""What `install.sh` leaves in a project, and that the starter policy does its work."""

import json
import subprocess
from pathlib import Path

from tests.environment import Answered, make_project
from tests.hook.payloads import ROWS, placed

from .calls import bash, spawn, write
from .client import Client
from .conftest import NewProject
from .installation import Installation, hook_entries
from .probes import READ_ONLY, assert_stopped, printed
from .project import PERMISSIONS, plain_environment
from .scripted_api import MAIN


def test_both_hooks_are_in_the_settings_and_block_on_failure(installation: Installation) -> None:
    settings = installation.first.read_settings()
    for event in ("PreToolUse", "ConfigChange"):
        entries = hook_entries(settings, event)
        assert entries
        assert all(entry["onFailure"] == "block" for entry in entries)


def test_settings_that_were_there_are_kept(installation: Installation) -> None:
    held = installation.first.read_settings()["permissions"]
    assert "Edit(/.claude/settings.json)" in held.pop("deny")  # which install has added
    assert held == PERMISSIONS


def test_a_second_time_changes_nothing(
    installation: Installation, gated_project: NewProject
) -> None:
    project = gated_project()
    before = project.settings.read_bytes(), project.policy.read_bytes()
    installation.gate(project)
    assert before == (project.settings.read_bytes(), project.policy.read_bytes())


def test_the_starter_policy_lets_only_the_main_thread_write(
    client: Client, installation: Installation
) -> None:
    script = {
        MAIN: [
            bash("status", "git status"),
            write("write", "new.txt", "new"),
            spawn("builder", "builder"),
        ],
        "builder": [write("other", "other.txt", "other"), bash("push", "git push origin HEAD:new")],
    }
    project = installation.first
    answers = client.run(project, script, "bypassPermissions").answers
    assert printed("On branch main")(project, answers["status"]), answers["status"]
    assert (project.folder / "new.txt").read_text() == "new"
    assert_stopped(answers["other"], READ_ONLY)
    assert not (project.folder / "other.txt").exists()
    assert answers["push"].is_error
    assert project.branches() == {"main"}


def test_the_installed_command_decides_the_recorded_payloads(
    installation: Installation, tmp_path: Path
) -> None:
    project = make_project(tmp_path / "project")
    program = installation.environment / "bin" / "kei-gates"
    environment = plain_environment(tmp_path)
    for words in (("install",), ("trust", "--yes")):
        command = [program, *words, project]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    settings = json.loads((project / ".claude/settings.json").read_text())
    (hook,) = hook_entries(settings, "PreToolUse")
    for row in ROWS:
        done = subprocess.run(
            [hook["command"], *hook["args"]],
            input=placed(row["payload"], project).encode(),
            capture_output=True,
            env={**environment, "CLAUDE_PROJECT_DIR": str(project)},
            check=False,
        )
        assert Answered(done).decision == row["expect"], row["id"]
