"""A working tree against a commit: what is no more what the commit holds.

What is staged or committed since counts beside what lies there, as a later commit or a merge brings
it along: an index or a commit that says something else than the tree cannot hide a change.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kei_gates.checks.work import Change
from kei_gates.model import Fault, Value
from kei_gates.verify import listing
from kei_gates.verify import repository as repositories
from kei_gates.verify.conversion import FILTERED, Conversion
from kei_gates.verify.looking import (
    EXECUTABLE,
    LARGEST,
    NOTHING,
    OTHER,
    PLAIN,
    Looking,
    Lying,
)
from kei_gates.verify.private import FOLDER, LINK, MISSING, SUBMODULE, opened
from kei_gates.verify.references import head_of
from kei_gates.verify.ruling import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Final

    from kei_gates.checks.work import ChangeKind, EntryKind
    from kei_gates.verify.private import Private, Tree
    from kei_gates.verify.repository import Repository
    from kei_gates.verify.ruling import Ruling

_NO_ENTRY = (0, "")
_FILES = (PLAIN, EXECUTABLE)
_OF_ANOTHER_SIZE = "another"  # no id of any bytes
_ENTRIES: dict[int, EntryKind] = {LINK: "link", SUBMODULE: "submodule"}


class Difference(Value):
    """A change, and where its texts are.

    `repository` holds the objects. `old` is the id of what the commit holds; `kept` that of what
    only the index or a later commit holds, none where the working tree counts; `` for nothing.
    """

    __slots__ = ("change", "kept", "old", "repository")

    def __init__(
        self, change: Change, repository: Repository, old: str, kept: str | None = None
    ) -> None:
        self.change: Final = change
        self.repository: Final = repository
        self.old: Final = old
        self.kept: Final = kept


def differences(
    repository: Repository, commit: str | None, ruling: Ruling, prefix: str = ""
) -> dict[str, Difference]:
    """Give them by path, those in submodules too. Without a commit, all that lies there is new.

    Raises `Fault` where something cannot be told.
    """
    with opened(repository) as own:
        base = own.tree(own.commit(commit)) if commit else {}
        return _Comparison(repository, own, base, ruling, prefix).found()


class _Comparison:
    def __init__(
        self, repository: Repository, own: Private, base: Tree, ruling: Ruling, prefix: str
    ) -> None:
        self._repository: Final = repository
        self._own: Final = own
        self._base: Final = base
        self._ruling: Final = ruling
        self._prefix: Final = prefix
        self._looking: Final = Looking(
            repository.root,
            repository.object_format,
            trusts_modes=not repository.lacks("core.filemode"),
        )
        self._index: Final = listing.index_of(repository)
        self._is_sparse: Final = ruling.is_sparse(prefix, repository)
        self._recorded: Final = self._trees()
        self._found: Final[dict[str, Difference]] = {}
        self._inner: Final[dict[str, Difference]] = {}

    def found(self) -> dict[str, Difference]:
        self._compare_tracked()
        for path, (mode, name) in self._base.items():
            if mode == SUBMODULE:
                self._compare_submodule(path, name)
        self._find_others()
        self._find_kept()
        own = {self._prefix + path: one for path, one in self._found.items()}
        return own | self._inner

    def _compare_tracked(self) -> None:
        """Compare what the commit holds with what lies there."""
        changed = {}
        for path, entry in self._base.items():
            if entry[0] != SUBMODULE:
                lying = self._lying(path, entry)
                if not self._is_same(path, entry, lying):
                    changed[path] = lying
        texts = {
            path: lying
            for path, lying in changed.items()
            if lying.mode in _FILES and lying.name and self._base[path][0] in _FILES
        }
        conversion = Conversion(
            self._repository, self._own, self._base, self._looking, self._ruling.since
        )
        same, doubted = conversion.unchanged(texts, self._index)
        for path, lying in changed.items():
            if path not in same or self._mode_differs(self._base[path][0], lying.mode):
                self._add(path, lying, FILTERED if path in doubted else "")

    def _lying(self, path: str, entry: tuple[int, str]) -> Lying:
        """Tell what lies at a path, of a large file without reading it where its size tells.

        One that the index knows and that is older than the agent's start is as it was: nobody can
        set the time of its last change back.
        """
        found = self._looking.at(path, hashed=False)
        if found.mode not in _FILES or found.stat is None or found.stat.st_size <= LARGEST:
            return self._looking.at(path)
        since, index = self._ruling.since, self._index
        is_old = since is not None and found.stat.st_ctime_ns < since
        if is_old and index is not None and index.knows(path, entry[1], found.stat):
            return Lying(found.mode, entry[1], found.stat)
        if self._own.size(entry[1]) not in (found.stat.st_size, MISSING):
            return Lying(found.mode, _OF_ANOTHER_SIZE, found.stat)
        return self._looking.at(path)

    def _is_same(self, path: str, entry: tuple[int, str], lying: Lying) -> bool:
        if lying is NOTHING:
            return self._is_absent(path)
        mode, name = entry
        if mode == LINK and self._repository.lacks("core.symlinks"):
            return lying.mode in (LINK, *_FILES) and lying.name == name
        return lying.name == name and not self._mode_differs(mode, lying.mode)

    def _mode_differs(self, mode: int, now: int) -> bool:
        if mode in _FILES and now in _FILES and self._repository.lacks("core.filemode"):
            return False
        return mode != now

    def _is_absent(self, path: str) -> bool:
        """Whether a sparse checkout leaves it out."""
        return self._is_sparse and self._index is not None and path in self._index.absent

    def _compare_submodule(self, path: str, name: str) -> None:
        lying = self._looking.at(path, hashed=False)
        if lying.mode != FOLDER:
            if lying is not NOTHING or not self._is_absent(path):
                self._add(path, lying)
            return
        place = os.fsdecode(self._looking.place(path))
        if not repositories.is_checkout(place):
            return  # it is not filled; what lies in it is found with the others
        inner = repositories.find(place)
        head = head_of(inner)
        if head != name:
            change = change_of(self._prefix + path, SUBMODULE, SUBMODULE)
            self._found[path] = Difference(change, self._repository, name)
        base = name if _has(inner, name) else head
        self._inner.update(differences(inner, base, self._ruling, f"{self._prefix}{path}/"))

    def _find_others(self) -> None:
        """Find what lies there and is not in the commit."""
        certain, wider = self._ruling.rules(self._prefix, self._repository, self._own, self._base)
        others = self._others(certain)
        doubted = others - self._others(wider) if wider != certain else set()
        for path in self._new(others):
            lying = self._looking.at(path, hashed=False)
            if lying.stat is None and lying.mode == OTHER:
                raise Fault(
                    f"`{path}` in `{self._repository.root}` cannot be looked at",
                    "see that all folders of the tree can be read",
                )
            if lying.mode in (LINK, *_FILES) and not self._is_main_checkouts(path, lying):
                self._add(path, lying, HIDDEN if path in doubted else "")

    def _is_main_checkouts(self, path: str, lying: Lying) -> bool:
        """Whether it is a link in a worktree to the same folder of the main checkout.

        The client links those of `worktree.symlinkDirectories` so, and a rule as `.venv/` matches
        no link.
        """
        main, name = os.path.split(self._repository.common)
        if lying.mode != LINK or self._prefix or not self._repository.is_linked or name != ".git":
            return False
        meant = os.path.join(os.fsencode(main), path.encode("utf-8", "surrogateescape"))
        place = self._looking.place(path)
        return os.path.isdir(meant) and os.path.realpath(place) == os.path.realpath(meant)

    def _others(self, rules: tuple[str, ...]) -> set[str]:
        submodules = [path for path, (mode, _) in self._base.items() if mode == SUBMODULE]
        return listing.others(self._repository, self._own, rules, submodules)

    def _new(self, others: Iterable[str]) -> Iterator[str]:
        """Give those of which the commit has none by the same name, also not in another case."""
        names = {}
        if self._repository.has("core.ignorecase"):
            names = {path.casefold(): path for path in self._base}
        for path in others:
            other = names.get(path.casefold())
            if path in self._base or (other is not None and self._are_one(path, other)):
                continue
            yield path

    def _are_one(self, path: str, other: str) -> bool:
        one = self._looking.at(path, hashed=False).stat
        two = self._looking.at(other, hashed=False).stat
        return one is not None and two is not None and os.path.samestat(one, two)

    def _trees(self) -> list[Tree]:
        """Give what HEAD and the index hold: it is on its way."""
        head = head_of(self._repository)
        kept: list[Tree] = [self._own.tree(head)] if head else []
        if self._index is not None:
            # what is not merged is in no commit, whatever the index holds of it
            undone = self._base.keys() & self._index.unmerged
            kept.append({**self._index.entries, **{one: self._base[one] for one in undone}})
        return kept

    def _is_recorded(self, path: str) -> bool:
        old = self._base.get(path)
        return any(tree.get(path) != old for tree in self._recorded)

    def _find_kept(self) -> None:
        """Find what only a later commit or the index holds."""
        for tree in self._recorded:
            for path in self._base.keys() | tree.keys():
                if path not in self._found and tree.get(path) != self._base.get(path):
                    self._keep(path, tree.get(path, _NO_ENTRY))

    def _keep(self, path: str, entry: tuple[int, str]) -> None:
        lying = self._looking.at(path, hashed=False)
        if path not in self._base and lying.mode in (LINK, *_FILES):
            self._add(path, lying)  # ignored, and yet committed
            return
        old_mode, old = self._base.get(path, _NO_ENTRY)
        mode, name = entry
        change = change_of(self._prefix + path, old_mode, mode, is_recorded=True)
        self._found[path] = Difference(change, self._repository, old, name)

    def _add(self, path: str, lying: Lying, doubt: str = "") -> None:
        old_mode, old = self._base.get(path, _NO_ENTRY)
        mode = lying.mode
        if mode == OTHER and lying.stat is None:
            mode = old_mode  # it cannot be looked at, so nobody knows that it is gone
        is_recorded = self._is_recorded(path)
        change = change_of(self._prefix + path, old_mode, mode, doubt, is_recorded=is_recorded)
        self._found[path] = Difference(change, self._repository, old)


def change_of(
    path: str, old_mode: int, mode: int, doubt: str = "", *, is_recorded: bool = False
) -> Change:
    """Give the change of a path by what lay and what lies there.

    A folder, and what git knows nothing about, is nothing: what lies in it are paths of their own.
    """
    old_mode, mode = (0 if one in (OTHER, FOLDER) else one for one in (old_mode, mode))
    kind: ChangeKind = "deleted"
    if mode:
        kind = "modified" if old_mode else "added"
    entry = _ENTRIES.get(mode or old_mode, "file")
    return Change(
        path,
        kind,
        entry=entry,
        mode=mode,
        old_mode=old_mode,
        doubt=doubt,
        is_recorded=is_recorded,
    )


def _has(repository: Repository, commit: str) -> bool:
    with opened(repository) as own:
        try:
            own.commit(commit)
        except Fault:
            return False
    return True
