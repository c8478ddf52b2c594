"""Put an agent together: its manifest, the role that it is held to, the tools that it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kei_gates.agents.render import Agent
from kei_gates.agents.substrate import Held
from kei_gates.gates.tools_allowed import lists
from kei_gates.model import Fault, Principal
from kei_gates.policy.roles import waits
from kei_gates.policy.validating import check_role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.agents.manifest import Read
    from kei_gates.policy.build import Builder
    from kei_gates.policy.compiled import Policy

_TOOLS = "tools::allowed"


def assemble(read: Read, policy: Policy, builder: Builder) -> Agent:
    """Give an agent as a policy holds it. Raises `Fault` naming file, line and key.

    What the policy says of the agent's name counts, as it does when the agent runs. A tool that the
    shipped role does not allow is refused; one that only a policy takes away is left out.
    """
    manifest, where, key = read.manifest, read.where, ("substrate_role",)
    check_role(read.role, policy.role_names, where, key)
    if not policy.may_spawn([policy.key(read.role)]):
        raise where.fault(
            key,
            f"the role `{read.role}` is not for subagents",
            "name one that a subagent may have, as `edit-local` or `read-only`",
        )
    held = held_to(keys_of(manifest.name, read.role, policy), builder)
    shipped = f"builtin:{read.role}"
    has_shipped = _has(shipped, builder)
    declared = Held(read.role, tuple(builder.written(shipped))) if has_shipped else held
    for at, tool in enumerate(manifest.tools):
        if not _allows(declared, tool):
            raise where.fault(
                ("tools", at),
                f"the role `{read.role}` does not allow the tool `{tool}`",
                "leave it out, or give the agent a role that allows it",
            )
    tools = tuple(tool for tool in manifest.tools if _allows(held, tool))
    if not tools:
        raise where.fault(
            ("tools",), f"the role `{held.role}` allows none of the tools", "give it another role"
        )
    return Agent(read, declared, held, tools)


def keys_of(agent: str, declared: str | None, policy: Policy) -> list[str]:
    """Give the keys of the roles that hold an agent whose file declares a role, its own first.

    Raises `Fault` where the policy gives it a role that no subagent may have.
    """
    keys = policy.keys_of(Principal("asked", agent), declared)
    if not policy.may_spawn(keys):
        raise Fault(
            f"the policy gives `{agent}` a role that no subagent may have", "change it there"
        )
    return keys


def held_to(keys: Iterable[str], builder: Builder) -> Held:
    """Give what roles hold an agent to, by their keys, its own first."""
    keys = list(keys)
    grants: list[tuple[str, dict[str, object]]] = []
    for key in keys:
        filled = dict(grants)
        more = (one for one in builder.written(key) if one not in grants)
        grants += [one for one in more if not waits(one, filled)]
    return Held(keys[0].partition(":")[2], tuple(grants))


def _has(key: str, builder: Builder) -> bool:
    try:
        builder.written(key)
    except KeyError:
        return False
    return True


def _allows(held: Held, tool: str) -> bool:
    """Whether every list of tools that a role has holds a tool; without any, all are allowed."""
    listed: list[Any] = [params.get("tools", ()) for params in held.params(_TOOLS)]
    return all(lists(tools, tool) for tools in listed)
