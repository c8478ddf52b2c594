"""`kei-gates check`: is a policy right, and do the tests that it holds come out as they say."""

from __future__ import annotations

import json
import os
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import TYPE_CHECKING

from kei_gates.cli.judging import Judge
from kei_gates.cli.usage import UsageError
from kei_gates.engine import catalogue
from kei_gates.hook import places, store
from kei_gates.model import Fault, Principal, Value
from kei_gates.observe import agent_files
from kei_gates.policy.task_files import FOLDER
from kei_gates.protocol.answer import message, one_line

if TYPE_CHECKING:
    import argparse
    from typing import Final

    from kei_gates.model import Decision, Places
    from kei_gates.policy.compiled import Policy
    from kei_gates.policy.schema import PolicyTest

_FAILED = 1
_EXAMPLES = """examples:
  kei-gates check
  kei-gates check ~/my-project --json

A policy may hold tests of itself:
  [[test]]
  role = "edit-local"             # or agent = "my-builder"; without both, the main thread
  command = "git push"            # or call = {tool_name = "Edit", tool_input = {file_path = "a"}}
  expect = "deny"                 # or "ask", or "abstain": no objection

Nothing is run.

exit codes: 0 all is well, 1 something is not, 64 bad usage
"""


class Problem(Value):
    """Something that is not right: where, and what."""

    __slots__ = ("line", "path", "what")

    def __init__(self, path: str, line: int | None, what: str) -> None:
        self.path: Final = path
        self.line: Final = line
        self.what: Final = what

    def __str__(self) -> str:
        """Write it as compilers do, so that editors can follow."""
        return f"{self.path}{'' if self.line is None else f':{self.line}'}: {self.what}"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "check",
        help="check a policy, and run the tests that it holds",
        description="Check the policy of a project, its tasks and what its agent files declare, "
        "and run the tests that the policy holds.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="the project, or its policy file"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check, and print what is wrong."""
    project = _project(args.path)
    where = places.find(project, project)
    problems, tests = check(where)
    if args.json:
        rows = [{"path": one.path, "line": one.line, "message": one.what} for one in problems]
        print(json.dumps({"problems": rows, "tests": tests}))
    else:
        for problem in problems:
            print(problem)
        wrong = f"{len(problems)} problems" if problems else "no problems"
        print(f"{store.policy_file(where.project)}: {tests} tests, {wrong}")
    return _FAILED if problems else 0


def _project(path: str) -> str:
    """Give the project of a folder, or of a policy file in it."""
    path = os.path.abspath(path)
    if os.path.isdir(path):
        return path
    project = path.removesuffix(f"/{places.POLICY_FILE}")
    if project == path:
        raise UsageError(f"`{path}` is neither a folder nor a `{places.POLICY_FILE}`")
    return project


def check(where: Places) -> tuple[list[Problem], int]:
    """Give what is wrong with a project's policy, and how many tests were run.

    Its agent files and its tasks are looked at too.
    """
    path = store.policy_file(where.project)
    try:
        policy, builder = store.build(path, where.home)
    except Fault as error:
        return [_problem(path, error)], 0
    table, document = builder.tables["project"]
    problems = [*_agent_files(where, policy), *_tasks(where, policy)]
    for at, test in enumerate(table.test):
        wrong = _outcome(test, where)
        if wrong is not None:
            problems.append(Problem(path, document.line(("test", at)), wrong))
    return problems, len(table.test)


def _problem(path: str, error: Fault) -> Problem:
    """Take the file and the line out of a refusal that begins with them."""
    said = f"{error.reason}; {error.remedy}"
    place, _, what = said.removeprefix(f"{path}:").partition(": ")
    return Problem(path, int(place), what) if place.isdecimal() else Problem(path, None, said)


def _agent_files(where: Places, policy: Policy) -> list[Problem]:
    """Give what is wrong with the roles that the project's agent files declare."""
    from kei_gates.policy.nearest import nearest

    known = policy.role_names
    folder = agent_files.folder(where.project)
    try:
        files = agent_files.read_all(where.project)
        for name in dict.fromkeys(file.name for file in files):
            agent_files.declared(where.project, name)
    except Fault as error:
        return [_problem(folder, error)]
    return [
        Problem(file.path, None, f"there is no role `{file.role}`; {nearest(file.role, known)}")
        for file in files
        if file.role is not None and file.role not in known
    ]


def _tasks(where: Places, policy: Policy) -> list[Problem]:
    """Give what is wrong with the project's tasks."""
    from kei_gates.policy.tasks import compile_task

    problems = []
    whole = catalogue.whole()
    for path in sorted(Path(where.project, FOLDER).glob("*.toml")):
        try:
            compile_task(str(path), whole, policy.role_names, store.read_source)
        except Fault as error:
            problems.append(_problem(str(path), error))
    return problems


def _outcome(test: PolicyTest, where: Places) -> str | None:
    """Run one test, and say what is wrong with it or its outcome; none when nothing is."""
    if (test.command is None) == (test.call is None):
        return "a test has either a `command` or a `call`"
    if test.role is not None and test.agent is not None:
        return "a test has a `role` or an `agent`, not both"
    try:
        decision = _judge(test, where)
    except UsageError as error:
        return str(error)
    if decision.outcome == test.expect:
        return None
    subject = test.command if test.command is not None else json.dumps(test.call)
    return one_line(
        f"expected {test.expect} for `{subject}`, found {decision.outcome}: {message(decision)}"
    )


def _judge(test: PolicyTest, where: Places) -> Decision:
    principal = Principal("tried", test.agent) if test.agent is not None else None
    judge = Judge(cwd=where.project, principal=principal, role=test.role, as_written=True)
    if test.command is not None:
        return judge.command(test.command, cwd=test.cwd)
    return judge.fields(test.call or {}, cwd=test.cwd)
