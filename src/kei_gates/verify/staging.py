"""Put what an agent has changed into a tree of git, in a git folder of our own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kei_gates.model import Value
from kei_gates.verify.private import LINK, SUBMODULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Final

    from kei_gates.checks.work import Change
    from kei_gates.verify.changes import Changes
    from kei_gates.verify.git import Git
    from kei_gates.verify.repository import Repository

LARGEST = 256 << 20
"""Of a new file with more bytes, nothing is put into the tree: it is data that was forgotten."""


class Staged(Value):
    """A tree: its id, what it holds by path (mode in octal digits, id), what was left out."""

    __slots__ = ("entries", "left_out", "tree")

    def __init__(
        self, tree: str, entries: Mapping[str, tuple[str, str]], left_out: tuple[str, ...]
    ) -> None:
        self.tree: Final = tree
        self.entries: Final = entries
        self.left_out: Final = left_out


def stage(git: Git, repository: Repository, base: str, changes: Changes) -> Staged:
    """Write the objects and the tree of a commit with changes. Raises `Fault`, `OSError`.

    Texts are given the form that git would commit by the attributes of the checkout; no filter is
    run.
    """
    git.output("read-tree", base)
    staging = _Staging(git, repository, changes)
    git.output("update-index", "-z", "--index-info", stdin=staging.entries())
    out = git.output("ls-files", "--stage", "-z").decode("utf-8", "surrogateescape")
    parts = (entry.partition("\t") for entry in out.split("\0") if entry)
    entries = {path: (words.split()[0], words.split()[1]) for words, _, path in parts}
    tree = git.output("write-tree").decode("ascii").strip()
    return Staged(tree, entries, tuple(staging.left_out))


class _Staging:
    def __init__(self, git: Git, repository: Repository, changes: Changes) -> None:
        self._git = git
        self._repository = repository
        self._changes = changes
        self.left_out: list[str] = []

    def entries(self) -> bytes:
        """Write the objects and give what `git update-index --index-info` reads.

        What is gone comes first: a file may have become a folder.
        """
        gone: list[str] = []
        files: list[Change] = []
        named: list[tuple[int, str, str]] = []
        for change in self._changes.changes:
            kept = self._changes.kept(change.path)
            if self._is_in_submodule(change.path):
                self.left_out.append(f"`{change.path}` is part of a submodule, which is linked in")
            elif change.kind == "deleted":
                gone.append(change.path)
            elif kept:
                named.append((change.mode, kept, change.path))
            elif change.mode == LINK:
                named.append(
                    (LINK, self._written(os.readlink(self._place(change.path))), change.path)
                )
            elif change.mode == SUBMODULE:
                head = self._changes.after(change.path) or b""
                named.append((SUBMODULE, head.decode("ascii"), change.path))
            elif not self._is_too_large(change):
                files.append(change)
        names = self._hashed(files)
        named += [(one.mode, name, one.path) for one, name in zip(files, names, strict=True)]
        nothing = "0" * len(self._git.output("hash-object", "--stdin").strip())
        lines = [f"0 {nothing}\t{path}\0" for path in gone]
        lines += [f"{mode:o} {name}\t{path}\0" for mode, name, path in named]
        return "".join(lines).encode("utf-8", "surrogateescape")

    def _place(self, path: str) -> str:
        return f"{self._repository.root}/{path}"

    def _is_in_submodule(self, path: str) -> bool:
        return self._changes.is_in_submodule(path)

    def _is_too_large(self, change: Change) -> bool:
        size = os.lstat(self._place(change.path)).st_size
        if size <= LARGEST:
            return False
        self.left_out.append(f"`{change.path}` is left out of the merge: it has {size} bytes")
        return True

    def _written(self, text: str) -> str:
        done = self._git.output("hash-object", "-w", "--stdin", stdin=os.fsencode(text))
        return done.decode("ascii").strip()

    def _hashed(self, files: Iterable[Change]) -> list[str]:
        """Write the objects of files, and give their ids in order."""
        asked = "".join(f"{_quoted(change.path)}\n" for change in files)
        root = self._repository.root
        out = self._git.run(
            "hash-object",
            "-w",
            "--stdin-paths",
            cwd=root,
            stdin=asked.encode("utf-8", "surrogateescape"),
            environment={"GIT_WORK_TREE": root},
        )
        return out.output.decode("ascii").split()


def _quoted(path: str) -> str:
    """Quote a path as git reads it in a line of its own."""
    if not any(char in path for char in '"\\\n\t\r'):
        return path
    for char, shown in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        path = path.replace(char, shown)
    return f'"{path}"'
