"""Packages of Node.js: the nearest one, and those of a workspace.

Sources: npm's document "workspaces", pnpm's "pnpm-workspace.yaml" and "Filtering", and lerna's
"lerna.json".
"""

from __future__ import annotations

from kei_gates.shell.recipes_documents import inside, table, texts
from kei_gates.shell.recipes_text import below, upwards
from kei_gates.shell.recipes_yaml import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    from kei_gates.shell.recipes_text import Project, Read

    Package: TypeAlias = "tuple[str, Mapping[str, Any]]"
    """A folder, and what its package.json holds."""

_MOST = 200
_ROOTS = ("pnpm-workspace.yaml", "turbo.json", "nx.json", "lerna.json")


def nearest(read_file: Read, folder: str) -> Package | None:
    """Give the nearest package.json, in a folder or above it."""
    found = upwards(read_file, folder, ("package.json",))
    if found is None:
        return None
    document = table(found[2], "json")
    return (found[0], document if document is not None else {})


def root_of(project: Project, folder: str) -> Package | None:
    """Give the root of the workspace that a folder lies in, else the nearest package."""
    found = upwards(project, folder, _ROOTS)
    if found is None:
        return nearest(project, folder)
    return found[0], table(project(below(found[0], "package.json")), "json") or {}


def patterns(project: Project, root: Package) -> list[str]:
    """Give the patterns of the folders of a workspace."""
    folder, document = root
    listed = document.get("workspaces", [])
    found = texts(listed.get("packages") if isinstance(listed, dict) else listed)
    text = project(below(folder, "pnpm-workspace.yaml"))
    if text is not None:
        found += texts((load(text) or {}).get("packages"))
    text = project(below(folder, "lerna.json"))
    if text is not None:
        found += texts((table(text, "json") or {}).get("packages")) or (
            [] if found else ["packages/*"]
        )
    return [one.removeprefix("./").rstrip("/") for one in found if not one.startswith("!")]


def members(project: Project, root: Package) -> list[Package] | None:
    """Give all packages of a workspace but its root; none when they are not known."""
    found: dict[str, Package] = {}
    for pattern in patterns(project, root):
        paths = project.glob(below(root[0], f"{pattern}/package.json"))
        if paths is None or len(paths) > _MOST:
            return None
        for path in paths:
            document = None if "node_modules/" in path else table(project(path), "json")
            if document is not None:
                folder = path.rpartition("/")[0]
                found[folder] = (folder, document)
    return list(found.values())


def chosen(packages: list[Package], selector: str) -> list[Package]:
    """Give the packages that a name, a folder or a filter of pnpm or turbo may select."""
    plain = selector.strip("{}^!").replace("...", "").strip("{}^!")
    if "..." in selector or "[" in selector or selector.startswith("!") or not plain:
        return packages
    folder = plain.removeprefix("./").rstrip("/")
    return [one for one in packages if _is_meant(one, plain, folder)]


def _is_meant(package: Package, name: str, folder: str) -> bool:
    own = str(package[1].get("name", ""))
    if "*" in name:
        head, _, tail = name.partition("*")
        return own.startswith(head) and own.endswith(tail.rpartition("*")[2])
    return name in (own, own.rpartition("/")[2]) or f"/{package[0]}".endswith(f"/{folder}")


def scripts_of(package: Package) -> dict[str, str]:
    """Give the scripts of a package."""
    found = inside(package[1], "scripts")
    return {name: text for name, text in found.items() if isinstance(text, str)}
