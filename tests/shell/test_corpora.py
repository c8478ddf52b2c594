"""What real shells ran, and what agents ordinarily write."""

from __future__ import annotations

from typing import Any

import pytest

from kei_gates.model import FileFact
from kei_gates.shell.analysis import ShellFacts, analyse
from tests.shell.reading import is_compatible, rows

FACTS = ShellFacts("/w", "/h")
# What the hook knows besides: no file is there, and all programs and the environment are known.
KNOWING = ShellFacts(
    "/w",
    "/h",
    look=lambda path: FileFact("missing", path),
    glob=lambda pattern: [],  # noqa: ARG005 -- nothing matches
    which=lambda name: f"/usr/bin/{name}",
    environment={"PATH": "/usr/bin:/bin", "HOME": "/h"},
)
EXECUTED = {
    "bash-executed.jsonl": ("bash", "auto"),
    "bash-fuzzed.jsonl": ("bash", "auto"),
    "bash-dynamic.jsonl": ("bash", "auto"),
    "zsh-executed.jsonl": ("zsh", "auto"),
}
LEAST_FULL = 0.96
"""The share of ordinary commands that is followed in full; it may only rise."""


def dropped(row: dict[str, Any], dialect: str, facts: ShellFacts = FACTS) -> list[list[str]]:
    """What really ran and is neither listed nor announced as not seen."""
    found = analyse(row["source"], facts, dialect)
    if found.coverage == "partial":
        return []
    return [
        command
        for command in row["commands"]
        if not any(is_compatible(call.argv, command) for call in found.invocations)
    ]


@pytest.mark.parametrize("facts", [FACTS, KNOWING], ids=["blind", "knowing"])
@pytest.mark.parametrize(
    ("name", "dialect"), [(name, d) for name, dialects in EXECUTED.items() for d in dialects]
)
def test_nothing_that_ran_is_dropped(name: str, dialect: str, facts: ShellFacts) -> None:
    lost = {row["id"]: dropped(row, dialect, facts) for row in rows(name)}
    assert {key: commands for key, commands in lost.items() if commands} == {}


def test_a_drop_would_be_noticed() -> None:
    assert dropped({"source": "ls", "commands": [["rm", "x"]]}, "bash") == [["rm", "x"]]


def test_ordinary_commands_are_never_refused() -> None:
    refused = [
        row["id"]
        for row in rows("agent-commands.jsonl")
        for unseen in analyse(row["source"], FACTS).unseen
        if "not understood" in unseen.why
    ]
    assert refused == []


def test_most_ordinary_commands_are_followed_in_full() -> None:
    found = [analyse(row["source"], KNOWING) for row in rows("agent-commands.jsonl")]
    assert sum(one.coverage == "full" for one in found) / len(found) >= LEAST_FULL


@pytest.mark.parametrize("row", rows("agent-commands.jsonl"), ids=lambda row: row["id"])
def test_what_is_not_followed_has_a_reason_in_words(row: dict[str, Any]) -> None:
    for unseen in analyse(row["source"], FACTS).unseen:
        assert " " in unseen.why
        assert 0 <= unseen.span[0] <= unseen.span[1] <= len(row["source"])
