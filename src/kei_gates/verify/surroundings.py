"""What commands need around a merged tree that git does not carry: dependencies, variables."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from kei_gates.verify.cargo_output import bring_output
from kei_gates.verify.editable import Import, imports_of
from kei_gates.verify.kept_venvs import kept_venv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from kei_gates.verify.repository import Repository

MODULES = "node_modules"
VENVS = (".venv", "venv")
LINKED = (MODULES, *VENVS)
"""Folders of installed dependencies: linked in from the checkout, as they are not committed."""

_DEEPEST = 3
_SKIPPED = frozenset((".git", ".claude", "target"))
# Folders in `node_modules` that hold links themselves: commands, and packages by owner.
_OF_LINKS = re.compile(r"\.bin|@.*")
# What tools keep there of one tree is not to be taken for another's.
_CACHES = frozenset((".cache", ".parcel-cache", ".turbo", ".vite", ".vitest"))
# Of these, nothing but its own tests imports `test`, and many projects call theirs so.
_STANDARD = sys.stdlib_module_names - {"test"}


class Surroundings:
    """Those of the tree in a throw-away folder; `prefix` is the way to where commands are run.

    `tree` is given where the tree lies elsewhere.
    """

    def __init__(
        self, repository: Repository, place: str, prefix: str, tree: str | None = None
    ) -> None:
        self._top: Final = repository.root
        self._place: Final = place
        self._tree: Final = tree or f"{place}/tree"
        self._prefix: Final = prefix
        self._packages: Final = None if tree else f"{place}/packages"
        main = os.path.dirname(repository.common)
        is_main = os.path.basename(repository.common) == ".git"
        # a worktree may lie in the main checkout, so it comes first
        self._tops: Final = (self._top, main) if is_main and main != self._top else (self._top,)
        self._installed: Final = tuple(_installed(self._top, "", _DEEPEST))
        self._kept: Final = self._kept_venv()

    def link_in(self) -> None:
        """Link installed dependencies in, where the tree has none itself. Raises `OSError`."""
        for path in self._installed:
            to = f"{self._tree}/{path}"
            if self._is_own_folder(os.path.dirname(to)) and not os.path.lexists(to):
                self._link(f"{self._top}/{path}", to)
        # Node looks in all folders above too: a worktree may lie in the checkout that has them
        above = next((one for one in _above(self._top) if os.path.isdir(f"{one}/{MODULES}")), None)
        if above is not None:
            self._link(f"{above}/{MODULES}", f"{self._place}/{MODULES}")
        for one in self._editable():
            at = f"{self._packages}/{one.name.replace('.', '/')}"
            if one.folder is None and not os.path.lexists(at):
                os.makedirs(os.path.dirname(at), exist_ok=True)
                os.symlink(self._moved(one.path), at)

    def _is_own_folder(self, path: str) -> bool:
        """Whether a folder of the tree is one, and no link on the way to it leads elsewhere."""
        own = os.path.realpath(self._tree) + path[len(self._tree) :]
        return os.path.isdir(path) and os.path.realpath(path) == own

    def environment(self) -> dict[str, str]:
        """Give variables for commands in the merge. Raises `OSError`.

          - `PYTHONPATH`: an editable install would else import the checkout's own code. All entries
            and installs that lead into the checkout lead into the merge. A folder that would hide a
        module of Python's own is left out.
          - `CARGO_TARGET_DIR`: see `cargo_output.py`.
          - `VIRTUAL_ENV`: see `kept_venvs.py`.
          - `UV_NO_SYNC`: `uv run` would else install the merge's code into the checkout's own
            environment, where it is broken once the merge is gone.
        """
        found = {} if self._kept is None else {"VIRTUAL_ENV": self._kept}
        found["PYTHONPATH"] = os.pathsep.join(self._python_path())
        if os.environ.get("UV_PROJECT_ENVIRONMENT") or any(self._venvs()):
            found["UV_NO_SYNC"] = "1"
        return found | bring_output(self._top, self._prefix, self._tree)

    def python_path(self) -> str | None:
        """Give `PYTHONPATH` where installs lead to the code of another tree; else none."""
        return os.pathsep.join(self._python_path()) if any(self._editable()) else None

    def _link(self, source: str, to: str) -> None:
        """Link a folder. Of `node_modules`, what lies in it: packages of a workspace are links.

        Those lead out of the folder, into the checkout's own code; here into the merge's.
        """
        if os.path.basename(source) == MODULES:
            real = os.path.realpath(source)
            self._link_each(real, to, real)
        else:
            os.symlink(source, to)

    def _link_each(self, source: str, to: str, modules: str) -> None:
        os.mkdir(to)
        with os.scandir(source) as entries:
            for one in entries:
                at = f"{to}/{one.name}"
                if one.is_symlink():
                    leads = os.readlink(one.path)
                    place = os.path.normpath(os.path.join(source, leads))
                    is_inner = place.startswith(f"{modules}/")
                    os.symlink(leads if is_inner else self._moved(place), at)
                elif one.name in _CACHES:
                    continue
                elif _OF_LINKS.fullmatch(one.name) and one.is_dir():
                    self._link_each(one.path, at, modules)
                else:
                    os.symlink(one.path, at)

    def _moved(self, path: str) -> str:
        """Give where a path in the checkout lies in the merge; others stay."""
        for top in self._tops:
            if path == top or path.startswith(f"{top}/"):
                return self._tree + path[len(top) :]
        return path

    def _python_path(self) -> list[str]:
        root = f"{self._tree}/{self._prefix}".rstrip("/")
        own = [one for one in (f"{root}/src", root) if os.path.isdir(one) and not _hides(one)]
        given = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
        own += filter(None, map(self._imported, self._editable()))
        return list(dict.fromkeys([*own, *map(self._moved, given)]))

    def _imported(self, one: Import) -> str | None:
        """Give the folder to import something from: where its name is another, that of links."""
        return self._packages if one.folder is None else self._moved(one.folder)

    def _kept_venv(self) -> str | None:
        """Give the environment that a tool keeps elsewhere, where it would not find it itself."""
        if os.environ.get("VIRTUAL_ENV") or self._venvs():
            return None
        root = f"{self._top}/{self._prefix}".rstrip("/")
        projects = [root, *(one for one in _above(root) if f"{one}/".startswith(f"{self._top}/"))]
        return next(filter(None, map(kept_venv, projects)), None)

    def _venvs(self) -> list[str]:
        return [f"{self._top}/{one}" for one in self._installed if not one.endswith(MODULES)]

    def _editable(self) -> Iterator[Import]:
        """Give what virtual environments import from the checkout."""
        for venv in (*self._venvs(), self._kept or os.environ.get("VIRTUAL_ENV", "")):
            for one in imports_of(venv) if venv else ():
                is_venvs = one.path == venv or one.path.startswith(f"{venv}/")
                if self._moved(one.path) != one.path and not is_venvs:
                    yield one


def in_worktree(repository: Repository, root: str) -> dict[str, str]:
    """Give variables for commands in a linked worktree itself, run in `root`. Raises `OSError`.

    Its virtual environment is often a link to that of the main checkout, or the one that is active:
    an editable install there would import the main checkout's code.
    """
    if not repository.is_linked:
        return {}
    top = repository.root
    around = Surroundings(repository, top, root[len(top) :].lstrip("/"), tree=top)
    found = around.python_path()
    return {} if found is None else {"PYTHONPATH": found}


def _hides(folder: str) -> bool:
    """Whether Python would import something in a folder for a module of its standard library."""
    with os.scandir(folder) as entries:
        for one in entries:
            name, _, rest = one.name.partition(".")
            is_module = rest == "py" or os.path.isfile(f"{one.path}/__init__.py")
            if is_module and name in _STANDARD:
                return True
    return False


def _above(path: str) -> Iterator[str]:
    """Give the folders above one, the nearest first; not the root of all."""
    while (path := os.path.dirname(path)) != "/":
        yield path


def _installed(root: str, folder: str, depth: int) -> Iterator[str]:
    """Give the ways from a checkout to its installed dependencies; some are links themselves."""
    try:
        with os.scandir(f"{root}/{folder}") as entries:
            found = sorted((one.name, one.is_symlink()) for one in entries if one.is_dir())
    except OSError:
        return
    for name, is_link in found:
        if name in LINKED:
            yield folder + name
        elif depth > 1 and not is_link and name not in _SKIPPED:
            yield from _installed(root, f"{folder}{name}/", depth - 1)
