"""Install the gate into the settings of one scope, and undo that.

What is remembered for undoing lies in the backup: it is there exactly when the settings file was
there before us.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from kei_gates.install import files, limits, settings
from kei_gates.install.entries import wanted
from kei_gates.install.errors import InstallError
from kei_gates.install.scopes import MANAGED, PROJECT, USER
from kei_gates.observe.client_settings import managed_folder, user_folder

if TYPE_CHECKING:
    from kei_gates.install.places import Places
    from kei_gates.install.scopes import Scope


@dataclass(frozen=True)
class Project:
    """The files that an installation touches: in a project, or, in a scope above, beside them all.

    `root` is the project's folder; above, the folder around the client's. `client_folder` and
    `layer_policy` are where the settings and the policy of a scope above lie.
    """

    root: Path
    scope: Scope = PROJECT
    client_folder: Path | None = None
    layer_policy: Path | None = None

    @property
    def folder(self) -> Path:
        """The client's folder."""
        return self.client_folder or self.root / ".claude"

    @property
    def settings(self) -> Path:
        """The client's settings."""
        return self.folder / self.scope.file

    @property
    def backup(self) -> Path:
        """The settings as they were before us."""
        return self.folder / f"{self.scope.file}.kei-gates-backup"

    @property
    def policy(self) -> Path:
        """The policy of the scope: the project's, the user's or the machine's."""
        return self.layer_policy or self.folder / "kei-gates.toml"

    @property
    def empty_mark(self) -> Path:
        """Stands for an empty client's folder that was there before us."""
        return self.folder / ".kei-gates-folder-was-here"


def project(folder: str | Path, scope: Scope = PROJECT) -> Project:
    """Look at a project folder. Raises InstallError when it is none."""
    root = Path(folder)
    if not root.is_dir():
        raise InstallError(f"`{folder}` is not a folder; name the project's folder")
    found = Project(root.resolve(), scope)
    if found.root == _home():
        raise InstallError(
            f"`{folder}` is the home folder, whose settings are those of every project; "
            "name a project's folder, or `--scope user`"
        )
    return _checked(found)


def user(layer_policy: str) -> Project:
    """Look at the user's settings, where the client does: CLAUDE_CONFIG_DIR, else `~/.claude`."""
    home = _home()
    if home is None:
        raise InstallError("this account has no home folder; set HOME")
    return _checked(Project(home, USER, Path(user_folder(str(home))), Path(layer_policy)))


def managed(layer_policy: str) -> Project:
    """Look at the machine's settings."""
    folder = Path(managed_folder())
    return _checked(Project(folder.parent, MANAGED, folder, Path(layer_policy)))


def _checked(found: Project) -> Project:
    if found.folder.exists() and not found.folder.is_dir():
        raise InstallError(f"`{found.folder}` is not a folder; move it away")
    return found


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except RuntimeError:  # an account without one
        return None


def install(where: Project, places: Places) -> list[str]:
    """Write our entries into the settings of a scope, and a starter policy where there is none.

    Returns what was done, a line for each file. Raises InstallError; settings that cannot be
    edited are found before anything is written.
    """
    content = files.read(where.settings)
    text = settings.decode(content or b"", str(where.settings))
    if settings.forbids_hooks(text):
        raise InstallError(
            f"`{where.settings}` sets `disableAllHooks`, so no gate would run; take it out"
        )
    before = _before(where)
    new = merge(text, where.scope, places, before).encode()
    _make_folder(where)
    # The policy first: the client takes up new settings at once, and a hook without one denies.
    done = [_write_starter(where, places)]
    if new == content:
        return [f"settings  {where.settings} (nothing to change)", *done]
    backed_up = [] if settings.has_ours(text) else _back_up(where, content)
    files.write(where.settings, new, content)
    return [f"settings  {where.settings}", *backed_up, *done]


def uninstall(where: Project, places: Places, *, keeps_policy: bool = False) -> list[str]:
    """Take our entries out of the settings, and what install made besides.

    `keeps_policy` where another scope still needs it.

    Returns what was done, a line for each file. Raises InstallError, with nothing written.
    """
    content = files.read(where.settings)
    before = _before(where)
    original = files.read(where.backup)
    text = settings.decode(content or b"", str(where.settings))
    new: bytes | None = content
    if content is not None and settings.has_ours(text):
        new = _without_ours(text, where.scope, places, before, original)
    done = _write_or_delete(where, new, content)
    done += _drop_backup(where, new, original)
    done += [] if keeps_policy else _drop_starter(where, places)
    made_folder = content is not None and new is None and not where.empty_mark.exists()
    return done + _drop_folder(where, empty_too=made_folder)


