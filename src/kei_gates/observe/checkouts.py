"""Checkouts of a project: itself, and the worktrees that the client makes for agents.

Worktrees lie in `.claude/worktrees/NAME` of the project, that of an agent in `agent-ID`; its calls
have their `cwd` there, while the client still names the main checkout as the project (measured on
client 2.1.330).
"""

from __future__ import annotations

from posix import lstat

from kei_gates.observe.paths import inside, is_folder, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Places

_CLIENT = ".claude"
WORKTREES = f"{_CLIENT}/worktrees"


def root_of(agent_id: str | None, cwd: str, project: str) -> str:
    """Give the root that an agent's scopes count from: its worktree, else the project.

    A worktree is a real folder at its real place: one that is a link, or lies behind one, is none.
    Raises `Fault`.
    """
    worktrees = f"{project}/{WORKTREES}"
    if agent_id and "/" not in agent_id:
        own = f"{worktrees}/agent-{agent_id}"
        if is_folder(own) and resolve(own, "/") == own:
            return own
    name = (inside(resolve(cwd, "/"), worktrees) or "").partition("/")[0]
    return f"{worktrees}/{name}" if name else project


def elsewhere(path: str, places: Places) -> list[str]:
    """Give what an absolute path is called in checkouts other than the one scopes count from."""
    fold = places.folds_case
    found = []
    if places.root != places.project:
        if inside(path, places.root, folds_case=fold) is not None:
            return []
        found.append(inside(path, places.project, folds_case=fold))
    in_worktrees = inside(path, f"{places.project}/{WORKTREES}", folds_case=fold) or ""
    found.append(in_worktrees.partition("/")[2])
    return [one for one in found if one]


def folds_case(project: str) -> bool:
    """Say whether the project's file system takes `A` and `a` for the same name.

    The client's folder is looked for in capitals; where there is none, the project itself.
    """
    parent, _, name = project.rpartition("/")
    for path, other in (
        (f"{project}/{_CLIENT}", f"{project}/{_CLIENT.upper()}"),
        (project, f"{parent}/{name.swapcase()}"),
    ):
        try:
            found = lstat(path)
        except (OSError, ValueError):
            continue
        if path == other:
            continue
        try:
            same = lstat(other)
        except (OSError, ValueError):
            return False
        return (found.st_dev, found.st_ino) == (same.st_dev, same.st_ino)
    return False
