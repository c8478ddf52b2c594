"""Which files belong to a repository, or say what git runs.

Sources: gitrepository-layout(5), git-config(1), gitattributes(5), gitmodules(5); the documentation
of husky and lefthook.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Places, Target

# Wherever they lie.
_NAMES = frozenset((".gitmodules", ".gitattributes"))
_FOLDERS = frozenset((".git", ".husky", ".lefthook"))
_HOOKS_OF_LEFTHOOK = ("lefthook", ".lefthook", "lefthook-local", ".lefthook-local")
_ENDINGS = ("yml", "yaml", "json", "toml", "")
# What a bare repository holds, whose folder ends in `.git`.
_IN_REPOSITORY = frozenset(
    (
        "HEAD", "branches", "config", "description", "hooks", "index", "info", "logs", "modules",
        "objects", "packed-refs", "refs", "worktrees",
    )
)  # fmt: skip
_IN_HOME = (".gitconfig", ".git-credentials")
_MACHINE_WIDE = "/etc/gitconfig"
_RUN_BY_GIT = frozenset(("config", "config.worktree", "hooks"))


def is_git_data(target: Target, places: Places) -> bool:
    """Say whether a change of the target changes a repository or what git runs.

    Deleting a folder deletes the repository in it. Writing below one may mean any file there, and
    an unknown path any at all; that alone is not taken for git's.
    """
    if any(_is_gits(path, places) for path in (target.spelled, target.real)):
        return True
    if not (target.real and target.effect.tree and target.effect.kind == "delete"):
        return False
    holds_project = f"{places.project}/".startswith(f"{target.real.rstrip('/')}/")
    return holds_project or any(_is_in_repository(path.split("/")) for path in target.below or ())


def says_what_git_runs(target: Target, places: Places) -> bool:
    """Say whether the target is git's configuration or a hook."""
    for path in (target.spelled, target.real):
        if _is_of_user(path, places):
            return True
        parts = path.casefold().split("/")
        if ".git" in parts and _RUN_BY_GIT & {*parts[parts.index(".git") + 1 :]}:
            return True
    return False


def _is_gits(path: str, places: Places) -> bool:
    parts = path.split("/")
    name = parts[-1].casefold()
    stem, _, ending = name.rpartition(".") if "." in name[1:] else (name, "", "")
    return (
        name in _NAMES
        or any(part.casefold() in _FOLDERS for part in parts)
        or (stem in _HOOKS_OF_LEFTHOOK and ending in _ENDINGS and bool(ending or name[0] == "."))
        or _is_in_repository(parts)
        or _is_of_user(path, places)
    )


def _is_in_repository(parts: list[str]) -> bool:
    """Whether a path is `.git`, or one of the files of a bare repository `NAME.git`."""
    for part, inner in zip(parts, [*parts[1:], ""]):  # noqa: B905 -- of the same length
        if part.casefold() == ".git" or (part.endswith(".git") and inner in _IN_REPOSITORY):
            return True
    return False


def _is_of_user(path: str, places: Places) -> bool:
    return (
        path == _MACHINE_WIDE
        or path in [f"{places.home}/{name}" for name in _IN_HOME]
        or f"{path}/".startswith(f"{places.home}/.config/git/")
    )
