"""`kei-gates log`: what was decided, a line each."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
from collections import deque
from typing import TYPE_CHECKING

from kei_gates.cli import audit_options
from kei_gates.cli.terminal import Terminal
from kei_gates.protocol.answer import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from kei_gates.audit.choosing import Choice
    from kei_gates.audit.entries import Entry
    from kei_gates.audit.reading import Unread
    from kei_gates.cli.terminal import Colour

_LIMIT = 50
_EVERY = 0.25
"""Seconds between two looks at an audit that is followed."""
_COLUMNS_OF_FILES = 400
_CALLS_PART = 0.55
"""The part of a line's room that is the call's where an objection follows."""
WORDS = {"abstain": "pass", "ask": "ask", "deny": "DENY"}
_COLOURS: dict[str, Colour] = {"ask": "yellow", "deny": "red"}
_EXAMPLES = f"""examples:
  kei-gates log                              the latest {_LIMIT} records of this project
  kei-gates log --follow --denied            what is denied, as it happens
  kei-gates log --agent builder --since 2h   of all agents of this type; `main` is the main thread
  kei-gates log --gate 'safety::*' --all     what these gates objected to, in all projects
  kei-gates log --since 2026-11-28 --json    the records as they are kept, one a line

A line says when (with the day where that is not today), the id (see `kei-gates why`), who, what was
decided, the tool, the call, and which gate objected why. Of returns it says whether they hold, and
what ran for that.
{audit_options.TIMES}
exit codes: 0 printed, 1 failed, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "log",
        help="show what was decided",
        description="Show what was decided in this project, the latest last.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("-f", "--follow", action="store_true", help="go on with what is to come")
    audit_options.add_choice(parser)
    parser.add_argument("--agent", metavar="A", help="of this type of agent, or whose id begins so")
    parser.add_argument("--gate", metavar="G", help="what this gate objected to; globs are allowed")
    parser.add_argument("--denied", action="store_true", help="only what was denied")
    parser.add_argument(
        "-n",
        "--limit",
        type=_count,
        metavar="N",
        help=f"the latest N (default: {_LIMIT}, with `--since` all; 0: all)",
    )
    parser.add_argument("--json", action="store_true", help="print the records as they are")
    parser.set_defaults(run=run)


def _count(given: str) -> int:
    if not given.isascii() or not given.isdigit():
        raise ArgumentTypeError(f"`{given}` is no number of records")
    return int(given)


def run(args: argparse.Namespace) -> int:
    """Print what is chosen, and with `--follow` what comes until a person ends it."""
    from kei_gates.audit import reading

    chosen, folder = audit_options.choice(args), audit_options.state_folder()
    limit = args.limit if args.limit is not None else 0 if args.since else _LIMIT
    show, unread = _shower(as_json=args.json), reading.Unread()
    if args.follow:
        _follow(reading.follow(folder, unread), chosen, limit, show)
    elif not _print(_found(folder, unread, chosen, limit), show) and not args.json:
        audit_options.say_none(chosen)
    audit_options.say_unread(unread)
    return 0


def _found(folder: str, unread: Unread, choice: Choice, limit: int) -> Iterator[Entry]:
    from kei_gates.audit.choosing import chosen, is_chosen
    from kei_gates.audit.entries import Entry
    from kei_gates.audit.reading import latest, records

    if not limit:
        return chosen(records(folder, unread, choice.since), choice)
    return map(Entry, latest(folder, limit, lambda one: is_chosen(Entry(one), choice), unread))


def _print(entries: Iterable[Entry], show: Callable[[Entry], str]) -> int:
    count = 0
    for entry in entries:
        count += 1
        print(show(entry))
    return count


