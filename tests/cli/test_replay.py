"""`kei-gates replay`: options, exit codes, what is printed where."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kei_gates.cli.main import main
from kei_gates.cli.replay import _Progress
from kei_gates.replay.files import of_project
from tests.environment import make_project
from tests.replay.sessions import POLICY, copy

WIDER = 'version = 1\n[agents]\ndefault = "explorer"\nbuilder = "edit-local"\n[roles.edit-local]\n\
extends = "builtin:edit-local"\n[roles.edit-local.scope]\nfiles-whitelist = ["**"]\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose transcripts the client has kept."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    project = make_project(tmp_path / "project", POLICY)
    monkeypatch.chdir(project)
    kept = Path(of_project(str(project), str(home)))
    kept.parent.mkdir(parents=True)
    copy("gated", kept, project)
    (tmp_path / "other.toml").write_text(WIDER)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(["replay", *arguments])
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    assert (out + err).isascii()
    return code, out, err


def record(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(capsys, "--json", *arguments)[1].splitlines()[-1])
    return found


@pytest.mark.usefixtures("here")
def test_the_projects_own_sessions(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys)
    assert (code, err) == (0, "")
    assert "26 calls of 1 session (6 transcripts), 2026-11-28 " in out
    assert "19 no objection, 0 ask, 7 deny\n" in out
    assert "18 ran, 1 failed, 7 blocked by a hook\n" in out
    assert "policy::no-git-ops: 0 ask, 3 deny" in out
    assert "builder (edit-local): 7 no objection, 0 ask, 5 deny" in out
    assert re.search(r"1x edit-local: git status\n +policy::no-git-ops: `git status` uses", out)


@pytest.mark.usefixtures("here")
def test_the_summary_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = record(capsys)
    assert found["kind"] == "summary"
    assert (found["calls"], found["sessions"], found["transcripts"]) == (26, 1, 6)
    assert found["decisions"] == {"abstain": 19, "ask": 0, "deny": 7}
    assert found["then"]["blocked"] == {"abstain": 0, "ask": 0, "deny": 7}
    assert (found["new_denials"], found["let_pass"], found["refused"]) == (0, 0, 0)
    assert {"role": "edit-local", "gate": "policy::no-git-ops", "ask": 0, "deny": 3} in found[
        "gates"
    ]
    assert len(found["denied"]) == 7
    assert found["difference"] is None
    assert len(record(capsys, "--top", "2")["denied"]) == 2


def test_denied_calls_one_by_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "--denied")[1].splitlines()
    listed = [line for line in lines if line.startswith("denied 2026")]
    assert len(listed) == 7
    assert any(
        re.fullmatch(
            r"denied 2026-11-2\d .* builder \(edit-local\): git status \[blocked then\]: "
            r"policy::no-git-ops: .*",
            line,
        )
        for line in listed
    )
    rows = [json.loads(line) for line in run(capsys, "--denied", "--json")[1].splitlines()]
    assert [row["kind"] for row in rows] == ["denied"] * 7 + ["summary"]
    push = next(row for row in rows if row.get("use") == "toolu_sub_push")
    assert push["cwd"] == str(here / "project")
    assert push["agent_type"] == "builder"
    assert push["gate"] == "policy::no-git-ops"
    assert push["reason"]


def test_another_policy(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = record(capsys, "--policy", str(here / "other.toml"))
    assert found["decisions"] == {"abstain": 21, "ask": 0, "deny": 5}
    assert found["let_pass"] == 2


def test_against_another_policy(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = str(here / "other.toml")
    code, out, _ = run(capsys, "--against", other)
    assert code == 1
    assert "against the other policy: 2 calls change, 24 do not\n" in out
    assert "  edit-local, scope::files-whitelist: 1 from deny to no objection\n" in out
    assert "  read-only -> explorer, tools::allowed: 1 from deny to no objection\n" in out
    found = record(capsys, "--against", other)
    assert found["difference"]["changed"] == 2
    assert found["decisions"]["deny"] == 7  # of the project's own
    rows = [json.loads(line) for line in
            run(capsys, "--against", other, "--denied", "--json")[1].splitlines()]  # fmt: skip
    assert {(row["use"], row["from"], row["to"]) for row in rows if row["kind"] == "changed"} == {
        ("toolu_sub_out", "deny", "abstain"),
        ("toolu_bg_ls", "deny", "abstain"),
    }
    listed = run(capsys, "--against", other, "--denied")[1]
    assert listed.count("changed deny -> abstain 2026-11-2") == 2


def test_against_itself_nothing_changes(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = str(here / "project/.claude/kei-gates.toml")
    code, out, _ = run(capsys, "--against", own)
    assert code == 0
    assert "against the other policy: no call changes\n" in out
    other = str(here / "other.toml")
    assert run(capsys, "--policy", other, "--against", other)[0] == 0
    assert run(capsys, "--policy", other, "--against", own)[0] == 1


def test_part_of_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert record(capsys, "--limit", "5")["calls"] == 5
    assert record(capsys, "--limit", "0")["calls"] == 0
    assert record(capsys, "--since", "2026-11-28T12:53:19Z")["calls"] == 14
    assert record(capsys, "--since", "2026-11-28T12:53:19Z", "--limit", "3")["calls"] == 3
    main_thread = next((here / "home/.claude/projects").glob("*/*.jsonl"))
    agent = next(main_thread.with_suffix("").glob("subagents/agent-a9*.jsonl"))
    assert record(capsys, str(agent))["calls"] == 6
    assert record(capsys, str(main_thread))["calls"] == 26


def test_what_cannot_be_read_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main_thread = next((here / "home/.claude/projects").glob("*/*.jsonl"))
    with main_thread.open("a") as file:
        file.write("{torn \x1b[31m\n\x00\n")
    os.mkfifo(main_thread.with_name("\x1b[31mfifo.jsonl"))
    code, out, err = run(capsys)
    assert code == 0
    assert out.startswith("26 calls")
    assert f"kei-gates: 2 lines left out, which are no records: `{main_thread}`\n" in err
    assert "\\x1b[31mfifo.jsonl (it is not a regular file)`\n" in err
    found = record(capsys)
    assert found["bad_lines"] == {str(main_thread): 2}
    assert len(found["unreadable"]) == 1


def test_what_is_gone_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy("resumed", here / "resumed")
    code, out, err = run(capsys, str(here / "resumed"))
    assert code == 0
    assert "not judged: 4 that the client refused before any hook\n" in out
    assert (
        "kei-gates: the folder is gone, and its files are taken for missing: `/home/u/proj" in err
    )
    (here / "bare").mkdir()
    copy("gated", here / "of-bare", here / "bare")
    _, _, err = run(capsys, str(here / "of-bare"))
    assert f"no policy of its own, so that of the layers above counts: `{here}/bare`\n" in err


def test_agents_of_unknown_type_are_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = here / "agent-a7.jsonl"
    path.write_text(
        '{"type":"assistant","cwd":"/","message":{"content":[{"type":"tool_use","id":"t",'
        '"name":"Bash","input":{"command":"ls \\u001b[31m"}}]}}\n'
    )
    _, out, err = run(capsys, str(path), "--denied")
    assert "unknown (read-only): 0 no objection, 0 ask, 1 deny" in out
    assert "denied - a7 (read-only): ls \\x1b[31m [unknown then]" in out
    assert "kei-gates: 1 call of agents of unknown type, judged as those nobody names\n" in err
    assert record(capsys, str(path), "--since", "1d")["undated"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing"], 64, "`missing` is neither a transcript nor a folder"),
        (["/dev/null"], 64, "neither a transcript nor a folder"),
        (["--since", "soon"], 64, "`soon` is no time"),
        (["--since", "2999-01-01"], 64, "is still to come"),
        (["--limit", "-1"], 64, "invalid number value: '-1'"),
        (["--workers", "x"], 64, "invalid number value: 'x'"),
        (["--engine", "spark"], 64, "invalid choice"),
        (["--engine", "dask"], 64, "are given together"),
        (["--scheduler", "tcp://127.0.0.1:1"], 64, "are given together"),
        (["--sched", "x", "--eng", "dask"], 64, "unrecognized arguments"),
        (["--policy", "missing.toml"], 1, "missing.toml"),
        (["--against", "missing.toml"], 1, "missing.toml"),
        (["src"], 1, "there is no transcript"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_cannot_be_done(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out, err = run(capsys, *arguments)
    assert (found, out) == (code, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_project_without_sessions(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "fresh").mkdir()
    monkeypatch.chdir(here / "fresh")
    code, _, err = run(capsys)
    assert code == 1
    assert f"the client has kept no session of `{here}/fresh`" in err


def test_the_reader_may_go(here: Path) -> None:
    command = [str(Path(sys.executable).with_name("kei-gates")), "replay", "--denied"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, check=False, cwd=here / "project"
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_terminal_is_shown_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "write", said.append)
    progress = _Progress(7)
    progress.show(1)
    monkeypatch.setattr("kei_gates.cli.replay._SHOWN_EVERY", 0)
    time.sleep(0.001)
    progress.read = 3
    progress.show(12_345)
    progress.clear()
    assert said == ["\r12,345 calls, 3 of 7 sessions, 0 s", f"\r{' ' * 34}\r"]
