"""A repository with a policy, and `kei-gates verify` run there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parents[2] / "src"
POLICY = """
version = 1
[agents]
main = "edit-local"
[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-whitelist = ["src/**"]
[roles.edit-local.quality]
command-green = {{ commands = {commands}, timeout = 2 }}
"""
GREEN = "quality::command-green"


class Project:
    """A repository with a policy, and `kei-gates verify` as a person runs it there."""

    through: tuple[str, ...] = ()
    """What it is run through."""

    def __init__(self, root: Path, commands: list[str] | None = None, name: str = "p") -> None:
        self.root = root / name
        self.home = root / "home"
        self.home.mkdir(exist_ok=True)
        self.put(
            {".claude/kei-gates.toml": POLICY.format(commands=json.dumps(commands or ["true"]))}
        )
        self.put({"src/a.txt": "before\n", "README.md": "before\n"})
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", ".")
        self.git("commit", "--quiet", "--message=before")

    def put(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def git(self, *words: str, check: bool = True) -> None:
        identity = ("-c", "user.name=T", "-c", "user.email=t@example.invalid")
        subprocess.run(["git", *identity, *words], cwd=self.root, check=check, capture_output=True)

    def run(self, *words: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        around = {"PATH": os.environ["PATH"], "HOME": str(self.home), "PYTHONPATH": str(SOURCES)}
        return subprocess.run(
            [*self.through, sys.executable, "-m", "kei_gates.cli.main", "verify", *words],
            cwd=self.root,
            env=around | env,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def record(self, *words: str, **env: str) -> tuple[int, Any]:
        done = self.run("--json", *words, stdin="", **env)
        assert done.stdout.count("\n") == 1, done
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout)

    def left(self) -> list[str]:
        folder = self.home / ".local/state/kei-gates/verify"
        return sorted(os.listdir(folder)) if folder.exists() else []


def found(record: Any) -> list[tuple[str, str | None]]:
    return [(one["capability"], one["path"]) for one in record["findings"]]
