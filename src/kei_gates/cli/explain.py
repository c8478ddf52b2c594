"""`kei-gates explain`: what a capability stops, why, what to do instead, and who has it."""

from __future__ import annotations

import os
import sys
from argparse import RawDescriptionHelpFormatter
from textwrap import fill
from typing import TYPE_CHECKING

from kei_gates.cli.usage import UsageError
from kei_gates.policy.capabilities import unalias

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from kei_gates.model import Places
    from kei_gates.policy.build import Builder
    from kei_gates.policy.compiled import Policy

_WIDTH = 100
_EXAMPLES = """examples:
  kei-gates explain                        all capabilities, a line each
  kei-gates explain policy::no-git-ops     what it stops, its parameters, the roles that have it
  kei-gates explain no-git-ops             the same

exit codes: 0 printed, 1 the policy is broken, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "explain",
        help="say what a capability stops, and what to do instead",
        description="Say what a capability stops and looks at, why, and what to do instead.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("capability", nargs="?", metavar="CAPABILITY", help="its id")
    parser.add_argument("--all", action="store_true", help="print the documentation of all")
    parser.add_argument("--dir", default=".", metavar="DIR", help="the project (default: here)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one capability, all of them, or the list of them."""
    from kei_gates.engine import manual

    if args.all:
        if args.capability is not None:
            raise UsageError("`--all` prints all capabilities: leave the one out")
        print(manual.manual(), end="")
    elif args.capability is None:
        _list()
    else:
        capability = _known(args.capability)
        for line in (*manual.explain(capability).splitlines(), *_roles(capability, args.dir)):
            print(fill(line, _WIDTH, subsequent_indent="  ", break_on_hyphens=False))
    return 0


def _known(name: str) -> str:
    """Give the id that is meant; without its category too, where only one has that name."""
    from kei_gates.engine import catalogue
    from kei_gates.policy.nearest import nearest

    known = sorted(catalogue.params())
    meant = unalias(name)
    if meant in known:
        return meant
    short = [one for one in known if one.partition("::")[2] == name]
    if len(short) != 1:
        raise UsageError(f"there is no capability `{name}`; {nearest(name, known)}")
    return short[0]


def _list() -> None:
    from kei_gates.cli.terminal import Terminal
    from kei_gates.engine import catalogue, manual

    known = sorted(catalogue.params())
    width = max(map(len, known))
    terminal = Terminal.of(sys.stdout)
    for one in known:
        print(terminal.line(f"{one:<{width}}  {manual.Document(one).first}"))


def _roles(capability: str, folder: str) -> Iterator[str]:
    """Say which roles of the project have it, and what is set there."""
    from kei_gates.cli.agent_library import policy_or_none
    from kei_gates.hook import places, store

    where = places.find(os.path.abspath(folder))
    policy, builder = store.build(policy_or_none(where), where.home)
    for name in policy.role_names:
        yield from _role(capability, name, policy, builder, where)


def _role(
    capability: str, name: str, policy: Policy, builder: Builder, where: Places
) -> Iterator[str]:
    """Say what each grant of a role sets, then which lines of which policies say so."""
    from kei_gates.agents.substrate import shown
    from kei_gates.policy.origins import of_grant
    from kei_gates.policy.roles import BUILTIN

    for granted, params in builder.written(policy.key(name)):
        if granted == capability:
            said = ", ".join(
                f"{key.replace('_', '-')} {shown(value)}" for key, value in params.items()
            )
            yield f"- role `{name}`{f': {said}' if said else ''}"
    for origin in of_grant(builder, policy.key(name), capability):
        if origin.layer != BUILTIN:
            sets = f" sets `{origin.param}`" if origin.param else ""
            yield f"  {origin.shown(where.project, where.home)}{sets}"
