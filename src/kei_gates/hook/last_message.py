"""The last message of an agent: what it returns to whoever started it.

Measured on client 2.1.330: a payload's `last_assistant_message` is the last block of text of the
last message; it is missing where that has none. In the transcript each block has a record of its
own, with the `id` of its message, and the last of them comes some 0.1 s after the hook has started.
"""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING

from kei_gates.hook import transcript
from kei_gates.hook.transcript_files import read_end
from kei_gates.model import Fault
from kei_gates.protocol import payload

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE = 1.5
_PAUSE = 0.02
_TAIL = 4 << 20
_BLOCK = b'"text"'


def report_of(fields: Mapping[str, object]) -> str:
    """Give all text of the last message; empty where it has none. Raises `Fault`."""
    last = payload.optional_text(fields, "last_assistant_message") or ""
    key = "agent_transcript_path" if "agent_id" in fields else "transcript_path"
    path = payload.optional_text(fields, key)
    if not last or not path:
        return last
    until = monotonic() + _PATIENCE
    while True:
        whole = _last_message(path)
        if whole.endswith(last):
            return whole
        if monotonic() > until:
            return last
        sleep(_PAUSE)


def _last_message(path: str) -> str:
    """Give the text blocks of the last message in a transcript that has any."""
    try:
        tail = read_end(path, _TAIL)
    except Fault:
        return ""  # it may not be there yet
    identity: object = None
    texts: list[str] = []
    for record in transcript.records(tail, _BLOCK):
        message = record.get("message")
        if record["type"] != "assistant" or not isinstance(message, dict):
            continue
        if message.get("id") != identity:
            identity = message.get("id")
            texts = []
        texts += [transcript.text_of([block]) for block in transcript.blocks_of(record)]
    return "\n".join(text for text in texts if text)
