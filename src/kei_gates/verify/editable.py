"""What the notes of editable installs say: from where a virtual environment imports code.

A note is a `.pth` file, each line a folder (Python's `site`), or a module that setuptools writes
(`__editable___NAME_finder.py`), in which `MAPPING` and `NAMESPACES` map packages to their folders.
"""

from __future__ import annotations

import ast
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from kei_gates.model import Value
from kei_gates.observe.files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

_NOTE = re.compile(r"__editable__.*\.py|.*\.pth")
_MAPS = ("MAPPING", "NAMESPACES")
_LARGEST = 1 << 20
_UNREADABLE = (TypeError, ValueError, SyntaxError, RecursionError, MemoryError)


class Import(Value):
    """A folder that is imported from; with a `name`, it is itself that package."""

    __slots__ = ("name", "path")

    def __init__(self, path: str, name: str = "") -> None:
        self.path: Final = path
        self.name: Final = name

    @property
    def folder(self) -> str | None:
        """The folder to look in; none where the package is called otherwise than its own folder."""
        way = "".join(f"/{part}" for part in self.name.split(".") if part)
        return self.path[: len(self.path) - len(way)] if self.path.endswith(way) else None


def imports_of(venv: str) -> list[Import]:
    """Give what the notes in a virtual environment name, absolute paths only."""
    found: list[Import] = []
    with suppress(OSError):
        for version in sorted(os.listdir(f"{venv}/lib")):
            packages = f"{venv}/lib/{version}/site-packages"
            for name in sorted(os.listdir(packages)) if os.path.isdir(packages) else ():
                if _NOTE.fullmatch(name):
                    found += _noted(f"{packages}/{name}")
    return [one for one in found if one.path.startswith("/")]


def _noted(path: str) -> list[Import]:
    try:
        text = read_file(path, _LARGEST).decode("utf-8", "surrogateescape")
    except OSError:
        return []
    if path.endswith(".pth"):
        return [Import(line.strip()) for line in text.splitlines()]
    try:
        return list(_mapped(ast.parse(text)))
    except _UNREADABLE:  # it is no note of setuptools'
        return []


def _mapped(module: ast.Module) -> Iterator[Import]:
    """Read the maps. Raises `ValueError` or `TypeError` for one that holds more than texts."""
    for node in module.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if value is not None and any(
            isinstance(one, ast.Name) and one.id in _MAPS for one in targets
        ):
            for name, places in dict(ast.literal_eval(value)).items():
                for place in [places] if isinstance(places, str) else places:
                    yield Import(str(place), str(name))
