"""Print what came of a replay."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from kei_gates.cli.audit_options import local
from kei_gates.cli.replay_record import of_call, of_change, record
from kei_gates.protocol.answer import one_line
from kei_gates.replay.difference import changed_of
from kei_gates.replay.reading import UNKNOWN
from kei_gates.replay.summary import FATES, OUTCOMES, most

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from kei_gates.cli.replay_record import Row
    from kei_gates.replay.judging import Judged, Objection
    from kei_gates.replay.reading import Reader, Recorded
    from kei_gates.replay.replaying import Total
    from kei_gates.replay.summary import Summary

_SAID = {"abstain": "no objection", "ask": "ask", "deny": "deny"}
_FATES = {"blocked": "blocked by a hook", "unknown": "not known"}
_MOST_NAMED = 3


class Report:
    """What is printed: calls as they come, the rest at the end."""

    def __init__(self, args: argparse.Namespace, total: Total) -> None:
        """Take the options of the command, and what is counted."""
        self._is_json: bool = args.json
        self._lists: bool = args.denied
        self._is_compared = args.against is not None
        self._top: int | None = args.top or None
        self._total = total

    def call(
        self, call: Recorded, judged: Judged, other: Judged | None, clear: Callable[[], None]
    ) -> None:
        """Print a call that is listed, after `clear` has made room on the terminal."""
        if not self._lists:
            return
        rows: list[tuple[str, Objection, Row]] = []
        if judged.outcome == "deny":
            rows.append(("denied", judged.objections[0], {}))
        changed = None if other is None else changed_of(call, judged, other)
        if changed is not None:
            rows.append(("changed", changed.objection, of_change(changed.change)))
        for kind, objection, more in rows:
            clear()
            row = {"kind": kind, **of_call(call, judged), **more, **objection._asdict()}
            print(json.dumps(row) if self._is_json else _line(row))

    def end(self, reader: Reader, skipped: list[tuple[str, str]]) -> None:
        """Print the summary, and on stderr what could not be read, and what that means."""
        tally = reader.tally
        unreadable = [*skipped, *tally.unreadable]
        gone, without = self._total.gone(), self._total.without_policy()
        if self._is_json:
            row = record(self._total, self._top, is_compared=self._is_compared)
            row |= {
                "transcripts": reader.transcripts,
                "bad_lines": tally.bad_lines,
                "unreadable": [{"path": path, "why": why} for path, why in unreadable],
                "projects_gone": gone,
                "projects_without_policy": without,
            }
            print(json.dumps(row))
        else:
            for line in self._text(reader.transcripts):
                print(one_line(line))
        for note in _notes(self._total, tally.bad_lines, unreadable, gone, without):
            print(one_line(f"kei-gates: {note}"), file=sys.stderr)

    def _text(self, transcripts: int) -> Iterator[str]:
        summary = self._total.summary
        yield from _overview(summary, transcripts)
        yield from _roles(summary)
        yield from _agents(summary)
        yield from _denied(summary, self._top)
        if self._is_compared:
            yield from _difference(self._total, self._top)


def _overview(summary: Summary, transcripts: int) -> Iterator[str]:
    when = ""
    if summary.first is not None and summary.last is not None:
        when = f", {_time(summary.first)} to {_time(summary.last)}"
    files = f"{_many(len(summary.sessions), 'session')} ({_many(transcripts, 'transcript')})"
    yield f"{_many(summary.calls, 'call')} of {files}{when}"
    yield "  " + ", ".join(f"{summary.of(how):,} {_SAID[how]}" for how in OUTCOMES)
    then = [(summary.then(fate), _FATES.get(fate, fate)) for fate in FATES]
    yield "  then: " + ", ".join(f"{count:,} {said}" for count, said in then if count)
    yield f"  new denials: {summary.new_denials:,} of what ran then would be denied"
    if summary.let_pass:
        yield f"  would pass: {summary.let_pass:,} of what a hook blocked then"
    if summary.refused:
        yield f"  not judged: {summary.refused:,} that the client refused before any hook"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _roles(summary: Summary) -> Iterator[str]:
    yield "by role and gate"
    for role in sorted({role for role, _ in summary.roles}):
        counts = [(summary.roles[role, how], _SAID[how]) for how in OUTCOMES]
        yield f"  {role}: " + ", ".join(f"{count:,} {said}" for count, said in counts)
        gates = sorted({gate for one, gate, _ in summary.gates if one == role})
        for gate in gates:
            asks, denies = (summary.gates[role, gate, how] for how in ("ask", "deny"))
            yield f"    {gate}: {asks:,} ask, {denies:,} deny"


def _agents(summary: Summary) -> Iterator[str]:
    yield "by agent"
    for agent, role in sorted({(agent, role) for agent, role, _ in summary.agents}):
        counts = [(summary.agents[agent, role, how], _SAID[how]) for how in OUTCOMES]
        yield f"  {agent} ({role}): " + ", ".join(f"{count:,} {said}" for count, said in counts)


def _denied(summary: Summary, top: int | None) -> Iterator[str]:
    if summary.denied:
        yield "denied most"
    for denied, count in most(summary.denied, top):
        ran = summary.newly[denied]
        yield f"  {count:,}x {denied.role}: {denied.call}" + (f" ({ran:,} ran then)" if ran else "")
        yield f"    {_objection(denied.objection)}"
    left = len(summary.denied) - (top or len(summary.denied))
    if left > 0:
        yield f"  and {left:,} others; `--top 0` shows all"


def _difference(total: Total, top: int | None) -> Iterator[str]:
    difference = total.difference
    if not difference:
        yield "against the other policy: no call changes"
        return
    changed = sum(difference.calls.values())
    yield f"against the other policy: {changed:,} calls change, {difference.same:,} do not"
    for change, calls in difference.groups:
        roles = dict.fromkeys((change.role, change.other_role))
        number = sum(count for _, count in calls)
        yield (
            f"  {' -> '.join(roles)}, {change.gate}: {number:,} from {_SAID[change.before]} "
            f"to {_SAID[change.after]}"
        )
        for one, count in calls[:top]:
            ran = difference.happened[one]
            yield f"    {count:,}x {one.call}" + (f" ({ran:,} ran then)" if ran else "")
            yield f"      {_objection(one.objection)}"
        if top is not None and len(calls) > top:
            yield f"    and {len(calls) - top:,} others; `--top 0` shows all"


def _objection(one: Objection) -> str:
    return f"{one.gate}: {one.reason}; {one.remedy}"


def _line(row: Row) -> str:
    """Write a listed call in one line."""
    when = "-" if row["at"] is None else _time(row["at"])
    change = f" {row['from']} -> {row['to']}" if row["kind"] == "changed" else ""
    return one_line(
        f"{row['kind']}{change} {when} {row['agent_type'] or row['agent'] or 'main'} "
        f"({row['role']}): {row['call']} [{row['then']} then]: "
        f"{row['gate']}: {row['reason']}; {row['remedy']}"
    )


def _time(at: float) -> str:
    """Write a time as the clock of this machine shows it."""
    return f"{local(at):%Y-%m-%d %H:%M:%S}"


def _notes(
    total: Total,
    bad_lines: dict[str, int],
    unreadable: list[tuple[str, str]],
    gone: list[str],
    without: list[str],
) -> Iterator[str]:
    """Say what is not known, and what that means for what was decided."""
    if bad_lines:
        number = _many(sum(bad_lines.values()), "line")
        yield f"{number} left out, which are no records: {_named([*bad_lines])}"
    if unreadable:
        yield f"not read: {_named([f'{path} ({why})' for path, why in unreadable])}"
    if total.undated:
        yield f"{_many(total.undated, 'call')} without a time left out"
    if unknown := sum(n for (agent, *_), n in total.summary.agents.items() if agent == UNKNOWN):
        yield f"{_many(unknown, 'call')} of agents of unknown type, judged as those nobody names"
    if gone:
        yield f"the folder is gone, and its files are taken for missing: {_named(gone)}"
    if without:
        yield f"no policy of its own, so that of the layers above counts: {_named(without)}"


def _named(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(f"`{name}`" for name in names[:_MOST_NAMED]) + more
