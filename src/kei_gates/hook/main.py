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

from kei_gates.hook.recording import Recording
from kei_gates.model import Decision, Fault, fault
from kei_gates.observe.files import TooLargeError, read_stream
from kei_gates.protocol import payload
from kei_gates.protocol.reply import NO_OBJECTION, Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

DEADLINE = 8.0
"""Seconds until the hook gives up and denies; the installed hook's own timeout is 20."""

DEADLINES = {"SubagentStart": 50.0, "SubagentStop": 3500.0, "Stop": 3500.0}
"""The same of events that may take longer; their installed timeouts are 60 and 3600."""

_BLOCKS = 2  # the exit code that blocks, whatever stdout holds

_SPLIT = "split the call, or try again if the machine is busy"
_SHORTER = "have the commands that the role runs on return take less time"

LARGEST_PAYLOAD = 8 << 20
"""Bytes of stdin that are read; the largest real payloads hold one file's text."""


def main(argv: Sequence[str]) -> NoReturn:
    """Answer the event that `argv` names and end the process."""
    event = argv[0] if argv else ""
    recording = Recording(event)
    try:
        _arm(event, recording)
        reply = respond(event, argv[1:], read_stream(0, LARGEST_PAYLOAD), recording)
    except BaseException as error:  # noqa: BLE001 -- the fail-closed boundary
        denied = denial(error)
        recording.try_to_write(denied)
        reply = to_answer(event, denied)
    _end(reply)


def respond(event: str, arguments: Sequence[str], raw: bytes, recording: Recording) -> Answer:
    """Answer one event by its raw payload. Raises `Fault`, and whatever a defect raises."""
    handler = HANDLERS.get(event)
    if handler is None:
        raise Fault(f"there is no hook for the event `{event}`", "run `kei-gates install` again")
    recording.fields = payload.parse(raw, event)
    found = handler(recording, arguments)
    if isinstance(found, Answer):
        return found
    recording.write(found)
    return to_answer(event, found)


# Every handler is given the payload, in its record, and the arguments of the installed hook.


def pre_tool_use(recording: Recording, arguments: Sequence[str]) -> Decision:  # noqa: ARG001
    """Judge a tool call by the roles and the task of its principal."""
    from kei_gates.hook.session import decide

    return decide(recording.fields, recording)


def config_change(recording: Recording, arguments: Sequence[str]) -> Decision:
    """Judge a change of a settings file while the session runs."""
    from kei_gates.hook.config_change import judge

    return judge(recording.fields, arguments)


def subagent_start(recording: Recording, arguments: Sequence[str]) -> Answer:  # noqa: ARG001
    """Note how things are when a subagent begins."""
    from kei_gates.hook.starts import begin

    return begin(recording.fields)


def subagent_stop(recording: Recording, arguments: Sequence[str]) -> Answer:  # noqa: ARG001
    """Look at what a subagent returns."""
    from kei_gates.hook.returns import stop

    return stop(recording.fields)


def stop(recording: Recording, arguments: Sequence[str]) -> Answer:  # noqa: ARG001
    """Look at the main thread's work where its role asks for that."""
    from kei_gates.hook.main_stop import stop as answer_stop

    return answer_stop(recording.fields)


def post_tool_use(recording: Recording, arguments: Sequence[str]) -> Answer:  # noqa: ARG001
    """Tell who started an agent whether what it returned holds."""
    from kei_gates.hook.returned import after_call

    return after_call(recording.fields)


def user_prompt_submit(recording: Recording, arguments: Sequence[str]) -> Answer:  # noqa: ARG001
    """Tell the same of an agent in the background."""
    from kei_gates.hook.returned import on_prompt

    return on_prompt(recording.fields)


def session_start(recording: Recording, arguments: Sequence[str]) -> Answer:  # noqa: ARG001
    """Tell the person what of the gate is not whole."""
    from kei_gates.hook.session_start import start

    return start(recording.fields, frozenset(HANDLERS))


HANDLERS: dict[str, Callable[[Recording, Sequence[str]], Decision | Answer]] = {
    "PreToolUse": pre_tool_use,
    "ConfigChange": config_change,
    "SubagentStart": subagent_start,
    "SubagentStop": subagent_stop,
    "Stop": stop,
    "PostToolUse": post_tool_use,
    "UserPromptSubmit": user_prompt_submit,
    "SessionStart": session_start,
}


def to_answer(event: str, decision: Decision) -> Answer:
    """Put a decision in the form that the event's answer has."""
    if decision.outcome == "abstain":
        return NO_OBJECTION
    from kei_gates.protocol import answer  # most calls pass

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


def _arm(event: str, recording: Recording) -> None:
    """Set the timer. Its answer ends the process from within, so nothing can swallow it."""
    deadline = DEADLINES.get(event, DEADLINE)

    def give_up(*_: object) -> None:
        denied = fault(
            f"judging this took longer than {deadline:g} seconds",
            _SHORTER if event in DEADLINES else _SPLIT,
        )
        recording.try_to_write(denied, waits=False)
        try:
            reply = to_answer(event, denied)
        except BaseException:  # noqa: BLE001 -- what was interrupted might swallow it, and go on
            reply = Answer(b"", b"kei-gates: judging this took too long\n", _BLOCKS)
        _end(reply)

    signal(SIGALRM, give_up)
    setitimer(ITIMER_REAL, deadline)


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
