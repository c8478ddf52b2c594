"""Append records to the audit: one JSON object a line, whole or not at all.

A line is written by a single call to a file that is open for appending, so that lines of parallel
processes do not mix. What commands print is not written down: it may hold secrets.
"""

from __future__ import annotations

import json
from posix import O_APPEND, O_CLOEXEC, O_CREAT, O_NOFOLLOW, O_WRONLY, close, write
from posix import open as open_fd
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.observe.files import make_folders

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "audit.jsonl"


def append(folder: str, record: Mapping[str, object]) -> None:
    """Write a record to the audit below a folder. Raises `Fault` where it cannot be written."""
    path = f"{folder}/{FILE}"
    line = json.dumps(record, separators=(",", ":")).encode("ascii") + b"\n"
    try:
        make_folders(folder)
        descriptor = open_fd(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        try:
            written = write(descriptor, line)
        finally:
            close(descriptor)
    except OSError as error:
        raise Fault(
            f"`{path}` cannot be written: {error.strerror or error}",
            "make room, or mend the folder",
        ) from None
    if written != len(line):
        raise Fault(f"`{path}` cannot be written whole", "make room on the disk")
