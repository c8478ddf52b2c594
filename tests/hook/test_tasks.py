"""A subagent is held to the task that it was started on, and to those of the agents above it.

The client's notes on its agents are laid out as client 2.1.330 leaves them; the end-to-end tests
show that it does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.environment import Answered, Environment, make_project

POLICY = """
version = 1
[agents]
builder = "edit-local"
[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-whitelist = ["src/**", "docs/**"]
"""
NARROW = '[task]\nrole = "edit-local"\n[scope]\nfiles-whitelist = ["src/{0}/**"]\n'


class Session:
    """One session in a project, as its hook is told of it."""

    def __init__(self, environment: Environment, root: Path) -> None:
        self.environment = environment
        self.project = make_project(root / "project", POLICY)
        self.transcript = root / "home/.claude/projects/p/s1.jsonl"
        self.home = root / "home"

    def task(self, name: str, text: str) -> None:
        path = self.project / f".claude/kei-gates/tasks/{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def note(self, agent: str, *, workflow: bool = False, **fields: str) -> None:
        """Leave the client's note on an agent."""
        folder = self.transcript.with_suffix("") / "subagents"
        folder = folder / "workflows/wf_1" if workflow else folder
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"agentType": "builder", **fields})
        (folder / f"agent-{agent}.meta.json").write_text(text)

    def call(
        self, agent: str | None, tool: str, fields: Mapping[str, object], use: str
    ) -> Answered:
        principal = {} if agent is None else {"agent_id": agent, "agent_type": "builder"}
        return self.environment.run(
            {
                "hook_event_name": "PreToolUse",
                "cwd": str(self.project),
                "tool_name": tool,
                "tool_input": fields,
                "session_id": "s1",
                "transcript_path": str(self.transcript),
                "tool_use_id": use,
                **principal,
            },
            project=self.project,
            env={"HOME": str(self.home)},
        )

    def start(self, prompt: str, use: str, agent: str | None = None) -> Answered:
        return self.call(agent, "Agent", {"prompt": prompt, "subagent_type": "builder"}, use)

    def writes(self, agent: str, path: str) -> Answered:
        fields = {"file_path": f"{self.project}/{path}", "content": ""}
        return self.call(agent, "Write", fields, "toolu_w")

    def may_write(self, agent: str, path: str) -> bool:
        return self.writes(agent, path).decision == "none"


@pytest.fixture
def session(environment: Environment, tmp_path: Path) -> Session:
    found = Session(environment, tmp_path)
    for name in ("a", "b"):
        found.task(name, NARROW.format(name))
    return found


def test_two_agents_of_one_type_are_each_held_to_their_own_task(session: Session) -> None:
    for name in ("a", "b"):
        assert session.start(f"Do it.\nkei-task: {name}\n", f"toolu_{name}").decision == "none"
        session.note(f"agent{name}", toolUseId=f"toolu_{name}")
    session.note("free", toolUseId="toolu_other")
    files = ("src/a/x", "src/b/x", "docs/x", "README.md")
    allowed = {
        agent: [file for file in files if session.may_write(agent, file)]
        for agent in ("agenta", "agentb", "free")
    }
    assert allowed == {"agenta": ["src/a/x"], "agentb": ["src/b/x"], "free": [*files[:3]]}
    assert "for role edit-local/a" in session.writes("agenta", "src/b/x").reason


def test_what_is_written_later_changes_nothing(session: Session) -> None:
    session.start("kei-task: a", "toolu_a")
    session.note("one", toolUseId="toolu_a")
    assert not session.may_write("one", "docs/x")
    session.note("one", toolUseId="toolu_other")
    session.task("a", '[scope]\nfiles-whitelist = ["**"]\n')
    assert not session.may_write("one", "docs/x")
    assert session.may_write("one", "src/a/x")
    session.note("below", toolUseId="toolu_c", parentAgentId="one")
    assert not session.may_write("below", "docs/x")


