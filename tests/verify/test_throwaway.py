"""Throw-away folders: gone at the end, swept after a death, never another's."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kei_gates.model import Fault
from kei_gates.verify.throwaway import remove, sweep, temporary, throwaway

_NOBODY = 65534
_AGAIN = """
import os, sys
from kei_gates.verify.throwaway import throwaway
os.write(1, b".")
while True:
    with throwaway(sys.argv[1]) as place:
        for name in ("a", "a/b", "c"):
            os.mkdir(f"{place}/{name}")
        os.symlink(sys.argv[2], f"{place}/a/out")
        os.chmod(f"{place}/a/b", 0)
"""
_MINE = """
import os, sys, time
from kei_gates.verify.throwaway import throwaway
for _ in range(15):
    with throwaway(sys.argv[1]) as place:
        assert os.listdir(place) == [], place
        for number in range(5):
            with open(f"{place}/{number}", "x") as file:
                file.write(str(os.getpid()))
        time.sleep(0.002)
        for number in range(5):
            assert open(f"{place}/{number}").read() == str(os.getpid())
        assert len(os.listdir(place)) == 5
"""


def left(below: Path) -> list[str]:
    return sorted(os.listdir(below))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder outside, with a file in it."""
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "file").write_text("kept")
    return folder


@pytest.fixture
def plain_user() -> Iterator[Path]:
    """A folder of a user whom the modes of files hold back; root is turned into one."""
    folder = Path(tempfile.mkdtemp(prefix="kei-gates-test-"))
    am_root = os.geteuid() == 0
    if am_root:
        os.chown(folder, _NOBODY, _NOBODY)
        os.seteuid(_NOBODY)
    try:
        yield folder
    finally:
        if am_root:
            os.seteuid(0)
        subprocess.run(["rm", "-rf", folder], check=True)


def test_it_is_fresh_private_and_gone_at_the_end(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    with throwaway(str(below)) as place:
        assert os.listdir(place) == []
        assert Path(place).parent == below
        assert Path(place).stat().st_mode & 0o777 == 0o700
        (Path(place) / "x").write_text("x")
    assert left(below) == []
    assert below.stat().st_mode & 0o777 == 0o700


def test_it_is_gone_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), throwaway(str(tmp_path)):
        raise ZeroDivisionError
    assert left(tmp_path) == []


def test_a_name_is_used_once(tmp_path: Path) -> None:
    with throwaway(str(tmp_path)) as one, throwaway(str(tmp_path)) as two:
        assert one != two
    with throwaway(str(tmp_path)) as three:
        assert three not in (one, two)
    assert left(tmp_path) == []


def test_removing_follows_no_link(tmp_path: Path, kept: Path) -> None:
    below = tmp_path / "below"
    with throwaway(str(below)) as place:
        (Path(place) / "folder").symlink_to(kept)
        (Path(place) / "file").symlink_to(kept / "file")
        (Path(place) / "broken").symlink_to("nothing")
        (Path(place) / "in").mkdir()
        (Path(place) / "in" / "up").symlink_to("../..")
        os.mkfifo(f"{place}/in/pipe")
    assert left(below) == []
    assert (kept / "file").read_text() == "kept"


