"""How much of what an agent must not do is enforced, and by what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.model import Value
from kei_gates.policy.params import params_hints
from kei_gates.policy.validating import check_capability, check_name

if TYPE_CHECKING:
    from typing import Final, Literal

    from kei_gates.agents.manifest import Enforcement
    from kei_gates.agents.render import Agent
    from kei_gates.agents.substrate import Held
    from kei_gates.policy.params import ParamsById

    Kind = Literal["enforced", "in part", "off", "text only", "not mapped"]


class Rule(Value):
    """A line of FORBIDDEN, what holds it, and why nothing does, or what of it nothing holds.

    `off` says why it does not hold it in this project, after its ids; empty where it does.
    """

    __slots__ = ("because", "by", "line", "off")

    def __init__(self, line: str, by: tuple[str, ...], because: str, off: str = "") -> None:
        self.line: Final = line
        self.by: Final = by
        self.because: Final = because
        self.off: Final = off

    @property
    def kind(self) -> Kind:
        """How far it is enforced."""
        if self.by and self.off:
            return "off"
        if self.by:
            return "in part" if self.because else "enforced"
        return "text only" if self.because else "not mapped"

    @property
    def is_enforced(self) -> bool:
        """Whether a capability holds it, or a part of it."""
        return self.kind in ("enforced", "in part")


def rules_of(agent: Agent, catalogue: ParamsById) -> list[Rule]:
    """Give an agent's rules in their order.

    Raises `Fault` where one is said to be held by a capability that the role which its manifest
    declares does not have, or by a parameter that there is not.
    """
    read, declared = agent.read, agent.declared
    for at, one in enumerate(read.manifest.enforcement):
        key = ("enforcement", at, "by")
        for capability in one.by:
            check_capability(capability, catalogue, read.where, key)
            what = (
                f"the role `{declared.role}` does not have `{capability}`, which is to hold a rule"
            )
            check_name(capability, declared.capabilities, read.where, key, what)
            known = [name.replace("_", "-") for name in params_hints(catalogue[capability])]
            for need in one.needs:
                what = f"`{capability}` has no parameter `{need}`"
                check_name(need, known, read.where, ("enforcement", at, "needs"), what)
    lines = read.manifest.forbidden_domain
    return [_rule(line, read.enforcement(line), agent.held) for line in lines]


def _rule(line: str, said: Enforcement | None, held: Held) -> Rule:
    if said is None:
        return Rule(line, (), "")
    return Rule(line, tuple(said.by), said.because, _off(said, held))


def _off(said: Enforcement, held: Held) -> str:
    """Say why what is to hold a line does not hold it here; empty where it does."""
    missing = [one for one in said.by if one not in held.capabilities]
    if said.by and len(missing) == len(said.by):
        return f"which the role `{held.role}` does not have here"
    names = [need.replace("-", "_") for need in said.needs]
    given = [params for one in said.by for params in held.params(one)]
    if not names or any(params.get(name) for name in names for params in given):
        return ""
    return f"once its role sets {' or '.join(f'`{need}`' for need in said.needs)}"


def share(rules: list[Rule]) -> str:
    """Say how many of the rules are enforced."""
    enforced = [rule for rule in rules if rule.is_enforced]
    parts = sum(rule.kind == "in part" for rule in enforced)
    percent = 100 * len(enforced) // len(rules)
    found = f"{len(enforced)} of {len(rules)} rules enforced ({percent} %)"
    waiting = sum(rule.kind == "off" for rule in rules)
    return "".join((
        found,
        f", {parts} of them in part" if parts else "",
        f"; {waiting} more are off here" if waiting else "",
    ))  # fmt: skip
