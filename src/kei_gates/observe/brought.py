"""What comes to lie where files are copied or moved to."""

from __future__ import annotations

from kei_gates.observe.paths import is_folder, lexical, resolve, walk
from kei_gates.observe.patterns import expand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def brought(brings: Iterable[tuple[str, str]], most: int) -> tuple[str, ...] | None:
    """List the paths that copies will have, as they are spelled and as they really are.

    Each pair is a pattern of what is copied, and where it comes to be, or below which folder if
    that ends in `/`; an empty pattern is for what will be there by then. None when it is more than
    `most`. Raises `Fault`.
    """
    found: dict[str, None] = {}
    for pattern, place in brings:
        sources = expand(pattern) if pattern else [place]
        if sources is None:
            return None
        for source in sources:
            name = lexical(source, "/").rpartition("/")[2]
            at = f"{place}{name}" if place.endswith("/") else place
            for path in _copies(source, at):
                found |= dict.fromkeys((lexical(path, "/") + _ending(path), _real(path)))
                if len(found) > most:
                    return None
    return tuple(found)


def _copies(source: str, at: str) -> Iterable[str]:
    """Give the path of a copy, and of all that lies below it; a link is copied as one."""
    if not is_folder(source):
        return (at,)
    return (f"{at}/", *(at + path[len(source) :] for path in walk(source)))


def _real(path: str) -> str:
    return resolve(path, "/") + _ending(path)


def _ending(path: str) -> str:
    return "/" if path.endswith("/") else ""
