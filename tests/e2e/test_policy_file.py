"""A policy that cannot be read never means that there is none."""

from collections.abc import Callable

import pytest

from .calls import bash, edit, read, write
from .client import Client
from .conftest import NewProject
from .probes import assert_says_why_and_what_else
from .project import Project
from .scripted_api import MAIN

SCRIPT = {
    MAIN: [
        read("read", "README.md"),
        bash("bash", "echo hi > bash.txt"),
        write("write", "write.txt", "hi"),
        edit("edit", "README.md", "before", "after"),
    ]
}


def invalid(project: Project) -> None:
    project.policy.write_text("version = [\n")


def not_text(project: Project) -> None:
    project.policy.write_bytes(b"version = 1 # \xff\xfe\n")


def unknown_key(project: Project) -> None:
    project.policy.write_text(project.policy.read_text() + "\n[rolse]\n")


def folder(project: Project) -> None:
    project.policy.unlink()
    project.policy.mkdir()


def deleted(project: Project) -> None:
    project.policy.unlink()


@pytest.mark.parametrize("spoil", [invalid, not_text, unknown_key, folder, deleted])
def test_an_unreadable_policy_stops_what_changes_something(
    client: Client, gated_project: NewProject, mode: str, spoil: Callable[[Project], None]
) -> None:
    project = gated_project()
    spoil(project)
    answers = dict(client.run(project, SCRIPT, mode).answers)
    assert "before" in answers.pop("read").text
    assert set(answers) == {"bash", "write", "edit"}
    for answer in answers.values():
        assert "kei-gates: " in answer.text
        assert "kei-gates.toml" in answer.text
        assert_says_why_and_what_else(answer.text)
    assert (project.folder / "README.md").read_text() == "before\n"
    assert {path.name for path in project.folder.glob("*.txt")} == set()
