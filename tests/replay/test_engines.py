"""Whoever judges, the same comes out, in the same order, with no more read ahead than is needed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kei_gates.model import Fault
from kei_gates.replay import engines
from kei_gates.replay.engines import BATCH, batches, here, local
from kei_gates.replay.files import find
from kei_gates.replay.plan import Plan, plan
from kei_gates.replay.reading import Recorded
from tests.environment import make_project
from tests.replay import archive
from tests.replay.sessions import call, read

CALLS = 900


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("archive").resolve()
    archive.make(root / "archive", make_project(root / "project"), CALLS)
    (root / "other.toml").write_text('version = 1\n[agents]\nbuilder = "read-only"\n')
    return root


@pytest.fixture
def calls(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[Recorded]:
    monkeypatch.setenv("HOME", str(root))
    return read(*find([str(root / "archive")]).sessions)


@pytest.fixture
def compared(root: Path) -> Plan:
    return plan(None, str(root / "other.toml"), str(root))


def test_batches_hold_all_calls_in_order(calls: list[Recorded]) -> None:
    cut = list(batches(calls))
    assert [one for batch in cut for one in batch] == calls
    assert {len(batch) for batch in cut[:-1]} == {BATCH}


def test_a_batch_is_not_too_large() -> None:
    large = [call("Write", "/p", file_path="x", content="x" * 400_000) for _ in range(10)]
    assert [len(batch) for batch in batches(large)] == [3, 3, 3, 1]


def test_processes_give_what_is_judged_here(calls: list[Recorded], compared: Plan) -> None:
    assert len(calls) == CALLS
    alone = list(here(compared, batches(calls)))
    assert len({judged for _, pairs in alone for judged, _ in pairs}) > 20
    assert any(a.outcome != b.outcome for _, pairs in alone for a, b in pairs if b is not None)
    assert list(local(compared, batches(calls), 2)) == alone
    assert list(local(compared, batches(calls), 1)) == alone


def test_little_is_read_ahead(calls: list[Recorded], compared: Plan) -> None:
    taken = 0

    def counted() -> Iterator[Sequence[Recorded]]:
        nonlocal taken
        for batch in batches(calls * 4):
            taken += 1
            yield batch[:1]

    for at, _ in enumerate(local(compared, counted(), 2)):
        assert taken <= at + 10


def test_a_process_that_dies_is_told(
    calls: list[Recorded], compared: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(engines, "judge_batch", die)
    with pytest.raises(Fault, match="ended too early"):
        list(local(compared, batches(calls), 2))


def test_nobody_is_left_when_who_started_them_is_killed(root: Path) -> None:
    command = [str(Path(sys.executable).with_name("kei-gates")), "replay", "--denied", "--json"]
    main = subprocess.Popen(
        [*command, "--workers", "2", "../archive"],
        stdout=subprocess.PIPE, start_new_session=True, cwd=root / "project",
        env={**os.environ, "HOME": str(root), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert main.stdout is not None
    main.stdout.readline()  # a process of the pool has answered
    main.kill()
    main.wait()
    main.stdout.close()
    for _ in range(200):
        try:
            os.killpg(main.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.killpg(main.pid, signal.SIGKILL)
    pytest.fail("processes were left")


def test_a_cluster_gives_the_same(root: Path) -> None:
    """Each by a process of its own: a cluster's threads and a process that forks do not mix."""
    pytest.importorskip("distributed", reason="DASK IS NOT INSTALLED, NOTHING WAS SHOWN OF IT")
    found = subprocess.run(
        [sys.executable, "-c", _ON_CLUSTER, str(root)],
        capture_output=True, text=True, check=False, timeout=120, cwd=root / "project",
        env={**os.environ, "HOME": str(root)},
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert "has no workers; start some first" in found.stderr
    command = [str(Path(sys.executable).with_name("kei-gates")), *_WORDS, "../archive"]
    alone = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=root / "project",
        env={**os.environ, "HOME": str(root)},
    )  # fmt: skip
    assert alone.returncode == 1
    assert found.stdout == alone.stdout
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert lines[-1]["calls"] == CALLS
    assert {line["kind"] for line in lines} == {"denied", "changed", "summary"}


_WORDS = ("replay", "--json", "--denied", "--top", "0", "--against", "../other.toml")
_ON_CLUSTER = f"""
import sys
from distributed import LocalCluster
from kei_gates.cli.main import main
if __name__ == "__main__":
    words = [*{_WORDS}, "--engine", "dask", "--scheduler"]
    with LocalCluster(n_workers=0, dashboard_address=None) as cluster:
        assert main([*words, cluster.scheduler_address, "../archive"]) == 1
    with LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=None) as cluster:
        assert main([*words, cluster.scheduler_address, "../archive"]) == 1
"""


def test_a_cluster_that_is_not_there_is_told(
    compared: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="DASK IS NOT INSTALLED, NOTHING WAS SHOWN OF IT")
    monkeypatch.setattr(engines, "_PATIENCE", 0.2)
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        with pytest.raises(Fault, match="no scheduler"):
            list(engines.dask(compared, [], address))


def test_without_dask_it_is_said_how_to_get_it(
    compared: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Fault, match="not installed"):
        list(engines.dask(compared, [], "tcp://127.0.0.1:1"))
