"""The ledger of launches: many at once, crashes, and lines that nobody can read."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.engine.decide import combine
from kei_gates.hook import ledger
from kei_gates.hook.ledger_lines import local_day, parse
from kei_gates.model import Abstain, Ask, Fault, Verdict
from kei_gates.particulars import Charge

REPOSITORY = Path(__file__).parents[2]
NOON = 1_795_003_200.0
DAY = local_day(NOON)

LAUNCHER = """
import os, sys
sys.path.insert(0, {src!r})
from kei_gates.hook.ledger import Ledger
from kei_gates.particulars import Charge
home, name, times, cents, cap = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
for number in range(times):
    call = f"{{name}}-{{number}}"
    book = Ledger(home, {now}, call=call, session="s1")
    if book.spent() + cents <= cap:
        book.record([Charge(cents, "f", "`train.py`")], asked=False)
        os.write(1, f"{{call}}\\n".encode())
    book.close()
"""

LINE = (
    b'{"time": 1, "call": "c", "status": "passed", "cents": 5, "charges": [{"cents": 5, '
    b'"formula": "f", "what": "w"}], "session": "", "agent": null, "transcript": null}'
)


@pytest.fixture(autouse=True)
def _no_other_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)


def launcher(home: Path, name: str, times: int, cents: int, cap: int) -> subprocess.Popen[bytes]:
    script = LAUNCHER.format(src=str(REPOSITORY / "src"), now=NOON)
    return subprocess.Popen(
        [sys.executable, "-I", "-c", script, str(home), name, str(times), str(cents), str(cap)],
        stdout=subprocess.PIPE,
    )


def file_of(home: Path) -> Path:
    return home / f".local/state/kei-gates/ledger/{DAY}.jsonl"


def launch(home: Path, call: str, cents: int = 100, *, asked: bool = False) -> int:
    """Launch once; give what was spent before."""
    book = ledger.Ledger(str(home), NOON, call=call, session="s1", transcript="/t/s1.jsonl")
    spent = book.spent()
    book.record([Charge(cents, "1 × 1 h × $1.00/h T4", "`a.py`")], asked=asked)
    book.close()
    return spent


def spent(home: Path, call: str = "another") -> int:
    book = ledger.Ledger(str(home), NOON, call=call)
    try:
        return book.spent()
    finally:
        book.close()


def test_the_day_adds_up(tmp_path: Path) -> None:
    assert [launch(tmp_path, f"c{n}", n * 100) for n in range(4)] == [0, 0, 100, 300]
    assert spent(tmp_path) == 600
    entries = ledger.read(str(tmp_path), DAY)
    assert [entry.call for entry in entries] == ["c0", "c1", "c2", "c3"]
    assert entries[1].charges == ((100, "1 × 1 h × $1.00/h T4", "`a.py`"),)
    assert (entries[1].session, entries[1].agent, entries[1].time) == ("s1", None, NOON)


def test_another_day_begins_with_nothing(tmp_path: Path) -> None:
    launch(tmp_path, "c0")
    book = ledger.Ledger(str(tmp_path), NOON + 86_400, call="c1")
    assert book.spent() == 0
    book.close()


def test_nobody_else_reads_what_is_in_it(tmp_path: Path) -> None:
    launch(tmp_path, "c0")
    assert file_of(tmp_path).stat().st_mode & 0o077 == 0


def test_a_call_judged_twice_counts_once(tmp_path: Path) -> None:
    launch(tmp_path, "c0", 500)
    assert launch(tmp_path, "c0", 500) == 0  # nor does it stand in its own way
    launch(tmp_path, "c0", 300)
    assert spent(tmp_path) == 500
    launch(tmp_path, "c0", 700)
    assert spent(tmp_path) == 700


def test_fifty_at_once_are_all_counted(tmp_path: Path) -> None:
    processes = [launcher(tmp_path, f"p{n}", 1, n + 1, 10**9) for n in range(50)]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    assert spent(tmp_path) == sum(range(1, 51))
    assert len(ledger.read(str(tmp_path), DAY)) == 50


def test_fifty_at_once_never_pass_the_cap_together(tmp_path: Path) -> None:
    processes = [launcher(tmp_path, f"p{n}", 1, 100, 2000) for n in range(50)]
    answered = [process.communicate()[0] for process in processes]
    assert sum(map(bool, answered)) == 20
    assert spent(tmp_path) == 2000


def test_a_kill_at_any_time_loses_no_launch_that_was_answered(tmp_path: Path) -> None:
    chance = random.Random(20_261_128)  # noqa: S311 -- the same times in every run
    answered: list[str] = []
    for number in range(40):
        process = launcher(tmp_path, f"r{number}", 10_000, 1, 10**9)
        assert process.stdout is not None
        first = process.stdout.readline()  # it is at work
        time.sleep(chance.random() * 0.02)
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        answered += [line.decode() for line in (first + rest).split(b"\n") if line]
        launch(tmp_path, f"after-{number}", 1)  # the file is readable, and nobody holds the lock
        answered.append(f"after-{number}")
    counted = Counter(entry.call for entry in ledger.read(str(tmp_path), DAY) if entry.counts)
    assert len(answered) > 80
    assert {counted[call] for call in answered} == {1}
    assert set(counted.values()) == {1}
    # Of each round, at most the one launch that was being answered is counted and was not.
    assert len(counted) - len(answered) <= 40
    assert spent(tmp_path) == len(counted)


def test_what_a_crash_tore_off_at_any_place_is_cut_off(tmp_path: Path) -> None:
    launch(tmp_path, "c0", 100)
    launch(tmp_path, "c1", 200)
    raw = file_of(tmp_path).read_bytes()
    second = raw.index(b"\n") + 1
    for end in range(second, len(raw)):
        file_of(tmp_path).write_bytes(raw[:end])
        assert spent(tmp_path) == 100
        assert launch(tmp_path, "c2", 400) == 100
        assert spent(tmp_path) == 500
        assert file_of(tmp_path).read_bytes().count(b"\n") == 2


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\0\0\0",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'{"call": "c9", "status": "released"}',
        b'{"call": "c0", "status": "free"}',
        LINE.replace(b'"cents": 5', b'"cents": 6', 1),
        LINE.replace(b'"cents": 5', b'"cents": -5'),
        LINE.replace(b'"cents": 5', b'"cents": 5.0'),
        LINE.replace(b'"agent": null', b'"agent": 1'),
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_a_line_that_cannot_be_read_is_a_fault_that_names_it(tmp_path: Path, line: bytes) -> None:
    launch(tmp_path, "c0")
    with file_of(tmp_path).open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(Fault, match=r"line 2 of the ledger"):
        launch(tmp_path, "c1")


def test_a_ledger_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    top = file_of(tmp_path).parent
    top.parent.mkdir(parents=True)
    top.write_text("not a folder")
    with pytest.raises(Fault, match="cannot be used"):
        launch(tmp_path, "c0")
    top.unlink()
    file_of(tmp_path).mkdir(parents=True)
    with pytest.raises(Fault, match="cannot be used"):
        launch(tmp_path, "c0")


def test_a_full_disk_is_a_fault_and_what_it_tore_off_does_not_count(tmp_path: Path) -> None:
    launch(tmp_path, "c0")
    script = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({file_of(tmp_path).stat().st_size + 40}, "
        "resource.RLIM_INFINITY))\n" + LAUNCHER.format(src=str(REPOSITORY / "src"), now=NOON)
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(tmp_path), "p", "1", "5", "100000"],
        capture_output=True,
        check=False,
    )
    assert b"cannot be used" in done.stderr
    assert done.stdout == b""
    assert not file_of(tmp_path).read_bytes().endswith(b"\n")
    assert launch(tmp_path, "c1") == 100
    assert spent(tmp_path) == 200


def test_a_call_without_an_id_is_not_launched(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="tool_use_id"):
        launch(tmp_path, "")


def test_what_never_ran_is_released_by_a_person(tmp_path: Path) -> None:
    launch(tmp_path, "c0", 500, asked=True)
    launch(tmp_path, "c1", 100)
    book = ledger.Ledger(str(tmp_path), NOON)
    assert book.release("c0").status == "released"
    book.close()
    assert spent(tmp_path) == 100
    for call, says in (("c0", "does not count any more"), ("c7", "no launch of that day")):
        book = ledger.Ledger(str(tmp_path), NOON)
        with pytest.raises(Fault, match=says):
            book.release(call)
        book.close()
    assert len(file_of(tmp_path).read_bytes().splitlines()) == 3  # nothing was taken out
    launch(tmp_path, "c0", 300)  # and if it is launched after all
    assert spent(tmp_path) == 400


def test_what_becomes_of_launches_is_asked_of_the_transcript_until_it_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: dict[str, bool | None] = {"c0": True, "c1": False, "c2": None}
    asked = []

    def ran(path: str, call: str) -> bool | None:
        assert path == "/t/s1.jsonl"
        asked.append(call)
        if call not in answers:
            raise OSError("gone")
        return answers[call]

    for number, call in enumerate(("c0", "c1", "c2", "c3")):
        launch(tmp_path, call, 10**number)
    module = type(sys)("kei_gates.hook.transcript")
    module.ran = ran  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "kei_gates.hook.transcript", module)
    assert spent(tmp_path) == 1101
    assert asked == ["c0", "c1", "c2", "c3"]
    asked.clear()
    answers["c2"] = False
    assert spent(tmp_path) == 1001
    assert asked == ["c2", "c3"]
    assert spent(tmp_path, "c3") == 1
    statuses = [entry.status for entry in ledger.read(str(tmp_path), DAY)]
    assert statuses == ["ran", "declined", "declined", "passed"]


def test_a_lock_is_held_until_the_call_is_decided(tmp_path: Path) -> None:
    book = ledger.Ledger(str(tmp_path), NOON, call="c0")
    book.spent()
    other = launcher(tmp_path, "p", 1, 100, 150)
    with pytest.raises(subprocess.TimeoutExpired):
        other.wait(0.5)
    book.record([Charge(100, "f", "w")], asked=False)
    book.close()
    assert other.communicate()[0] == b""  # it has seen that launch
    assert other.returncode == 0


def test_two_grants_of_a_role_charge_once() -> None:
    cheap, dear = Charge(100, "f", "w"), Charge(300, "f", "w")
    verdicts: list[tuple[str, Verdict]] = [("c::d", Abstain(charges=(cheap, cheap)))]
    assert ledger.charges_of(combine(verdicts)) == (cheap, cheap)
    verdicts += [("c::d", Ask("why", "so", charges=(dear,)))]
    assert ledger.charges_of(combine(verdicts)) == (dear,)
    assert ledger.charges_of(combine([])) == ()


@given(st.binary(max_size=200))
def test_no_tail_without_an_end_of_line_changes_anything(tail: bytes) -> None:
    whole = LINE + b"\n"
    torn = tail.replace(b"\n", b"")
    entries, length = parse(whole + torn)
    assert list(entries) == ["c"]
    assert length == len(whole)


def test_the_day_is_that_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    days = []
    for zone in ("UTC", "Pacific/Kiritimati"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        days.append(local_day(1_795_003_200.0))
    monkeypatch.undo()
    time.tzset()
    assert days == ["2026-11-18", "2026-11-19"]
