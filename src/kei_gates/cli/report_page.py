"""`kei-gates report`: what was decided, as one page that needs nothing else."""

from __future__ import annotations

import os
import sys
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from kei_gates.cli import audit_options
from kei_gates.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from kei_gates.audit.choosing import Choice

_FILE = "kei-gates-report.html"
_EXAMPLES = f"""examples:
  kei-gates report                          of this project, to {_FILE} here
  kei-gates report --since 1d --out day.html
  kei-gates report --all --out - > all.html

The page holds calls and reasons as they stand in the audit, so show it to whom you would show that.
It loads nothing from anywhere, and prints well.
{audit_options.TIMES}
exit codes: 0 written, 1 failed, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "report",
        help="write a page on what was decided",
        description="Write one HTML page on what was decided in this project, to read and to keep.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    audit_options.add_choice(parser)
    parser.add_argument(
        "--out", default=_FILE, metavar="FILE", help=f"`-` is stdout (default: {_FILE})"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the page."""
    chosen = audit_options.choice(args)
    content, decisions = _content(chosen)
    if args.out == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return 0
    _write(args.out, content)
    print(f"{args.out}: {decisions} decisions")
    return 0


def _content(chosen: Choice) -> tuple[bytes, int]:
    from kei_gates.audit import reading
    from kei_gates.audit.choosing import chosen as chosen_of
    from kei_gates.cli.page_contents import Contents
    from kei_gates.cli.page_render import render

    unread = reading.Unread()
    found = reading.records(audit_options.state_folder(), unread, chosen.since)
    contents = Contents(chosen)
    for entry in chosen_of(found, chosen):
        contents.add(entry)
    audit_options.say_unread(unread)
    return render(contents, unread.lines), contents.tally.total


def _write(path: str, content: bytes) -> None:
    """Write the page whole, readable by its owner only. Raises `UsageError`."""
    from kei_gates.observe.files import write_file

    full = os.path.abspath(path)
    try:
        if not os.path.isdir(os.path.dirname(full)):
            raise FileNotFoundError(2, "its folder is not there")
        write_file(full, content)
    except OSError as error:
        raise UsageError(f"`{path}` cannot be written: {error.strerror or error}") from None
