"""The gate keeps itself in place: against the agents, and against a change behind its back."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from .calls import bash, edit, read, spawn, write
from .client import Client
from .conftest import NewProject
from .probes import Probe, assert_stopped, holds
from .project import Project
from .scripted_api import MAIN, Script

# In any other mode the client itself refuses these writes.
MODE = "bypassPermissions"

SELF_PROTECT = "safety::self-protect"
SETTINGS = ".claude/settings.json"
POLICY = ".claude/kei-gates.toml"

WRITES = [
    Probe(edit("edit_policy", POLICY, "src/**", "**"), holds(f"project/{POLICY}", '["**"]')),
    Probe(bash("append", f"echo '# more' >> {POLICY}"), holds(f"project/{POLICY}", "# more")),
    Probe(
        edit("edit_settings", SETTINGS, '"Bash"', '"Grep"'), holds(f"project/{SETTINGS}", "Grep")
    ),
    Probe(
        bash("sed", f"sed -i.old s/Write/Glob/ {SETTINGS}"), holds(f"project/{SETTINGS}", "Glob")
    ),
    Probe(
        write("write_local", ".claude/settings.local.json", '{"disableAllHooks": true}'),
        holds("project/.claude/settings.local.json", "disableAllHooks"),
    ),
    Probe(
        bash("redirect_home", "echo '{\"env\": {}}' > ~/.claude/settings.json"),
        holds("home/.claude/settings.json", "env"),
    ),
    Probe(
        write("write_skill", ".claude/skills/more/SKILL.md", "more"),
        holds("project/.claude/skills/more/SKILL.md", "more"),
    ),
    Probe(
        bash("snapshot", "echo more > ~/.claude/shell-snapshots/more.sh"),
        holds("home/.claude/shell-snapshots/more.sh", "more"),
    ),
    Probe(
        bash("copy_agent", "cp README.md .claude/agents/more.md"),
        holds("project/.claude/agents/more.md", "before"),
    ),
]

WRITE_SCRIPT = {
    MAIN: [
        read("read_settings", SETTINGS),
        read("read_policy", POLICY),
        *(probe.call for probe in WRITES),
    ]
}


def test_without_the_gate_its_files_can_be_written(client: Client, new_project: NewProject) -> None:
    project = new_project()
    answers = client.run(project, WRITE_SCRIPT, MODE).answers
    for probe in WRITES:
        answer = answers[probe.call.label]
        assert probe.ran(project, answer), answer


def test_no_agent_may_write_the_gate_s_files(client: Client, gated_project: NewProject) -> None:
    project = gated_project()
    settings = project.read_settings()
    del settings["permissions"]["deny"]  # with it the client itself is the first to refuse
    project.write_settings(settings)
    before = project.settings.read_bytes(), project.policy.read_bytes()
    answers = client.run(project, WRITE_SCRIPT, MODE).answers
    for probe in WRITES:
        answer = answers[probe.call.label]
        assert_stopped(answer, SELF_PROTECT)
        assert not probe.ran(project, answer), answer
    assert before == (project.settings.read_bytes(), project.policy.read_bytes())


def drop_hooks(project: Project) -> None:
    settings = project.read_settings()
    settings.pop("hooks", None)
    project.write_settings(settings)


def add_an_invalid_entry(project: Project) -> None:
    """Let the client discard the whole file, for one entry of many."""
    settings = project.read_settings()
    settings.setdefault("hooks", {}).setdefault("PreToolUse", []).append({"hooks": "none"})
    project.write_settings(settings)


def add_what_only_python_reads(project: Project) -> None:
    """Make a file that is no JSON, though Python's parser takes it."""
    text = project.settings.read_text()
    project.settings.write_text(text.replace("{", '{"number": NaN,', 1))


def delete_settings(project: Project) -> None:
    project.settings.unlink()


def break_settings(project: Project) -> None:
    project.settings.write_text("{")


def disable_locally(project: Project) -> None:
    local = project.settings.with_name("settings.local.json")
    local.write_text(json.dumps({"disableAllHooks": True}))


def disable_for_the_user(project: Project) -> None:
    mine = project.home / ".claude" / "settings.json"
    mine.write_text(json.dumps({"disableAllHooks": True}))


CHANGES = [
    drop_hooks,
    add_an_invalid_entry,
    add_what_only_python_reads,
    delete_settings,
    break_settings,
    disable_locally,
    disable_for_the_user,
]

Change = Callable[[Project], None]


def _script(project: Project, change: Change) -> Script:
    """Push once a settings file was changed and the client has had the time to notice."""

    def change_and_wait() -> None:
        change(project)
        time.sleep(3)

    first = replace(bash("first", "echo first"), before=change_and_wait)
    push = bash("push", "git push origin HEAD:pushed")
    return {
        MAIN: [bash("zeroth", "echo zeroth"), first, spawn("builder", "builder")],
        "builder": [push],
    }


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_settings_file_does_not_drop_the_gate(
    client: Client, gated_project: NewProject, change: Change
) -> None:
    project = gated_project()
    answers = client.run(project, _script(project, change), MODE).answers
    assert_stopped(answers["push"], "policy::no-git-ops")
    assert project.branches() == {"main"}


@pytest.mark.parametrize("change", CHANGES)
def test_without_its_config_change_hook_the_gate_is_dropped(
    client: Client, gated_project: NewProject, change: Change
) -> None:
    project = gated_project()
    settings = project.read_settings()
    del settings["hooks"]["ConfigChange"]
    project.write_settings(settings)
    client.run(project, _script(project, change), MODE)
    assert project.branches() == {"main", "pushed"}
