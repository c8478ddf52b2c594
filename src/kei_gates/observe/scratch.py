"""Temporary files: where they lie, and which of them belong to nobody's project (docs/adr/0011)."""

from __future__ import annotations

from posix import environ, getuid, stat

from kei_gates.model import Fault
from kei_gates.observe.paths import exists, inside, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Places
    from kei_gates.observe.paths import Links

# hier(7); the last one is macOS's, a folder for each user.
_USUAL = ("/tmp", "/var/tmp", "/private/var/folders")  # noqa: S108 -- what they are for
_FOLDER, _STICKY, _OTHERS = 0o040000, 0o1000, 0o077
_FILE_TYPE_MASK = 0o170000
# What makes a folder somebody's project.
_PROJECT_MARKS = (".claude", ".git")


def folders(links: Links | None = None) -> tuple[str, ...]:
    """Give the folders of temporary files: the usual ones, and `$TMPDIR`.

    Links are resolved; `links` are those that are known already.
    """
    named = environ.get(b"TMPDIR", b"").decode("utf-8", "surrogateescape")
    found = [*_USUAL, *([named] if named.startswith("/") and _is_temporary(named) else [])]
    return tuple(dict.fromkeys(real for path in found if (real := _resolved(path, links))))


def _is_temporary(path: str) -> bool:
    """Whether a folder is for everybody's temporary files, or for one user's eyes.

    A project's settings can set the variable, to any folder.
    """
    try:
        found = stat(path)
    except (OSError, ValueError):
        return False
    if found.st_mode & _FILE_TYPE_MASK != _FOLDER:
        return False
    private = found.st_uid == getuid() and not found.st_mode & _OTHERS
    return private or bool(found.st_mode & _STICKY)


def _resolved(path: str, links: Links | None) -> str:
    try:
        real = resolve(path, "/", links)
    except Fault:
        return ""
    return "" if real == "/" else real


def is_scratch(real: str, below: tuple[str, ...], places: Places) -> bool:
    """Say whether a path, with all its links resolved, lies among nobody's temporary files.

    `below` is what a change takes along there.
    """
    folder = next((one for one in places.scratch if inside(real, one)), None)
    if folder is None or any(_meet(real, own, places) for own in _owned(places)):
        return False
    # Who keeps a project in `/tmp/work/project` keeps more than that in `/tmp/work`.
    top = f"{folder}/{real[len(folder) + 1 :].partition('/')[0]}"
    if any(inside(own, top, folds_case=places.folds_case) is not None for own in _owned(places)):
        return False
    if any(
        mark in path.casefold().split("/") for path in (real, *below) for mark in _PROJECT_MARKS
    ):
        return False
    while real != folder:
        if any(exists(f"{real}/{mark}") for mark in _PROJECT_MARKS):
            return False
        real = real.rpartition("/")[0]
    return True


def _owned(places: Places) -> tuple[str, ...]:
    return (places.project, places.home, *places.installation)


def _meet(path: str, own: str, places: Places) -> bool:
    """Whether one of two folders holds the other."""
    fold = places.folds_case
    return (
        inside(path, own, folds_case=fold) is not None
        or inside(own, path, folds_case=fold) is not None
    )
