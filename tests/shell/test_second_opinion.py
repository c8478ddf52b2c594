"""Our analysis beside bashlex's trees, over what real shells ran and what agents write.

`pytest -s` prints how often they agree.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from kei_gates.cli.second_opinion import Opinion, ask
from kei_gates.model import Analysis
from kei_gates.shell.analysis import ShellFacts, analyse
from tests.shell.reading import rows

FACTS = ShellFacts("/w", "/h")
CORPORA = ("bash-executed.jsonl", "bash-fuzzed.jsonl", "agent-commands.jsonl")
VERDICTS = {"agrees", "cannot parse", "differs"}

# Where bashlex sees a command that bash did not run, and why.
DEFECTS = {
    "a quoted delimiter's quotes end its here-document": ("adv:057", "fuzz:1:96"),
    "a comment behind `;` is read as a command": (
        "adv:076", "adv:577", "fuzz:1:360", "fuzz:1:1308",
    ),
    "`$'...'` is expanded as if it were no quote": ("adv:202",),
    "an arithmetic command is read as two subshells": ("adv:257", "adv:549", "fuzz:1:1068"),
    "backslashes in backticks are not taken away first": ("adv:651", "fuzz:1:954", "fuzz:1:1932"),
}  # fmt: skip
KNOWN = {identity for identities in DEFECTS.values() for identity in identities}
# Shares that were measured, rounded down: far fewer would mean that hardly anything is compared.
LEAST_AGREED = {"bash-executed.jsonl": 0.65, "bash-fuzzed.jsonl": 0.55, "agent-commands.jsonl": 0.6}


def opinion(source: str) -> Opinion:
    return ask(source, analyse(source, FACTS))


def unlisted(found: Opinion) -> str | None:
    """The command that bashlex sees and the analysis, which saw everything, does not list."""
    detail = found.detail or ""
    return detail.split("`")[1] if detail.endswith("is not listed") else None


@pytest.mark.parametrize("name", CORPORA)
def test_what_bashlex_sees_is_listed(name: str) -> None:
    found = {row["id"]: opinion(row["source"]) for row in rows(name)}
    counts = Counter(one.verdict for one in found.values())
    seen = {identity: one for identity, one in found.items() if unlisted(one)}
    print(f"\n{name}: {len(found)} sources, {dict(counts)}, {len(seen)} with one not listed")  # noqa: T201 -- the figures of docs/adr/0007
    assert set(counts) <= VERDICTS
    assert sum(counts.values()) == len(found) == len(rows(name))
    assert counts["agrees"] >= LEAST_AGREED[name] * len(found)
    assert {key: str(one) for key, one in seen.items() if key not in KNOWN} == {}


def ran(row: dict[str, Any]) -> set[str]:
    return {command[0] for command in row["commands"]}


@pytest.mark.parametrize("name", CORPORA[:2])
def test_what_bashlex_alone_sees_bash_did_not_run(name: str) -> None:
    known = [row for row in rows(name) if row["id"] in KNOWN]
    assert known
    assert [row["id"] for row in known if unlisted(opinion(row["source"])) in ran(row)] == []


def test_a_command_that_is_not_listed_would_be_noticed() -> None:
    assert unlisted(ask("ls; git push", Analysis())) == "ls"
    assert unlisted(ask("ls", analyse("ls", FACTS))) is None
    assert unlisted(ask("time ls", Analysis())) is None
