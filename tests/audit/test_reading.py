"""The audit is read whole, in order, whatever lies between its records and whatever moves."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.audit import log, reading
from kei_gates.audit.entries import Entry, number
from kei_gates.model import Fault
from tests.audit.samples import START, decision, lines, put_aside, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def numbers(found: Iterator[dict[str, Any]]) -> list[int]:
    return [int(one["id"], 16) for one in found]


def some(*ids: int) -> list[dict[str, Any]]:
    return [decision(one) for one in ids]


def test_all_files_are_read_the_oldest_record_first(tmp_path: Path) -> None:
    write(tmp_path, some(4, 5), some(0, 1), some(2, 3))
    (tmp_path / "audit-old.jsonl").write_bytes(lines(some(9)))  # a copy that somebody made
    (tmp_path / "confirmations.jsonl").write_bytes(lines(some(9)))
    assert numbers(reading.records(str(tmp_path))) == [0, 1, 2, 3, 4, 5]


def test_what_is_appended_is_read(tmp_path: Path) -> None:
    given = decision(0, call="caf\u00e9 \ud800 </script>\n")
    log.append(str(tmp_path), given)
    assert list(reading.records(str(tmp_path))) == [given]


def test_a_folder_that_is_missing_has_no_records(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in ("none", "file", "file/none"):
        assert list(reading.records(f"{tmp_path}/{folder}")) == []


@pytest.mark.parametrize(
    "bad",
    [
        b"\n",
        b"x\n",
        b"[]\n",
        b"1\n",
        b"{}\n",
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        b'{"at":' + b"9" * 5000 + b',"event":"decision"}\n',
        b'{"at":NaN,"event":"decision"}\n',
        b'{"at":1e300,"event":"decision"}\n',
        b'{"at":-1,"event":"decision"}\n',
        b'{"at":true,"event":"decision"}\n',
        b'{"at":1,"event":null}\n',
        lines(some(7))[:40] + b"\n",
        b"x" * (reading._LONGEST + 5) + b"\n",  # noqa: SLF001 -- what is too long to be kept
    ],
    ids=range(15),
)
def test_a_line_that_is_no_record_is_counted_and_skipped(bad: bytes, tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").write_bytes(lines(some(0)) + bad + lines(some(1)))
    unread = reading.Unread()
    assert numbers(reading.records(str(tmp_path), unread)) == [0, 1]
    assert unread.lines == 1


def test_a_last_line_that_is_torn_is_counted(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").write_bytes(lines(some(0, 1))[:-1])
    unread = reading.Unread()
    assert numbers(reading.records(str(tmp_path), unread)) == [0]
    assert unread.lines == 1


def test_a_file_that_is_put_aside_meanwhile_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, some(2, 3), some(0, 1))
    found = reading.records(str(tmp_path))
    first = next(found)
    (tmp_path / "audit.jsonl").rename(put_aside(tmp_path, 1))
    (tmp_path / "audit.jsonl").write_bytes(lines(some(4)))
    put_aside(tmp_path, 0).unlink()
    assert [first["id"], *(one["id"] for one in found)] == [f"{one:08x}" for one in range(4)]


def test_a_file_that_is_put_aside_while_files_are_listed_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, some(2, 3), some(0, 1))
    listed = log.put_aside

    def late(folder: str) -> list[str]:
        (tmp_path / "audit.jsonl").rename(put_aside(tmp_path, 1))
        return listed(folder)

    monkeypatch.setattr(log, "put_aside", late)
    assert numbers(reading.records(str(tmp_path))) == [0, 1, 2, 3]


def test_a_file_that_has_made_room_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, some(2), some(1))
    names = ["audit-0000000000000001.jsonl", *log.put_aside(str(tmp_path))]
    monkeypatch.setattr(log, "put_aside", lambda _: names)
    assert numbers(reading.records(str(tmp_path))) == [1, 2]


def test_files_that_ended_before_a_time_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, some(2), some(0), some(1))
    os.utime(put_aside(tmp_path, 0), (START, START))
    assert numbers(reading.records(str(tmp_path), since=START + 0.5)) == [1, 2]


@pytest.mark.parametrize("make", ["fifo", "folder", "link"])
def test_what_is_no_file_is_refused_and_not_waited_for(make: str, tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    if make == "fifo":
        os.mkfifo(path)
    elif make == "folder":
        path.mkdir()
    else:
        path.symlink_to("/etc/passwd")
    with pytest.raises(Fault, match=r"audit\.jsonl"):
        list(reading.records(str(tmp_path)))


@pytest.mark.parametrize(
    ("count", "expected"), [(1, [5]), (2, [4, 5]), (3, [3, 4, 5]), (5, [1, 2, 3, 4, 5]), (9, None)]
)
def test_the_latest_are_found_in_order(
    count: int, expected: list[int] | None, tmp_path: Path
) -> None:
    write(tmp_path, some(4, 9, 5), some(0, 1, 9), some(2, 3))
    found = reading.latest(str(tmp_path), count, lambda one: one["id"] != "00000009")
    assert numbers(iter(found)) == (expected or [0, 1, 2, 3, 4, 5])


def test_the_latest_are_found_without_reading_all(tmp_path: Path) -> None:
    write(tmp_path, some(2, 3), some(0, 1))
    with put_aside(tmp_path, 0).open("ab") as file:
        file.write(b"x\n")
    unread = reading.Unread()
    assert len(reading.latest(str(tmp_path), 2, lambda _: True, unread)) == 2
    assert unread.lines == 0
    assert len(reading.latest(str(tmp_path), 3, lambda _: True, unread)) == 3
    assert unread.lines == 1
    assert reading.latest(f"{tmp_path}/none", 3, lambda _: True) == []


# --- following --------------------------------------------------------------------------------


def upto_idle(found: Iterator[dict[str, Any] | None]) -> list[int]:
    """The numbers of what comes until there is no more."""
    seen = []
    while (record := next(found)) is not None:
        seen.append(record)
    return numbers(iter(seen))


def add(folder: Path, *ids: int) -> None:
    with (folder / "audit.jsonl").open("ab") as file:
        file.write(lines(some(*ids)))


def test_following_gives_what_is_there_and_what_comes(tmp_path: Path) -> None:
    folder = tmp_path / "not yet"
    found = reading.follow(str(folder))
    assert upto_idle(found) == []
    write(folder, some(2), some(0, 1))
    assert upto_idle(found) == [0, 1, 2]
    assert upto_idle(found) == []
    add(folder, 3, 4)
    assert upto_idle(found) == [3, 4]


def test_following_goes_on_where_files_are_put_aside(tmp_path: Path) -> None:
    write(tmp_path, some(1), some(0))
    found = reading.follow(str(tmp_path))
    assert upto_idle(found) == [0, 1]
    add(tmp_path, 2)
    (tmp_path / "audit.jsonl").rename(put_aside(tmp_path, 1))
    assert upto_idle(found) == [2]  # and where the next file is not there yet
    add(tmp_path, 3)
    (tmp_path / "audit.jsonl").rename(put_aside(tmp_path, 2))
    add(tmp_path, 4)
    put_aside(tmp_path, 0).unlink()
    assert upto_idle(found) == [3, 4]


def test_following_waits_for_the_end_of_a_line(tmp_path: Path) -> None:
    unread = reading.Unread()
    found = reading.follow(str(tmp_path), unread)
    add(tmp_path, 0)
    path = tmp_path / "audit.jsonl"
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(lines(some(1))[:30])
    assert upto_idle(found) == [0]
    os.truncate(path, whole)  # as who appends next does with what is torn
    add(tmp_path, 2)
    assert upto_idle(found) == [2]
    assert unread.lines == 0


def test_following_an_audit_that_was_deleted_or_emptied(tmp_path: Path) -> None:
    write(tmp_path, some(1), some(0))
    found = reading.follow(str(tmp_path))
    assert upto_idle(found) == [0, 1]
    (tmp_path / "audit.jsonl").unlink()
    assert upto_idle(found) == []
    add(tmp_path, 2, 3)
    assert upto_idle(found) == [2, 3]
    os.truncate(tmp_path / "audit.jsonl", 0)
    assert upto_idle(found) == []
    add(tmp_path, 4)
    assert upto_idle(found) == [4]


def test_following_loses_nothing_of_processes_that_write_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "LARGEST", 20_000)
    monkeypatch.setattr(log, "KEPT", 1000)
    folder = str(tmp_path)

    def writer() -> None:
        for one in range(400):
            log.append(folder, decision(one))

    thread = threading.Thread(target=writer)
    thread.start()
    found = reading.follow(folder)
    seen: list[int] = []
    while thread.is_alive():
        seen += upto_idle(found)
    seen += upto_idle(found) + upto_idle(found)
    assert seen == list(range(400))
    assert len(log.put_aside(folder)) > 3


# --- entries ----------------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
FIELDS = sorted({*decision(), "by", "findings"} - {"at", "event"})


@given(
    st.sampled_from(["decision", "return", "run", "granted", "x"]),
    st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=4),
)
def test_no_record_can_make_an_entry_fail(event: str, fields: dict[str, object]) -> None:
    entry = Entry({"at": START, "event": event, **fields})
    for text in (entry.who, entry.kind, entry.tool, entry.call, entry.decision, entry.role):
        assert isinstance(text, str)
    assert all(isinstance(one, str) for one in (*entry.by, *entry.passed))
    assert all(isinstance(part, str) for one in entry.objections for part in one)
    assert entry.ms is None or entry.ms >= 0
    assert entry.leading is None or entry.leading in entry.objections


def test_numbers_that_no_float_can_hold_are_none() -> None:
    assert number({"ms": int("9" * 400)}, "ms") is None
    assert number(json.loads('{"ms": Infinity}'), "ms") is None