def test_a_link_in_the_place_of_the_folder_is_left_alone(tmp_path: Path, kept: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(kept)
    remove(str(link))
    assert (kept / "file").read_text() == "kept"


def test_removing_what_was_made_unwritable(plain_user: Path) -> None:
    with throwaway(str(plain_user)) as name:
        place = Path(name)
        deep = place / "a" / "b" / "c"
        deep.mkdir(parents=True)
        (deep / "file").write_text("x")
        (place / "a" / "beside").mkdir()
        (deep / "file").chmod(0)
        for folder, mode in ((deep, 0o500), (deep.parent, 0), (place / "a", 0o500), (place, 0)):
            folder.chmod(mode)
    assert left(plain_user) == []


def test_removing_what_is_nested_deeper_than_a_path_can_say(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    here = os.open(place, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("deeper", dir_fd=here)
        inner = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    remove(str(place))
    assert not place.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="another's files are made by root alone")
def test_what_cannot_be_removed_stays_and_stops_nobody(plain_user: Path) -> None:
    with throwaway(str(plain_user)) as name:
        os.seteuid(0)
        stuck = Path(name) / "stuck"
        stuck.mkdir(0o755)
        (stuck / "file").write_text("root's")
        (Path(name) / "own").mkdir()
        os.chown(f"{name}/own", _NOBODY, _NOBODY)
        os.seteuid(_NOBODY)
    assert left(Path(name)) == ["stuck"]
    stays = [Path(name).name, f"{Path(name).name}.lock"]
    assert left(plain_user) == stays
    with throwaway(str(plain_user)) as other:
        assert other != name
        assert os.listdir(other) == []
    assert left(plain_user) == stays
    os.seteuid(0)
    (stuck / "file").unlink()
    stuck.rmdir()
    os.seteuid(_NOBODY)
    sweep(str(plain_user))
    assert left(plain_user) == []


def test_killed_at_any_moment_nothing_stays_after_the_next_run(tmp_path: Path, kept: Path) -> None:
    below = tmp_path / "below"
    found = set()
    for number in range(60):
        words = [sys.executable, "-c", _AGAIN, str(below), str(kept)]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.read(1) == b"."
            time.sleep(number * 0.00007)
            process.send_signal(signal.SIGKILL)
        found.add(len(left(below)) if below.exists() else 0)
        with throwaway(str(below)) as place:
            assert os.listdir(place) == []
            assert len(left(below)) == 2
        assert left(below) == []
    assert 2 in found
    assert (kept / "file").read_text() == "kept"


def test_many_in_parallel_never_meet_also_while_others_die(tmp_path: Path, kept: Path) -> None:
    below = tmp_path / "below"
    mine = [
        subprocess.Popen([sys.executable, "-c", _MINE, str(below)], stderr=subprocess.PIPE)
        for _ in range(20)
    ]
    while any(process.poll() is None for process in mine):
        words = [sys.executable, "-c", _AGAIN, str(below), str(kept)]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.read(1)
            time.sleep(0.02)
            process.kill()
    said = [process.communicate()[1].decode() for process in mine]
    assert said == [""] * 20
    sweep(str(below))
    assert left(below) == []


def test_what_died_is_swept(tmp_path: Path) -> None:
    (tmp_path / "other-3").mkdir()
    (tmp_path / "other-3" / "file").write_text("x")
    (tmp_path / "other-3.lock").write_text("")
    with throwaway(str(tmp_path)):
        assert len(left(tmp_path)) == 2
        assert "other-3" not in left(tmp_path)


def test_a_lock_that_was_taken_away_before_it_was_held_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock

    def late(descriptor: int, operation: int) -> None:
        """Let another sweep the new lock away in just this moment, once."""
        monkeypatch.setattr(fcntl, "flock", real)
        sweep(str(tmp_path))
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with throwaway(str(tmp_path)) as place:
        assert left(tmp_path) == [Path(place).name, f"{Path(place).name}.lock"]


def test_the_lock_goes_to_no_child(tmp_path: Path) -> None:
    with throwaway(str(tmp_path)) as place, subprocess.Popen(["sleep", "60"]) as child:
        try:
            assert f"{place}.lock" in _opened("self")
            assert f"{place}.lock" not in _opened(str(child.pid))
        finally:
            child.kill()


def _opened(process: str) -> set[str]:
    folder = Path(f"/proc/{process}/fd")
    if not folder.exists():
        pytest.skip("no /proc")
    found = set()
    for one in folder.iterdir():
        with suppress(OSError):
            found.add(str(one.readlink()))
    return found


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_file_in_the_place_of_the_folder_is_a_fault(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Fault) as caught, throwaway(str(tmp_path / name)):
        pass
    assert str(tmp_path / name) in caught.value.reason
    assert (tmp_path / "file").read_text() == "x"


def test_a_folder_that_cannot_be_written_is_a_fault(plain_user: Path) -> None:
    below = plain_user / "below"
    below.mkdir(0o500)
    with pytest.raises(Fault, match="Permission denied"), throwaway(str(below)):
        pass
    assert left(below) == []


def test_what_is_no_lock_is_not_swept(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "file").write_text("x")
    with throwaway(str(tmp_path)):
        pass
    assert left(tmp_path) == ["notes"]


def test_a_temporary_folder_lies_outside_of_the_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with temporary(outside=str(tmp_path / "p")) as folder:
        assert folder.startswith(f"{tmp_path}/kei-gates-")
    with temporary(outside=str(tmp_path)) as folder:
        assert not folder.startswith(str(tmp_path))
        assert Path(folder).is_dir()
    assert not Path(folder).exists()


@pytest.mark.parametrize("trick", ["a link", "open to others"])
def test_a_temporary_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trick: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    place = tmp_path / f"kei-gates-{os.getuid()}"
    if trick == "a link":
        (tmp_path / "elsewhere").mkdir()
        place.symlink_to("elsewhere")
    else:
        place.mkdir()
        place.chmod(0o777)
    with pytest.raises(Fault, match="is not this user's alone"), temporary(outside="/none"):
        pass
