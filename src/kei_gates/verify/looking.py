"""What lies at the paths of a tree now, in git's words: a mode, and the id of the bytes."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

from kei_gates.model import Value
from kei_gates.observe.files import read_file
from kei_gates.verify.private import FOLDER, LINK

if TYPE_CHECKING:
    from typing import Final

PLAIN = 0o100644
EXECUTABLE = 0o100755
OTHER = -1
"""The mode of what git knows nothing about: a pipe, a socket, a device."""

LARGEST = 32 << 20
"""Of a file with more bytes, no text is given."""

_CHUNK = 1 << 20


class Lying(Value):
    """What lies at a path: its mode (0 for nothing), and the id of its bytes.

    The id is empty where there are none, and where they cannot be read.
    """

    __slots__ = ("mode", "name", "stat")

    def __init__(self, mode: int, name: str, found: os.stat_result | None) -> None:
        self.mode: Final = mode
        self.name: Final = name
        self.stat: Final = found


NOTHING = Lying(0, "", None)


class Looking:
    """Looks into one tree. A path behind a link to a folder leads out of it: nothing lies there."""

    __slots__ = ("_folders", "_format", "_root", "_trusts_modes")

    def __init__(self, root: str, object_format: str, *, trusts_modes: bool = True) -> None:
        """Take the tree. Without `trusts_modes`, no file is executable (`core.fileMode`)."""
        self._root: Final = os.fsencode(root)
        self._format: Final = object_format
        self._trusts_modes: Final = trusts_modes
        self._folders: Final[dict[str, bool]] = {"": True}

    def place(self, path: str) -> bytes:
        """Give the path for the system."""
        return self._root + b"/" + path.encode("utf-8", "surrogateescape")

    def stat(self, path: str) -> os.stat_result | None:
        """Give the stat of what lies there; none for nothing. Raises `OSError`."""
        if not self._is_inside(path.rpartition("/")[0]):
            return None
        try:
            return os.lstat(self.place(path))
        except (FileNotFoundError, NotADirectoryError):
            return None

    def at(self, path: str, *, hashed: bool = True) -> Lying:
        """Tell what lies there; without `hashed`, not what it holds.

        What cannot be looked at is an `OTHER` without a stat.
        """
        try:
            found = self.stat(path)
        except (OSError, ValueError):
            return Lying(OTHER, "", None)
        if found is None:
            return NOTHING
        if stat.S_ISDIR(found.st_mode):
            return Lying(FOLDER, "", found)
        return Lying(self._mode(found), self._name(path, found) if hashed else "", found)

    def text(self, path: str) -> bytes | None:
        """Give the bytes of a file, of a link where it leads; none for nothing.

        Raises `OSError` for what is neither, cannot be read, or is larger than `LARGEST`.
        """
        found = self.stat(path)
        if found is None or stat.S_ISDIR(found.st_mode):
            return None
        if stat.S_ISLNK(found.st_mode):
            return os.readlink(self.place(path))
        return read_file(os.fsdecode(self.place(path)), LARGEST)

    def changed_at(self, path: str) -> int | None:
        """Say when what lies there was last changed; of nothing, when the folder above it was.

        In ns since the epoch, by the inode's ctime, which no program can set back. None where it
        cannot be looked at.
        """
        while True:
            try:
                return os.lstat(self.place(path) if path else self._root).st_ctime_ns
            except (FileNotFoundError, NotADirectoryError):
                if not path:
                    return None
                path = path.rpartition("/")[0]
            except (OSError, ValueError):
                return None

    def _is_inside(self, folder: str) -> bool:
        """Whether a folder is one, with all above it, and none a link. Raises `OSError`."""
        unknown = []
        while folder not in self._folders:
            unknown.append(folder)
            folder = folder.rpartition("/")[0]
        known = self._folders[folder]
        for one in reversed(unknown):
            known = known and self._is_folder(one)
            self._folders[one] = known
        return known

    def _is_folder(self, path: str) -> bool:
        try:
            return stat.S_ISDIR(os.lstat(self.place(path)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False

    def _mode(self, found: os.stat_result) -> int:
        if stat.S_ISLNK(found.st_mode):
            return LINK
        if not stat.S_ISREG(found.st_mode):
            return OTHER
        runs = self._trusts_modes and found.st_mode & stat.S_IXUSR
        return EXECUTABLE if runs else PLAIN

    def _name(self, path: str, found: os.stat_result) -> str:
        """Give the id of what it holds; `` where it holds nothing that can be read."""
        try:
            if stat.S_ISLNK(found.st_mode):
                return self._hash(os.readlink(self.place(path)))
            if stat.S_ISREG(found.st_mode):
                return self._hash_file(self.place(path), found.st_size)
        except OSError:
            pass
        return ""

    def _hash(self, content: bytes) -> str:
        hashed = hashlib.new(self._format, b"blob %d\0" % len(content), usedforsecurity=False)
        hashed.update(content)
        return hashed.hexdigest()

    def _hash_file(self, place: bytes, size: int) -> str:
        """Hash a file as git does. Raises `OSError`, also when it is being written."""
        hashed = hashlib.new(self._format, b"blob %d\0" % size, usedforsecurity=False)
        descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            rest = size
            while chunk := os.read(descriptor, min(_CHUNK, rest + 1)):
                hashed.update(chunk)
                rest -= len(chunk)
        finally:
            os.close(descriptor)
        if rest:
            raise OSError("it changes while it is read")
        return hashed.hexdigest()
