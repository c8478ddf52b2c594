"""Every distinct message that a gate, a check or a fault can give, as people and agents read it.

The pages beside this file are the messages: read them when one has changed. A message that is none
of theirs is written by `--write-messages` (see `golden.py`).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.messages import golden
from tests.messages.exceptions import EXCEPTIONS
from tests.messages.golden import Made
from tests.messages.sites import found, sites

if TYPE_CHECKING:
    from collections.abc import Iterator

NEWLY = "if it is meant, write it: pytest tests/messages --write-messages, and read the difference"
HEAD = re.compile(
    r"kei-gates: (?:[a-z]+::[a-z-]+ )?(?:blocked|asks a person about) this(?: for role [a-z-]+)?: "
    r"|(?:- |skip  )(?:[a-z]+::[a-z-]+|kei-gates): "
)
ENTRIES = [
    pytest.param(message, id=f"{page}: {message[:90]}")
    for page, entries in golden.read().items()
    for _, message in entries
]
# Words of those who wrote this and not of those who read it.
JARGON = re.compile(
    r"\b(argv|regex|AST|NoneType|Unseen|Invocation|Fault|Errno|marshal|isoformat|__init__|codec)\b"
)


@pytest.fixture(scope="module", autouse=True)
def _written(request: pytest.FixtureRequest) -> None:
    which = request.config.getoption("--write-messages")
    if which:
        golden.write(which)


@cache
def made() -> tuple[frozenset[Made], frozenset[str]]:
    """What the cases of the pages cause now, and which of them were skipped here."""
    return golden.recorded(
        {test for page in golden.read().values() for test, _ in page} | {golden.OWN}
    )


def test_the_messages_are_those_of_the_pages() -> None:
    now, skipped = made()
    said: dict[str, list[str]] = {}
    for one in now:
        said.setdefault(one.test, []).append(one.message)
    for page, entries in golden.read().items():
        for test, message in entries:
            if test not in skipped:
                assert message in said.get(test, []), f"{page}: {test} says this no more; {NEWLY}"


def test_every_place_that_makes_a_message_is_shown_by_a_case() -> None:
    reached = {sites()[one.site].name for one in made()[0]}
    missing = {site.name for site in sites()} - reached
    assert missing - set(EXCEPTIONS) == set(), (
        "add a case to a table, or one to test_caused.py, then --write-messages=all; or say in "
        "exceptions.py why there can be none"
    )
    assert set(EXCEPTIONS) <= missing, "these are no exceptions any more"


def _clauses(message: str) -> tuple[str, str]:
    """Give what a message says and what it says to do."""
    said = HEAD.sub("", message, count=1)
    reason, _, remedy = said.rpartition("; ")
    return reason, remedy


@pytest.mark.parametrize("message", ENTRIES)
def test_a_message_has_its_shape(message: str) -> None:
    assert HEAD.match(message), "who says it comes first"
    assert not message.endswith((".", ",", ";", ":", " "))
    assert "\n" not in message
    assert message.isascii()
    words = re.sub(r"`[^`]*`", "`.`", HEAD.sub("", message, count=1))
    assert "  " not in words
    assert message.count("`") % 2 == 0, "what is quoted stands between two backticks"
    assert not re.match(r"(?!Estimate: )[A-Z][a-z]", words), "it goes on in lower case"
    assert not re.search(r"\bNone\b|\[\]|\{\}|<[a-z_]+ object| at 0x", words)
    assert not JARGON.search(words)
    if not message.startswith("skip  "):
        reason, remedy = _clauses(message)
        assert reason
        assert remedy
        assert not re.match(r"[A-Z][a-z]", re.sub(r"`[^`]*`", "`.`", remedy))


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("from kei_gates.model import Deny\ndef f():\n    return Deny('a', 'b')", 1),
        ("from kei_gates.checks.work import Finding\nx = [Finding('a', 'b')]", 1),
        ("class Finding:\n    pass\nx = Finding(1)", 0),
        ("from kei_gates.gates._x import Finding\nx = Finding(1)", 0),
        ("raise where.fault(key, 'a', 'b')", 1),
        ("def fault(a, b):\n    pass\nfault(1, 2)", 0),
        ("Denyx('a')", 0),
        ("Deny(error.reason, error.remedy)", 0),
        ("kind = Ask if x else Deny\nkind('a', 'b')", 1),
        ("kind = ask if x else Deny\nkind('a', 'b')", 0),
    ],
)
def test_places_are_found_by_their_syntax(source: str, count: int) -> None:
    assert len(found("gates/x.py", source)) == count


def test_no_two_messages_of_a_page_are_one() -> None:
    for page, entries in golden.read().items():
        messages = [message for _, message in entries]
        assert len(messages) == len(set(messages)), page


def _lines() -> Iterator[str]:
    for path in golden.FOLDER.glob("*.txt"):
        yield from path.read_text().splitlines()


def test_pages_name_nothing_of_the_machine() -> None:
    assert [
        line for line in _lines() if "pytest-of" in line or "/.venv" in line.replace("`.venv/", "")
    ] == []
