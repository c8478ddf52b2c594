"""Where kei-gates itself lies. Found from the running interpreter, never from the environment."""

from __future__ import annotations

import sys
from posix import stat

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
