"""Merges for tests: a checkout, what main has done since, and all that lies in a git folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from kei_gates.verify.changes import changes_since
from kei_gates.verify.merge import Merged, simulated
from kei_gates.verify.references import Target, merge_base
from tests.verify.checkouts import commit, git, make, write

Files = Mapping[str, bytes | str | None]


def put(root: Path, files: Files) -> None:
    """Write files; none removes one."""
    for path, content in files.items():
        if content is None:
            (root / path).unlink()
        else:
            write(root, path, content)


def started(tmp_path: Path, files: Files, theirs: Files, *init: str) -> Path:
    """Make a checkout of `work`, which leaves `main` before it has done what is theirs."""
    root = tmp_path / "root"
    make(root, {path: content for path, content in files.items() if content is not None}, *init)
    git(root, "branch", "work")
    put(root, theirs)
    commit(root, "theirs")
    git(root, "switch", "--quiet", "work")
    return root


def merge(
    root: Path, seen_from: Path | None = None, state: Path | None = None
) -> AbstractContextManager[Merged]:
    """Merge what lies in a checkout onto main."""
    base = merge_base(str(root), "main")
    target = Target("main", git(root, "rev-parse", "main"))
    below = state or state_of(root)
    changes = changes_since(str(root), base)
    return simulated(str(root), base, target, changes, str(below), str(seen_from or root))


def state_of(root: Path) -> Path:
    """The folder below which merges of a checkout are made."""
    return root.parent / "state"


def held(folder: str, *, without: tuple[str, ...] = ()) -> dict[str, bytes]:
    """All files below a folder, links as what they say."""
    found = {}
    for at, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if one not in without]
        for name in (*files, *(one for one in folders if os.path.islink(f"{at}/{one}"))):
            path = Path(at, name)
            if name not in without:
                found[str(path.relative_to(folder))] = (
                    os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
                )
    return found


def mark_of(folder: Path) -> dict[str, tuple[object, ...]]:
    """What shows each write below a folder: names, kinds, modes, bytes, and links."""
    found: dict[str, tuple[object, ...]] = {}
    for at, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(at, name)
            text = b""
            if path.is_symlink():
                text = os.fsencode(path.readlink())
            elif path.is_file():
                text = hashlib.sha256(path.read_bytes()).digest()
            status = path.lstat()
            found[str(path.relative_to(folder))] = (status.st_mode, status.st_ino, text)
    return found
