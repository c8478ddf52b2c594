"""What another policy would decide otherwise. Differences can be added, as summaries can."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from kei_gates.replay.summary import HAPPENED, NO_ROLE, OUTCOMES, shown

if TYPE_CHECKING:
    from kei_gates.model import Outcome
    from kei_gates.replay.judging import Judged, Objection
    from kei_gates.replay.reading import Recorded


class Change(NamedTuple):
    """How calls change: for which roles, by which gate, from what to what.

    The gate is the one that leads the stricter of both decisions.
    """

    role: str
    other_role: str
    gate: str
    before: Outcome
    after: Outcome


class Changed(NamedTuple):
    """Calls that change and are the same to a reader."""

    change: Change
    call: str
    objection: Objection


class Difference:
    """The calls on which two policies do not decide the same.

    `calls` counts them, `happened` those of them that ran then; `same` counts the others. A call
    that both deny, each for another reason, does not change.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.same = 0
        self.calls: Counter[Changed] = Counter()
        self.happened: Counter[Changed] = Counter()

    def add(self, call: Recorded, judged: Judged, other: Judged) -> None:
        """Count one call."""
        changed = changed_of(call, judged, other)
        if changed is None:
            self.same += 1
            return
        self.calls[changed] += 1
        self.happened[changed] += call.fate in HAPPENED

    def __add__(self, other: Difference) -> Difference:
        """Give the difference over the calls of both."""
        total = Difference()
        for one in (self, other):
            total.same += one.same
            total.calls.update(one.calls)
            total.happened.update(one.happened)
        return total

    def __eq__(self, other: object) -> bool:
        """Say whether the same was counted."""
        return isinstance(other, Difference) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __bool__(self) -> bool:
        """Whether any call changes."""
        return bool(self.calls)

    @property
    def groups(self) -> list[tuple[Change, list[tuple[Changed, int]]]]:
        """The changes, the most frequent first, each with its calls in the same order."""
        grouped: dict[Change, list[tuple[Changed, int]]] = {}
        for changed, count in sorted(self.calls.items(), key=lambda item: (-item[1], item[0])):
            grouped.setdefault(changed.change, []).append((changed, count))
        return sorted(grouped.items(), key=lambda one: (-sum(n for _, n in one[1]), one[0]))


def changed_of(call: Recorded, judged: Judged, other: Judged) -> Changed | None:
    """Give how a call changes; none where both decide the same."""
    if judged.outcome == other.outcome:
        return None
    stricter = max(judged, other, key=lambda one: OUTCOMES.index(one.outcome))
    leading = stricter.objections[0]
    change = Change(
        judged.role or NO_ROLE, other.role or NO_ROLE, leading.gate, judged.outcome, other.outcome
    )
    return Changed(change, shown(call), leading)
