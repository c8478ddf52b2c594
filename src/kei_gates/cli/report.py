"""Show decisions and analyses: as JSON, and decisions for people.

The form of an analysis is one for every command: coverage, why, invocations with their span in
characters, effects. Paths of effects are relative to the folder that the call is made in where they
lie inside it, and absolute elsewhere, both by their spelling.
"""

from __future__ import annotations

from glob import escape
from typing import TYPE_CHECKING, Any

from kei_gates.observe.paths import inside, lexical
from kei_gates.protocol.answer import message, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.cli.second_opinion import Opinion
    from kei_gates.model import Analysis, Decision, Effect, Event
    from kei_gates.particulars import Unseen

    Record = dict[str, Any]


def as_row(identity: object, decision: Decision) -> Record:
    """Give a batch's output row."""
    return {"id": identity, **_outline(decision)}


def as_record(
    decision: Decision, event: Event | None = None, opinion: Opinion | None = None
) -> Record:
    """Give a single decision as JSON.

    With `event`, also what the gates were shown, and with `opinion` what bashlex says to that.
    """
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
        record["analysis"] = as_analysis(event.analysis, event.call.cwd, event.call.effects)
    if opinion is not None:
        record["second_opinion"] = as_opinion(opinion)
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


def as_analysis(analysis: Analysis, cwd: str, effects: Iterable[Effect] = ()) -> Record:
    """Give an analysis as JSON, with the `effects` of the call beside its own."""
    return {
        "coverage": analysis.coverage,
        "why": [unseen.why for unseen in analysis.unseen],
        "invocations": [
            {"argv": list(found.argv), "via": list(found.via), "span": list(found.span)}
            for found in analysis.invocations
        ],
        "effects": [
            {"kind": effect.kind, "path": path_of(effect, cwd)}
            for effect in (*effects, *analysis.effects)
        ],
    }


def path_of(effect: Effect, cwd: str) -> str | None:
    """Give an effect's path as it is shown, none for one that is not known."""
    if effect.path is None:
        return None
    spelled, folder = lexical(effect.path, cwd), lexical(cwd, "/")
    relative = inside(spelled, escape(folder) if effect.glob else folder)
    return spelled if relative is None else relative or "."


def as_opinion(opinion: Opinion) -> Record:
    """Give a second opinion as JSON."""
    return {"verdict": opinion.verdict, "detail": opinion.detail}


def as_text(decision: Decision, event: Event | None = None, opinion: Opinion | None = None) -> str:
    """Give the decision in one line for people; with `event` and `opinion`, also what led to it."""
    lines = [message(decision)]
    if decision.outcome == "abstain" and decision.role is not None:
        lines = [f"kei-gates: no objection (role {decision.role})"]
    if event is not None:
        lines += _explanation(decision, event)
    if opinion is not None:
        lines.append(f"  second opinion (bashlex): {one_line(str(opinion))}")
    return "\n".join(lines)


def _explanation(decision: Decision, event: Event) -> list[str]:
    analysis = event.analysis
    lines = [f"  role: {decision.role}", f"  project: {event.places.project}"]
    lines += [f"  runs: {one_line(' '.join((*f.via, str(f))))}" for f in analysis.invocations]
    lines += [
        f"  {target.effect.kind}s: {one_line(f'{target} ({target.effect.by})')}"
        for target in event.targets
    ]
    lines += [
        f"  {_unseen(unseen)}: `{one_line(event.source(unseen.span).strip())}`: "
        f"{one_line(unseen.why)}"
        for unseen in analysis.unseen
    ]
    for capability, verdict in decision.verdicts:
        reason = f": {one_line(verdict.reason)}" if verdict.reason else ""
        lines.append(f"  {capability}: {verdict.outcome}{reason}")
    return lines


def _unseen(unseen: Unseen) -> str:
    return "note, in a file of the project" if unseen.noted else "not seen"
