"""Append records to the audit: one JSON object a line, whole or not at all.

Who appends holds a lock on the file, so that lines of parallel processes do not mix, and a process
that dies in the middle leaves at most the beginning of a line behind. Such a record was never
answered for, since a decision is written down before it takes effect: who comes next cuts it off.
A file that is full is put aside under the time of that moment, the oldest are deleted.
"""

from __future__ import annotations

from posix import (
    F_LOCK,
    F_TLOCK,
    O_APPEND,
    O_CLOEXEC,
    O_CREAT,
    O_NOFOLLOW,
    O_NONBLOCK,
    O_RDWR,
    close,
    fstat,
    ftruncate,
    listdir,
    lockf,
    pread,
    rename,
    stat,
    unlink,
    write,
)
from posix import open as open_fd

from kei_gates.model import Fault
from kei_gates.observe.files import make_folders
from kei_gates.protocol import json_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "audit.jsonl"

LARGEST = 16 << 20
"""Bytes from which on a file is put aside."""

KEPT = 10
"""How many files there are at most, the current one among them."""

_PUT_ASIDE = ("audit-", ".jsonl")  # around microseconds since the epoch
_FILE_TYPE_MASK, _REGULAR = 0o170000, 0o100000
_FLAGS = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
_TRIES = 1000
_CHUNK = 1 << 16


def append(folder: str, record: Mapping[str, object], *, waits: bool = True) -> None:
    """Write a record to the audit below a folder. Raises `Fault` where it cannot be written.

    Unless it `waits`, that is also so while another process writes.
    """
    path = f"{folder}/{FILE}"
    line = json_text.write(record).encode("ascii") + b"\n"
    try:
        how = F_LOCK if waits else F_TLOCK
        try:
            descriptor = _locked(path, how)
        except FileNotFoundError:  # the first record of all
            make_folders(folder)
            descriptor = _locked(path, how)
        try:
            _add(descriptor, line)
        finally:
            close(descriptor)  # which unlocks it
    except OSError as error:
        raise Fault(
            f"the audit `{path}` cannot be written: {error.strerror or error}",
            "make room on the disk, or mend the folder",
        ) from None


def put_aside(folder: str) -> list[str]:
    """Give the names of the files that were full, the oldest first. Raises `OSError`."""
    start, end = _PUT_ASIDE
    return sorted(
        name
        for name in listdir(folder)
        if name.startswith(start) and name.endswith(end) and name[len(start) : -len(end)].isdigit()
    )


def _locked(path: str, how: int) -> int:
    """Open the current file and lock it; one that is full makes room for a new one."""
    for _ in range(_TRIES):
        descriptor = open_fd(path, _FLAGS, 0o600)
        try:
            lockf(descriptor, how, 0)
            if _is_current(path, descriptor):
                return descriptor
        except BaseException:
            close(descriptor)
            raise
        close(descriptor)
    raise OSError("it is put aside again and again")


def _is_current(path: str, descriptor: int) -> bool:
    """Whether a locked file is the one to write to: not put aside meanwhile, and not full."""
    found = fstat(descriptor)
    if found.st_mode & _FILE_TYPE_MASK != _REGULAR:
        raise OSError("it is not a regular file")
    if not _is_at(path, found.st_ino, found.st_dev):
        return False
    if found.st_size >= LARGEST:
        _cut(descriptor)
        _put_aside(path)
        return False
    return True


def _is_at(path: str, inode: int, device: int) -> bool:
    try:
        found = stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return (found.st_ino, found.st_dev) == (inode, device)


def _put_aside(path: str) -> None:
    """Give a full file its name for good. Only who has locked it may."""
    from time import time_ns  # noqa: PLC0415 -- one call in thousands

    folder = path.rpartition("/")[0]
    start, end = _PUT_ASIDE
    names = put_aside(folder)
    now = time_ns() // 1000
    if names:  # names tell which is older, also where the clock was set back
        now = max(now, int(names[-1][len(start) : -len(end)]) + 1)
    for old in names[: max(0, len(names) + 2 - KEPT)]:
        unlink(f"{folder}/{old}")
    rename(path, f"{folder}/{start}{now:016}{end}")


def _add(descriptor: int, line: bytes) -> None:
    """Write a line after the last whole one, or nothing."""
    whole = _cut(descriptor)
    try:
        rest = memoryview(line)
        while rest:
            rest = rest[write(descriptor, rest) :]
    except BaseException:
        ftruncate(descriptor, whole)  # a full disk takes a part of it
        raise


def _cut(descriptor: int) -> int:
    """Cut off what is no whole line, and give how many bytes are left."""
    size = fstat(descriptor).st_size
    whole = _whole(descriptor, size)
    if whole < size:
        ftruncate(descriptor, whole)
    return whole


def _whole(descriptor: int, size: int) -> int:
    """Give how many bytes are whole lines."""
    if size == 0 or pread(descriptor, 1, size - 1) == b"\n":
        return size
    while size:
        start = max(0, size - _CHUNK)
        end = pread(descriptor, size - start, start).rfind(b"\n")
        if end >= 0:
            return start + end + 1
        size = start
    return 0
