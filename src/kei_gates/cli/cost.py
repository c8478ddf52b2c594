"""`kei-gates cost`: what was launched today, and what a launch is expected to cost."""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from kei_gates.cli.confirm import refuse_agents
from kei_gates.cli.usage import UsageError
from kei_gates.gates._declarations import parse
from kei_gates.gates._estimates import dollars
from kei_gates.hook import ledger, places, store, trust
from kei_gates.hook.ledger_lines import local_day
from kei_gates.model import Fault, Principal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from kei_gates.hook.ledger_lines import Entry
    from kei_gates.model import Places
    from kei_gates.policy.compiled import Policy

_EXITS = "exit codes: 0 done, 1 failed, 64 bad usage\n"
_CAPABILITY = "compute::cost-tiers"
_EXAMPLES = f"""examples:
  kei-gates cost                              what was launched today, the sum, what is left
  kei-gates cost declare "2 x 1.5h H100"      say what the next launch will cost
  kei-gates cost declare "8xH100 3h + 1h A10G"
  kei-gates cost release toolu_01AbC          a launch of today that never ran (only for people)

Prices are those of the policy (`[rates]`), with the day on which each was read. A declaration is
good for one launch of the agent that made it; where the script allows more, that counts.

{_EXITS}"""
_DECLARE_EXAMPLES = f"""examples:
  kei-gates cost declare "2 x 1.5h H100"
  kei-gates cost declare "8xH100 3h + 1h A10G"

An agent declares in a call of its own, right before the launch that it is for. Typed by a person it
only shows the estimate. It is good for one launch; where the script allows more, that counts.

{_EXITS}"""
_RELEASE_EXAMPLES = f"""examples:
  kei-gates cost release toolu_01AbC

{_EXITS}"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand with its own."""
    parser = commands.add_parser(
        "cost",
        help="show the day's paid launches, or declare what one will cost",
        description="Show the day's paid launches, or declare what one will cost.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--day", metavar="DAY", help="another day, as 2026-11-28")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run_show)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    declare = actions.add_parser(
        "declare",
        help="say what the next launch will cost",
        description="Say what the next launch will cost, and see the estimate.",
        epilog=_DECLARE_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    declare.add_argument("cost", nargs="+", metavar="COST", help='as in "2 x 1.5h H100"')
    declare.set_defaults(run=run_declare)
    release = actions.add_parser(
        "release",
        help="take a launch that never ran off the day (only for people)",
        description="Take a launch that never ran off the day. Only for people.",
        epilog=_RELEASE_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    release.add_argument("id", metavar="ID", help="the id that `kei-gates cost` shows")
    release.set_defaults(run=run_release)


def run_show(args: argparse.Namespace) -> int:
    """Print the launches of a day, what they add up to, and what is left of the day's cap."""
    where = _places()
    day = _day(args.day)
    book = ledger.Ledger(where.home, time.time(), day=day)
    try:
        book.spent()  # finds out what was declined since
    finally:
        book.close()
    entries = ledger.read(where.home, day)
    spent, cap = ledger.total(entries), _cap(where)
    if args.json:
        print(json.dumps(_as_json(day, entries, spent, cap), indent=2))
        return 0
    from kei_gates.cli.terminal import Terminal

    terminal = Terminal.of(sys.stdout)
    for entry in entries:
        print(terminal.line(_line(entry)))
    print(
        f"{day}: {dollars(spent)} of {dollars(cap)}, headroom {dollars(max(cap - spent, 0))}, "
        f"{sum(entry.counts for entry in entries)} launches"
    )
    return 0


def run_declare(args: argparse.Namespace) -> int:
    """Print the estimate of a declaration; nothing is kept, the gate reads this very command."""
    estimate = parse(" ".join(args.cost), dict(_policy(_places()).rates), time.time())
    print(_shown(str(estimate)))
    for note in estimate.stale:
        print(_shown(f"note: {note}"), file=sys.stderr)
    return 0


def run_release(args: argparse.Namespace) -> int:
    """Take a launch that never ran off its day."""
    refuse_agents()
    book = ledger.Ledger(_places().home, time.time(), day=_day(args.day))
    try:
        entry = book.release(args.id)
    finally:
        book.close()
    print(f"released: {dollars(entry.cents)} of {entry.call} count no more")
    return 0


def _shown(text: str) -> str:
    """Give a text as the terminal can show it: estimates multiply with a sign that is no ASCII."""
    from kei_gates.cli.terminal import Terminal

    terminal = Terminal.of(sys.stdout)
    return terminal.line(text if terminal.unicode else text.replace("×", "x"))


def _line(entry: Entry) -> str:
    at = time.strftime("%H:%M", time.localtime(entry.time))
    status = "" if entry.status in ("passed", "ran") else f" ({entry.status})"
    what = " + ".join(f"{what} = {formula}" for _, formula, what in entry.charges)
    who = f" by {entry.agent}" if entry.agent else ""
    return f"{at}  {dollars(entry.cents):>8}  {what}{who}{status}  {entry.call}"


def _as_json(day: str, entries: Sequence[Entry], spent: int, cap: int) -> dict[str, object]:
    return {
        "day": day,
        "launches": [{**entry.told(), "counts": entry.counts} for entry in entries],
        "cents": spent,
        "cap_cents": cap,
        "headroom_cents": max(cap - spent, 0),
    }


def _places() -> Places:
    return places.find(os.getcwd())


def _policy(where: Places) -> Policy:
    """Load the policy of the project, else what holds everywhere. Raises `Fault`."""
    try:
        return trust.load(where)
    except Fault:
        return store.load_above(where.home)


def _cap(where: Places) -> int:
    """Give the day's cap of the main thread's role, in cents."""
    from kei_gates.gates.compute_cost_tiers import Params

    policy = _policy(where)
    grants = policy.role(*policy.keys_of(Principal(None, None))).grants
    given = [Params(one.params) for one in grants if one.capability == _CAPABILITY]
    return round(min((one.per_day for one in given), default=Params.per_day) * 100)


def _day(given: str | None) -> str:
    if given is None:
        return local_day(time.time())
    try:
        return time.strftime("%Y-%m-%d", time.strptime(given, "%Y-%m-%d"))
    except ValueError:
        raise UsageError(f"`{given}` is no day; write it as in 2026-11-28") from None
