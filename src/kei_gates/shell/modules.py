"""Modules of Python that run as programs.

Source: python(1), `-m`; the Python library on `runpy`.
"""

from __future__ import annotations

import sys

from kei_gates.shell.state import collapse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.state import State

# Where a project's modules lie beside the folder it is run in.
_SOURCES = ("src",)


def files_of_module(ev: Evaluator, module: str, state: State) -> list[str]:
    """Give the project's files that `python -m MODULE` runs; none when it has no such module."""
    return _files(ev, module, state, ".py", "/__main__.py")


def files_of_import(ev: Evaluator, module: str, state: State) -> list[str]:
    """Give the project's files that run when a module is imported; none when it has none such."""
    return [*dict.fromkeys(_files(ev, module, state, ".py", "/__init__.py"))]


def _files(ev: Evaluator, module: str, state: State, *ends: str) -> list[str]:
    """Give the files of a module that ends in one of these, behind those of its packages."""
    parts = module.split(".")
    if not all(part.isidentifier() for part in parts):
        return []
    for folder in ("", *_search_path(state), *_SOURCES):
        base = "/".join((folder, *parts)) if folder else "/".join(parts)
        mains = [path for path in (f"{base}{end}" for end in ends) if is_there(ev, path, state)]
        if mains:
            above = [
                "/".join(base.split("/")[: -len(parts) + at + 1]) for at in range(len(parts) - 1)
            ]
            packages = [f"{package}/__init__.py" for package in [*above, base]]
            return [*(path for path in packages if is_there(ev, path, state)), *mains]
    return []


def program_of_module(module: str) -> str | None:
    """Give the program that a module is; none for one of Python's own library."""
    top = module.partition(".")[0]
    return None if top in sys.stdlib_module_names else top.replace("_", "-")


def _search_path(state: State) -> list[str]:
    value = state.lookup("PYTHONPATH")
    return (
        [one.rstrip("/") or "/" for one in value.split(":") if one]
        if isinstance(value, str)
        else []
    )


def is_there(ev: Evaluator, path: str, state: State) -> bool:
    """Say whether a file is surely there, or the source itself writes it."""
    for absolute in state.paths(path):
        if absolute is not None:
            contents = ev.files.contents(collapse(absolute))
            if any(content is not None for content in contents):
                return True
    return ev.is_own(path, state)
