"""All that has changed in a checkout since a commit.

Of a file of Git LFS, the text before is the pointer that the commit holds, and the text now is the
file itself. Of a submodule it is the id of its commit; its files are changes of their own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.verify.compare import differences
from kei_gates.verify.looking import LARGEST, Looking
from kei_gates.verify.private import SUBMODULE, opened
from kei_gates.verify.references import head_of
from kei_gates.verify.repository import find
from kei_gates.verify.ruling import OfCommit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from kei_gates.verify.compare import Difference
    from kei_gates.verify.repository import Repository


def changes_since(root: str, base_commit: str, since: int | None = None) -> Changes:
    """Compare a checkout, or a linked worktree, with a commit.

    `since` is when the work began, in ns since the epoch, where that is known: rules of what git
    ignores that lie outside of the tree and are newer do not count (`verify/ruling.py`). Raises
    `Fault` where something cannot be told.
    """
    repository = find(root)
    return Changes(repository, base_commit, differences(repository, base_commit, OfCommit(since)))


class Changes:
    """The changes of a checkout, as `checks.work.ChangeSet` asks for them."""

    __slots__ = ("_found", "base", "changes", "root")

    def __init__(self, repository: Repository, base: str, found: Mapping[str, Difference]) -> None:
        self.root: Final = repository.root
        self.base: Final = base
        self._found: Final = found
        self.changes: Final = tuple(found[path].change for path in sorted(found))

    def before(self, path: str) -> bytes | None:
        """Give what a path held, none for nothing; of a link, where it led.

        Only of paths that have changed: others hold it still. Raises `OSError`, also for more than
        `LARGEST` bytes.
        """
        found = self._found.get(path)
        if found is None:
            return self.after(path)
        return _object(found, found.old, found.change.old_mode)

    def after(self, path: str) -> bytes | None:
        """Give what a path holds now, none for nothing; of a link, where it leads.

        Of a change that only the index or a later commit holds, what it holds there. Raises
        `OSError`, also for more than `LARGEST` bytes.
        """
        found = self._found.get(path)
        if found is not None and found.kept is not None:
            return _object(found, found.kept, found.change.mode)
        looking = Looking(self.root, "sha1")
        if found is not None and found.change.entry == "submodule":
            return _submodule(os.fsdecode(looking.place(path)))
        return looking.text(path)

    def kept(self, path: str) -> str | None:
        """Give the id of what only the index or a later commit holds of a path.

        Empty for nothing; none where the working tree counts.
        """
        found = self._found.get(path)
        return None if found is None else found.kept

    def is_in_submodule(self, path: str) -> bool:
        """Say whether a changed path is part of a submodule."""
        found = self._found.get(path)
        return found is not None and found.repository.root != self.root

    def changed_at(self, path: str) -> int | None:
        """Say when a path was last changed, in ns since the epoch; none where nobody knows.

        Of one that is gone, when the folder was that it lay in. Of a change that only the index or
        a later commit holds, nobody knows.
        """
        found = self._found.get(path)
        if found is not None and found.kept is not None:
            return None
        return Looking(self.root, "sha1").changed_at(path)


def _object(found: Difference, name: str, mode: int) -> bytes | None:
    """Read what an id means. Raises `OSError`."""
    if not name:
        return None
    if mode == SUBMODULE:
        return name.encode()
    try:
        with opened(found.repository) as own:
            return own.blob(name, LARGEST)
    except Fault as fault:
        raise OSError(f"what it held cannot be read: {fault.reason}") from None


def _submodule(place: str) -> bytes | None:
    try:
        head = head_of(find(place))
    except Fault as fault:
        raise OSError(fault.reason) from None
    return head.encode() if head else None
