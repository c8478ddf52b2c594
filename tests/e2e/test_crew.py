"""One session, a main thread and five subagents, the same calls: each decided by role and task."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from . import crew
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .probes import assert_stopped
from .project import Project


@dataclass(frozen=True)
class Outcome:
    """A session that is over, and the project it was in."""

    project: Project
    session: Session

    def left(self, duty: crew.Duty, principal: str) -> bool:
        """Whether the call left what it leaves, in the principal's own checkout."""
        name = duty.path.replace("{p}", principal)
        paths = [checkout / name for checkout in self._checkouts(principal)]
        if duty.tool in ("Edit", "NotebookEdit"):
            return any("after" in path.read_text() for path in paths)
        return any(path.exists() for path in paths)

    def _checkouts(self, principal: str) -> list[Path]:
        """The folder that a principal works in; the client removes a worktree without changes."""
        if principal not in crew.IN_WORKTREES:
            return [self.project.folder]
        return list((self.project.folder / ".claude/worktrees").glob("agent-*"))


def run(client: Client, project: Project) -> Outcome:
    return Outcome(
        project, client.run(project, crew.script(), "bypassPermissions", *crew.options(project))
    )


@pytest.fixture(scope="module")
def ungated(client: Client, new_project: NewProject) -> Outcome:
    project = new_project()
    crew.lay_out(project)
    return run(client, project)


@pytest.fixture(scope="module")
def gated(client: Client, new_project: NewProject, installation: Installation) -> Outcome:
    project = new_project()
    crew.lay_out(project)
    installation.gate(project)
    for principal, files in crew.TASKS.items():
        words = ("task", "new", f"task-{principal}", "--role", "edit-local", "--allow", files)
        installation.command(project, *words, "--dir", project.folder)
    return run(client, project)


EACH = [
    pytest.param(duty, principal, id=f"{principal}-{duty.name}")
    for principal in crew.EVERYBODY
    for duty in crew.DUTIES
]


def test_there_are_thirty_calls_of_both_kinds() -> None:
    assert len(crew.DUTIES) >= 30
    for principal in crew.EVERYBODY[1:]:
        stopped = [duty for duty in crew.DUTIES if duty.stopped_by(principal)]
        assert 0 < len(stopped) < len(crew.DUTIES)


@pytest.mark.parametrize(("duty", "principal"), EACH)
def test_without_the_gate_every_call_runs(
    duty: crew.Duty, principal: str, ungated: Outcome
) -> None:
    answer = ungated.session.answers[f"{principal}_{duty.name}"]
    assert not answer.is_error, answer
    assert ungated.left(duty, principal)


@pytest.mark.parametrize(("duty", "principal"), EACH)
def test_each_call_is_decided_by_the_callers_own_role_and_task(
    duty: crew.Duty, principal: str, gated: Outcome
) -> None:
    answer = gated.session.answers[f"{principal}_{duty.name}"]
    by = duty.stopped_by(principal)
    if by:
        assert_stopped(answer, by)
    else:
        assert not answer.is_error, answer
    if duty.path:
        assert gated.left(duty, principal) == (by == "")
