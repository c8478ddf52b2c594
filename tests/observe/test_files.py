"""Reading with a limit, and writing whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kei_gates.observe import files


def test_reads_a_file_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"x" * 10)
    assert files.read_file(str(path), 10) == b"x" * 10
    with pytest.raises(files.TooLargeError):
        files.read_file(str(path), 9)


def test_refuses_what_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(OSError, match="not a regular file"):
            files.read_file(str(path), 10)


def test_reads_a_stream_to_its_end_even_when_it_is_too_long() -> None:
    for size, limit in ((10, 10), (200_000, 10)):
        out, into = os.pipe()
        if os.fork() == 0:
            os.close(out)
            written = 0
            while written < size:
                written += os.write(into, b"x" * min(65536, size - written))
            os._exit(0)
        os.close(into)
        if size <= limit:
            assert files.read_stream(out, limit) == b"x" * size
        else:
            with pytest.raises(files.TooLargeError):
                files.read_stream(out, limit)
            assert os.read(out, 1) == b""
        os.close(out)
        assert os.wait()[1] == 0  # the writer was not cut off


def test_writes_atomically_and_makes_folders(tmp_path: Path) -> None:
    path = tmp_path / "a/b/c"
    files.write_file(str(path), b"one")
    files.write_file(str(path), b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["c"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_failed_write_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(files, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        files.write_file(str(path), b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
