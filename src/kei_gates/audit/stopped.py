"""What was stopped and why: decisions that are alike are one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kei_gates.audit.entries import DECISION, Entry, Objection

if TYPE_CHECKING:
    from collections.abc import Iterable

    _Key = tuple[str, str, str, str, str, str, str]

_LONGEST = 600
_NOTHING = Objection("", "", "", "")


class Row(NamedTuple):
    """Calls that were stopped for the same reason: how often, the first and the latest of them."""

    times: int
    first: float
    last: float
    id: str
    decision: str
    who: str
    role: str
    tool: str
    call: str
    leading: Objection
    others: tuple[str, ...]


class Stopped:
    """Collects what was asked or denied."""

    def __init__(self) -> None:
        self._rows: dict[_Key, Row] = {}

    def add(self, entry: Entry) -> None:
        """Take in a record."""
        if entry.event != DECISION or entry.decision == "abstain":
            return
        leading = entry.leading or _NOTHING
        call = _cut(entry.call)
        key = (
            entry.decision, leading.gate, leading.reason, entry.kind, entry.role, entry.tool, call,
        )  # fmt: skip
        known = self._rows.pop(key, None)
        self._rows[key] = Row(
            times=known.times + 1 if known else 1,
            first=known.first if known else entry.at,
            last=entry.at,
            id=entry.id,
            decision=entry.decision,
            who=entry.kind,
            role=entry.role,
            tool=entry.tool,
            call=call,
            leading=Objection(*map(_cut, leading)),
            others=_others(entry.objections, leading),
        )

    def rows(self) -> list[Row]:
        """Give the rows, the latest first."""
        return list(reversed(self._rows.values()))


def _others(objections: Iterable[Objection], leading: Objection) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.gate for one in objections if one.gate != leading.gate))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
