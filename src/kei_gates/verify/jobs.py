"""Put together what is looked at: which changes count, and what they will be merged onto."""

from __future__ import annotations

import os
from math import inf
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
from kei_gates.verify.surroundings import in_worktree
from kei_gates.verify.unresolved import unresolved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Final

    from kei_gates.checks.work import ChangeSet
    from kei_gates.verify.attribution import Dated
    from kei_gates.verify.passes import Merging
    from kei_gates.verify.work import Tell


_MOST_NAMED = 3


class Jobs:
    """Puts jobs together for one report.

    `throwaway` is the folder below which merges are made; `is_return` says that an agent returns.
    At `deadline`, as the monotonic clock has it, commands are ended.
    """

    def __init__(
        self,
        report: str | None,
        *,
        throwaway: str,
        is_return: bool = False,
        deadline: float = inf,
        tell: Tell | None = None,
    ) -> None:
        self._report: Final = report
        self._throwaway: Final = throwaway
        self._is_return: Final = is_return
        self._deadline: Final = deadline
        self._tell: Final = tell

    def against(
        self, root: str, rev: str | None, attribute: Callable[[Dated], ChangeSet] | None = None
    ) -> Job:
        """Look at all work since it left what it will be merged onto: `rev`, or the main branch.

        `attribute` says which changes count; without it all do. Raises `Fault` where there is
        nothing that it can be compared with.
        """
        top = top_of(root)
        if top is None:
            raise Fault(
                f"`{root}` lies in no git checkout, so there is nothing to compare it with",
                "run it in one",
            )
        target = Target(rev, resolve(top, rev)) if rev else target_of(top)
        # Nobody knows when the work began, so what git ignores is ruled as it is now.
        return self._onto(root, top, target, time_ns(), attribute)

    def of_worktree(self, root: str, since: int) -> Job:
        """Look at an agent's own worktree: it goes onto what the main checkout has checked out.

        `since` is when the agent began, in ns since the epoch. Raises `Fault`.
        """
        return self._onto(root, root, target_of_agent(root), since)

    def since_start(self, root: str, start: str, attribute: Callable[[Dated], ChangeSet]) -> Job:
        """Look at what an agent has changed in a tree that it shares with others.

        `start` is the snapshot of when it began; `attribute` says which changes are its own. What
        is merged is the tree as it lies there, with the others' work. Raises `Fault`.
        """
        top = top_of(root)
        changed = snapshot.changes_since(top or root, start)
        own = attribute(changed)
        shared = _of_others(changed, own)
        head = head_of(find(top)) if top is not None else None
        if top is None or head is None:
            why = f"`{root}` lies in no git checkout" if top is None else "there is no commit yet"
            return self._job(below(own, root), unmerged=why, shared=shared)
        here = Target("HEAD", head)
        return self._job(
            below(own, root),
            top=top,
            merge=lambda: simulated(
                top, head, here, changes_since(top, head, time_ns()), self._throwaway, root
            ),
            shared=shared,
        )

    def _onto(
        self,
        root: str,
        top: str,
        target: Target,
        since: int,
        attribute: Callable[[Dated], ChangeSet] | None = None,
    ) -> Job:
        base = merge_base(top, target.commit)
        whole = changes_since(top, base, since)
        own = attribute(whole) if attribute is not None else whole
        return self._job(
            below(own, root),
            top=top,
            merge=lambda: simulated(top, base, target, whole, self._throwaway, root),
            may_conflict=base != target.commit and bool(own.changes),
            environment=in_worktree(find(top), os.path.realpath(root)),
        )

    def _job(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        change_set: ChangeSet,
        *,
        top: str | None = None,
        merge: Merging | None = None,
        unmerged: str = "",
        may_conflict: bool = False,
        shared: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> Job:
        return Job(
            change_set,
            self._report,
            unresolved=unresolved(find(top).git_dir, change_set) if top is not None else (),
            merge=merge,
            unmerged=unmerged,
            may_conflict=may_conflict,
            is_return=self._is_return,
            shared=shared,
            environment=environment,
            deadline=self._deadline,
            tell=self._tell,
        )


def _of_others(changed: ChangeSet, own: ChangeSet) -> str:
    """Say which changes are others'; empty where there are none."""
    mine = {change.path for change in own.changes}
    theirs = [change.path for change in changed.changes if change.path not in mine]
    if not theirs:
        return ""
    named = ", ".join(f"`{path}`" for path in theirs[:_MOST_NAMED])
    more = f" and {len(theirs) - _MOST_NAMED} more" if len(theirs) > _MOST_NAMED else ""
    return f"others have changed {named}{more} in the same tree meanwhile, so it may be theirs"
