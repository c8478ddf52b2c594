"""Read the files that the user's own aliases and functions come from. Only when one has changed."""

from __future__ import annotations

from kei_gates.hook.own_names import NOTHING
from kei_gates.observe.files import read_file
from kei_gates.observe.snapshot import changed, made
from kei_gates.shell.own_names import OwnNames, merged
from kei_gates.shell.startup import read_snapshot, read_startup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.hook.own_names import Looked, Remembered
    from kei_gates.observe.files import Mark

_LARGEST_STARTUP = 1 << 20
_LARGEST_SNAPSHOT = 1 << 22


def read(looked: Looked, remembered: Remembered) -> tuple[OwnNames, Remembered]:
    """Read the files. The newest snapshot ever read also counts, until a newer one is complete.

    A session's first command comes before its snapshot; the last session's, deleted since, is the
    best that is known of what the startup files define by other files.
    """
    all_snapshots, every, first = looked
    found, newest = _snapshots(all_snapshots)
    if newest[0] < remembered[0]:
        found.append(OwnNames(*remembered[1]))  # type: ignore[arg-type]
    for file in (*every, *(one for one in first if changed(one) >= newest[0])):
        text = _text(file[0], _LARGEST_STARTUP)
        found.append(read_startup(text) if isinstance(text, str) else text)
    return merged(found), max(newest, remembered, key=lambda one: one[0])


def _snapshots(all_snapshots: tuple[Mark, ...]) -> tuple[list[OwnNames], Remembered]:
    """Read the snapshots, and tell which was made last of those that are complete."""
    found: list[OwnNames] = []
    newest = NOTHING
    for file in all_snapshots:
        text = _text(file[0], _LARGEST_SNAPSHOT)
        names, complete = read_snapshot(text) if isinstance(text, str) else (text, False)
        if complete and not names.unread and newest is NOTHING:
            newest = (made(file), names.fields())
        # Killed sessions of older clients leave theirs behind, and nobody has those names now.
        found.append(OwnNames(*names.fields()[:-1]) if found else names)  # type: ignore[arg-type]
    return found, newest


def _text(path: str, limit: int) -> str | OwnNames:
    """Read a file; one that the shell itself cannot read gives no names."""
    try:
        return read_file(path, limit).decode("utf-8", "surrogateescape")
    except (FileNotFoundError, PermissionError):
        return ""
    except OSError as error:
        return OwnNames(unread=f"`{path}` with the shell's own names cannot be read: {error}")
