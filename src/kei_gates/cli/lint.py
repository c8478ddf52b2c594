"""`kei-gates lint`: what is wrong with Modal scripts, before they cost anything."""

from __future__ import annotations

import json
import sys
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from kei_gates.cli.usage import UsageError

if TYPE_CHECKING:
    import argparse

    from kei_gates.lint.finding import Finding

_FAILED = 1
_EXAMPLES = """examples:
  kei-gates lint train.py
  kei-gates lint --strict *.py
  kei-gates lint - < train.py
  kei-gates lint --explain M8

Nothing is run, and Modal is not asked.

exit codes: 0 nothing that blocks, 1 something that does,
64 bad usage, or a script that cannot be read
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "lint",
        help="check Modal scripts",
        description="Look for what makes Modal scripts fail, cost too much or stop work.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("scripts", nargs="*", metavar="SCRIPT", help="a script; `-` is stdin")
    parser.add_argument("--strict", action="store_true", help="block what a strict policy blocks")
    parser.add_argument("--json", action="store_true", help="print JSON")
    about = parser.add_mutually_exclusive_group()
    about.add_argument("--rules", action="store_true", help="describe all rules")
    about.add_argument("--explain", metavar="RULE", help="describe one rule, by id or name")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check, and print what is wrong."""
    if args.rules or args.explain is not None:
        if args.scripts:
            raise UsageError("rules are described without scripts: leave one of them out")
        print(_described(args.explain), end="")
        return 0
    if not args.scripts:
        raise UsageError("name a script, or `-` for one on stdin")
    found = [(path, _findings(path, strict=args.strict)) for path in args.scripts]
    if args.json:
        print(json.dumps([_record(path, one) for path, each in found for one in each]))
    else:
        from kei_gates.cli.terminal import Terminal

        terminal = Terminal.of(sys.stdout)
        for path, each in found:
            for one in each:
                print(terminal.line(f"{path}:{one.line}: {one}"))
    blocks = any(one.severity == "block" for _, each in found for one in each)
    return _FAILED if blocks else 0


def _described(name: str | None) -> str:
    from kei_gates.lint.manual import explain, manual
    from kei_gates.lint.rules import names, rule_of
    from kei_gates.policy.nearest import nearest

    if name is None:
        return manual()
    rule = rule_of(name)
    if rule is None:
        raise UsageError(f"there is no rule `{name}`; {nearest(name, names())}")
    return explain(rule)


def _findings(path: str, *, strict: bool) -> list[Finding]:
    from kei_gates.lint.rules import findings
    from kei_gates.lint.tree import ScriptError

    shown = "stdin" if path == "-" else path
    try:
        return findings(_text(path), strict=strict)
    except ScriptError as error:
        raise UsageError(f"`{shown}`, line {error.line}: {error.reason}") from None


def _text(path: str) -> str:
    try:
        if path == "-":
            return sys.stdin.read()
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"`{path}` is no text in UTF-8") from None


def _record(path: str, one: Finding) -> dict[str, object]:
    return {
        "path": path,
        "line": one.line,
        "severity": one.severity,
        "rule": one.rule,
        "name": one.name,
        "message": one.message,
        "remedy": one.remedy,
    }
