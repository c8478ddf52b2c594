"""Decide one tool call of a session: by the roles of its principal, and by its task."""

from __future__ import annotations

from kei_gates.hook import bindings, places, store, trust, who
from kei_gates.hook.judge import judge
from kei_gates.hook.session_facts import SessionFacts
from kei_gates.model import Decision, Fault, Role
from kei_gates.protocol import payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.hook.bindings import Task
    from kei_gates.hook.recording import Recording
    from kei_gates.model import Call, Deny, Places
    from kei_gates.policy.compiled import CompiledGrant, Policy


def decide(fields: Mapping[str, object], recording: Recording) -> Decision:
    """Decide a PreToolUse payload. Raises `Fault`, and whatever a gate raises.

    What is recorded of it is told where it takes place.
    """
    call = payload.to_call(fields)
    recording.places = where = places.from_client(call.cwd)
    try:
        policy = trust.load(where)
        keys = who.keys_of(policy, call.principal, where)
        tasks = bindings.tasks(call, fields, where)
    except Fault:
        if call.mutates:
            raise
        return _look(call, where)
    bindings.refuse_line(call, fields)
    asked = bindings.asked_task(call, policy, where)
    role = narrowed(policy, keys, tasks)
    refusal = refuse(policy, call, keys, where)
    if refusal is not None:
        return Decision("deny", (("kei-gates", refusal),), role.name)
    session = SessionFacts(fields, where, policy.rates)
    decision = judge(call, role, where, facts=session.facts)
    if decision.outcome != "abstain":
        from kei_gates.hook import confirmations  # few calls are objected to

        decision = confirmations.apply(decision, fields, call, where, session.facts)
    if decision.outcome == "deny":
        from kei_gates.hook import grants  # the same

        decision = grants.apply(decision, fields, where, session.facts.now)
    session.settle(decision)
    if asked is not None and decision.outcome != "deny":
        started = payload.text(fields, "tool_use_id")
        bindings.Session(fields, where).start(started, asked)
    return decision


def refuse(policy: Policy, call: Call, keys: list[str], where: Places) -> Deny | None:
    """Refuse what no capability is asked about: who may be started, and who may act at all."""
    return who.refuse_role(policy, call, keys) or who.refuse_spawn(policy, call, where)


def narrowed(policy: Policy, keys: list[str], tasks: list[Task]) -> Role:
    """Give the role of a principal, narrowed by its tasks. Raises `Fault`."""
    whole = policy.role(keys[0], *_parts(policy, keys, tasks, _GATES))
    return _named(whole, tasks)


def narrowed_checks(policy: Policy, keys: list[str], tasks: list[Task]) -> Role:
    """Give in the same way what a principal is checked for on return. Raises `Fault`."""
    whole = policy.checks(keys[0], *_parts(policy, keys, tasks, _CHECKS))
    return _named(whole, tasks)


_GATES, _CHECKS = 2, 3  # in a task


def _parts(
    policy: Policy, keys: list[str], tasks: list[Task], grants: int
) -> list[str | list[CompiledGrant]]:
    parts: list[str | list[CompiledGrant]] = list(keys[1:])
    for task in tasks:
        name, role = task[:2]
        parts.append(task[grants])  # type: ignore[arg-type]  # either of the lists
        try:
            parts += [policy.key(role)] if role else []
        except KeyError:
            raise Fault(f"the role `{role}` of task `{name}` is gone", "start it again") from None
    return parts


def _named(role: Role, tasks: list[Task]) -> Role:
    """Give a role the names of its tasks."""
    return Role("/".join((role.name, *(task[0] for task in tasks))), role.grants) if tasks else role


def _look(call: Call, where: Places) -> Decision:
    """Decide a call that only looks where the project's policy cannot be had.

    Looking at what is broken helps to mend it; what the layers above forbid stays forbidden.
    """
    try:
        policy = store.load_above(where.home)
        role = policy.role(*policy.keys_of(call.principal))
    except Fault:
        return Decision("abstain", ())
    return judge(call, role, where)
