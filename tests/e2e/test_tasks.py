"""A task holds an agent in every way that the client has to start it, or to wake it again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from .calls import bash, start, tell, then, wait, workflow, write
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .probes import assert_stopped
from .project import Project
from .scripted_api import MAIN, Answer, Call, Script

POLICY = """\
version = 1

[agents]
main = "orchestrator"
builder = "edit-local"
fork = "orchestrator"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["src/**"]
"""
TASK = '[scope]\nfiles-whitelist = ["{}"]\n'
LIST = r"scope::files-whitelist"


def files(route: str) -> list[Call]:
    """Write into both tasks' folders, and beside them."""
    places = {"a": f"src/a/{route}", "b": f"src/b/{route}", "c": f"src/{route}"}
    return [write(f"{route}_{at}", path, "hi") for at, path in places.items()]


ROUTES: dict[str, Sequence[Call]] = {
    MAIN: [
        start("tree", task="b", background=True, isolation="worktree"),
        start("crowd", task="b", background=True),
        start("named", task="a", name="bob"),
        tell("wake", "bob", "[[woken]]"),
        wait("woken"),
        tell("rebind", "bob", "[[woken]]\nkei-task: b"),
        start("fork", "fork", task="b"),
        workflow("bound", task="a"),
        workflow("free"),
        start("parent", task="a"),
        start("early", task="soon"),
        start("late", task="soon"),
        wait("tree", "crowd", "deep", "free"),
    ],
    "resumed": [tell("wake_again", "bob", "[[again]]"), wait("again")],
    "tree": files("tree"),
    "crowd": [start("deep", background=True), *files("crowd"), wait("deep")],
    "deep": files("deep"),
    "named": files("named"),
    "woken": files("woken"),
    "again": [*files("again"), start("below")],
    "below": files("below"),
    "fork": [*files("fork"), start("child"), workflow("flow"), wait("flow")],
    "child": files("child"),
    "flow": files("flow"),
    "free": files("free"),
    "parent": [
        start("other", task="b"),
        bash("widen", "{program} task new wide --allow '**'"),
        start("wide", task="wide"),
        start("lost", task="gone"),
    ],
    "other": files("other"),
    "wide": files("wide"),
    "early": files("early"),
    "late": files("late"),
}
OPEN = {
    "tree": "b",
    "crowd": "b",
    "deep": "b",  # in the background, by one in the background
    "named": "a",
    "woken": "a",  # by a message
    "again": "a",  # by a message in a session that was resumed
    "below": "a",
    "fork": "b",
    "child": "b",  # of the fork
    "flow": "b",  # of a workflow of the fork
    "free": "abc",
    "other": "",  # its task and its parent's have nothing in common
    "wide": "a",  # its parent made it a task of its own
    "early": "a",
    "late": "abc",  # the task was changed by a person meanwhile
}


@dataclass(frozen=True)
class Outcome:
    """Two sessions, the second a continuation of the first, and the project they were in."""

    project: Project
    answers: dict[str, Answer]

    def left(self, route: str, at: str) -> bool:
        """Whether a route's call left its file, in the worktree that it worked in."""
        path = f"src/{route}" if at == "c" else f"src/{at}/{route}"
        folders = (self.project.folder / ".claude/worktrees").glob("agent-*")
        tops = list(folders) if route == "tree" else [self.project.folder]
        return any((top / path).exists() for top in tops)


def run(client: Client, project: Project, program: Path, rewrite: Callable[[], object]) -> Outcome:
    """Run the sessions; the task `soon` is rewritten after `early` has begun."""
    script: Script = {
        name: [filled(call, str(program)) for call in calls] for name, calls in ROUTES.items()
    }
    first, second, *rest = (filled(call, str(program)) for call in ROUTES["early"])
    script = {**script, "early": [first, then(rewrite, second), *rest]}
    one = client.run(project, script, "bypassPermissions")
    two = resumed(client, project, script, one)
    return Outcome(project, {**two.answers, **one.answers})


def resumed(client: Client, project: Project, script: Script, session: Session) -> Session:
    options = ("--resume", session.result["session_id"])
    return client.run(project, script, "bypassPermissions", *options, prompt="[[resumed]]")


def filled(call: Call, program: str) -> Call:
    command = call.input.get("command")
    if command is None:
        return call
    return replace(call, input={**call.input, "command": command.format(program=program)})


@pytest.fixture(scope="module")
def outcome(client: Client, new_project: NewProject, installation: Installation) -> Outcome:
    project = new_project()
    project.policy.write_text(POLICY)
    for name in ("a", "b"):
        (project.folder / "src" / name).mkdir()
        (project.folder / "src" / name / "keep").touch()
    project.commit_all()
    installation.gate(project)
    tasks = project.folder / ".claude/kei-gates/tasks"
    tasks.mkdir(parents=True)
    for name, glob in (("a", "src/a/**"), ("b", "src/b/**"), ("soon", "src/a/**")):
        (tasks / f"{name}.toml").write_text(TASK.format(glob))
    program = installation.environment / "bin/kei-gates"

    def rewrite() -> None:
        (tasks / "soon.toml").write_text(TASK.format("src/**"))

    return run(client, project, program, rewrite)


EACH = [(route, at) for route in OPEN for at in "abc"]


@pytest.mark.parametrize(("route", "at"), EACH)
def test_an_agent_writes_where_its_tasks_allow(route: str, at: str, outcome: Outcome) -> None:
    answer = outcome.answers[f"{route}_{at}"]
    if at in OPEN[route]:
        assert not answer.is_error, answer
    else:
        assert_stopped(answer, LIST)
    assert outcome.left(route, at) == (at in OPEN[route])


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ("start_lost", r"there is no task `.*gone\.toml`"),
        ("rebind", "`kei-task:` binds nobody in a call of SendMessage"),
        ("workflow_bound", "`kei-task:` binds nobody in a call of Workflow"),
    ],
)
def test_a_task_that_would_bind_nobody_is_refused(label: str, says: str, outcome: Outcome) -> None:
    assert_stopped(outcome.answers[label], says)


def test_an_agent_may_make_a_task(outcome: Outcome) -> None:
    assert not outcome.answers["widen"].is_error
