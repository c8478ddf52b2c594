"""A git folder of our own beside the user's: it sees the same objects, and obeys nobody's settings.

No configuration, hook, index, reference or rule of the repository's is read in it; nothing is
written to the repository. Objects are believed when their bytes give their name.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kei_gates.model import Fault
from kei_gates.verify.git import Git
from kei_gates.verify.throwaway import temporary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Final

    from kei_gates.verify.repository import Repository

    Tree = Mapping[str, tuple[int, str]]
    """Paths with their mode and the id of their object, folders left out."""

LINK = 0o120000
SUBMODULE = 0o160000
FOLDER = 0o040000
MISSING = -1
"""The size of a blob that is not there."""

_DAMAGED = "see with `git fsck` what is damaged, and fetch it again"
_NO_NAMES = ("", ".", "..", ".git")
_MOST = 2_000_000  # paths; a few trees that hold each other many times would else fill the memory


@contextmanager
def opened(repository: Repository) -> Iterator[Private]:
    """Give such a folder for as long as it is needed. Raises `Fault`."""
    with temporary(outside=repository.root) as folder:
        try:
            lay_out(folder, repository)
        except OSError as error:
            raise Fault(
                f"no git folder can be made in `{folder}`: {error.strerror}",
                "make room there, or set TMPDIR to a folder that can be written",
            ) from None
        yield Private(repository, folder)


class Private:
    """The git folder, as long as it is there."""

    __slots__ = ("_folder", "_repository", "git")

    def __init__(self, repository: Repository, folder: str) -> None:
        self._repository: Final = repository
        self._folder: Final = folder
        self.git: Final = Git(
            folder, objects=f"{repository.common}/objects", settings=repository.settings
        )

    @property
    def is_shallow(self) -> bool:
        """Whether the repository has only the latest commits of its history."""
        return os.path.exists(f"{self._folder}/shallow")

    def commit(self, name: str) -> str:
        """Give the id of the commit that a whole id leads to. Raises `Fault`."""
        asked = name if is_id(name) else "0" * 40
        done = self.git.run("rev-parse", "--verify", "--quiet", f"{asked}^{{commit}}")
        found = done.output.decode("ascii", "replace").strip()
        if done.code != 0 or not is_id(found):
            raise Fault(
                f"there is no commit `{name}` in `{self._repository.root}`",
                "fetch it, or name another",
            )
        return found

    def tree(self, commit: str) -> Tree:
        """Give all that a commit holds. Raises `Fault` where something of it is missing."""
        text = self._objects([commit], b"commit")[commit]
        found = re.match(rb"tree ([0-9a-f]+)\n", text)
        if found is None:
            raise Fault(f"the commit `{commit}` is damaged", _DAMAGED)
        return self._walk(found[1].decode())

    def blob(self, name: str, limit: int) -> bytes:
        """Give the bytes of an object. Raises `OSError` where it is missing or larger than that."""
        try:
            if self.size(name) > limit:
                raise OSError(f"it had more than {limit} bytes")
            return self._objects([name], b"blob")[name]
        except Fault as fault:
            raise OSError(f"what it held cannot be read: {fault.reason}") from None

    def size(self, name: str) -> int:
        """Give how many bytes a blob has; `MISSING` where there is none. Raises `Fault`."""
        listed = self.git.output("cat-file", "--batch-check", stdin=f"{name}\n".encode())
        return int(listed.split()[-1]) if b" blob " in listed else MISSING

    def name_of(self, content: bytes) -> str:
        """Give the id that git gives to a file's bytes."""
        return hash_of(self._repository.object_format, b"blob", content)

    def _walk(self, top: str) -> Tree:
        found: dict[str, tuple[int, str]] = {}
        level = [("", top)]
        while level:
            texts = self._objects({name for _, name in level}, b"tree")
            below = []
            for folder, name in level:
                for mode, entry, child in self._entries(texts[name]):
                    if "/" in entry or entry in _NO_NAMES or folder + entry in found:
                        raise Fault(
                            f"the tree `{name}` holds `{entry}`, which is no name, or twice",
                            _DAMAGED,
                        )
                    if mode == FOLDER:
                        below.append((f"{folder}{entry}/", child))
                    else:
                        found[folder + entry] = (mode, child)
                if len(found) + len(below) > _MOST:
                    raise Fault(
                        f"the tree `{top}` holds more than {_MOST} paths", "make it smaller"
                    )
            level = below
        return found

    def _entries(self, text: bytes) -> Iterable[tuple[int, str, str]]:
        """Read a tree: mode, blank, name, a zero byte, the id in bytes (git-ls-tree(1))."""
        size = hashlib.new(self._repository.object_format, usedforsecurity=False).digest_size
        at = 0
        while at < len(text):
            end = text.index(b"\0", at)
            mode, _, name = text[at:end].partition(b" ")
            at = end + 1 + size
            yield (
                _usual(int(mode, 8)),
                name.decode("utf-8", "surrogateescape"),
                text[end + 1 : at].hex(),
            )

    def _objects(self, names: Iterable[str], kind: bytes) -> dict[str, bytes]:
        """Read objects of one kind. Raises `Fault` for one that is missing or no such object."""
        asked = "".join(f"{name}\n" for name in names).encode()
        out = self.git.output("cat-file", "--batch", stdin=asked)
        found = {}
        at = 0
        while at < len(out):
            end = out.index(b"\n", at)
            words = out[at:end].split()
            name = words[0].decode()
            if len(words) != 3 or words[1] != kind:  # noqa: PLR2004 -- NAME KIND SIZE
                raise Fault(f"the {kind.decode()} `{name}` is missing", _DAMAGED)
            content = out[end + 1 : end + 1 + int(words[2])]
            at = end + 2 + int(words[2])
            if hash_of(self._repository.object_format, kind, content) != name:
                raise Fault(f"the {kind.decode()} `{name}` is damaged", _DAMAGED)
            found[name] = content
        return found


def lay_out(folder: str, repository: Repository) -> None:
    """Make a git folder in an empty folder, of the repository's object format. Raises `OSError`.

    It has no object, no reference and no setting; of a shallow clone it has the border.
    """
    for name in ("objects", "refs", "info"):
        os.mkdir(f"{folder}/{name}")
    version = 0 if repository.object_format == "sha1" else 1
    lines = ["[core]", f"repositoryformatversion = {version}", "bare = false"]
    if version:
        lines += ["[extensions]", f"objectformat = {repository.object_format}"]
    _write(f"{folder}/config", "\n".join(lines) + "\n")
    _write(f"{folder}/HEAD", "ref: refs/heads/none\n")
    shallow = f"{repository.common}/shallow"
    if os.path.exists(shallow):
        shutil.copyfile(shallow, f"{folder}/shallow")


def hash_of(object_format: str, kind: bytes, content: bytes) -> str:
    """Give the id of an object."""
    hashed = hashlib.new(object_format, usedforsecurity=False)
    hashed.update(b"%s %d\0" % (kind, len(content)))
    hashed.update(content)
    return hashed.hexdigest()


def _usual(mode: int) -> int:
    """Give the mode that git takes a file's for: old versions have kept others too."""
    is_file = mode & 0o170000 == 0o100000  # noqa: PLR2004 -- S_IFMT, S_IFREG
    return (0o100755 if mode & 0o100 else 0o100644) if is_file else mode


def is_id(text: str) -> bool:
    """Say whether a text is a whole id of an object."""
    return re.fullmatch(r"[0-9a-f]{40}([0-9a-f]{24})?", text) is not None


def _write(path: str, text: str) -> None:
    with open(path, "x", encoding="utf-8") as file:
        file.write(text)
