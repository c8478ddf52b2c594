"""Read a file or a stream with a limit, and write one atomically.

`os` is not imported: it costs more than the rest of a plain decision, and all that is needed of it
is `posix`, its C core.
"""

from __future__ import annotations

from posix import (
    O_CLOEXEC,
    O_CREAT,
    O_EXCL,
    O_NOFOLLOW,
    O_NONBLOCK,
    O_RDONLY,
    O_WRONLY,
    close,
    fstat,
    getpid,
    mkdir,
    read,
    replace,
    stat,
    unlink,
    write,
)
from posix import open as open_fd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Mark: TypeAlias = "tuple[str, int, int, int, int]"
    """A file as it is now: path, inode, size, and when its content and its entry changed."""

_CHUNK = 1 << 20
_LEAST = 1 << 12
_PIPE = 1 << 16  # what a pipe holds: pipe(7)
_FILE_TYPE_MASK = 0o170000
_REGULAR = 0o100000


class TooLargeError(OSError):
    """There is more to read than the limit allows."""


def read_stream(descriptor: int, limit: int) -> bytes:
    """Read a pipe to its end.

    Past `limit` bytes the rest is read and thrown away, so that the writer is not cut off, and
    `TooLargeError` is raised.
    """
    content = _read_up_to(descriptor, limit, _PIPE)
    if len(content) <= limit:
        return content
    while read(descriptor, _CHUNK):
        pass
    raise TooLargeError(f"it has more than {limit} bytes")


def read_file(path: str, limit: int) -> bytes:
    """Read a regular file of at most `limit` bytes.

    Raises `OSError` when it cannot be read, is a folder, a pipe or a device (opening one could
    wait for ever), or is larger.
    """
    descriptor = open_fd(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    try:
        found = fstat(descriptor)
        if found.st_mode & _FILE_TYPE_MASK != _REGULAR:
            raise OSError("it is not a regular file")
        # A buffer of the right size: the kernel would have to clear a larger one.
        content = _read_up_to(descriptor, limit, min(max(found.st_size, _LEAST), _CHUNK) + 1)
    finally:
        close(descriptor)
    if len(content) > limit:
        raise TooLargeError(f"it has more than {limit} bytes")
    return content


def _read_up_to(descriptor: int, limit: int, step: int) -> bytes:
    """Read to the end, or to the first chunk past `limit`, `step` bytes of it first."""
    chunks = []
    size = 0
    while size <= limit and (chunk := read(descriptor, step)):
        chunks.append(chunk)
        size += len(chunk)
        step = min(step, _PIPE)  # most often to see that it was all
    return b"".join(chunks)


def mark(path: str) -> Mark | None:
    """Tell how a regular file is now; none when there is no such file."""
    try:
        found = stat(path)
    except (OSError, ValueError):
        return None
    if found.st_mode & _FILE_TYPE_MASK != _REGULAR:
        return None
    return (path, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def write_file(path: str, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Folders that are missing are made. Raises `OSError`.
    """
    folder = path.rpartition("/")[0]
    make_folders(folder)
    temporary = f"{path}.{getpid()}.tmp"
    descriptor = open_fd(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    try:
        try:
            view = memoryview(content)
            while view:
                view = view[write(descriptor, view) :]
        finally:
            close(descriptor)
        replace(temporary, path)
    except BaseException:
        unlink(temporary)
        raise


def make_folders(folder: str) -> None:
    """Make a folder and its parents, open to its owner only."""
    try:
        mkdir(folder, 0o700)
    except FileExistsError:
        return
    except FileNotFoundError:
        make_folders(folder.rpartition("/")[0])
        make_folders(folder)  # another process may have made it by now
