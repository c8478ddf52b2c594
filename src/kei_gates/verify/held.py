"""What a path held when an agent started, and how much of that is kept.

A file is known by the hash of its bytes; by its stat alone where hashing all would take too long.
Texts are kept of small files only, so that what was there can be compared with what is.
"""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING

from kei_gates.model import Value
from kei_gates.observe.files import TooLargeError
from kei_gates.verify.looking import NOTHING, Lying
from kei_gates.verify.private import FOLDER

if TYPE_CHECKING:
    import os
    from typing import Any, Final

    from kei_gates.verify.looking import Looking

LARGEST_TEXT = 256 << 10
"""The most bytes of a file whose text is kept."""

ALL_TEXTS = 16 << 20
"""The most bytes of all texts that are kept."""

ALL_HASHED = 1 << 30
"""The most bytes that are hashed; of the files after those, only the stat is kept."""

SECONDS = 4.0
"""After so long, only stats are kept."""


_TICK = 100_000_000
"""Times of files are told in ticks of the system's clock, in ns at most so long.

What was changed so shortly before is changed again without another time.
"""


class Held(Value):
    """What lay at a path: a mode (0 for nothing), a name of its bytes, its stat, perhaps its text.

    `name` is empty where only the stat is known: size, mtime and ctime in ns, and inode; the size
    alone where it was written just before. `is_kept` says that it lay in an index or a commit and
    not in the tree.
    """

    __slots__ = ("is_kept", "mode", "name", "stat", "text")

    def __init__(
        self,
        mode: int,
        name: str,
        stat: tuple[int, ...],
        text: bytes | None = None,
        *,
        is_kept: bool = False,
    ) -> None:
        self.mode: Final = mode
        self.name: Final = name
        self.stat: Final = stat
        self.text: Final = text
        self.is_kept: Final = is_kept

    def before(self) -> bytes | None:
        """Give its text, none for nothing. Raises `OSError` where it was not kept."""
        if not self.mode:
            return None
        if self.text is None:
            raise TooLargeError(
                "its text from the agent's start was not kept: only small files are"
            )
        return self.text

    def row(self) -> list[Any]:
        """Give it as JSON can hold it."""
        text = None if self.text is None else base64.b64encode(self.text).decode()
        return [self.mode, self.name, list(self.stat), text, self.is_kept]


def read_row(row: Any) -> Held:
    """Read what `row` gave. Raises `ValueError` or `TypeError` for anything else."""
    mode, name, stat, text, is_kept = row
    numbers = tuple(stat)
    is_right = (
        type(mode) is int
        and type(name) is str
        and type(is_kept) is bool
        and all(type(one) is int for one in numbers)
    )
    if not is_right:
        raise TypeError("it is no entry of a snapshot")
    content = None if text is None else base64.b64decode(text, validate=True)
    return Held(mode, name, numbers, content, is_kept=is_kept)


def stat_of(found: os.stat_result | None) -> tuple[int, ...]:
    """Give what of a stat shows that a file was written."""
    if found is None:
        return ()
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class Keeper:
    """Takes what lies at paths, within the limits on bytes and time."""

    __slots__ = ("_hashable", "_looking", "_textual", "_until")

    def __init__(self, looking: Looking) -> None:
        self._looking: Final = looking
        self._until: Final = time.monotonic() + SECONDS
        self._hashable = ALL_HASHED
        self._textual = ALL_TEXTS

    def take(self, path: str) -> Held:
        """Take what lies there now. What cannot be read has a stat only."""
        lying = _lying(path, self._looking)
        if lying is NOTHING:
            return Held(0, "", ())
        size = lying.stat.st_size if lying.stat is not None else 0
        if size > self._hashable or time.monotonic() > self._until:
            return Held(lying.mode, "", stat_of(lying.stat))
        self._hashable -= size
        now = time.time_ns()
        lying = self._looking.at(path)
        stat = stat_of(lying.stat)
        if lying.name and stat and stat[2] > now - _TICK:
            stat = stat[:1]
        return Held(lying.mode, lying.name, stat, self._text(path, lying, size))

    def _text(self, path: str, lying: Lying, size: int) -> bytes | None:
        if size > min(LARGEST_TEXT, self._textual) or not lying.name:
            return None
        try:
            text = self._looking.text(path)
        except OSError:
            return None
        self._textual -= len(text or b"")
        return text


def is_as_held(held: Held, path: str, looking: Looking) -> bool:
    """Say whether a path holds what it held. What cannot be read now does not."""
    found = _lying(path, looking)
    if found is NOTHING or not held.mode:
        return found is NOTHING and not held.mode
    if found.mode != held.mode:
        return False
    now = stat_of(found.stat)
    if held.stat and now == held.stat:
        return True
    if held.stat and now[:1] != held.stat[:1]:
        return False  # other sizes are other bytes; a large file need not be read
    return bool(held.name) and looking.at(path).name == held.name


def _lying(path: str, looking: Looking) -> Lying:
    """Tell what lies there, a folder being nothing."""
    found = looking.at(path, hashed=False)
    return NOTHING if found.mode == FOLDER else found
