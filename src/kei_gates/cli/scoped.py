"""Which scopes of the client's settings a project has, and which of them hold the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.hook import own_folders
from kei_gates.hook import places as hook_places
from kei_gates.install import files, settings
from kei_gates.install import project as projects
from kei_gates.install.errors import InstallError
from kei_gates.install.scopes import LOCAL, MANAGED, PROJECT, USER

if TYPE_CHECKING:
    from kei_gates.install.project import Project
    from kei_gates.install.scopes import Scope


def find(folder: str, scope: Scope) -> Project:
    """Find the files of a scope. Raises `InstallError`, `Fault`."""
    if scope is USER:
        return projects.user(own_folders.user_policy(hook_places.home()))
    if scope is MANAGED:
        return projects.managed(own_folders.MACHINE_POLICY)
    return projects.project(folder, scope)


def all_of(folder: str) -> list[Project]:
    """Find the files of all scopes; a home folder has no settings of a project."""
    found = [find(folder, scope) for scope in (USER, MANAGED)]
    try:
        return [find(folder, scope) for scope in (PROJECT, LOCAL)] + found
    except InstallError:
        return found


def holders(folder: str) -> list[Project]:
    """List the scopes whose settings hold a hook of ours; what cannot be read holds none."""
    return [where for where in all_of(folder) if _holds(where)]


def _holds(where: Project) -> bool:
    try:
        raw = files.read(where.settings)
        return raw is not None and settings.has_ours(settings.decode(raw, str(where.settings)))
    except InstallError:
        return False


def twice(found: list[Project]) -> str:
    """Say what more than one scope with the gate means."""
    files_ = " and ".join(f"`{where.settings}`" for where in found)
    return (
        f"the hooks are in {files_}: what differs in them runs twice, and each file must be whole"
    )
