"""Tasks and roles reach the right agent on the real client, and no agent can move them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from .calls import bash, read, start, wait, workflow, write
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .probes import assert_stopped
from .project import Project
from .scripted_api import MAIN, Answer, Call

POLICY = """\
version = 1

[agents]
main = "orchestrator"
builder = "edit-local"
owner = "git-ops"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["src/**"]
"""
AGENT = "---\nname: {name}\ndescription: An agent\n{more}---\nYou are an agent.\n"
LIST = r"scope::files-whitelist"


def files(route: str) -> list[Call]:
    """Write into both tasks' folders."""
    return [write(f"{route}_{at}", f"src/{at}/{route}", "hi") for at in ("a", "b")]


ROUTES: dict[str, Sequence[Call]] = {
    MAIN: [
        start("left", task="a", background=True),
        start("right", task="b", background=True),
        start("free"),
        start("parent", task="a"),
        start("lost", task="gone"),
        Call("start_two", "Agent", {"description": "two", "subagent_type": "builder",
                                    "prompt": "[[free]]\nkei-task: a\nkei-task: b"}),
        start("general", None),
        start("declared", "Real_Name"),
        start("shadowing", "general-purpose"),
        start("owner", "owner"),
        start("tree", isolation="worktree"),
        workflow("owned", "owner"),
        bash("trust", "{program} trust --yes"),
        bash("new", "{program} task new made --allow 'src/made/**'"),
        start("made", task="made"),
        wait("left", "right", "owned"),
    ],
    "left": files("left"),
    "right": files("right"),
    "free": files("free"),
    "parent": [
        start("child"),
        write("forge", "{home}/.claude/projects/p/s/subagents/agent-a1.meta.json", "{}"),
        bash("widen", "echo > .claude/kei-gates/tasks/a.toml"),
        bash("accept", "echo > ~/.local/state/kei-gates/trusted/x"),
    ],
    "child": files("child"),
    "general": [write("general_write", "src/a/general", "hi"), read("general_read", "README.md")],
    "declared": [bash("declared_ls", "ls"), bash("declared_touch", "touch src/a/declared")],
    "shadowing": [bash("shadowing_ls", "ls")],
    "owner": [],
    "tree": [
        bash("tree_in", "mkdir -p src/new && touch src/new/x && pwd"),
        bash("tree_out", "touch top"),
        bash("tree_main", "touch {project}/src/from-a-tree"),
    ],
    "owned": [write("owned_write", "src/a/owned", "hi")],
    "made": [write("made_in", "src/made/x", "hi"), write("made_out", "src/a/made", "hi")],
}  # fmt: skip


def filled(call: Call, places: dict[str, str]) -> Call:
    """Put this machine's paths into a call."""
    fields = {}
    for key, value in call.input.items():
        text = value
        for name, path in places.items():
            text = text.replace(f"{{{name}}}", path) if isinstance(text, str) else text
        fields[key] = text
    return replace(call, input=fields)


def lay_out(project: Project) -> None:
    project.policy.write_text(POLICY)
    agents = project.folder / ".claude/agents"
    for name, more in (
        ("owner", ""),
        ("real-name", "substrate_role: explorer\n"),
        ("general-purpose", ""),
    ):
        (agents / f"{name}.md").write_text(AGENT.format(name=name, more=more))
    at_home = project.home / ".claude/agents/mine.md"
    at_home.parent.mkdir(parents=True)
    at_home.write_text(AGENT.format(name="general-purpose", more="substrate_role: orchestrator\n"))
    for name in ("a", "b", "made"):
        (project.folder / f"src/{name}").mkdir()


@pytest.fixture(scope="module")
def project(new_project: NewProject, installation: Installation) -> Project:
    found = new_project()
    lay_out(found)
    installation.gate(found)
    for name in ("a", "b"):
        words = ("task", "new", name, "--allow", f"src/{name}/**", "--dir", found.folder)
        installation.command(found, *words)
    return found


@pytest.fixture(scope="module")
def session(client: Client, project: Project, installation: Installation) -> Session:
    program = str(installation.environment / "bin/kei-gates")
    places = {"program": program, "home": str(project.home), "project": str(project.folder)}
    script = {name: [filled(call, places) for call in calls] for name, calls in ROUTES.items()}
    return client.run(project, script, "bypassPermissions")


def assert_ran(answer: Answer, path: Path | None = None) -> None:
    assert not answer.is_error, answer
    assert path is None or path.exists()


@pytest.mark.parametrize(
    ("route", "open_to"),
    [("left", "a"), ("right", "b"), ("free", "ab"), ("child", "a")],
)
def test_each_agent_writes_where_its_tasks_say(
    route: str, open_to: str, session: Session, project: Project
) -> None:
    for folder in "ab":
        answer = session.answers[f"{route}_{folder}"]
        path = project.folder / f"src/{folder}/{route}"
        if folder in open_to:
            assert_ran(answer, path)
        else:
            assert_stopped(answer, LIST)
            assert not path.exists()


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ("start_lost", "there is no task `.*gone.toml`"),
        ("start_two", "more than one task: `a`, `b`"),
        ("start_owner", "the role of agent `owner` is not for subagents"),
        ("owned_write", "has a role that no subagent may have"),
        ("trust", r"safety::self-protect"),
        ("forge", r"safety::self-protect"),
        ("widen", r"safety::self-protect"),
        ("accept", r"safety::self-protect"),
        ("general_write", r"scope::read-only|tools::allowed"),
        ("declared_touch", r"scope::read-only"),
        ("shadowing_ls", r"tools::allowed"),
        ("made_out", LIST),
        ("tree_out", LIST),
        ("tree_main", LIST),
    ],
)
def test_is_stopped(label: str, says: str, session: Session) -> None:
    assert_stopped(session.answers[label], says)


@pytest.mark.parametrize(
    "label", ["general_read", "declared_ls", "new", "start_made", "made_in", "tree_in"]
)
def test_runs(label: str, session: Session) -> None:
    assert_ran(session.answers[label])


def test_a_main_thread_that_is_an_agent_has_that_agents_role(
    client: Client, gated_project: NewProject
) -> None:
    project = gated_project()
    script = {MAIN: [bash("push", "git push origin HEAD:x"), write("write", "src/new.txt", "hi")]}
    answers = client.run(project, script, "bypassPermissions", "--agent", "builder").answers
    assert_stopped(answers["push"], r"policy::no-git-ops")
    assert_ran(answers["write"], project.folder / "src/new.txt")
    assert project.branches() == {"main"}


def test_an_agent_of_a_worktree_worked_there(session: Session, project: Project) -> None:
    assert f"{project.folder}/.claude/worktrees/agent-" in session.answers["tree_in"].text
    assert not (project.folder / "src/from-a-tree").exists()
