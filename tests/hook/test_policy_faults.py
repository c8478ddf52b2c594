"""A policy that is missing or broken: mutating calls are denied, reading goes on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.environment import Environment


def call(tool: str, project: Path, **fields: str) -> dict[str, object]:
    return {
        "hook_event_name": "PreToolUse",
        "cwd": str(project),
        "tool_name": tool,
        "tool_input": fields,
    }


def break_policy(how: str, policy: Path) -> None:
    policy.parent.mkdir()
    if how == "a folder":
        policy.mkdir()
    elif how == "a loop of links":
        policy.symlink_to(policy.name)
    elif how == "not TOML":
        policy.write_text("version = = 1")
    elif how == "empty":
        policy.write_text("")
    elif how == "unknown role":
        policy.write_text('version = 1\n[agents]\nmain = "boss"\n')
    elif how == "two megabytes":
        policy.write_text("version = 1\n" + "#" * 2_000_000)
    elif how == "not UTF-8":
        policy.write_bytes(b"version = 1 # \xff")
    elif how == "not readable":
        policy.write_text("version = 1")
        policy.chmod(0)
    else:
        assert how == "missing"


HOW = [
    "missing", "a folder", "a loop of links", "not TOML", "empty", "unknown role",
    "two megabytes", "not UTF-8", "not readable",
]  # fmt: skip


@pytest.mark.parametrize("how", HOW)
def test_denies_what_could_change_something(
    how: str, environment: Environment, tmp_path: Path
) -> None:
    project = tmp_path / "p"
    project.mkdir()
    policy = project / ".claude/kei-gates.toml"
    break_policy(how, policy)
    if how == "not readable" and os.access(policy, os.R_OK):
        pytest.skip("this user may read every file")
    for tool, fields in (
        ("Bash", {"command": "ls"}),
        ("Write", {"file_path": f"{project}/x", "content": ""}),
        ("mcp__a__b", {}),
        ("Agent", {"prompt": "x"}),
    ):
        answer = environment.run(call(tool, project, **fields), project=project)
        assert answer.decision == "deny"
        assert str(policy) in answer.reason
        assert "; " in answer.reason
    read = call("Read", project, file_path=f"{project}/x")
    assert environment.run(read, project=project).decision == "none"


def test_a_change_of_the_policy_counts_at_once(environment: Environment, tmp_path: Path) -> None:
    policy = tmp_path / ".claude/kei-gates.toml"
    policy.parent.mkdir()
    write = call("Write", tmp_path, file_path=f"{tmp_path}/x", content="")
    texts = {
        'version = 1\n[agents]\nmain = "orchestrator"\n': "none",
        'version = 1\n[agents]\nmain = "read-only"\n###\n': "deny",
        "": "deny",
        'version = 1\n[agents]\nmain = "orchestrator"\n#\n': "none",
    }
    for text, decision in texts.items():
        before = policy.stat() if policy.exists() else None
        policy.write_text(text)
        if before is not None:  # neither time nor size may be what is compared
            os.utime(policy, ns=(before.st_atime_ns, before.st_mtime_ns))
        for _ in range(2):  # compiled, then loaded
            assert environment.run(write, project=tmp_path).decision == decision


def test_a_forged_or_damaged_compiled_policy_is_made_anew(
    environment: Environment, tmp_path: Path
) -> None:
    policy = tmp_path / ".claude/kei-gates.toml"
    policy.parent.mkdir()
    policy.write_text('version = 1\n[agents]\nmain = "read-only"\n')
    write = call("Write", tmp_path, file_path=f"{tmp_path}/x", content="")
    assert environment.run(write, project=tmp_path).decision == "deny"
    stored = Path(f"{environment.python.parent.parent}/var/kei-gates/compiled{tmp_path}/policy")
    whole = stored.read_bytes()
    for damage in (b"", b"\x00", whole[:100], whole[::-1], b"\xfb" * 100):
        stored.write_bytes(damage)
        answer = environment.run(write, project=tmp_path)
        assert answer.decision == "deny"
        assert "tools::allowed" in answer.reason
        assert stored.read_bytes() == whole


WIDE = 'version = 1\n[agents]\nmain = "orchestrator"\n'
NARROW = 'version = 1\n[agents]\nmain = "read-only"\n'


def stored_of(environment: Environment, project: Path) -> Path:
    return Path(f"{environment.python.parent.parent}/var/kei-gates/compiled{project}/policy")


def decided(environment: Environment, project: Path, *, accepted: bool = True) -> str:
    write = call("Write", project, file_path=f"{project}/x", content="")
    return environment.run(write, project=project, accepted=accepted).decision


def with_policy(project: Path, text: str) -> Path:
    policy = project / ".claude/kei-gates.toml"
    policy.parent.mkdir(parents=True, exist_ok=True)
    policy.write_text(text)
    return policy


@pytest.mark.parametrize("how", ["copied", "linked", "hard link"])
def test_another_projects_compiled_policy_does_not_count(
    environment: Environment, tmp_path: Path, how: str
) -> None:
    wide, narrow = tmp_path / "wide", tmp_path / "narrow"
    with_policy(wide, WIDE)
    with_policy(narrow, NARROW)
    assert decided(environment, wide) == "none"
    assert decided(environment, narrow) == "deny"
    stored = stored_of(environment, narrow)
    other = stored_of(environment, wide)
    kept = other.read_bytes()
    stored.unlink()
    if how == "copied":
        stored.write_bytes(kept)
    elif how == "linked":
        stored.symlink_to(other)
    else:
        stored.hardlink_to(other)
    assert decided(environment, narrow) == "deny"
    assert other.read_bytes() == kept
    assert not stored.is_symlink()


def test_an_old_compiled_policy_does_not_count(environment: Environment, tmp_path: Path) -> None:
    policy = with_policy(tmp_path, WIDE)
    assert decided(environment, tmp_path) == "none"
    old = stored_of(environment, tmp_path).read_bytes()
    policy.write_text(NARROW)
    assert decided(environment, tmp_path) == "deny"
    stored_of(environment, tmp_path).write_bytes(old)
    assert decided(environment, tmp_path) == "deny"
    policy.write_text(WIDE)  # the old text with it, which nobody accepts any more
    stored_of(environment, tmp_path).write_bytes(old)
    assert decided(environment, tmp_path, accepted=False) == "deny"


def test_an_environment_that_cannot_be_written_only_costs_time(
    environment: Environment, tmp_path: Path
) -> None:
    policy = tmp_path / ".claude/kei-gates.toml"
    policy.parent.mkdir()
    policy.write_text("version = 1\n")
    blocked = Path(f"{environment.python.parent.parent}/var/kei-gates/compiled{tmp_path}")
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("a file where a folder is wanted")
    read = call("Write", tmp_path, file_path=f"{tmp_path}/x", content="")
    for _ in range(2):
        assert environment.run(read, project=tmp_path).decision == "none"
