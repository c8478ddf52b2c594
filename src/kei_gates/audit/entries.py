"""A record of the audit as those who tell of it need it.

The audit is a file, and an agent's code can write into it what it likes: nothing here trusts that a
field is there, or of the kind that it should be.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kei_gates.audit.reading import Record

DECISION, RETURN, RUN, GRANTED = "decision", "return", "run", "granted"
OWN = "kei-gates"
"""What stands in the place of a gate where kei-gates itself objects."""
MAIN = "main"
"""What the main thread is called, where an agent's type would stand."""
_SHORT_ID = 6


class Objection(NamedTuple):
    """What one gate objected, or one check found: why, and what to do instead."""

    gate: str
    outcome: str
    reason: str
    remedy: str


class Entry:
    """A record: when, who, where, and for a decision what was asked for and what was said to it."""

    __slots__ = ("agent", "agent_type", "at", "event", "id", "project", "record", "role", "session")

    def __init__(self, record: Record) -> None:
        """Take a record as `reading` gives it."""
        self.record = record
        self.at: float = record["at"]
        self.event: str = record["event"]
        self.id = text(record, "id")
        self.session = text(record, "session")
        self.agent = text(record, "agent")
        self.agent_type = text(record, "agent_type")
        self.project = text(record, "project")
        self.role = text(record, "role")

    @property
    def kind(self) -> str:
        """The type of the agent, or `main`; the main thread may have a type too."""
        if not self.agent:
            return MAIN
        return self.agent_type or "agent"

    @property
    def who(self) -> str:
        """The agent for people: its type, and which of its type it is."""
        return f"{self.kind}({self.agent[:_SHORT_ID]})" if self.agent else MAIN

    @property
    def decision(self) -> str:
        """What was decided: `abstain`, `ask` or `deny`; empty for what is no decision."""
        return text(self.record, "decision") if self.event == DECISION else ""

    @property
    def tool(self) -> str:
        """The tool, or the event where no tool was called."""
        return text(self.record, "tool") or text(self.record, "on")

    @property
    def call(self) -> str:
        """What the call would do."""
        return text(self.record, "call")

    @property
    def by(self) -> tuple[str, ...]:
        """The words of a person's by which it passed."""
        found = self.record.get("by")
        return (found,) if isinstance(found, str) else tuple(texts(self.record, "by"))

    @property
    def passed(self) -> tuple[str, ...]:
        """The gates that had no objection."""
        return tuple(texts(self.record, "passed"))

    @property
    def ms(self) -> float | None:
        """How long it took to decide, in milliseconds."""
        return number(self.record, "ms")

    @property
    def objections(self) -> tuple[Objection, ...]:
        """What gates objected, or what checks found on return."""
        if self.event == RETURN:
            return tuple(
                Objection(
                    text(one, "capability"), "found", text(one, "message"), text(one, "remedy")
                )
                for one in _objects(self.record, "findings")
            )
        return tuple(
            Objection(text(one, "gate"), text(one, "outcome"), text(one, "reason"),
                      text(one, "remedy"))
            for one in _objects(self.record, "verdicts")
        )  # fmt: skip

    @property
    def leading(self) -> Objection | None:
        """The first objection of those that decided."""
        objections = self.objections
        same = (one for one in objections if one.outcome == self.decision)
        return next(same, objections[0] if objections else None)

    @property
    def is_fault(self) -> bool:
        """Whether kei-gates itself objected: it could not judge, or nobody may do this at all."""
        return any(one.gate == OWN for one in self.objections)


def text(record: Mapping[str, object], key: str) -> str:
    """Give a field that is a text, else an empty one."""
    value = record.get(key)
    return value if isinstance(value, str) else ""


def texts(record: Mapping[str, object], key: str) -> list[str]:
    """Give the texts in a field that is a list."""
    value = record.get(key)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def number(record: Mapping[str, object], key: str) -> float | None:
    """Give a field that is a finite number, not below zero."""
    value = record.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if isfinite(found) and found >= 0 else None


def _objects(record: Mapping[str, object], key: str) -> Iterator[Mapping[str, object]]:
    value = record.get(key)
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
