"""The user's own names: read once, kept, and read again whenever a file is not as it was."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kei_gates.hook import own_names, own_names_reading
from kei_gates.shell.own_names import OwnNames
from tests.environment import Environment
from tests.hook.test_imports import STANDARD, modules_after

HEAD = "# Snapshot file\nunalias -a 2>/dev/null || true\n# Aliases\n"
TAIL = "# Check for rg availability\nexport PATH=/usr/bin:/bin\n"
FUTURE = 9_000_000_000_000
"""A time in a snapshot's name, in milliseconds, that is after every file of these tests."""


class User:
    """A user with a home, and the environment that keeps what was read."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.environment = folder / "environment"
        self.home.mkdir()
        self.stored = Path(f"{self.environment}/var/kei-gates/own-names{self.home}/names")

    def snapshot(self, made: int, aliases: str, tail: str = TAIL, folder: str = ".claude") -> Path:
        path = self.home / folder / f"shell-snapshots/snapshot-zsh-{made}-abc.sh"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + aliases + tail)
        return path

    def find(self) -> OwnNames:
        return own_names.find(str(self.home))

    def aliases(self) -> dict[str, tuple[str, ...]]:
        found = self.find()
        assert found.unread == ""
        return dict(found.aliases)


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    made = User(tmp_path.resolve())
    monkeypatch.setattr(own_names, "environment", lambda: str(made.environment))
    monkeypatch.setattr(own_names, "environ", {})
    return made


@pytest.fixture
def no_reading(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on, fail when files are read instead of what was kept."""

    def forbid() -> None:
        def read(*_: object) -> None:
            pytest.fail("the files were read again")

        monkeypatch.setattr(own_names_reading, "read", read)

    return forbid


def test_a_user_without_files_has_no_names(user: User) -> None:
    assert user.find() == OwnNames()
    assert not user.environment.exists()


def test_what_was_read_is_kept(user: User, no_reading: Callable[[], None]) -> None:
    user.snapshot(FUTURE, "alias -- g=git\n")
    (user.home / ".zshenv").write_text("alias -s md=less\ngp() { git push; }\n")
    first = user.find()
    assert first.aliases == {"g": ("git",)}
    assert first.suffix_aliases == {"md": ("less",)}
    assert first.functions == {"gp": ("gp() { git push; }",)}
    no_reading()
    assert user.find() == first


