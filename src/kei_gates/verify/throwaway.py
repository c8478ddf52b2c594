"""Folders that are thrown away: at the end, and else by the next run.

Each has a lock beside it (flock(2)), taken before the folder is made and given up after it is gone.
The kernel gives up the lock of a process that dies in any way; so a folder whose lock can be taken
is nobody's, and the next who makes one removes it. Parallel runs never meet, and a name is used
once: what a killed run has started, and has not ended yet, writes to no other's folder.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.observe.files import make_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = ".lock"
_TRIES = 8
_OF_OTHERS = 0o077
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def throwaway(below: str) -> Iterator[str]:
    """Give a fresh folder below another, for as long as it is needed.

    `below` is absolute; it is made, open to its owner only, where it is not there. Raises `Fault`.
    """
    try:
        make_folders(below)
        sweep(below)
        folder, lock = _locked(below)
    except OSError as error:
        raise _failed(below, error) from None
    try:
        try:
            os.mkdir(folder, 0o700)
        except OSError as error:
            raise _failed(below, error) from None
        yield folder
    finally:
        _give_up(folder, lock)


@contextmanager
def temporary(outside: str) -> Iterator[str]:
    """Give such a folder among the temporary files, outside of a tree. Raises `Fault`."""
    places = (tempfile.gettempdir(), "/tmp", "/var/tmp")  # noqa: S108 -- looked at below
    place = next((one for one in places if not f"{one}/".startswith(f"{outside}/")), places[0])
    below = f"{place}/kei-gates-{os.getuid()}"
    with suppress(OSError):
        os.mkdir(below, 0o700)
    try:
        found = os.lstat(below)
        owned = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        is_own = owned and not found.st_mode & _OF_OTHERS
    except OSError as error:
        raise _failed(below, error) from None
    if not is_own:  # in a folder that all may write to, anybody could have made it
        raise Fault(f"`{below}` is not this user's alone", "remove it, or set TMPDIR")
    with throwaway(below) as folder:
        yield folder


def sweep(below: str) -> None:
    """Remove what dead processes have left below a folder; what cannot be removed stays.

    Raises `OSError` where the folder cannot be listed.
    """
    for name in os.listdir(below):
        if name.endswith(_LOCK):
            folder = f"{below}/{name.removesuffix(_LOCK)}"
            with suppress(OSError):
                lock = _taken(folder)
                if lock is not None:
                    _give_up(folder, lock)


def _failed(below: str, error: OSError) -> Fault:
    return Fault(
        f"no folder can be made in `{below}`: {error.strerror or error}",
        "make room on the disk, or mend the folder",
    )


def _locked(below: str) -> tuple[str, int]:
    """Lock a name that is nobody's: give the folder to make and the lock. Raises `OSError`."""
    for _ in range(_TRIES):
        folder = f"{below}/{token_hex(8)}"
        lock = _taken(folder, os.O_CREAT | os.O_EXCL)
        if lock is not None:
            return folder, lock
    raise OSError("its locks are taken away again and again")


def _taken(folder: str, flags: int = 0) -> int | None:
    """Take the lock of a folder, and give its descriptor. Raises `OSError`.

    None where another has it, or has taken it away between the opening and the locking.
    """
    path = f"{folder}{_LOCK}"
    lock = os.open(path, os.O_RDWR | os.O_NOFOLLOW | flags, 0o600)
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


def _give_up(folder: str, lock: int) -> None:
    """Remove a folder and then its lock; where it cannot be removed, the next run tries again."""
    try:
        remove(folder)
        if not os.path.lexists(folder):
            with suppress(OSError):
                os.unlink(f"{folder}{_LOCK}")
    finally:
        os.close(lock)


def remove(folder: str) -> None:
    """Remove a folder with all below it, also what was made unwritable; links are not followed.

    Folders in folders are moved up first: so no path gets too long and no stack too deep, however
    deep a command has nested them. What cannot be removed stays.
    """
    with suppress(OSError):
        if not stat.S_ISDIR(os.lstat(folder).st_mode):
            return
        os.chmod(folder, 0o700)
        top = os.open(folder, _FOLDER)
        try:
            while _gone_of(top, top):  # one level of folders each time
                pass
        finally:
            os.close(top)
        os.rmdir(folder)


def _gone_of(at: int, top: int) -> bool:
    """Try every entry of a folder; say whether one gave way."""
    tried = [_gone(name, at, top) for name in os.listdir(at)]
    return any(tried)


def _gone(name: str, at: int, top: int) -> bool:
    """Remove an entry of a folder. Of a folder, what lies in it goes or moves up to `top`."""
    gave_way = False
    with suppress(OSError):
        if not stat.S_ISDIR(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode):
            os.unlink(name, dir_fd=at)
            return True
        os.chmod(name, 0o700, dir_fd=at)
        if at != top:
            os.rename(name, token_hex(8), src_dir_fd=at, dst_dir_fd=top)
            return True
        inner = os.open(name, _FOLDER, dir_fd=at)
        try:
            gave_way = _gone_of(inner, top)
        finally:
            os.close(inner)
        os.rmdir(name, dir_fd=at)
        return True
    return gave_way
