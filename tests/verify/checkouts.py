"""Real repositories for tests: made with the machine's git, without anybody's configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

ENVIRONMENT = {
    **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
    "GIT_ALLOW_PROTOCOL": "file",
}


def git(root: Path, *words: str, stdin: bytes = b"") -> str:
    done = subprocess.run(
        ["git", *words], cwd=root, env=ENVIRONMENT, input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def commit(root: Path, text: str = "more") -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "-m", text)
    return git(root, "rev-parse", "HEAD")


def write(root: Path, path: str, content: bytes | str = b"x\n") -> None:
    place = os.fsencode(root) + b"/" + path.encode("utf-8", "surrogateescape")
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)


def make(root: Path, files: Mapping[str, bytes | str] | None = None, *init: str) -> str:
    """Make a checkout with one commit of the files, and give the commit."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "--quiet", "--initial-branch=main", *init)
    for path, content in (files or {}).items():
        write(root, path, content)
    return commit(root, "first")
