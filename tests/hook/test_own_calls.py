"""Which calls of a session may have changed files. `recorded` was written by client 2.1.330."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from kei_gates.hook import own_transcripts
from kei_gates.hook.own_calls import acts_since
from kei_gates.model import Fault
from kei_gates.verify.acts import Act
from tests.hook.written_sessions import PLACES, START, Session, told_of

RECORDED = Path(__file__).parent / "recorded"
AGENT = "a25fcae52c225317f"
BACKGROUND = (
    "Command running in background with ID: b1. Output is being written to: /tmp/b1.output."
)
MOVED = (
    "Command did not complete within its 1s timeout and was moved to the background (ID: b1). "
    "Output is being written to: /tmp/b1.output."
)
MONITOR = "Monitor started (task b1, expires in 3s unless the source ends first)."


@pytest.fixture(autouse=True)
def _no_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAUDE_PID", raising=False)
    monkeypatch.setattr(own_transcripts, "PATIENCE", 0.5)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path.resolve())


def only(acts: list[Act]) -> Act:
    assert len(acts) == 1, acts
    return acts[0]


def seconds(when: int | None) -> float | None:
    return None if when is None else round(when / 1e9 - START, 3)


# --- who, when, what ------------------------------------------------------------------------------


def test_a_recorded_session() -> None:
    main = RECORDED / "background.jsonl"
    own = RECORDED / "background/subagents" / f"agent-{AGENT}.jsonl"
    fields = {"transcript_path": str(main), "agent_transcript_path": str(own)}
    acts = acts_since({**fields, "last_assistant_message": "end"}, PLACES, 0)
    told = {act.names[0].path: act for act in acts}
    assert told.keys() == {"/home/u/project/bgmain.txt", "/home/u/project/bg9.txt"}
    theirs, its = told["/home/u/project/bgmain.txt"], told["/home/u/project/bg9.txt"]
    assert (theirs.agent_id, its.agent_id) == (None, AGENT)
    for act, slept in ((theirs, 5), (its, 2)):  # not when the call had its result
        assert act.ended is not None
        assert slept <= (act.ended - act.started) / 1e9 < slept + 0.3


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("Edit", {"file_path": "src/a.py"}),
        ("Write", {"file_path": "src/a.py"}),
        ("MultiEdit", {"file_path": "src/a.py"}),
        ("NotebookEdit", {"notebook_path": "src/a.py"}),
        ("Bash", {"command": "sed -i s/a/b/ src/a.py"}),
        ("Bash", {"command": "cd src && echo x > a.py"}),
    ],
)
def test_a_call_that_names_all_it_changes(
    tool: str, given: dict[str, Any], session: Session
) -> None:
    session.call("x1", 10, 10.25, tool, **given)
    session.end("x1")
    act = only(session.acts())
    assert (act.agent_id, act.tool, act.opaque, act.lasting) == ("x1", tool, False, False)
    assert (seconds(act.started), seconds(act.ended)) == (10, 10.25)
    (session.main.parent / "src").mkdir()
    assert [one.path for one in act.names] == [f"{session.cwd}/src/a.py"]


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("mcp__files__write", {"path": "src/a.py"}),
        ("NewTool", {}),
        ("Skill", {"skill": "deploy"}),
        ("Bash", {"command": "python3 x.py"}),
        ("Bash", {"command": "pytest -q"}),
        ("Edit", {"file_path": "~/src/a.py"}),
        ("Edit", {"file_path": 3}),
    ],
)
def test_a_call_that_may_change_any_file(
    tool: str, given: dict[str, Any], session: Session
) -> None:
    session.call("x1", 10, 11, tool, **given)
    session.end("x1")
    assert only(session.acts()).opaque


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("Read", {"file_path": "src/a.py"}),
        ("Agent", {"prompt": "p"}),
        ("Task", {"prompt": "p"}),
        ("SendMessage", {"summary": "s"}),
        ("TaskStop", {"task_id": "b1"}),
        ("WebFetch", {"url": "u"}),
        ("Workflow", {"scriptPath": "w.js"}),
        ("TodoWrite", {}),
        ("Bash", {"command": "ls -la && git status && grep -rn x src | head"}),
    ],
)
def test_a_call_that_changes_nothing_itself(
    tool: str, given: dict[str, Any], session: Session
) -> None:
    session.call("x1", 10, 11, tool, **given)
    session.end("x1")
    assert session.acts() == []


def test_calls_of_all_principals_in_order(session: Session) -> None:
    session.call("b1", 30, 31, "Write", file_path="b.py")
    session.call(None, 10, 11, "Write", file_path="m.py")
    session.call("x1", 20, 21, "Write", file_path="x.py")
    session.end("x1")
    assert [act.agent_id for act in session.acts()] == [None, "x1", "b1"]
    session.end(None)
    assert [act.agent_id for act in session.acts(agent=None)] == [None, "x1", "b1"]


DECLINED: dict[str, dict[str, Any]] = {
    "by a hook": {"toolDenialKind": "hook", "permissionDecision": {"decision": "reject"}},
    "by a person": {"toolDenialKind": "user-rejected"},
    "bad input": {},
}


@pytest.mark.parametrize("result", DECLINED.values(), ids=DECLINED)
def test_a_call_that_never_ran_does_not_count(result: dict[str, Any], session: Session) -> None:
    output = "<tool_use_error>bad</tool_use_error>"
    session.call("x1", 10, 11, "Write", output, result, is_error=True, file_path="a.py")
    session.end("x1")
    assert session.acts() == []


def test_a_command_that_failed_counts(session: Session) -> None:
    session.call("x1", 10, 11, "Bash", "Exit code 1", is_error=True, command="sed -i s/a/b/ a.py")
    session.end("x1")
    assert [one.path for one in only(session.acts()).names] == [f"{session.cwd}/a.py"]


def test_how_far_an_edit_came_that_failed_is_not_known(session: Session) -> None:
    session.call("x1", 10, 11, "Edit", "no space", is_error=True, file_path="a.py")
    session.end("x1")
    act = only(session.acts())
    assert (act.names, act.opaque) == ((), True)


def test_a_call_without_a_result_runs_still(session: Session) -> None:
    session.call("x1", 10, 11, "Read", file_path="a")
    session.call("b1", 12, None, "Bash", command="make")
    session.end("x1")
    act = only(session.acts())
    assert (act.agent_id, act.ended) == ("b1", None)


# --- background -----------------------------------------------------------------------------------

GOING_ON = {
    "sent": ("Bash", BACKGROUND, {"run_in_background": True}),
    "sent, told otherwise": ("Bash", "started", {"run_in_background": True}),
    "too slow": ("Bash", MOVED, {}),
    "a monitor": ("Monitor", MONITOR, {}),
}


@pytest.mark.parametrize(("tool", "output", "more"), GOING_ON.values(), ids=GOING_ON)
def test_what_goes_on_after_its_result(
    tool: str, output: str, more: dict[str, Any], session: Session
) -> None:
    use = session.call("x1", 10, 10.1, tool, output, command="make", **more)
    session.end("x1")
    assert only(session.acts()).ended is None
    session.notice("x1", 200, "toolu_other", "task-notification")
    session.notice("x1", 210, use, "human")
    session.notice("x1", 220, use, "task-notification", f"<task-notification>\n<tool-use-id>{use}")
    session.notice("x1", 230, use, "task-notification", f"<event>{told_of(use)}")
    assert only(session.acts()).ended is None
    session.notice(None, 300, use, "task-notification")
    assert seconds(only(session.acts()).ended) == 300


def test_the_end_may_be_told_as_a_prompt(session: Session) -> None:
    use = session.call(None, 10, 10.1, "Bash", BACKGROUND, command="make", run_in_background=True)
    for at, origin in ((100, "human"), (200, "task-notification")):
        message = {"role": "user", "content": told_of(use)}
        session.write(None, at, "user", message=message, origin={"kind": origin})
    session.end("x1")
    assert seconds(only(session.acts()).ended) == 200


def test_a_command_that_prints_such_a_text_only_suspects_itself(session: Session) -> None:
    session.call("x1", 10, 11, "Bash", f"hello\n{BACKGROUND}", command="make")
    session.end("x1")
    assert seconds(only(session.acts()).ended) == 11


def test_what_an_earlier_client_ran_has_ended_with_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.call(None, -400_000_000, -400_000_000, "Bash", BACKGROUND, command="make")
    session.call(None, 5, 5.1, "Bash", BACKGROUND, command="make", run_in_background=True)
    session.end("x1")
    both = session.acts()
    assert [act.ended for act in both] == [None, None]
    client = subprocess.Popen(["sleep", "60"])
    try:
        monkeypatch.setenv("CLAUDE_PID", str(client.pid))
        monkeypatch.setattr(time, "time", lambda: START)
        assert only(session.acts(since=2)).started == both[1].started
    finally:
        client.kill()
        client.wait()


# --- since ----------------------------------------------------------------------------------------


def test_only_what_may_have_changed_something_since(session: Session) -> None:
    session.call("b1", 10, 11, "Write", file_path="early.py")
    session.call("b1", 12, 13, "Bash", command="make")
    session.call("b1", 14, 60, "Bash", command="make long")
    session.call("b1", 15, 16, "Bash", command="make left &")
    session.call("b1", 16.5, 16.8, "Bash", command="make 2>&1")
    session.call("b1", 17, None, "Bash", command="make open")
    session.call("b1", 50.05, 50.1, "Write", file_path="late.py")
    session.end("x1")
    assert [seconds(act.started) for act in session.acts(since=50)] == [14, 15, 17, 50.05]


def test_what_is_cut_off_of_another_may_have_been_anything(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(100):
        session.call("b1", at, at + 0.5, "Write", file_path="b.py", content="x" * 2000)
    session.call("x1", 50, 51, "Write", file_path="a.py")
    session.end("x1")
    monkeypatch.setattr(own_transcripts, "LARGEST", 40_000)
    acts = session.acts(since=20)
    first = acts[0]
    assert (first.agent_id, first.opaque, seconds(first.started)) == ("b1", True, 20)
    assert first.ended is not None
    assert first.ended == min(act.started for act in acts[1:] if act.agent_id == "b1") or (
        60 < (seconds(first.ended) or 0) < 100
    )
    assert {act.agent_id for act in session.acts(since=99) if act.opaque} == {None}  # not read


def test_what_is_cut_off_of_the_agent_itself_is_a_fault(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(100):
        session.call("x1", at, at + 0.5, "Write", file_path="b.py", content="x" * 2000)
    session.end("x1")
    monkeypatch.setattr(own_transcripts, "LARGEST", 40_000)
    with pytest.raises(Fault, match="too long"):
        session.acts(since=20)
    assert session.acts(since=98)


# --- the end of the agent's transcript ------------------------------------------------------------


def test_the_end_is_waited_for(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_transcripts, "PATIENCE", 30)
    session.call("x1", 10, 11, "Write", file_path="a.py")

    def write() -> None:
        time.sleep(0.4)
        session.call("x1", 20, 21, "Write", file_path="b.py")
        time.sleep(0.1)
        session.end("x1")

    writer = threading.Thread(target=write)
    writer.start()
    acts = session.acts()
    writer.join()
    assert [seconds(act.ended) for act in acts] == [11, 21]


def test_the_same_words_said_before_are_not_the_end(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_transcripts, "PATIENCE", 30)
    session.end("x1", 5)
    session.write("x1", 6, "user", message={"role": "user", "content": "Stop hook feedback:\nno"})

    def write() -> None:
        time.sleep(0.4)
        session.call("x1", 20, 21, "Write", file_path="b.py")
        session.end("x1", 22)

    writer = threading.Thread(target=write)
    writer.start()
    acts = session.acts()
    writer.join()
    assert [seconds(act.ended) for act in acts] == [21]


def test_an_end_that_never_comes_is_a_fault(session: Session) -> None:
    session.call("x1", 10, 11, "Write", file_path="a.py")
    with pytest.raises(Fault, match="does not end with"):
        session.acts()
    session.end("x1", text="something else")
    with pytest.raises(Fault, match="does not end with"):
        session.acts()


def test_a_last_message_without_text(session: Session) -> None:
    session.call("x1", 10, 11, "Write", file_path="a.py")
    fields = session.fields()
    del fields["last_assistant_message"]
    with pytest.raises(Fault, match="does not end with"):
        acts_since(fields, PLACES, START)
    session.end("x1", text="")
    assert len(acts_since(fields, PLACES, START)) == 1


def test_without_a_transcript_there_is_a_fault(session: Session) -> None:
    with pytest.raises(Fault, match="names no transcript"):
        acts_since({}, PLACES, START)
    with pytest.raises(Fault, match="does not end with"):
        session.acts()  # of an agent that has none
    session.end("x1")
    os.unlink(session.main)
    with pytest.raises(Fault, match="cannot be read"):
        session.acts()
