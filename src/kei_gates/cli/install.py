"""`kei-gates install` and `kei-gates uninstall`."""

from __future__ import annotations

import shlex
import sys
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from kei_gates.archive import builder
from kei_gates.cli import scoped, trust
from kei_gates.hook import places as hook_places
from kei_gates.install import limits, settings
from kei_gates.install import project as projects
from kei_gates.install.errors import InstallError
from kei_gates.install.places import places
from kei_gates.install.probe import BLOCKED_COMMAND, probe
from kei_gates.install.scopes import MANAGED, PROJECT, SCOPES
from kei_gates.install.settings import SKILL_SHELL
from kei_gates.model import Fault

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from kei_gates.install.places import Places
    from kei_gates.install.project import Project
    from kei_gates.install.scopes import Scope
    from kei_gates.model import Places as HookPlaces

_FAILED = 1


_INSTALL = """examples:
  kei-gates install                  into the project of this folder
  kei-gates install ~/my-project

The settings then name the environment that this runs from. Nothing is accepted but the starter
policy: one that was there before has to be read and accepted with `kei-gates trust`.

exit codes: 0 installed, and a blocked call was seen, 1 failed, 64 bad usage
"""
_UNINSTALL = """examples:
  kei-gates uninstall                out of the project of this folder
  kei-gates uninstall ~/my-project

A policy that was changed since it was written stays where it is.

exit codes: 0 done, 1 failed, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the two subcommands."""
    install = commands.add_parser(
        "install",
        help="put the gate into Claude Code's settings",
        description="Add the hooks to the settings of a scope, tell the client itself what to "
        "refuse, and write a starter policy where there is none. Everything else in the file stays "
        "as it is. Safe to run again.",
        epilog=_INSTALL,
        formatter_class=RawDescriptionHelpFormatter,
    )
    install.set_defaults(run=run_install)
    uninstall = commands.add_parser(
        "uninstall",
        help="undo install",
        description="Take out of the settings of a scope what install has put there.",
        epilog=_UNINSTALL,
        formatter_class=RawDescriptionHelpFormatter,
    )
    uninstall.set_defaults(run=run_uninstall)
    for command in (install, uninstall):
        command.add_argument(
            "dir", nargs="?", default=".", metavar="DIR", help="the project (default: here)"
        )
        command.add_argument(
            "--scope",
            choices=tuple(SCOPES),
            default=PROJECT.name,
            help="which settings: of the project, of yours in it, of yours in every project, of "
            "the machine (default: project)",
        )


def run_install(args: argparse.Namespace) -> int:
    """Install into a scope and show a blocked call; 0, or 1 with a line on stderr."""
    return _told(lambda: _install(args.dir, SCOPES[args.scope]))


def run_uninstall(args: argparse.Namespace) -> int:
    """Uninstall from a scope; 0, or 1 with a line on stderr."""
    return _told(lambda: _uninstall(args.dir, SCOPES[args.scope]))


def _told(action: Callable[[], None]) -> int:
    try:
        action()
    except (InstallError, OSError, Fault) as error:
        sys.stdout.flush()
        sys.stderr.write(f"kei-gates: {error}\n")
        return _FAILED
    return 0


def _install(folder: str, scope: Scope) -> None:
    found = places()
    where = scoped.find(folder, scope)
    _say(f"kei-gates in {_name(where)}", *_indented(projects.install(where, found)))
    is_starter = where.policy.read_bytes() == found.starter.read_bytes()
    if is_starter and not scope.is_above:
        trust.accept(_hooked(where))
    unaccepted = not scope.is_above and trust.difference(_hooked(where))
    slow = _compile(found)
    reason = probe(where, found.starter)
    _say(
        "",
        f"The hook was tried with a subagent's `{BLOCKED_COMMAND}`, and blocked it:",
        *_indented(reason.splitlines()),
        "",
        f"Scope {scope.name}.",
        *_indented([*scope.withstands]),
        *_more(folder, where),
        *slow,
        *(_not_accepted(where, found) if unaccepted else _next_steps(where, found)),
        "",
        f"The settings name {found.environment}, a path of this machine: on another machine, or",
        "when that folder has moved, run install there again. Until then every call is blocked.",
    )


def _compile(found: Places) -> list[str]:
    """Put the package into one file for the hook; say where that cannot be done."""
    try:
        builder.refresh(str(found.environment))
    except OSError as error:
        return [
            "",
            f"Note: {found.environment} cannot be written to ({error.strerror or error}),",
            "so the hook reads its modules one by one, and takes about twice the time.",
        ]
    return []


def _name(where: Project) -> str:
    return str(where.settings if where.scope.is_above else where.root)


def _more(folder: str, where: Project) -> list[str]:
    """Say what else of the settings weakens the gate, and that of two scopes one is enough."""
    told: list[str] = []
    text = settings.decode(where.settings.read_bytes(), str(where.settings))
    if limits.declines_skill_shell(text):
        told += [
            "",
            f"`{SKILL_SHELL}` is there already, and not true; it stays so, and",
            "no hook sees what a skill's inline shell runs. Make it true unless you need that.",
        ]
    if where.scope is MANAGED:
        told += [
            "",
            f"Every user must be able to read {places().environment}; who cannot is blocked.",
        ]
    present = scoped.holders(folder)
    if len(present) > 1:
        told += ["", f"Note: {scoped.twice(present)}.", "Take out what you do not want:"]
        told += [f"  kei-gates uninstall --scope {one.scope.name}" for one in present]
    return told


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


def _next_steps(where: Project, found: Places) -> list[str]:
    program = _shown(found)
    if where.scope.is_above:
        return [
            "",
            f"Next: give your agents their roles in {where.policy}.",
            "It holds in every project, also where a project has a policy of its own, and needs no",
            "`trust`. A project's own policy does: it blocks what could change something until a",
            "person has accepted it.",
        ]
    return [
        "",
        "Next: give your agents their roles in the policy, accept it as it then is, and try a",
        "command without running it:",
        f"  {program} trust",
        f'  {program} test-command --role edit-local "{BLOCKED_COMMAND}"',
    ]


def _shown(found: Places) -> str:
    return shlex.quote(str(found.program))


def _uninstall(folder: str, scope: Scope) -> None:
    where = scoped.find(folder, scope)
    beside = [
        other
        for other in scoped.holders(folder)
        if other.scope is not scope and other.policy == where.policy
    ]
    done = projects.uninstall(where, places(), keeps_policy=bool(beside))
    _say(f"kei-gates out of {_name(where)}", *_indented(done))
    left = scoped.holders(folder)
    if not scope.is_above and not (left and where.policy.exists()):
        trust.forget(_hooked(where))
    for other in left:
        _say(f"  still in  {other.settings} (`kei-gates uninstall --scope {other.scope.name}`)")


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
