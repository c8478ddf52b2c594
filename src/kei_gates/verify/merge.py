"""Merge an agent's work onto what it is for, without touching the repository.

All is done in a throw-away folder: a git folder of our own, which sees the repository's objects and
obeys nobody's settings (`private.py`), and the merged tree beside it. Its `.git` leads to that git
folder, for tests that ask git what is there. A path that leaves the repository (`../other`) leads
elsewhere there.

Only what git would carry travels. What tests need and nobody commits is linked in (`LINKED`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kei_gates.checks.work import Finding
from kei_gates.model import Fault, Value
from kei_gates.verify.git import Git
from kei_gates.verify.private import SUBMODULE, lay_out
from kei_gates.verify.repository import find
from kei_gates.verify.staging import stage
from kei_gates.verify.surroundings import environment, link_in
from kei_gates.verify.throwaway import throwaway

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Final

    from kei_gates.verify.changes import Changes
    from kei_gates.verify.references import Target
    from kei_gates.verify.repository import Repository

_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (
        ("NAME", "kei-gates"),
        ("EMAIL", "kei-gates@localhost"),
        ("DATE", "2000-01-01T00:00:00Z"),
    )
}
_CONFLICTS = 1
_MARK = b"<<<<<<< "
_REMEDY = "change it so that both fit, or report it: whoever merges it has to decide"
_LONGEST = 1 << 20


class Merged(Value):
    """What a merge gives: the folder where it lies, what is in conflict, what was left out.

    `environment` holds variables for commands that are run there.
    """

    __slots__ = ("conflicts", "environment", "left_out", "root")

    def __init__(
        self,
        root: str,
        conflicts: tuple[Finding, ...],
        left_out: tuple[str, ...],
        environment: Mapping[str, str],
    ) -> None:
        self.root: Final = root
        self.conflicts: Final = conflicts
        self.left_out: Final = left_out
        self.environment: Final = environment


@contextmanager
def simulated(  # noqa: PLR0913, PLR0917 -- the parts of a merge
    top: str, base: str, target: Target, changes: Changes, below: str, seen_from: str
) -> Iterator[Merged]:
    """Merge all changes of a checkout since `base` onto `target`, for as long as it is needed.

    `below` is where the throw-away folder is made; `seen_from` is the folder in the checkout that
    paths and commands count from. Raises `Fault`.
    """
    repository = find(top)
    with throwaway(below, _key(repository.root)) as place:
        try:
            yield _Merge(repository, place).onto(target, base, changes, seen_from)
        except OSError as error:
            raise Fault(
                f"the merge cannot be made in `{place}`: {error}", "make room on the disk"
            ) from None


def _key(root: str) -> str:
    """Name the folder by the checkout: what Cargo keeps by path does not grow with each run."""
    return hashlib.sha256(os.fsencode(root)).hexdigest()[:16]


class _Merge:
    """One merge in a throw-away folder."""

    def __init__(self, repository: Repository, place: str) -> None:
        self._repository = repository
        self._folder = f"{place}/git"
        self._tree = f"{place}/tree"
        os.mkdir(self._folder)
        os.mkdir(self._tree)
        lay_out(self._folder, repository)
        _write(f"{self._folder}/objects/info/alternates", f"{repository.common}/objects\n")
        user, local = repository.attributes
        if os.path.isfile(local):
            shutil.copyfile(local, f"{self._folder}/info/attributes")
        self._git = Git(
            self._folder,
            work_tree=self._tree,
            index=f"{self._folder}/index",
            settings=(*repository.settings, f"core.attributesFile={user}"),
        )

    def onto(self, target: Target, base: str, changes: Changes, seen_from: str) -> Merged:
        """Make the merge. Raises `Fault` and `OSError`."""
        staged = stage(self._git, self._repository, base, changes)
        ours = self._commit(staged.tree, base)
        self._check_out(target.commit)
        prefix = seen_from.removeprefix(self._repository.root).strip("/")
        conflicts = self._merge(base, target, ours, f"{prefix}/" if prefix else "")
        if not conflicts:
            self._finish(target.commit, ours, staged.entries)
        root = f"{self._tree}/{prefix}".rstrip("/")
        os.makedirs(root, exist_ok=True)
        link_in(self._repository.root, self._tree)
        return Merged(root, conflicts, staged.left_out, environment(seen_from, root))

    def _commit(self, tree: str, *parents: str) -> str:
        words = [word for parent in parents for word in ("-p", parent)]
        done = self._git.run(
            "commit-tree", tree, *words, "-m", "work", environment=_NOBODY, stdin=b""
        )
        if done.code != 0:
            raise Fault(f"`git commit-tree` failed: {done.said}", "make room on the disk")
        return done.output.decode("ascii").strip()

    def _check_out(self, commit: str) -> None:
        self._git.output("update-ref", "--no-deref", "HEAD", commit)
        self._git.output("read-tree", "--reset", "-u", commit, cwd=self._tree)

    def _merge(self, base: str, target: Target, ours: str, prefix: str) -> tuple[Finding, ...]:
        """Merge in the tree that is checked out, and give what is in conflict."""
        words = ("merge-recursive", base, "--", target.commit, ours)
        done = self._git.run(*words, cwd=self._tree, environment=_NOBODY)
        if done.code not in (0, _CONFLICTS):
            raise Fault(
                f"`git merge-recursive` failed: {done.said}", "see whether the disk is full"
            )
        out = self._git.output("ls-files", "--unmerged", "-z", cwd=self._tree)
        stages: dict[str, set[str]] = {}
        for entry in filter(None, out.decode("utf-8", "surrogateescape").split("\0")):
            words_of, _, path = entry.partition("\t")
            stages.setdefault(path, set()).add(words_of.split()[2])
        if done.code == _CONFLICTS and not stages:
            raise Fault(f"the merge onto `{target.name}` failed: {done.said}", _REMEDY)
        return tuple(
            self._conflict(path, found, target, prefix) for path, found in sorted(stages.items())
        )

    def _conflict(self, path: str, stages: set[str], target: Target, prefix: str) -> Finding:
        """Tell of a path; its stages are 1 the base, 2 the target, 3 the work (git-ls-files(1))."""
        inside = path.startswith(prefix)
        shown = path[len(prefix) :] if inside else f"{self._repository.root}/{path}"
        return Finding(
            f"`{shown}` conflicts with `{target.name}`: {_kind(stages)}",
            _REMEDY,
            path=shown,
            line=_first_mark(f"{self._tree}/{path}"),
        )

    def _finish(self, target: str, ours: str, entries: Mapping[str, tuple[str, str]]) -> None:
        """Record the merge, and give files the bytes that they have in the checkout."""
        tree = self._git.output("write-tree", cwd=self._tree).decode("ascii").strip()
        self._git.output("update-ref", "--no-deref", "HEAD", self._commit(tree, target, ours))
        merged = _listed(self._git, self._tree)
        self._bring([path for path, (mode, _) in merged.items() if int(mode, 8) == SUBMODULE])
        same = [path for path, entry in merged.items() if entries.get(path) == entry]
        for path in _filtered(self._git, self._tree, same):
            source, to = f"{self._repository.root}/{path}", f"{self._tree}/{path}"
            if os.path.isfile(source) and not os.path.islink(source):
                shutil.copyfile(source, to)
        _write(f"{self._tree}/.git", "gitdir: ../git\n")

    def _bring(self, submodules: Sequence[str]) -> None:
        """Link in the submodules that are checked out."""
        for path in submodules:
            source, to = f"{self._repository.root}/{path}", f"{self._tree}/{path}"
            if os.path.isdir(source) and os.path.isdir(to) and not os.listdir(to):
                os.rmdir(to)
                os.symlink(source, to)


def _kind(stages: set[str]) -> str:
    if stages == {"1", "2", "3"}:
        return "both have changed the same lines"
    if stages == {"2", "3"}:
        return "both have added it"
    if "1" in stages and len(stages) == 2:  # noqa: PLR2004 -- the base and one side
        return "one has changed it and the other deleted it"
    return "what one has moved or replaced, the other has changed"


def _first_mark(path: str) -> int | None:
    """Give the line of the first conflict in a file; none where it has none."""
    try:
        with open(path, "rb") as file:
            lines = file.read(_LONGEST).split(b"\n")
    except OSError:
        return None
    return next((at for at, line in enumerate(lines, 1) if line.startswith(_MARK)), None)


def _listed(git: Git, tree: str) -> dict[str, tuple[str, str]]:
    """Give what an index holds: each path with its mode and the id of its object."""
    out = git.output("ls-files", "--stage", "-z", cwd=tree).decode("utf-8", "surrogateescape")
    entries = (entry.partition("\t") for entry in out.split("\0") if entry)
    return {path: (words.split()[0], words.split()[1]) for words, _, path in entries}


def _filtered(git: Git, tree: str, paths: Sequence[str]) -> list[str]:
    """Give the files that a filter makes out of what git holds (Git LFS and the like)."""
    asked = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    out = git.output("check-attr", "-z", "--stdin", "filter", cwd=tree, stdin=asked)
    fields = out.decode("utf-8", "surrogateescape").split("\0")
    named = zip(fields[::3], fields[2::3], strict=False)
    return [path for path, value in named if value not in ("unspecified", "unset", "set")]


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
