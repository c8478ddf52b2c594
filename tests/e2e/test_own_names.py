"""The user's own aliases and functions: live in the client's shell, and seen by the gate."""

import shlex
import shutil
from pathlib import Path

import pytest

from kei_gates.hook import own_names

from . import client as client_module
from .calls import bash, spawn
from .client import Client
from .conftest import NewProject
from .probes import NO_GIT, Probe, assert_stopped, printed, pushed
from .project import Project, plain_environment
from .scripted_api import MAIN

MODE = "bypassPermissions"

STARTUP_FILES = {"bash": ".bashrc", "zsh": ".zshrc"}
SHELLS = [name for name in STARTUP_FILES if shutil.which(name)]

ALIASES = {
    "g": "git",
    "gg": "git push origin HEAD:by-alias",
    "ll": "ls -l",
    "sp": "git ",
    "it": 'echo "it\'s"',
    "lines": "echo one\necho two",
    "dollar": 'echo "two words" $HOME \\',
    "accent": "echo é → ✓",
    "..": "cd ..",
}
FUNCTIONS = {
    "gp": 'git push "$@"',
    "mkcd": 'mkdir -p "$1" && cd "$1"',
    "ls": 'command ls --color=never "$@"',
    "here": "cat <<X\n} in the text\nX\n",
}


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the client use one shell."""
    name = str(request.param)

    def environment(home: Path) -> dict[str, str]:
        return {**plain_environment(home), "SHELL": shutil.which(name) or name}

    monkeypatch.setattr(client_module, "plain_environment", environment)
    return name


def name_things(project: Project, shell: str) -> None:
    """Give the user of a project the aliases and functions of this test."""
    lines = [f"alias -- {name}={shlex.quote(text)}\n" for name, text in ALIASES.items()]
    lines += [f"{name}() {{\n{body}\n}}\n" for name, body in FUNCTIONS.items()]
    (project.home / STARTUP_FILES[shell]).write_text("".join(lines))


def test_the_client_s_snapshot_is_understood(
    client: Client,
    new_project: NewProject,
    shell: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = new_project()
    name_things(project, shell)
    kept = tmp_path / "home/.claude/shell-snapshots"
    kept.mkdir(parents=True)
    copy = bash("copy", f"cp -p ~/.claude/shell-snapshots/* {shlex.quote(str(kept))}")
    client.run(project, {MAIN: [copy]}, MODE)
    assert [path.name.split("-")[1] for path in kept.iterdir()] == [shell]
    monkeypatch.setattr(own_names, "environment", lambda: str(tmp_path / "environment"))
    found = own_names.find(str(tmp_path / "home"))
    assert found.unread == ""
    assert {name: found.aliases[name] for name in ALIASES} == {
        name: (text,) for name, text in ALIASES.items()
    }
    for name in FUNCTIONS:
        (source,) = found.functions[name]
        assert source.startswith(f"{name} ()")
        assert source.rstrip().endswith("}")


# The first call comes before there is a snapshot.
CALLS = [
    Probe(bash("alias", "g status"), printed("On branch main"), NO_GIT),
    Probe(bash("listing", "ll"), printed("README.md")),
    Probe(bash("alias_again", "g status"), printed("On branch main"), NO_GIT),
    Probe(bash("whole", "gg"), pushed("by-alias"), NO_GIT),
    Probe(bash("next_word", "sp status"), printed("On branch main"), NO_GIT),
    Probe(bash("function", "gp origin HEAD:by-function"), pushed("by-function"), NO_GIT),
    Probe(bash("shadowed", "ls"), printed("README.md")),
    Probe(bash("quote", "it"), printed("it's")),
    Probe(bash("text", "here"), printed("} in the text")),
    Probe(bash("plain", "echo g status"), printed("g status")),
]
SCRIPT = {MAIN: [spawn("builder", "builder")], "builder": [probe.call for probe in CALLS]}


def test_without_the_gate_the_user_s_names_are_live(
    client: Client, new_project: NewProject, shell: str
) -> None:
    project = new_project()
    name_things(project, shell)
    answers = client.run(project, SCRIPT, MODE).answers
    for probe in CALLS:
        answer = answers[probe.call.label]
        assert probe.ran(project, answer), answer


def test_with_the_gate_they_are_what_they_stand_for(
    client: Client, gated_project: NewProject, shell: str
) -> None:
    project = gated_project()
    name_things(project, shell)
    answers = client.run(project, SCRIPT, MODE).answers
    for probe in CALLS:
        answer = answers[probe.call.label]
        assert probe.ran(project, answer) == (probe.stopped_by == ""), answer
        if probe.stopped_by:
            assert_stopped(answer, probe.stopped_by)