def rewritten(user: User) -> None:
    """Change neither a file's size nor its time."""
    path = next((user.home / ".claude/shell-snapshots").iterdir())
    before = path.stat()
    path.write_text(path.read_text().replace("=git", "=hub"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(user: User) -> None:
    path = next((user.home / ".claude/shell-snapshots").iterdir())
    copy = path.with_name("copy")
    copy.write_text(path.read_text().replace("=git", "=hub"))
    copy.replace(path)


def joined(user: User) -> None:
    user.snapshot(FUTURE + 1, "alias -- g=hub\n")


def startup_file(user: User) -> None:
    (user.home / ".zshenv").write_text("alias g=hub\n")


@pytest.mark.parametrize("change", [rewritten, replaced, joined, startup_file])
def test_a_change_counts_at_once(user: User, change: Callable[[User], None]) -> None:
    user.snapshot(FUTURE, "alias -- g=git\n")
    assert user.aliases() == {"g": ("git",)}
    change(user)
    assert "hub" in user.aliases()["g"]


def test_several_sessions_keep_every_text(user: User) -> None:
    user.snapshot(FUTURE, "alias -- g=git\nalias -- k=kubectl\n")
    user.snapshot(FUTURE + 1, "alias -- g=hub\n")
    assert user.aliases() == {"g": ("hub", "git"), "k": ("kubectl",)}


@pytest.mark.parametrize(
    ("variable", "file"),
    [(b"BASH_ENV", "env"), (b"ZDOTDIR", ".zshenv"), (b"ZDOTDIR", ".zprofile")],
)
def test_files_that_the_environment_names_are_read(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: bytes, file: str
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / file).write_text("alias g=git\n")
    named = folder / file if variable == b"BASH_ENV" else folder
    monkeypatch.setattr(own_names, "environ", {variable: os.fsencode(named)})
    assert user.aliases() == {"g": ("git",)}


def test_another_folder_of_the_client_is_looked_at_too(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.snapshot(FUTURE, "alias -- g=git\n")
    user.snapshot(FUTURE + 1, "alias -- h=hg\n", folder="other")
    folder = os.fsencode(user.home / "other")
    monkeypatch.setattr(own_names, "environ", {b"CLAUDE_CONFIG_DIR": folder})
    assert user.aliases() == {"h": ("hg",), "g": ("git",)}
    user.snapshot(FUTURE + 2, "abbr g=git\n", folder="other")
    assert "`abbr g=git`" in user.find().unread  # it is the newest of both


# --- before there is a snapshot ---------------------------------------------------------------


def test_without_a_snapshot_startup_files_are_read(user: User) -> None:
    (user.home / ".bashrc").write_text("alias g=git\n")
    (user.home / ".zshrc").write_text("alias h=hg\n")
    assert user.aliases() == {"g": ("git",), "h": ("hg",)}


@pytest.mark.parametrize(("made", "read"), [(FUTURE, False), (1000, True)])
def test_only_a_startup_file_newer_than_the_snapshot_is_read(
    user: User, made: int, read: bool
) -> None:
    (user.home / ".bashrc").write_text("alias g=git\n")
    user.snapshot(made, "alias -- ll='ls -l'\n")
    assert ("g" in user.aliases()) == read


def test_a_snapshot_that_is_being_written_does_not_count(user: User) -> None:
    (user.home / ".bashrc").write_text("alias g=git\n")
    user.snapshot(FUTURE, "alias -- ll='ls -l'\nalias -- x='", tail="")
    assert user.aliases() == {"ll": ("ls -l",), "g": ("git",)}


def test_the_last_snapshot_is_remembered_until_there_is_a_newer_one(user: User) -> None:
    (user.home / ".zshrc").write_text("source ~/.more\n")
    gone = user.snapshot(FUTURE, "alias -- g=git\n")
    assert user.aliases() == {"g": ("git",)}
    gone.unlink()
    for _ in range(2):
        assert user.aliases() == {"g": ("git",)}
        (user.home / ".zshrc").touch()
    user.snapshot(FUTURE + 1, "alias -- h=hg\n", tail="").write_text(HEAD + "alias -- h=hg\n")
    assert user.aliases() == {"h": ("hg",), "g": ("git",)}
    user.snapshot(FUTURE + 1, "alias -- h=hg\n")
    assert user.aliases() == {"h": ("hg",)}


# --- what cannot be read ----------------------------------------------------------------------


def test_a_snapshot_that_is_not_understood_is_said(user: User) -> None:
    user.snapshot(FUTURE, "abbr g=git\n")
    for _ in range(2):
        assert "`abbr g=git`" in user.find().unread


def test_one_of_an_older_session_is_not_waited_for(user: User) -> None:
    user.snapshot(FUTURE, "abbr g=git\nalias -- h=hg\n")
    user.snapshot(FUTURE + 1, "alias -- g=git\n")
    assert user.aliases() == {"g": ("git",), "h": ("hg",)}


def test_one_that_is_too_large_is_said(user: User) -> None:
    user.snapshot(FUTURE, "#\n" * (3 << 20))
    assert "cannot be read" in user.find().unread
    user.snapshot(FUTURE, "#\n")
    assert user.aliases() == {}


def test_a_folder_in_place_of_a_startup_file_gives_no_names(user: User) -> None:
    (user.home / ".bashrc").mkdir()
    assert user.find() == OwnNames()


# --- what is kept -----------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [b"", b"\x00", b"\xfb" * 100, b"i\x01\x00\x00\x00"])
def test_a_damaged_file_is_made_anew(user: User, damage: bytes) -> None:
    user.snapshot(FUTURE, "alias -- g=git\n")
    user.find()
    whole = user.stored.read_bytes()
    user.stored.write_bytes(damage)
    assert user.aliases() == {"g": ("git",)}
    assert user.stored.read_bytes() == whole
    assert user.stored.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_can_write_is_not_believed(user: User, mode: int) -> None:
    user.snapshot(FUTURE, "alias -- g=git\n")
    user.find()
    forged = user.stored.read_bytes().replace(b"git", b"xxx")
    user.stored.write_bytes(forged)
    assert user.aliases() == {"g": ("xxx",)}  # it is this file that counts
    user.stored.chmod(mode)
    assert user.aliases() == {"g": ("git",)}


def test_a_file_of_another_version_is_made_anew(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.snapshot(FUTURE, "alias -- g=git\n")
    user.find()
    user.stored.write_bytes(user.stored.read_bytes().replace(b"git", b"xxx"))
    monkeypatch.setattr(own_names, "_STAMP", (1, "another", 0))
    assert user.aliases() == {"g": ("git",)}


def test_where_nothing_can_be_kept_it_only_costs_time(user: User) -> None:
    user.snapshot(FUTURE, "alias -- g=git\n")
    user.environment.write_text("a file where a folder is wanted")
    for _ in range(2):
        assert user.aliases() == {"g": ("git",)}


def test_once_kept_the_reader_is_not_imported(
    user: User, environment: Environment, project: Path
) -> None:
    user.snapshot(FUTURE, "alias -- g=git\n")
    script = (
        "import sys\n"
        f"sys.path.insert(0, {str(environment.site)!r})\n"
        "from kei_gates.hook import own_names\n"
        f"assert own_names.find({str(user.home)!r}).aliases == {{{{'g': ('git',)}}}}\n"
        "{report}"
    )
    bare = modules_after(environment, "{report}", b"", project)
    loaded = [modules_after(environment, script, b"", project) - bare for _ in range(2)]
    assert "kei_gates.shell.startup" in loaded[0] - loaded[1]
    assert {name for name in loaded[1] if not name.startswith("kei_gates")} <= STANDARD
