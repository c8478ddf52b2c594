"""Hold what was really changed to the listed files.

What it checks: every path that differs from the base (untracked files, both ends of a rename,
deletions, links and modes included) must match one of `patterns`, whoever or whatever wrote it:
also what a script or a build has changed that no gate could foresee.
Why: a task is given certain files; a change elsewhere is unreviewed and collides with others.
Instead: undo what lies elsewhere; if the task cannot be done so, report the file and the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.checks._changes import finding, judged
from kei_gates.gates.scope_files_whitelist import Params
from kei_gates.observe.checkouts import folds_case

if TYPE_CHECKING:
    from kei_gates.checks.work import Finding, Work

__all__ = ["Params", "check"]

_REMEDY = "if the task needs it, say which file and why, as a blocker"


def check(work: Work, params: Params) -> list[Finding]:
    """Judge every change."""
    folds = folds_case(work.change_set.root)
    return [
        finding(change, f"outside the files this role may change ({params.patterns})", _REMEDY)
        for change in judged(work.change_set)
        if change.path.startswith("/")
        or params.patterns.match(change.path, folds_case=folds) is None
    ]
