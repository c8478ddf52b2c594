"""Snapshots of a folder without git: every file, but for what tools make and what is ignored.

Left out are folders of the table below, a `target` beside a `Cargo.toml`, and what the `.gitignore`
files of the folder say at the start; also sockets, pipes and devices. Links are not followed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.observe.checkouts import WORKTREES
from kei_gates.observe.files import read_file
from kei_gates.verify import rules as ignoring
from kei_gates.verify.compare import change_of
from kei_gates.verify.held import Keeper, is_as_held
from kei_gates.verify.looking import OTHER, Looking
from kei_gates.verify.snapshot_form import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Final

    from kei_gates.checks.work import Change

MOST = 400_000
"""The most files of a folder that can be looked at."""

_FORMAT = "sha1"
_LARGEST_RULES = 1 << 20
# Folders that tools make, and make again.
_MADE = frozenset(
    (
        ".cache", ".dart_tool", ".git", ".gradle", ".hypothesis", ".mypy_cache", ".next", ".nox",
        ".nuxt", ".pnpm-store", ".pytest_cache", ".ruff_cache", ".terraform", ".tox", ".venv",
        "__pycache__", "node_modules", "venv",
    )
)  # fmt: skip
_BUILT = "target"
_BUILT_BESIDE = b"Cargo.toml"


def take(root: str) -> Snapshot:
    """Take a folder as it is. Raises `Fault`."""
    walk = _Walk(root)
    paths = list(walk.paths())
    keeper = Keeper(Looking(root, _FORMAT))
    held = ((path, keeper.take(path)) for path in paths)
    return Snapshot(
        root,
        is_git=False,
        commit=None,
        rules={"": walk.rules},
        files={path: one for path, one in held if one.mode != OTHER},
        unreadable=frozenset(walk.unreadable),
    )


def compare(snapshot: Snapshot) -> list[Change]:
    """Give what has changed since. Raises `Fault`."""
    walk = _Walk(snapshot.root, snapshot.rules[""])
    now = set(walk.paths())
    hidden = sorted(walk.unreadable - snapshot.unreadable)
    if hidden:
        raise Fault(
            f"the folder `{hidden[0]}` in `{snapshot.root}` cannot be read any more",
            "make it readable: what lies in it has to be looked at",
        )
    looking = Looking(snapshot.root, _FORMAT)
    changed = []
    for path in snapshot.files.keys() | now:
        held = snapshot.files.get(path)
        if held is None:
            mode = looking.at(path, hashed=False).mode
            if mode not in (0, OTHER):
                changed.append(change_of(path, 0, mode))
        elif not is_as_held(held, path, looking):
            changed.append(change_of(path, held.mode, looking.at(path, hashed=False).mode))
    return changed


class _Walk:
    """Walks a folder, by given rules or by those that it finds."""

    def __init__(self, root: str, given: Sequence[str] | None = None) -> None:
        self._root: Final = os.fsencode(root)
        self._given: Final = given
        self._files: dict[str, bytes] = {}
        self.rules: tuple[str, ...] = tuple(given or ())
        self.unreadable: Final[set[str]] = set()
        self._spec = ignoring.Matcher(self.rules)

    def paths(self) -> Iterator[str]:
        """Give the paths of files and links. Raises `Fault` where there are too many."""
        folders = [""]
        count = 0
        while folders:
            folder = folders.pop()
            entries = self._entries(folder)
            if self._given is None and any(one.name == b".gitignore" for one in entries):
                self._add_rules(folder)
            names = {one.name for one in entries}
            for entry in entries:
                path = folder + entry.name.decode("utf-8", "surrogateescape")
                if entry.is_dir(follow_symlinks=False):
                    if not self._is_left_out(path, names):
                        folders.append(f"{path}/")
                elif not self._spec.ignores(path):
                    count += 1
                    yield path
            if count > MOST:
                raise Fault(
                    f"the folder `{os.fsdecode(self._root)}` holds more than {MOST} files",
                    "put the project under git, or ignore in a `.gitignore` what is no part of it",
                )

    def _entries(self, folder: str) -> list[os.DirEntry[bytes]]:
        place = self._root + b"/" + folder.encode("utf-8", "surrogateescape")
        try:
            with os.scandir(place) as found:
                return sorted(found, key=lambda one: one.name)
        except FileNotFoundError:
            return []  # it was removed meanwhile
        except OSError as error:
            if not folder:
                raise Fault(
                    f"the folder `{os.fsdecode(place)}` cannot be read: {error.strerror}",
                    "make it readable",
                ) from None
            self.unreadable.add(folder)
            return []

    def _is_left_out(self, path: str, beside: set[bytes]) -> bool:
        name = path.rpartition("/")[2]
        return (
            name in _MADE
            or (name == _BUILT and _BUILT_BESIDE in beside)
            or path == WORKTREES
            or self._spec.ignores(f"{path}/")
        )

    def _add_rules(self, folder: str) -> None:
        place = os.path.join(self._root, folder.encode("utf-8", "surrogateescape"), b".gitignore")
        try:
            if os.path.islink(place):
                return
            self._files[folder.rstrip("/")] = read_file(os.fsdecode(place), _LARGEST_RULES)
        except OSError as error:
            raise Fault(
                f"the ignore rules `{os.fsdecode(place)}` cannot be read: {error}",
                "mend or remove the file",
            ) from None
        self.rules = ignoring.compiled((), self._files)
        self._spec = ignoring.Matcher(self.rules)
