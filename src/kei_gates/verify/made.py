"""The changes of an agent without the files that the policy has the commands of checks write.

Such a file is nobody's work: an agent that runs the same commands leaves it, and so do the checks
at its last return.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Final

    from kei_gates.checks.work import Change, ChangeSet


def without_made(whole: ChangeSet, paths: Collection[str]) -> ChangeSet:
    """Leave out new files at the given paths that nobody has staged or committed."""
    left = tuple(change for change in whole.changes if not _is_made(change, paths))
    return whole if len(left) == len(whole.changes) else _Without(whole, left)


def _is_made(change: Change, paths: Collection[str]) -> bool:
    is_new = change.kind == "added" and change.entry == "file"
    return is_new and not change.is_recorded and change.path in paths


class _Without:
    __slots__ = ("_whole", "base", "changes", "root")

    def __init__(self, whole: ChangeSet, changes: tuple[Change, ...]) -> None:
        self.root: Final = whole.root
        self.base: Final = whole.base
        self.changes: Final = changes
        self._whole: Final = whole

    def before(self, path: str) -> bytes | None:
        return self._whole.before(path)

    def after(self, path: str) -> bytes | None:
        return self._whole.after(path)
