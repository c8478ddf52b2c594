"""The words `yes, stop it`, typed by a person in the session, and what they are meant for."""

from __future__ import annotations

from posix import environ

from kei_gates.hook import transcript
from kei_gates.observe.clients import is_above, is_below_agent
from kei_gates.protocol import payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kei_gates.hook.pending import Note
    from kei_gates.hook.transcript import Prompt

PHRASE = "yes, stop it"
WAITS = 3600.0
"""Seconds for which something that was stopped waits for a word that names nothing."""


def since(note: Note, fields: Mapping[str, object]) -> Prompt | None:
    """Give the last prompt with the phrase that was typed after a note was made. Raises `Fault`."""
    prompts = [one for one in transcript.prompts(fields) if one.at > note.at and says(one.text)]
    return prompts[-1] if prompts else None


def flaw(prompt: Prompt, note: Note, others: Iterable[Note], fields: Mapping[str, object]) -> str:
    """Say why a prompt with the phrase is no word for a note; empty where it is one.

    Only the prompt that began the turn of the call counts: the client itself tells of every call
    which that was, so it has taken the prompt from its own terminal.
    """
    if prompt.turn != payload.optional_text(fields, "prompt_id"):
        return f"`{PHRASE}` was not said in this turn"
    if not names(prompt.text, note):
        waiting = [other for other in others if _waits(other, prompt, fields)]
        named = next((other for other in waiting if names(prompt.text, other)), None)
        if named is not None:
            return f"`{PHRASE}` was said for {named.target}"
        if waiting:
            return f"`{PHRASE}` does not say for what: {waiting[0].target} waits too"
    if not _is_persons_client():
        return f"an agent may have started this client, so a typed `{PHRASE}` does not count"
    return ""


def _waits(other: Note, prompt: Prompt, fields: Mapping[str, object]) -> bool:
    """Whether something else still waited for this word when it was typed."""
    if not other.by_chat or not prompt.at - WAITS < other.at < prompt.at:
        return False
    path = payload.optional_text(fields, "transcript_path")
    return not (path and other.use and transcript.ran(path, other.use))


def says(text: str) -> bool:
    """Whether a prompt says the phrase. Quoted as code, in a message of the gate, it is only told.

    >>> says("Yes, stop it. It costs too much."), says("what is `yes, stop it` for?")
    (True, False)
    """
    plain = " ".join(text.casefold().split())
    if plain.strip("`\"'. !") == PHRASE:
        return True
    outside = " ` ".join(plain.split("`")[::2])
    return _holds(outside, PHRASE)


def names(text: str, note: Note) -> bool:
    """Whether a prompt names what a note is about: all that stands in backticks, or its code."""
    ids = note.target.split("`")[1::2] or note.target.split()[-1:]
    plain = text.casefold()
    return _holds(plain, note.code) or (
        bool(ids) and all(_holds(plain, one.casefold()) for one in ids)
    )


def _holds(text: str, part: str) -> bool:
    """Whether a part stands in a text, and not inside of a longer word."""
    at = text.find(part) if part else -1
    while at >= 0:
        before, after = text[:at][-1:], text[at + len(part) :][:2]
        if not (_joins(before) or _joins(after[:1]) or (after[:1] == "." and after[1:].isalnum())):
            return True
        at = text.find(part, at + 1)
    return False


def _joins(letter: str) -> bool:
    return letter.isalnum() or letter in ("-", "_") if letter else False


def _is_persons_client() -> bool:
    """Whether no agent has started the client that this hook answers, as far as can be seen."""
    named = environ.get(b"CLAUDE_PID", b"")
    if not named.isdigit() or not is_above(int(named)):
        return False
    return is_below_agent(int(named)) is False
