"""Each scope of the client's settings, installed for real: it blocks, and withstands what it says.

The machine's settings are put into an `/etc` of their own (a mount namespace), so that no other
session on this machine sees them.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from .calls import bash, read, spawn, write
from .client import Client
from .conftest import NewProject
from .installation import Installation
from .probes import NO_GIT, assert_stopped
from .project import BUILDER, Project, plain_environment
from .scripted_api import MAIN, Call, Script

MODE = "bypassPermissions"
PUSH = bash("push", "git push origin HEAD:pushed")
SCRIPT: Script = {
    MAIN: [bash("status", "git status"), spawn("builder", "builder")],
    "builder": [PUSH, read("settings", ".claude/settings.json")],
}

_OWN_ETC = """\
set -e
etc=$1; shift
cp -a /etc/. "$etc"
mount --bind "$etc" /etc
exec "$@"
"""


def own_etc(project: Project) -> list[str | Path]:
    """Begin a command line whose `/etc` is the project's own."""
    etc = project.root / "etc"
    shutil.rmtree(etc, ignore_errors=True)
    etc.mkdir()
    return ["unshare", "--mount", "sh", "-c", _OWN_ETC, "sh", etc]


@dataclass(frozen=True)
class Machine:
    """The client on a machine with settings of its own."""

    client: Client
    installation: Installation
    project: Project

    def run(self, script: Script, *options: str) -> Project:
        """Install for the machine and run a session there, in one namespace."""
        wrapper = self.project.root / "claude"
        program = self.installation.environment / "bin" / "kei-gates"
        begin = " ".join(f"'{word}'" for word in own_etc(self.project))
        wrapper.write_text(
            f'#!/bin/sh\n{begin} sh -c \'"$0" install --scope managed >&2 && exec "$@"\' '
            f"'{program}' '{self.client.program}' \"$@\"\n"
        )
        wrapper.chmod(0o755)
        session = replace(self.client, program=wrapper).run(self.project, script, MODE, *options)
        assert_stopped(session.answers["push"], NO_GIT + "|scope::read-only|tools::")
        return self.project


