"""`kei-gates test-command` and `test-call`: what would be decided, without a session."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from kei_gates.cli import batch, report, second_opinion
from kei_gates.cli.judging import Judge
from kei_gates.cli.usage import USAGE_EXIT, UsageError
from kei_gates.model import Principal, fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from kei_gates.cli.batch import Fields
    from kei_gates.model import Decision

_COMMAND_EXAMPLES = """examples:
  kei-gates test-command --role edit-local "git push"
  kei-gates test-command --agent builder --explain "cargo test > log.txt"
  kei-gates test-command --capability policy::no-git-ops "echo git push"
  kei-gates test-command --role edit-local --batch commands.jsonl

"""
_CALL_EXAMPLES = """examples:
  kei-gates test-call --role edit-local < payload.json

"""
_ROW: Fields = {"role": None, "cwd": None}
EXIT_CODES = {"abstain": 0, "deny": 2, "ask": 3}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both subcommands."""
    command = commands.add_parser(
        "test-command",
        help="say what would be decided about a shell command",
        description="Say what would be decided about a shell command. Nothing is run.",
        epilog=_COMMAND_EXAMPLES + _EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("source", metavar="COMMAND", nargs="?", help="the shell source")
    _add_options(command, "command")
    command.set_defaults(run=run_command)
    call = commands.add_parser(
        "test-call",
        help="say what would be decided about a whole tool call (stdin: the hook's payload)",
        description="Say what would be decided about the hook payload on stdin. Nothing is run.",
        epilog=_CALL_EXAMPLES + _EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_options(call, "call")
    call.set_defaults(run=run_call)


_EXITS = "exit codes: 0 no objection, 2 deny, 3 ask, 64 bad usage\n"


def _add_options(parser: argparse.ArgumentParser, key: str) -> None:
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--role", metavar="R", help="judge by this role")
    who.add_argument("--agent", metavar="A", help="judge as a subagent of this type")
    who.add_argument("--main", action="store_true", help="judge as the main thread (the default)")
    who.add_argument(
        "--capability",
        metavar="ID",
        action="append",
        help="judge by this capability alone, without a role; may be repeated",
    )
    parser.add_argument("--cwd", metavar="D", help="the folder the call is made in")
    parser.add_argument(
        "--shell", choices=("auto", "bash", "zsh"), default="auto", help="the shell that would run"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="also show what was seen, every verdict, and a second opinion",
    )
    parser.add_argument(
        "--batch",
        metavar="FILE",
        help=f'judge JSON lines {{"id", "{key}", "role"?, "cwd"?}} (`-` is stdin), answer in lines',
    )


def run_command(args: argparse.Namespace) -> int:
    """Judge the command, or the batch."""
    if (args.source is None) == (args.batch is None):
        raise UsageError("give either a COMMAND or `--batch FILE`")
    judge = _judge(args)
    if args.batch is not None:
        return _run_batch(args.batch, "command", judge.command)
    return _print(judge.command(args.source), judge, args)


def run_call(args: argparse.Namespace) -> int:
    """Judge the payload on stdin, or the batch."""
    judge = _judge(args)
    if args.batch is not None:
        return _run_batch(args.batch, "call", judge.fields)
    return _print(judge.raw(sys.stdin.buffer.read()), judge, args)


def _judge(args: argparse.Namespace) -> Judge:
    principal = Principal(None, None) if args.main else None
    if args.agent is not None:
        principal = Principal("tried", args.agent)
    return Judge(
        cwd=os.path.abspath(args.cwd or os.getcwd()),
        principal=principal,
        role=args.role,
        capabilities=args.capability,
        shell=args.shell,
    )


def _print(decision: Decision, judge: Judge, args: argparse.Namespace) -> int:
    event = judge.event if args.explain else None
    opinion = None
    if event is not None and event.call.command is not None:
        opinion = second_opinion.ask(event.call.command, event.analysis)
    if args.json:
        print(json.dumps(report.as_record(decision, event, opinion)))
    else:
        print(report.as_text(decision, event, opinion))
    return EXIT_CODES[decision.outcome]


def _run_batch(path: str, key: str, judge: Callable[..., Decision]) -> int:
    """Judge each line. One that is no row is answered with a deny, and makes the exit code 64."""
    code = 0
    for row in batch.rows(path, key, str if key == "command" else dict, _ROW):
        if isinstance(row, batch.Malformed):
            code = USAGE_EXIT
            denied = fault(row.why, "write one JSON object a line")
            answer = report.as_row(row.identity, denied)
        else:
            answer = report.as_row(row.get("id"), _judge_row(row, key, judge))
        print(json.dumps(answer))
    return code


def _judge_row(row: dict[str, object], key: str, judge: Callable[..., Decision]) -> Decision:
    try:
        return judge(row[key], row.get("role"), row.get("cwd"))
    except UsageError as error:
        return fault(str(error), "name one that exists")
