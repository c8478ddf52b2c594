"""Cargo's output folder for a merge: a copy, so that dependencies need not be built again.

The checkout's own cannot be used. Cargo keys the crates of a workspace by their path in it, and
takes an output that is newer than the sources for theirs; so once a merge has been built there, the
checkout's next build would be the merge's. In a copy, all sources of the merge are newer than what
was built before, and are built anew.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from kei_gates.verify.throwaway import remove

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST = 4 << 30
"""Bytes that are copied at most: of more, copying takes longer than is worth it."""

_MANIFEST = "Cargo.toml"
_STATES = ".fingerprint"
# Of a profile's folder, what says what was built and what was; not what crates keep for themselves.
_PARTS = (_STATES, "build", "deps")
_LOCK = ".cargo-lock"


def bring_output(top: str, prefix: str, tree: str) -> dict[str, str]:
    """Copy what Cargo has built in a checkout to where it looks for it in a merge.

    `prefix` is the way to where commands are run. Gives variables for commands: the folder is named
    even where it is the usual one, as a setting of the user's may name one that checkouts share.
    Without any crate on the way there is nothing to do.
    """
    crates = _crates(top, prefix)
    if crates is None:
        return {}
    to = f"{tree}/{crates}target"
    given = os.environ.get("CARGO_TARGET_DIR")
    source = os.path.join(f"{top}/{prefix}", given) if given else f"{top}/{crates}target"
    if os.path.isdir(os.path.dirname(to)) and not os.path.lexists(to):
        try:
            _copy(source, to)
        except OSError:
            remove(to)  # without it all is built, which takes longer and is as right
    return {"CARGO_TARGET_DIR": to}


def _crates(top: str, prefix: str) -> str | None:
    """Give the way to the folder of crates that commands there mean: the workspace, where known."""
    ways = [prefix]
    while ways[-1]:
        above = os.path.dirname(ways[-1].rstrip("/"))
        ways.append(f"{above}/" if above else "")
    found = [way for way in ways if os.path.isfile(f"{top}/{way}{_MANIFEST}")]
    if not found:
        with os.scandir(f"{top}/{prefix}") as entries:
            names = sorted(one.name for one in entries if os.path.isfile(f"{one.path}/{_MANIFEST}"))
        return f"{prefix}{names[0]}/" if names else None
    built = [way for way in found if os.path.isdir(f"{top}/{way}target")]
    return (built or found[-1:])[0]


def _copy(source: str, to: str) -> None:
    """Copy the profiles that are there. Raises `OSError`; one may be left half done."""
    profiles = [way for way in _profiles(source) if os.path.isdir(f"{source}/{way}/{_STATES}")]
    folders = [
        f"{way}/{part}"
        for way in profiles
        for part in _PARTS
        if os.path.isdir(f"{source}/{way}/{part}")
    ]
    size = sum(_size(f"{source}/{one}") for one in folders)
    free = shutil.disk_usage(os.path.dirname(to)).free
    if size > min(MOST, free // 2):
        return
    with _at_rest([f"{source}/{way}" for way in profiles]):
        for one in folders:
            # with their times: they tell what is newer than what
            shutil.copytree(f"{source}/{one}", f"{to}/{one}", symlinks=True)


def _profiles(source: str) -> Iterator[str]:
    """Give ways to folders that may be a profile's: `debug`, or of a platform `TRIPLE/debug`."""
    for name in _folders(source):
        yield name
        for inner in _folders(f"{source}/{name}"):
            yield f"{name}/{inner}"


def _folders(path: str) -> list[str]:
    if not os.path.isdir(path):
        return []
    with os.scandir(path) as entries:
        return sorted(one.name for one in entries if one.is_dir(follow_symlinks=False))


def _size(folder: str) -> int:
    size = 0
    for at, _, files in os.walk(folder):
        size += sum(os.lstat(f"{at}/{name}").st_size for name in files)
    return size


@contextmanager
def _at_rest(profiles: Sequence[str]) -> Iterator[None]:
    """Keep Cargo from building there meanwhile, by its own locks. Raises `OSError` if it does."""
    with ExitStack() as stack:
        for profile in profiles:
            file = stack.enter_context(open(f"{profile}/{_LOCK}", "rb"))
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
