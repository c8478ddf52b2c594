"""`kei-gates install` and `kei-gates uninstall`."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from kei_gates.cli import trust
from kei_gates.hook import places as hook_places
from kei_gates.install import project as projects
from kei_gates.install.errors import InstallError
from kei_gates.install.places import places
from kei_gates.install.probe import BLOCKED_COMMAND, probe
from kei_gates.model import Fault

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from kei_gates.install.places import Places
    from kei_gates.install.project import Project
    from kei_gates.model import Places as HookPlaces

_FAILED = 1


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the two subcommands."""
    install = commands.add_parser(
        "install",
        help="put the gate into a project's Claude Code settings",
        description="Add the hooks to DIR/.claude/settings.json and write a starter policy where "
        "there is none. Everything else in the file stays as it is. Safe to run again.",
    )
    install.set_defaults(run=run_install)
    uninstall = commands.add_parser(
        "uninstall",
        help="undo install",
        description="Take the hooks out of DIR/.claude/settings.json, and what install made.",
    )
    uninstall.set_defaults(run=run_uninstall)
    for command in (install, uninstall):
        command.add_argument(
            "dir", nargs="?", default=".", metavar="DIR", help="the project (default: here)"
        )


def run_install(args: argparse.Namespace) -> int:
    """Install into `args.dir` and show a blocked call; 0, or 1 with a line on stderr."""
    return _told(lambda: _install(args.dir))


def run_uninstall(args: argparse.Namespace) -> int:
    """Uninstall from `args.dir`; 0, or 1 with a line on stderr."""
    return _told(lambda: _uninstall(args.dir))


def _told(action: Callable[[], None]) -> int:
    try:
        action()
    except (InstallError, OSError, Fault) as error:
        sys.stdout.flush()
        sys.stderr.write(f"kei-gates: {error}\n")
        return _FAILED
    return 0


def _install(folder: str) -> None:
    found = places()
    where = projects.project(folder)
    _say(f"kei-gates in {where.root}", *_indented(projects.install(where, found)))
    if where.policy.read_bytes() == found.starter.read_bytes():
        trust.accept(_hooked(where))
    unaccepted = trust.difference(_hooked(where))
    reason = probe(where, found.starter)
    _say(
        "",
        f"The hook was tried with a subagent's `{BLOCKED_COMMAND}`, and blocked it:",
        *_indented(reason.splitlines()),
        *(_not_accepted(where, found) if unaccepted else _next_steps(found)),
        "",
        f"The settings name {found.environment}, a path of this machine: on another machine, or",
        "when that folder has moved, run install there again. Until then every call is blocked.",
    )


def _hooked(where: Project) -> HookPlaces:
    """Give the places as the hook of a project finds them."""
    return hook_places.find(str(where.root), str(where.root))


def _not_accepted(where: Project, found: Places) -> list[str]:
    """Say what to do about a policy that was there before, and may be anybody's."""
    return [
        "",
        f"Next: nobody has accepted the policy {where.policy} yet, so every call that could",
        "change something is blocked. Read it, and accept it:",
        f"  {_shown(found)} trust {shlex.quote(str(where.root))}",
    ]


def _next_steps(found: Places) -> list[str]:
    program = _shown(found)
    return [
        "",
        "Next: give your agents their roles in the policy, accept it as it then is, and try a",
        "command without running it:",
        f"  {program} trust",
        f'  {program} test-command --role edit-local "{BLOCKED_COMMAND}"',
    ]


def _shown(found: Places) -> str:
    return shlex.quote(str(found.program))


def _uninstall(folder: str) -> None:
    where = projects.project(folder)
    _say(f"kei-gates out of {where.root}", *_indented(projects.uninstall(where, places())))
    trust.forget(_hooked(where))


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
