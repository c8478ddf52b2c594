"""What a person types in the session lets one thing pass, and what nobody has typed does not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kei_gates.hook import pending, typed_word
from kei_gates.model import Deny
from tests.hook.talk import (
    APP,
    LAUNCH,
    NOW,
    OTHER,
    PROMPTS,
    TURN,
    Session,
    session,
    stop,
)

__all__ = ["session"]


def test_what_was_typed_lets_one_call_pass(session: Session) -> None:
    assert session.judged(stop()) == stop()
    session.waits()
    session.prompt(text="Yes, stop it please")
    session.waits()
    assert session.passes(stop())
    assert not session.passes(stop())
    (word,) = session.words
    assert re.fullmatch(rf"typed in prompt uuid-[^ ]+: {APP}", word)


def test_it_is_spent_even_where_the_same_is_asked_for_again(session: Session) -> None:
    session.judged(stop())
    session.waits()
    session.prompt()
    session.waits()
    assert session.passes(stop())
    for _ in range(3):
        session.waits()
        assert not session.passes(stop())


@pytest.mark.parametrize("name", [name for name in PROMPTS if name != "typed"])
def test_nothing_else_is_a_persons_word(name: str, session: Session) -> None:
    session.judged(stop())
    session.waits()
    session.prompt(name)
    session.waits()
    assert not session.passes(stop())
    assert session.words == []


@pytest.mark.parametrize(
    "change",
    [
        {"origin": {"kind": "peer"}},
        {"origin": None},
        {"promptSource": "sdk"},
        {"promptSource": "suggestion_accepted"},  # the model wrote it
        {"promptSource": None},
        {"entrypoint": "sdk-cli"},
        {"isMeta": True},
        {"isSidechain": True},
        {"toolUseResult": "x"},
        {"promptId": "another"},
        {"type": "attachment"},
    ],
)
def test_every_field_that_tells_a_person_counts(change: dict[str, Any], session: Session) -> None:
    session.judged(stop())
    session.waits()
    turn = change.pop("promptId", TURN)
    session.prompt(turn=turn, **change)
    session.waits()
    assert not session.passes(stop())


def test_who_queued_it_has_typed_it(session: Session) -> None:
    session.judged(stop())
    session.waits()
    session.prompt(promptSource="queued")
    session.waits()
    assert session.passes(stop())


def test_it_says_why_a_word_does_not_count(session: Session) -> None:
    def reason() -> str:
        leading = session.judged(stop()).leading
        assert leading is not None
        return leading[1].reason

    assert reason() == "it stops"
    session.waits()
    session.prompt(turn="turn-0")
    session.waits()
    assert reason() == "it stops; `yes, stop it` was not said in this turn"
    session.waits()
    session.prompt()
    session.waits(601)
    assert reason() == "it stops; `yes, stop it` was said more than ten minutes ago"
    session.judged(stop(OTHER))
    session.waits()
    session.prompt(text="yes, stop it")
    session.waits()
    assert "does not say for what: modal app `ap-12` waits too" in reason()
    session.waits()
    session.prompt(text="yes, stop it: ap-12")
    session.waits()
    assert "`yes, stop it` was said for modal app `ap-12`" in reason()


def test_it_must_come_after_the_objection(session: Session) -> None:
    session.prompt()
    session.waits()
    assert not session.passes(stop())
    session.waits()
    assert not session.passes(stop())


def test_with_several_waiting_it_must_name_one(session: Session) -> None:
    session.judged(stop())
    session.judged(stop(OTHER))
    session.waits()
    session.prompt(text="yes, stop it (ap-12)")
    session.waits()
    assert not session.passes(stop())
    assert session.passes(stop(OTHER))
    assert [word.partition(": ")[2] for word in session.words] == [OTHER]


def test_what_has_run_by_now_waits_no_more(session: Session) -> None:
    session.judged(stop(OTHER), use="toolu_other")
    session.result("toolu_other", permissionDecision={"decision": "accept"})
    session.judged(stop())
    session.waits()
    session.prompt()
    session.waits()
    assert session.passes(stop())


def test_what_was_declined_still_waits(session: Session) -> None:
    session.judged(stop(OTHER), use="toolu_other")
    session.result("toolu_other", toolDenialKind="user-rejected")
    session.judged(stop())
    session.waits()
    session.prompt()
    session.waits()
    assert not session.passes(stop())


def test_what_waits_for_long_need_not_be_told_apart(session: Session) -> None:
    session.judged(stop(OTHER))
    session.waits(3601)
    session.judged(stop())
    session.waits()
    session.prompt()
    session.waits()
    assert session.passes(stop())


def test_another_session_hears_nothing(session: Session) -> None:
    session.judged(stop())
    session.waits()
    session.prompt()
    session.waits()
    session.id = "s2"
    assert not session.passes(stop())


def test_where_nobody_sits_nothing_was_typed(session: Session) -> None:
    session.judged(stop(kind=Deny), attended=False)
    session.waits()
    session.prompt()
    session.waits()
    assert not session.passes(stop(kind=Deny), attended=False)


def test_a_client_that_an_agent_started_hears_nobody(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.judged(stop())
    session.waits()
    session.prompt()
    session.waits()
    for answer in (True, None):
        monkeypatch.setattr(typed_word, "is_below_agent", lambda _, a=answer: a)
        leading = session.judged(stop()).leading
        assert leading is not None
        assert "an agent may have started this client" in leading[1].reason
        session.waits()
        session.prompt()
        session.waits()
    monkeypatch.setattr(typed_word, "is_below_agent", lambda _: False)
    monkeypatch.setenv("CLAUDE_PID", "999999999")  # not above this process
    assert not session.passes(stop())


def test_a_launch_is_not_for_the_chat(session: Session) -> None:
    launch = stop("run of `train.py`", Deny, LAUNCH)
    session.judged(launch)
    session.waits()
    session.prompt()
    session.waits()
    assert not session.passes(launch)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("yes, stop it", True),
        ("YES, STOP IT!", True),
        ("I looked at it.\n\nYes, stop\nit.", True),
        ("`yes, stop it`", True),
        ('"yes, stop it"', True),
        ("yes, stop it - it costs too much", True),
        ("what is `yes, stop it` for?", False),
        ("kei-gates: asks about this; the person types `yes, stop it`: why?", False),
        ("yes stop it", False),
        ("yes, stop items", False),
        ("eyes, stop it", False),
        ("no", False),
        ("yes", False),
    ],
)
def test_what_says_it(text: str, counts: bool) -> None:
    assert typed_word.says(text) is counts


@pytest.mark.parametrize(
    ("text", "target", "named"),
    [
        ("stop ap-1", APP, True),
        ("stop AP-1.", APP, True),
        ("stop (ap-1)", APP, True),
        ("stop ap-12", APP, False),
        ("stop map-1", APP, False),
        ("stop ap-1-b", APP, False),
        ("stop ap-1.5", APP, False),
        ("4242 may go", "process 4242", True),
        ("14242 may go", "process 4242", False),
        ("a", "apps `a` and `b`", False),
        ("b and a", "apps `a` and `b`", True),
    ],
)
def test_what_names_it(text: str, target: str, named: bool) -> None:
    note = note_of(target)
    assert typed_word.names(text, note) is named
    assert typed_word.names(f"{text} {note.code}", note)


def note_of(target: str) -> pending.Note:
    return pending.Note(
        target=target,
        session="s1",
        agent="x",
        at=NOW,
        command="x",
        use="",
        project="/",
        by_chat=True,
    )
