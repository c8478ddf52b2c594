"""`kei-gates parse`: what a shell command runs and touches, and what of it is not known."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from kei_gates.cli import batch, report, second_opinion
from kei_gates.cli.judging import look
from kei_gates.cli.usage import USAGE_EXIT, UsageError
from kei_gates.model import Analysis
from kei_gates.particulars import Unseen

if TYPE_CHECKING:
    from kei_gates.cli.batch import Fields

_SHELLS = ("auto", "bash", "zsh")
_ROW: Fields = {"cwd": None, "shell": _SHELLS}
_DETAILS = """examples:
  kei-gates parse 'cd src && env X=1 make > "$LOG"'
  kei-gates parse --json 'git push'

paths are relative to the folder of the command where they lie in it, and absolute elsewhere
spans are in characters; `null` in `argv` stands for words not known, any number of them

exit codes: 0 parsed, whether all of it is known or not, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "parse",
        help="show what a shell command runs and touches, and what of it is not known",
        description="Show what a shell command runs and touches, and what of it is not known. "
        "Nothing is run, and no policy is asked.",
        epilog=_DETAILS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="COMMAND", nargs="?", help="the shell source")
    parser.add_argument("--cwd", metavar="D", help="the folder the command is run in")
    parser.add_argument(
        "--shell", choices=_SHELLS, default="auto", help="the shell that would run it"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--batch",
        metavar="FILE",
        help='read JSON lines {"id", "command", "cwd"?, "shell"?} (`-` is stdin), answer in lines',
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the command, or answer the batch."""
    if (args.source is None) == (args.batch is None):
        raise UsageError("give either a COMMAND or `--batch FILE`")
    cwd = os.path.abspath(args.cwd or os.getcwd())
    if args.batch is not None:
        return _run_batch(args.batch, cwd, args.shell)
    analysis = look(args.source, cwd, args.shell)
    opinion = second_opinion.ask(args.source, analysis)
    if args.json:
        seen = report.as_analysis(analysis, cwd)
        print(json.dumps({**seen, "second_opinion": report.as_opinion(opinion)}))
        return 0
    # What only people need is not imported for programs.
    from kei_gates.cli.terminal import Terminal
    from kei_gates.cli.tree import as_text

    print(as_text(args.source, cwd, analysis, opinion, Terminal.of(sys.stdout)))
    return 0


def _run_batch(path: str, cwd: str, shell: str) -> int:
    """Answer each line. One that is no row is answered as not known, and makes the exit code 64."""
    code = 0
    for row in batch.rows(path, "command", str, _ROW):
        if isinstance(row, batch.Malformed):
            code = USAGE_EXIT
            nothing = report.as_analysis(Analysis(unseen=(Unseen(row.why, (0, 0)),)), cwd)
            answer = {"id": row.identity, **nothing, "error": row.why}
        else:
            answer = {"id": row.get("id"), **_answer(row, cwd, shell)}
        print(json.dumps(answer))
    return code


def _answer(row: dict[str, object], cwd: str, shell: str) -> report.Record:
    folder = os.path.join(cwd, str(row.get("cwd", "")))
    analysis = look(str(row["command"]), folder, str(row.get("shell", shell)))
    return report.as_analysis(analysis, folder)
