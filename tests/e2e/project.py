"""A project to run sessions in: a git repository with a remote, a settings file, an agent file."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .scripted_api import Json

PLAIN_PATH = "/usr/local/bin:/usr/bin:/bin"

BUILDER = """\
---
name: builder
description: Builds what it is told to build
---
You build things.
"""

POLICY = """\
version = 1

[agents]
main = "orchestrator"
default = "read-only"
"builder" = "edit-local"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["src/**"]
files-denylist = ["src/secret/**"]
"""

# Without these the default mode itself would stop the calls, and no test of it could fail.
PERMISSIONS = {
    "allow": ["Bash", "Edit", "Monitor", "Read", "Write"],
    "additionalDirectories": ["../outside"],
}


def plain_environment(home: Path) -> dict[str, str]:
    """Return an environment with nothing of the person who runs the tests."""
    return {"PATH": PLAIN_PATH, "HOME": str(home), "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Project:
    """One project with its remote and its user's home, all below one folder."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "project"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def remote(self) -> Path:
        return self.root / "remote.git"

    @property
    def outside(self) -> Path:
        """A folder beside the project, to which `src/link` leads."""
        return self.root / "outside"

    @property
    def settings(self) -> Path:
        return self.folder / ".claude" / "settings.json"

    @property
    def policy(self) -> Path:
        return self.folder / ".claude" / "kei-gates.toml"

    def read_settings(self) -> Json:
        settings: Json = json.loads(self.settings.read_text())
        return settings

    def write_settings(self, settings: Json) -> None:
        self.settings.write_text(json.dumps(settings, indent=2) + "\n")

    def put_on_path(self, name: str, text: str) -> None:
        """Give the project's sessions a program of their own."""
        program = self.root / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
        path = {"PATH": f"{program.parent}:{PLAIN_PATH}"}
        self.write_settings({**self.read_settings(), "env": path})

    def branches(self) -> set[str]:
        """Return the names of the branches that the remote has."""
        return set(self._git("for-each-ref", "--format=%(refname:short)", at=self.remote).split())

    def commit_all(self) -> None:
        """Commit and push whatever the folder holds: a worktree is made from the remote's main."""
        self._git("remote", "set-url", "origin", str(self.remote))
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message=more")
        self._git("push", "--quiet")

    def branch(self, name: str) -> None:
        """Make a branch where the current one is."""
        self._git("branch", name)

    def make(self) -> None:
        """Fill the empty root; the remote has the branch `main` and nothing else."""
        for folder in (self.home, self.remote, self.outside, self.settings.parent):
            folder.mkdir(parents=True)
        self._write_files()
        self._trust()
        self._git("init", "--quiet", "--bare", "--initial-branch=main", at=self.remote)
        self._git("init", "--quiet", "--initial-branch=main")
        for key, value in (("user.name", "Test"), ("user.email", "test@example.invalid")):
            self._git("config", key, value)
        self._git("remote", "add", "origin", "../remote.git")
        self._git("add", ".")
        self._git("commit", "--quiet", "--message=first")
        self._git("push", "--quiet", "--set-upstream", "origin", "main")

    def _write_files(self) -> None:
        files = {
            ".claude/agents/builder.md": BUILDER,
            ".claude/kei-gates.toml": POLICY,
            "README.md": "before\n",
            "src/code.txt": "before\nrun git status first\n",
            "src/secret/key.txt": "before\n",
        }
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (self.folder / "src" / "link").symlink_to("../../outside")
        self.write_settings({"permissions": PERMISSIONS})

    def _trust(self) -> None:
        """Answer the client's question about the folder; until then it ignores permissions."""
        trusted = {str(self.folder): {"hasTrustDialogAccepted": True}}
        (self.home / ".claude.json").write_text(json.dumps({"projects": trusted}))

    def _git(self, *words: str, at: Path | None = None) -> str:
        run = subprocess.run(
            ["/usr/bin/env", "git", *words],
            cwd=at or self.folder,
            env=plain_environment(self.home),
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout
