"""The audit holds every record whole, whoever writes beside, dies, or fills the disk."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kei_gates.audit import log
from kei_gates.model import Fault

# Appends records and tells of each once it is written: `folder number count size largest`.
WRITER = """
import os, sys
from kei_gates.audit import log
folder, number, count, size, log.LARGEST = sys.argv[1], *map(int, sys.argv[2:])
log.KEPT = 1 << 30
for at in range(count):
    log.append(folder, {"who": number, "at": at, "text": chr(97 + number % 26) * size})
    os.write(1, b".")
"""


def start(
    folder: Path, number: int, *, count: int = 10**9, size: int = 200, largest: int = 1 << 40
) -> subprocess.Popen[bytes]:
    words = map(str, (folder, number, count, size, largest))
    return subprocess.Popen([sys.executable, "-c", WRITER, *words], stdout=subprocess.PIPE)


def lines(folder: Path) -> list[Any]:
    """Every line of every file, the oldest first; one that is no record fails."""
    names = [*log.put_aside(str(folder)), log.FILE]
    texts = [(folder / name).read_bytes() for name in names if (folder / name).exists()]
    assert all(text.endswith(b"\n") for text in texts if text)
    return [json.loads(line) for text in texts for line in text.splitlines()]


def finish(writers: list[subprocess.Popen[bytes]]) -> list[int]:
    """Wait for the writers, and give how many records each has told of."""
    told = [len(writer.communicate()[0]) for writer in writers]
    assert {writer.returncode for writer in writers} <= {0, -signal.SIGKILL}
    return told


def numbered(found: list[Any]) -> dict[int, list[int]]:
    """The numbers of each writer's records, in the order in which they stand."""
    numbers: dict[int, list[int]] = {}
    for record in found:
        assert len(set(record["text"])) <= 1
        numbers.setdefault(record["who"], []).append(record["at"])
    return numbers


def test_64_processes_lose_and_mix_nothing(tmp_path: Path) -> None:
    writers = [start(tmp_path, number, count=1000) for number in range(64)]
    assert finish(writers) == [1000] * 64
    found = numbered(lines(tmp_path))
    assert found == {number: list(range(1000)) for number in range(64)}


def test_the_same_while_files_are_put_aside(tmp_path: Path) -> None:
    writers = [start(tmp_path, number, count=100, largest=20_000) for number in range(16)]
    assert finish(writers) == [100] * 16
    assert numbered(lines(tmp_path)) == {number: list(range(100)) for number in range(16)}
    assert len(log.put_aside(str(tmp_path))) > 10


@pytest.mark.parametrize("size", [200, 300_000])
def test_what_was_told_of_is_there_whoever_is_killed(tmp_path: Path, size: int) -> None:
    """A long record is written a page at a time, and a kill comes between two of them."""
    chance = random.Random(size)  # noqa: S311 -- when to kill
    killed = []
    for batch in range(8):
        writers = [start(tmp_path, batch * 8 + one, size=size) for one in range(8)]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.read(1) == b"."
        for writer in chance.sample(writers, 8):
            time.sleep(chance.random() / 50)
            writer.kill()
        killed += [told + 1 for told in finish(writers)]
    log.append(str(tmp_path), {"who": 64, "at": 0, "text": ""})  # cuts off what the last has torn
    found = numbered(lines(tmp_path))
    assert found.pop(64) == [0]
    for number, told in enumerate(killed):
        assert found[number] in (list(range(told)), list(range(told + 1)))


def test_a_torn_line_is_cut_off(tmp_path: Path) -> None:
    log.append(str(tmp_path), {"at": 1})
    with (tmp_path / log.FILE).open("ab") as file:
        file.write(b'{"at": 2, "text": "' + b"x" * 200_000)
    log.append(str(tmp_path), {"at": 3})
    assert [record["at"] for record in lines(tmp_path)] == [1, 3]


def test_a_torn_line_is_cut_off_before_a_file_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append(str(tmp_path), {"at": 1})
    with (tmp_path / log.FILE).open("ab") as file:
        file.write(b'{"at": 2, "text": "' + b"x" * 1000)
    monkeypatch.setattr(log, "LARGEST", 100)
    log.append(str(tmp_path), {"at": 3})
    assert [record["at"] for record in lines(tmp_path)] == [1, 3]
    assert len(log.put_aside(str(tmp_path))) == 1


def test_a_file_that_is_nothing_but_torn_begins_anew(tmp_path: Path) -> None:
    (tmp_path / log.FILE).write_bytes(b"x" * 100_000)
    log.append(str(tmp_path), {"at": 1})
    assert [record["at"] for record in lines(tmp_path)] == [1]


def test_the_oldest_files_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST", 100)
    (tmp_path / "audit-mine.jsonl").write_text("of a person\n")
    for at in range(200):
        log.append(str(tmp_path), {"at": at, "text": "x" * 40})
    names = log.put_aside(str(tmp_path))
    assert len(names) == log.KEPT - 1
    found = [record["at"] for record in lines(tmp_path)]
    assert found == list(range(found[0], 200))
    assert (tmp_path / "audit-mine.jsonl").exists()


def test_names_tell_the_order_where_the_clock_is_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "LARGEST", 1)
    times = iter((5_000_000, 4_000_000, 9_000_000, 1_000))
    monkeypatch.setattr(time, "time_ns", lambda: next(times))
    for at in range(5):
        log.append(str(tmp_path), {"at": at})
    assert [record["at"] for record in lines(tmp_path)] == [0, 1, 2, 3, 4]


LIMITED = """
import resource, signal, sys
from kei_gates.audit import log
from kei_gates.model import Fault
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for at in range(100):
    try:
        log.append(sys.argv[1], {"at": at, "text": "x" * 130})
    except Fault as error:
        print(at, error.reason, error.remedy, sep="; ")
        break
"""


def test_what_does_not_fit_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    at, rest = done.stdout.split("; ", 1)
    assert rest.startswith(f"the audit `{tmp_path}/{log.FILE}` cannot be written: File too large")
    assert "make room" in rest
    assert [record["at"] for record in lines(tmp_path)] == list(range(int(at)))


@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_is_no_file_is_a_fault(tmp_path: Path, kind: str) -> None:
    path = tmp_path / log.FILE
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Fault, match="cannot be written"):
        log.append(str(tmp_path), {"at": 1})
    assert not (tmp_path / "elsewhere").exists()


HOLDER = """
import os, sys
os.lockf(os.open(sys.argv[1], os.O_RDWR | os.O_CREAT), os.F_LOCK, 0)
print(1, flush=True)
sys.stdin.read()
"""


def test_who_does_not_wait_is_told_at_once(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDER,
            str(tmp_path / log.FILE),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"1\n"
    with pytest.raises(Fault, match="cannot be written"):
        log.append(str(tmp_path), {"at": 1}, waits=False)
    holder.communicate(b"")
    log.append(str(tmp_path), {"at": 2}, waits=False)
    assert Counter(record["at"] for record in lines(tmp_path)) == {2: 1}


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    log.append(str(tmp_path / "deep/state"), {"at": 1})
    assert (tmp_path / "deep/state" / log.FILE).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "deep/state").stat().st_mode & 0o777 == 0o700
