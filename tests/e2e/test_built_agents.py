"""The shipped agents in the real client: each is listed, starts, and is held to its role."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from .calls import bash, read, spawn, start, write
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .probes import assert_stopped
from .project import Project
from .scripted_api import MAIN, Call

MANIFESTS = Path(__file__).resolve().parents[2] / "policies/agents"
ROLES = {
    path.stem: match[1]
    for path in sorted(MANIFESTS.glob("*.toml"))
    if (match := re.search(r'^substrate_role = "(.+)"$', path.read_text(), re.MULTILINE))
}
SHELLS = r"tools::allowed|policy::no-git-ops"


@dataclass(frozen=True)
class Outcome:
    project: Project
    session: Session


def calls(name: str) -> list[Call]:
    return [
        read(f"{name}_read", "README.md"),
        write(f"{name}_inside", f"src/{name}.txt", "hi\n"),
        write(f"{name}_outside", f"{name}.txt", "hi\n"),
        bash(f"{name}_git", "git log --oneline -1"),
        bash(f"{name}_list", "ls"),
    ]


def run(client: Client, project: Project) -> Outcome:
    starts = [spawn(name, name) for name in ROLES]
    script = {name: calls(name) for name in ROLES}
    script |= {MAIN: [*starts, start("nobody", "nonesuch")], "nobody": []}
    return Outcome(project, client.run(project, script, "bypassPermissions"))


def build(project: Project, installation: Installation) -> None:
    installation.command(project, "install", project.folder)
    installation.command(project, "agents", "build", "--dir", project.folder)


@pytest.fixture(scope="module")
def as_built(client: Client, new_project: NewProject, installation: Installation) -> Outcome:
    project = new_project()
    build(project, installation)
    installation.gate(project)
    return run(client, project)


@pytest.fixture(scope="module")
def with_all_tools(client: Client, new_project: NewProject, installation: Installation) -> Outcome:
    """Where somebody has taken the tools out of the files, so that the client allows all."""
    project = new_project()
    build(project, installation)
    for path in (project.folder / ".claude/agents").glob("kei-*.md"):
        path.write_text(re.sub(r"^tools: .*\n", "", path.read_text(), flags=re.MULTILINE))
    installation.gate(project)
    return run(client, project)


def test_there_are_twelve() -> None:
    assert sorted(ROLES.values()) == ["edit-local"] * 5 + ["read-only"] * 7


def test_each_is_listed(as_built: Outcome) -> None:
    told = as_built.session.answers["start_nobody"].text
    assert set(ROLES) < set(told.partition("Available agents: ")[2].split(", "))


@pytest.mark.parametrize("name", ROLES)
def test_each_starts_and_reads(name: str, as_built: Outcome) -> None:
    assert not as_built.session.answers[f"spawn_{name}"].is_error
    assert "before" in as_built.session.answers[f"{name}_read"].text


@pytest.mark.parametrize("name", ROLES)
def test_each_writes_where_its_role_may(name: str, as_built: Outcome) -> None:
    may = ROLES[name] == "edit-local"
    answers, folder = as_built.session.answers, as_built.project.folder
    assert answers[f"{name}_inside"].is_error != may
    assert (folder / f"src/{name}.txt").exists() == may
    assert answers[f"{name}_outside"].is_error
    assert not (folder / f"{name}.txt").exists()
    assert answers[f"{name}_git"].is_error
    assert answers[f"{name}_list"].is_error != may


@pytest.mark.parametrize("name", ROLES)
def test_each_is_held_by_the_gate_whatever_tools_it_has(name: str, with_all_tools: Outcome) -> None:
    answers, may = with_all_tools.session.answers, ROLES[name] == "edit-local"
    assert_stopped(answers[f"{name}_git"], SHELLS)
    writes = r"scope::files-whitelist" if may else r"scope::read-only|tools::allowed"
    assert_stopped(answers[f"{name}_outside"], writes)
    if may:
        assert not answers[f"{name}_list"].is_error
        assert (with_all_tools.project.folder / f"src/{name}.txt").exists()
    else:
        assert_stopped(answers[f"{name}_inside"], writes)
        assert_stopped(answers[f"{name}_list"], r"tools::allowed")
