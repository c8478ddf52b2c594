"""Serve modules from the archive that `builder` has written.

The shim runs the code of this module, which lies in the archive too, before anything of the package
is imported. So nothing here imports the package, and nothing that is not loaded already.
"""

from __future__ import annotations

import gc
import sys
from _frozen_importlib_external import (  # type: ignore[import-not-found]  # what importlib is made of
    ExtensionFileLoader,
    spec_from_file_location,
)
from marshal import loads
from posix import pread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import Any, Final

    Place = tuple[int, int]
    """Where something lies in the archive: at which byte, and how many there are."""
    Group = tuple[tuple[str, ...], Place]
    """Modules, each behind those that it imports, and where the tuple of their code lies."""

_PACKAGE = "/__init__.py"


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
        """Take an open archive of what lies below the folder `site`, and what its head tells.

        `extensions` tell the files of extension modules, which a search would find too, later.
        """
        self._extensions: Final = extensions
        self._descriptor: Final = descriptor
        self._site: Final = site
        self._groups: Final = groups
        self._place: Final = index
        self._index: dict[str, int | Place] | None = None

    def load_group(self, number: int) -> None:
        """Load the modules of a group that are not there yet, without a search for each."""
        names, place = self._groups[number]
        for name, code in zip(names, self._read(place), strict=True):
            if name not in sys.modules:
                sys.modules[name] = module = type(sys)(name)
                self._run(module, code)
                parent, _, child = name.rpartition(".")
                if parent:
                    setattr(sys.modules[parent], child, module)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:  # noqa: ARG002 -- importlib's signature
        """Give how a module is loaded; none for one that is not in the archive."""
        if name in self._extensions:
            file = self._extensions[name]
            return spec_from_file_location(name, file, loader=ExtensionFileLoader(name, file))
        if not name.startswith("kei_gates."):
            return None
        if self._index is None:
            self._index = self._read(self._place)
        found = self._index.get(name)
        if found is None:
            return None
        if isinstance(found, int):
            self.load_group(found)
            found = None
        return type(sys.__spec__)(name, self, loader_state=found)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Give the module that its group has brought; none: importlib makes one."""
        return sys.modules.get(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's code, unless its group did."""
        place = module.__spec__.loader_state
        if place is not None:
            self._run(module, self._read(place))

    def _run(self, module: ModuleType, code: CodeType) -> None:
        """Run a module's code in it, as from the file that it was compiled from."""
        file = f"{self._site}/{code.co_filename}"
        namespace = module.__dict__
        namespace["__file__"] = file
        namespace["__package__"] = module.__name__.rpartition(".")[0]
        if file.endswith(_PACKAGE):
            namespace["__path__"] = [file.removesuffix(_PACKAGE)]
            namespace["__package__"] = module.__name__
        exec(code, namespace)

    def _read(self, place: Place) -> Any:
        start, size = place
        return loads(pread(self._descriptor, size, start))


def start(
    descriptor: int,
    site: str,
    index: Place,
    groups: Sequence[Group],
    extensions: dict[str, str],
) -> None:
    """Serve an open archive from here on, and load its first group."""
    # The process ends before there is garbage worth a look: looking costs a tenth of a plain call.
    gc.set_threshold(_SELDOM)
    archive = Archive(descriptor, site, index, groups, extensions)
    sys.meta_path.insert(0, archive)
    archive.load_group(0)


_SELDOM = 200_000
