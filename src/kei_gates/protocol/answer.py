"""From a `Decision` to what the client is told.

Measured on client 2.1.330 and 2.1.197: a deny holds with exit code 2 and with the JSON; together
the model is shown the reason without the hook's command line. An `allow` would skip the user's own
permission prompt, so no objection is silence. Everything is ASCII: a lone surrogate in a reason
crashed a hook, and the call ran.
"""

from __future__ import annotations

from kei_gates.protocol.json_text import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.model import Decision

DENY_EXIT = 2
_LONGEST_MESSAGE = 2000


class Answer:
    """What the hook process does: bytes for stdout and stderr, and the exit code."""

    __slots__ = ("exit_code", "stderr", "stdout")

    def __init__(self, stdout: bytes, stderr: bytes, exit_code: int) -> None:
        self.stdout: Final = stdout
        self.stderr: Final = stderr
        self.exit_code: Final = exit_code


NO_OBJECTION = Answer(b"", b"", 0)


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


ANSWERS = {"PreToolUse": pre_tool_use}
"""How an event is answered; every other one by `block`."""
