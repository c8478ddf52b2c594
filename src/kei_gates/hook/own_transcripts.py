"""Read the transcripts of a session whole when an agent returns.

Measured on client 2.1.330. When the hook of a return starts, the end of the agent's transcript is
missing yet, for some 0.1 s. A command that is sent to the background, by its caller or because it
took longer than its timeout, has a result at once; so has a Monitor. Its end is told later, by a
record whose origin is `task-notification` and whose text begins with the id of the call (a text
that an agent has scheduled has no such origin). An agent that was started in the foreground loses
such commands when it returns, without a word.
"""

from __future__ import annotations

import json
import os
import re
import time
from typing import TYPE_CHECKING

from kei_gates.hook.transcript import blocks_of, time_of
from kei_gates.hook.transcript_files import LARGEST, of_subagents, read_end
from kei_gates.model import Fault, Value
from kei_gates.observe.paths import exists

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Final

    Record = dict[str, Any]

PATIENCE = 5.0
"""Seconds that the end of the agent's transcript is waited for."""

_PAUSE, _QUIET = 0.02, 0.15
_TAIL = 1 << 22
_NOTICE = re.compile(
    r"<task-notification>\n<task-id>[^<\n]*</task-id>\n<tool-use-id>([^<\n]+)</tool-use-id>\n"
)
_NOTIFIED = b'"task-notification"'


class Text(Value):
    """What was read of a transcript: all of it, or its end.

    `begins` is when the first record was made that was read whole: 0 for all of it, none where
    nobody knows.
    """

    __slots__ = ("begins", "text")

    def __init__(self, text: bytes, *, is_whole: bool) -> None:
        self.text: Final = text
        self.begins: Final = 0.0 if is_whole else _first_time(text)

    def reaches(self, since: float) -> bool:
        """Say whether it goes back to a time."""
        return self.begins is not None and self.begins <= since


def wait_for_end(path: str, last: str | None) -> None:
    """Wait until a transcript ends with the last message of who returns. Raises `Fault`."""
    until = time.monotonic() + PATIENCE
    size, since = -1, time.monotonic()
    while True:
        text = _tail(path)
        if len(text) != size or not _is_over(text, last):
            size, since = len(text), time.monotonic()
        elif time.monotonic() - since >= _QUIET:
            return
        if time.monotonic() > until:
            raise Fault(
                f"`{path}` does not end with the agent's last message", "let the agent return again"
            )
        time.sleep(_PAUSE)


def _tail(path: str) -> bytes:
    return read_end(path, _TAIL) if exists(path) else b""


def _is_over(text: bytes, last: str | None) -> bool:
    """Whether the last record of a conversation is a message without a call, the awaited one."""
    for line in reversed(text.split(b"\n")):
        if b'"type":"assistant"' not in line and b'"type":"user"' not in line:
            continue
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if not isinstance(record, dict) or record.get("type") not in ("assistant", "user"):
            continue
        blocks = list(blocks_of(record))
        if record["type"] == "user" or any(one.get("type") == "tool_use" for one in blocks):
            return False
        said = [str(one.get("text")) for one in blocks if one.get("type") == "text"]
        return last is None or (bool(said) and said[-1].strip() == last.strip())
    return False


def texts(own: str, main: str) -> dict[str, Text]:
    """Read the transcripts of a session, that of who returns first, then the latest.

    Raises `Fault` where one cannot be read.
    """
    found = {own: _text(own, LARGEST)}
    others = [path for path in (main, *of_subagents(main)) if path != own]
    left = LARGEST
    for path in sorted(others, key=_written_at, reverse=True):
        found[path] = _text(path, left)
        left -= len(found[path].text)
    return found


def _text(path: str, most: int) -> Text:
    text = read_end(path, most)
    return Text(text, is_whole=len(text) < most)


def _written_at(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _first_time(text: bytes) -> float | None:
    for line in text.split(b"\n")[1:]:
        try:
            record = json.loads(line) if b'"timestamp"' in line else None
        except ValueError:
            continue
        at = time_of(record) if isinstance(record, dict) else None
        if at is not None:
            return at
    return None


def ends(text: bytes) -> Iterator[tuple[str, float]]:
    """Give the calls of which a transcript tells that what they left running has ended."""
    for line in text.split(b"\n") if _NOTIFIED in text else ():
        if _NOTIFIED not in line:
            continue
        try:
            record = json.loads(line)
        except ValueError:
            continue
        told = _notice(record) if isinstance(record, dict) else ""
        found, at = _NOTICE.match(told), time_of(record) if told else None
        if found and at is not None:
            yield found[1], at


def _notice(record: Record) -> str:
    """Give the text of a record that is the client's own on a task that has ended."""
    attached = record.get("attachment")
    if record.get("type") == "attachment" and isinstance(attached, dict):
        origin, text = attached.get("origin"), attached.get("prompt")
    elif record.get("type") == "user":
        message = record.get("message")
        origin = record.get("origin")
        text = message.get("content") if isinstance(message, dict) else None
    else:
        return ""
    told = isinstance(origin, dict) and origin.get("kind") == "task-notification"
    return text if told and isinstance(text, str) else ""
