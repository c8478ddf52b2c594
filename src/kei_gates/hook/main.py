"""The hook: one payload on stdin, one answer, always.

The client lets a call run on most ways in which a hook can fail, so nothing may leave this module
but an answer: every exception is a deny, and a timer answers when nothing else does in time.
"""

from __future__ import annotations

# `signal` wraps these in enums, at the price of a quarter of an interpreter start.
from _signal import (  # type: ignore[import-not-found]
    ITIMER_REAL,
    SIGALRM,
    setitimer,
    signal,
)
from posix import _exit, write

from kei_gates.model import Decision, Fault, fault
from kei_gates.observe.files import TooLargeError, read_stream
from kei_gates.protocol import answer, payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from kei_gates.protocol.answer import Answer

DEADLINE = 8.0
"""Seconds until the hook gives up and denies; the installed hook's own timeout is 20."""

LARGEST_PAYLOAD = 8 << 20
"""Bytes of stdin that are read; the largest real payloads hold one file's text."""


def main(argv: Sequence[str]) -> NoReturn:
    """Answer the event that `argv` names and end the process."""
    event = argv[0] if argv else ""
    try:
        _arm(event)
        decision = decide(event, argv[1:], read_stream(0, LARGEST_PAYLOAD))
        reply = to_answer(event, decision)
    except BaseException as error:  # noqa: BLE001 -- the fail-closed boundary
        reply = to_answer(event, denial(error))
    _end(reply)


def decide(event: str, arguments: Sequence[str], raw: bytes) -> Decision:
    """Decide one event from its raw payload. Raises `Fault`, and whatever a defect raises."""
    handler = HANDLERS.get(event)
    if handler is None:
        raise Fault(f"there is no hook for the event `{event}`", "run `kei-gates install` again")
    return handler(payload.parse(raw, event), arguments)


def pre_tool_use(fields: dict[str, object], arguments: Sequence[str]) -> Decision:  # noqa: ARG001
    """Judge a tool call by the roles and the task of its principal."""
    from kei_gates.hook.session import decide

    return decide(fields)


def config_change(fields: dict[str, object], arguments: Sequence[str]) -> Decision:
    """Judge a change of a settings file while the session runs."""
    from kei_gates.hook.config_change import judge

    return judge(fields, arguments)


HANDLERS: dict[str, Callable[[dict[str, object], Sequence[str]], Decision]] = {
    "PreToolUse": pre_tool_use,
    "ConfigChange": config_change,
}


def to_answer(event: str, decision: Decision) -> Answer:
    """Put a decision in the form that the event's answer has."""
    return answer.ANSWERS.get(event, answer.block)(decision)


def denial(error: BaseException) -> Decision:
    """Turn what was raised into a denial that says what a person can do."""
    if isinstance(error, Fault):
        return fault(error.reason, error.remedy)
    if isinstance(error, TooLargeError):
        return fault(f"the payload cannot be read: {error}", "make the change in smaller parts")
    return fault(
        f"kei-gates failed with {type(error).__name__}: {error}",
        "report this with the call that caused it",
    )


def _arm(event: str) -> None:
    """Set the timer. Its answer ends the process from within, so nothing can swallow it."""

    def give_up(*_: object) -> None:
        _end(
            to_answer(
                event,
                fault(
                    f"judging this took longer than {DEADLINE:g} seconds",
                    "split the call, or try again if the machine is busy",
                ),
            )
        )

    signal(SIGALRM, give_up)
    setitimer(ITIMER_REAL, DEADLINE)


def _end(reply: Answer) -> NoReturn:
    """Write the answer and leave at once: no handler or buffer may change the exit code."""
    for descriptor, content in ((1, reply.stdout), (2, reply.stderr)):
        rest = content
        try:
            while rest:
                rest = rest[write(descriptor, rest) :]
        except OSError:
            continue  # nobody reads it; the exit code still tells
    _exit(reply.exit_code)
