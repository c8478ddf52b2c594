"""A gate that is broken in any way lets nothing through."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .calls import bash, spawn, write
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation, hook_entries
from .project import Project
from .scripted_api import MAIN, Json

SCRIPT = {
    MAIN: [
        bash("bash", "echo hi > bash.txt"),
        write("write", "write.txt", "hi"),
        spawn("builder", "builder"),
    ],
    "builder": [bash("push", "git push origin HEAD:pushed")],
}

Break = Callable[[Json, Path, Installation], None]
"""Breaks one hook entry; a folder of its own is there for what it needs."""


def no_interpreter(entry: Json, folder: Path, _: Installation) -> None:
    entry["command"] = str(folder / "python")


def not_executable(entry: Json, folder: Path, _: Installation) -> None:
    entry["command"] = str(folder / "python")
    (folder / "python").write_text("#!/bin/sh\n")


def script_missing(entry: Json, folder: Path, _: Installation) -> None:
    entry["args"] = ["-I", "-S", str(folder / "hook.py"), "PreToolUse"]


def script_raises(entry: Json, _: Path, __: Installation) -> None:
    entry["args"] = ["-c", "raise ValueError"]


def killed(entry: Json, _: Path, __: Installation) -> None:
    entry["args"] = ["-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]


def hangs(entry: Json, _: Path, __: Installation) -> None:
    entry["args"] = ["-c", "import time; time.sleep(30)"]
    entry["timeout"] = 1


def package_damaged(entry: Json, folder: Path, installation: Installation) -> None:
    module = _private_package(entry, folder, installation) / "hook" / "main.py"
    module.unlink()
    module.write_text("this is not Python\n")


def package_missing(entry: Json, folder: Path, installation: Installation) -> None:
    shutil.rmtree(_private_package(entry, folder, installation))


def _private_package(entry: Json, folder: Path, installation: Installation) -> Path:
    """Let the entry run a copy of the environment, and return the package in it."""
    copy = folder / ".venv"
    # Links, not copies, are quick; whoever changes a file has to unlink it first.
    shutil.copytree(installation.environment, copy, symlinks=True, copy_function=os.link)
    entry["command"] = str(copy / "bin" / "python")
    return next(copy.glob("lib/*/site-packages/kei_gates"))


FAULTS = [
    no_interpreter,
    not_executable,
    script_missing,
    script_raises,
    killed,
    hangs,
    package_damaged,
    package_missing,
]

MODE = "bypassPermissions"


def _effects(project: Project) -> set[str]:
    """Return what the session did to the project and its remote."""
    files = {name for name in ("bash.txt", "write.txt") if (project.folder / name).exists()}
    return files | (project.branches() - {"main"})


def _run(client: Client, project: Project) -> Session:
    return client.run(project, SCRIPT, MODE)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_hook_stops_every_call(
    client: Client,
    installation: Installation,
    gated_project: NewProject,
    tmp_path: Path,
    fault: Break,
) -> None:
    project = gated_project()
    settings = project.read_settings()
    for entry in hook_entries(settings, "PreToolUse"):
        fault(entry, tmp_path, installation)
    project.write_settings(settings)
    session = _run(client, project)
    assert _effects(project) == set()
    assert all(answer.is_error for answer in session.answers.values())


def test_without_the_entry_s_on_failure_a_broken_hook_stops_nothing(
    client: Client, gated_project: NewProject
) -> None:
    project = gated_project()
    settings = project.read_settings()
    for entry in hook_entries(settings, "PreToolUse"):
        entry.update({"args": ["-c", "raise ValueError"], "onFailure": "allow"})
    project.write_settings(settings)
    _run(client, project)
    assert _effects(project) == {"bash.txt", "write.txt", "pushed"}
