"""What is read of the client's transcripts. Those in `recorded` were written by client 2.1.330."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.hook import transcript, transcript_files
from kei_gates.model import Fault, Places

RECORDED = Path(__file__).parent / "recorded"
SESSION = RECORDED / "session.jsonl"
SUBAGENT = "a62bc68b28992e97d"
PLACES = Places(project="/home/u/project", home="/home/u", installation=())
PROMPTS: list[dict[str, Any]] = [
    json.loads(line) for line in (RECORDED / "prompts.jsonl").read_text().splitlines()
]


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript_files, "_PATIENCE", 0)


def fields(path: Path = SESSION, **more: str) -> dict[str, object]:
    return {"transcript_path": str(path), "session_id": "s1", **more}


def test_the_calls_of_all_agents_in_order() -> None:
    past = transcript.history(fields(), PLACES)
    assert [one.at for one in past] == sorted(one.at for one in past)
    assert {one.agent_id for one in past} == {None, SUBAGENT}
    by_command = {one.command: one for one in past if one.command}
    assert by_command["echo b1"].output == "b1"
    assert by_command["echo b1"].agent_id == SUBAGENT
    assert by_command["echo last"].output == "last"
    assert not by_command["echo last"].failed
    assert by_command["echo out; exit 3"].output == "Exit code 3\nout"
    assert by_command["echo out; exit 3"].failed
    assert by_command["echo ASKME"].failed  # declined
    assert by_command["echo DENYME"].failed  # by a hook
    when = datetime.fromtimestamp(by_command["echo last"].at, timezone.utc)
    assert f"{when:%Y-%m-%dT%H:%M}" == "2026-11-28T01:00"


def test_a_call_is_analysed_where_it_was_made() -> None:
    past = transcript.history(fields(), PLACES)
    failing = next(one for one in past if one.command == "echo out; exit 3")
    assert [str(one) for one in failing.analyse().invocations] == ["echo out", "exit 3"]
    read = next(one for one in past if one.tool == "Read")
    assert read.analyse().invocations == ()


def test_the_call_that_is_judged_is_not_of_the_past() -> None:
    commands = [one.command for one in transcript.history(fields(tool_use_id="toolu_last"), PLACES)]
    assert "echo last" not in commands
    assert "echo out; exit 3" in commands


def test_a_call_that_still_runs_has_no_output(tmp_path: Path) -> None:
    lines = SESSION.read_text().splitlines(keepends=True)
    cut = next(n for n, line in enumerate(lines) if '"id":"toolu_last"' in line)
    path = tmp_path / "t.jsonl"
    path.write_text("".join(lines[: cut + 1]))
    last = transcript.history(fields(path), PLACES)[-1]
    assert (last.command, last.output, last.failed) == ("echo last", None, False)


def test_a_line_that_is_torn_off_is_skipped(tmp_path: Path) -> None:
    text = SESSION.read_bytes()
    path = tmp_path / "t.jsonl"
    counts = []
    for end in (len(text), len(text) - 40, len(text) // 2):
        path.write_bytes(text[:end])
        counts.append(len(transcript.history(fields(path), PLACES)))
    assert counts == sorted(counts, reverse=True)
    assert counts[-1]


def test_only_the_end_of_a_long_transcript_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(SESSION.read_bytes())
    monkeypatch.setattr(transcript, "LARGEST", 6000)
    past = transcript.history(fields(path), PLACES)
    assert past[-1].command == "echo last"
    assert len(past) < 5


def test_what_the_client_keeps_of_its_requests_is_no_call(tmp_path: Path) -> None:
    block = {"type": "tool_use", "id": "toolu_x", "name": "Bash", "input": {"command": "ls"}}
    path = tmp_path / "t.jsonl"
    path.write_text(
        json.dumps({"type": "api-request-blob", "message": {"content": [block], "type": "user"}})
    )
    assert transcript.history(fields(path), PLACES) == []


def test_outside_a_session_there_is_no_past() -> None:
    assert transcript.history({}, PLACES) == []
    assert transcript.prompts({}) == []


@pytest.mark.parametrize("what", ["missing", "folder"])
def test_a_transcript_that_cannot_be_read_is_a_fault(what: str, tmp_path: Path) -> None:
    path = tmp_path if what == "folder" else tmp_path / "none.jsonl"
    with pytest.raises(Fault, match="cannot be read"):
        transcript.history(fields(path), PLACES)
    with pytest.raises(Fault, match="cannot be read"):
        transcript.prompts(fields(path))


def test_what_is_not_written_yet_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript_files, "_PATIENCE", 30)
    path = tmp_path / "t.jsonl"
    text = SESSION.read_text()
    at = text.index('"id":"toolu_last"')
    start = text.rindex("\n", 0, at) + 1
    path.write_text(text[:start][:-2000])  # nor is the result of the call before

    def write() -> None:
        time.sleep(0.2)
        path.write_text(text)

    writer = threading.Thread(target=write)
    writer.start()
    past = transcript.history(fields(path, tool_use_id="toolu_last"), PLACES)
    writer.join()
    assert next(one for one in past if one.command == "echo out; exit 3").output is not None


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("asked3", True),  # allowed at the prompt
        ("failing", True),
        ("last", True),
        ("asked", False),  # declined by escape
        ("asked2", False),  # by `No`
        ("denied", False),  # by a hook
        ("long", False),  # by the client itself
        ("bad", False),
        ("b1", True),  # of a subagent
        ("none", None),
    ],
)
def test_whether_a_call_ran(call: str, result: bool | None) -> None:
    assert transcript.ran(str(SESSION), f"toolu_{call}") is result


def test_whether_a_call_ran_that_still_runs(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    lines = SESSION.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if '"tool_result"' not in line))
    assert transcript.ran(str(path), "toolu_last") is None


@pytest.mark.parametrize("one", PROMPTS, ids=lambda one: str(one["name"]))
def test_only_what_was_typed_is_a_persons_prompt(one: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps(one["record"], separators=(",", ":")) + "\n")
    found = transcript.prompts(fields(path))
    assert "yes, stop it" in path.read_text()
    if one["name"] != "typed":
        assert found == []
        return
    (prompt,) = found
    assert prompt.text == "start yes, stop it"
    assert (prompt.uuid, prompt.turn) == (one["record"]["uuid"], one["record"]["promptId"])


def test_every_way_to_make_a_prompt_is_recorded() -> None:
    assert len({one["name"] for one in PROMPTS}) == len(PROMPTS) == 19


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001 -- UTC below
        max_value=datetime(2400, 1, 1),  # noqa: DTZ001
    )
)
def test_times_are_read_as_datetime_reads_them(moment: datetime) -> None:
    moment = moment.replace(tzinfo=timezone.utc, microsecond=moment.microsecond // 1000 * 1000)
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    found = transcript.time_of({"timestamp": stamp})
    assert found is not None
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    assert abs(timedelta(seconds=found) - (moment - epoch)) < timedelta(milliseconds=1)


@pytest.mark.parametrize("stamp", ["", "now", "2026-11-28", "2026-13-28T00:00:00Z", None, 5])
def test_a_time_that_is_none_is_none(stamp: object) -> None:
    assert transcript.time_of({"timestamp": stamp}) is None