def can_have_own_etc() -> str:
    """Say why no namespace with an `/etc` of its own can be made; nothing where it can."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None:
        return "only root on Linux can have settings of the machine in a namespace"
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "--bind", "/etc", "/etc"], capture_output=True, check=False
    )
    return "" if tried.returncode == 0 else f"no namespace: {tried.stderr.decode().strip()}"


def scoped(installation: Installation, project: Project, scope: str) -> Project:
    installation.command(project, "install", "--scope", scope, project.folder)
    installation.command(project, "trust", "--yes", project.folder)
    return project


@pytest.mark.parametrize("scope", ["project", "local", "user"])
def test_a_subagents_push_is_blocked(
    client: Client, installation: Installation, new_project: NewProject, scope: str
) -> None:
    project = scoped(installation, new_project(), scope)
    answers = client.run(project, SCRIPT, MODE).answers
    assert_stopped(answers["push"], NO_GIT)
    assert not answers["status"].is_error
    assert not answers["settings"].is_error or "not exist" in answers["settings"].text
    assert project.branches() == {"main"}


def test_the_users_scope_holds_in_a_project_without_a_policy(
    client: Client, installation: Installation, new_project: NewProject
) -> None:
    project = new_project()
    project.policy.unlink()
    installation.command(project, "install", "--scope", "user")
    answers = client.run(project, SCRIPT, MODE).answers
    assert_stopped(answers["push"], NO_GIT + "|scope::read-only|tools::")
    assert not answers["status"].is_error
    assert project.branches() == {"main"}


@pytest.mark.parametrize("options", [(), ("--setting-sources", "user"), ("--safe-mode",)])
def test_the_machines_scope_holds_whatever_is_said(
    client: Client, installation: Installation, new_project: NewProject, options: tuple[str, ...]
) -> None:
    if why := can_have_own_etc():
        pytest.skip(f"MANAGED SETTINGS WERE NOT TRIED: {why}")
    project = new_project()
    project.policy.unlink()
    mine = project.home / ".claude" / "settings.json"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text(json.dumps({"disableAllHooks": True}))
    script: Script = {MAIN: [spawn("general-purpose", "helper")], "helper": [PUSH]}
    assert Machine(client, installation, project).run(script, *options).branches() == {"main"}


GUARDED = [
    write("settings", ".claude/settings.json", "{}"),
    write("local", ".claude/settings.local.json", "{}"),
    write("policy", ".claude/kei-gates.toml", "version = 1"),
    write("agent", ".claude/agents/builder.md", BUILDER),
    write("skill", ".claude/skills/more/SKILL.md", "more"),
    bash("append", "echo '# more' >> .claude/kei-gates.toml"),
]
LOOK_ALIKES = [
    write("worktree", ".claude/worktrees/a/agents/f.txt", "x"),
    write("source", "src/agents/settings.json", "{}"),
    bash("reading", "cat .claude/kei-gates.toml"),
]


@pytest.mark.parametrize("scope", ["project", "local", "user"])
def test_the_client_itself_guards_the_gate_where_no_hook_runs(
    client: Client, installation: Installation, new_project: NewProject, scope: str
) -> None:
    project = scoped(installation, new_project(), scope)
    memory = f"{project.home}/.claude/projects/p/memory/m.md"
    state = f"{project.home}/.local/state/kei-gates/trusted/x"
    own = str(installation.environment / "bin" / "more")
    files = {
        "project": project.settings,
        "local": project.settings.with_name("settings.local.json"),
        "user": project.home / ".claude" / "settings.json",
    }
    held = json.loads(files[scope].read_text())
    del held["hooks"]
    files[scope].write_text(json.dumps(held))
    denied: list[Call] = [*GUARDED, write("state", state, "x"), write("own", own, "x")]
    passing: list[Call] = [*LOOK_ALIKES, write("memory", memory, "x")]
    answers = client.run(project, {MAIN: [*denied, *passing]}, MODE).answers
    assert {label: answers[label].is_error for label in (call.label for call in denied)} == {
        call.label: True for call in denied
    }
    assert {label: answers[label].is_error for label in (call.label for call in passing)} == {
        call.label: False for call in passing
    }


@pytest.mark.parametrize("scope", ["project", "user"])
def test_a_skills_inline_shell_does_not_run(
    client: Client, installation: Installation, new_project: NewProject, scope: str
) -> None:
    project = scoped(installation, new_project(), scope)
    mark = project.root / "ran"
    skill = project.folder / ".claude/skills/hello/SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text(f"---\nname: hello\ndescription: d\n---\nout: !`touch {mark}`\n")
    client.run(project, {MAIN: []}, MODE, prompt="/hello")
    assert not mark.exists()


def test_a_person_is_told_at_the_start_what_is_not_whole(
    client: Client, installation: Installation, new_project: NewProject
) -> None:
    project = scoped(installation, new_project(), "project")

    def told() -> str:
        session = client.run(project, {MAIN: []}, MODE, "--include-hook-events")
        hooks = [one for one in session.records if one.get("subtype") == "hook_response"]
        starts = [one for one in hooks if one.get("hook_event") == "SessionStart"]
        assert starts, "the hook did not run"
        return "".join(str(one["stdout"]) for one in starts)

    assert told() == ""
    project.policy.write_text(project.policy.read_text() + "\n# more\n")
    assert "has changed since it was accepted" in told()


def test_install_into_a_second_scope_says_so(
    installation: Installation, new_project: NewProject
) -> None:
    project = scoped(installation, new_project(), "project")
    before = project.settings.read_bytes()
    run = subprocess.run(
        [installation.environment / "bin/kei-gates", "install", "--scope", "user", project.folder],
        env=plain_environment(project.home),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "kei-gates uninstall --scope project" in run.stdout
    installation.command(project, "uninstall", "--scope", "user", project.folder)
    assert not (project.home / ".claude" / "settings.json").exists()
    assert not (project.home / ".config" / "kei-gates").exists()
    assert project.settings.read_bytes() == before
