"""Put what an agent has changed into a tree of git, in a git folder of our own."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from kei_gates.checks._changes import is_left_in_cache
from kei_gates.model import Fault, Value
from kei_gates.verify.private import SUBMODULE, is_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Final

    from kei_gates.checks.work import Change
    from kei_gates.verify.changes import Changes
    from kei_gates.verify.git import Git
    from kei_gates.verify.repository import Repository

    Entries = Mapping[str, tuple[int, str]]
    """Paths with their mode and the id of their object."""

LARGEST = 256 << 20
"""A file with more bytes is not put into the tree: it is data, and a copy would take minutes."""

DAMAGED = "see with `git fsck` whether the repository is whole"
"""What to do where git fails and does not say why."""


class Staged(Value):
    """A tree: its id, what it holds, what was left out."""

    __slots__ = ("entries", "left_out", "tree")

    def __init__(self, tree: str, entries: Entries, left_out: tuple[str, ...]) -> None:
        self.tree: Final = tree
        self.entries: Final = entries
        self.left_out: Final = left_out


def stage(git: Git, repository: Repository, base: str, changes: Changes) -> Staged:
    """Write the objects and the tree of a commit with changes. Raises `Fault`, `OSError`.

    Texts are given the form that git would commit by the attributes of the checkout; no filter is
    run. Of an object that the repository has already, git sets the time anew, that it is kept; it
    writes none there.
    """
    must(git, "read-tree", base)
    staging = _Staging(repository, changes)
    # what is gone comes first: a file may have become a folder
    must(git, "update-index", "-z", "--index-info", stdin=staging.named(_nothing(git)))
    must(
        git,
        *("update-index", "-z", "--add", "--stdin"),
        stdin=_joined(staging.lying),
        cwd=repository.root,
        environment={"GIT_WORK_TREE": repository.root},
    )
    tree = must(git, "write-tree").decode("ascii").strip()
    return Staged(tree, listed(git), tuple(staging.left_out))


def must(
    git: Git,
    *words: str,
    stdin: bytes = b"",
    cwd: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run a command that must not fail and give what it prints. Raises `Fault`."""
    done = git.run(*words, stdin=stdin, cwd=cwd, environment=environment)
    if done.code != 0:
        raise failed(words[0], done.errors, done.said)
    return done.output


def failed(command: str, errors: bytes, said: str) -> Fault:
    """Tell why a command of git failed, and what to do about it."""
    is_full = b"No space left on device" in errors
    remedy = "make room on the disk" if is_full else DAMAGED
    return Fault(f"`git {command}` failed: {said}", remedy)


def listed(git: Git) -> dict[str, tuple[int, str]]:
    """Give what an index holds. Raises `Fault`."""
    out = must(git, "ls-files", "--stage", "-z").decode("utf-8", "surrogateescape")
    parts = (entry.partition("\t") for entry in out.split("\0") if entry)
    return {path: (int(words.split()[0], 8), words.split()[1]) for words, _, path in parts}


class _Staging:
    """Sorts changes: `lying` are those that git reads from the working tree."""

    def __init__(self, repository: Repository, changes: Changes) -> None:
        self._root: Final = repository.root
        self._changes: Final = changes
        self.left_out: Final[list[str]] = []
        self._own: Final[list[Change]] = []
        inner = []
        for one in changes.changes:
            if changes.is_in_submodule(one.path):
                inner.append(one.path)
            elif not is_left_in_cache(one):  # nobody has judged it
                self._own.append(one)
        if inner:
            self.left_out.append(
                f"`{inner[0]}` lies in a submodule, of which a merge takes only the commit"
            )
        self.lying: Final = [one.path for one in self._own if self._lies(one)]

    def _lies(self, change: Change) -> bool:
        if change.kind == "deleted" or change.mode == SUBMODULE:
            return False
        return not self._changes.kept(change.path) and not self._is_left_out(change)

    def _is_left_out(self, change: Change) -> bool:
        """Say whether a file is too large. Raises `OSError` where it is gone by now."""
        found = os.lstat(f"{self._root}/{change.path}")
        if not stat.S_ISREG(found.st_mode) or found.st_size <= LARGEST:
            return False
        instead = ", and what the base holds is there" if change.old_mode else ""
        self.left_out.append(
            f"`{change.path}` was left out of the merge: it has {found.st_size} bytes{instead}"
        )
        return True

    def named(self, nothing: str) -> bytes:
        """Give what `git update-index --index-info` reads of all that does not lie there."""
        gone = [one.path for one in self._own if one.kind == "deleted"]
        lines = [f"0 {nothing}\t{path}\0" for path in gone]
        for change in self._own:
            name = self._name(change)
            if name and change.kind != "deleted":
                lines.append(f"{change.mode:o} {name}\t{change.path}\0")
        return "".join(lines).encode("utf-8", "surrogateescape")

    def _name(self, change: Change) -> str | None:
        """Give the id of what only the index or a commit holds, or of a submodule's commit."""
        kept = self._changes.kept(change.path)
        if kept or change.mode != SUBMODULE:
            return kept
        head = (self._changes.after(change.path) or b"").decode("ascii", "replace")
        return head if is_id(head) else None


def _nothing(git: Git) -> str:
    """Give the id of no object, as long as ids of the repository are."""
    return "0" * len(must(git, "hash-object", "--stdin").strip())


def _joined(paths: Iterable[str]) -> bytes:
    return "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
