"""What is read of transcripts. Those in `recorded` were written by client 2.1.330."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kei_gates.replay import lines
from kei_gates.replay.files import find
from kei_gates.replay.reading import Reader
from tests.replay.sessions import LATER, RECORDED, copy, read

GATED = RECORDED / "gated"

WHO_AND_FATE = {
    "toolu_ls": ("main", "ran"),
    "toolu_fail": ("main", "failed"),
    "toolu_start_sub": ("main", "ran"),
    "toolu_workflow_wf": ("main", "ran"),
    "toolu_sub_ls": ("builder", "ran"),
    "toolu_sub_push": ("builder", "blocked"),
    "toolu_sub_out": ("builder", "blocked"),
    "toolu_deep_git": ("builder", "blocked"),
    "toolu_bg_ls": ("general-purpose", "blocked"),
    "toolu_wt_write": ("builder", "ran"),
    "toolu_wf_commit": ("builder", "blocked"),
}


def test_who_made_each_call_and_what_became_of_it() -> None:
    calls = {call.use: call for call in read(GATED)}
    assert len(calls) == 26
    for use, (agent, fate) in WHO_AND_FATE.items():
        assert (calls[use].agent, calls[use].fate) == (agent, fate), use
        assert (calls[use].agent_id is None) == (agent == "main")
    worktree = "/home/u/project/.claude/worktrees/agent-a8e90fa2b945daebe"
    assert calls["toolu_wt_write"].cwd == worktree
    assert {call.project for call in calls.values()} == {"/home/u/project"}
    assert calls["toolu_sub_push"].given["command"] == "git push origin HEAD:push-sub"
    assert not any(call.is_attended for call in calls.values())


@pytest.mark.parametrize("take", ["file", "folder", "both", "link"])
def test_each_call_counts_once_however_it_is_reached(take: str, tmp_path: Path) -> None:
    folder = copy("gated", tmp_path / "gated")
    main = next(folder.glob("*.jsonl"))
    (tmp_path / "link").symlink_to(folder)
    paths = {"file": [main], "folder": [folder], "both": [folder, main], "link": [tmp_path]}[take]
    found = find(map(str, paths))
    assert len(found.sessions) == 1
    assert len(found.sessions[0].files) == 6
    assert len(read(*found.sessions)) == 26


def test_what_is_recorded_again_counts_once(tmp_path: Path) -> None:
    calls = read(copy("resumed", tmp_path / "resumed"))
    by_session = [(call.session[:8], call.use, call.agent) for call in calls]
    first = [("da152fb6", f"toolu_{use}", "main")
             for use in ("a1", "start_fk", "a2", "a3", "b1", "bad", "unk")]  # fmt: skip
    assert [one for one in by_session if one[0] == "da152fb6"] == [
        *first,
        ("da152fb6", "toolu_f1", "fork"),
    ]
    assert [one for one in by_session if one[0] == "daecc187"] == [
        ("daecc187", "toolu_c1", "main")
    ]  # which was forked off the first


def test_what_the_client_refuses_is_shown_to_no_hook() -> None:
    refused = {call.use for call in read(RECORDED / "resumed") if call.fate == "refused"}
    assert refused == {"toolu_bad", "toolu_unk"}


def test_the_main_thread_may_have_a_type() -> None:
    main = RECORDED / "resumed/608bd92b-0f09-4766-8e0d-19a2e31f8ede.jsonl"
    assert [(call.agent_id, call.agent_type) for call in read(main)] == [(None, "builder")]


def without(path: Path, *keys: str) -> None:
    kept = [json.loads(line) for line in path.read_text().splitlines()]
    for record in kept:
        for key in keys:
            record.pop(key, None)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in kept))


def agents(calls: list[Any]) -> dict[str, str]:
    return {call.agent_id: call.agent for call in calls if call.agent_id is not None}


def test_an_agents_type_is_told_by_the_note_else_the_record_else_its_start(tmp_path: Path) -> None:
    folder = copy("gated", tmp_path / "gated")
    known = agents(read(folder))
    bare = copy("gated", tmp_path / "bare")
    for path in bare.rglob("agent-*.jsonl"):
        without(path, "attributionAgent")
    assert agents(read(bare)) == known
    for note in folder.rglob("*.meta.json"):
        note.write_text("{torn")
    assert agents(read(folder)) == known
    for path in folder.rglob("agent-*.jsonl"):
        without(path, "attributionAgent")
    by_start = agents(read(folder))
    started = {"a9fa2fc49ca1db355", "a741131f2a54f2782", "a8e90fa2b945daebe"}
    assert {agent: by_start[agent] for agent in started} == {a: known[a] for a in started}
    assert by_start["a162ee98c4f21bac8"] == "unknown"  # of a workflow: no call names it


def test_an_agent_of_a_worktree_alone_is_of_the_project(tmp_path: Path) -> None:
    agent = next((GATED).rglob("agent-a8e90fa2b945daebe.jsonl"))
    path = tmp_path / agent.name
    path.write_bytes(agent.read_bytes())
    assert {call.project for call in read(path)} == {"/home/u/project"}


def test_older_clients_put_agents_beside_the_session(tmp_path: Path) -> None:
    folder = copy("gated", tmp_path / "gated")
    known = agents(read(folder))
    for path in folder.rglob("agent-a[97]*.jsonl"):
        without(path, "attributionAgent", "agentId")
        path.rename(folder / path.name)
    for note in folder.rglob("*.meta.json"):
        note.unlink()
    found = find([str(folder)])
    assert len(found.sessions) == 1
    now = agents(read(*found.sessions))
    for agent in ("a9fa2fc49ca1db355", "a741131f2a54f2782"):
        assert now[agent] == known[agent]


@pytest.mark.parametrize(
    ("bad", "lines_of_it"),
    [
        (b"{torn\n", 1),
        (b"\xff\xfe\x00garbage\x00\n", 1),
        (b"[1, 2]\nnull\n7\n", 3),
        (b"\n \n\t\n", 0),
        (b"{}\n", 0),
        (b'{"type":"assistant"}\n{"type":"user","message":7}\n', 0),
        (b'{"type":"assistant","message":{"content":[{"type":"tool_use"}]}}\n', 1),
        (b'{"type":"assistant","message":{"content":[{"type":"tool_use","name":"Read"}]}}\n', 1),
        (b'{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":[]}]}}\n', 0),
        (b'{"a":' + b"[" * 100_000 + b"\n", 1),
        (b'{"a":' + b"9" * 10_000 + b"}\n", 1),
        (b'{"type":"api-request","a":"' + b"x" * 5_000_000 + b'"}\n', 0),
    ],
)  # fmt: skip
def test_what_is_no_record_is_counted_and_nothing_is_lost(
    bad: bytes, lines_of_it: int, tmp_path: Path
) -> None:
    folder = copy("gated", tmp_path / "gated")
    main = next(folder.glob("*.jsonl"))
    text = main.read_bytes()
    middle = text.index(b"\n", len(text) // 2) + 1
    main.write_bytes(bad + text[:middle] + bad + text[middle:])
    reader = Reader()
    assert len(read(folder, reader=reader)) == 26
    assert sum(reader.tally.bad_lines.values()) == 2 * lines_of_it


def test_a_line_that_is_too_long_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST", 4000)
    monkeypatch.setattr(lines, "_BUFFER", 100)
    folder = copy("gated", tmp_path / "gated")
    main = next(folder.glob("*.jsonl"))
    long = b'{"a":"' + b"x" * 9000 + b'"}'
    main.write_bytes(long + b"\n" + main.read_bytes() + long)
    reader = Reader()
    assert len(read(folder, reader=reader)) == 26
    assert sum(reader.tally.bad_lines.values()) == 2


def test_a_file_that_is_cut_off_anywhere_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    main = next(GATED.glob("*.jsonl"))
    text = main.read_bytes()
    path = tmp_path / "s.jsonl"
    counts = []
    for end in range(0, len(text), 499):
        path.write_bytes(text[:end])
        counts.append(len(read(path)))
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == 12


def test_a_call_without_a_result_is_given_too(tmp_path: Path) -> None:
    main = next(GATED.glob("*.jsonl"))
    kept = [line for line in main.read_text().splitlines() if "tool_result" not in line]
    path = tmp_path / "s.jsonl"
    path.write_text("\n".join(kept))
    assert {call.fate for call in read(path)} == {"unknown"}


def test_what_is_no_file_is_never_waited_for(tmp_path: Path) -> None:
    folder = copy("gated", tmp_path / "gated")
    os.mkfifo(folder / "fifo.jsonl")
    (folder / "gone.jsonl").symlink_to("nowhere")
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    (folder / "around").symlink_to(folder)
    (folder / "dev.jsonl").symlink_to("/dev/zero")
    found = find([str(folder)])
    assert {Path(path).name for path, _ in found.skipped} == {
        "fifo.jsonl", "gone.jsonl", "loop.jsonl", "dev.jsonl",
    }  # fmt: skip
    assert len(read(*found.sessions)) == 26


def test_a_file_that_becomes_a_pipe_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text("{}\n")
    session = find([str(tmp_path)]).sessions[0]
    path.unlink()
    os.mkfifo(path)
    reader = Reader()
    assert read(session, reader=reader) == []
    assert reader.tally.unreadable == [(str(path), "it is not a regular file")]


def test_files_that_are_older_are_left_out(tmp_path: Path) -> None:
    folder = copy("resumed", tmp_path / "resumed")
    assert len(find([str(folder)], since=LATER + 2).sessions) == 2
    assert find([str(folder)], since=4e9).sessions == []
