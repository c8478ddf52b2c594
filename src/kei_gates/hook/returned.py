"""Tell who started an agent that what it returned does not hold, or that nobody has looked at it.

An agent may return although it does not hold: after its last chance, or because the client never
asked (a limit of turns, an error). Measured on client 2.1.330: after the call that started an agent
has ended, PostToolUse reaches the model with its `additionalContext`; the end of an agent in the
background comes as a prompt that begins with `<task-notification>` and names the agent, and the
context that UserPromptSubmit adds reaches the model with it. With such a prompt all are told of
that were let go and nobody was told of: those of a workflow have no notification of their own.
"""

from __future__ import annotations

from posix import listdir

from kei_gates.hook import bindings, places, return_notes
from kei_gates.observe.paths import exists
from kei_gates.protocol import payload
from kei_gates.protocol.answer import told
from kei_gates.protocol.reply import NO_OBJECTION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.hook.return_notes import Note
    from kei_gates.protocol.reply import Answer

    Fields = Mapping[str, object]

MAIN = "main"
"""What the main thread is called among the notes on agents."""

_NOTIFICATION = "<task-notification>"
_ID = ("<task-id>", "</task-id>")
_STATUS = "<status>completed</status>"

_START = "kei-gates: NOT VERIFIED: agent {agent} "
_DONE = "do not take it for done: mend it, start the agent again, or ask the person"
_REFUTED = f"{_START}has returned, and what it returns does not hold:\n{{said}}\n{_DONE}"
_UNFINISHED = (
    f"{_START}has ended without returning again (a limit of turns, or an error); what did not hold "
    f"last:\n{{said}}\n{_DONE}"
)
_UNLOOKED = (
    f"{_START}ended before anybody could look at what it returns (a limit of turns, or an error): "
    "look at its work yourself, or let it go on"
)


def after_call(fields: Fields) -> Answer:
    """Tell of an agent whose call has ended. Raises `Fault`."""
    response = fields.get("tool_response")
    if not isinstance(response, dict) or response.get("status") != "completed":
        return NO_OBJECTION
    agent = response.get("agentId")
    if not isinstance(agent, str):
        return NO_OBJECTION
    return _tell(fields, _folder(fields), [bindings.checked(agent, "agentId")])


def on_prompt(fields: Fields) -> Answer:
    """Tell of agents in the background that have ended. Raises `Fault`."""
    prompt = payload.optional_text(fields, "prompt") or ""
    if not prompt.lstrip().startswith(_NOTIFICATION):
        return NO_OBJECTION
    folder = _folder(fields)
    ended = []
    if _STATUS in prompt:
        ended = [prompt.partition(_ID[0])[2].partition(_ID[1])[0]]
    agents = [agent for agent in ended if _is_agent(fields, folder, agent)]
    return _tell(fields, folder, [*agents, *_let_go(folder, agents)])


def _folder(fields: Fields) -> str:
    where = places.from_client(payload.absolute(fields, "cwd"))
    return bindings.Session(fields, where).folder


def _is_agent(fields: Fields, folder: str, task: str) -> bool:
    """Whether a task of the session is an agent: shells in the background are tasks too."""
    if not bindings.is_plain(task):
        return False
    transcripts = (payload.optional_text(fields, "transcript_path") or "").removesuffix(".jsonl")
    return exists(f"{transcripts}/subagents/agent-{task}.jsonl") or (
        return_notes.read(folder, task) is not None
    )


def _let_go(folder: str, but: list[str]) -> list[str]:
    """Give the others that were let go although it did not hold. Raises `Fault`."""
    try:
        names = listdir(folder)
    except OSError:
        return []  # nothing was noted of anybody
    found = []
    for agent in return_notes.agents(names):
        note = None if agent in (MAIN, *but) else return_notes.read(folder, agent)
        if note is not None and note.looked and not note.holds:
            found.append(agent)
    return found


def _tell(fields: Fields, folder: str, agents: list[str]) -> Answer:
    """Tell of each agent once. Raises `Fault`."""
    texts = []
    for agent in agents:
        note = return_notes.read(folder, agent)
        if note is None:
            texts.append(_UNLOOKED.format(agent=agent))
        elif not note.told and not note.is_over:
            return_notes.write(folder, agent, note.marked_told())
            texts.append(_text(agent, note))
    if not texts:
        return NO_OBJECTION
    return told(payload.text(fields, "hook_event_name"), "\n\n".join(texts))


def _text(agent: str, note: Note) -> str:
    if not note.said:
        return _UNLOOKED.format(agent=agent)
    return (_REFUTED if note.looked else _UNFINISHED).format(agent=agent, said=note.said)
