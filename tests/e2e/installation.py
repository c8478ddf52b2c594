"""A clone of the repository in which `install.sh` was run for real."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .project import Project, plain_environment
from .scripted_api import Json

REPOSITORY = Path(__file__).resolve().parents[2]

INSTALL_LIMIT = 600


@dataclass(frozen=True)
class Installation:
    """The clone, and the project for which its `install.sh` was run."""

    clone: Path
    first: Project

    @property
    def environment(self) -> Path:
        """Return the folder of the clone's virtual environment."""
        return self.clone / ".venv"

    def gate(self, project: Project) -> Project:
        """Put the gate in front of a project, as the user whose home the project has.

        That user has written the policy, and accepts it.
        """
        self.command(project, "install", project.folder)
        self.command(project, "trust", "--yes", project.folder)
        return project

    def command(self, project: Project, *words: str | Path) -> None:
        """Run `kei-gates` as the user of a project; it must succeed."""
        program = self.environment / "bin" / "kei-gates"
        _run([program, *words], plain_environment(project.home), project.root)


def install(clone: Path, project: Project) -> Installation:
    """Run the clone's `install.sh` for a project."""
    environment = {**os.environ, **_kept_from_pip(), "HOME": str(project.home)}
    _run([clone / "install.sh", project.folder], environment, project.root)
    return Installation(clone, project)


def copy_repository(to: Path) -> None:
    """Copy what a clone of the working tree would hold, changes not yet committed included."""
    for name in _names_in_repository():
        source, target = REPOSITORY / name, to / name
        if source.is_file() or source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)


def hook_entries(settings: Json, event: str) -> list[Json]:
    """Return the hook entries of one event in a settings file."""
    groups = settings.get("hooks", {}).get(event, [])
    return [entry for group in groups for entry in group["hooks"]]


def _names_in_repository() -> list[str]:
    command = ["/usr/bin/env", "git", "ls-files", "-z", "--cached", "--others"]
    run = subprocess.run(
        [*command, "--exclude-standard"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return [name for name in run.stdout.split("\0") if name]


def _kept_from_pip() -> dict[str, str]:
    """Return where pip has its cache and its settings, which a fresh home would hide from it."""
    command = [sys.executable, "-m", "pip", "cache", "dir"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    kept = {"PIP_CACHE_DIR": run.stdout.strip()} if run.returncode == 0 else {}
    settings = Path.home() / ".config" / "pip" / "pip.conf"
    if settings.is_file():
        kept["PIP_CONFIG_FILE"] = str(settings)
    return {name: os.environ.get(name, value) for name, value in kept.items()}


def _run(command: list[str | Path], environment: dict[str, str], folder: Path) -> None:
    run = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=INSTALL_LIMIT,
        check=False,
    )
    assert run.returncode == 0, f"{command} failed\n{run.stdout}\n{run.stderr}"
