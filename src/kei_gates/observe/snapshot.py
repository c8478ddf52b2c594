"""Find the client's snapshots of the user's shell, and the files that a shell reads as it starts.

Each session has a snapshot of its own: made for its first command or a little before, deleted when
the session ends, left behind when it is killed (measured on client 2.1.330). A hook is not told
which one is its session's.
"""

from __future__ import annotations

from posix import getuid, lstat, scandir

from kei_gates.observe.files import mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.observe.files import Mark

MOST_SNAPSHOTS = 8
"""How many snapshots are looked at, the newest first; more sessions rarely run at once."""

_FILE_TYPE_MASK = 0o170000
_REGULAR = 0o100000
_WRITABLE_BY_OTHERS = 0o022
_NANOSECONDS = 1_000_000
_PREFIX, _SUFFIX = "snapshot-", ".sh"


def snapshots(folder: str) -> list[Mark]:
    """Give the newest snapshots in a folder of the client, the newest first."""
    try:
        names = [entry.name for entry in scandir(folder)]
    except (OSError, ValueError):
        return []
    paths = [f"{folder}/{name}" for name in names if name.startswith(_PREFIX)]
    found = [known for known in map(mark, paths) if known and known[0].endswith(_SUFFIX)]
    return sorted(found, key=made, reverse=True)[:MOST_SNAPSHOTS]


def made(snapshot: Mark) -> int:
    """Give when the client began to make a snapshot, in milliseconds since 1970.

    Its name says so (`snapshot-zsh-1795643437653-uibspe.sh`); else it is when it was written.
    """
    parts = snapshot[0].rpartition("/")[2].split("-")
    if len(parts) > 2 and parts[2].isascii() and parts[2].isdecimal():  # noqa: PLR2004 -- the third
        return int(parts[2][:15])
    return snapshot[3] // _NANOSECONDS


def changed(file: Mark) -> int:
    """Give when a file or its entry changed last, in milliseconds since 1970."""
    return max(file[3], file[4]) // _NANOSECONDS


def is_own(path: str) -> bool:
    """Say whether a regular file belongs to this user and only this user can write to it."""
    try:
        found = lstat(path)
    except (OSError, ValueError):
        return False
    regular = found.st_mode & _FILE_TYPE_MASK == _REGULAR
    return regular and found.st_uid == getuid() and not found.st_mode & _WRITABLE_BY_OTHERS
