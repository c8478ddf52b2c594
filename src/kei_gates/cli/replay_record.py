"""What came of a replay, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kei_gates.replay.summary import FATES, OUTCOMES, most, shown

if TYPE_CHECKING:
    from kei_gates.replay.difference import Change
    from kei_gates.replay.judging import Judged
    from kei_gates.replay.reading import Recorded
    from kei_gates.replay.replaying import Total

    Row = dict[str, Any]


def of_call(call: Recorded, judged: Judged) -> Row:
    """Give a call that is listed: `at` in seconds since the epoch, `then` its fate."""
    return {
        "at": call.at,
        "session": call.session,
        "agent": call.agent_id,
        "agent_type": call.agent_type,
        "role": judged.role,
        "cwd": call.cwd,
        "use": call.use,
        "tool": call.tool,
        "call": shown(call),
        "then": call.fate,
    }


def of_change(change: Change) -> Row:
    """Give how a call changes."""
    return {"other_role": change.other_role, "from": change.before, "to": change.after}


def record(total: Total, top: int | None, *, is_compared: bool) -> Row:
    """Give the summary, with lists of at most `top` rows, none for all of them."""
    summary = total.summary
    return {
        "kind": "summary",
        "calls": summary.calls,
        "refused": summary.refused,
        "undated": total.undated,
        "sessions": len(summary.sessions),
        "first": summary.first,
        "last": summary.last,
        "decisions": {how: summary.of(how) for how in OUTCOMES},
        "then": {
            fate: {how: summary.then(fate, outcomes=(how,)) for how in OUTCOMES} for fate in FATES
        },
        "new_denials": summary.new_denials,
        "let_pass": summary.let_pass,
        "roles": [
            {"role": role, **{how: summary.roles[role, how] for how in OUTCOMES}}
            for role in sorted({role for role, _ in summary.roles})
        ],
        "gates": [
            {"role": role, "gate": gate}
            | {how: summary.gates[role, gate, how] for how in OUTCOMES[1:]}
            for role, gate in sorted({(role, gate) for role, gate, _ in summary.gates})
        ],
        "agents": [
            {"agent": agent, "role": role}
            | {how: summary.agents[agent, role, how] for how in OUTCOMES}
            for agent, role in sorted({(agent, role) for agent, role, _ in summary.agents})
        ],
        "denied": [
            {"count": count, "ran": summary.newly[one], "role": one.role, "call": one.call}
            | one.objection._asdict()
            for one, count in most(summary.denied, top)
        ],
        "difference": _difference_record(total, top) if is_compared else None,
    }


def _difference_record(total: Total, top: int | None) -> Row:
    difference = total.difference
    return {
        "changed": sum(difference.calls.values()),
        "same": difference.same,
        "groups": [
            {"role": change.role, "gate": change.gate, **of_change(change)}
            | {"count": sum(count for _, count in calls)}
            | {
                "calls": [
                    {"count": count, "ran": difference.happened[one], "call": one.call}
                    | {"reason": one.objection.reason, "remedy": one.objection.remedy}
                    for one, count in calls[:top]
                ]
            }
            for change, calls in difference.groups
        ],
    }
