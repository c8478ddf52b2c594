"""Show decisions: for people, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kei_gates.protocol.answer import message, one_line

if TYPE_CHECKING:
    from kei_gates.model import Decision, Event

    Record = dict[str, Any]


def as_row(identity: object, decision: Decision) -> Record:
    """Give a batch's output row."""
    return {"id": identity, **_outline(decision)}


def as_record(decision: Decision, event: Event | None = None) -> Record:
    """Give a single decision as JSON; with `event`, also what the gates were shown."""
    record: Record = {
        **_outline(decision),
        "role": decision.role,
        "verdicts": [
            {
                "capability": capability,
                "outcome": verdict.outcome,
                "reason": verdict.reason or None,
                "remedy": verdict.remedy or None,
            }
            for capability, verdict in decision.verdicts
        ],
    }
    if event is not None:
        record["analysis"] = _seen(event)
    return record


def _outline(decision: Decision) -> Record:
    if decision.leading is None:
        return {"decision": "abstain", "gate": None, "reason": None, "remedy": None}
    capability, verdict = decision.leading
    return {
        "decision": decision.outcome,
        "gate": capability,
        "reason": verdict.reason,
        "remedy": verdict.remedy,
    }


def _seen(event: Event) -> Record:
    """Give the analysis in the form of `kei-gates parse`."""
    analysis = event.analysis
    return {
        "coverage": analysis.coverage,
        "why": [unseen.why for unseen in analysis.unseen],
        "invocations": [
            {"argv": list(found.argv), "via": list(found.via), "span": list(found.span)}
            for found in analysis.invocations
        ],
        "effects": [
            {"kind": effect.kind, "path": effect.path}
            for effect in (*event.call.effects, *analysis.effects)
        ],
    }


def as_text(decision: Decision, event: Event | None = None) -> str:
    """Give the decision in one line for people; with `event`, also what led to it."""
    line = message(decision)
    if decision.outcome == "abstain" and decision.role is not None:
        line = f"kei-gates: no objection (role {decision.role})"
    return "\n".join([line, *(_explanation(decision, event) if event is not None else ())])


def _explanation(decision: Decision, event: Event) -> list[str]:
    analysis = event.analysis
    lines = [f"  role: {decision.role}", f"  project: {event.places.project}"]
    lines += [f"  runs: {one_line(' '.join((*f.via, str(f))))}" for f in analysis.invocations]
    lines += [
        f"  {target.effect.kind}s: {one_line(str(target))} ({target.effect.by})"
        for target in event.targets
    ]
    lines += [
        f"  not seen: `{one_line(event.source(unseen.span).strip())}`: {unseen.why}"
        for unseen in analysis.unseen
    ]
    for capability, verdict in decision.verdicts:
        reason = f": {one_line(verdict.reason)}" if verdict.reason else ""
        lines.append(f"  {capability}: {verdict.outcome}{reason}")
    return lines
