"""Reading and replacing files, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from kei_gates.install.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def telling(doing: str, path: Path) -> Iterator[None]:
    """Turn an operating system's error into an InstallError: `cannot DOING PATH: why`."""
    try:
        yield
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InstallError(f"cannot {doing} `{path}`: {why}; mend that and run it again") from error


def read(path: Path) -> bytes | None:
    """Read a file, `None` when there is none. Raises InstallError."""
    with telling("read", path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def write(path: Path, content: bytes, expected: bytes | None) -> None:
    """Replace a file in one step, or make it; a reader sees the old or the new, never a part.

    A link is followed: what it points to is replaced. Mode and, where permitted, ownership stay.
    `expected` is what was read before. Raises InstallError, with the file as it was, when it
    holds something else by now or cannot be written.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with telling("write", path):
        try:
            _write_beside(temporary, content, target)
            if read(target) != expected:
                raise InstallError(f"`{path}` was changed meanwhile; run it again")
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        _sync(target.parent)


def _write_beside(temporary: Path, content: bytes, target: Path) -> None:
    # 0666 less the umask, as for any new file.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        with contextlib.suppress(FileNotFoundError):
            old = target.stat()
            # The owner first: a change of owner clears the set-id bits of the mode.
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, old.st_uid, old.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    """Make a rename in a folder last through a power cut, where the file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def delete(path: Path) -> None:
    """Delete a file (for a link: what it points to). Raises InstallError."""
    with telling("delete", path):
        Path(os.path.realpath(path)).unlink(missing_ok=True)
