"""What lies in a working tree and is no part of a commit, and what the index and HEAD hold.

The index is asked for what a next commit would hold, never whether a file has changed. Folders that
no rule of the project names and that are yet nobody's work are left out here: those that tools make
and that ignore themselves, compiled Python, and the client's own worktrees of agents.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from typing import TYPE_CHECKING

from kei_gates.model import Fault, Value
from kei_gates.observe.checkouts import WORKTREES
from kei_gates.observe.files import read_file
from kei_gates.observe.paths import inside
from kei_gates.verify import rules as ignoring
from kei_gates.verify.git import Git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Final

    from kei_gates.verify.private import Private, Tree
    from kei_gates.verify.repository import Repository

_LARGEST_RULES = 1 << 20
# Folders in which their tools put a `.gitignore` that ignores all of them.
_IGNORE_THEMSELVES = frozenset(
    (
        ".cache", ".hypothesis", ".mypy_cache", ".nox", ".pytest_cache", ".ruff_cache", ".tox",
        ".venv", "venv",
    )
)  # fmt: skip
_COMPILED = re.compile(r"(^|/)__pycache__/[^/]+\.pyc$")
_STAT = re.compile(
    rb"  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: (\d+)\n"
    rb"  uid: \d+\tgid: \d+\n  size: (\d+)\tflags: [0-9a-f]+\n"
)
_INODES = 1 << 32  # the index keeps so much of an inode's and a size's number
_SECOND = 1_000_000_000


class Index(Value):
    """What an index holds: its entries, which of them lie on purpose not there, and their stats.

    `stats` are mtime and ctime in ns, inode and size, of files as they were when git last knew that
    they hold what the entry says. `unmerged` are paths of a merge that is not done.
    """

    __slots__ = ("absent", "entries", "stats", "unmerged")

    def __init__(
        self,
        entries: Tree,
        absent: frozenset[str],
        stats: Mapping[str, tuple[int, int, int, int]],
        unmerged: frozenset[str],
    ) -> None:
        self.unmerged: Final = unmerged
        self.entries: Final = entries
        self.absent: Final = absent
        self.stats: Final = stats

    def knows(self, path: str, name: str, found: os.stat_result) -> bool:
        """Say whether a file holds, by all that the index knows, what an object holds."""
        if self.entries.get(path, (0, ""))[1] != name:
            return False
        stat = (
            found.st_mtime_ns, found.st_ctime_ns, found.st_ino % _INODES, found.st_size % _INODES,
        )  # fmt: skip
        return self.stats.get(path) == stat


def index_of(repository: Repository) -> Index | None:
    """Read the index of a checkout; none for none, or for one that git cannot read.

    One that cannot be read can hide nothing: what lies in the tree is looked at without it.
    Raises `Fault`.
    """
    index = f"{repository.git_dir}/index"
    if not os.path.exists(index):
        return None
    from kei_gates.verify.private import opened  # noqa: PLC0415 -- beside it, not below it

    with opened(repository) as own:
        try:
            for name in os.listdir(repository.git_dir):
                # the other part of a split index: old versions look nowhere else for it
                if name.startswith("sharedindex."):
                    shutil.copyfile(f"{repository.git_dir}/{name}", f"{own.git.folder}/{name}")
        except OSError as error:
            raise Fault(
                f"the index of `{repository.root}` cannot be read: {error.strerror or error}",
                "mend it, or make room in the folder of temporary files",
            ) from None
        git = Git(own.git.folder, index=index, objects=f"{repository.common}/objects")
        done = git.run("ls-files", "-z", "--stage", "-t", "--debug")
    return _parsed(done.output) if done.code == 0 else None


def others(
    repository: Repository, own: Private, rules: Sequence[str], besides: Iterable[str] = ()
) -> set[str]:
    """Give the files and links that no rule ignores, those of commits among them.

    `besides` are folders, as submodules, that are not looked into. Folders that are repositories of
    their own are: git would take their files for one entry. Raises `Fault`.
    """
    skipped = {f"{one}/" for one in besides}
    found = set()
    spec = None
    for path in _listed(repository, own, rules):
        if not path.endswith("/"):
            found.add(path)
        elif path not in skipped:
            spec = spec or ignoring.Matcher(rules)
            found |= {one for one in _below(repository.root, path) if not spec.hides(one)}
    return {one for one in found if not _is_left_out(repository.root, one)}


def _listed(repository: Repository, own: Private, rules: Sequence[str]) -> Iterator[str]:
    kept = _with_own(repository, own, rules)
    with tempfile.NamedTemporaryFile(dir=own.git.folder) as file:
        file.write(ignoring.as_file(kept))
        file.flush()
        git = Git(
            own.git.folder,
            work_tree=repository.root,
            index=f"{own.git.folder}/no-index",
            settings=repository.settings,
        )
        done = git.run(
            "ls-files", "-z", "--others", f"--exclude-from={file.name}", cwd=repository.root
        )
    if done.code != 0 or done.errors:
        raise Fault(
            f"the files in `{repository.root}` cannot be listed: {done.said}",
            "see that all its folders can be read",
        )
    for one in done.output.split(b"\0"):
        if one:
            yield one.decode("utf-8", "surrogateescape")


def _with_own(repository: Repository, own: Private, rules: Sequence[str]) -> list[str]:
    """Add what never counts; the last rule does, so that no other can take it back."""
    kept = [*rules]
    if not repository.is_linked:
        kept.append(f"/{WORKTREES}/")
    place = inside(os.path.realpath(own.git.folder), repository.root)
    if place is not None:  # the folder of temporary files lies in the tree
        kept.append(f"/{ignoring.literally(place)}/")
    return kept


def _below(root: str, folder: str) -> Iterator[str]:
    """List a repository that lies in the tree, but for its git folder. Raises `Fault`."""
    base = os.fsencode(root) + b"/"
    left = [folder.rstrip("/")]
    while left:
        at = left.pop()
        for entry in _entries(base + at.encode("utf-8", "surrogateescape")):
            if entry.name == b".git":
                continue
            path = f"{at}/{entry.name.decode('utf-8', 'surrogateescape')}"
            if entry.is_dir(follow_symlinks=False):
                left.append(path)
            else:
                yield path


def _entries(place: bytes) -> list[os.DirEntry[bytes]]:
    try:
        with os.scandir(place) as found:
            return list(found)
    except OSError as error:
        raise Fault(
            f"the folder `{os.fsdecode(place)}` cannot be read: {error.strerror}",
            "see that all folders of the tree can be read",
        ) from None


def _is_left_out(root: str, path: str) -> bool:
    """Whether a file is neither ignored by the project nor work."""
    if _COMPILED.search(path):
        return True
    names = path.split("/")
    return any(
        name in _IGNORE_THEMSELVES and _ignores_itself(f"{root}/{'/'.join(names[: at + 1])}")
        for at, name in enumerate(names[:-1])
    )


def _ignores_itself(folder: str) -> bool:
    try:
        text = read_file(f"{folder}/{ignoring.NAME}", _LARGEST_RULES)
    except (OSError, ValueError):
        return False
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith(b"#")] == [b"*"]


def _parsed(listed: bytes) -> Index:
    """Read entries: tag, mode, id, stage, tab, path, zero byte, stats (git-ls-files(1))."""
    entries = {}
    absent = set()
    unmerged = set()
    stats = {}
    at = 0
    while at < len(listed):
        tab = listed.index(b"\t", at)
        end = listed.index(b"\0", tab)
        tag, mode, name, stage = listed[at:tab].split()
        path = listed[tab + 1 : end].decode("utf-8", "surrogateescape")
        found = _STAT.match(listed, end + 1)
        if found is None:
            raise Fault("git lists an index in a form that is not known", "report its version")
        at = found.end()
        if stage != b"0":
            unmerged.add(path)
            continue
        entries[path] = (int(mode, 8), name.decode())
        changed, part, modified, other, inode, size = map(int, found.groups())
        stats[path] = (modified * _SECOND + other, changed * _SECOND + part, inode, size)
        if tag == b"S":
            absent.add(path)
    return Index(entries, frozenset(absent), stats, frozenset(unmerged))