def test_an_agent_below_is_held_to_the_tasks_above_it(session: Session) -> None:
    session.start("kei-task: a", "toolu_a")
    session.note("parent", toolUseId="toolu_a")
    assert session.start("go", "toolu_c", "parent").decision == "none"
    session.note("child", toolUseId="toolu_c", parentAgentId="parent")
    session.note("grandchild", toolUseId="toolu_d", parentAgentId="child")
    session.note("worker", parentAgentId="parent", workflow=True)
    for agent in ("child", "grandchild", "worker"):
        assert session.may_write(agent, "src/a/x")
        assert not session.may_write(agent, "docs/x")


def test_a_task_of_its_own_comes_beside_those_above(session: Session) -> None:
    session.start("kei-task: a", "toolu_a")
    session.note("parent", toolUseId="toolu_a")
    session.start("kei-task: b", "toolu_b", "parent")
    session.note("child", toolUseId="toolu_b", parentAgentId="parent")
    assert not session.may_write("child", "src/a/x")
    assert not session.may_write("child", "src/b/x")
    assert "for role edit-local/b/a" in session.writes("child", "src/a/x").reason


def test_an_agent_of_a_workflow_has_no_task_of_its_own(session: Session) -> None:
    session.start("kei-task: a", "toolu_a")
    session.note("worker", workflow=True)
    assert session.may_write("worker", "docs/x")


def test_where_the_client_does_not_say_who_was_started(session: Session) -> None:
    assert session.may_write("unknown", "docs/x")  # nobody has a task
    session.start("kei-task: a", "toolu_a")
    answer = session.writes("unknown", "docs/x")
    assert "nobody can tell on which task agent `unknown` works" in answer.reason
    read = session.call("unknown", "Read", {"file_path": f"{session.project}/x"}, "toolu_r")
    assert read.decision == "none"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"toolUseId": 1}', '{"toolUseId": "../x"}'])
def test_a_note_that_cannot_be_read_denies(text: str, session: Session) -> None:
    session.note("one")
    path = session.transcript.with_suffix("") / "subagents/agent-one.meta.json"
    path.write_text(text)
    assert not session.may_write("one", "docs/x")


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("kei-task: gone", "there is no task `{project}/.claude/kei-gates/tasks/gone.toml`"),
        ("kei-task: a\nkei-task: b", "more than one task: `a`, `b`"),
        ("kei-task: ../a", "`../a` is no id of a task"),
        ("kei-task:", "`` is no id of a task"),
        ("kei-task: a and more", "`a and more` is no id of a task"),
        ("kei-task: bad", "/bad.toml:2: unknown key `scope.files-whitelst`"),
        ("kei-task: role", "/role.toml:2: unknown role `edit-locl` in `task.role`"),
    ],
)
def test_a_line_that_binds_to_nothing_is_refused(prompt: str, says: str, session: Session) -> None:
    session.task("bad", "[scope]\nfiles-whitelst = []\n")
    session.task("role", '[task]\nrole = "edit-locl"\n')
    answer = session.start(prompt, "toolu_x")
    assert answer.decision == "deny"
    assert says.format(project=session.project) in answer.reason


@pytest.mark.parametrize(
    "prompt",
    ["Do it.\n  kei-task: a  \nNow.", "- **kei-task:** `a`", "Kei-Task: a", "kei-task: a\n" * 2],
)
def test_the_line_as_models_write_it(prompt: str, session: Session) -> None:
    assert session.start(prompt, "toolu_a").decision == "none"
    session.note("one", toolUseId="toolu_a")
    assert not session.may_write("one", "docs/x")


def test_words_about_tasks_bind_to_none(session: Session) -> None:
    prompt = "Explain what a line `kei-task: ID` is for, and where kei-task: lines stand."
    assert session.start(prompt, "toolu_a").decision == "none"
    session.note("one", toolUseId="toolu_a")
    assert session.may_write("one", "docs/x")


