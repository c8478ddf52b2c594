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
        rules={"": walk.rules()},
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
        self._files: Final[dict[str, bytes]] = {}
        self.unreadable: Final[set[str]] = set()

    def rules(self) -> tuple[str, ...]:
        """Give all rules, of a walk that has ended."""
        return ignoring.compiled((), self._files) if self._given is None else tuple(self._given)

    def paths(self) -> Iterator[str]:
        """Give the paths of files and links. Raises `Fault` where there are too many."""
        folders = [("", ignoring.Matcher(self._given or ()))]
        count = 0
        while folders:
            folder, above = folders.pop()
            entries = self._entries(folder)
            spec = self._spec(folder, entries, above)
            names = {one.name for one in entries}
            for entry in entries:
                path = folder + entry.name.decode("utf-8", "surrogateescape")
                if entry.is_dir(follow_symlinks=False):
                    if not _is_left_out(path, names) and not spec.ignores(f"{path}/"):
                        folders.append((f"{path}/", spec))
                elif not spec.ignores(path):
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

    def _spec(
        self, folder: str, entries: Sequence[os.DirEntry[bytes]], above: ignoring.Matcher
    ) -> ignoring.Matcher:
        """Give what answers for a folder's entries: only rules that can hold there."""
        if self._given is not None:
            return above.within(folder)
        if not any(map(_is_rules, entries)):
            return above
        self._add_rules(folder)
        files = {one: text for one in _way(folder) if (text := self._files.get(one)) is not None}
        return ignoring.Matcher(ignoring.compiled((), files))

    def _add_rules(self, folder: str) -> None:
        place = os.path.join(self._root, folder.encode("utf-8", "surrogateescape"), b".gitignore")
        try:
            self._files[folder.rstrip("/")] = read_file(os.fsdecode(place), _LARGEST_RULES)
        except OSError as error:
            raise Fault(
                f"the ignore rules `{os.fsdecode(place)}` cannot be read: {error}",
                "mend or remove the file",
            ) from None


def _way(folder: str) -> list[str]:
    """Give the folders from the root to one, whose path ends with `/`."""
    return ["", *(folder[:at] for at, one in enumerate(folder) if one == "/")]


def _is_rules(entry: os.DirEntry[bytes]) -> bool:
    """Say whether an entry is a file of ignore rules; git follows no link there."""
    return entry.name == b".gitignore" and entry.is_file(follow_symlinks=False)


def _is_left_out(path: str, beside: set[bytes]) -> bool:
    name = path.rpartition("/")[2]
    is_built = name == _BUILT and _BUILT_BESIDE in beside
    return name in _MADE or is_built or path == WORKTREES
