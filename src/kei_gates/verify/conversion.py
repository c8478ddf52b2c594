"""Files that hold other bytes than their commit and yet are as they were.

Git writes some files in another form into the working tree: with other line ends, in another
encoding, with a keyword spelled out (gitattributes(5)). It is asked what it would commit, by the
attributes of the commit and of the user; those that lie in the tree now do not count, as an agent
may have written them. A file of Git LFS is as it was when its bytes give the SHA-256 of the pointer
that the commit holds (git-lfs's pointer specification).

The user's other filters (`filter=` of git-crypt, nbstripout, ...) cannot be run: they are programs
of the configuration. A file of theirs counts as unchanged when the index says so by size, inode and
times, in ns; that is the one thing in which the index is believed, and only of a file that was last
changed before the agent's start, where that is known: who sets a filter can have the index say
anything. Else it is a change in doubt. For the same reason attributes outside of the tree count
only when they are older than that start.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.verify.git import Git
from kei_gates.verify.looking import LARGEST
from kei_gates.verify.throwaway import temporary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Final

    from kei_gates.verify.listing import Index
    from kei_gates.verify.looking import Looking, Lying
    from kei_gates.verify.private import Private, Tree
    from kei_gates.verify.repository import Repository

FILTERED = "a filter of git's makes its text, and none is run here"

_ATTRIBUTES = ".gitattributes"
_LARGEST_POINTER = 1024  # the specification's own limit
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*oid sha256:([0-9a-f]{64})\n"
    rb"(?:.*\n)*size ([0-9]{1,20})\n"
)
_AT_ONCE = 200  # files that are copied before git is asked
_CHUNK = 1 << 20


class Conversion:
    """Tells what files would be in a commit; for one commit and one working tree.

    `since` is the agent's start in ns since the epoch; none where it is not known.
    """

    def __init__(
        self,
        repository: Repository,
        own: Private,
        base: Tree,
        looking: Looking,
        since: int | None = None,
    ) -> None:
        changed = zip(repository.attributes, repository.attributes_changed, strict=True)
        self._since: Final = since
        self._attributes: Final = [
            path if since is None or at < since else os.devnull for path, at in changed
        ]
        self._repository: Final = repository
        self._own: Final = own
        self._base: Final = base
        self._looking: Final = looking

    def unchanged(
        self, lying: Mapping[str, Lying], index: Index | None
    ) -> tuple[set[str], set[str]]:
        """Give those of the files that are as in the commit, and those that may be.

        All are files there and in the commit. Raises `Fault`.
        """
        if not lying or not self._may_convert():
            return set(), set()
        with temporary(outside=self._repository.root) as place:
            git = self._laid_out(place)
            filters = _filters(git, place, lying)
            same = set(
                self._same_in_commit(git, place, [one for one in lying if one not in filters])
            )
        doubted = set()
        for path, name in filters.items():
            is_known = index is not None and self._is_known(path, lying[path], index)
            if is_known or (name == "lfs" and self._is_pointed_at(path, lying[path])):
                same.add(path)
            elif name != "lfs":
                doubted.add(path)
        return same, doubted

    def _is_known(self, path: str, lying: Lying, index: Index) -> bool:
        found = lying.stat
        if found is None or (self._since is not None and found.st_ctime_ns >= self._since):
            return False
        return index.knows(path, self._base[path][1], found)

    def _may_convert(self) -> bool:
        """Whether anything asks for another form."""
        asked = [word for word in self._repository.settings if word.startswith("core.autocrlf=")]
        return (
            bool(asked)
            or any(os.path.isfile(one) for one in self._attributes)
            or any(path.rpartition("/")[2] == _ATTRIBUTES for path in self._base)
        )

    def _laid_out(self, place: str) -> Git:
        """Write the commit's attributes into a folder that git takes for the working tree."""
        user, local = self._attributes
        try:
            for path, (_, name) in self._base.items():
                if path.rpartition("/")[2] == _ATTRIBUTES:
                    _write(f"{place}/{path}", self._own.blob(name, LARGEST))
            if os.path.isfile(local):
                shutil.copyfile(local, f"{self._own.git.folder}/info/attributes")
        except OSError as error:
            raise Fault(
                f"the attributes of `{self._repository.root}` cannot be read: {error}",
                "see with `git fsck` whether the repository is whole",
            ) from None
        return Git(
            self._own.git.folder,
            work_tree=place,
            index=f"{self._own.git.folder}/no-index",
            settings=[*self._repository.settings, f"core.attributesFile={user}"],
        )

    def _same_in_commit(self, git: Git, place: str, paths: Sequence[str]) -> Iterator[str]:
        # an attribute file would take the place of the commit's own, so it is asked for alone
        alone = [one for one in paths if one.rpartition("/")[2] == _ATTRIBUTES]
        many = [one for one in paths if one.rpartition("/")[2] != _ATTRIBUTES]
        for start in range(0, len(many), _AT_ONCE):
            yield from self._same_of_many(git, place, many[start : start + _AT_ONCE])
        for path in alone:
            if self._is_same(git, place, path):
                yield path

    def _same_of_many(self, git: Git, place: str, paths: Iterable[str]) -> Iterator[str]:
        copied = []
        for path in paths:
            try:
                content = self._looking.text(path)
                if content is not None:
                    _write(f"{place}/{path}", content)
                    copied.append(path)
            except OSError:
                continue  # what cannot be read is no text that was there
        asked = "".join(f"{_quoted(one)}\n" for one in copied).encode("utf-8", "surrogateescape")
        names = git.output("hash-object", "--stdin-paths", cwd=place, stdin=asked).decode().split()
        for path in copied:
            os.unlink(_bytes(f"{place}/{path}"))
        # one that git gives no name for is as good as changed
        yield from (one for one, name in zip(copied, names, strict=False) if self._is(one, name))

    def _is_same(self, git: Git, place: str, path: str) -> bool:
        try:
            content = self._looking.text(path)
        except OSError:
            return False
        done = git.run("hash-object", "--stdin", f"--path={path}", cwd=place, stdin=content or b"")
        return done.code == 0 and self._is(path, done.output.decode().strip())

    def _is(self, path: str, name: str) -> bool:
        return self._base[path][1] == name

    def _is_pointed_at(self, path: str, lying: Lying) -> bool:
        """Whether the commit holds a pointer of Git LFS to just these bytes."""
        try:
            pointer = self._own.blob(self._base[path][1], _LARGEST_POINTER)
            found = _POINTER.match(pointer)
            if found is None or lying.stat is None or int(found[2]) != lying.stat.st_size:
                return False
            return found[1] == _sha256(self._looking.place(path))
        except OSError:
            return False


def _filters(git: Git, place: str, paths: Iterable[str]) -> dict[str, str]:
    """Give the filter of each path that has one."""
    asked = "".join(f"{one}\0" for one in paths).encode("utf-8", "surrogateescape")
    out = git.output("check-attr", "-z", "--stdin", "filter", cwd=place, stdin=asked)
    fields = out.decode("utf-8", "surrogateescape").split("\0")
    named = zip(fields[::3], fields[2::3], strict=False)
    return {path: value for path, value in named if value not in ("unspecified", "unset", "set")}


def _sha256(place: bytes) -> bytes:
    hashed = hashlib.sha256()
    with open(place, "rb") as file:
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest().encode()


def _write(path: str, content: bytes) -> None:
    place = _bytes(path)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "wb") as file:
        file.write(content)


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _quoted(path: str) -> str:
    """Quote a path as git reads it in a line."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
