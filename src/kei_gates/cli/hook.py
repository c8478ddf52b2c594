"""`kei-gates hook EVENT`: answer one hook event, as the installed shim does."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING, NoReturn

from kei_gates.hook import main as hook

if TYPE_CHECKING:
    import argparse


_EXAMPLES = """examples:
  kei-gates hook PreToolUse < payload.json

The client runs the same by `hooks/kei_gates_hook.py`, which also denies where the package cannot be
imported. The events are those that `kei-gates install` writes into the settings.

exit codes: 0 answered, with what it has to say on stdout, 2 blocked
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "hook",
        help="answer one hook event of the client",
        description="Answer one hook event of the client. Reads its payload from stdin.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("event", metavar="EVENT", help="PreToolUse or ConfigChange")
    parser.add_argument(
        "source", metavar="SOURCE", nargs="*", help="the settings source that holds the gate"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> NoReturn:
    """Answer and end the process."""
    hook.main([args.event, *args.source])
