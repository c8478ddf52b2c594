"""`kei-gates allow`: a person lets one denied call pass, the very same, once, for ten minutes."""

from __future__ import annotations

import os
import sys
from argparse import RawDescriptionHelpFormatter
from datetime import datetime, timezone
from time import time
from typing import TYPE_CHECKING, Any

from kei_gates.audit import log, reading
from kei_gates.cli.confirm import agreed, refuse_agents
from kei_gates.cli.trust import secret
from kei_gates.cli.usage import UsageError
from kei_gates.hook import grants, own_folders, places
from kei_gates.hook.confirmations import LASTS
from kei_gates.model import Fault
from kei_gates.observe.files import write_file
from kei_gates.protocol.answer import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    Record = dict[str, Any]

_REFUSED = 1
ALLOWABLE = 24 * 3600.0
"""Seconds for which a denied call may be let pass."""

_LISTED = 10
_OWN = "kei-gates"
_EXAMPLES = """examples:
  kei-gates allow                         list what was denied lately, with its ids
  kei-gates allow 3f9c1e2a --once         show it, ask, and let it pass once
  kei-gates allow 3f9c1e2a --once --yes   let it pass without a question

What passes is the very same call: the same input, by the same kind of agent in the same session,
to which the same is objected. It passes once, within ten minutes; `kei-gates log` tells of both.
To let such calls pass for good, change the policy. What kei-gates itself failed on cannot be let
pass: `kei-gates why ID` says what to mend.

exit codes: 0 done, 1 declined or failed, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "allow",
        help="let one denied call pass, once",
        description="List what was denied in the last day, or let one such call pass, once.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="which, as `kei-gates log` shows it")
    parser.add_argument("--once", action="store_true", help="for one call: there is no other way")
    parser.add_argument("--yes", action="store_true", help="let it pass without a question")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List what was denied, or let one of it pass; 0 when done, 1 when it was declined."""
    if args.id is None and (args.once or args.yes):
        raise UsageError("say which call may pass; see `kei-gates allow`")
    if args.id is not None and not args.once:
        raise UsageError(
            f"a call may pass once: `kei-gates allow {one_line(args.id)} --once`; "
            "to let such calls pass for good, change the policy"
        )
    refuse_agents()
    home = places.home()
    denied = _denied(own_folders.state(home), time() - ALLOWABLE)
    if args.id is None:
        return _list(denied)
    record = _named(args.id, denied)
    print(_shown(record))
    if not args.yes and not agreed("Let this very call pass once?"):
        print("not allowed", file=sys.stderr)
        return _REFUSED
    until = _grant(home, record)
    at = datetime.fromtimestamp(until, timezone.utc).astimezone()
    print(f"allowed: the same call passes once, until {at:%H:%M:%S}")
    return 0


def _denied(folder: str, since: float) -> list[Record]:
    """Give the records of denied calls, the oldest first. Raises `Fault`."""
    found: Iterable[Record] = reading.records(folder, since=since)
    return [
        one
        for one in found
        if one.get("decision") == "deny"
        and _is_text(one, "input", "id", "session")
        and isinstance(one.get("at"), float)
        and one["at"] >= since
    ]


def _is_text(record: Record, *keys: str) -> bool:
    return all(isinstance(record.get(key), str) for key in keys)


def _objections(record: Record) -> list[tuple[str, str]]:
    """Give the gates that object, each with its reason."""
    given = record.get("verdicts")
    verdicts = given if isinstance(given, list) else []
    return [(str(one.get("gate")), str(one.get("reason"))) for one in verdicts]


def _is_fault(record: Record) -> bool:
    return any(gate == _OWN for gate, _ in _objections(record))


def _list(denied: list[Record]) -> int:
    shown = [record for record in denied if not _is_fault(record)][-_LISTED:]
    if not shown:
        print("no call was denied in the last day that may be let pass")
        return 0
    print("\n".join(_shown(record) for record in shown))
    print("\nlet one of them pass once with `kei-gates allow ID --once`")
    return 0


def _shown(record: Record) -> str:
    """Show a denial in a few lines. What an agent wrote may not reach the terminal as it is."""
    at = datetime.fromtimestamp(record["at"], timezone.utc).astimezone()
    agent = record.get("agent_type") or ("an agent" if record.get("agent") else "the main thread")
    lines = [
        f"{record['id']}  {record.get('tool')}: {record.get('call')}",
        f"asked for by {agent} at {at:%Y-%m-%d %H:%M:%S}, session {record['session']}",
        f"in {record.get('project')}",
        *(f"{gate}: {reason}" for gate, reason in _objections(record)),
    ]
    return "\n  ".join(one_line(line) for line in lines)


def _named(identity: str, denied: list[Record]) -> Record:
    """Find a denial by its id, or the beginning of it. Raises `UsageError`."""
    found = [one for one in denied if one["id"].startswith(identity.casefold())]
    if not found:
        raise UsageError(
            f"no call was denied as `{one_line(identity)}` in the last day; see `kei-gates allow`"
        )
    if len(found) > 1:
        raise UsageError(f"`{one_line(identity)}` is more than one call; give the whole id")
    if _is_fault(found[0]):
        raise UsageError(
            f"`{found[0]['id']}` was denied because kei-gates could not judge it, or for its role; "
            f"see `kei-gates why {found[0]['id']}`"
        )
    return found[0]


def _grant(home: str, record: Record) -> float:
    """Keep the grant, written down before it counts, and give its end. Raises `Fault`."""
    now = time()
    until = now + LASTS
    kept = {key: record.get(key) for key in ("session", "agent", "agent_type", "id", "project")}
    entry = {"at": now, "event": "granted", **kept, "call": record.get("call"), "until": until}
    log.append(own_folders.state(home), entry)
    path = grants.path_of(home, record["session"], record["input"])
    text = grants.text_of(record["id"], record["input"], until)
    try:
        write_file(path, secret() + text)
    except OSError as error:
        reason = error.strerror or os.strerror(error.errno or 0)
        raise Fault(f"`{path}` cannot be written: {reason}", "mend the folder") from None
    return until
