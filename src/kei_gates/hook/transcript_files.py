"""The files in which the client writes a session down, and when it does.

Measured on client 2.1.330: records are written some 0.1 s after they are made, in order. When the
hook of a call starts, the call's own record may still be missing, and with it the result of the
call before and the prompt that began the turn. Once a call's own record is there, so is all that
came before it.
"""

from __future__ import annotations

from posix import O_CLOEXEC, O_NONBLOCK, O_RDONLY, close, fstat, lseek, read, scandir
from posix import open as open_fd
from time import monotonic, sleep

from kei_gates.model import Fault
from kei_gates.protocol import json_text, payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

LARGEST = 64 << 20
"""Bytes that are read of a session, the latest of each file."""

_PATIENCE = 1.5
"""Seconds that a call's own record is waited for; on a busy machine it comes after a fifth."""
_PAUSE = 0.02
_CHUNK = 1 << 20
_START = 0  # of a file, to lseek

_REMEDY = "start the session so that the client keeps its transcript"


def wait_for_own(fields: Mapping[str, object], main: str) -> None:
    """Wait until the call's own record is written, and with it all that came before.

    What is still missing past the limit is taken for what has not been.
    """
    use = payload.optional_text(fields, "tool_use_id")
    if not use:
        return
    agent = payload.optional_text(fields, "agent_id")
    mark = b'"id":' + json_text.quote(use).encode()
    until = monotonic() + _PATIENCE
    while not any(mark in read_end(path, _CHUNK) for path in _own_files(main, agent)):
        if monotonic() > until:
            return
        sleep(_PAUSE)


def _own_files(main: str, agent: str | None) -> list[str]:
    """Give the transcript of who makes the call, if it is there by now."""
    if agent is None:
        return [main] if _exists(main) else []
    return [path for path in of_subagents(main) if path.endswith(f"/agent-{agent}.jsonl")]


def _exists(path: str) -> bool:
    try:
        close(open_fd(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
    except OSError:
        return False
    return True


def of_subagents(main: str) -> list[str]:
    """Give the transcripts of a session's subagents, those of workflows included."""
    top = f"{main.removesuffix('.jsonl')}/subagents"
    names = [entry.path for entry in _entries(top)]
    for run in _entries(f"{top}/workflows"):
        names += [entry.path for entry in _entries(run.path)]
    return sorted(name for name in names if name.endswith(".jsonl"))


def _entries(folder: str) -> list[Any]:
    try:
        return list(scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _unreadable(folder, error) from None


def read_end(path: str, most: int) -> bytes:
    """Read a file, or its last `most` bytes. Raises `Fault`."""
    if most <= 0:
        return b""
    try:
        descriptor = open_fd(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        try:
            start = max(fstat(descriptor).st_size - most, 0)
            lseek(descriptor, start, _START)
            chunks = []
            while most > 0 and (chunk := read(descriptor, min(most, _CHUNK))):
                chunks.append(chunk)
                most -= len(chunk)
            return b"".join(chunks)
        finally:
            close(descriptor)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: str, error: OSError) -> Fault:
    return Fault(f"`{path}` cannot be read: {error.strerror or error}", _REMEDY)
