"""`kei-gates verify`: look at work as it is looked at when an agent returns."""

from __future__ import annotations

import json
import os
import signal
import sys
from argparse import RawDescriptionHelpFormatter
from contextlib import suppress
from typing import TYPE_CHECKING

from kei_gates.cli import below_agent
from kei_gates.cli.usage import UsageError
from kei_gates.hook import bindings, places
from kei_gates.model import Fault, Principal

if TYPE_CHECKING:
    import argparse
    from typing import TextIO

    from kei_gates.checks.work import PassName
    from kei_gates.model import Places, Role
    from kei_gates.verify.outcome import Outcome

_FAILED = 1
_LOG_COLUMNS = 400
_LARGEST_REPORT = 32 << 20
_EXAMPLES = """examples:
  kei-gates verify --role edit-local
  kei-gates verify --role edit-local --base main --report report.md
  kei-gates verify --task parser-7 --junit verify.xml

The work is everything in the working tree that differs from where it left the base: what was
committed since, what was not, and new files. Checks of the report are skipped without one. The
commands that the policy names are run: as it is written, for an agent only as a person has accepted
it.

exit codes: 0 all holds, 1 something does not, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "verify",
        help="check work as when an agent returns",
        description="Check the work in a project as it is checked when an agent returns.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--role", metavar="R", help="check for this role (default: that of the main thread)"
    )
    parser.add_argument(
        "--base",
        metavar="REV",
        help="what the work is to be merged onto (default: origin's default branch, else main)",
    )
    parser.add_argument("--task", metavar="ID", help="check for this task too")
    parser.add_argument("--report", metavar="FILE", help="the agent's report; `-` is stdin")
    parser.add_argument("--dir", default=".", metavar="D", help="the project (default: here)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--junit", metavar="FILE", help="also write a JUnit XML file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check, and print what does not hold."""
    from kei_gates.checks.work import Finding
    from kei_gates.verify import summary
    from kei_gates.verify.outcome import OWN, Outcome
    from kei_gates.verify.passes import failed

    folder = os.path.abspath(args.dir)
    if not os.path.isdir(folder):
        raise UsageError(f"`{folder}` is no folder")
    if args.junit is not None and below_agent.is_surely_agents():
        raise UsageError("an agent may not have files written by this: leave `--junit` out")
    if args.junit is not None:
        _check_writable(args.junit)
    report = None if args.report is None else _report(args.report)
    where = places.find(folder)
    _end_in_order()
    progress = Progress(sys.stderr)
    base = args.base or "no base"
    try:
        role = _role(args, where)
        outcome, base = _verify(where, folder, role, args.base, report, progress)
    except Fault as error:
        outcome = Outcome([(OWN, Finding(error.reason, error.remedy))])
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 -- what cannot be looked at does not hold
        outcome = Outcome([(OWN, failed(error))])
    finally:
        progress.done()
    if args.json:
        print(json.dumps(summary.as_record(outcome)))
    else:
        _print(outcome, base)
    if args.junit is not None:
        _write(args.junit, summary.as_junit(outcome))
    return 0 if outcome.holds else _FAILED


