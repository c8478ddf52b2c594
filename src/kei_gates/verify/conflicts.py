"""What is in conflict after a merge, told for people."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from kei_gates.checks.work import Finding
from kei_gates.verify.looking import Looking
from kei_gates.verify.private import SUBMODULE

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from typing import Final

    from kei_gates.verify.git import Git

    Sides = Mapping[int, tuple[int, str]]
    """What a path in conflict is: for 1 the base, 2 the target, 3 the work, its mode and object.

    Source: git-ls-files(1), `--unmerged`.
    """

WORK = "the-work"
"""What the work is called where git names both sides; it calls the target `HEAD`."""

MERGERS = "it may be that only whoever merges it can decide"
"""Without git an agent can only give its own lines up, and that is for others to say."""

_REMEDY = "give way if the other lines do what yours do, or say in your report what both are for"
_SAID = re.compile(r"^CONFLICT \(([^)]+)\).*$", re.MULTILINE)
_HEAD = re.compile(r"(?<=\s)HEAD(?=[\s.])")
_ASIDE = re.compile(rf"~(?:HEAD|{WORK})(?:_\d+)?$")
# How git calls a conflict (merge-recursive.c, merge-ort.c), and what it means.
_KINDS = {
    "add/add": "both have added it",
    "content": "both have changed it",
    "directory/file": "it is a file for one and a folder for the other",
    "distinct types": "it is a file for one and a link or a submodule for the other",
    "file location": "one has added it to a folder that the other has moved",
    "file/directory": "it is a file for one and a folder for the other",
    "modify/delete": "one has changed it and the other deleted it",
    "rename/add": "one has moved a file there, and the other has added another",
    "rename/delete": "one has moved it and the other deleted it",
    "rename/rename": "both have moved it, or moved something there",
    "submodule": "both have moved the submodule to another commit",
}
_OTHER = "what one has moved or replaced, the other has changed"
_SAME_LINES = "both have changed the same lines"


def unmerged(git: Git) -> dict[str, Sides]:
    """Give the paths of an index that are in conflict. Raises `Fault`."""
    out = git.output("ls-files", "--unmerged", "-z").decode("utf-8", "surrogateescape")
    found: dict[str, dict[int, tuple[int, str]]] = {}
    for entry in filter(None, out.split("\0")):
        words, _, path = entry.partition("\t")
        mode, name, side = words.split()
        found.setdefault(path, {})[int(side)] = (int(mode, 8), name)
    return dict(sorted(found.items()))


def plain(path: str, tree: str, others: Container[str]) -> str:
    """Give the name that a file had before git moved it aside.

    That is for a folder in its place, or for one of the `others` in conflict, of another kind.
    """
    name = _ASIDE.sub("", path)
    return name if name in others or os.path.isdir(f"{tree}/{name}") else path


class Teller:
    """Tells of conflicts: with whom, in which tree, what git has said of them."""

    def __init__(self, target: str, tree: str, said: str) -> None:
        self._target: Final = target
        self._looking: Final = Looking(tree, "sha1")
        self._said: Final = [(found[1], found[0]) for found in _SAID.finditer(said)]

    def finding(self, path: str, sides: Sides, shown: str, doubt: str) -> Finding:
        """Tell of a path; `shown` is how it is called."""
        said = [(kind, line) for kind, line in self._said if _names(line, path)]
        line = self._first_mark(path)
        return Finding(
            f"`{shown}` conflicts with `{self._target}`: {_kind(said, sides, line)}",
            _REMEDY,
            path=shown,
            line=line,
            doubt=doubt,
            detail="\n".join(_HEAD.sub(lambda _: self._target, text) for _, text in said),
        )

    def _first_mark(self, path: str) -> int | None:
        """Give the line of the first conflict in a file; none where it has none."""
        try:
            lines = (self._looking.text(path) or b"").split(b"\n")
        except OSError:
            return None
        marks = (
            at
            for at, line in enumerate(lines, 1)
            if line.startswith(b"<<<<<<<") and line.lstrip(b"<").startswith(b" HEAD")
        )
        return next(marks, None)


def _names(line: str, path: str) -> bool:
    """Whether a line of git's names a path, between blanks, quotes, arrows and stops."""
    # nearly all lines name others, and a pattern takes longer
    return (
        path in line
        and re.search(rf"""(?:^|[\s"'>]){re.escape(path)}(?:$|[\s"',]|->|\.(?:\s|$))""", line)
        is not None
    )


def _kind(said: Iterable[tuple[str, str]], sides: Sides, line: int | None) -> str:
    if any(mode == SUBMODULE for mode, _ in sides.values()):
        return _KINDS["submodule"]
    kinds = [kind for kind, _ in said if kind in _KINDS] or [_by_sides(sides)]
    if "content" in kinds and line is not None:
        return _SAME_LINES
    return _KINDS.get(kinds[0], _OTHER)


def _by_sides(sides: Sides) -> str:
    """Tell the kind where git has not named the path as we know it."""
    known = {(1, 2, 3): "content", (2, 3): "add/add"}
    usual = "modify/delete" if 1 in sides and len(sides) > 1 else ""
    return known.get(tuple(sorted(sides)), usual)
