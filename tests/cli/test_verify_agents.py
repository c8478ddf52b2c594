"""`kei-gates verify` run by an agent: it runs nothing that a person has not accepted."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.verifying import POLICY, SOURCES, Project
from tests.environment import accept

# A shell stands for the client: its variables are a person's, it marks those of what it starts.
CLIENT = ("/bin/sh", "-c", 'CLAUDECODE=1 "$@"; exit $?', "client")
TASK = "[verification]\ntest-commands = ['touch ran']\n"

linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no table to read")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path, ["touch ran"])
    made.through = CLIENT
    return made


def ran(project: Project) -> bool:
    return (project.root / "ran").exists()


def only(record: Any) -> str:
    (one,) = record["findings"]
    assert (record["runs"], record["passed"]) == ([], [])
    return f"{one['message']}; {one['remedy']}"


def test_what_nobody_has_accepted_is_not_run(project: Project) -> None:
    code, record = project.record()
    assert (code, ran(project)) == (1, False)
    assert "nobody has accepted the policy" in only(record)


def test_what_has_changed_since_is_not_run(project: Project) -> None:
    accept(project.root, project.home)
    project.put({".claude/kei-gates.toml": POLICY.format(commands='["touch ran", "true"]')})
    code, record = project.record()
    assert (code, ran(project)) == (1, False)
    assert "has changed since it was accepted" in only(record)


def test_what_a_person_has_accepted_is_run(project: Project) -> None:
    accept(project.root, project.home)
    project.put({".gitignore": "ran\n"})
    _, record = project.record("--role", "edit-local")
    assert ran(project)
    assert [run["command"] for run in record["runs"]] == ["touch ran"] * 2


def test_a_task_of_a_project_that_was_accepted(project: Project) -> None:
    accept(project.root, project.home)
    project.put({".claude/kei-gates/tasks/t.toml": TASK})
    _, record = project.record("--role", "edit-local", "--task", "t")
    assert {run["command"] for run in record["runs"]} == {"touch ran"}


def test_a_task_that_lies_anywhere(project: Project) -> None:
    (project.root / ".claude/kei-gates.toml").unlink()
    project.put({".claude/kei-gates/tasks/t.toml": TASK})
    code, record = project.record("--task", "t")
    assert (code, ran(project)) == (1, False)
    assert "nobody has accepted a policy" in only(record)
    project.through = ()
    if not record_is_agents(project):
        project.record("--task", "t")
        assert ran(project)


def record_is_agents(project: Project) -> bool:
    """Whether these tests are themselves run by an agent, or may be."""
    return "accepted" in project.run("--task", "t").stdout


@linux
@pytest.mark.parametrize("name", ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"])
def test_another_place_to_look_in(name: str, project: Project, tmp_path: Path) -> None:
    (project.root / ".claude/kei-gates.toml").unlink()
    elsewhere = tmp_path / "elsewhere"
    policy = "version = 1\n[roles.r]\nextends = 'builtin:edit-local'\n[roles.r.verification]\n"
    for folder in (".config/kei-gates", "kei-gates"):
        (elsewhere / folder).mkdir(parents=True)
        (elsewhere / folder / "policy.toml").write_text(policy + "test-commands = ['touch ran']\n")
    project.through = (*CLIENT, "env", f"{name}={elsewhere}")
    role = "edit-local" if name == "XDG_STATE_HOME" else "r"
    code, record = project.record("--role", role)
    assert (code, ran(project)) == (1, False)
    assert f"another `{name}` than its client has" in only(record)


@linux
def test_a_mark_of_its_own_does_not_make_a_client(project: Project, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    stays = ("sh", "-c", '"$@"; exit $?', "shell")
    moves = ("env", "-u", "CLAUDECODE", f"HOME={tmp_path}/elsewhere")
    project.through = (*CLIENT, *stays, *moves, *CLIENT)
    (project.root / ".claude/kei-gates.toml").unlink()
    _, record = project.record()
    assert "another `HOME`" in only(record)


@linux
def test_who_has_lost_its_parent_is_no_agent_by_that(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    alone = "while kill -0 $$ 2>/dev/null; do sleep 0.02; done"
    left = f'({alone}; "$@" > {out}.part 2>&1; mv {out}.part {out}) & exit 0'
    words = (sys.executable, "-m", "kei_gates.cli.main", "verify")
    around = {"PATH": os.environ["PATH"], "HOME": str(project.home), "PYTHONPATH": str(SOURCES)}
    subprocess.run(
        ["sh", "-c", left, "sh", *words],
        cwd=project.root,
        env=around,
        check=True,
        start_new_session=True,
    )
    until = time.monotonic() + 20
    while not out.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert "nobody has accepted" not in out.read_text()
    assert ran(project)


def test_no_file_is_written(project: Project) -> None:
    accept(project.root, project.home)
    done = project.run("--junit", "README.md")
    assert done.returncode == 64
    assert "leave `--junit` out" in done.stderr
    assert (project.root / "README.md").read_text() == "before\n"
