"""`kei-gates agents`: make agent files of manifests, and show what of their rules is enforced."""

from __future__ import annotations

import os
import sys
from argparse import RawDescriptionHelpFormatter
from difflib import unified_diff
from typing import TYPE_CHECKING

from kei_gates.cli import agent_library, coverage_report
from kei_gates.hook import places, trust
from kei_gates.model import Fault, Principal
from kei_gates.observe import agent_files
from kei_gates.observe.files import read_file, write_file

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from typing import Final

    from kei_gates.agents.render import State
    from kei_gates.cli.agent_library import Workshop

_FAILED = 1
_LARGEST = 1 << 20
_WHY: dict[State, str] = {
    "missing": "is missing",
    "outdated": "is out of date",
    "edited": "was edited by hand",
    "foreign": "was not built by kei-gates",
}
_OVERWRITE = "move it away, or write over it with `--force`"
_TEXTS = """\
The text of each agent is that of the role which the project's policy gives it. Where a policy does
not name an agent, its file declares the role, which counts once `kei-gates trust` has accepted it.
"""
_EXITS = "exit codes: 0 all is well, 1 something is not, 64 bad usage\n"
_EXAMPLES = {
    "build": f"""examples:
  kei-gates agents build                     the shipped agents, into .claude/agents of this project
  kei-gates agents build kei-critic          one of them
  kei-gates agents build --from my-agents    those of a folder of your own, NAME.toml each; its
                                             `blocks/NAME.md` are used before the shipped ones
  kei-gates agents build --check             say whether the files are as they would be built

{_TEXTS}
{_EXITS}""",
    "check": f"""examples:
  kei-gates agents check                     the shipped manifests, against this project's policy
  kei-gates agents check --from my-agents

{_EXITS}""",
    "coverage": f"""examples:
  kei-gates agents coverage
  kei-gates agents coverage kei-modal-runner --json

{_EXITS}""",
    "table": f"""examples:
  kei-gates agents table

{_EXITS}""",
}
_ALL_EXAMPLES = f"""examples:
  kei-gates agents build                      the shipped agents, into .claude/agents here
  kei-gates agents build --check              say whether the files are as they would be built
  kei-gates agents coverage kei-modal-runner  which of its rules are enforced, and by what

{_TEXTS}
{_EXITS}"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand with its own."""
    parser = commands.add_parser(
        "agents",
        help="build agent files from manifests, and show what of their rules is enforced",
        description="Build agent files from manifests, and show what of their rules is enforced.",
        epilog=_ALL_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    build = _action(actions, "build", "write agent files, or check those that are there")
    build.add_argument(
        "--out", metavar="DIR", help="where to (default: .claude/agents of the project)"
    )
    build.add_argument("--check", action="store_true", help="write nothing, show what differs")
    build.add_argument(
        "--force", action="store_true", help="write also over files that were edited by hand"
    )
    build.set_defaults(run=run_build)
    check = _action(actions, "check", "say what is wrong with manifests")
    check.set_defaults(run=run_check)
    coverage = _action(actions, "coverage", "show which rules are enforced, and by what")
    coverage.add_argument("--json", action="store_true", help="print JSON")
    coverage.set_defaults(run=run_coverage)
    table = _action(actions, "table", "print a page with all agents and their roles")
    table.set_defaults(run=run_table)


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        epilog=_EXAMPLES[name],
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="agents (default: all)")
    parser.add_argument(
        "--from", dest="source", metavar="DIR", help="the manifests (default: the shipped ones)"
    )
    parser.add_argument("--dir", default=".", metavar="DIR", help="the project (default: here)")
    return parser


class _File:
    """One agent's file: where it lies, how it would be built, how it is."""

    def __init__(self, path: str, built: str) -> None:
        from kei_gates.agents.render import state_of

        self.path: Final = path
        self.built: Final = built
        self.found: Final = _read(path)
        self.state: Final = state_of(self.found, built)

    def difference(self) -> Iterator[str]:
        """Give what differs."""
        old, new = ((text or "").splitlines() for text in (self.found, self.built))
        return unified_diff(old, new, f"{self.path} (now)", f"{self.path} (built)", lineterm="")


