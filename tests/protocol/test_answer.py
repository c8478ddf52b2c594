"""What the client is told, byte by byte."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from kei_gates.model import Abstain, Ask, Decision, Deny, fault
from kei_gates.protocol import answer

TEXTS = st.text(st.characters(codec=None))


def test_no_objection_is_silence() -> None:
    for make in (answer.pre_tool_use, answer.block):
        reply = make(Decision("abstain", (("a::b", Abstain()),), "r"))
        assert (reply.stdout, reply.stderr, reply.exit_code) == (b"", b"", 0)


def test_a_deny_is_json_and_stderr_and_exit_2() -> None:
    reply = answer.pre_tool_use(Decision("deny", (("a::b", Deny("why", "instead")),), "r"))
    line = "kei-gates: a::b blocked this for role r: why; instead"
    assert json.loads(reply.stdout) == {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": line,
        }
    }
    assert reply.stderr.decode() == line + "\n"
    assert reply.exit_code == 2


def test_an_ask_is_json_and_exit_0() -> None:
    reply = answer.pre_tool_use(Decision("ask", (("a::b", Ask("why", "instead")),), "r"))
    assert json.loads(reply.stdout)["hookSpecificOutput"]["permissionDecision"] == "ask"
    assert (reply.stderr, reply.exit_code) == (b"", 0)


def test_other_events_are_blocked_by_exit_2() -> None:
    reply = answer.block(fault("why", "instead"))
    assert json.loads(reply.stdout) == {
        "decision": "block",
        "reason": "kei-gates: blocked this: why; instead",
    }
    assert reply.exit_code == 2


def test_further_denials_are_named() -> None:
    verdicts = (("a::b", Deny("why", "so")), ("c::d", Abstain()), ("e::f", Deny("x", "y")))
    assert answer.message(Decision("deny", verdicts)).endswith("why; so (also: e::f)")


@given(TEXTS, TEXTS)
def test_any_reason_gives_one_ascii_line_and_valid_json(reason: str, remedy: str) -> None:
    reply = answer.pre_tool_use(Decision("deny", (("a::b", Deny(reason, remedy)),), "r"))
    assert reply.stdout.isascii()
    assert reply.stderr.count(b"\n") == 1
    assert all(byte == 10 or 32 <= byte < 127 for byte in reply.stderr)
    assert json.loads(reply.stdout)
    assert len(reply.stderr) < 20_000


def test_the_sign_of_a_product_stays_readable() -> None:
    estimate = "Estimate: $13.50 (= 2 × 1.5 h × $4.50/h H100)"
    assert answer.one_line(estimate) == "Estimate: $13.50 (= 2 x 1.5 h x $4.50/h H100)"
