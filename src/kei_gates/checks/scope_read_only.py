"""Hold a role that only reads to it: nothing may have changed.

What it checks: no path differs from the base. What tests write is looked at here, where no gate
can know it before.
Why: who looks and judges must not change what is looked at.
Instead: undo the change, and report what should change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.checks._changes import finding, judged
from kei_gates.gates.scope_read_only import Params

if TYPE_CHECKING:
    from kei_gates.checks.work import Finding, Work

__all__ = ["Params", "check"]

_REMEDY = "report what should change, and let whoever started you have it changed"


def check(work: Work, params: Params) -> list[Finding]:  # noqa: ARG001 -- the checks' signature
    """Judge every change."""
    return [
        finding(change, "and this role only reads", _REMEDY) for change in judged(work.change_set)
    ]