WORKFLOW = "const r = await agent({0}, {{ agentType: 'builder' }})\nreturn r\n"


@pytest.mark.parametrize(
    ("tool", "fields"),
    [
        ("Workflow", {"script": WORKFLOW.format("'go\\nkei-task: a'")}),
        ("Workflow", {"script": WORKFLOW.format("`go\n- **kei-task:** a`")}),
        ("Workflow", {"script": WORKFLOW.format('"kei-task: a"')}),
        ("Workflow", {"name": "saved", "args": {"prompts": ["kei-task: a"]}}),
        ("SendMessage", {"to": "one", "message": "Now this.\nkei-task: a"}),
    ],
)
def test_a_line_that_binds_nobody_is_refused(
    tool: str, fields: dict[str, object], session: Session
) -> None:
    answer = session.call(None, tool, fields, "toolu_x")
    assert answer.decision == "deny"
    assert "`kei-task:` binds nobody" in answer.reason


@pytest.mark.parametrize(
    ("tool", "fields"),
    [
        ("Workflow", {"script": WORKFLOW.format("'grep for kei-task: in docs'")}),
        ("Workflow", {"script": "// each has its own kei-task: line\n" + WORKFLOW.format("'go'")}),
        ("Workflow", {"name": "saved", "args": {"prompts": ["go"], "n": 3, "deep": [None]}}),
        ("SendMessage", {"to": "one", "message": "What is `kei-task: a` in your prompt?"}),
        ("SendMessage", {"to": "one", "message": {"type": "shutdown_request"}}),
        ("Write", {"file_path": "x", "content": "kei-task: a"}),
    ],
)
def test_words_about_tasks_stop_nothing_else(
    tool: str, fields: dict[str, object], session: Session
) -> None:
    if "file_path" in fields:
        fields = fields | {"file_path": f"{session.project}/x"}
    assert session.call(None, tool, fields, "toolu_x").decision == "none"


def test_a_task_cannot_widen_its_role(session: Session) -> None:
    session.task("wide", '[task]\nrole = "orchestrator"\n[scope]\nfiles-whitelist = ["**"]\n')
    session.start("kei-task: wide", "toolu_a")
    session.note("one", toolUseId="toolu_a")
    assert session.may_write("one", "docs/x")
    assert not session.may_write("one", "README.md")
    push = session.call("one", "Bash", {"command": "git push"}, "toolu_p")
    assert "policy::no-git-ops" in push.reason


def test_a_task_with_an_empty_whitelist_allows_nothing(session: Session) -> None:
    session.task("none", "[scope]\nfiles-whitelist = []\n")
    session.start("kei-task: none", "toolu_a")
    session.note("one", toolUseId="toolu_a")
    assert not session.may_write("one", "src/a/x")


def test_a_denied_start_binds_nobody(session: Session) -> None:
    policy = session.project / ".claude/kei-gates.toml"
    policy.write_text(POLICY.replace('builder = "edit-local"', 'builder = "read-only"'))
    assert session.start("kei-task: a", "toolu_a", "one").decision == "deny"
    assert not list(session.home.glob("**/call-toolu_a"))


def test_state_that_cannot_be_kept_denies_the_start(session: Session) -> None:
    blocked = session.home / ".local/state/kei-gates/sessions"
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("in the way")
    answer = session.start("kei-task: a", "toolu_a")
    assert answer.decision == "deny"
    assert "cannot be" in answer.reason


def test_state_that_is_damaged_denies(session: Session) -> None:
    session.start("kei-task: a", "toolu_a")
    session.note("one", toolUseId="toolu_a")
    assert session.may_write("one", "src/a/x")
    (kept,) = session.home.glob("**/agent-one")
    for damage in (b"", b"\x00", kept.read_bytes()[:20]):
        kept.write_bytes(damage)
        assert "cannot be read" in session.writes("one", "src/a/x").reason
