"""The table of the shipped agents and their roles, for the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.agents.coverage import Rule
    from kei_gates.agents.render import Agent

_INTRODUCTION = """\
# The shipped agents and their roles

Each is built from `policies/agents/NAME.toml` by `kei-gates agents build`, and held to its role by
the gates. "Rules enforced" counts the lines of its FORBIDDEN section that a capability of the role
holds, all of it or a part; `kei-gates agents coverage NAME` shows each of them. This page is made
by `kei-gates agents table`.

| agent | role | what it does | tools | model | rules enforced |
|---|---|---|---|---|---|
"""
_ROLES = """
## What each role holds its agents to

| role | capabilities |
|---|---|
"""


def table(agents: Iterable[tuple[Agent, list[Rule]]]) -> str:
    """Give the page, the agents by their role and name."""
    found = sorted(agents, key=lambda one: (one[0].held.role, one[0].read.manifest.name))
    roles = {agent.held.role: agent.held for agent, _ in found}
    return "".join((
        _INTRODUCTION,
        *(_row(agent, rules) for agent, rules in found),
        _ROLES,
        *(f"| `{name}` | {', '.join(f'`{one}`' for one in held.capabilities)} |\n"
          for name, held in roles.items()),
    ))  # fmt: skip


def _row(agent: Agent, rules: list[Rule]) -> str:
    manifest = agent.read.manifest
    enforced = f"{sum(rule.is_enforced for rule in rules)} of {len(rules)}"
    what = manifest.description.partition(". ")[0].rstrip(".")
    cells = (f"`{manifest.name}`", f"`{agent.held.role}`", what, ", ".join(agent.tools),
             manifest.model, enforced)  # fmt: skip
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"
