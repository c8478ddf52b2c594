"""`kei-gates compose`: the prompt that starts an agent on one task."""

from __future__ import annotations

import os
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from kei_gates.cli import agent_library
from kei_gates.cli.usage import UsageError
from kei_gates.engine import catalogue
from kei_gates.hook import bindings, places, store
from kei_gates.model import Fault
from kei_gates.observe import agent_files
from kei_gates.policy.task_files import path_of

if TYPE_CHECKING:
    import argparse

    from kei_gates.agents.substrate import Held
    from kei_gates.policy.build import Builder
    from kei_gates.policy.compiled import Policy

_EXAMPLES = """examples:
  kei-gates compose parser-7
  kei-gates compose .claude/kei-gates/tasks/parser-7.toml --agent kei-code-implementer

Give what it prints to that agent as its prompt. The last line binds the agent to the task.

exit codes: 0 printed, 1 failed, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "compose",
        help="print the prompt that starts an agent on a task",
        description="Print the prompt that starts an agent on a task: the rules of its role, the "
        "files that it may change, the task, the fields of its report, and the line that binds it.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("task", metavar="TASK.toml", help="the task's file, or its id")
    parser.add_argument(
        "--agent", metavar="A", help="who will work on it, where the task names no role"
    )
    parser.add_argument("--dir", default=".", metavar="DIR", help="the project (default: here)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the prompt."""
    from kei_gates.agents.composing import compose
    from kei_gates.policy.tasks import read_task

    where = places.find(os.path.abspath(args.dir))
    name, path = _task(args.task, where.project)
    policy, builder = store.build(agent_library.policy_or_none(where), where.home)
    whole = catalogue.whole()
    task = read_task(path, whole, policy.role_names, store.read_source)
    held = _held(task.table.task.role, args.agent, where.project, policy, builder)
    texts = agent_library.library(None, {})
    print(compose(name, task, held, texts.text, whole.params), end="")
    return 0


def _task(given: str, project: str) -> tuple[str, str]:
    """Give a task's id and file. Raises `Fault` for one that lies where no agent is bound to it."""
    if "/" not in given and not given.endswith(".toml"):
        return bindings.checked_task(given), path_of(project, given)
    path = os.path.abspath(given)
    name = bindings.checked_task(os.path.basename(path).removesuffix(".toml"))
    right = path_of(project, name)
    if os.path.realpath(path) != os.path.realpath(right):
        raise Fault(
            f"`{path}` is no task of the project `{project}`: no agent would be bound to it",
            f"move it to `{right}`",
        )
    return name, right


def _held(
    role: str | None, agent: str | None, project: str, policy: Policy, builder: Builder
) -> Held:
    """Give what will hold who works on a task: its agent's role, and the task's."""
    from kei_gates.agents.assemble import held_to, keys_of

    keys = [] if role is None else [policy.key(role)]
    if agent is not None:
        file = agent_files.declared(project, agent)
        keys = [*keys_of(agent, file.role if file is not None else None, policy), *keys]
    if not keys:
        raise UsageError("the task names no role: say who will work on it with `--agent`")
    return held_to(keys, builder)
