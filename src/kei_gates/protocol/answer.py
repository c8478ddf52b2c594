"""From a `Decision` to what the client is told.

Measured on client 2.1.330 and 2.1.197: a deny holds with exit code 2 and with the JSON; together
the model is shown the reason without the hook's command line. An `allow` would skip the user's own
permission prompt, so no objection is silence. Everything is ASCII: a lone surrogate in a reason
crashed a hook, and the call ran.
"""

from __future__ import annotations

from kei_gates.protocol.json_text import quote
from kei_gates.protocol.reply import NO_OBJECTION, Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from kei_gates.model import Decision

DENY_EXIT = 2
_LONGEST_MESSAGE = 2000


def message(decision: Decision) -> str:
    """Say in one line what was decided, why, and what to do instead."""
    if decision.leading is None:
        return "no objection"
    capability, verdict = decision.leading
    source = "" if capability == "kei-gates" else f"{capability} "
    role = f" for role {decision.role}" if decision.role else ""
    verb = _VERBS[decision.outcome]
    line = f"kei-gates: {source}{verb} this{role}: {verdict.reason}; {verdict.remedy}"
    others = [name for name, other in decision.verdicts if other.outcome == decision.outcome][1:]
    if others:
        line += f" (also: {', '.join(others)})"
    return one_line(line)


_VERBS = {"ask": "asks a person about", "deny": "blocked"}


def one_line(line: str) -> str:
    """Make text safe to show on one line of a terminal: ASCII, no control characters, bounded."""
    if len(line) > _LONGEST_MESSAGE:
        line = line[: _LONGEST_MESSAGE // 2] + " ... " + line[-_LONGEST_MESSAGE // 2 :]
    plain = line.replace("×", "x").encode("ascii", "backslashreplace").decode("ascii")
    return "".join(c if " " <= c <= "~" else _ESCAPES.get(c, f"\\x{ord(c):02x}") for c in plain)


_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def pre_tool_use(decision: Decision) -> Answer:
    """Answer a PreToolUse event."""
    if decision.outcome == "abstain":
        return NO_OBJECTION
    line = message(decision)
    body = (
        '{"hookSpecificOutput":{"hookEventName":"PreToolUse",'
        f'"permissionDecision":"{decision.outcome}","permissionDecisionReason":{quote(line)}}}}}\n'
    )
    if decision.outcome == "ask":
        return Answer(body.encode("ascii"), b"", 0)
    return Answer(body.encode("ascii"), line.encode("ascii") + b"\n", DENY_EXIT)


def block(decision: Decision) -> Answer:
    """Answer any other event: exit code 2 blocks what can be blocked, stderr says why."""
    if decision.outcome == "abstain":
        return NO_OBJECTION
    line = message(decision)
    body = f'{{"decision":"block","reason":{quote(line)}}}\n'
    return Answer(body.encode("ascii"), line.encode("ascii") + b"\n", DENY_EXIT)


def sent_back(text: str) -> Answer:
    """Answer an agent's return by sending it back with a text of several lines.

    The exit code and the JSON block each by themselves; with both the agent is shown the text and
    not the hook's command line.
    """
    body = f'{{"decision":"block","reason":{quote(lines(text))}}}\n'
    return Answer(body.encode("ascii"), lines(text).encode("ascii") + b"\n", DENY_EXIT)


def told(event: str, text: str) -> Answer:
    """Answer an event by telling the model something."""
    body = (
        f'{{"hookSpecificOutput":{{"hookEventName":"{event}",'
        f'"additionalContext":{quote(lines(text))}}}}}\n'
    )
    return Answer(body.encode("ascii"), b"", 0)


def shown(text: str) -> Answer:
    """Answer an event by showing the person something."""
    return Answer(f'{{"systemMessage":{quote(lines(text))}}}\n'.encode("ascii"), b"", 0)


_MOST_LINES = 120


def lines(text: str) -> str:
    """Make text of several lines safe to show, each as `one_line` does."""
    parts = text.split("\n")
    if len(parts) > _MOST_LINES:
        parts = [*parts[: _MOST_LINES // 2], "...", *parts[-_MOST_LINES // 2 :]]
    return "\n".join(one_line(part) for part in parts)


def fault_told(event: str) -> Callable[[Decision], Answer]:
    """Give what answers an event that only tells: a fault is told, and stops nobody."""
    return lambda decision: told(event, message(decision))


ANSWERS = {
    "PreToolUse": pre_tool_use,
    "PostToolUse": fault_told("PostToolUse"),
    "SessionStart": lambda decision: shown(message(decision)),
    "UserPromptSubmit": fault_told("UserPromptSubmit"),
}
"""How a decision on an event is answered; on every other one by `block`."""
