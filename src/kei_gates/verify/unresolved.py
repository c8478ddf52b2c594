"""Conflicts that nobody has resolved: git's marks in files, while a merge or a rebase stands open.

The marks alone are no finding: a test or a manual may hold them rightly.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kei_gates.checks.work import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.checks.work import ChangeSet

# What git keeps in its folder until it is done (git-status(1), wt-status.c of git 2.43).
_OPEN = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
}
_MARKS = (b"<<<<<<< ", b"=======", b">>>>>>> ")
_REMEDY = "resolve it, so that no `<<<<<<<` and no `>>>>>>>` is left"


def unresolved(git_dir: str, change_set: ChangeSet) -> list[Finding]:
    """Find the changed files that hold a conflict of what stands open in a git folder."""
    what = next((what for name, what in _OPEN.items() if os.path.lexists(f"{git_dir}/{name}")), "")
    return list(_findings(what, change_set)) if what else []


def _findings(what: str, change_set: ChangeSet) -> Iterator[Finding]:
    for change in change_set.changes:
        if change.kind == "deleted" or change.entry != "file":
            continue
        path = change.path
        try:
            line = _first(change_set.after(path) or b"")
        except OSError as error:
            message = f"`{path}` cannot be read, and {what} stands open: {error}"
            yield Finding(message, "make it readable", path=path, doubt=change.doubt)
            continue
        if line is not None:
            message = f"a conflict of {what} that stands open is not resolved"
            yield Finding(message, _REMEDY, path=path, line=line, doubt=change.doubt)


def _first(text: bytes) -> int | None:
    """Give the line of the first conflict that has all of git's marks; none without."""
    begun = None
    wanted = 0
    for at, line in enumerate(text.split(b"\n"), 1):
        if line.startswith(_MARKS[0]):
            begun, wanted = at, 1
        elif wanted and line.rstrip(b"\r").startswith(_MARKS[wanted]):
            if wanted == len(_MARKS) - 1:
                return begun
            wanted += 1
    return None
