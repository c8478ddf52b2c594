"""`kei-gates task`: make the tasks that narrow one subagent each."""

from __future__ import annotations

import json
import os
import sys
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from kei_gates.cli.usage import UsageError
from kei_gates.hook import bindings, places, store
from kei_gates.model import Fault
from kei_gates.observe.files import write_file
from kei_gates.policy.task_files import FOLDER, path_of

if TYPE_CHECKING:
    import argparse

_EXITS = "exit codes: 0 done, 1 failed, 64 bad usage\n"
_EXAMPLES = f"""examples:
  kei-gates task new parser-7 --role edit-local --allow 'src/parser/**' --deny '**/Cargo.toml' \\
      --test-crate kei-parser --min-tests 44 --field 'Files written:' --body 'Mend the parser.'

Then start the agent with a line of its own in the prompt:
  kei-task: parser-7
A task can only narrow what the agent's role allows.

{_EXITS}"""
_LIST_EXAMPLES = f"""examples:
  kei-gates task list
  kei-gates task list --dir ~/my-project

{_EXITS}"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand with its own."""
    parser = commands.add_parser(
        "task",
        help="make a task that narrows one subagent, or list the tasks",
        description="Make a task that narrows one subagent, or list the tasks.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser(
        "new",
        help="make a task",
        description="Make a task. It is a file of the project, and can be edited as one.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    new.add_argument("id", metavar="ID", help="letters, digits, `_`, `.`, `-`")
    new.add_argument("--role", metavar="R", help="the role that the agent has at most")
    new.add_argument("--agent", metavar="A", help="who works on it, for the record")
    new.add_argument("--parent", metavar="A", help="who gave it, for the record")
    for option, what in (
        ("--allow", "a glob of the files that may change (without any: those of the role)"),
        ("--deny", "a glob of files that may not change"),
    ):
        new.add_argument(option, metavar="GLOB", action="append", help=what)
    for option, what in (
        ("--check-crate", "a crate for `cargo check` on return"),
        ("--test-crate", "a crate for `cargo test` on return"),
    ):
        new.add_argument(option, metavar="CRATE", action="append", help=what)
    new.add_argument("--min-tests", metavar="N", type=int, help="how many tests must pass")
    new.add_argument(
        "--field", metavar="NAME", action="append", help="a field that the report must have"
    )
    new.add_argument("--body", metavar="TEXT", help="what is to be done; `-` reads stdin")
    new.add_argument("--dir", default=".", metavar="DIR", help="the project (default: here)")
    new.set_defaults(run=run_new)
    listing = actions.add_parser(
        "list",
        help="list the tasks of a project",
        description="Print the id of each task of a project.",
        epilog=_LIST_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    listing.add_argument("--dir", default=".", metavar="DIR", help="the project (default: here)")
    listing.set_defaults(run=run_list)


def run_new(args: argparse.Namespace) -> int:
    """Write a task and say how to start an agent on it. Never over one that is there."""
    project = _project(args.dir)
    name = bindings.checked_task(args.id)
    path = path_of(project, name)
    if os.path.lexists(path):
        raise Fault(f"there is a task `{path}`", "choose another id, or remove that file")
    text = _written(args)
    _check(project, path, text)
    try:
        write_file(path, text.encode())
    except OSError as error:
        raise Fault(f"`{path}` cannot be written: {error.strerror}", "mend the folder") from None
    print(f"{path}\nStart an agent on it with this line in its prompt:\nkei-task: {name}")
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Print the ids of a project's tasks."""
    folder = f"{_project(args.dir)}/{FOLDER}"
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    for name in names:
        if name.endswith(".toml"):
            print(name.removesuffix(".toml"))
    return 0


def _project(folder: str) -> str:
    folder = os.path.abspath(folder)
    if not os.path.isdir(folder):
        raise UsageError(f"`{folder}` is no folder")
    return places.find(folder).project


def _check(project: str, path: str, text: str) -> None:
    """Compile the task as a session would. Raises `Fault`."""
    from kei_gates.engine import catalogue
    from kei_gates.policy import tasks

    where = places.find(project)
    tasks.compile_task(
        path, catalogue.whole(), store.load(where).role_names, lambda _: text.encode()
    )


def _written(args: argparse.Namespace) -> str:
    """Write the task file; tables without a value are left out."""
    body = sys.stdin.read() if args.body == "-" else args.body
    document = {
        "task": {"role": args.role, "agent-id": args.agent, "parent-agent": args.parent},
        "scope": {"files-whitelist": args.allow, "files-denylist": args.deny},
        "verification": {
            "cargo-check-crates": args.check_crate,
            "cargo-test-crates": args.test_crate,
            "test-count-min": args.min_tests,
        },
        "output": {"report-fields-required": args.field},
        "body": {"text": body},
    }
    lines: list[str] = []
    for table, fields in document.items():
        given = {key: value for key, value in fields.items() if value is not None}
        if given:
            lines += [
                f"[{table}]",
                *(f"{key} = {_toml(value)}" for key, value in given.items()),
                "",
            ]
    return "\n".join(lines)


def _toml(value: object) -> str:
    """Write text, lists of text and numbers: as JSON, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
