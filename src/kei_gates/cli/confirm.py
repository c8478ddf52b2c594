"""`kei-gates confirm`: a person lets one thing pass that was stopped, once, within ten minutes."""

from __future__ import annotations

import os
import sys
from argparse import RawDescriptionHelpFormatter
from datetime import datetime, timezone
from time import time
from typing import TYPE_CHECKING

from kei_gates.cli.trust import secret
from kei_gates.cli.usage import UsageError
from kei_gates.hook import pending, places
from kei_gates.hook.confirmations import LASTS
from kei_gates.model import Fault
from kei_gates.observe.clients import MARKS, is_below_agent
from kei_gates.observe.files import write_file
from kei_gates.protocol.answer import one_line

if TYPE_CHECKING:
    import argparse

    from kei_gates.hook.pending import Note

_REFUSED = 1
_SHOWN = 24 * 3600.0
_EXAMPLES = """examples:
  kei-gates confirm               show what was stopped and waits for a word
  kei-gates confirm 3f9c1e        show one of it, ask, and let it pass once
  kei-gates confirm 3f9c1e --yes  let it pass without a question

The next call of that session which meets only objections to what was confirmed passes. A word lasts
ten minutes and counts for one call; what it let pass is written to the audit in
~/.local/state/kei-gates.

exit codes: 0 done, 1 not confirmed, 64 bad usage, or nothing waits by that code
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "confirm",
        help="let pass, once, something that was stopped",
        description="Show what was stopped and waits for a person's word, or let one of it pass.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("code", nargs="?", metavar="CODE", help="which, as the denial says")
    parser.add_argument("--yes", action="store_true", help="let it pass without a question")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List what waits, or let one of it pass; 0 when done, 1 when it was declined."""
    if args.yes and args.code is None:
        raise UsageError("`--yes` needs the code of what it lets pass; see `kei-gates confirm`")
    refuse_agents()
    home = places.find(os.getcwd()).home
    notes = [note for note in pending.all_notes(home) if time() - note.at < _SHOWN]
    if args.code is None:
        return _list(home, notes)
    note = _named(args.code, notes)
    print(_shown(note))
    if not args.yes and not agreed("Let this pass once?"):
        print("not confirmed", file=sys.stderr)
        return _REFUSED
    _confirm(home, note)
    until = datetime.fromtimestamp(time() + LASTS, timezone.utc).astimezone()
    print(f"confirmed: the next call that stops nothing else passes, until {until:%H:%M:%S}")
    return 0


def refuse_agents() -> None:
    """Refuse whoever was started by an agent. Raises `Fault`."""
    marked = any(os.fsdecode(mark) in os.environ for mark in MARKS)
    if marked or is_below_agent():
        raise Fault(
            "this runs inside a session of the client, where it may be an agent that confirms",
            "run it in a terminal of your own",
        )


def _list(home: str, notes: list[Note]) -> int:
    if not notes:
        print("nothing waits for a word")
        return 0
    for note in notes:
        at = pending.word_time(home, note)
        given = at is not None and time() - at <= LASTS
        print(_shown(note) + ("\n  confirmed, not used yet" if given else ""))
    print("\nlet one of it pass once with `kei-gates confirm CODE`")
    return 0


def _shown(note: Note) -> str:
    """Show a note in a few lines. What an agent wrote may not reach the terminal as it is."""
    at = datetime.fromtimestamp(note.at, timezone.utc).astimezone()
    return "\n  ".join(
        one_line(line)
        for line in (
            f"{note.code}  {note.target}",
            f"asked for by {note.agent} at {at:%Y-%m-%d %H:%M:%S}, session {note.session}",
            f"in {note.project}",
            f"with: {note.command}",
        )
    )


def _named(code: str, notes: list[Note]) -> Note:
    """Find a note by its code. Raises `UsageError`."""
    found = [note for note in notes if note.code == code.casefold()]
    if len(found) == 1:
        return found[0]
    if found:  # two sessions, with one and the same code: as likely as a false coin
        raise UsageError(f"`{code}` is more than one thing; let the agent try again")
    waiting = ", ".join(f"`{note.code}` ({note.target})" for note in notes) or "nothing"
    raise UsageError(f"nothing waits as `{one_line(code)}`; waiting: {one_line(waiting)}")


def agreed(question: str) -> bool:
    """Ask the person at the terminal. Raises `UsageError` where there is none."""
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here; say so with `--yes`")
    print(f"{question} [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _confirm(home: str, note: Note) -> None:
    """Keep the person's word. Raises `Fault`."""
    path = pending.word_path(home, note)
    try:
        write_file(path, secret() + pending.word_text(note, time()))
    except OSError as error:
        reason = error.strerror or error
        raise Fault(f"`{path}` cannot be written: {reason}", "mend the folder") from None
