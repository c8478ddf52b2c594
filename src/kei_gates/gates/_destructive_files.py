"""What is destroyed with the files and folders that a call deletes, writes or changes."""

from __future__ import annotations

from kei_gates.gates._destructive_code import deletes_home
from kei_gates.gates._destructive_disks import INSTEAD, is_disk
from kei_gates.gates._destructive_places import (
    HOME,
    KEPT,
    MACHINE,
    PROJECT,
    SYSTEM,
    TEMPORARY,
    plain,
    repository,
    whole,
)
from kei_gates.observe.paths import lexical
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.gates._destructive_places import Whole
    from kei_gates.model import Effect, Event, Target

_PLAINLY = "delete only the folders that are meant, by their names"
_SURELY = "name the folder plainly, or write `${NAME:?}`, which stops where it is empty"
_NARROWLY = "change only the files that need it"
_KEEPING = frozenset(("chattr", "chgrp", "chmod", "chown", "setfacl"))
# Git's own deletes are judged by its commands.
_JUDGED_ELSEWHERE = frozenset(("git",))
_MOVING = frozenset(("mv",))


def objection(event: Event) -> tuple[str, str] | None:
    """Give what is destroyed with a target, and what to do instead."""
    for found in (_on_disks, _deleted, _in_code, _in_patterns, _if_empty, _changed):
        why = found(event)
        if why is not None:
            return why
    return None


def _on_disks(event: Event) -> tuple[str, str] | None:
    """Judge writes to a disk itself, or to memory."""
    for target in event.targets:
        disk = is_disk(target.real) or is_disk(target.spelled)
        if target.changes and disk and target.effect.by not in _KEEPING:
            return f"`{target.spelled}` is a disk, or the machine's memory", INSTEAD
    return None


def _deleted(event: Event) -> tuple[str, str] | None:
    """Judge what is deleted, or moved away, with all below."""
    for target in _trees(event):
        by = target.effect.by
        found = whole(target.real, event.places) or whole(target.spelled, event.places)
        if found is None and by not in _MOVING:
            found = repository(target.real, event)
        if found is not None and _is_lost(found, target.real, by, event):
            return f"`{target}` is {found.said}, and `{by}` takes it with all below", _PLAINLY
    return None


def _trees(event: Event) -> Iterator[Target]:
    for target in event.targets:
        effect = target.effect
        deletes = effect.kind == "delete" and effect.tree
        if deletes and target.real and effect.by not in _JUDGED_ELSEWHERE:
            yield target


def _is_lost(found: Whole, path: str, by: str, event: Event) -> bool:
    """Whether deleting loses what matters: not what is old and temporary, or kept elsewhere."""
    if by in _MOVING:
        return found.kind != KEPT
    return not (by == "find" and plain(path) in TEMPORARY and _chooses_by_age(event))


_AGES = frozenset(("-amin", "-atime", "-cmin", "-ctime", "-mmin", "-mtime"))


def _chooses_by_age(event: Event) -> bool:
    return any(
        not _AGES.isdisjoint(one.argv)
        for one in event.analysis.invocations
        if one.program in ("find", "gfind")
    )


def _in_code(event: Event) -> tuple[str, str] | None:
    """Judge code that deletes what only its language knows."""
    trees = (one for one in event.analysis.effects if one.kind == "delete" and one.path is None)
    if any(one.tree for one in trees) and deletes_home(event):
        return "the code deletes the home folder with all below", _PLAINLY
    return None


# --- patterns that match everything -----------------------------------------------------------


def _in_patterns(event: Event) -> tuple[str, str] | None:
    """Judge patterns that stand for all that lies in a folder."""
    for effect in event.analysis.effects:
        if effect.kind == "delete" and effect.glob and _takes_all(effect):
            for folder in _emptied_folders(effect, event):
                found = whole(folder, event.places)
                if found is not None:
                    return f"`{effect.path}` is all that lies in {found.said}", _PLAINLY
    return None


def _takes_all(effect: Effect) -> bool:
    """Whether an effect takes all below what it matches: `rm -rf *`, `rm **/*`."""
    if effect.by in _MOVING or effect.by in _JUDGED_ELSEWHERE:
        return False
    return effect.tree or (effect.by != "find" and "/**/" in (effect.path or ""))


