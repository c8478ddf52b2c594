"""The paths that a source has written, found again by the folder that they lie in."""

from __future__ import annotations

from kei_gates.shell.globs import is_plain, matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# How many files of its own a call may copy until they count as too many to be told.
_MOST = 200
# Up to how many new paths it is faster to put each in its place than to sort all again.
_FEW = 20


class Written:
    """Collapsed absolute paths that were written."""

    __slots__ = ("_known", "_new", "_paths")

    def __init__(self) -> None:
        """Start with none."""
        self._known: Final[set[str]] = set()
        # Those in order; the latest come to them when they are asked for.
        self._paths: Final[list[str]] = []
        self._new: Final[list[str]] = []

    def add(self, path: str) -> None:
        """Note a path, once."""
        if path not in self._known:
            self._known.add(path)
            self._new.append(path)

    def at(self, pattern: str) -> list[tuple[str, str]] | None:
        """Give what lies where an absolute pattern matches, or below, as what matches and the rest.

        None where that is too much.
        """
        parts = pattern.split("/")
        known = next((at for at, part in enumerate(parts) if not is_plain(part)), len(parts))
        folder = "/".join(parts[:known])
        found = [(folder, "")] if known == len(parts) and folder in self._known else []
        for at in range(self._first(f"{folder}/"), len(self._paths)):
            path = self._paths[at]
            if not path.startswith(f"{folder}/"):
                break
            top = path.split("/")[: len(parts)]
            if len(top) == len(parts) and all(map(matches, top[known:], parts[known:])):
                root = "/".join(top)
                found.append((root, path[len(root) :]))
            if len(found) > _MOST:
                return None
        return found

    def _first(self, start: str) -> int:
        """Give where paths begin that are not before a text."""
        if len(self._new) < _FEW:
            for path in self._new:
                self._paths.insert(_place(self._paths, path), path)
        else:
            self._paths.extend(self._new)
            self._paths.sort()
        self._new.clear()
        return _place(self._paths, start)


def _place(paths: list[str], text: str) -> int:
    """Give where in sorted paths those begin that are not before a text."""
    low, high = 0, len(paths)
    while low < high:
        middle = (low + high) // 2
        if paths[middle] < text:
            low = middle + 1
        else:
            high = middle
    return low