# --- the settings file ------------------------------------------------------------------------


def merge(text: str, scope: Scope, places: Places, before: str | None = None) -> str:
    """Put all that is ours into a settings text: our hooks, and what the client refuses itself."""
    stale = limits.stale(text)
    text = settings.merge(text, wanted(places, scope), before)
    return limits.put(text, limits.rules(scope, places), stale, before)


def unmerge(text: str, scope: Scope, places: Places, before: str | None = None) -> str:
    """Take all that is ours out of a settings text; what was there `before` us stays."""
    ours = dict.fromkeys([*limits.rules(scope, places), *limits.stale(text)])
    return settings.merge(limits.take(text, ours, before), {}, before)


def _before(where: Project) -> str | None:
    """Read the settings before us, as text; `None` when there were none or they cannot be known."""
    original = files.read(where.backup)
    if original is None:
        return None
    try:
        return settings.decode(original, str(where.backup))
    except InstallError:  # somebody wrote into the backup; it then tells nothing
        return None


def _back_up(where: Project, content: bytes | None) -> list[str]:
    """Keep the settings before our first change; an older, other backup is moved aside."""
    done: list[str] = []
    old = files.read(where.backup)
    if old is not None and old != content:
        aside = next(
            path
            for number in count(1)
            if not (path := where.backup.with_name(f"{where.backup.name}.{number}")).exists()
        )
        with files.telling("rename", where.backup):
            where.backup.rename(aside)
        done.append(f"backup    {aside} (an older one, moved aside)")
    if content is not None:
        files.write(where.backup, content, files.read(where.backup))
        done.append(f"backup    {where.backup}")
    return done


def _without_ours(
    text: str, scope: Scope, places: Places, before: str | None, original: bytes | None
) -> bytes | None:
    """Take our entries out; `None` when the file was ours and nothing is left."""
    stripped = unmerge(text, scope, places, before)
    if not settings.is_empty(stripped):
        return stripped.encode()
    if original is not None and before is not None and settings.is_empty(before):
        return original  # which may be without even the brackets
    return None if original is None else stripped.encode()


def _write_or_delete(where: Project, new: bytes | None, content: bytes | None) -> list[str]:
    if new == content:
        return [f"settings  {where.settings} (nothing of kei-gates in it)"]
    if new is None:
        files.delete(where.settings)
        return [f"settings  {where.settings} (deleted: install had made it)"]
    files.write(where.settings, new, content)
    return [f"settings  {where.settings} (entries taken out)"]


def _drop_backup(where: Project, new: bytes | None, original: bytes | None) -> list[str]:
    if original is None:
        return []
    if original != new:
        return [f"backup    {where.backup} (left: the settings have changed since)"]
    files.delete(where.backup)
    return [f"backup    {where.backup} (deleted: the settings are the same again)"]


# --- the policy and the folder ----------------------------------------------------------------


def _write_starter(where: Project, places: Places) -> str:
    if where.policy.exists() or where.policy.is_symlink():
        return f"policy    {where.policy} (there already, left as it is)"
    with files.telling("make", where.policy.parent):
        where.policy.parent.mkdir(parents=True, exist_ok=True)
    files.write(where.policy, places.starter.read_bytes(), None)
    return f"policy    {where.policy} (a starter, to be edited)"


def _drop_starter(where: Project, places: Places) -> list[str]:
    content = files.read(where.policy)
    if content is None:
        return []
    if content != places.starter.read_bytes():
        return [f"policy    {where.policy} (left: it is not the starter any more)"]
    files.delete(where.policy)
    if where.layer_policy:
        with contextlib.suppress(OSError):  # not empty
            where.policy.parent.rmdir()
    return [f"policy    {where.policy} (deleted: it was the starter)"]


def _make_folder(where: Project) -> None:
    with files.telling("make", where.folder):
        if not where.folder.exists():
            where.folder.mkdir(parents=True)
        elif not any(where.folder.iterdir()):
            where.empty_mark.touch()


def _drop_folder(where: Project, *, empty_too: bool) -> list[str]:
    with files.telling("delete", where.folder):
        where.empty_mark.unlink(missing_ok=True)
        if not empty_too or any(where.folder.iterdir()):
            return []
        where.folder.rmdir()
    return [f"folder    {where.folder} (deleted: it was empty)"]
