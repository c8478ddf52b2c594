"""What a snapshot holds, and its file: JSON, so that loading it runs nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kei_gates.model import Fault, Value
from kei_gates.observe.files import read_file, write_file
from kei_gates.verify.held import read_row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final

    from kei_gates.verify.held import Held

_LARGEST = 512 << 20
_FORM = "kei-gates snapshot 2"


class Snapshot(Value):
    """A tree at a moment.

    `root` is the folder, `is_git` says that it was a checkout, `commit` what was checked out (none
    before the first commit). `rules` say what does not count, by the submodule that they hold for;
    `sparse` which of these were sparse checkouts.
    `files` are what paths held: without git all of them, else those that were not as in the commit.
    `unreadable` are folders that could not be listed.
    """

    __slots__ = ("commit", "files", "is_git", "root", "rules", "sparse", "unreadable")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        root: str,
        *,
        is_git: bool,
        commit: str | None,
        rules: Mapping[str, tuple[str, ...]],
        files: Mapping[str, Held],
        sparse: frozenset[str] = frozenset(),
        unreadable: frozenset[str] = frozenset(),
    ) -> None:
        self.root: Final = root
        self.is_git: Final = is_git
        self.commit: Final = commit
        self.rules: Final = rules
        self.files: Final = files
        self.sparse: Final = sparse
        self.unreadable: Final = unreadable


def write(snapshot: Snapshot, path: str) -> None:
    """Write a snapshot to a file. Raises `Fault`."""
    written = {
        "form": _FORM,
        "root": snapshot.root,
        "is_git": snapshot.is_git,
        "commit": snapshot.commit,
        "rules": {prefix: list(rules) for prefix, rules in snapshot.rules.items()},
        "files": {name: held.row() for name, held in snapshot.files.items()},
        "sparse": sorted(snapshot.sparse),
        "unreadable": sorted(snapshot.unreadable),
    }
    try:
        # a name that is no UTF-8 has lone surrogates, which only escapes can hold
        write_file(path, json.dumps(written, ensure_ascii=True).encode("ascii"))
    except OSError as error:
        raise Fault(
            f"the snapshot `{path}` cannot be written: {error.strerror or error}",
            "make room on the disk, or make the folder writable",
        ) from None


def read(path: str, root: str) -> Snapshot:
    """Read the snapshot of a folder. Raises `Fault` for one that is missing or of no such form."""
    again = "nobody can tell what the agent has changed: look at its work yourself, and start anew"
    try:
        loaded = json.loads(read_file(path, _LARGEST))
        found = _read(loaded)
    except OSError as error:
        reason = f"the snapshot `{path}` cannot be read: {error.strerror or error}"
        raise Fault(reason, again) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Fault(f"the snapshot `{path}` is damaged, or none of this version", again) from None
    if found.root != root:
        raise Fault(f"the snapshot `{path}` is of `{found.root}`, not of `{root}`", again)
    return found


def _read(loaded: Any) -> Snapshot:
    """Read what `write` wrote. Raises one of four errors for anything else, see `read`."""
    if loaded["form"] != _FORM:
        raise ValueError("it is of another version")
    commit = loaded["commit"]
    if "" not in loaded["rules"]:
        raise ValueError("it has no rules for its root")
    return Snapshot(
        _text(loaded["root"]),
        is_git=bool(loaded["is_git"]),
        commit=None if commit is None else _text(commit),
        rules={key: tuple(map(_text, rules)) for key, rules in loaded["rules"].items()},
        files={name: read_row(row) for name, row in loaded["files"].items()},
        sparse=frozenset(map(_text, loaded["sparse"])),
        unreadable=frozenset(map(_text, loaded["unreadable"])),
    )


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("it is no text")
    return value
