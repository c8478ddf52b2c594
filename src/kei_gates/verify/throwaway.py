"""Folders that are thrown away: at the end, and else by the next run.

Each has a lock beside it (flock(2)), taken before the folder is made and given up after it is gone.
The kernel gives up the lock of a process that dies in any way; so a folder whose lock can be taken
is nobody's, and the next who makes one removes it. Parallel runs never meet: a name is used once.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.observe.files import make_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOCK = ".lock"
_TRIES = 8


@contextmanager
def throwaway(below: str) -> Iterator[str]:
    """Give a fresh folder below another, for as long as it is needed. Raises `Fault`."""
    try:
        make_folders(below)
        sweep(below)
        name, lock = _locked(below)
    except OSError as error:
        raise _failed(below, error) from None
    folder = f"{below}/{name}"
    try:
        try:
            os.mkdir(folder, 0o700)
        except OSError as error:
            raise _failed(below, error) from None
        yield folder
    finally:
        remove(folder)
        if not os.path.lexists(folder):  # else the next run tries again
            os.unlink(f"{folder}{_LOCK}")
        os.close(lock)


def _failed(below: str, error: OSError) -> Fault:
    return Fault(
        f"no folder can be made in `{below}`: {error.strerror or error}",
        "make room on the disk, or mend the folder",
    )


def _locked(below: str) -> tuple[str, int]:
    """Take a lock that is nobody's yet; give its name and its descriptor. Raises `OSError`."""
    for _ in range(_TRIES):
        name = token_hex(8)
        lock = _taken(f"{below}/{name}{_LOCK}", os.O_CREAT | os.O_EXCL)
        if lock is not None:
            return name, lock
    raise OSError("its locks are taken away again and again")


def _taken(path: str, flags: int = 0) -> int | None:
    """Take a lock; none where another has it, or has taken it away meanwhile. Raises `OSError`."""
    lock = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | flags, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), os.lstat(path)):
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    return None


def sweep(below: str) -> None:
    """Remove what dead processes have left below a folder; what cannot be removed stays."""
    for entry in os.listdir(below):
        if not entry.endswith(_LOCK):
            continue
        path = f"{below}/{entry}"
        with suppress(OSError):
            lock = _taken(path)
            if lock is None:
                continue
            try:
                folder = path.removesuffix(_LOCK)
                remove(folder)
                if not os.path.lexists(folder):
                    os.unlink(path)
            finally:
                os.close(lock)


def remove(folder: str) -> None:
    """Remove a folder with all below it, also what was made unwritable; links are not followed."""
    shutil.rmtree(folder, onerror=_opened)


def _opened(act: Callable[..., object], path: str, _: object) -> None:
    """Try once more with the folder, and the one that it lies in, open for their owner."""
    for one in (os.path.dirname(path), path):
        with suppress(OSError):
            if stat.S_ISDIR(os.lstat(one).st_mode):
                os.chmod(one, 0o700)
    with suppress(OSError):
        if act in (os.lstat, os.open, os.scandir, os.listdir):
            shutil.rmtree(path, ignore_errors=True)
        else:
            act(path)
