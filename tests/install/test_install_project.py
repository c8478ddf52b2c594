"""The files in a project's folder: made, kept, backed up, restored."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

import kei_gates
from kei_gates.install import files
from kei_gates.install import project as projects
from kei_gates.install.errors import InstallError
from kei_gates.install.places import Places, data

if TYPE_CHECKING:
    from kei_gates.install.project import Project

SETTINGS = b'{\n    "model": "opus"\n}'


def put(where: Project, content: bytes = SETTINGS) -> None:
    where.folder.mkdir(exist_ok=True)
    where.settings.write_bytes(content)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_an_untouched_project_gets_all_and_loses_all(where: Project, places: Places) -> None:
    projects.install(where, places)
    assert names(where.folder) == {"settings.json", "kei-gates.toml"}
    assert where.settings.read_bytes().endswith(b"}\n")
    assert where.policy.read_bytes() == places.starter.read_bytes()
    projects.uninstall(where, places)
    assert not where.folder.exists()


def test_the_backup_is_what_was_there_and_goes_again(where: Project, places: Places) -> None:
    put(where)
    projects.install(where, places)
    assert where.backup.read_bytes() == SETTINGS
    projects.uninstall(where, places)
    assert names(where.folder) == {"settings.json"}
    assert where.settings.read_bytes() == SETTINGS


def test_twice_writes_nothing(where: Project, places: Places) -> None:
    put(where)
    projects.install(where, places)
    before = {path: path.stat() for path in where.folder.iterdir()}
    assert any("nothing to change" in line for line in projects.install(where, places))
    after = {path: path.stat() for path in where.folder.iterdir()}
    assert [(s.st_ino, s.st_mtime_ns) for s in after.values()] == [
        (s.st_ino, s.st_mtime_ns) for s in before.values()
    ]
    assert after.keys() == before.keys()


def test_a_moved_clone_is_put_right_and_the_backup_stays(
    where: Project, places: Places, tmp_path: Path
) -> None:
    put(where)
    projects.install(where, Places(tmp_path / "old", places.hooks, places.starter))
    assert "/old/bin/python" in where.settings.read_text()
    projects.install(where, places)
    assert "/old/bin/python" not in where.settings.read_text()
    assert where.backup.read_bytes() == SETTINGS
    projects.uninstall(where, places)
    assert where.settings.read_bytes() == SETTINGS


def test_changes_in_between_stay_and_so_does_the_backup(where: Project, places: Places) -> None:
    put(where)
    projects.install(where, places)
    where.settings.write_text(where.settings.read_text().replace("opus", "haiku"))
    said = projects.uninstall(where, places)
    assert where.settings.read_bytes() == SETTINGS.replace(b"opus", b"haiku")
    assert where.backup.read_bytes() == SETTINGS
    assert any(f"{where.backup} (left" in line for line in said)


def test_an_older_backup_is_moved_aside(where: Project, places: Places) -> None:
    put(where)
    for content in (b"{}", b"[1]", b'{"x": 1}'):
        where.backup.write_bytes(content)
        projects.install(where, places)
        projects.uninstall(where, places)
    kept = {path.read_bytes() for path in where.folder.glob("*-backup.*")}
    assert kept == {b"{}", b"[1]", b'{"x": 1}'}
    assert where.settings.read_bytes() == SETTINGS


def test_a_backup_of_settings_since_deleted_does_not_count(where: Project, places: Places) -> None:
    put(where, b'{"hooks": {"PreToolUse": []}}')
    projects.install(where, places)
    where.settings.unlink()
    projects.install(where, places)
    projects.uninstall(where, places)
    assert names(where.folder) == {"settings.json.kei-gates-backup.1"}


def test_a_spoilt_backup_does_not_stop_uninstall(where: Project, places: Places) -> None:
    put(where)
    projects.install(where, places)
    where.backup.write_bytes(b"{")
    projects.uninstall(where, places)
    assert where.settings.read_bytes() == SETTINGS
    assert where.backup.exists()


def test_settings_that_were_ours_and_are_now_the_users_stay(where: Project, places: Places) -> None:
    projects.install(where, places)
    document = json.loads(where.settings.read_text())
    where.settings.write_text(json.dumps({"model": "opus", **document}))
    projects.uninstall(where, places)
    assert json.loads(where.settings.read_text()) == {"model": "opus"}


def test_a_file_that_was_there_is_not_deleted_when_the_user_emptied_it(
    where: Project, places: Places
) -> None:
    put(where)
    projects.install(where, places)
    document = json.loads(where.settings.read_text())
    where.settings.write_text(json.dumps({"hooks": document["hooks"]}))
    projects.uninstall(where, places)
    assert where.settings.read_bytes() == b"{}"


@pytest.mark.parametrize("content", [None, b"{}", SETTINGS])
def test_uninstall_without_install_changes_nothing(
    content: bytes | None, where: Project, places: Places
) -> None:
    if content is not None:
        put(where, content)
    projects.uninstall(where, places)
    assert where.folder.exists() == (content is not None)
    assert content is None or where.settings.read_bytes() == content


def test_uninstall_twice_is_uninstall_once(where: Project, places: Places) -> None:
    put(where)
    projects.install(where, places)
    projects.uninstall(where, places)
    projects.uninstall(where, places)
    assert names(where.folder) == {"settings.json"}


def test_a_folder_that_was_there_stays(where: Project, places: Places) -> None:
    where.folder.mkdir()
    projects.install(where, places)
    projects.uninstall(where, places)
    assert names(where.folder) == set()


def test_a_folder_with_other_files_stays(where: Project, places: Places) -> None:
    projects.install(where, places)
    (where.folder / "agents").mkdir()
    projects.uninstall(where, places)
    assert names(where.folder) == {"agents"}


def test_a_policy_is_never_overwritten_nor_deleted(where: Project, places: Places) -> None:
    where.folder.mkdir()
    where.policy.write_text("version = 1\n")
    projects.install(where, places)
    assert any("left" in line for line in projects.uninstall(where, places))
    assert where.policy.read_text() == "version = 1\n"


def test_a_link_is_followed_and_stays(where: Project, places: Places, tmp_path: Path) -> None:
    shared = tmp_path / "dotfiles.json"
    shared.write_bytes(SETTINGS)
    where.folder.mkdir()
    where.settings.symlink_to(shared)
    projects.install(where, places)
    assert where.settings.is_symlink()
    assert b"kei_gates_hook.py" in shared.read_bytes()
    projects.uninstall(where, places)
    assert where.settings.is_symlink()
    assert shared.read_bytes() == SETTINGS


def test_a_link_to_nothing_points_to_nothing_again(
    where: Project, places: Places, tmp_path: Path
) -> None:
    where.folder.mkdir()
    where.settings.symlink_to(tmp_path / "none.json")
    projects.install(where, places)
    assert (tmp_path / "none.json").is_file()
    projects.uninstall(where, places)
    assert where.settings.is_symlink()
    assert not where.settings.exists()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_mode_stays(mode: int, where: Project, places: Places) -> None:
    put(where)
    where.settings.chmod(mode)
    for change in (projects.install, projects.uninstall):
        change(where, places)
        assert stat.S_IMODE(where.settings.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_the_owner_stays(where: Project, places: Places) -> None:
    put(where)
    os.chown(where.settings, 1234, 2345)
    projects.install(where, places)
    found = where.settings.stat()
    assert (found.st_uid, found.st_gid) == (1234, 2345)


def test_an_interrupted_write_leaves_the_old_file(
    where: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Path, _target: Path) -> NoReturn:
        raise OSError(28, "No space left on device")

    put(where)
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InstallError, match=r"cannot write .*settings\.json`: no space left"):
        files.write(where.settings, b"{}", SETTINGS)
    assert names(where.folder) == {"settings.json"}
    assert where.settings.read_bytes() == SETTINGS


def test_settings_that_change_meanwhile_are_not_overwritten(where: Project) -> None:
    put(where)
    with pytest.raises(InstallError, match="changed meanwhile"):
        files.write(where.settings, b"{}", b"what was read")
    assert names(where.folder) == {"settings.json"}
    assert where.settings.read_bytes() == SETTINGS


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(where: Project, places: Places) -> None:
    where.root.chmod(0o500)
    with pytest.raises(InstallError, match=r"cannot make .*\.claude`: permission denied"):
        projects.install(where, places)


def test_settings_that_are_a_folder_are_named(where: Project, places: Places) -> None:
    where.settings.mkdir(parents=True)
    with pytest.raises(InstallError, match=r"cannot read .*settings\.json`: is a directory"):
        projects.install(where, places)


def test_only_a_folder_can_be_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InstallError, match="is not a folder"):
        projects.project(tmp_path / "none")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(InstallError, match="is the home folder"):
        projects.project(tmp_path)
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / ".claude").touch()
    with pytest.raises(InstallError, match="is not a folder"):
        projects.project(tmp_path / "p")


def test_data_is_found_or_its_absence_told() -> None:
    assert data("hooks", "hooks.json").is_file()
    with pytest.raises(InstallError, match="hooks/none` is missing"):
        data("hooks", "none")


def test_the_plugin_has_the_package_s_version() -> None:
    plugin = json.loads(data(".claude-plugin", "plugin.json").read_text())
    assert plugin["version"] == kei_gates.__version__
