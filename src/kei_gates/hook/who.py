"""Which roles a principal is held to."""

from __future__ import annotations

from kei_gates.hook import trust
from kei_gates.model import Deny, Fault, Principal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Call, Places
    from kei_gates.policy.compiled import Policy


def keys_of(
    policy: Policy, principal: Principal, places: Places, *, accepted: bool = True
) -> list[str]:
    """Give the keys of the roles that hold a principal, its own first. Raises `Fault`.

    What agent files declare must have been `accepted`.
    """
    agent = principal.agent_type
    if agent is None or policy.is_named(principal):
        return policy.keys_of(principal)
    declared = trust.declared_role(places, agent, accepted=accepted)
    if declared is not None and declared not in policy.role_names:
        from kei_gates.policy.nearest import nearest  # a fault is no plain call

        raise Fault(
            f"the file of agent `{agent}` declares `substrate_role: {declared}`, and there is no "
            "such role",
            nearest(declared, policy.role_names),
        )
    return policy.keys_of(principal, declared)


def refuse_role(policy: Policy, call: Call, keys: list[str]) -> Deny | None:
    """Refuse the calls of a subagent whose role no subagent may have.

    The client starts agents in ways that no hook sees: a workflow names them in its script.
    """
    if not call.principal.is_subagent or policy.may_spawn(keys):
        return None
    return Deny(f"{call.principal} has a role that no subagent may have", _NOT_SPAWNABLE)


def refuse_spawn(
    policy: Policy, call: Call, places: Places, *, accepted: bool = True
) -> Deny | None:
    """Refuse to start an agent whose role no subagent may have. Raises `Fault`.

    What agent files declare must have been `accepted`.
    """
    if call.spawn is None:
        return None
    asked = call.spawn.agent_type
    for agent in dict.fromkeys((asked, _as_matched(asked))):
        keys = keys_of(policy, Principal("asked", agent), places, accepted=accepted)
        if not policy.may_spawn(keys):
            return Deny(f"the role of agent `{agent}` is not for subagents", _NOT_SPAWNABLE)
    return None


_NOT_SPAWNABLE = "do it in the main thread, or give the agent another role in the policy"


def _as_matched(asked: str | None) -> str | None:
    """Write an agent type as the client matches it: `Real_Name` starts `real-name` (measured)."""
    return asked and asked.lower().replace("_", "-").replace(" ", "-")
