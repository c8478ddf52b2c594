"""Files as the source leaves them: what may run when one of them is run later."""

from __future__ import annotations

from kei_gates.shell.globs import matches
from kei_gates.shell.installed import is_found_by_name, is_installed
from kei_gates.shell.values import FOLDER, TEMPORARY, FileText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import Final, TypeAlias

    from kei_gates.model import FileFact

    Content: TypeAlias = "str | Copy | Program | Unread | None"
    """What a file may hold: text, what another file holds, a program, or none when unknown."""

LATER = "\0later"
"""Stands for a content that is told once it is known, or that does not change."""

_MOST_VERSIONS = 8
_MOST_STEPS = 20
_MOST_FILES = 50
_MOST_PATTERNS = 200


class Copy:
    """The content of a file that is a copy of another, a link to it, or that file moved."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        """Take the other's absolute path."""
        self.path: Final = path


class Unread:
    """The content of a file that somebody made before, and that was not read."""

    __slots__ = ()


class Program:
    """The content of a file that is no text: a program.

    `path` is the one it really has, or that of the installed program that it is a copy of. One
    that is not `seen` only lies, or will lie, where programs are installed.
    """

    __slots__ = ("path", "seen")

    def __init__(self, path: str, *, seen: bool) -> None:
        self.path: Final = path
        self.seen: Final = seen


