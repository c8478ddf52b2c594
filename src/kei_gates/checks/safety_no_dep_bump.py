"""Hold dependencies to those of the base.

What it checks: every manifest that differs from the base must say the same of dependencies, and
every lock file must be as it was. A lock file that was not there and that builds make by themselves
(`Cargo.lock`, `uv.lock`) passes, unless `locked = "require-frozen"`.
Why: a new dependency, or another version of one, is a decision with a review of its own.
Instead: undo the change; report the dependency, the version and the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.checks._changes import BUILD_LOCKS, finding
from kei_gates.checks.work import Finding
from kei_gates.gates._dep_files import LOCK, SCRIPT
from kei_gates.gates.safety_no_dep_bump import REMEDY, Params, compared, manifest_form

if TYPE_CHECKING:
    from kei_gates.checks.work import Change, Work

__all__ = ["Params", "check"]

_FROZEN = "require-frozen"


def check(work: Work, params: Params) -> list[Finding]:
    """Judge every change of a manifest or a lock file."""
    found = (_judge(work, change, params) for change in work.change_set.changes)
    return [one for one in found if one is not None]


def _judge(work: Work, change: Change, params: Params) -> Finding | None:
    form = manifest_form(change.path, params)
    if form is None:
        return None
    if change.kind == "deleted":
        if form[1] == SCRIPT:
            return None
        return finding(change, "and says what is depended on", REMEDY)
    if form[0] == LOCK and change.kind == "added":
        name = change.path.rpartition("/")[2].casefold()
        if params.locked != _FROZEN and name in BUILD_LOCKS:
            return None
    before = _text(work.change_set.before(change.path))
    after = _text(work.change_set.after(change.path))
    denied = compared(change.path, "the agent", form, before, after)
    if denied is None:
        return None
    return Finding(denied.reason, denied.remedy, path=change.path, doubt=change.doubt)


def _text(content: bytes | None) -> str | None:
    """Read a text as the gate does: bytes that are no UTF-8 as lone surrogates."""
    return None if content is None else content.decode("utf-8", "surrogateescape")
