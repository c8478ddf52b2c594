"""Whose ignore rules count: those of a commit, or those of a moment.

A rule that an agent has written must not hide what it has written. So the rules in the tree are
those of the commit that it is compared with, and the rules outside of it (`.git/info/exclude`, the
user's own file) count when they were there before the agent's start. Where that start is not known,
the user's own file counts, and what a repository's own file hides is a change in doubt.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Protocol

from kei_gates.model import Fault
from kei_gates.observe.files import read_file
from kei_gates.verify import listing
from kei_gates.verify import rules as ignoring

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Final

    from kei_gates.verify.private import Private, Tree
    from kei_gates.verify.repository import Repository, RuleFile

    Ruled = tuple[tuple[str, ...], tuple[str, ...]]
    """Rules that count, and the same with those of which it is not known who has written them."""

HIDDEN = "a rule of the repository's own ignores it, and nobody knows who has written that rule"

_LARGEST = 1 << 20
_ROUNDS = 50


class Ruling(Protocol):
    """Gives the rules of a repository: the one of the root, or a submodule's.

    `since` is the agent's start in ns since the epoch, where it is known: attributes that lie
    outside of the tree and are newer do not count, as rules do not.
    """

    @property
    def since(self) -> int | None:
        """The agent's start."""

    def is_sparse(self, prefix: str, repository: Repository) -> bool:
        """Say whether what a sparse checkout leaves out may be absent, `prefix` as in `rules`."""

    def rules(self, prefix: str, repository: Repository, own: Private, base: Tree) -> Ruled:
        """Give them. `prefix` is the submodule's path with a `/`, empty for the root's.

        Raises `Fault`.
        """


class OfCommit:
    """The rules of the commit; of those outside of the tree the ones from before `since`.

    `since` is the agent's start in ns since the epoch; none where it is not known.
    """

    def __init__(self, since: int | None = None) -> None:
        self.since: Final = since

    def rules(
        self,
        prefix: str,  # noqa: ARG002 -- what others need
        repository: Repository,
        own: Private,
        base: Tree,
    ) -> Ruled:
        """Give them. Raises `Fault`."""
        files = {}
        for path, (mode, name) in base.items():
            folder, _, last = path.rpartition("/")
            if last == ignoring.NAME and mode & 0o170000 == 0o100000:  # noqa: PLR2004 -- a file
                try:
                    files[folder] = own.blob(name, _LARGEST)
                except OSError as error:
                    raise _unreadable(path, error) from None
        kept = [one for one in repository.rule_files if self._counts(one)]
        certain = ignoring.compiled(_texts(kept), files)
        if self.since is not None or len(kept) == len(repository.rule_files):
            return certain, certain
        return certain, ignoring.compiled(_texts(repository.rule_files), files)

    def is_sparse(
        self,
        prefix: str,  # noqa: ARG002 -- what others need
        repository: Repository,
    ) -> bool:
        """Say whether the checkout is sparse: what it leaves out, its next commit still holds."""
        return repository.is_sparse

    def _counts(self, file: RuleFile) -> bool:
        return file.is_shared if self.since is None else file.changed_at < self.since


class OfNow:
    """The rules that lie in the tree now; `found` keeps them by the submodule's path.

    `sparse` keeps the paths of those that are sparse checkouts.
    """

    def __init__(self) -> None:
        self.since: Final = None
        self.found: Final[dict[str, tuple[str, ...]]] = {}
        self.sparse: Final[set[str]] = set()

    def is_sparse(self, prefix: str, repository: Repository) -> bool:
        """Say whether the checkout is sparse."""
        if repository.is_sparse:
            self.sparse.add(prefix)
        return repository.is_sparse

    def rules(
        self,
        prefix: str,
        repository: Repository,
        own: Private,
        base: Tree,  # noqa: ARG002 -- what others need
    ) -> Ruled:
        """Find them: in each folder that holds a file which the rules so far do not ignore.

        Raises `Fault`.
        """
        shared = _texts(repository.rule_files)
        files: dict[str, bytes] = {}
        looked_at: set[str] = set()
        for _ in range(_ROUNDS):
            rules = ignoring.compiled(shared, files)
            folders = _folders(listing.others(repository, own, rules)) - looked_at
            looked_at |= folders
            new = {one: text for one in folders if (text := _rules_in(repository.root, one))}
            if not new:
                break
            files |= new
        else:
            raise Fault(
                f"the rules in `{repository.root}` lie more than {_ROUNDS} deep",
                "put `.gitignore` files into fewer folders",
            )
        self.found[prefix] = rules
        return rules, rules


class Recorded:
    """Rules as they were found at `since`; of a submodule that came later, those of its commit.

    A checkout that became sparse later has lost files.
    """

    def __init__(
        self, found: Mapping[str, tuple[str, ...]], sparse: Collection[str], since: int
    ) -> None:
        self.since: Final = since
        self._found: Final = found
        self._sparse: Final = sparse

    def is_sparse(self, prefix: str, repository: Repository) -> bool:
        """Say whether the checkout is sparse and was."""
        return repository.is_sparse and (prefix in self._sparse or prefix not in self._found)

    def rules(self, prefix: str, repository: Repository, own: Private, base: Tree) -> Ruled:
        """Give them. Raises `Fault`."""
        known = self._found.get(prefix)
        if known is None:
            return OfCommit(0).rules(prefix, repository, own, base)
        return known, known


def _folders(paths: Iterable[str]) -> set[str]:
    found = {""}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _rules_in(root: str, folder: str) -> bytes | None:
    path = f"{root}/{folder}/{ignoring.NAME}"
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None  # git follows no link there
        return read_file(path, _LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _texts(files: Iterable[RuleFile]) -> list[bytes]:
    found = []
    for one in files:
        try:
            found.append(read_file(one.path, _LARGEST))
        except OSError as error:
            raise _unreadable(one.path, error) from None
    return found


def _unreadable(path: str, error: Exception) -> Fault:
    return Fault(f"the ignore rules `{path}` cannot be read: {error}", "mend or remove the file")
