"""Tell who started an agent that what it returned does not hold, or that nobody has looked at it.

An agent may return although it does not hold: after its last chance, or because the client never
asked (a limit of turns, an error). Measured on client 2.1.330: after the call that started an agent
has ended, PostToolUse reaches the model with its `additionalContext`; the end of an agent in the
background comes as a prompt that begins with `<task-notification>` and names the agent, and the
context that UserPromptSubmit adds reaches the model with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.hook import bindings, places, return_notes
from kei_gates.protocol import payload
from kei_gates.protocol.answer import NO_OBJECTION, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.protocol.answer import Answer

    Fields = Mapping[str, object]

_NOTIFICATION = "<task-notification>"
_ID = ("<task-id>", "</task-id>")
_STATUS = "<status>completed</status>"
_UNLOOKED = (
    "kei-gates: NOT VERIFIED: agent {agent} ended before anybody could look at what it returns (a "
    "limit of turns, or an error): look at its work yourself, or let it go on"
)


def after_call(fields: Fields) -> Answer:
    """Tell of an agent whose call has ended. Raises `Fault`."""
    response = fields.get("tool_response")
    if not isinstance(response, dict) or response.get("status") != "completed":
        return NO_OBJECTION
    agent = response.get("agentId")
    return _tell(fields, agent) if isinstance(agent, str) else NO_OBJECTION


def on_prompt(fields: Fields) -> Answer:
    """Tell of an agent in the background that has ended. Raises `Fault`."""
    prompt = payload.optional_text(fields, "prompt") or ""
    if not prompt.lstrip().startswith(_NOTIFICATION) or _STATUS not in prompt:
        return NO_OBJECTION
    agent = prompt.partition(_ID[0])[2].partition(_ID[1])[0]
    return _tell(fields, agent) if agent and bindings.is_plain(agent) else NO_OBJECTION


def _tell(fields: Fields, agent: str) -> Answer:
    where = places.from_client(payload.absolute(fields, "cwd"))
    folder = bindings.Session(fields, where).folder
    note = return_notes.read(folder, agent)
    if note is None or note.told or (note.holds and note.looked):
        return NO_OBJECTION
    return_notes.write(folder, agent, note.marked_told())
    text = note.said if note.looked else _UNLOOKED.format(agent=agent)
    return told(payload.text(fields, "hook_event_name"), text)
