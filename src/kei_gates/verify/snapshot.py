"""A project's tree when an agent starts, and what has changed in it when the agent returns.

For agents that work in the project's own tree, beside others or without git. In a checkout of git,
a snapshot holds the commit that is checked out and all that is not as in it; the agent's own
commits are changes then. Without git it holds every file (`verify/snapshot_files.py` says which).
What is put back as it was is no change. What does not count is ruled as it was at the start. The
limits on what is kept are in `verify/held.py`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kei_gates.verify import repository as repositories
from kei_gates.verify import snapshot_files, snapshot_form, snapshot_git
from kei_gates.verify.looking import Looking

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

    from kei_gates.checks.work import Change
    from kei_gates.verify.changes import Changes
    from kei_gates.verify.snapshot_form import Snapshot

BASE = "the agent's start"


def take(root: str, path: str) -> None:
    """Write a snapshot of a tree to a file.

    `root` is the project's folder: the top of a checkout, or a folder without git. Raises `Fault`.
    """
    root = os.path.realpath(root)
    kind = snapshot_git if repositories.is_checkout(root) else snapshot_files
    snapshot_form.write(kind.take(root), path)


def changes_since(root: str, path: str) -> SnapshotChanges:
    """Compare a tree with a snapshot of it.

    Raises `Fault`, also where the file is missing, damaged, or of another tree.
    """
    snapshot = snapshot_form.read(path, os.path.realpath(root))
    if snapshot.is_git:
        now, changes = snapshot_git.compare(snapshot, os.stat(path).st_mtime_ns)
        return SnapshotChanges(snapshot, changes, now)
    return SnapshotChanges(snapshot, snapshot_files.compare(snapshot), None)


class SnapshotChanges:
    """The changes since a snapshot, as `checks.work.ChangeSet` asks for them."""

    __slots__ = ("_changed", "_now", "_snapshot", "base", "changes", "root")

    def __init__(self, snapshot: Snapshot, changes: Iterable[Change], now: Changes | None) -> None:
        """Take the changes, and in a checkout those since its commit."""
        self.root: Final = snapshot.root
        self.base: Final = BASE
        self.changes: Final = tuple(sorted(changes, key=lambda one: one.path))
        self._snapshot: Final = snapshot
        self._now: Final = now
        self._changed: Final = {one.path for one in self.changes}

    def before(self, path: str) -> bytes | None:
        """Give what a path held at the start, none for nothing; of a link, where it led.

        Raises `OSError`, also where the file was too large for its text to be kept.
        """
        if path not in self._changed:
            return self.after(path)
        held = self._snapshot.files.get(path)
        if held is not None and not held.is_kept:
            return held.before()
        return self._now.before(path) if self._now is not None else None

    def after(self, path: str) -> bytes | None:
        """Give what a path holds now, none for nothing; of a link, where it leads.

        Of a change that only the index or a later commit holds, what it holds there. Raises
        `OSError`.
        """
        if self._now is not None and path in self._changed:
            return self._now.after(path)
        return Looking(self.root, "sha1").text(path)

    def changed_at(self, path: str) -> int | None:
        """Say when a path was last changed, in ns since the epoch; none where nobody knows.

        Of one that is gone, when the folder was that it lay in.
        """
        if self._now is not None and path in self._changed:
            return self._now.changed_at(path)
        return Looking(self.root, "sha1").changed_at(path)
