"""Judge recorded calls by a policy, as the hook would have, as far as that can be had.

Files are looked at as they are now; running processes are not looked up; of the session's past
what its transcripts hold counts, up to the call. Nothing is asked of a person or of the day's
ledger, no task narrows a role, and a policy counts as it is written, accepted or not.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from json import dumps
from typing import TYPE_CHECKING, NamedTuple

from kei_gates.engine.decide import decide
from kei_gates.facts import Facts
from kei_gates.hook import places, store, who
from kei_gates.hook.judge import observe
from kei_gates.hook.main import denial
from kei_gates.model import Decision, Fault
from kei_gates.observe.paths import exists, lexical
from kei_gates.protocol import payload
from kei_gates.replay.past import Pasts
from kei_gates.replay.plan import unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.model import Call, Outcome, Places, Role
    from kei_gates.particulars import Past
    from kei_gates.policy.compiled import Policy
    from kei_gates.replay.plan import Packed, Plan
    from kei_gates.replay.reading import Recorded

    Pair = tuple["Judged", "Judged | None"]

_MOST_KEPT = 8192
_LARGEST_KEPT = 1 << 16
"""Characters of a call's input up to which its decision is kept for the next that is the same."""

_PATHS = ("file_path", "notebook_path")
_NAMES = {"Task": "Agent"}  # a model may call either; hooks are told of `Agent`


class Objection(NamedTuple):
    """What one gate has against a call."""

    gate: str
    outcome: Outcome
    reason: str
    remedy: str


class Judged(NamedTuple):
    """What was decided on a call, for which role, and all that objects, the leading one first."""

    outcome: Outcome
    role: str | None
    objections: tuple[Objection, ...]


def judge_batch(plan: Plan, calls: Sequence[Recorded]) -> list[Pair]:
    """Judge calls, in order, by a plan's policy, and by its other one if it compares."""
    judge = _judge(plan.run, plan.policy)
    other = _judge(plan.run, plan.other) if plan.is_compared else None
    return [(judge.judge(call), None if other is None else other.judge(call)) for call in calls]


@lru_cache(maxsize=4)
def _judge(run: str, packed: Packed | None) -> Judge:  # noqa: ARG001 -- each run has its own
    return Judge(None if packed is None else unpack(packed))


class Judge:
    """Judges recorded calls by one policy, or each by that of its project as it is written."""

    def __init__(self, policy: Policy | None = None) -> None:
        """Take the policy; without it, each project's own is loaded once."""
        self._given = policy
        self._policies: dict[str, Policy | Fault] = {}
        self._roles: dict[tuple[str, bool, str | None], tuple[Policy, list[str], Role]] = {}
        self._kept: dict[bytes, Judged] = {}
        self._places: dict[tuple[str, str], Places] = {}
        self._pasts = Pasts()

    def judge(self, call: Recorded) -> Judged:
        """Judge a call. What is raised on the way is a denial, as it is in the hook."""
        key = _key(call)
        kept = self._kept.get(key) if key else None
        if kept is not None:
            return kept
        asked: list[str] = []
        try:
            decision = self._decide(call, asked)
        except Exception as error:  # noqa: BLE001 -- the hook would answer so too
            decision = denial(error)
        judged = _judged(decision)
        is_lasting = not asked and not any(one.charges for _, one in decision.verdicts)
        if key and is_lasting:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = judged
        return judged

    def _decide(self, call: Recorded, asked: list[str]) -> Decision:
        """Decide a call; what depends on more than the call is put into `asked`. Raises `Fault`."""
        where = self._where(call)
        shown = payload.to_call(_fields(call, where.home))
        policy, keys, role = self._role(shown, where)
        refusal = who.refuse_role(policy, shown, keys) or who.refuse_spawn(
            policy, shown, where, accepted=False
        )
        if refusal is not None:
            return Decision("deny", (("kei-gates", refusal),), role.name)

        def history() -> list[Past]:
            asked.append("history")
            return self._pasts.before(call, where)

        facts = Facts(
            now=call.at or 0.0,
            attended=call.is_attended,
            session=call.session,
            history=history,
            rates=policy.rates,
        )
        return decide(observe(shown, where, facts=facts), role)

    def _where(self, call: Recorded) -> Places:
        """Find the places of a call. Raises `Fault`."""
        key = (call.cwd, call.project)
        found = self._places.get(key)
        if found is None:
            if len(self._places) >= _MOST_KEPT:
                self._places.clear()
            found = self._places[key] = places.find(*key)
        return found

    def _role(self, call: Call, where: Places) -> tuple[Policy, list[str], Role]:
        """Find the role of a call. Raises `Fault`."""
        who_calls = (where.project, call.principal.is_subagent, call.principal.agent_type)
        found = self._roles.get(who_calls)
        if found is not None:
            return found
        try:
            policy = self._policy(where)
            keys = who.keys_of(policy, call.principal, where, accepted=False)
        except Fault:
            if call.mutates:
                raise
            # looking passes where the policy cannot be had, unless the layers above forbid it
            policy = store.load_above(where.home)
            keys = policy.keys_of(call.principal)
            return policy, keys, policy.role(*keys)
        found = (policy, keys, policy.role(*keys))
        self._roles[who_calls] = found
        return found

    def _policy(self, where: Places) -> Policy:
        """Give the policy that holds in a project. Raises `Fault`."""
        if self._given is not None:
            return self._given
        known = self._policies.get(where.project)
        if known is None:
            try:
                known = _written(where)
            except Fault as error:
                known = error
            self._policies[where.project] = known
        if isinstance(known, Fault):
            raise known
        return known


def _written(where: Places) -> Policy:
    """Load a project's policy as it is written, or that of the layers above. Raises `Fault`."""
    if exists(store.policy_file(where.project)):
        return store.load(where)
    return store.load_above(where.home)


def _fields(call: Recorded, home: str) -> dict[str, object]:
    """Give the payload that the client would send.

    In a transcript paths stand as the model has sent them; hooks are told absolute ones, without
    `~` and `..` (measured on client 2.1.330).
    """
    given = dict(call.given)
    for key in _PATHS:
        path = given.get(key)
        if isinstance(path, str) and path:
            given[key] = lexical(f"{home}{path[1:]}" if f"{path}/"[:2] == "~/" else path, call.cwd)
    fields: dict[str, object] = {
        "tool_name": _NAMES.get(call.tool, call.tool),
        "tool_input": given,
        "cwd": call.cwd,
    }
    if call.agent_id is not None:
        fields["agent_id"] = call.agent_id
    if call.agent_type is not None:
        fields["agent_type"] = call.agent_type
    return fields


def _key(call: Recorded) -> bytes | None:
    """Give what is the same for calls on which the same is decided; none for a large one."""
    parts = (call.project, call.cwd, call.agent_id, call.agent_type, call.is_attended, call.tool)
    text = dumps((*parts, call.given))
    return blake2b(text.encode(), digest_size=16).digest() if len(text) <= _LARGEST_KEPT else None


def _judged(decision: Decision) -> Judged:
    objections = [
        Objection(gate, one.outcome, one.reason, one.remedy)
        for gate, one in decision.verdicts
        if one.outcome != "abstain"
    ]
    objections.sort(key=lambda one: one.outcome != decision.outcome)
    return Judged(decision.outcome, decision.role, tuple(objections))
