"""Read JSON lines that may be anything: torn, huge, no text at all, in what is no file."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from kei_gates.protocol import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

    Record = dict[str, Any]

LONGEST = 64 << 20
"""Bytes of a line that are held at once; a longer one is passed over and counted."""

_BUFFER = 1 << 20


class Tally:
    """What could not be read: lines, by file, and files, each with why."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.bad_lines: dict[str, int] = {}
        self.unreadable: list[tuple[str, str]] = []

    def bad(self, path: str) -> None:
        """Count one line that is no record, or holds a call that is none."""
        self.bad_lines[path] = self.bad_lines.get(path, 0) + 1


def records(path: str, tally: Tally) -> Iterator[Record]:
    """Give the JSON objects of a file, a line at a time; what is none is counted."""
    try:
        with _opened(path) as file:
            for line in _lines(file):
                record = _record(line) if line else None
                if record is not None:
                    yield record
                elif line != b"":
                    tally.bad(path)
    except OSError as error:
        tally.unreadable.append((path, error.strerror or str(error)))


def _opened(path: str) -> BinaryIO:
    """Open a regular file. Raises `OSError`; never waits."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("it is not a regular file")
    return os.fdopen(descriptor, "rb", buffering=_BUFFER)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Give the lines of a file without blanks around them, none for one that is too long."""
    while line := file.readline(LONGEST):
        if len(line) < LONGEST or line.endswith(b"\n"):
            yield line.strip()
            continue
        while (rest := file.readline(_BUFFER)) and not rest.endswith(b"\n"):
            pass
        yield None


def _record(line: bytes) -> Record | None:
    try:
        record = json_text.parse(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
