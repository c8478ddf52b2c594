"""Put together what is looked at: which changes count, and what they will be merged onto."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.verify import snapshot
from kei_gates.verify.below import below
from kei_gates.verify.changes import changes_since
from kei_gates.verify.merge import simulated
from kei_gates.verify.passes import Job
from kei_gates.verify.references import (
    Target,
    head_of,
    merge_base,
    resolve,
    target_of,
    target_of_agent,
)
from kei_gates.verify.repository import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from kei_gates.checks.work import ChangeSet
    from kei_gates.verify.attribution import Dated
    from kei_gates.verify.work import Tell


def against(
    root: str, rev: str | None, report: str | None, *, throwaway: str, tell: Tell | None = None
) -> Job:
    """Look at all work since it left what it will be merged onto: `rev`, or the main branch.

    `throwaway` is the folder below which the merge is made. Raises `Fault` where there is nothing
    that it can be compared with.
    """
    top = top_of(root)
    if top is None:
        raise Fault(
            f"`{root}` lies in no git checkout, so there is nothing to compare it with",
            "run it in one",
        )
    target = Target(rev, resolve(top, rev)) if rev else target_of(top)
    return _onto(root, top, target, report, throwaway, tell)


def of_worktree(root: str, report: str | None, *, throwaway: str, tell: Tell | None = None) -> Job:
    """Look at an agent's own worktree: it goes onto what the main checkout has checked out.

    Raises `Fault`.
    """
    return _onto(root, root, target_of_agent(root), report, throwaway, tell)


def since_start(  # noqa: PLR0913 -- what is looked at, and whose it is
    root: str,
    start: str,
    attribute: Callable[[Dated], ChangeSet],
    report: str | None,
    *,
    throwaway: str,
    tell: Tell | None = None,
) -> Job:
    """Look at what an agent has changed in a tree that it shares with others.

    `start` is the snapshot of when it began; `attribute` says which changes are its own. What is
    merged is the tree as it lies there, with the others' work. Raises `Fault`.
    """
    top = top_of(root)
    changed = snapshot.changes_since(top or root, start)
    own = below(attribute(changed), root)
    if top is None:
        return Job(own, report, merge=None, unmerged=f"`{root}` lies in no git checkout", tell=tell)
    head = head_of(find(top))
    if head is None:
        return Job(own, report, merge=None, unmerged="there is no commit yet", tell=tell)
    return Job(
        own,
        report,
        merge=lambda: simulated(
            top, head, head, changes_since(top, head), throwaway, seen_from=root
        ),
        tell=tell,
    )


def _onto(  # noqa: PLR0913, PLR0917 -- the parts of a job
    root: str, top: str, target: Target, report: str | None, throwaway: str, tell: Tell | None
) -> Job:
    base = merge_base(top, target.commit)
    whole = changes_since(top, base)
    return Job(
        below(whole, root),
        report,
        merge=lambda: simulated(top, base, target.commit, whole, throwaway, seen_from=root),
        may_conflict=base != target.commit,
        tell=tell,
    )


def top_of(root: str) -> str | None:
    """Give the checkout that a folder lies in, links resolved; none where it lies in none."""
    folder = os.path.realpath(root)
    while True:
        if os.path.lexists(f"{folder}/.git"):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
