"""The rules: what they find in each script of `data`, exactly, and what they say of themselves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates.lint.manual import manual
from kei_gates.lint.rules import RULES, findings, names, rule_of
from kei_gates.lint.tree import ScriptError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
SCRIPTS = {
    path.name.removesuffix(".py.txt"): path.read_text()
    for path in sorted((HERE / "data").glob("*.py.txt"))
}
TABLE = tomllib.loads((HERE / "findings.toml").read_text())


def rows(text: str, **options: Any) -> list[str]:
    found = findings(text, **options)
    return [f"{one.line}: {one.severity} {one.rule} {one.name}" for one in found]


def test_every_script_is_in_the_table() -> None:
    assert list(TABLE) == list(SCRIPTS)
    assert len(SCRIPTS) >= 25


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_found(name: str) -> None:
    found = rows(SCRIPTS[name])
    assert found == TABLE[name]["found"]
    strict = rows(SCRIPTS[name], strict=True)
    assert [row for row in strict if row not in found] == TABLE[name].get("strict", [])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_shown_to_find_something(rule: Any) -> None:
    found = {row.split()[3] for entry in TABLE.values() for row in entry["found"]}
    assert set(rule.names) <= found


def test_ids_and_names_are_unique() -> None:
    assert len(set(names())) == len(names())
    assert [rule.id for rule in RULES] == [f"M{number}" for number in range(1, 13)]
    assert rule_of("m4") is rule_of("retries-zero") is RULES[3]
    assert rule_of("M99") is None


def test_findings_are_clauses() -> None:
    for text in SCRIPTS.values():
        for one in findings(text, strict=True):
            for clause in (one.message, one.remedy):
                assert clause
                assert not clause.endswith(".")
                assert "\n" not in clause
                assert clause.isascii()


def test_rules_are_raised_and_switched_off() -> None:
    text = SCRIPTS["finetune_bad"]
    assert "9: block M4 retries-missing" in rows(text, block=["retries-missing"])
    assert "9: block M4 retries-missing" in rows(text, block=["M4"])
    assert "18: warn M9 write-no-commit" in rows(text, block=["M4"])
    assert rows(text, off=["M3", "M4", "M8", "print-no-flush", "M9"]) == []


def test_a_mark_does_not_silence_what_is_raised() -> None:
    assert "7: block M4 retries-missing" in rows(SCRIPTS["marks"], block=["M4"])


def test_the_manual_is_written_down() -> None:
    path = HERE.parents[1] / "docs/lint-rules.md"
    assert path.read_text() == manual(), "write what `kei-gates lint --rules` prints to the file"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f(:\n", 1),
        ("x = 1\n  y = 2\n", 2),
        ("x = '\n", 1),
        ("\0", 1),
        ("import modal\nx = (\n", 2),
    ],
)
def test_what_is_no_python_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(ScriptError) as caught:
        findings(text)
    assert caught.value.line == line
