"""A project's policy counts as its user has accepted it, and not otherwise."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.environment import Answered, Environment, accept, make_project

LOOSE = 'version = 1\n[agents]\nmain = "orchestrator"\ndefault = "orchestrator"\n'


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project", LOOSE)


def call(project: Path, tool: str = "Bash", **fields: str) -> dict[str, object]:
    return {
        "hook_event_name": "PreToolUse",
        "cwd": str(project),
        "tool_name": tool,
        "tool_input": fields or {"command": "touch x"},
        "agent_id": "a1",
        "agent_type": "builder",
        "session_id": "s1",
        "transcript_path": f"{project}/s1.jsonl",
    }


def run(environment: Environment, project: Path, home: Path, **env: str) -> Answered:
    return environment.run(
        call(project), project=project, accepted=False, env={"HOME": str(home)} | env
    )


def accepted(environment: Environment, project: Path, home: Path) -> None:
    accept(project, home, environment.python.parent.parent)


def test_nobody_has_accepted_it(environment: Environment, here: Path, tmp_path: Path) -> None:
    answer = run(environment, here, tmp_path / "home")
    assert answer.decision == "deny"
    assert f"nobody has accepted the policy `{here}/.claude/kei-gates.toml` yet" in answer.reason
    assert "kei-gates trust" in answer.reason
    accepted(environment, here, tmp_path / "home")
    assert run(environment, here, tmp_path / "home").decision == "none"


def test_looking_goes_on(environment: Environment, here: Path) -> None:
    read = call(here, "Read", file_path=f"{here}/README.md")
    assert environment.run(read, project=here, accepted=False).decision == "none"


@pytest.mark.parametrize("text", [LOOSE + "#\n", LOOSE.rstrip("\n"), "version = 1\n", ""])
def test_what_reads_otherwise_is_another_policy(
    text: str, environment: Environment, here: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    accepted(environment, here, home)
    (here / ".claude/kei-gates.toml").write_text(text)
    answer = run(environment, here, home)
    assert answer.decision == "deny"
    assert text == "" or "has changed since it was accepted" in answer.reason
    (here / ".claude/kei-gates.toml").write_text(LOOSE)
    assert run(environment, here, home).decision == "none"


def test_a_policy_that_is_gone_means_no_looser_one(
    environment: Environment, here: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    accepted(environment, here, home)
    (here / ".claude/kei-gates.toml").unlink()
    assert "is missing" in run(environment, here, home).reason
    user = home / ".config/kei-gates/policy.toml"
    user.parent.mkdir(parents=True)
    user.write_text(LOOSE)
    assert "was deleted" in run(environment, here, home).reason


def test_a_project_without_one_is_held_to_the_users(
    environment: Environment, here: Path, tmp_path: Path
) -> None:
    (here / ".claude/kei-gates.toml").unlink()
    user = tmp_path / "home/.config/kei-gates/policy.toml"
    user.parent.mkdir(parents=True)
    user.write_text(LOOSE)
    assert run(environment, here, tmp_path / "home").decision == "none"
    user.write_text("version = 1\n")
    answer = run(environment, here, tmp_path / "home")
    assert "for role read-only" in answer.reason


def test_the_users_policy_holds_beside_an_accepted_one(
    environment: Environment, here: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    accepted(environment, here, home)
    user = home / ".config/kei-gates/policy.toml"
    user.parent.mkdir(parents=True)
    user.write_text('version = 1\n[agents]\nbuilder = "read-only"\n')
    assert run(environment, here, home).decision == "deny"
    user.write_text("version = = 1")
    answer = run(environment, here, home)
    assert f"policy `{user}` is not TOML" in answer.reason


def test_a_project_cannot_bring_its_own_acceptance(
    environment: Environment, here: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other installation"
    (other / "var/kei-gates").mkdir(parents=True)
    accept(here, here / "forged", other)
    for variables in (
        {"HOME": str(here / "forged")},
        {"XDG_STATE_HOME": str(here / "forged/.local/state")},
    ):
        answer = run(environment, here, tmp_path / "home", **variables)
        assert "nobody has accepted" in answer.reason


def test_a_project_cannot_bring_its_own_users_policy(
    environment: Environment, here: Path, tmp_path: Path
) -> None:
    forged = here / "forged/kei-gates/policy.toml"
    forged.parent.mkdir(parents=True)
    forged.write_text(LOOSE)
    (here / ".claude/kei-gates.toml").unlink()
    answer = run(environment, here, tmp_path / "home", XDG_CONFIG_HOME=str(here / "forged"))
    assert f"the user's policy `{forged}` lies in the project" in answer.reason


AGENT = "---\nname: builder\nsubstrate_role: {role}\n---\n"


def test_a_role_that_an_agent_file_declares_counts_as_it_was_accepted(
    environment: Environment, here: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    policy = here / ".claude/kei-gates.toml"
    policy.write_text('version = 1\n[agents]\ndefault = "read-only"\n')
    file = here / ".claude/agents/b.md"
    file.parent.mkdir()
    file.write_text(AGENT.format(role="orchestrator"))
    accepted(environment, here, home)
    answer = run(environment, here, home)
    assert f"nobody has accepted that `{file}` declares the role `orchestrator`" in answer.reason
    trust(environment, here, home)
    assert run(environment, here, home).decision == "none"
    file.write_text(AGENT.format(role="edit-local"))
    assert "nobody has accepted that" in run(environment, here, home).reason
    file.unlink()
    assert "for role read-only" in run(environment, here, home).reason
    shutil.rmtree(home)


def test_a_role_that_there_is_not(environment: Environment, here: Path, tmp_path: Path) -> None:
    (here / ".claude/kei-gates.toml").write_text("version = 1\n")
    file = here / ".claude/agents/b.md"
    file.parent.mkdir()
    file.write_text(AGENT.format(role="edit-locale"))
    trust(environment, here, tmp_path / "home")
    answer = run(environment, here, tmp_path / "home")
    assert "`substrate_role: edit-locale`, and there is no such role" in answer.reason
    assert "did you mean `edit-local`?" in answer.reason


def test_the_users_own_agent_files_need_no_acceptance(
    environment: Environment, here: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (here / ".claude/kei-gates.toml").write_text("version = 1\n")
    accepted(environment, here, home)
    file = home / ".claude/agents/b.md"
    file.parent.mkdir(parents=True)
    file.write_text(AGENT.format(role="orchestrator"))
    assert run(environment, here, home).decision == "none"


def test_a_project_cannot_bring_agent_files_of_its_own_user(
    environment: Environment, here: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (here / ".claude/kei-gates.toml").write_text("version = 1\n")
    accepted(environment, here, home)
    file = here / "forged/.claude/agents/b.md"
    file.parent.mkdir(parents=True)
    file.write_text(AGENT.format(role="orchestrator"))
    moved = {"HOME": str(here / "forged"), "XDG_STATE_HOME": str(home / ".local/state")}
    answer = run(environment, here, home, **moved)
    assert "for role read-only" in answer.reason


def trust(environment: Environment, project: Path, home: Path) -> None:
    """Run `kei-gates trust --yes` of the same installation."""
    script = (
        f"import sys; sys.path[:0] = [{str(environment.site)!r}];"
        "from kei_gates.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [str(environment.python), "-I", "-S", "-c", script, "trust", "--yes", str(project)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
