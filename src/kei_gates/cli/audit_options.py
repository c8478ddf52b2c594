"""The options by which the commands that look at the audit choose records."""

from __future__ import annotations

import os
import re
import sys
from datetime import datetime, timezone
from fnmatch import fnmatchcase
from time import time
from typing import TYPE_CHECKING

from kei_gates.audit.reading import LATEST
from kei_gates.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from kei_gates.audit.choosing import Choice
    from kei_gates.audit.reading import Unread

TIMES = """Times are `30m`, `2h`, `3d` or `1w` ago, 14:30 of today, or as in 2026-11-28,
2026-11-28T14:30 and 2026-11-28T13:30Z; without an offset they are local.
"""
_AGO = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_OF_TODAY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?", re.ASCII)
_WILD = frozenset("*?[")


def add_project(parser: argparse.ArgumentParser) -> None:
    """Add the options that say whose records are meant."""
    parser.add_argument("--dir", default=".", metavar="DIR", help="the project (default: here)")
    parser.add_argument("--all", action="store_true", help="of all projects")


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add the options that every one of these commands has."""
    add_project(parser)
    parser.add_argument("--session", metavar="S", help="of the session whose id begins so")
    parser.add_argument("--since", metavar="T", help="from then on, as in `2h` or 2026-11-28")


def choice(args: argparse.Namespace) -> Choice:
    """Give what the options choose. Raises `UsageError` for what cannot be chosen, and `Fault`."""
    from kei_gates.audit.choosing import Choice

    given = vars(args)
    return Choice(
        project=None if args.all else project(args.dir),
        session=args.session,
        agent=given.get("agent"),
        gate=None if given.get("gate") is None else gate(args.gate),
        since=0.0 if args.since is None else since(args.since, time()),
        decision="deny" if given.get("denied") else None,
    )


def project(folder: str) -> str:
    """Give the project of a folder as the audit names it. Raises `UsageError` and `Fault`."""
    from kei_gates.hook import places

    if not os.path.isdir(folder):
        raise UsageError(f"`{folder}` is no folder")
    return places.find(os.path.abspath(folder)).project


def state_folder() -> str:
    """Give the folder of the audit. Raises `Fault`."""
    from kei_gates.hook import own_folders, places

    return own_folders.state(places.find(os.getcwd()).home)


def gate(name: str) -> str:
    """Check that a gate or a glob of gates is known. Raises `UsageError` with the nearest one.

    A name without its category is enough where it is the only one.
    """
    from kei_gates.audit.entries import OWN
    from kei_gates.engine import catalogue
    from kei_gates.policy.capabilities import unalias
    from kei_gates.policy.nearest import nearest

    known = [*sorted(catalogue.params()), OWN]
    meant = unalias(name)
    if meant in known or (_WILD & set(name) and any(fnmatchcase(one, name) for one in known)):
        return meant
    short = [one for one in known if one.partition("::")[2] == name]
    if len(short) == 1:
        return short[0]
    raise UsageError(f"there is no gate `{name}`; {nearest(name, known)}")


def since(given: str, now: float) -> float:
    """Give a time, in seconds since the epoch, that is said as in `TIMES`. Raises `UsageError`."""
    ago = _AGO.fullmatch(given)
    if ago is not None:
        return max(0.0, now - int(ago[1]) * _UNITS[ago[2]])
    today = datetime.fromtimestamp(now, timezone.utc).astimezone()
    text = f"{today:%Y-%m-%d}T{given:0>5}" if _OF_TODAY.fullmatch(given) else given
    if text.endswith(("Z", "z")):  # which Python 3.10 does not know
        text = f"{text[:-1]}+00:00"
    try:
        at = datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"`{given}` is no time; write it as in 2h, 3d, 2026-11-28 or 2026-11-28T14:30"
        ) from None
    if at > now:
        raise UsageError(f"`{given}` is still to come")
    return max(0.0, at)


def local(at: float) -> datetime:
    """Give a time in seconds since the epoch as that of this machine's clock."""
    return datetime.fromtimestamp(min(at, LATEST), timezone.utc).astimezone()


def say_unread(unread: Unread) -> None:
    """Say on stderr what of the audit could not be read."""
    if unread.lines:
        lines = "1 line" if unread.lines == 1 else f"{unread.lines} lines"
        print(f"note: {lines} of the audit cannot be read as records: left out", file=sys.stderr)


def say_none(chosen: Choice) -> None:
    """Say on stderr that nothing was found, and where else there may be something."""
    where = f"; `--all` looks at all projects, not only at `{chosen.project}`"
    print(f"nothing is recorded of this{where if chosen.project else ''}", file=sys.stderr)
