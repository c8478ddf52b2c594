"""What an effect changes: its path as spelled and as it really is, and all that goes along."""

from __future__ import annotations

from kei_gates.model import Target
from kei_gates.observe.checkouts import elsewhere
from kei_gates.observe.paths import (
    exists,
    inside,
    is_folder,
    lexical,
    resolve,
    resolve_parent,
    walk,
)
from kei_gates.observe.scratch import is_scratch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Effect, Places

_MOST_BELOW = 4000


def locate(effect: Effect, cwd: str, places: Places) -> Target:
    """Make the target of an effect. Raises `Fault`."""
    if effect.path is None:
        return Target(effect, below=None)
    spelled = lexical(effect.path, cwd)
    # deleting a link takes the link, not what it leads to
    real = (resolve_parent if effect.kind == "delete" else resolve)(effect.path, cwd)
    as_spelled = _relative(spelled, places)
    as_real = inside(real, places.root, folds_case=places.folds_case)
    taken = _taken(effect, real)
    put = _put(effect)
    known = taken is not None and put is not None
    along = (*(taken or ()), *(put or ()))
    folder = _is_folder(effect, real, along)
    ending = "/" if folder else ""
    paths = dict.fromkeys((spelled + ending, real + ending, *along))
    return Target(
        effect,
        spelled=spelled,
        real=real,
        relative=(as_spelled,) if as_spelled == as_real else (as_spelled, as_real),
        is_folder=folder,
        below=tuple(_from_root(path, places) for path in along)
        if known
        else _unlisted(real, places),
        elsewhere=tuple(dict.fromkeys(one for path in paths for one in elsewhere(path, places))),
        is_scratch=known and is_scratch(real, taken or (), places),
    )


def _unlisted(real: str, places: Places) -> tuple[str, ...] | None:
    """Give what is too much to list; nothing where no scope looks: away from the project."""
    fold = places.folds_case
    away = (
        inside(real, places.project, folds_case=fold) is None
        and inside(places.project, real, folds_case=fold) is None
    )
    return () if away else None


def _is_folder(effect: Effect, real: str, along: tuple[str, ...]) -> bool:
    """Whether a path is a folder, or will be one as far as that is known."""
    if is_folder(real) or effect.by == "mkdir" or f"{real}/" in along:
        return True
    unknown = effect.tree and effect.kind == "write" and not effect.brings
    return unknown and not exists(real)


def _relative(spelled: str, places: Places) -> str | None:
    """Give a spelled path relative to the root; none when its spelling never enters it.

    The root may be spelled through a link outside it (`/tmp` is one on macOS), so each folder on
    the way is asked where it leads.
    """
    fold = places.folds_case
    direct = inside(spelled, places.root, folds_case=fold)
    if direct is not None:
        return direct
    folder = spelled
    while folder:
        if inside(resolve(folder, "/"), places.root, folds_case=fold) == "":
            return spelled[len(folder) + 1 :]
        folder = folder.rpartition("/")[0]
    return None


def _from_root(path: str, places: Places) -> str:
    """Give a path relative to the root, absolute outside of it."""
    found = inside(path, places.root, folds_case=places.folds_case)
    return path if found is None else found


def _taken(effect: Effect, real: str) -> tuple[str, ...] | None:
    """List what lies below a path that a change means with all below; none when it is too much."""
    if not (effect.tree and is_folder(real)) or effect.brings:
        return ()  # of what is there, only that changes which is put over it
    found = []
    for path in walk(real):
        found.append(path)
        if len(found) > _MOST_BELOW:
            return None
    return tuple(found)


def _put(effect: Effect) -> tuple[str, ...] | None:
    """List the paths that come to be by copying or moving; none when they are too many."""
    if not effect.brings:
        return ()
    from kei_gates.observe.brought import brought  # noqa: PLC0415 -- most copy nothing

    return brought(effect.brings, _MOST_BELOW)