def _end_in_order() -> None:
    """Have a signal that ends this take away what lies in throw-away folders first."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda number, _: sys.exit(128 + number))


def _report(path: str) -> str:
    """Read a report; bytes that are no UTF-8 are told as such. Raises `UsageError`."""
    try:
        with open(sys.stdin.fileno() if path == "-" else path, "rb", closefd=path != "-") as file:
            content = file.read(_LARGEST_REPORT + 1)
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}") from None
    if len(content) > _LARGEST_REPORT:
        raise UsageError(f"`{path}` is no report: it has more than {_LARGEST_REPORT} bytes")
    return content.decode("utf-8", "replace")


def _check_writable(path: str) -> None:
    """Say before all is run that a file cannot be written. Raises `UsageError`."""
    folder = os.path.dirname(path) or "."
    if os.path.isdir(path) or not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise UsageError(f"`{path}` cannot be written: name a file in a folder that is there")


def _role(args: argparse.Namespace, where: Places) -> Role:
    """Give what is checked: of a role and of a task. Raises `Fault` for a broken policy."""
    from kei_gates.cli.judging import check_name, load_policy
    from kei_gates.engine import catalogue
    from kei_gates.hook import store
    from kei_gates.policy.task_files import path_of
    from kei_gates.policy.tasks import compile_task

    is_agents = below_agent.is_agents()
    policy = load_policy(where, accepted=is_agents)
    if is_agents:
        below_agent.check(where, args.task)
    if args.role is not None:
        check_name(args.role, policy.role_names, "role")
    if args.task is None:
        keys = [policy.key(args.role)] if args.role else policy.keys_of(Principal(None, None))
        return policy.checks(*keys)
    try:
        name = bindings.checked_task(args.task)
    except Fault as error:
        raise UsageError(f"{error.reason}; {error.remedy}") from None
    path = path_of(where.project, name)
    if not os.path.lexists(path):
        raise UsageError(f"there is no task `{path}`; `kei-gates task list` lists them")
    of, (_, checks) = compile_task(path, catalogue.whole(), policy.role_names, store.read_source)
    roles = [role for role in (args.role, of) if role]
    keys = [policy.key(role) for role in roles] or policy.keys_of(Principal(None, None))
    return policy.checks(*keys, checks)


def _verify(  # noqa: PLR0913, PLR0917 -- what is checked, where, against what
    where: Places,
    folder: str,
    role: Role,
    base: str | None,
    report: str | None,
    progress: Progress,
) -> tuple[Outcome, str]:
    from kei_gates.observe.checkouts import root_of
    from kei_gates.verify.jobs import Jobs
    from kei_gates.verify.passes import verify

    throwaway = f"{where.state}/verify"
    made = Jobs(report, throwaway=throwaway, tell=progress.tell)
    job = made.against(root_of(None, folder, where.project), base)
    return verify(role.grants, job), job.change_set.base


def _print(outcome: Outcome, base: str) -> None:
    from kei_gates.cli.terminal import Terminal
    from kei_gates.verify import summary

    terminal = Terminal.of(sys.stdout)
    if not sys.stdout.isatty():
        terminal.columns = _LOG_COLUMNS
    for line in summary.to_people(outcome, base):
        if line.startswith(summary.DETAIL):
            print(terminal.cut(line))
            continue
        bad = next((one for one in ("FAIL", "does not hold") if line.startswith(one)), "")
        print((terminal.paint(bad, "red") if bad else "") + terminal.line(line[len(bad) :]))


def _write(path: str, content: bytes) -> None:
    try:
        with open(path, "wb") as file:
            file.write(content)
    except OSError as error:
        raise UsageError(f"`{path}` cannot be written: {error.strerror}") from None


class Progress:
    """Tells of commands that run: one line that changes on a terminal, else a line now and then."""

    _EVERY = 30.0

    def __init__(self, stream: TextIO) -> None:
        from kei_gates.cli.terminal import Terminal

        self._stream = stream
        self._terminal = Terminal.of(stream)
        self._changes = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._said: dict[tuple[str, PassName], float] = {}

    def tell(self, command: str, at: PassName, seconds: float, line: str) -> None:
        """Say that a command runs, for how long, and what it printed last."""
        where = "" if at == "worktree" else " after a merge"
        text = f"running `{self._short(command)}`{where}, {seconds:.0f} s"
        if self._changes:
            self._write(f"\r\x1b[K{self._terminal.cut(f'{text}: {line}')}")
        elif seconds >= self._said.get((command, at), 0.0):
            self._said[command, at] = seconds + self._EVERY
            self._write(f"{self._terminal.line(text)}\n")

    def _short(self, command: str) -> str:
        """Leave room for what the command has printed, where both are on one line."""
        most = self._terminal.columns // 2
        return command if len(command) <= most else f"{command[: most - 3]}..."

    def done(self) -> None:
        """Take the line away again."""
        if self._changes:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        with suppress(OSError):  # what nobody can read must not end what is looked at
            os.write(self._stream.fileno(), text.encode(self._stream.encoding, "replace"))
