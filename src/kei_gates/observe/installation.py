"""Where kei-gates itself lies. Found from the running interpreter, never from the environment."""

from __future__ import annotations

import sys
from posix import stat

from kei_gates.observe.paths import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.observe.paths import Links

PACKAGE = __file__.rpartition("/observe/")[0]
"""The folder of this package."""


def environment() -> str:
    """Give the folder of the environment that runs this, as spelled (its links kept)."""
    return sys.executable.rpartition("/bin/")[0]


def data(name: str) -> str:
    """Give the path of something declared: in the wheel, or in the source tree around it."""
    try:
        stat(f"{PACKAGE}/_data")
    except OSError:
        return f"{PACKAGE.rpartition('/src/')[0]}/{name}"
    return f"{PACKAGE}/_data/{name}"


def runtime(links: Links) -> tuple[str, ...]:
    """Give what the environment is made on: the interpreter's file, and its standard library.

    Both often lie in a version manager's folder, where their user may write. `links` are those
    that are known already.
    """
    library = sys.modules["encodings"].__file__  # the first module that is loaded, never frozen
    known = (sys.executable, library.rpartition("/encodings/")[0] if library else "")
    return tuple(resolve(path, "/", links) for path in known if path)
