"""Choose records: of a project, a session, an agent, a gate, a time."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from kei_gates.audit.entries import MAIN, Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kei_gates.audit.reading import Record


class Choice(NamedTuple):
    """What is asked for; what is none is not asked.

    `session` is the beginning of an id; `agent` an agent's type, the beginning of its id, or
    `main`; `gate` the id of the capability that objected, or a glob of it; `since` seconds since
    the epoch; `decision` one of `abstain`, `ask` and `deny`.
    """

    project: str | None = None
    session: str | None = None
    agent: str | None = None
    gate: str | None = None
    since: float = 0.0
    decision: str | None = None


def chosen(found: Iterable[Record], choice: Choice) -> Iterator[Entry]:
    """Give those of the records that are asked for."""
    return (entry for entry in map(Entry, found) if is_chosen(entry, choice))


def is_chosen(entry: Entry, choice: Choice) -> bool:
    """Whether a record is asked for. What names no project may be anybody's: it is of every one."""
    return (
        (choice.project is None or entry.project in ("", choice.project))
        and entry.at >= choice.since
        and (choice.session is None or entry.session.startswith(choice.session))
        and (choice.agent is None or _is_agent(entry, choice.agent))
        and (choice.decision is None or entry.decision == choice.decision)
        and (choice.gate is None or _has_objected(entry, choice.gate))
    )


def _is_agent(entry: Entry, name: str) -> bool:
    if name == MAIN:
        return not entry.agent
    return name in (entry.agent_type, entry.kind) or (
        entry.agent != "" and entry.agent.startswith(name)
    )


def _has_objected(entry: Entry, gate: str) -> bool:
    return any(fnmatchcase(one.gate, gate) for one in entry.objections)
