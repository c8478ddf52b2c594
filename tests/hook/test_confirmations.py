"""A person's word lets one thing pass, once, for ten minutes, and nobody else's word does."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kei_gates.cli.main import main as command
from kei_gates.hook import pending
from kei_gates.model import Abstain, Ask, Deny, Fault
from kei_gates.particulars import Charge
from tests.hook.talk import (
    APP,
    KILL,
    LAUNCH,
    OTHER,
    TURN,
    Session,
    decision,
    session,
    stop,
)

__all__ = ["session"]


def test_a_confirmation_lets_one_call_pass(session: Session) -> None:
    denied = session.judged(stop(kind=Deny), attended=False)
    assert denied.outcome == "deny"
    assert denied.leading is not None
    assert f"kei-gates confirm {session.code()}" in denied.leading[1].remedy
    assert session.confirm(session.code(), "--yes") == 0
    session.waits()
    assert session.passes(stop(kind=Deny), attended=False)
    assert not session.passes(stop(kind=Deny), attended=False)
    assert session.words == [f"kei-gates confirm {session.code()}: {APP}"]


def test_a_launch_may_be_confirmed_and_is_still_counted(session: Session) -> None:
    charge = Charge(900, "2 x 1 h", "train.py")
    launch = decision(
        (LAUNCH, Ask("it costs", "wait", target="run of `train.py`", charges=(charge,))),
        ("tools::allowed", Abstain()),
    )
    session.judged(launch, attended=False)
    session.confirm(session.code("run of `train.py`"), "--yes")
    passed = session.judged(launch, attended=False)
    assert passed.outcome == "abstain"
    assert passed.verdicts[0] == (LAUNCH, Abstain(charges=(charge,)))
    assert passed.role == "orchestrator"


def test_every_target_needs_a_word(session: Session) -> None:
    both = decision(
        (KILL, Deny("it stops", "leave it", target=APP)),
        (LAUNCH, Deny("it costs", "wait", target="run of `x.py`")),
    )
    session.judged(both)
    session.confirm(session.code(), "--yes")
    assert not session.passes(both)
    session.confirm(session.code("run of `x.py`"), "--yes")
    assert session.passes(both)
    assert len(session.words) == 2
    assert not session.passes(both)


def test_what_no_person_may_let_pass_is_not_noted(session: Session) -> None:
    mixed = decision(
        (KILL, Ask("it stops", "leave it", target=APP)), ("policy::no-git-ops", Deny("git", "no"))
    )
    assert session.judged(mixed) == mixed
    assert not session.state.exists()
    session.judged(stop())
    session.confirm(session.code(), "--yes")
    assert session.judged(mixed) == mixed
    assert session.passes(stop())  # its word was not spent on the other


def test_what_is_not_told_in_full_is_only_confirmed_for_the_very_command(session: Session) -> None:
    unknown, run = stop("modal app `...`"), 'modal app stop "$X"'
    session.judged(unknown, run=run)
    (code,) = (note.code for note in pending.all_notes(session.places.home))
    session.confirm(code, "--yes")
    for _ in range(2):
        assert not session.passes(unknown, run='modal app stop "$Y"')
    assert session.passes(unknown, run=run)
    assert not session.passes(unknown, run=run)


def test_no_objection_needs_nothing(session: Session) -> None:
    fine = decision((KILL, Abstain()))
    assert session.judged(fine) is fine
    assert not session.state.exists()


def test_outside_a_session_nothing_waits(session: Session) -> None:
    session.id = ""
    assert session.judged(stop()) == stop()
    assert not session.state.exists()


def test_a_word_cannot_be_copied(session: Session) -> None:
    session.judged(stop())
    session.judged(stop(OTHER))
    session.confirm(session.code(), "--yes")
    folder = session.state / "sessions/s1"
    word = folder / f"confirmed-{session.code()}"
    shutil.copy(word, folder / f"confirmed-{session.code(OTHER)}")
    assert not session.passes(stop(OTHER))
    session.id = "s2"
    session.judged(stop())
    shutil.copy(word, session.state / f"sessions/s2/confirmed-{session.code()}")
    assert not session.passes(stop())
    session.id = "s1"
    assert session.passes(stop())


@pytest.mark.parametrize("secret", [b"", b"guess\n"])
def test_a_project_that_moves_the_state_cannot_forge_one(
    secret: bytes, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    moved = tmp_path / "p/state"
    monkeypatch.setenv("XDG_STATE_HOME", str(moved))
    session.judged(stop(kind=Deny))
    note = pending.notes(session.places.home, "s1")[APP]
    path = Path(pending.word_path(session.places.home, note))
    assert path.is_relative_to(moved)
    path.write_bytes(secret + pending.word_text(note, session.now))
    assert not session.passes(stop(kind=Deny))


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"target": 1}', b"\xff", b'{"at": "x"}'])
def test_a_note_or_a_word_that_is_none_counts_for_nothing(text: bytes, session: Session) -> None:
    session.judged(stop())
    folder = session.state / "sessions/s1"
    (folder / f"confirmed-{session.code()}").write_bytes(text)
    assert not session.passes(stop())
    (folder / f"pending-{session.code()}").write_bytes(text)
    assert not session.passes(stop())
    assert session.confirm(session.code(), "--yes") == 0
    assert session.passes(stop())


def test_what_cannot_be_noted_is_a_fault(session: Session) -> None:
    session.state.mkdir(parents=True)
    (session.state / "sessions").touch()
    with pytest.raises(Fault, match="cannot be"):
        session.judged(stop())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    waits=st.floats(0, 1300),
    by_chat=st.booleans(),
    calls=st.lists(st.floats(0, 300), min_size=1, max_size=4),
)
def test_a_word_counts_once_and_for_ten_minutes(
    waits: float, by_chat: bool, calls: list[float], session: Session
) -> None:
    """Whatever the times, at most one call passes, and none after ten minutes."""
    session.waits(4000)
    shutil.rmtree(session.state, ignore_errors=True)
    session.words.clear()
    session.transcript.write_text("")
    session.judged(stop())
    session.waits(0.01)
    if by_chat:
        session.prompt()
    else:
        session.confirm(session.code(), "--yes")
    said = session.now
    session.waits(0.01 + waits)
    passed = []
    for pause in calls:
        session.waits(pause)
        if session.passes(stop()):
            passed.append(session.now - said)
    assert len(passed) == (waits + calls[0] + 0.01 <= 600)
    assert all(age <= 600.01 for age in passed)
    assert len(session.words) == len(passed)


TRY = """
import json, sys
from kei_gates.facts import Facts
from kei_gates.hook import typed_word
from kei_gates.hook.confirmations import apply
from kei_gates.model import Ask, Call, Decision, Places, Principal
typed_word._is_persons_client = lambda: True
fields, home, now = json.loads(sys.argv[1])
verdict = Ask("it stops", "leave it", target={target!r})
print("ready", flush=True)
sys.stdin.readline()
found = apply(
    Decision("ask", (("safety::no-kill", verdict),)), fields,
    Call(tool="Bash", principal=Principal(None, None), cwd="/", command="x"),
    Places(project="/p", home=home, installation=()),
    Facts(now=now, attended=True, session="s1"),
)
print(found.outcome, flush=True)
"""


@pytest.mark.parametrize("how", ["typed", "confirmed"])
def test_of_many_at_once_one_passes(how: str, session: Session) -> None:
    session.judged(stop())
    session.waits()
    if how == "typed":
        session.prompt()
    else:
        session.confirm(session.code(), "--yes")
    session.waits()
    fields: Mapping[str, object] = {
        "session_id": "s1", "transcript_path": str(session.transcript), "prompt_id": TURN,
    }  # fmt: skip
    argument = json.dumps([fields, session.places.home, session.now])
    tries = [
        subprocess.Popen(
            [sys.executable, "-c", TRY.format(target=APP), argument],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(20)
    ]
    for one in tries:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in tries:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    outcomes = [one.communicate()[0].strip() for one in tries]
    assert sorted(outcomes) == ["abstain"] + ["ask"] * 19


# --- the command --------------------------------------------------------------------------------


def test_the_command_shows_what_waits(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    assert session.confirm() == 0
    assert "nothing waits for a word" in capsys.readouterr().out
    session.judged(stop(), run="modal app stop ap-1 \x1b[2J # \u202e")
    assert session.confirm() == 0
    shown = capsys.readouterr().out
    assert f"{session.code()}  {APP}" in shown
    assert "asked for by the main thread at 20" in shown
    assert "with: modal app stop ap-1 \\x1b[2J # \\u202e" in shown
    session.confirm(session.code(), "--yes")
    assert session.confirm() == 0
    assert "confirmed, not used yet" in capsys.readouterr().out
    session.waits(25 * 3600)
    assert session.confirm() == 0
    assert "nothing waits" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--yes"], "`--yes` needs the code"),
        (["abcdef", "--yes"], "nothing waits as `abcdef`; waiting: `{code}` (modal app `ap-1`)"),
        (["{code}"], "nobody can be asked here; say so with `--yes`"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(
    words: list[str], says: str, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.judged(stop())
    code = session.code()
    assert session.confirm(*(word.format(code=code) for word in words)) == 64
    assert says.format(code=code) in capsys.readouterr().err
    assert not session.passes(stop())


@pytest.mark.parametrize("answer", ["y\n", "\n"])
def test_the_command_asks(answer: str, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return answer

    session.judged(stop())
    monkeypatch.setattr("sys.stdin", Terminal())
    assert session.confirm(session.code()) == (answer == "\n")
    assert session.passes(stop()) is (answer == "y\n")


@pytest.mark.parametrize("name", ["CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_PID"])
def test_the_command_refuses_inside_a_session(
    name: str, session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    session.judged(stop())
    monkeypatch.setattr("kei_gates.cli.confirm.is_below_agent", lambda: False)
    monkeypatch.delenv("CLAUDE_PID")
    monkeypatch.setenv(name, "1")
    assert command(["confirm", session.code(), "--yes"]) == 1
    assert "inside a session of the client" in capsys.readouterr().err
    assert not session.passes(stop())
