"""`kei-gates hook EVENT`: answer one hook event, as the installed shim does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from kei_gates.hook import main as hook

if TYPE_CHECKING:
    import argparse


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "hook",
        help="answer one hook event of the client",
        description="Answer one hook event of the client. Reads its payload from stdin.",
    )
    parser.add_argument("event", metavar="EVENT", help="PreToolUse or ConfigChange")
    parser.add_argument(
        "source", metavar="SOURCE", nargs="*", help="the settings source that holds the gate"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> NoReturn:
    """Answer and end the process."""
    hook.main([args.event, *args.source])
