"""`kei-gates log`: a line for each record, chosen by what a person asks for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from kei_gates.audit.entries import Entry
from kei_gates.cli.audit_options import gate, since
from kei_gates.cli.log import line
from kei_gates.cli.terminal import Terminal, width
from kei_gates.cli.usage import UsageError
from tests.audit.samples import NO_GIT, START, decision, denied, granted, lines, ran, returned
from tests.cli.looking import Looking, looking
from tests.environment import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["looking"]

_WHY = "  <- policy::no-git-ops: `git push` uses version control"
_MORE = f"{_WHY} (and 1 more)"
AT = f"{datetime.fromtimestamp(START, timezone.utc).astimezone():%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        (decision(), "00000000  main              pass  Bash  echo 0"),
        (
            denied(),
            "00000000  builder(a77c0f)   DENY  Bash  git push origin main" + _WHY,
        ),
        (
            denied(verdicts=[NO_GIT, {**NO_GIT, "gate": "tools::bash-allowlist"}]),
            "00000000  builder(a77c0f)   DENY  Bash  git push origin main" + _WHY + " (and 1 more)",
        ),
        (
            decision(decision="ask", verdicts=[{**NO_GIT, "outcome": "ask"}]),
            "00000000  main              ask   Bash  echo 0" + _WHY,
        ),
        (
            decision(by=["kei-gates confirm 3f9c1e"]),
            "00000000  main              pass  Bash  echo 0  (kei-gates confirm 3f9c1e)",
        ),
        (
            decision(tool=None, on="ConfigChange", call="/p/.claude/settings.json"),
            "00000000  main              pass  ConfigChange  /p/.claude/settings.json",
        ),
        (
            returned(findings=[{"capability": "output::verdict"}]),
            "-         builder(a77c0f)   return  sent back, time 1: 1 finding (output::verdict)",
        ),
        (
            returned(holds=True, sent_back=False, findings=[]),
            "-         builder(a77c0f)   return  holds",
        ),
        (ran(), "-         builder(a77c0f)   run   cargo test: exit 101, 2.5 s"),
        (
            {**ran(state="started"), "pass": "merge", "seconds": None},
            "-         builder(a77c0f)   run   cargo test after a merge: has started",
        ),
        (
            ran(ended="timeout", code=None),
            "-         builder(a77c0f)   run   cargo test: timeout, 2.5 s",
        ),
        (
            ran(command="caf\u00e9\x1b"),
            "-         builder(a77c0f)   run   caf\\xe9\\x1b: exit 101, 2.5 s",
        ),
        (decision(call="caf\u00e9"), "00000000  main              pass  Bash  caf\\xe9"),
        (
            decision(call="a\n\x1b[2Jb\u202e"),
            "00000000  main              pass  Bash  a\\n\\x1b[2Jb\\u202e",
        ),
    ],
)
def test_each_record_is_one_line(record: dict[str, object], shown: str, looking: Looking) -> None:
    looking.has([record])
    found = looking.run("log")
    assert (found.code, found.err) == (0, "")
    assert found.out.splitlines() == [f"{AT}  {shown}"]


def test_a_persons_word_is_told_with_its_end(looking: Looking) -> None:
    looking.has([granted()])
    end = f"{datetime.fromtimestamp(START + 600, timezone.utc).astimezone():%H:%M:%S}"
    assert (
        f"granted  a person lets this call pass once, until {end}: git push"
        in looking.run("log").out
    )


def test_only_what_is_of_this_project_is_shown(looking: Looking, tmp_path: Path) -> None:
    looking.has([decision(1), decision(2, project="/other", session="f")])
    assert looking.run("log").out.count("\n") == 1
    assert looking.run("log", "--all").out.count("\n") == 2
    (tmp_path / "elsewhere").mkdir()
    found = looking.run("log", "--dir", str(tmp_path / "elsewhere"))
    assert (found.code, found.out) == (0, "")
    assert found.err == (
        f"nothing is recorded of this; `--all` looks at all projects, not only at "
        f"`{tmp_path}/elsewhere`\n"
    )


def test_the_latest_are_shown(looking: Looking) -> None:
    looking.has(decision(one) for one in range(70))
    assert looking.run("log").out.count("\n") == 50
    assert [one.split()[2] for one in looking.run("log", "-n", "2").out.splitlines()] == [
        "00000044",
        "00000045",
    ]
    assert looking.run("log", "--limit", "0").out.count("\n") == 70
    assert looking.run("log", "--since", "2026-01-01").out.count("\n") == 70
    assert looking.run("log", "--limit", "x").code == 64


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (("--denied",), "1"),
        (("--agent", "builder"), "1"),
        (("--agent", "main"), "02"),
        (("--gate", "no-git-ops"), "1"),
        (("--gate", "policy::*"), "1"),
        (("--session", "0a1b"), "012"),
        (("--session", "zz"), ""),
    ],
)
def test_what_is_chosen_is_shown(options: tuple[str, ...], ids: str, looking: Looking) -> None:
    looking.has([decision(0), denied(1), decision(2)])
    found = looking.run("log", "--json", *options)
    assert "".join(json.loads(one)["id"][-1] for one in found.out.splitlines()) == ids


def test_json_prints_the_records_as_they_are(looking: Looking) -> None:
    looking.has([denied(call="caf\u00e9\n")])
    assert looking.run("log", "--json").out == (looking.state / "audit.jsonl").read_text()


def test_lines_that_are_no_records_are_told_of(looking: Looking) -> None:
    looking.has([decision()])
    with (looking.state / "audit.jsonl").open("ab") as file:
        file.write(b"x\n{")
    found = looking.run("log")
    assert found.out.count("\n") == 1
    assert found.err == "note: 2 lines of the audit cannot be read as records: left out\n"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("policy::no-git-ops", "policy::no-git-ops"),
        ("no-kill", "safety::no-kill"),
        ("kei-gates", "kei-gates"),
        ("scope::*", "scope::*"),
        ("tools::read-only", "scope::read-only"),
        ("policy::no-git-op", None),
        ("nothing::*", None),
    ],
)
def test_gates_that_there_are_not_are_refused(name: str, known: str | None) -> None:
    if known is not None:
        assert gate(name) == known
        return
    with pytest.raises(UsageError, match=r"there is no gate `.*`; (did you mean `|known are: )"):
        gate(name)


NOW = datetime(2026, 11, 28, 12, 0, tzinfo=timezone.utc).timestamp()


@pytest.mark.parametrize(
    ("given", "ago"),
    [
        ("90s", 90),
        ("30m", 1800),
        ("2h", 7200),
        ("3d", 259_200),
        ("1w", 604_800),
        ("2026-11-28T11:30:00Z", 1800),
        ("2026-11-28T12:30+01:00", 1800),
        ("999999999w", NOW),
    ],
)
def test_times_are_read(given: str, ago: float) -> None:
    assert since(given, NOW) == NOW - ago


def test_times_without_an_offset_are_local() -> None:
    assert since("2026-11-20", NOW) == datetime(2026, 11, 20).astimezone().timestamp()
    assert since("2026-11-20 08:30", NOW) == datetime(2026, 11, 20, 8, 30).astimezone().timestamp()
    today = datetime.fromtimestamp(NOW, timezone.utc).astimezone()
    assert since("0:00", NOW) == today.replace(hour=0, minute=0).timestamp()


@pytest.mark.parametrize(
    "given", ["", "h", "2x", "-1h", "2h ago", "yesterday", "2026-13-01", "25:00", "2026-11-29"]
)
def test_what_is_no_time_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match=r"is no time; write it as in 2h|is still to come"):
        since(given, NOW)


def test_a_cut_line_keeps_the_objection() -> None:
    entry = Entry(denied(call="git commit -m " + "x" * 500))
    for columns in (60, 100, 160):
        shown = line(entry, Terminal(columns=columns))
        assert width(shown) <= max(columns, 90)
    assert "<- policy::no-git-ops: `git push`" in line(entry, Terminal(columns=140))


def test_the_day_is_left_out_where_it_is_today() -> None:
    now = datetime.now(timezone.utc).astimezone()
    shown = line(Entry(decision(at=now.timestamp())), Terminal())
    assert shown.startswith(f"{now:%H:%M:%S}  00000000  main ")


# --- following --------------------------------------------------------------------------------


def read_until(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(count)]


def test_following_shows_what_comes_until_a_person_ends_it(looking: Looking) -> None:
    """In a process of its own: where there is no audit yet, then across a file put aside."""
    command = [sys.executable, "-m", "kei_gates.cli.main", "log", "--follow", "--all"]
    around = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # what is ignored here would be there too
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=around
    )
    signal.signal(signal.SIGINT, before)
    try:
        time.sleep(0.5)
        looking.has([decision(0), denied(1)])
        assert [one.split()[2] for one in read_until(process, 2)] == ["00000000", "00000001"]
        current = looking.state / "audit.jsonl"
        current.rename(looking.state / "audit-1790000000000009.jsonl")
        current.write_bytes(lines([decision(2)]))
        assert [one.split()[2] for one in read_until(process, 1)] == ["00000002"]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "", "")
    finally:
        process.kill()
        process.wait()
