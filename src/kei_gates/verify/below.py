"""The changes of a checkout as they are seen from one of its folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.checks.work import Change

if TYPE_CHECKING:
    from typing import Final

    from kei_gates.checks.work import ChangeSet


def below(whole: ChangeSet, root: str) -> ChangeSet:
    """Give the changes of a checkout with paths from `root`, a folder in it or itself.

    What has changed in the checkout and not below that folder has an absolute path.
    """
    return whole if root == whole.root else _Below(whole, root)


class _Below:
    __slots__ = ("_prefix", "_whole", "base", "changes", "root")

    def __init__(self, whole: ChangeSet, root: str) -> None:
        self.root: Final = root
        self.base: Final = whole.base
        self._whole: Final = whole
        self._prefix: Final = f"{root.removeprefix(whole.root).strip('/')}/"
        moved = [self._moved(change) for change in whole.changes]
        self.changes: Final = tuple(sorted(moved, key=lambda change: change.path))

    def _moved(self, change: Change) -> Change:
        inside = change.path.startswith(self._prefix)
        path = change.path[len(self._prefix) :] if inside else f"{self._whole.root}/{change.path}"
        return Change(
            path,
            change.kind,
            entry=change.entry,
            mode=change.mode,
            old_mode=change.old_mode,
            doubt=change.doubt,
            is_recorded=change.is_recorded,
        )

    def _of_whole(self, path: str) -> str:
        if path.startswith("/"):
            return path.removeprefix(f"{self._whole.root}/")
        return self._prefix + path

    def before(self, path: str) -> bytes | None:
        return self._whole.before(self._of_whole(path))

    def after(self, path: str) -> bytes | None:
        return self._whole.after(self._of_whole(path))
