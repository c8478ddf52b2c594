"""Leave of all that has changed in a shared tree what an agent has done, or may have done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.hook.own_calls import acts_since
from kei_gates.protocol import payload
from kei_gates.verify.attribution import attribute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.checks.work import ChangeSet
    from kei_gates.model import Places
    from kei_gates.verify.attribution import Dated

_NANOSECONDS = 1_000_000_000


def attributed(
    changes: Dated, fields: Mapping[str, object], where: Places, since: int
) -> ChangeSet:
    """Attribute changes to who returns. Raises `Fault`.

    `fields` are the payload of its return, or of the end of the main thread's turn; `since` is when
    it began, in ns since the epoch.
    """
    if not changes.changes:
        return changes
    return attribute(
        changes,
        acts_since(fields, where, since / _NANOSECONDS),
        own=(payload.optional_text(fields, "agent_id"),),
        since=since,
        folds_case=where.folds_case,
    )