class Files:
    """What files hold, by their collapsed absolute paths: every version that they ever had."""

    __slots__ = (
        "_copied",
        "_links",
        "_look",
        "_named",
        "_patterns",
        "_resolve",
        "_trees",
        "_versions",
        "anywhere",
        "changes",
    )

    def __init__(
        self, look: Callable[[str], FileFact], resolve: Callable[[str], str] = lambda path: path
    ) -> None:
        """Take what looks at the disk, and what follows the links there."""
        self._look = look
        self._resolve = resolve
        # Links that the source makes: what is written to one goes to the other.
        self._links: dict[str, str] = {}
        self._versions: dict[str, list[Content]] = {}
        # Folders that were filled with what is not known, or with what lies in another.
        self._trees: dict[str, Content] = {}
        # Files and folders of which copies are told by their paths: what they held is kept.
        self._copied: set[str] = set()
        # Files that lie where programs are found, by the names that would run them.
        self._named: dict[str, list[str]] = {}
        # Patterns of files that were written, nobody knows with what.
        self._patterns: dict[str, None] = {}
        # Whether something was written, nobody knows where.
        self.anywhere = False
        # Counts what was written, so that a loop can tell whether a pass was another one.
        self.changes = 0

    def write(
        self, path: str, content: Content, *, tree: bool = False, certain: bool = True
    ) -> None:
        """Note what a file holds from now on, or what a folder was filled with.

        Where it is not `certain` that it is written, it may still hold what it held.
        """
        for name in self._names(path):
            self._write(name, content, tree=tree, certain=certain)

    def _write(self, path: str, content: Content, *, tree: bool, certain: bool) -> None:
        if isinstance(content, Copy):
            self._copied.update(self._names(content.path))
        if tree:
            self._trees[path] = content
            if content is None or isinstance(content, Unread):
                return
        if path not in self._versions:
            kept = not certain or self._is_copied(path)
            self._versions[path] = self._on_disk(path) if kept else []
        versions = self._versions[path]
        if len(versions) >= _MOST_VERSIONS:
            content = None
        if content not in versions:
            versions.append(content)
            self.changes += 1
            named = self._named.setdefault(path.rpartition("/")[2], [])
            if is_found_by_name(path) and path not in named:
                named.append(path)

    def _is_copied(self, path: str) -> bool:
        return path in self._copied or _is_below(path, self._copied)

    def write_all(self, pattern: str) -> None:
        """Note that every file that an absolute pattern matches was written."""
        self._patterns[pattern] = None

    def named(self, program: str) -> list[str]:
        """Give the files that the source writes where a program of a name is found."""
        return self._named.get(program, [])

    def link(self, path: str, target: str) -> None:
        """Note that a path is another name of a file or folder."""
        if path != target:
            self._links[path] = target
            self.changes += 1

    def _names(self, path: str) -> list[str]:
        """Give a path, and where it may lead through the links that the source makes."""
        found = [path if "\0" in path else self._resolve(path)]
        for name in found:
            for link in self._links_above(name):
                led = self._links[link] + name[len(link) :]
                if led not in found and len(found) < _MOST_STEPS:
                    found.append(led)
        return found

    def _links_above(self, path: str) -> list[str]:
        """Give the links that the source makes at a path and above it, the first made first."""
        return _in_order(self._links, [path, *folders_above(path)] if self._links else [])

    def behind_links(self, path: str) -> str | None:
        """Give where a path leads through a link that the source makes; none when nobody knows."""
        real = self._linked(path)
        return None if real == path or "\0" in real else real

    def _linked(self, path: str) -> str:
        for _ in range(_MOST_STEPS):
            ways = self._links_above(path)
            if not ways:
                break
            path = self._links[ways[0]] + path[len(ways[0]) :]
        return path

    def append(self, path: str, text: str | None) -> None:
        """Note that text was added to a file."""
        before = self.contents(path) or [""]
        for content in before:
            joins = isinstance(content, str) and text is not None
            self.write(path, f"{content}{text}" if joins else None)

    def is_own(self, path: str) -> bool:
        """Say whether the source itself writes a file."""
        return any(
            name in self._versions or _is_below(name, self._trees) for name in self._names(path)
        )

    @property
    def has_own(self) -> bool:
        """Whether the source writes any file."""
        return bool(self._versions)

    def contents(self, path: str) -> list[Content]:
        """Give all that a file may hold, nothing for one that is not there. No `Copy` is left.

        Each file is looked at once: those that are copies of each other hold nothing more.
        """
        found: list[Content] = []
        names = self._names(path)
        for at, name in enumerate(names):
            if at == _MOST_FILES:
                return [*found, None]
            for content in self._held(name):
                if isinstance(content, Copy):
                    names += [one for one in self._names(content.path) if one not in names]
                elif content not in found:
                    found.append(content)
        return found

    def _held(self, path: str) -> list[Content]:
        """Give what one file may hold by itself, and of which it may be a copy."""
        if path in self._versions:
            return self._versions[path]
        found: list[Content] = []
        for tree in _in_order(self._trees, [path, *folders_above(path)] if self._trees else []):
            content = self._trees[tree]
            if path != tree and isinstance(content, Copy):
                found.append(Copy(content.path + path[len(tree.rstrip("/")) :]))
            elif path != tree or isinstance(content, Unread):
                found.append(content)
        if self._is_matched(path):
            found.append(None)
        on_disk = self._on_disk(path)
        return found + on_disk or ([None] if self.anywhere else [])

    def _is_matched(self, path: str) -> bool:
        """Whether a pattern of files that were written may match a path; many may match any."""
        return len(self._patterns) > _MOST_PATTERNS or any(
            _matches(path, pattern) for pattern in self._patterns
        )

    def matching(self, pattern: str, glob: Callable[[str], list[str] | None]) -> list[str] | None:
        """Give the files that an absolute pattern matches; none when they are too many."""
        found = glob(pattern)
        if found is None:
            return None
        found += [path for path in self._versions if _matches(path, pattern)]
        return sorted(set(found))

    def origins(self, path: str) -> list[str]:
        """Give a path, and those of which it is a copy, as folders were copied with all below."""
        found = [path]
        for one in found:
            at = len(one)
            while at > 0 and len(found) < _MOST_STEPS:
                content = self._trees.get(one[:at])
                if isinstance(content, Copy) and content.path + one[at:] not in found:
                    found.append(content.path + one[at:])
                at = one.rfind("/", 0, at)
        return found

    def _on_disk(self, path: str) -> list[Content]:  # noqa: PLR0911 -- one kind after another
        if FOLDER in path:
            return [None if self._versions else Unread()]  # it may be one that the source wrote
        if TEMPORARY in path:
            return []
        fact = self._look(path)
        if fact.kind == "text":
            return [FileText(fact.text.replace("\0", ""))]  # bash and dash read on behind a NUL
        if fact.kind == "program":
            return [Program(fact.text or fact.real, seen=True)]
        if fact.kind == "large":
            return [Unread()]
        if is_installed(path):
            return [Program(path, seen=False)]  # where nobody can look, it is what it is called
        return [None] if fact.kind == "unknown" else []


def _matches(path: str, pattern: str) -> bool:
    """Whether a pattern matches a path, folder by folder; `**` stands for any folders."""
    before, anywhere, after = pattern.partition("/**/")
    names, parts = path.split("/"), before.split("/")
    if not anywhere:
        return len(names) == len(parts) and all(map(matches, names, parts))
    rest = after.split("/")
    return (
        len(names) >= len(parts) + len(rest)
        and all(map(matches, names, parts))
        and all(map(matches, names[-len(rest) :], rest))
    )


def folders_above(path: str) -> Iterator[str]:
    """Give every folder above an absolute path, the nearest first, `/` last."""
    at = path.rfind("/")
    while at > 0:
        yield path[:at]
        at = path.rfind("/", 0, at)
    if at == 0:
        yield "/"


def _is_below(path: str, folders: Collection[str]) -> bool:
    return bool(folders) and any(one in folders for one in folders_above(path))


def _in_order(told: Mapping[str, object], paths: Iterable[str]) -> list[str]:
    """Give those of some paths of which something is told, the first told first."""
    found = [path for path in paths if path in told]
    return found if len(found) < 2 else [path for path in told if path in found]  # noqa: PLR2004
