"""`kei-gates stats`: how often what was decided, and how long it took."""

from __future__ import annotations

import json
import sys
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING, Any

from kei_gates.cli import audit_options
from kei_gates.cli.terminal import Terminal
from kei_gates.protocol.answer import one_line

if TYPE_CHECKING:
    import argparse
    from collections import Counter
    from collections.abc import Iterator

    from kei_gates.audit.entries import Entry
    from kei_gates.audit.tally import Tally

_MOST = 12
"""How many names of a kind are listed for people; JSON has all."""
_LONGEST_NAME = 40
_EXAMPLES = f"""examples:
  kei-gates stats                 of this project
  kei-gates stats --since 1d      what was decided since this time yesterday
  kei-gates stats --all --json    of all projects, for programs

Calls are counted by role, by type of agent, by tool, and by the gates that objected. `ms` is from
the call's arrival to the decision, without the start of the hook's process.
{audit_options.TIMES}
exit codes: 0 printed, 1 failed, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "stats",
        help="count what was decided",
        description="Count what was decided in this project, and say how long it took.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    audit_options.add_choice(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the counts of what is chosen."""
    from kei_gates.audit import reading
    from kei_gates.audit.choosing import chosen as chosen_of
    from kei_gates.audit.tally import Tally

    chosen, unread = audit_options.choice(args), reading.Unread()
    found = reading.records(audit_options.state_folder(), unread, chosen.since)
    tally = Tally().add_all(chosen_of(found, chosen))
    if args.json:
        print(json.dumps(as_json(tally, unread.lines), indent=2))
    elif tally.first is None:
        audit_options.say_none(chosen)
    else:
        terminal = Terminal.of(sys.stdout)
        for line in _told(tally):
            print(terminal.cut(line))
    audit_options.say_unread(unread)
    return 0


def as_json(tally: Tally, unread: int) -> dict[str, Any]:
    """Give the counts as JSON: `ms` in milliseconds, times in seconds since the epoch."""
    return {
        "first": tally.first,
        "last": tally.last,
        "sessions": len(tally.sessions),
        "decisions": {"total": tally.total, **_by_decision(tally.decisions)},
        "denied_share": round(tally.denied_share, 4),
        "faults": tally.faults,
        "by_person": tally.by_person,
        "by": {
            kind: {name: dict(counts) for name, counts in tally.most(kind)} for kind in tally.by
        },
        "ms": {"median": tally.median, "p95": tally.p95},
        "slowest": [
            {"id": one.id, "at": one.at, "ms": one.ms, "tool": one.tool, "call": one.call}
            for one in tally.slowest
        ],
        "returns": dict(tally.returns),
        "unread": unread,
    }


def _by_decision(counts: Counter[str]) -> dict[str, int]:
    from kei_gates.audit.tally import DECISIONS

    return {one: counts[one] for one in DECISIONS} | dict(counts)


def _told(tally: Tally) -> Iterator[str]:
    first, last = audit_options.local(tally.first or 0), audit_options.local(tally.last or 0)
    yield (
        f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}, "
        f"{_counted(len(tally.sessions), 'session')}"
    )
    yield (
        f"{_counted(tally.total, 'decision')}: {tally.decisions['abstain']} passed, "
        f"{tally.decisions['ask']} asked, {tally.decisions['deny']} denied "
        f"({tally.denied_share:.1%})"
    )
    if tally.faults:
        yield f"{tally.faults} of them objected to by kei-gates itself: see `kei-gates doctor`"
    if tally.by_person:
        yield f"{tally.by_person} passed by a person's word"
    if tally.returns:
        yield f"{_counted(tally.returns.total(), 'return')}: " + ", ".join(
            f"{count} {what}" for what, count in tally.returns.most_common()
        )
    for kind, heading in (("role", "role"), ("agent", "agent"), ("tool", "tool")):
        yield from _table(tally, kind, heading, ("abstain", "ask", "deny"))
    yield from _table(tally, "gate", "objecting gate", ("ask", "deny"))
    if tally.median is not None:
        yield ""
        yield f"ms a decision: median {tally.median:g}, 95 % at most {tally.p95:g}; slowest:"
        yield from map(_slow, tally.slowest)


def _table(tally: Tally, kind: str, heading: str, decisions: tuple[str, ...]) -> Iterator[str]:
    from kei_gates.cli.log import WORDS

    rows = tally.most(kind)
    if not rows:
        return
    names = [one_line(name)[:_LONGEST_NAME] or "-" for name, _ in rows[:_MOST]]
    width = max(len(heading), *map(len, names))
    yield ""
    yield f"{heading:{width}}" + "".join(f"{WORDS[one].lower():>8}" for one in decisions)
    for name, (_, counts) in zip(names, rows, strict=False):
        yield f"{name:{width}}" + "".join(f"{counts[one] or '-':>8}" for one in decisions)
    if len(rows) > _MOST:
        yield f"and {len(rows) - _MOST} more"


def _slow(entry: Entry) -> str:
    ms = entry.ms or 0.0
    return f"{ms:>9.1f}  {one_line(entry.id):8}  {one_line(f'{entry.tool}  {entry.call}')}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
