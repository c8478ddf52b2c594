"""Hold what was really changed to what may not be.

What it checks: no path that differs from the base may match one of `patterns`, whoever or whatever
wrote it. It wins over the whitelist.
Why: some files reach further than a task: workspace manifests, lock files, CI, secrets.
Instead: undo the change; if the task needs it, report the file and the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.checks._changes import finding, judged
from kei_gates.gates.scope_files_denylist import Params
from kei_gates.observe.checkouts import folds_case

if TYPE_CHECKING:
    from kei_gates.checks.work import Finding, Work

__all__ = ["Params", "check"]

_REMEDY = "if the task needs it, say which file and why, as a blocker"


def check(work: Work, params: Params) -> list[Finding]:
    """Judge every change."""
    folds = folds_case(work.change_set.root)
    found = []
    for change in judged(work.change_set):
        inside = not change.path.startswith("/")
        glob = params.patterns.match(change.path, folds_case=folds) if inside else None
        if glob is not None:
            found.append(finding(change, f"and this role may not change `{glob}`", _REMEDY))
    return found
