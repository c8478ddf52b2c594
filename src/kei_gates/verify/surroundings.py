"""What commands need around a merged tree that git does not carry."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LINKED = ("node_modules", ".venv", "venv")
"""Folders of installed dependencies: linked in from the checkout, as they are not committed."""

_DEEPEST = 3
_SKIPPED = frozenset((".git", ".claude", "target", *LINKED))


def link_in(root: str, tree: str) -> None:
    """Link installed dependencies of a checkout into a tree, where it has none itself."""
    for path in _installed(root, "", _DEEPEST):
        to = f"{tree}/{path}"
        if os.path.isdir(os.path.dirname(to)) and not os.path.lexists(to):
            os.symlink(f"{root}/{path}", to)


def _installed(root: str, folder: str, depth: int) -> Iterator[str]:
    try:
        with os.scandir(f"{root}/{folder}") as entries:
            found = sorted(one.name for one in entries if one.is_dir(follow_symlinks=False))
    except OSError:
        return
    for name in found:
        if name in LINKED:
            yield folder + name
        elif depth > 1 and name not in _SKIPPED:
            yield from _installed(root, f"{folder}{name}/", depth - 1)


def environment(root: str, merged: str) -> dict[str, str]:
    """Give variables for commands in the merge of a checkout that lies in `root`.

    - `PYTHONPATH`: an editable install would else import the checkout's own code. Entries that
      lead into the checkout lead into the merge.
    - `CARGO_TARGET_DIR`: dependencies need not be built again. Cargo keys the crates of a workspace
      by their path, so neither pass is taken for the other.
    """
    found = {"PYTHONPATH": os.pathsep.join(_python_path(root, merged))}
    target = os.environ.get("CARGO_TARGET_DIR") or f"{root}/target"
    if os.path.isdir(target) and os.path.isfile(f"{root}/Cargo.toml"):
        found["CARGO_TARGET_DIR"] = target
    return found


def _python_path(root: str, merged: str) -> list[str]:
    own = [merged] if not os.path.isdir(f"{merged}/src") else [f"{merged}/src", merged]
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    for path in filter(None, given):
        inside = path == root or path.startswith(f"{root}/")
        own.append(merged + path[len(root) :] if inside else path)
    return list(dict.fromkeys(own))
