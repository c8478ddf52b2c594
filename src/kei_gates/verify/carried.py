"""What a merged tree is given from the checkout, as git alone cannot make it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.verify.private import LINK, SUBMODULE
from kei_gates.verify.references import head_of
from kei_gates.verify.repository import find, is_checkout
from kei_gates.verify.staging import must

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.verify.git import Git
    from kei_gates.verify.staging import Entries

_NO_FILTER = ("unspecified", "unset", "set")


class Carrier:
    """Carries over from a checkout what is the same in the merge: `own` is what it holds itself."""

    def __init__(self, git: Git, root: str, tree: str, own: Entries) -> None:
        self._git: Final = git
        self._root: Final = root
        self._tree: Final = tree
        self._own: Final = own

    def carry(self, merged: Entries) -> tuple[str, ...]:
        """Give files the bytes of the checkout, and link its submodules; say of what it cannot.

        Raises `Fault`, `OSError`.
        """
        return (*self._files(merged), *self._submodules(merged))

    def _files(self, merged: Entries) -> list[str]:
        """Bring those that a filter makes out of what git holds (Git LFS, git-crypt, ...)."""
        raw = []
        for path in self._filtered([one for one, (mode, _) in merged.items() if mode not in _NOT]):
            source, to = f"{self._root}/{path}", f"{self._tree}/{path}"
            is_same = self._own.get(path) == merged[path]
            if is_same and os.path.isfile(source) and not os.path.islink(source):
                shutil.copyfile(source, to)
            else:
                raw.append(path)
        if not raw:
            return []
        return [f"{_several(raw, 'file')} as stored by the filter: nobody's filter is run"]

    def _filtered(self, paths: Sequence[str]) -> list[str]:
        asked = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
        words = ("check-attr", "-z", "--stdin", "filter")
        out = must(self._git, *words, cwd=self._tree, stdin=asked)
        fields = out.decode("utf-8", "surrogateescape").split("\0")
        named = zip(fields[::3], fields[2::3], strict=False)
        return [path for path, value in named if value not in _NO_FILTER]

    def _submodules(self, merged: Entries) -> list[str]:
        """Link in those that are checked out at the commit that the merge has."""
        empty = []
        for path, (mode, commit) in merged.items():
            if mode != SUBMODULE:
                continue
            source, to = f"{self._root}/{path}", f"{self._tree}/{path}"
            if not is_checkout(source):
                continue  # the commands have done without it before
            if _head(source) == commit and os.path.isdir(to):
                os.rmdir(to)
                os.symlink(source, to)
            else:
                empty.append(path)
        if not empty:
            return []
        return [f"{_several(empty, 'submodule')} empty: another commit is checked out"]


_NOT = (LINK, SUBMODULE)


def _head(submodule: str) -> str | None:
    try:
        return head_of(find(submodule))
    except Fault:
        return None


def _several(paths: Sequence[str], what: str) -> str:
    if len(paths) == 1:
        return f"in the merge, `{paths[0]}` lies"
    return f"in the merge, `{paths[0]}` and other {what}s ({len(paths)} in all) lie"
