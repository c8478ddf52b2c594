"""Which folders are all of something: the machine, the system, the home, the project, a repository.

Sources: hier(7); file-hierarchy(7); hier(7) of macOS 14.
"""

from __future__ import annotations

from kei_gates.model import folded
from kei_gates.observe.paths import inside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.model import Event, Places

MACHINE, SYSTEM, HOME, PROJECT, REPOSITORY, KEPT = (
    "the whole machine",
    "a folder of the system",
    "a home folder",
    "the project",
    "a repository",
    "where a user keeps what matters",
)
"""What a folder is all of."""

TEMPORARY = frozenset(("/tmp", "/var/tmp"))  # noqa: S108 -- only names
_SYSTEM = TEMPORARY | frozenset(
    (
        "/Applications", "/Library", "/Network", "/System", "/Users", "/Volumes", "/bin", "/boot",
        "/cores", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/libx32", "/media", "/mnt",
        "/nix", "/opt", "/private", "/proc", "/root", "/run", "/sbin", "/snap", "/srv", "/sys",
        "/usr", "/var",
        # what lies in them, and is as dear
        "/System/Library", "/System/Volumes", "/boot/efi", "/etc/pam.d", "/etc/ssh", "/etc/ssl",
        "/etc/systemd", "/nix/store", "/opt/homebrew", "/usr/bin", "/usr/include", "/usr/lib",
        "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/local", "/usr/local/bin",
        "/usr/local/lib", "/usr/sbin", "/usr/share", "/var/cache", "/var/db", "/var/lib",
        "/var/lib/dpkg", "/var/log", "/var/run", "/var/spool",
    )
)  # fmt: skip
_HOMES = ("/Users", "/home")
_IN_HOME = frozenset(
    (
        ".aws", ".azure", ".claude", ".config", ".docker", ".gnupg", ".kube", ".local",
        ".local/share", ".mozilla", ".password-store", ".ssh", ".thunderbird", "Desktop",
        "Documents", "Library", "Mail", "Movies", "Music", "Pictures", "Videos",
    )
)  # fmt: skip
_PRIVATE = "/private"  # where macOS really keeps /etc, /tmp and /var
_GIT = ".git"
# What a repository cannot do without.
_IN_GIT = frozenset(("logs", "modules", "objects", "refs", "worktrees"))
_WORKTREES = ".claude/worktrees"
# Where repositories are only copies of others.
_COPIES = frozenset((".cache", ".tox", ".venv", "_deps", "build", "node_modules", "target", "venv"))


class Whole:
    """What a folder is all of, and how that is said."""

    __slots__ = ("kind", "said")

    def __init__(self, kind: str, said: str = "") -> None:
        """Take one of the words above; `said` where another one tells more."""
        self.kind: Final = kind
        self.said: Final = said or kind


def whole(path: str, places: Places) -> Whole | None:
    """Say what an absolute path without links is all of; none for a mere part."""
    for judge in (_of_machine, _of_project, _of_home, _of_repository):
        found = judge(path, places)
        if found is not None:
            return found
    return None


def plain(path: str) -> str:
    """Give a path of the system as it is called elsewhere."""
    return path.removeprefix(_PRIVATE) if path.startswith(f"{_PRIVATE}/") else path


def _of_machine(path: str, places: Places) -> Whole | None:
    if path == "/":
        return Whole(MACHINE)
    if inside(places.home, path, folds_case=places.folds_case) == "":
        return Whole(HOME, "the home folder")
    name = plain(path)
    if name in _SYSTEM or (places.folds_case and _is_folded(name)):
        return Whole(SYSTEM)
    return None


def _is_folded(path: str) -> bool:
    return any(folded(path) == folded(known) for known in _SYSTEM)


def _of_project(path: str, places: Places) -> Whole | None:
    fold = places.folds_case
    within = inside(places.project, path, folds_case=fold)
    if within is not None:
        return Whole(PROJECT, "the folder that holds the project" if within else "")
    within = inside(path, f"{places.project}/{_WORKTREES}", folds_case=fold)
    if within is not None and "/" not in within:
        return Whole(PROJECT, "a worktree" if within else "all worktrees")
    return None


def _of_home(path: str, places: Places) -> Whole | None:
    fold = places.folds_case
    if inside(places.home, path, folds_case=fold) is not None or path.rpartition("/")[0] in _HOMES:
        return Whole(HOME)
    return Whole(KEPT) if inside(path, places.home, folds_case=fold) in _IN_HOME else None


def _of_repository(path: str, places: Places) -> Whole | None:
    folder, _, name = path.rpartition("/")
    holds = folder.casefold().endswith(f"/{_GIT}") and name in _IN_GIT
    if (name.casefold() == _GIT or holds) and not is_spare(path, places):
        return Whole(REPOSITORY, "what a repository cannot do without" if holds else "")
    return None


def is_spare(path: str, places: Places) -> bool:
    """Say whether a path lies among temporary files, or copies that can be made again."""
    if inside(path, places.project, folds_case=places.folds_case) is None:
        return any(inside(path, folder) for folder in places.scratch) or _is_copy(path)
    return _is_copy(path[len(places.project) :])


def _is_copy(path: str) -> bool:
    return not _COPIES.isdisjoint(path.split("/")[:-1])


def repository(path: str, event: Event) -> Whole | None:
    """Say whether a folder is the root of a repository or of a worktree, by what lies in it."""
    if is_spare(f"{path}/", event.places):
        return None
    if event.look(f"{path}/{_GIT}/HEAD").kind == "text":
        return Whole(REPOSITORY)
    link = event.look(f"{path}/{_GIT}")
    if link.kind == "text" and "/worktrees/" in link.text:
        return Whole(REPOSITORY, "a worktree of a repository")
    return None
