"""The process table, read of real processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kei_gates.model import Fault
from kei_gates.observe import processes as module
from kei_gates.observe.processes import holders, process, processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the process table of Linux")

SESSION = "6d70c445-0f28-49f4-8496-6df1c94b6c7d"


@contextmanager
def started(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen(
        command, env={"PATH": os.environ["PATH"]} | environment, stdout=subprocess.PIPE
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def wait_for(running: subprocess.Popen[bytes], *command: str) -> None:
    """Wait until a process has become the program that it was started as."""
    while True:
        found = process(running.pid, "")
        if found is not None and found.command == command:
            return
        time.sleep(0.01)


def test_a_process_is_told_by_its_words() -> None:
    with started("sleep", "61", "0") as running:
        wait_for(running, "sleep", "61", "0")
        found = process(running.pid, SESSION)
        assert found is not None
        assert found.name == "sleep"
        assert found.parents[0][0] == os.getpid()
        assert found.user == os.getuid()
        assert found.group == os.getpgid(running.pid)
        assert found.age is not None
        assert found.busy < 1
        assert not found.uses_gpu
        assert not found.is_ours
        assert [one.command for one in processes(SESSION) if one.pid == running.pid] == [
            found.command
        ]


def test_a_name_may_hold_anything(tmp_path: Path) -> None:
    odd = tmp_path / "a) S 1 (b"
    odd.symlink_to("/bin/sleep")
    with started(str(odd), "61") as running:
        wait_for(running, str(odd), "61")
        found = process(running.pid, SESSION)
        assert found is not None
        assert found.name == "a) S 1 (b"
        assert found.parents[0][0] == os.getpid()


def test_what_the_session_has_started_has_its_id_in_its_environment() -> None:
    with started("sleep", "61", CLAUDE_CODE_SESSION_ID=SESSION) as running:
        wait_for(running, "sleep", "61")
        for session, expected in ((SESSION, True), (SESSION[:-1], False), ("", False)):
            found = process(running.pid, session)
            assert found is not None
            assert found.is_ours == expected


@pytest.mark.parametrize(
    "near",
    [
        {"X": f"CLAUDE_CODE_SESSION_ID={SESSION}"},
        {"MY_CLAUDE_CODE_SESSION_ID": SESSION},
        {"CLAUDE_CODE_SESSION_ID": f"{SESSION}0"},
        {"CLAUDE_PID": str(os.getpid())},
    ],
)
def test_what_only_looks_like_the_id_is_none(near: dict[str, str]) -> None:
    with started("sleep", "61", **near) as running:
        wait_for(running, "sleep", "61")
        found = process(running.pid, SESSION)
        assert found is not None
        assert not found.is_ours


def test_what_is_below_the_client_is_the_sessions() -> None:
    with started("sh", "-c", "sleep 61 & echo $!; wait") as running:
        assert running.stdout is not None
        below = int(running.stdout.readline())
        found = process(below, SESSION, running.pid)
        assert found is not None
        assert found.is_ours
        itself = process(running.pid, SESSION, running.pid)
        assert itself is not None
        assert not itself.is_ours
        listed = {one.pid: one.is_ours for one in processes(SESSION, running.pid)}
        assert listed[below]
        assert not listed[os.getpid()]
        os.kill(below, 9)


def test_a_process_that_works_is_busy() -> None:
    with started(sys.executable, "-S", "-c", "while True: pass") as running:
        busy = 0.0
        while busy < 0.1:
            found = process(running.pid, SESSION)
            assert found is not None
            busy = found.busy


def test_one_that_has_ended_is_none() -> None:
    with started("true") as running:
        running.wait()
        assert process(running.pid, SESSION) is None
        assert running.pid not in [one.pid for one in processes(SESSION)]


def test_one_that_has_ended_and_was_not_waited_for_is_none() -> None:
    with started("true") as running:
        while process(running.pid, SESSION) is not None:
            time.sleep(0.01)
        assert running.returncode is None
        assert running.pid not in [one.pid for one in processes(SESSION)]


def test_who_uses_a_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert holders(port) == [os.getpid()]
        with socket.create_connection(("127.0.0.1", port)):
            assert os.getpid() in holders(port)
    assert holders(1) == []


def test_a_card_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [one for one in processes(SESSION) if one.pid == os.getpid() and one.uses_gpu]
    monkeypatch.setattr(module, "_CARDS", ("/dev/null",))
    with open(os.devnull, "rb"):
        found = process(os.getpid(), SESSION)
    assert found is not None
    assert found.uses_gpu


def test_without_a_table_nothing_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "_PROC", str(tmp_path))
    for ask in (lambda: processes(SESSION), lambda: process(1, SESSION)):
        with pytest.raises(Fault, match="cannot be read on this machine"):
            ask()


def test_a_table_of_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_PROCESSES", 1)
    with pytest.raises(Fault, match="more than 1 processes"):
        processes(SESSION)


def test_a_table_that_goes_round_comes_to_an_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "self").symlink_to("7")
    for pid, parent in ((7, 8), (8, 9), (9, 7)):
        (tmp_path / str(pid)).mkdir()
        fields = " ".join(["S", str(parent), str(pid), *["0"] * 49])
        (tmp_path / str(pid) / "stat").write_text(f"{pid} (p{pid}) {fields}\n")
        (tmp_path / str(pid) / "cmdline").write_bytes(b"p\0")
    monkeypatch.setattr(module, "_PROC", str(tmp_path))
    found = process(7, SESSION, 9)
    assert found is not None
    assert [pid for pid, _ in found.parents] == [8, 9, 7]
    assert found.age is None
    assert not found.is_ours  # nobody may see what it holds open
    assert len(processes(SESSION)) == 3