def run_build(args: argparse.Namespace) -> int:
    """Write the files, all or none; with `--check` say what would change."""
    workshop = agent_library.opened(args.dir, args.source)
    out = os.path.abspath(args.out) if args.out else agent_files.folder(workshop.project)
    files = [_File(f"{out}/{name}.md", built) for name, built in workshop.built(args.names)]
    if args.check:
        return _checked(files)
    kept = [one for one in files if one.state in ("edited", "foreign")]
    if kept and not args.force:
        raise Fault(f"`{kept[0].path}` {_WHY[kept[0].state]}", _OVERWRITE)
    for file in files:
        if file.state != "current":
            _write(file)
        print(f"{file.path}{': as it was' if file.state == 'current' else ''}")
    if out == agent_files.folder(workshop.project):
        workshop.notes.extend(_not_accepted(workshop))
    for note in workshop.notes:
        print(f"kei-gates: {note}", file=sys.stderr)
    return 0


def _not_accepted(workshop: Workshop) -> Iterator[str]:
    """Say which of the project's agents declare a role that nobody has accepted. Raises `Fault`."""
    accepted = trust.accepted_agents(places.find(workshop.project, workshop.project))
    waiting = [
        file.name
        for file in agent_files.read_all(workshop.project)
        if file.role is not None
        and trust.agent_line(file) not in accepted
        and not workshop.policy.is_named(Principal("asked", file.name))
    ]
    if waiting:
        shown = f"`{waiting[0]}`" + (f" and {len(waiting) - 1} more" if waiting[1:] else "")
        yield f"the roles that {shown} declare count once you have run `kei-gates trust`"


def _checked(files: list[_File]) -> int:
    wrong = [file for file in files if file.state != "current"]
    for file in wrong:
        print(f"{file.path} {_WHY[file.state]}")
        if file.found is not None:
            print("\n".join(file.difference()))
    if wrong:
        print("build them with `kei-gates agents build`", file=sys.stderr)
        return _FAILED
    print(f"{len(files)} agents are as they would be built")
    return 0


def _read(path: str) -> str | None:
    try:
        return read_file(path, _LARGEST).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Fault(f"`{path}` cannot be read: {error.strerror or error}", "mend it") from None


def _write(file: _File) -> None:
    try:
        write_file(file.path, file.built.encode())
    except OSError as error:
        raise Fault(
            f"`{file.path}` cannot be written: {error.strerror or error}", "mend the folder"
        ) from None


def run_check(args: argparse.Namespace) -> int:
    """Say what is wrong with the manifests, each on a line of its own."""
    workshop = agent_library.opened(args.dir, args.source)
    problems: list[str] = []
    names = workshop.chosen(args.names)
    for name in names:
        try:
            workshop.text(name)
            _, rules = workshop.covered(name)
            problems += [
                f"{workshop.path(name)}: nothing is said of what holds `{rule.line}`; add an "
                "`[[enforcement]]` for it"
                for rule in rules
                if rule.kind == "not mapped"
            ]
        except Fault as error:
            problems.append(f"{error.reason}; {error.remedy}")
    for problem in problems:
        print(problem)
    print(f"{len(names)} agents, {len(problems) or 'no'} problems")
    return _FAILED if problems else 0


def run_coverage(args: argparse.Namespace) -> int:
    """Show each rule with what holds it."""
    workshop = agent_library.opened(args.dir, args.source)
    covered = [workshop.covered(name) for name in workshop.chosen(args.names)]
    print(coverage_report.as_json(covered) if args.json else coverage_report.as_text(covered))
    return 0


def run_table(args: argparse.Namespace) -> int:
    """Print the page."""
    from kei_gates.agents.roles_table import table

    workshop = agent_library.opened(args.dir, args.source)
    print(table(map(workshop.covered, workshop.chosen(args.names))), end="")
    return 0