def _emptied_folders(effect: Effect, event: Event) -> Iterator[str]:
    """Give the folder of which a pattern matches everything, also as its links lead."""
    folder, deeper = _emptied(effect.path or "")
    if folder is None:
        return
    yield folder
    for target in event.targets:
        parent = target.spelled.rpartition("/")[0] or "/"
        if not deeper and target.effect.kind == "delete" and parent == folder:
            yield target.real.rpartition("/")[0] or "/"


def _emptied(pattern: str) -> tuple[str | None, bool]:
    """Give the folder of which a pattern matches everything, and whether from further below."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    at = next((at for at, part in enumerate(parts) if _is_glob(part)), len(parts))
    rest = parts[at:]
    if not rest or not all(_is_everything(part) for part in rest):
        return None, False
    return lexical("/" + "/".join(parts[:at]), "/"), len(rest) > 1


def _is_glob(part: str) -> bool:
    return any(char in part for char in "*?[")


def _is_everything(part: str) -> bool:
    """Whether a part of a pattern matches as good as all names: `*`, `.*`, `.[!.]*`, `[a-z]*`."""
    left = ""
    while "[" in part:
        before, _, rest = part.partition("[")
        members, _, part = rest[1:].partition("]")
        left += before
        if rest[:1] not in "!^" and "-" not in members and ":" not in members:
            return False
    left += part
    return "*" in left and set(left) <= set("*?.")


def _if_empty(event: Event) -> tuple[str, str] | None:
    """Judge what would be deleted if a variable were empty."""
    for path, by in event.analysis.if_empty:
        if by in _MOVING or by in _JUDGED_ELSEWHERE:
            continue
        folder, _ = _emptied(path)
        folder = folder or lexical(path, "/")
        found = None if plain(folder) in TEMPORARY else whole(folder, event.places)
        if found is not None:
            return f"if what is not known of its path is empty, `{by}` takes {found.said}", _SURELY
    return None


# --- modes and owners -------------------------------------------------------------------------

_WHOLE = frozenset((HOME, MACHINE, PROJECT, SYSTEM))


def _changed(event: Event) -> tuple[str, str] | None:
    """Judge modes and owners that are changed with all below."""
    for effect in event.analysis.effects:
        if effect.kind != "write" or not effect.tree or effect.by not in _KEEPING:
            continue
        for path in _changed_folders(effect, event):
            found = whole(path, event.places)
            if found is None or found.kind not in _WHOLE:
                continue
            if found.kind != PROJECT or not _is_careful(effect.by, event):
                return f"`{effect.by}` changes all of {found.said} (`{path}`)", _NARROWLY
    return None


def _changed_folders(effect: Effect, event: Event) -> list[str]:
    if effect.path is None:
        return []
    folder = _emptied(effect.path)[0] if effect.glob else None
    if folder is not None:
        return [folder]
    targets = [t for t in event.targets if t.effect.by == effect.by and t.effect.tree]
    return [path for target in targets for path in (target.spelled, target.real) if path]


def _is_careful(by: str, event: Event) -> bool:
    """Whether all modes only give to the owner, take from others, or open folders."""
    if by != "chmod":
        return False
    given = [_mode(one.argv) for one in event.analysis.invocations if one.program == "chmod"]
    return all(
        mode is not None and all(_is_careful_clause(clause) for clause in mode.split(","))
        for mode in given
    )


def _mode(argv: Sequence[str | None]) -> str | None:
    """Give the mode of a `chmod`, also one that looks like an option."""
    taking = [w for w in argv[1:] if w and w[0] == "-" and set(w[1:]) <= set("rwxXst") and w[1:]]
    operands = read(argv, Grammar(long="reference"), permute=True).operands
    return taking[0] if taking else operands[0] if operands else None


def _is_careful_clause(clause: str) -> bool:
    who, sign, what = clause.partition("+")
    if sign:
        return what == "X" or (who == "u" and set(what) <= set("rwX"))
    who, sign, what = clause.partition("-")
    return bool(sign) and bool(who) and set(who) <= set("go")
