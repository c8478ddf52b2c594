"""What becomes of an agent that returns when something else goes wrong: never an untold pass."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kei_gates.hook.returns import SAME
from tests.environment import Answered, Environment
from tests.hook.returning import POLICY, REPORT, Agent, commit, git, lay_out, reason


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = lay_out(tmp_path / "project")
    commit(made)
    return made


@pytest.fixture
def agent(environment: Environment, tmp_path: Path, project: Path) -> Agent:
    found = Agent(environment, tmp_path, project, "a1")
    found.begins()
    return found


def context(answered: Answered) -> str:
    """What whoever started the agent is told; empty for nothing."""
    assert answered.code == 0, answered.stderr
    if not answered.stdout:
        return ""
    return str(json.loads(answered.stdout)["hookSpecificOutput"]["additionalContext"])


def has_come_back(agent: Agent) -> str:
    """End the call that started the agent, and give what its caller is told."""
    response = {"status": "completed", "agentId": agent.name}
    return context(
        agent.hook("PostToolUse", tool_name="Agent", tool_input={}, tool_response=response)
    )


def test_one_that_was_sent_back_and_ended_otherwise_is_told_of(agent: Agent) -> None:
    agent.runs("touch src/red")
    assert reason(agent.returns())
    said = has_come_back(agent)
    assert "NOT VERIFIED: agent a1 has ended without returning again" in said
    assert "quality::command-green" in said
    assert has_come_back(agent) == ""


def test_one_that_is_woken_is_told_of_once_more(agent: Agent) -> None:
    assert "before anybody could look" in has_come_back(agent)
    agent.begins()
    assert "before anybody could look" in has_come_back(agent)
    agent.runs("echo after > README.md")
    for turn in range(SAME + 1):
        agent.returns(again=turn > 0)
    assert "README.md" in has_come_back(agent)
    agent.begins()
    assert "README.md" in has_come_back(agent)


def test_one_whose_start_nobody_was_told_of_is_told_of(
    environment: Environment, tmp_path: Path, project: Path
) -> None:
    unknown = Agent(environment, tmp_path, project, "u1")
    assert "NOT VERIFIED: agent u1" in has_come_back(unknown)
    note = "<task-notification>\n<task-id>{}</task-id>\n<status>completed</status>"
    assert "agent u1" in context(unknown.hook("UserPromptSubmit", prompt=note.format("u1")))
    for other in ("b7", "../u1", ""):
        assert context(unknown.hook("UserPromptSubmit", prompt=note.format(other))) == ""


def test_with_a_notification_all_are_told_of_that_were_let_go(agent: Agent) -> None:
    agent.runs("touch src/red")
    for turn in range(SAME + 1):
        agent.returns(again=turn > 0)
    state = agent.state / "sessions/s1"
    shutil.copy(state / "return-a1", state / "return-main")  # nobody is told of the main thread
    note = "<task-notification>\n<task-id>w1</task-id>\n<status>completed</status>"
    said = context(agent.hook("UserPromptSubmit", prompt=note))
    assert said.count("NOT VERIFIED") == 1
    assert "agent a1 has returned" in said
    assert context(agent.hook("UserPromptSubmit", prompt=note)) == ""


def test_a_start_that_could_not_be_noted_says_why(
    environment: Environment, tmp_path: Path, project: Path
) -> None:
    agent = Agent(environment, tmp_path, project, "a1")
    shutil.rmtree(project / ".git")
    (project / "src/.gitignore").write_bytes(b"x" * (2 << 20))
    answered = agent.hook("SubagentStart", agent_id="a1", agent_type="builder")
    assert answered.code == 2
    said = reason(agent.returns())
    assert "src/.gitignore" in said
    assert reason(agent.returns(again=True)) == ""
    assert "src/.gitignore" in has_come_back(agent)


def test_where_nothing_can_be_noted_it_goes_back_once_and_its_starter_is_told(agent: Agent) -> None:
    agent.runs("touch src/red")
    note = agent.state / "sessions/s1/return-a1"
    note.unlink()
    (note / "more").mkdir(parents=True)
    said = reason(agent.returns())
    assert "quality::command-green" in said
    assert "return-a1` cannot be written" in said
    assert reason(agent.returns(again=True)) == ""
    assert "return-a1` cannot be read" in has_come_back(agent)
    assert "return-a1` cannot be read" in has_come_back(agent)


def test_where_the_audit_cannot_be_written_nothing_passes_untold(agent: Agent) -> None:
    agent.runs("echo after > src/a.txt")
    (agent.state / "audit.jsonl").mkdir(parents=True)
    assert "audit.jsonl` cannot be written" in reason(agent.returns())
    assert reason(agent.returns(again=True)) == ""
    assert "audit.jsonl` cannot be written" in has_come_back(agent)


def test_a_note_that_cannot_be_read_is_no_way_out(agent: Agent) -> None:
    agent.runs("touch src/red")
    assert reason(agent.returns())
    for text in ("{", "[]", '{"holds":true}', '{"sent_back":"9"}', '{"sent_back":9,"more":1}'):
        (agent.state / "sessions/s1/return-a1").write_text(text)
        assert "quality::command-green" in reason(agent.returns(again=True))
    (agent.state / "sessions/s1/return-a1").write_text('{"sent_back":"9"}')
    assert "cannot be read" in has_come_back(agent)


@pytest.mark.parametrize("damage", ["missing", "without an end", "garbled", "pipe"])
def test_a_transcript_that_tells_nothing_is_no_pass(agent: Agent, damage: str) -> None:
    agent.runs("echo after > README.md")
    text = agent.own.read_bytes()
    agent.own.unlink()
    if damage == "without an end":
        agent.own.write_bytes(text)
    elif damage == "garbled":
        agent.own.write_bytes(b'{"type":"assistant",\0\n' * 100)
    elif damage == "pipe":
        os.mkfifo(agent.own)
    answered = agent.hook(
        "SubagentStop",
        agent_id="a1",
        agent_type="builder",
        agent_transcript_path=str(agent.own),
        last_assistant_message=REPORT,
        stop_hook_active=False,
    )
    assert "a1.jsonl" in reason(answered)


def test_a_huge_transcript_is_read_in_time(agent: Agent) -> None:
    filler = {"type": "user", "message": {"role": "user", "content": "y" * 100_000}}
    for _ in range(900):
        agent.write(dict(filler))
    agent.runs("echo after > README.md")
    began = time.monotonic()
    said = reason(agent.returns())
    assert time.monotonic() - began < 20
    assert "README.md" in said or "too long" in said


def test_a_project_that_is_gone_is_no_pass(agent: Agent, project: Path) -> None:
    shutil.rmtree(project)
    answered = agent.environment.run(
        agent.payload("SubagentStop", agent_id="a1", last_assistant_message=REPORT),
        "SubagentStop",
        project=project,
        env={"HOME": str(agent.home)},
        cwd=Path("/"),
    )
    assert str(project) in reason(answered)


def test_two_hooks_of_one_return_say_the_same(agent: Agent) -> None:
    agent.runs("touch src/red")
    with ThreadPoolExecutor(2) as pool:
        said = {reason(one) for one in pool.map(lambda _: agent.returns(), range(2))}
    assert len(said) == 1
    assert "quality::command-green" in said.pop()
    agent.runs("rm src/red")
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: reason(agent.returns(again=True)), range(2))) == ["", ""]


@pytest.mark.parametrize("is_removed_by", ["git", "hand"])
def test_a_worktree_that_is_gone_is_no_pass(
    environment: Environment, tmp_path: Path, project: Path, is_removed_by: str
) -> None:
    tree = project / ".claude/worktrees/agent-t1"
    git(project, "worktree", "add", "--quiet", "-b", "t1", str(tree))
    agent = Agent(environment, tmp_path, project, "t1")
    where = {"agent_id": "t1", "agent_type": "builder", "cwd": str(tree)}
    assert agent.hook("SubagentStart", **where).code == 0
    (tree / "README.md").write_text("after\n")
    if is_removed_by == "git":
        git(project, "worktree", "remove", "--force", str(tree))
    else:
        shutil.rmtree(tree)
    for cwd in (tree, project):
        answered = agent.hook("SubagentStop", **where | {"cwd": str(cwd)}, stop_hook_active=False)
        assert "only a person can mend this" in reason(answered)
    assert reason(agent.hook("SubagentStop", **where, stop_hook_active=True)) == ""
    assert "NOT VERIFIED: agent t1" in has_come_back(agent)


def test_a_hook_that_is_killed_leaves_nothing_and_the_next_works(
    environment: Environment, tmp_path: Path, project: Path
) -> None:
    policy = project / ".claude/kei-gates.toml"
    marker = f"7{os.getpid()}"
    policy.write_text(POLICY.replace("test ! -e src/red", f"test ! -e src/slow || sleep {marker}"))
    agent = Agent(environment, tmp_path, project, "a1")
    agent.begins()
    agent.runs("touch src/slow")
    fields = agent.payload("SubagentStop", agent_id="a1", agent_type="builder")
    fields |= {"agent_transcript_path": str(agent.own), "last_assistant_message": REPORT}
    agent.says(REPORT)
    around = {"PATH": "/usr/bin:/bin", "HOME": str(agent.home), "CLAUDE_PROJECT_DIR": str(project)}
    command = environment.command("SubagentStop")
    hook = subprocess.Popen(command, stdin=subprocess.PIPE, env=around, cwd=project)
    assert hook.stdin is not None
    hook.stdin.write(json.dumps(fields).encode())
    hook.stdin.close()
    wait_until(lambda: runs(marker))
    hook.kill()
    hook.wait()
    wait_until(lambda: not runs(marker))
    assert "before anybody could look" in has_come_back(agent)
    agent.runs("rm src/slow")
    assert reason(agent.returns()) == ""
    assert has_come_back(agent) == ""


def runs(argument: str) -> bool:
    """Whether a process of this machine has an argument."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return any(argument in line.split() for line in listed.stdout.splitlines())


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_policy_that_changes_meanwhile_counts_when_it_is_accepted(
    agent: Agent, project: Path
) -> None:
    agent.runs("echo after > README.md")
    policy = project / ".claude/kei-gates.toml"
    wider = policy.read_text().replace('"src/**"', '"src/**", "README.md", ".claude/**"')
    policy.write_text(wider)
    fields = agent.payload("SubagentStop", agent_id="a1", agent_type="builder")
    agent.says(REPORT)
    fields |= {"agent_transcript_path": str(agent.own), "last_assistant_message": REPORT}
    answered = agent.environment.run(
        fields,
        "SubagentStop",
        project=project,
        env={"HOME": str(agent.home)},
        accepted=False,
    )
    assert ".claude/kei-gates.toml" in reason(answered)
    assert reason(agent.returns()) == ""  # accepted by now
