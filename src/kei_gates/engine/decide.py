"""Ask the gates of a role, and combine what they say: deny overrides ask overrides abstain."""

from __future__ import annotations

from kei_gates import gates
from kei_gates.model import Decision, Deny

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.model import Event, Outcome, Role, Verdict

_ALLOW_LIST = "tools::allowed"


def decide(event: Event, role: Role) -> Decision:
    """Judge an event by every grant of a role. What a gate raises is left to the caller."""
    verdicts = [
        (grant.capability, _ask(grant.capability, event, grant.params)) for grant in role.grants
    ]
    if not event.call.known and all(name != _ALLOW_LIST for name, _ in verdicts):
        verdicts.append((_ALLOW_LIST, _unknown_tool(event)))
    return combine(verdicts, role.name)


def _ask(capability: str, event: Event, params: object) -> Verdict:
    gate = gates.load(capability)
    return gate.check(event, gate.Params(params))  # type: ignore[arg-type]  # a compiled grant's own


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
