"""The `kei-gates` command: one subcommand a module, each with `register(commands)`."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from kei_gates import __version__
from kei_gates.cli import (
    agents,
    allow,
    check,
    completion,
    compose,
    confirm,
    cost,
    doctor,
    explain,
    hook,
    install,
    lint,
    log,
    parse,
    replay,
    report_page,
    schema,
    stats,
    task,
    trial,
    trust,
    verify,
    why,
)
from kei_gates.cli.usage import USAGE_EXIT, UsageError
from kei_gates.model import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAULT_EXIT = 1
_INTERRUPTED = 130  # as shells say it: 128 and the number of the signal


class _Parser(argparse.ArgumentParser):
    """A parser whose usage errors exit 64, so that they are never taken for a decision."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_EXIT, f"{self.prog}: {message} (see `{self.prog} --help`)\n")


def build_parser() -> argparse.ArgumentParser:
    """Build the whole command line."""
    parser = _Parser(
        prog="kei-gates",
        description="Hold each Claude Code agent to its role.",
        epilog="exit codes: 0 no objection or done, 1 failed, 2 deny, 3 ask, 64 bad usage",
    )
    parser.add_argument("--version", action="version", version=f"kei-gates {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (
        install, doctor, trust, confirm, allow, check, task, compose, agents, verify, log,
        why, stats, report_page, replay, cost, lint, explain, trial, parse, schema, completion,
        hook,
    ):  # fmt: skip
        module.register(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    _open_streams()
    args = build_parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except UsageError as error:
        return _complain(error, USAGE_EXIT)
    except Fault as error:
        return _complain(f"{error.reason}; {error.remedy}", _FAULT_EXIT)
    except BrokenPipeError:
        _give_up_stdout()  # the reader has gone
        return _FAULT_EXIT
    except KeyboardInterrupt:
        return _complain("ended by a person", _INTERRUPTED)
    except OSError as error:
        _give_up_stdout()
        return _complain(f"this cannot be done: {error}; see what is wrong there", _FAULT_EXIT)
    return code


def _open_streams() -> None:
    """Put nothing where a stream was closed by whoever started this."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 -- until the end
            setattr(sys, name, stream)


def _give_up_stdout() -> None:
    """Let what is left in the buffer not raise again at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(error: object, code: int) -> int:
    print(f"kei-gates: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
