"""Serve modules from the archive that `builder` has written.

The shim runs the code of this module, which lies in the archive too, before anything of the package
is imported. So nothing here imports the package, and nothing that is not loaded already.
"""

from __future__ import annotations

import gc
import sys
from _frozen_importlib_external import (
    ExtensionFileLoader,
    spec_from_file_location,
)
from marshal import loads
from posix import pread, stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import Any, Final

    Stamp = tuple[int, int]
    """An inode, and when it changed, in nanoseconds."""
    Place = tuple[int, int]
    """Where something lies in the archive: at which byte, and how many there are."""
    Group = tuple[tuple[str, ...], Place]
    """Modules, each behind those that it imports, and where the tuple of their code lies."""

_PACKAGE = "/__init__.py"
_SELDOM = 200_000


def start(  # noqa: PLR0913, PLR0917 -- the head of the archive
    descriptor: int,
    site: str,
    stamp: Stamp,
    index: Place,
    groups: Sequence[Group],
    extensions: dict[str, str],
) -> None:
    """Serve an open archive from here on, if it is of this package, and load what a call needs.

    What it holds lies as files below the folder `site`. `index` tells where its index lies;
    `extensions` tell where extension modules lie, as a search would, only at once.
    """
    if stamp != stamp_of(f"{site}/kei_gates"):
        return  # the package was installed anew: its modules are found one by one
    # The process ends before there is garbage worth a look: looking costs a tenth of a plain call.
    gc.set_threshold(_SELDOM)
    archive = Archive(descriptor, site, index, groups, extensions)
    sys.meta_path.insert(0, archive)
    archive.load_group(0)
    if sys.argv[1:2] == ["PreToolUse"]:
        archive.load_group(1)


def stamp_of(package: str) -> Stamp:
    """Give what an archive counts for: one file, which every installer of the package writes."""
    found = stat(f"{package}/__init__.py")
    return (found.st_ino, found.st_ctime_ns)


class Archive:
    """Finds and loads the modules of one archive, in the way of `importlib`."""

    __slots__ = ("_descriptor", "_extensions", "_groups", "_index", "_place", "_site")

    def __init__(
        self,
        descriptor: int,
        site: str,
        index: Place,
        groups: Sequence[Group],
        extensions: dict[str, str],
    ) -> None:
        """Take what `start` was given."""
        self._descriptor: Final = descriptor
        self._site: Final = site
        self._place: Final = index
        self._groups: Final = groups
        self._extensions: Final = extensions
        self._index = ""

    def load_group(self, number: int) -> None:
        """Load the modules of a group that are not there yet, without a search for each."""
        names, place = self._groups[number]
        for name, code in zip(names, loads(self._read(place)), strict=True):  # noqa: S302 -- as in the shim
            if name not in sys.modules:
                parent, _, child = name.rpartition(".")
                if parent:
                    __import__(parent)
                sys.modules[name] = module = type(sys)(name)
                self._run(module, code)
                if parent:
                    setattr(sys.modules[parent], child, module)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002 -- importlib's signature
        """Give how a module is loaded; none for one that is not in the archive."""
        if name in self._extensions:
            file = self._extensions[name]
            return spec_from_file_location(name, file, loader=ExtensionFileLoader(name, file))
        if not name.startswith("kei_gates."):
            return None
        for number, (names, _) in enumerate(self._groups):
            if name in names:
                self.load_group(number)
                return type(sys.__spec__)(name, self)  # type: ignore[arg-type]
        # Searched as text: most calls need one or two of some hundred lines.
        self._index = self._index or self._read(self._place).decode()
        at = self._index.find(f"\n{name} ")
        if at < 0:
            return None
        _, start, size = self._index[at + 1 : self._index.index("\n", at + 1)].split(" ")
        return type(sys.__spec__)(name, self, loader_state=(int(start), int(size)))  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Give the module that its group has brought; none: importlib makes one."""
        return sys.modules.get(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's code, unless its group did."""
        place: Any = module.__spec__ and module.__spec__.loader_state
        if place is not None:
            self._run(module, loads(self._read(place)))  # noqa: S302 -- as in the shim

    def _run(self, module: ModuleType, code: CodeType) -> None:
        """Run a module's code in it, as from the file that it was compiled from."""
        file = f"{self._site}/{code.co_filename}"
        namespace = module.__dict__
        namespace["__file__"] = file
        namespace["__package__"] = module.__name__.rpartition(".")[0]
        if file.endswith(_PACKAGE):
            namespace["__path__"] = [file.removesuffix(_PACKAGE)]
            namespace["__package__"] = module.__name__
        exec(code, namespace)  # noqa: S102 -- our own, see `builder`

    def _read(self, place: Place) -> bytes:
        start, size = place
        return pread(self._descriptor, size, start)
