"""A project cannot make the hook run the project's own code."""

import os
from pathlib import Path

import pytest

from .calls import bash, spawn
from .client import Client
from .conftest import NewProject
from .installation import hook_entries
from .probes import assert_stopped, printed
from .project import Project, plain_environment
from .scripted_api import MAIN

MODULES = [
    "json.py",
    "kei_gates/__init__.py",
    "os.py",
    "re.py",
    "site.py",
    "sitecustomize.py",
    "usercustomize.py",
]
PROGRAMS = ["git", "python", "python3", "sh"]

SCRIPT = {
    MAIN: [bash("echo", "echo hello there"), spawn("builder", "builder")],
    "builder": [bash("push", "git push origin HEAD:pushed"), bash("say", 'echo "git push"')],
}


def _marker(project: Project) -> Path:
    return project.root / "betrayed.txt"


def _write_traps(project: Project) -> None:
    """Add modules and programs that leave a line when the hook loads or starts them."""
    marker = _marker(project)
    for name in MODULES:
        path = project.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"print({name!r}, file=open({str(marker)!r}, 'a'))\n")
    for name in PROGRAMS:
        path = project.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        # The client starts programs too, so only those count that a hook started.
        path.write_text(
            "#!/bin/sh\n"
            'parent=$(cat "/proc/$PPID/cmdline" 2>/dev/null || /bin/ps -o args= -p "$PPID")\n'
            f'case $parent$* in *kei_gates*) echo "$0" >> "{marker}" ;; esac\n'
            f'PATH={os.defpath} exec {name} "$@"\n'
        )
        path.chmod(0o755)


def _trapped_environment(project: Project) -> dict[str, str]:
    return {
        "PATH": f"{project.folder / 'bin'}:{plain_environment(project.home)['PATH']}",
        "PYTHONPATH": str(project.folder),
        "PYTHONSTARTUP": str(project.folder / "site.py"),
        "PYTHONHOME": str(project.folder),
        "PYTHONSAFEPATH": "",
        "PYTHONINSPECT": "1",
    }


def _betrayals(project: Project) -> str:
    marker = _marker(project)
    return marker.read_text() if marker.exists() else ""


def test_the_traps_catch_a_hook_that_is_not_on_its_guard(
    client: Client, gated_project: NewProject
) -> None:
    project = gated_project()
    _write_traps(project)
    settings = project.read_settings()
    for entry in hook_entries(settings, "PreToolUse"):
        entry["command"] = "python3"
        entry["args"] = [word for word in entry["args"] if word not in ("-I", "-S")]
    trapped = _trapped_environment(project)
    del trapped["PYTHONHOME"]  # a Python that heeds it does not even get as far as the traps
    project.write_settings({**settings, "env": trapped})
    client.run(project, SCRIPT, "bypassPermissions")
    assert "sitecustomize.py" in _betrayals(project)
    assert "bin/python3" in _betrayals(project)


@pytest.mark.parametrize("with_environment", [False, True], ids=["files", "environment"])
def test_a_hook_loads_nothing_of_the_project(
    client: Client, gated_project: NewProject, *, mode: str, with_environment: bool
) -> None:
    project = gated_project()
    _write_traps(project)
    if with_environment:
        project.write_settings({**project.read_settings(), "env": _trapped_environment(project)})
    answers = client.run(project, SCRIPT, mode).answers
    assert not _betrayals(project)
    assert printed("hello there")(project, answers["echo"]), answers["echo"]
    assert printed("git push")(project, answers["say"]), answers["say"]
    assert_stopped(answers["push"], "policy::no-git-ops")
    assert project.branches() == {"main"}
