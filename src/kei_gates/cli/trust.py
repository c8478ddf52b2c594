"""`kei-gates trust`: a person looks at a project's policy and accepts it as it is."""

from __future__ import annotations

import os
import sys
from argparse import RawDescriptionHelpFormatter
from contextlib import suppress
from typing import TYPE_CHECKING

from kei_gates.cli.usage import UsageError
from kei_gates.hook import places, store, trust
from kei_gates.model import Fault
from kei_gates.observe.files import write_file
from kei_gates.protocol.answer import one_line

if TYPE_CHECKING:
    import argparse

    from kei_gates.model import Places

_REFUSED = 1
_EXAMPLES = """examples:
  kei-gates trust           show the policy of this project, ask, and accept it
  kei-gates trust --diff    show what has changed since it was accepted, and nothing else
  kei-gates trust --yes     accept it without a question

Until a policy is accepted as it is, every call that could change something is denied. What is kept
lies in ~/.local/state/kei-gates: the policy's text, and the roles that agent files declare.

exit codes: 0 accepted, or nothing has changed, 1 not accepted, or changed (with --diff),
64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "trust",
        help="accept the policy of a project as it is",
        description="Show the policy of a project, and accept it as it is.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("dir", nargs="?", default=".", metavar="DIR", help="the project")
    parser.add_argument("--diff", action="store_true", help="only show what has changed")
    parser.add_argument("--yes", action="store_true", help="accept without a question")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show, ask, and accept; 0 when accepted or nothing has changed, 1 when it was declined."""
    if args.diff and args.yes:
        raise UsageError("`--diff` only shows, `--yes` accepts: give one of them")
    where = places.find(os.path.abspath(args.dir), os.path.abspath(args.dir))
    changes = difference(where)
    if args.diff:
        print(changes or "nothing has changed since it was accepted")
        return _REFUSED if changes else 0
    store.load(where)  # what is broken cannot be accepted; and the hook finds it compiled
    if not changes:
        print(f"accepted before: {store.policy_file(where.project)}")
        return 0
    print(changes)
    if not args.yes and not _confirmed(where):
        print("not accepted", file=sys.stderr)
        return _REFUSED
    accept(where)
    print(f"accepted: {store.policy_file(where.project)}")
    return 0


def difference(where: Places) -> str:
    """Show how the policy and the declared roles differ from what was accepted; empty: not at all.

    Raises `Fault` where there is no policy.
    """
    policy, roles = _now(where)
    before = trust.read(where, "policy") or b""
    return "\n".join(
        [
            *_changes(before, policy, store.policy_file(where.project)),
            *_changes(
                "\n".join(trust.accepted_agents(where)).encode(),
                "\n".join(roles).encode(),
                "roles that agent files declare",
            ),
        ]
    )


def _changes(before: bytes, now: bytes, name: str) -> list[str]:
    from difflib import unified_diff

    old, new = (
        [one_line(line) for line in text.decode("utf-8", "replace").splitlines()]
        for text in (before, now)
    )
    if before != now and old == new:
        return [f"{name}: only line ends, or bytes that are no text, have changed"]
    label = "accepted" if before else "nothing accepted yet"
    return [*unified_diff(old, new, f"{name} ({label})", f"{name} (now)", lineterm="")]


def accept(where: Places) -> None:
    """Keep the policy and the declared roles as they are now. Raises `Fault`."""
    policy, roles = _now(where)
    folder = trust.folder(where)
    declared = "\n".join(roles).encode("utf-8", "surrogateescape")
    try:
        sealed = secret()
        write_file(f"{folder}/agents", sealed + declared)
        write_file(f"{folder}/policy", sealed + policy)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Fault(f"`{folder}` cannot be written: {reason}", "mend the folder") from None


def forget(where: Places) -> None:
    """Keep nothing of what was accepted of a project. Raises `OSError`."""
    for name in ("policy", "agents"):
        with suppress(FileNotFoundError):
            os.unlink(f"{trust.folder(where)}/{name}")


def secret() -> bytes:
    """Give the installation's secret; make it where there is none yet. Raises `OSError`."""
    from secrets import token_hex

    path = trust.secret_file()
    secret = store.read_source(path)
    if not secret:
        secret = token_hex().encode() + b"\n"
        write_file(path, secret)
    return secret


def _now(where: Places) -> tuple[bytes, list[str]]:
    """Read the project's policy and what its agent files declare. Raises `Fault`."""
    path = store.policy_file(where.project)
    try:
        policy = store.read_source(path)
    except OSError as error:
        raise Fault(f"policy `{path}` cannot be read: {error}", "mend or restore it") from None
    if policy is None:
        raise Fault(f"there is no policy `{path}`", "make one with `kei-gates install`")
    return policy, trust.agent_lines(where.project)


def _confirmed(where: Places) -> bool:
    """Ask the person at the terminal. Nobody there is no."""
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here; look with `--diff`, accept with `--yes`")
    print(f"Accept this for {where.project}? [y/N] ", end="", flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