def _follow(
    found: Iterable[dict[str, object] | None],
    chosen: Choice,
    limit: int,
    show: Callable[[Entry], str],
) -> None:
    """Print the latest of what is there, then each that comes. Ctrl-C ends it in order."""
    from kei_gates.audit.choosing import is_chosen
    from kei_gates.audit.entries import Entry

    before: deque[Entry] | None = deque(maxlen=limit or None)
    try:
        for record in found:
            if record is None:
                _print(before or (), show)
                before = None
                sys.stdout.flush()
                time.sleep(_EVERY)
                continue
            entry = Entry(record)
            if not is_chosen(entry, chosen):
                continue
            if before is None:
                print(show(entry))
            else:
                before.append(entry)
    except KeyboardInterrupt:
        return


def _shower(*, as_json: bool) -> Callable[[Entry], str]:
    """Give what makes a line of a record."""
    if as_json:
        return lambda entry: json.dumps(entry.record, separators=(",", ":"))
    terminal = Terminal.of(sys.stdout)
    if not sys.stdout.isatty():
        terminal.columns = _COLUMNS_OF_FILES
    return lambda entry: line(entry, terminal)


def line(entry: Entry, terminal: Terminal) -> str:
    """Show a record in one line."""
    at, today = audit_options.local(entry.at), audit_options.local(time.time()).date()
    when = f"{at:%H:%M:%S}" if at.date() == today else f"{at:%m-%d %H:%M:%S}"
    head = f"{when}  {one_line(entry.id) or '-':8}  {one_line(entry.who):16}  "
    word = WORDS.get(entry.decision, one_line(entry.decision or entry.event))
    rest = f"  {_told(entry, terminal.columns - len(head) - len(word) - 2)}"
    room = terminal.cut(rest, len(head) + max(len(word), 4)).rstrip()
    colour = _COLOURS.get(entry.decision)
    padded = f"{word:4}"
    return head + (terminal.paint(padded, colour) if colour else padded) + room


def _told(entry: Entry, room: int) -> str:
    """Say what a record is about; where it is too long, the call gives way to the objection."""
    from kei_gates.audit import entries

    telling = {
        entries.RETURN: _return,
        entries.RUN: _run,
        entries.GRANTED: _granted,
    }.get(entry.event)
    if telling is not None:
        return one_line(telling(entry))
    call = one_line(f"{entry.tool}  {entry.call}".strip())
    leading = entry.leading
    if leading is None:
        by = f"  ({one_line(', '.join(entry.by))})" if entry.by else ""
        return _cut(call, room - len(by)) + by
    why = f"  <- {one_line(f'{leading.gate}: {leading.reason}')}"
    more = len(entry.objections) - 1
    why += f" (and {more} more)" if more else ""
    return _cut(call, max(int(room * _CALLS_PART), room - len(why))) + why


def _cut(text: str, room: int) -> str:
    from kei_gates.cli.terminal import CUT

    return text if len(text) <= room else text[: max(0, room - len(CUT))] + CUT


def _return(entry: Entry) -> str:
    from kei_gates.audit.entries import number
    from kei_gates.audit.tally import outcome_of

    found = list(dict.fromkeys(one.gate for one in entry.objections))
    count = len(entry.objections)
    times = number(entry.record, "times")
    outcome = outcome_of(entry)
    said = outcome if outcome != "sent back" or not times else f"sent back, time {times:.0f}"
    if not count:
        return said
    return f"{said}: {count} finding{'' if count == 1 else 's'} ({', '.join(found)})"


def _run(entry: Entry) -> str:
    from kei_gates.audit.entries import number, text

    record = entry.record
    where = " after a merge" if text(record, "pass") not in ("", "worktree") else ""
    seconds, code = number(record, "seconds"), record.get("code")
    if text(record, "state") != "ended":
        how = "has started"
    elif isinstance(code, int):
        how = f"exit {code}"
    else:
        how = text(record, "ended") or "has ended"
    took = f", {seconds:.1f} s" if seconds is not None else ""
    return f"{text(record, 'command')}{where}: {how}{took}"


def _granted(entry: Entry) -> str:
    from kei_gates.audit.entries import number

    until = number(entry.record, "until")
    end = f", until {audit_options.local(until):%H:%M:%S}" if until is not None else ""
    return f"a person lets this call pass once{end}: {entry.call}"
