"""Snapshots of a checkout: the commit, and all that is not as in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.verify.changes import Changes
from kei_gates.verify.compare import change_of, differences
from kei_gates.verify.held import Held, Keeper, is_as_held
from kei_gates.verify.looking import Looking
from kei_gates.verify.private import FOLDER, SUBMODULE
from kei_gates.verify.references import head_of
from kei_gates.verify.repository import find
from kei_gates.verify.ruling import OfNow, Recorded
from kei_gates.verify.snapshot_form import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.checks.work import Change
    from kei_gates.verify.compare import Difference
    from kei_gates.verify.repository import Repository


def take(root: str) -> Snapshot:
    """Take a checkout as it is. Raises `Fault`."""
    repository = find(root)
    commit = head_of(repository)
    ruling = OfNow()
    found = differences(repository, commit, ruling)
    now = Changes(repository, commit or "", found)
    keeper = Keeper(_looking(repository))
    return Snapshot(
        repository.root,
        is_git=True,
        commit=commit,
        rules=ruling.found,
        sparse=frozenset(ruling.sparse),
        files={path: _held(one, path, now, keeper) for path, one in found.items()},
    )


def compare(snapshot: Snapshot, since: int) -> tuple[Changes, list[Change]]:
    """Give the changes since the commit, and those of them that are not of the start.

    `since` is when that was, in ns since the epoch. Raises `Fault`.
    """
    repository = find(snapshot.root)
    ruling = Recorded(snapshot.rules, snapshot.sparse, since)
    found = differences(repository, snapshot.commit, ruling)
    now = Changes(repository, snapshot.commit or "", found)
    changed = _Changed(snapshot, now, found, _looking(repository))
    return now, list(changed.all())


def _looking(repository: Repository) -> Looking:
    return Looking(
        repository.root,
        repository.object_format,
        trusts_modes=not repository.lacks("core.filemode"),
    )


def _held(one: Difference, path: str, now: Changes, keeper: Keeper) -> Held:
    change = one.change
    if one.kept is not None:
        return Held(change.mode, one.kept, (), is_kept=True)
    if change.entry == "submodule" and change.mode:
        return _held_submodule(now, path)
    return keeper.take(path)


def _held_submodule(now: Changes, path: str) -> Held:
    try:
        commit = now.after(path) or b""
    except OSError:
        commit = b""
    return Held(SUBMODULE, commit.decode("ascii", "replace"), (), commit)


class _Changed:
    """Finds what is not as it was among all that is, or was, not as in the commit."""

    def __init__(
        self, snapshot: Snapshot, now: Changes, found: dict[str, Difference], looking: Looking
    ) -> None:
        self._held = snapshot.files
        self._now = now
        self._found = found
        self._looking = looking

    def all(self) -> Iterator[Change]:
        for path in self._held.keys() | self._found.keys():
            held = self._held.get(path)
            one = self._found.get(path)
            if held is None:
                if one is not None:
                    yield one.change
            elif held.is_kept:
                if one is not None and (one.kept is None or self._is_other(held, one)):
                    yield one.change
            elif one is not None and one.kept is not None:
                yield one.change  # the tree holds what the commit holds, and did not
            elif not self._is_as_held(held, path, one):
                yield self._change(path, held, one)

    def _is_other(self, held: Held, one: Difference) -> bool:
        return (held.mode, held.name) != (one.change.mode, one.kept)

    def _is_as_held(self, held: Held, path: str, one: Difference | None) -> bool:
        if held.mode != SUBMODULE:
            return is_as_held(held, path, self._looking)
        is_one = one is not None and one.change.mode == SUBMODULE
        return is_one and _held_submodule(self._now, path) == held

    def _change(self, path: str, held: Held, one: Difference | None) -> Change:
        """Give a change of what was not as in the commit when the agent started."""
        if one is not None:
            now = one.change
            # a file of the commit goes on with the next one, also where it lay not there
            is_recorded = now.is_recorded or bool(now.old_mode)
            return change_of(path, held.mode, now.mode, now.doubt, is_recorded=is_recorded)
        mode = self._looking.at(path, hashed=False).mode
        if held.mode == SUBMODULE and mode == FOLDER:
            mode = SUBMODULE  # it is now as in the commit
        return change_of(path, held.mode, mode)
