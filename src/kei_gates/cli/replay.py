"""`kei-gates replay`: what a policy decides over sessions that are over."""

from __future__ import annotations

import os
import sys
from argparse import RawDescriptionHelpFormatter
from time import monotonic, time
from typing import TYPE_CHECKING

from kei_gates.cli import audit_options
from kei_gates.cli.usage import UsageError
from kei_gates.model import Fault

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from kei_gates.replay.engines import Answered, Batch
    from kei_gates.replay.files import Session
    from kei_gates.replay.plan import Plan
    from kei_gates.replay.reading import Recorded

_DIFFERENT = 1
_TOP = 10
_SHOWN_EVERY = 0.2
_EPILOG = f"""examples:
  kei-gates replay                                all sessions of this project
  kei-gates replay --since 1d --denied            each call of the last day that is denied
  kei-gates replay --policy stricter.toml         by another policy than the project's own
  kei-gates replay --against stricter.toml        what that policy would change
  kei-gates replay ~/.claude/projects --json      all projects, each by its own policy
  kei-gates replay --engine dask --scheduler tcp://10.0.0.2:8786 archive

A TRANSCRIPT is a session's file (SESSION.jsonl; its subagents belong to it) or a folder with any
number of them below. Nothing is run and nobody is asked. A call is judged as the hook would have
judged it, but for what is gone: files are read as they are now, running processes are not looked
up, the day's launches count as none, tasks narrow no role, what a person let pass is not known,
and a policy counts as it is written, accepted or not. Where a project's folder is gone, its files
are taken for missing.

With --json the last line is the summary, an object of the kind "summary"; with --denied each
denied call has a line of the kind "denied" before it, and each changed one, of the kind "changed".

{audit_options.TIMES}
exit codes: 0 done, 1 something changes with --against, or it failed, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "replay",
        help="say what a policy decides over recorded sessions",
        description="Say what a policy would have decided over recorded sessions of the client.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,  # `safety::self-protect` knows the options of the Dask engine by name
    )
    parser.add_argument(
        "transcripts", nargs="*", metavar="TRANSCRIPT", help="default: all of this project"
    )
    parser.add_argument("--policy", metavar="FILE", help="judge by this policy")
    parser.add_argument("--against", metavar="FILE", help="say what this policy decides otherwise")
    parser.add_argument("--since", metavar="T", help="from then on, as in `2h` or 2026-11-28")
    parser.add_argument("--limit", metavar="N", type=_count, help="judge only the first N calls")
    parser.add_argument(
        "--denied", action="store_true", help="list each denied call, and each that changes"
    )
    parser.add_argument(
        "--top", metavar="N", type=_count, default=_TOP, help=f"rows of a list ({_TOP}; 0: all)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    parser.add_argument("--workers", metavar="N", type=_count, help="processes (one a processor)")
    parser.add_argument("--engine", choices=("local", "dask"), default="local", help="who judges")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="that of your Dask cluster")
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise ValueError(text)
    return int(text)


_count.__name__ = "number"  # argparse says `invalid number value`


def run(args: argparse.Namespace) -> int:
    """Replay, and print what came of it."""
    from kei_gates.cli.replay_report import Report
    from kei_gates.hook import places
    from kei_gates.replay.engines import batches
    from kei_gates.replay.files import find
    from kei_gates.replay.plan import plan
    from kei_gates.replay.reading import Reader
    from kei_gates.replay.replaying import Total

    since = _check(args)
    where = places.find(os.getcwd())
    judged_by = plan(args.policy, args.against, where.home)
    found = find(args.transcripts or [_own(where.project, where.home)], since)
    if not found.sessions and not found.skipped and since is None:
        raise Fault("there is no transcript", "name a SESSION.jsonl, or a folder that has some")
    reader, total = Reader(), Total()
    report = Report(args, total)
    progress = _Progress(len(found.sessions))
    calls = _all(found.sessions, reader.calls, progress)
    given = batches(total.chosen(calls, since, args.limit))
    try:
        for batch, pairs in _answered(args, judged_by, given):
            for call, (judged, other) in zip(batch, pairs, strict=True):
                total.add(call, judged, other)
                report.call(call, judged, other, progress.clear)
            progress.show(total.summary.calls)
    finally:
        progress.clear()
    report.end(reader, found.skipped)
    return _DIFFERENT if total.difference else 0


def _check(args: argparse.Namespace) -> float | None:
    """Check the options, and give the time that `--since` says. Raises `UsageError`."""
    if (args.engine == "dask") != (args.scheduler is not None):
        raise UsageError("`--engine dask` and `--scheduler ADDRESS` are given together")
    for path in args.transcripts:
        if not os.path.isdir(path) and not os.path.isfile(path):
            raise UsageError(f"`{path}` is neither a transcript nor a folder")
    return None if args.since is None else audit_options.since(args.since, time())


def _own(project: str, home: str) -> str:
    """Give the folder of a project's transcripts. Raises `Fault`."""
    from kei_gates.replay.files import of_project

    folder = of_project(project, home)
    if not os.path.isdir(folder):
        raise Fault(
            f"the client has kept no session of `{project}` (there is no `{folder}`)",
            "name a transcript, or a folder of them",
        )
    return folder


def _all(
    sessions: list[Session],
    calls: Callable[[Session], Iterator[Recorded]],
    progress: _Progress,
) -> Iterator[Recorded]:
    for session in sessions:
        yield from calls(session)
        progress.read += 1


def _answered(args: argparse.Namespace, judged_by: Plan, given: Iterator[Batch]) -> Answered:
    from kei_gates.replay import engines

    if args.engine == "dask":
        return engines.dask(judged_by, given, args.scheduler)
    return engines.local(judged_by, given, args.workers or _processors())


def _processors() -> int:
    """Give how many processors this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Progress:
    """One line on a terminal's stderr that says how far this is."""

    def __init__(self, sessions: int) -> None:
        self.read = 0
        self._sessions = sessions
        self._began = self._shown = monotonic()
        self._width = 0
        self._is_seen = sys.stderr.isatty()

    def show(self, calls: int) -> None:
        """Say it anew, a few times a second."""
        now = monotonic()
        if self._is_seen and now - self._shown >= _SHOWN_EVERY:
            self._shown = now
            seconds = round(now - self._began)
            self._put(f"{calls:,} calls, {self.read} of {self._sessions} sessions, {seconds} s")

    def clear(self) -> None:
        """Take the line away, for what is printed next."""
        if self._width:
            self._put("")
            self._width = 0

    def _put(self, line: str) -> None:
        sys.stderr.write(f"\r{line:<{self._width}}" + ("" if line else "\r"))
        sys.stderr.flush()
        self._width = max(self._width, len(line))
