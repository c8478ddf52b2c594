"""Put together what is looked at: which changes count, and what they will be merged onto."""

from __future__ import annotations

from time import time_ns
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
from kei_gates.verify.repository import find, top_of

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
    # Nobody knows when the work began, so what git ignores is ruled as it is now.
    return _onto(root, top, target, report, time_ns(), throwaway, tell)


def of_worktree(
    root: str, report: str | None, since: int, *, throwaway: str, tell: Tell | None = None
) -> Job:
    """Look at an agent's own worktree: it goes onto what the main checkout has checked out.

    `since` is when the agent began, in ns since the epoch. Raises `Fault`.
    """
    return _onto(root, root, target_of_agent(root), report, since, throwaway, tell)


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
            top,
            head,
            Target("HEAD", head),
            changes_since(top, head, time_ns()),
            throwaway,
            seen_from=root,
        ),
        tell=tell,
    )


def _onto(  # noqa: PLR0913, PLR0917 -- the parts of a job
    root: str,
    top: str,
    target: Target,
    report: str | None,
    since: int,
    throwaway: str,
    tell: Tell | None,
) -> Job:
    base = merge_base(top, target.commit)
    whole = changes_since(top, base, since)
    return Job(
        below(whole, root),
        report,
        merge=lambda: simulated(top, base, target, whole, throwaway, seen_from=root),
        may_conflict=base != target.commit,
        tell=tell,
    )
