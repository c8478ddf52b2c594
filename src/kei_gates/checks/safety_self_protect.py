"""Hold the gate itself to what it was.

What it checks: for every role, the client's settings, kei-gates policies, hooks, agent, skill and
command files of the project are as in the base. A new task file passes: it can only narrow.
Why: an agent that can edit its own rules has none.
Instead: undo the change; tell the person what should change and why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.checks._changes import finding
from kei_gates.gates._self_files import is_guarded
from kei_gates.gates.safety_self_protect import REMEDY, Params
from kei_gates.policy.task_files import FOLDER

if TYPE_CHECKING:
    from kei_gates.checks.work import Change, Finding, Work

__all__ = ["Params", "check"]


def check(work: Work, params: Params) -> list[Finding]:  # noqa: ARG001 -- the checks' signature
    """Judge every change."""
    return [
        finding(change, "and is part of what holds the agents to their roles", REMEDY)
        for change in work.change_set.changes
        if is_guarded(f"/{change.path}") and not _is_new_task(change)
    ]


def _is_new_task(change: Change) -> bool:
    return change.kind == "added" and change.path.startswith(f"{FOLDER}/")
