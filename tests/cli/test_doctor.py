"""`doctor`: it finds each thing that can be wrong with a real installation, and says what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kei_gates.archive import builder
from tests.environment import Environment, make_project


class Patient:
    """A project with the gate in front of it, and what `doctor` says of it."""

    def __init__(self, environment: Environment, root: Path) -> None:
        self.root = make_project(root / "project")
        self.home = root / "home"
        self.bin = root / "bin"
        self.bin.mkdir()
        self._environment = environment
        self.client("2.1.330 (Claude Code)")
        assert self.run("install", str(self.root)).returncode == 0
        assert self.run("trust", "--yes", str(self.root)).returncode == 0

    @property
    def settings(self) -> Path:
        return self.root / ".claude/settings.json"

    def client(self, says: str) -> None:
        program = self.bin / "claude"
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)

    def run(
        self, *words: str, cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self._environment.python, "-m", "kei_gates.cli.main", *words],
            cwd=cwd or self.root,
            env={
                "PATH": f"{self.bin}:/usr/bin:/bin",
                "HOME": str(self.home),
                "PYTHONPATH": str(self._environment.site),
                **more,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def told(self, cwd: Path | None = None) -> tuple[int, dict[str, dict[str, str]]]:
        done = self.run("doctor", "--json", cwd=cwd)
        rows: list[dict[str, str]] = json.loads(done.stdout)
        return done.returncode, {row["name"]: row for row in rows}

    def change(self, change: Callable[[dict[str, Any]], object], at: Path | None = None) -> None:
        path = at or self.settings
        path.parent.mkdir(parents=True, exist_ok=True)
        held = json.loads(path.read_text()) if path.exists() else {}
        change(held)
        path.write_text(json.dumps(held))


@pytest.fixture
def patient(environment: Environment, tmp_path: Path) -> Patient:
    return Patient(environment, tmp_path)


def test_all_is_well(patient: Patient) -> None:
    code, rows = patient.told()
    assert {name: row["state"] for name, row in rows.items()} == dict.fromkeys(
        (
            "folder",
            "settings",
            "switch",
            "limits",
            "hook",
            "policy",
            "state",
            "archive",
            "git",
            "client",
            "values",
        ),
        "ok",
    )
    assert code == 0
    assert "`git push` is blocked" in rows["hook"]["what"]
    done = patient.run("doctor")
    assert done.stdout.startswith(f"ok    folder: {patient.root}\n")


def off(held: dict[str, Any]) -> None:
    held["disableAllHooks"] = True


def without_stop(held: dict[str, Any]) -> None:
    del held["hooks"]["SubagentStop"]


def other_interpreter(held: dict[str, Any]) -> None:
    held["hooks"]["PreToolUse"][0]["hooks"][0]["command"] = "/nowhere/bin/python"


def without_block(held: dict[str, Any]) -> None:
    del held["hooks"]["PreToolUse"][0]["hooks"][0]["onFailure"]


def no_hooks(held: dict[str, Any]) -> None:
    del held["hooks"]


@pytest.mark.parametrize(
    ("change", "wrong", "says"),
    [
        (off, {"switch"}, "switches all hooks off"),
        (without_stop, {"settings"}, "the hook for SubagentStop is not the one"),
        (other_interpreter, {"settings", "hook"}, "the hook for PreToolUse is not the one"),
        (without_block, {"settings", "hook"}, "the hook for PreToolUse is not the one"),
        (no_hooks, {"settings", "hook"}, "has no hook of kei-gates"),
    ],
)
def test_settings_that_are_not_whole(
    patient: Patient, change: Callable[[dict[str, Any]], None], wrong: set[str], says: str
) -> None:
    patient.change(change)
    code, rows = patient.told()
    assert code == 1
    assert {name for name, row in rows.items() if row["state"] == "wrong"} == wrong
    assert any(says in row["what"] for row in rows.values())
    assert all(row["remedy"] for row in rows.values() if row["state"] == "wrong")


def test_a_hook_that_a_project_brings_along_is_not_fired(patient: Patient) -> None:
    mark = patient.root / "fired"
    evil = patient.root / "kei_gates_hook.py"
    evil.write_text(f"open({str(mark)!r}, 'w')\n")

    def bring(held: dict[str, Any]) -> None:
        held["hooks"]["PreToolUse"][0]["hooks"][0] |= {"command": "/usr/bin/env"}
        held["hooks"]["PreToolUse"][0]["hooks"][0] |= {"args": ["python3", str(evil)]}

    patient.change(bring)
    code, rows = patient.told()
    assert (code, "was not fired" in rows["hook"]["what"]) == (1, True)
    assert not mark.exists()


def test_it_is_for_people(patient: Patient) -> None:
    done = patient.run("doctor", CLAUDECODE="1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "let a person run it outside of the session" in done.stderr


def test_settings_that_the_client_drops_whole(patient: Patient) -> None:
    patient.settings.write_text(patient.settings.read_text().replace("{", "{,", 1))
    code, rows = patient.told()
    assert code == 1
    assert rows["settings"]["state"] == rows["switch"]["state"] == "wrong"
    assert "line 1 column 2" in rows["settings"]["what"]


@pytest.mark.parametrize("folder", ["project", "home"])
def test_hooks_that_other_settings_switch_off(patient: Patient, folder: str) -> None:
    at = patient.root.parent / folder / ".claude/settings.local.json"
    patient.change(off, at)
    code, rows = patient.told()
    assert (code, rows["switch"]["state"]) == (1, "wrong")
    assert str(at) in rows["switch"]["what"]


def test_another_hook_that_judges_is_named(patient: Patient) -> None:
    theirs = {"matcher": "Bash", "hooks": [{"type": "command", "command": "my-guard --fast"}]}
    local = patient.root / ".claude/settings.local.json"
    patient.change(lambda held: held.update(hooks={"PreToolUse": [theirs]}), local)
    code, rows = patient.told()
    assert code == 0
    assert (rows["others"]["state"], "`my-guard --fast`" in rows["others"]["what"]) == (
        "note",
        True,
    )


def test_a_policy_that_is_broken_or_not_accepted(patient: Patient) -> None:
    policy = patient.root / ".claude/kei-gates.toml"
    policy.write_text(policy.read_text() + "\n# more\n")
    code, rows = patient.told()
    assert (code, rows["policy"]["remedy"]) == (1, "run `kei-gates trust`")
    policy.write_text("version = 2")
    code, rows = patient.told()
    assert (code, rows["policy"]["state"]) == (1, "wrong")
    assert "version" in rows["policy"]["what"]


def test_state_that_cannot_be_written(patient: Patient) -> None:
    state = patient.home / ".local/state/kei-gates/doctor"
    state.mkdir()
    code, rows = patient.told()
    assert (code, rows["state"]["state"]) == (1, "wrong")


@pytest.mark.parametrize(
    ("says", "state"),
    [("2.1.294 (Claude Code)", "wrong"), ("2.1.295", "ok"), ("3.0.0", "ok"), ("what", "wrong")],
)
def test_the_clients_version(patient: Patient, says: str, state: str) -> None:
    patient.client(says)
    assert patient.told()[1]["client"]["state"] == state
    (patient.bin / "claude").unlink()
    assert patient.told()[1]["client"]["state"] == "note"


def test_what_the_client_says_of_settings(patient: Patient) -> None:
    patient.client("2.1.330\n\nInvalid settings\n- /p/settings.json > model: Expected string")
    code, rows = patient.told()
    assert (code, rows["values"]["state"]) == (1, "wrong")
    assert "/p/settings.json > model: Expected string" in rows["values"]["what"]


def test_in_a_subfolder_it_is_said_where_to_start(patient: Patient) -> None:
    code, rows = patient.told(patient.root / "src")
    assert (code, rows["folder"]["state"]) == (0, "note")
    assert f"no hooks of `{patient.root}`" in rows["folder"]["what"]
    assert patient.run("install", "--scope", "user").returncode == 0
    what = patient.told(patient.root / "src")[1]["folder"]["what"]
    assert f"not hold to the policy of `{patient.root}`" in what


def test_a_project_without_the_gate(patient: Patient) -> None:
    assert patient.run("uninstall", str(patient.root)).returncode == 0
    code, rows = patient.told()
    assert code == 1
    assert rows["settings"]["remedy"] == "run `kei-gates install`"


def settings_of(patient: Patient, scope: str) -> Path:
    return {
        "local": patient.root / ".claude/settings.local.json",
        "user": patient.home / ".claude/settings.json",
    }[scope]


@pytest.mark.parametrize("scope", ["local", "user"])
def test_the_scope_that_holds_the_gate_is_found(patient: Patient, scope: str) -> None:
    assert patient.run("install", "--scope", scope).returncode == 0
    code, rows = patient.told()
    assert (code, rows["twice"]["state"]) == (0, "note")
    assert "--scope" in rows["twice"]["remedy"]
    assert patient.run("uninstall").returncode == 0
    code, rows = patient.told()
    assert code == 0, rows
    assert str(settings_of(patient, scope)) in rows["settings"]["what"]
    patient.change(without_stop, settings_of(patient, scope))
    code, rows = patient.told()
    assert (code, rows["settings"]["remedy"]) == (1, f"run `kei-gates install --scope {scope}`")


def test_what_the_client_itself_should_refuse(patient: Patient) -> None:
    patient.change(lambda held: held["permissions"]["deny"].pop(0))
    code, rows = patient.told()
    assert (code, rows["limits"]["state"]) == (0, "note")
    assert "Edit(/.claude/settings.json)" in rows["limits"]["what"]
    assert patient.run("install").returncode == 0
    assert patient.told()[1]["limits"]["state"] == "ok"
    patient.change(lambda held: held.update(disableSkillShellExecution=False))
    code, rows = patient.told()
    assert (code, "to true" in rows["limits"]["remedy"]) == (0, True)


def test_settings_of_a_type_that_makes_the_client_drop_them(patient: Patient) -> None:
    patient.change(lambda held: held.update(disableSkillShellExecution="yes"))
    code, rows = patient.told()
    assert (code, rows["settings"]["state"]) == (1, "wrong")
    assert "must be true or false" in rows["settings"]["what"]


@pytest.mark.parametrize("what", ["folder", "link", "pipe"])
def test_an_audit_that_cannot_be_written(patient: Patient, what: str) -> None:
    audit = patient.home / ".local/state/kei-gates/audit.jsonl"
    audit.unlink(missing_ok=True)
    if what == "folder":
        audit.mkdir()
    elif what == "link":
        audit.symlink_to("elsewhere")
    else:
        os.mkfifo(audit)
    code, rows = patient.told()
    assert (code, rows["state"]["state"]) == (1, "wrong")
    assert "audit.jsonl" in rows["state"]["what"] + rows["hook"]["what"]


def test_a_project_held_by_the_users_policy_alone(patient: Patient) -> None:
    assert patient.run("install", "--scope", "user").returncode == 0
    assert patient.run("uninstall").returncode == 0
    code, rows = patient.told()
    assert code == 0, rows
    assert "the project has none of its own" in rows["policy"]["what"] or (
        "accepted" in rows["policy"]["what"]
    )


def test_a_missing_archive_is_noted_and_mended(patient: Patient, environment: Environment) -> None:
    archive = environment.python.parent.parent / builder.NAME
    try:
        archive.unlink()
        code, rows = patient.told()
        assert code == 0, "it is slower, and holds all the same"
        assert rows["archive"]["state"] == "note"
        assert "kei-gates install" in rows["archive"]["remedy"]
        assert patient.run("install", str(patient.root)).returncode == 0
        assert patient.told()[1]["archive"]["state"] == "ok"
    finally:
        environment.write_archive()


def test_where_no_archive_can_be_written_install_says_so(
    patient: Patient, environment: Environment
) -> None:
    folder = (environment.python.parent.parent / builder.NAME).parent
    shutil.rmtree(folder)
    folder.write_text("")
    try:
        done = patient.run("install", str(patient.root))
        assert done.returncode == 0
        assert "the hook reads its modules one by one" in " ".join(done.stdout.split())
    finally:
        folder.unlink()
        environment.write_archive()
