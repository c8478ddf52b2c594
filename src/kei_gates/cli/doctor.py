"""`kei-gates doctor`: is the gate of this project whole, and what to do where it is not."""

from __future__ import annotations

import json
import os
import sys
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from kei_gates.cli.below_agent import is_surely_agents
from kei_gates.cli.usage import UsageError
from kei_gates.hook import places
from kei_gates.model import Fault

if TYPE_CHECKING:
    import argparse

_FAILED = 1
_EXAMPLES = """examples:
  kei-gates doctor
  kei-gates doctor ~/my-project --json

Looked at: the folder, the settings of all scopes and the hooks in them, the policy
and whether it was accepted, the installed hook (it is fired, with calls that nothing runs), the
folder that is kept for sessions, git, the client's version, and whether it takes all settings.

exit codes: 0 all is well, 1 something is not, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "doctor",
        help="see whether the gate is whole",
        description="See whether the gate of a project is whole, and what to do where it is not.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "dir", nargs="?", default=".", metavar="DIR", help="the project (default: here)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look, and say what was found."""
    from kei_gates.cli.health import conditions
    from kei_gates.cli.terminal import Terminal

    started = os.path.abspath(args.dir)
    if not os.path.isdir(started):
        raise UsageError(f"`{started}` is no folder")
    if is_surely_agents():
        raise Fault(
            "an agent runs this, and it fires what a project's settings name",
            "let a person run it outside of the session",
        )
    found = conditions(places.find(started), started)
    if args.json:
        rows = [
            {"name": one.name, "state": one.state, "what": one.what, "remedy": one.remedy}
            for one in found
        ]
        print(json.dumps(rows, indent=2))
    else:
        terminal = Terminal.of(sys.stdout)
        for one in found:
            remedy = f"; {one.remedy}" if one.remedy else ""
            mark = "WRONG" if one.state == "wrong" else one.state
            print(terminal.line(f"{mark:<5} {one.name}: {one.what}{remedy}"))
    return _FAILED if any(one.state == "wrong" for one in found) else 0
