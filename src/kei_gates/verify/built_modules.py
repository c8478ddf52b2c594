"""Bring the modules that were made in a checkout, beside the Python that imports them.

Tools build native ones into the package itself (`maturin develop`, `build_ext --inplace`), and an
install writes the version there (setuptools-scm, hatch-vcs); git ignores them. Like installed
dependencies, they are there wherever tests are run. They are copies, as a tool that builds anew may
write into the file that it finds. One that was built from other sources than the merge's is as old
as it is in the checkout.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

# PEP 3149, PEP 384, and the names on Windows; `lib.so` says nothing of Python.
_BUILT = re.compile(r"(.+?)\.(?:(?:abi3|cpython-[^.]+|pypy[^.]+)\.so|(?:[^.]+\.)?pyd)")
# What the documentation of those tools calls it, and what else is usual.
_VERSION = re.compile(r"_?_?version(?:__)?\.py|_scm_version\.py")


def bring_modules(top: str, tree: str, merged: Collection[str], own: Collection[str]) -> None:
    """Copy those that lie in a checkout's folders of Python, and that git does not carry.

    `merged` are the paths that git has put into the tree, `own` those that it holds of the
    checkout. Python would import a built module for a source of the same name, so where the merge
    has that, it is left out. Raises `OSError`.
    """
    for folder in sorted({os.path.dirname(path) for path in merged if path.endswith(".py")}):
        for name in _built(f"{top}/{folder}", f"{tree}/{folder}"):
            path = os.path.join(folder, name)
            if path not in own and path not in merged and os.path.isfile(f"{top}/{path}"):
                shutil.copy2(f"{top}/{path}", f"{tree}/{path}")


def _built(source: str, to: str) -> Iterator[str]:
    try:
        names = os.listdir(source)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        found = _BUILT.fullmatch(name)
        is_new = found is not None and not os.path.lexists(f"{to}/{found[1]}.py")
        if is_new or _VERSION.fullmatch(name):
            yield name
