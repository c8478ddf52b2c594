"""Read the audit: every record of the files that were put aside and of the current one.

Files are read a line at a time, so that a long audit takes no more memory than a short one. What
cannot be read as a record never ends the reading: it is counted, for whoever tells people.
"""

from __future__ import annotations

import json
import os
from collections import deque
from itertools import chain
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from kei_gates.audit import log
from kei_gates.model import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    Record = dict[str, Any]
    Identity = tuple[int, int]
    """Device and inode of a file, which it keeps when it is put aside."""

_LONGEST = 4 << 20
"""Bytes of a line that can be a record; a longer one is none, and is not kept in memory."""
LATEST = 2.5e11
"""Seconds since the epoch (some time in the year 9892) that every calendar still knows."""


class Unread:
    """Counts the lines that could not be read as records."""

    def __init__(self) -> None:
        self.lines = 0


def records(folder: str, unread: Unread | None = None, since: float = 0.0) -> Iterator[Record]:
    """Give all records of the audit in a folder, in the order in which they were written.

    `since`, in seconds since the epoch, lets files be passed over in which nothing was written from
    then on; it drops no single records. A folder that is missing has none. What is written while
    this reads may be left out. Raises `Fault` for what is there and cannot be read.
    """
    unread = unread or Unread()
    aside, current = _listed(folder)
    try:
        for path in aside:
            file = _opened(path)
            if file is None:
                continue  # it was the oldest, and has made room
            with file:
                if os.fstat(file.fileno()).st_mtime >= since:
                    yield from read(file, unread)
        if current is not None:
            yield from read(current, unread)
    finally:
        if current is not None:
            current.close()


def latest(
    folder: str, count: int, is_wanted: Callable[[Record], bool], unread: Unread | None = None
) -> list[Record]:
    """Give the latest records of those that are wanted, in the order in which they were written.

    Reads only as many files as that takes. Raises `Fault` as `records` does.
    """
    unread = unread or Unread()
    found: deque[Record] = deque()
    aside, current = _listed(folder)
    files = chain([current], map(_opened, reversed(aside)))  # each is opened when it is its turn
    for file in filter(None, files):
        with file:
            wanted = filter(is_wanted, read(file, unread))
            found.extendleft(reversed(deque(wanted, maxlen=count - len(found))))
        if len(found) == count:
            break
    return list(found)


def follow(folder: str, unread: Unread | None = None) -> Iterator[Record | None]:
    """Give all records and then those that are being written, none whenever there is no more yet.

    It goes on for ever, across files that are put aside, and where there is no audit yet. Raises
    `Fault` for what is there and cannot be read.
    """
    unread = unread or Unread()
    known: set[str] = set()
    held: BinaryIO | None = None  # kept open, so that no new file can get its inode
    try:
        while True:
            for file in _unread_files(folder, known, held):
                if held is not None:
                    held.close()
                held = file
                yield from _as_it_grows(held, f"{folder}/{log.FILE}", unread)
            yield None
    finally:
        if held is not None:
            held.close()


def read(file: BinaryIO, unread: Unread) -> Iterator[Record]:
    """Give the records of an open file from where it stands. A last line may be torn."""
    while line := file.readline(_LONGEST):
        record = _record(line) if line.endswith(b"\n") else None
        if record is None:
            unread.lines += 1
            _skip(file, line)
        else:
            yield record


def _put_aside(folder: str) -> list[str]:
    """Give the paths of the files that were full, the oldest first. Raises `Fault`."""
    try:
        return [f"{folder}/{name}" for name in log.put_aside(folder)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _fault(folder, error) from None


def _as_it_grows(file: BinaryIO, current: str, unread: Unread) -> Iterator[Record | None]:
    """Give the records of a file until it is no longer the current one.

    A line counts when it is whole: who appends cuts off what another has left unfinished.
    """
    whole = 0
    while True:
        is_current = _is_at(current, _identity(file))  # asked first: no line comes after it
        whole = min(whole, os.fstat(file.fileno()).st_size)  # it may have been emptied
        file.seek(whole)
        while (line := file.readline(_LONGEST)).endswith(b"\n"):
            whole += len(line)
            record = _record(line)
            if record is None:
                unread.lines += 1
            else:
                yield record
        if len(line) == _LONGEST:
            unread.lines += 1
            whole += len(line)
        elif is_current:
            yield None
        else:
            unread.lines += bool(line)
            return


def _listed(folder: str) -> tuple[list[str], BinaryIO | None]:
    """Give the paths of the files that are older than the current one, and that one, opened.

    It is opened first: whatever is put aside then, it is what is to be read last.
    """
    current = _opened(f"{folder}/{log.FILE}")
    aside = _put_aside(folder)
    if current is not None:
        newer = (at for at, path in enumerate(aside) if _is_at(path, _identity(current)))
        aside = aside[: next(newer, len(aside))]
    return aside, current


def _unread_files(folder: str, known: set[str], held: BinaryIO | None) -> Iterator[BinaryIO]:
    """Open the files that are not read yet, and add those that were put aside to the `known`."""
    read_last = _identity(held) if held is not None else None
    aside, current = _listed(folder)
    new = [path for path in aside if path not in known]
    known.update(aside)
    for file in (*map(_opened, new), current):
        if file is None:
            continue
        if _identity(file) == read_last:
            file.close()
        else:
            yield file


def _is_at(path: str, identity: Identity) -> bool:
    try:
        found = os.stat(path, follow_symlinks=False)
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == identity


def _identity(file: BinaryIO) -> Identity:
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino


def _opened(path: str) -> BinaryIO | None:
    """Open a regular file; none where there is none. Raises `Fault`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _fault(path, error) from None
    if not S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Fault(f"the audit `{path}` is not a regular file", "put it away")
    return os.fdopen(descriptor, "rb")


def _fault(path: str, error: OSError) -> Fault:
    return Fault(f"the audit `{path}` cannot be read: {error.strerror or error}", "mend the folder")


def _skip(file: BinaryIO, line: bytes) -> None:
    """Read on to the end of a line that is too long."""
    while line and not line.endswith(b"\n"):
        line = file.readline(_LONGEST)


def _record(line: bytes) -> Record | None:
    """Give a line as a record: an object that says when, and what; none where it is none."""
    try:
        record = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not isinstance(record.get("event"), str):
        return None
    at = record.get("at")
    is_time = isinstance(at, (int, float)) and not isinstance(at, bool) and 0 <= at < LATEST
    return record if is_time else None
