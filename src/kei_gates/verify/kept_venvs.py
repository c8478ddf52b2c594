"""Find the virtual environment that Poetry or Pipenv keeps for a project, apart from it.

Both name it by the project's path, so in a merge they would make a new one, with nothing in it.
They take the one that `VIRTUAL_ENV` names instead. The usual folders are looked in, and those that
variables name; one that only Poetry's own configuration names is not found. Sources: Poetry's
`EnvManager.generate_env_name`, Pipenv's `Project.virtualenv_name`.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_POETRY, _PIPENV = "pyproject.toml", "Pipfile"
_DIGITS = 8


def kept_venv(project: str) -> str | None:
    """Give the environment of a project, the one used last where there are several."""
    found = [*_poetry(project), *_pipenv(project)]
    return max(found, key=lambda path: os.stat(path).st_mtime_ns, default=None)


def _poetry(project: str) -> Iterator[str]:
    """Give `NAME-DIGEST-pyVERSION` for each version."""
    if os.path.isfile(f"{project}/{_POETRY}"):
        part = digest(os.path.realpath(project))
        for folder in _poetry_folders():
            for name in _listed(folder):
                if name.rpartition("-py")[0].endswith(f"-{part}"):
                    yield f"{folder}/{name}"


def _poetry_folders() -> tuple[str, ...]:
    named = os.environ.get("POETRY_VIRTUALENVS_PATH")
    if named:
        return (named,)
    cache = os.environ.get("POETRY_CACHE_DIR")
    caches = (os.environ.get("XDG_CACHE_HOME") or "~/.cache", "~/Library/Caches")
    tops = (cache,) if cache else tuple(f"{os.path.expanduser(one)}/pypoetry" for one in caches)
    return tuple(f"{top}/virtualenvs" for top in tops)


def _pipenv(project: str) -> Iterator[str]:
    """Give `NAME-DIGEST`, and `NAME-DIGEST-PYTHON` for a version that was asked for."""
    if os.path.isfile(f"{project}/{_PIPENV}"):
        part = digest(f"{project}/{_PIPENV}")
        data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
        folder = os.environ.get("WORKON_HOME") or f"{data}/virtualenvs"
        for name in _listed(folder):
            if f"-{part}-" in f"{name}-":
                yield f"{folder}/{name}"


def digest(text: str) -> str:
    """Give what both tools name an environment by: of the project, or of its `Pipfile`."""
    return urlsafe_b64encode(sha256(os.fsencode(text)).digest()).decode("ascii")[:_DIGITS]


def _listed(folder: str) -> list[str]:
    try:
        return [one for one in os.listdir(folder) if os.path.isfile(f"{folder}/{one}/pyvenv.cfg")]
    except OSError:
        return []
