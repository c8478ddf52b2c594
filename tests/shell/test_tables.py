"""Sources and what they run and touch, row by row."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from kei_gates.model import Analysis, FileFact
from kei_gates.shell.analysis import ShellFacts, analyse
from tests.shell.reading import DATA

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDERS = frozenset(("/w", "/w/dir", "/w/dir/sub"))
FACTS = ShellFacts(
    "/w",
    "/h",
    FOLDERS.__contains__,
    look=lambda path: FileFact("missing", path),
    which=lambda name: None if name == "zsh" else f"/usr/bin/{name}",  # neither shell is the user's
)


def cases(name: str) -> list[Any]:
    return [
        pytest.param(*row, id=row[0].replace("\n", "|"))
        for row in tomllib.loads((DATA / f"{name}.toml").read_text())["cases"]
    ]


def shown(found: Analysis) -> list[str]:
    """The effects beside reads, as the table spells them."""
    return sorted(
        {
            f"{effect.kind} {'glob ' if effect.glob else ''}{effect.path or '?'}"
            f"{'/**' if effect.tree else ''}"
            for effect in found.effects
            if effect.kind != "read"
        }
    )


@pytest.mark.parametrize(("source", "calls", "partial"), cases("wrappers"))
def test_what_is_started_is_found(source: str, calls: list[str], partial: bool) -> None:
    found = analyse(source, FACTS)
    assert sorted({str(call) for call in found.invocations}) == sorted(calls)
    assert (found.coverage == "partial") == partial, found.unseen


@pytest.mark.parametrize(("source", "calls", "partial"), cases("dataflow"))
def test_what_is_known_is_followed(source: str, calls: list[str], partial: bool) -> None:
    found = analyse(source, FACTS)
    assert {str(call) for call in found.invocations} >= set(calls) or partial
    assert (found.coverage == "partial") == partial, found.unseen


@pytest.mark.parametrize(("source", "effects"), cases("effects"))
def test_what_is_touched_is_found(source: str, effects: list[str]) -> None:
    assert shown(analyse(source, FACTS)) == sorted(effects)


def test_where_a_call_stands_and_what_led_to_it() -> None:
    source = "true; env sudo git push"
    call = analyse(source, FACTS).invocations[-1]
    assert call.via == ("env", "sudo")
    assert source[slice(*call.span)] == "env sudo git push"
