"""Ask the gates of a role, and combine what they say: deny overrides ask overrides abstain."""

from __future__ import annotations

from kei_gates import gates
from kei_gates.gates._concerns import may_object
from kei_gates.model import Abstain, Decision, Deny

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.model import Event, Grant, Outcome, Role, Verdict

_ALLOW_LIST = "tools::allowed"


def decide(event: Event, role: Role) -> Decision:
    """Judge an event by every grant of a role. What a gate raises is left to the caller."""
    verdicts = [(grant.capability, _ask(grant, event)) for grant in role.grants]
    if not event.call.known and all(name != _ALLOW_LIST for name, _ in verdicts):
        verdicts.append((_ALLOW_LIST, _unknown_tool(event)))
    return combine(verdicts, role.name)


def _ask(grant: Grant, event: Event) -> Verdict:
    if not may_object(grant.capability, grant.params, event):
        return Abstain()
    gate = gates.load(grant.capability)
    return gate.check(event, gate.Params(grant.params))


def _unknown_tool(event: Event) -> Deny:
    """Deny a tool that nobody has described: a list that names it could allow it."""
    return Deny(
        f"the tool `{event.call.tool}` is not known, and the role lists no allowed tools",
        "name it in the role's `tools.allowed`",
    )


def combine(verdicts: Iterable[tuple[str, Verdict]], role: str | None = None) -> Decision:
    """Combine verdicts. Their order is kept and never changes the outcome."""
    verdicts = tuple(verdicts)
    outcomes = {verdict.outcome for _, verdict in verdicts}
    outcome: Outcome
    if "deny" in outcomes:  # one gate's certainty is enough
        outcome = "deny"
    elif "ask" in outcomes:  # nobody forbids it, somebody wants a person to look
        outcome = "ask"
    else:  # no gate objects
        outcome = "abstain"
    return Decision(outcome, verdicts, role)
