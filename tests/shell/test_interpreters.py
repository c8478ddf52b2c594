"""What interpreters, compilers and test runners are given to run, row by row."""

from __future__ import annotations

import sys
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest

from kei_gates.model import FileFact
from kei_gates.shell.analysis import ShellFacts, analyse
from kei_gates.shell.foreign import scan_foreign
from kei_gates.shell.foreign_words import WORDS
from kei_gates.shell.interpreters import INTERPRETERS, LIBRARY
from tests.shell.reading import DATA

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from kei_gates.model import Analysis

ROWS: list[list[Any]] = tomllib.loads((DATA / "interpreters.toml").read_text())["cases"]
AWKWARD = ("\0", "'", '"', "`", "system(", '"' * 40, ".git/", "#{", "\\\n", "\ud800", "é", "İ")


def analysed(source: str, files: dict[str, str]) -> Analysis:
    def look(path: str) -> FileFact:
        text = files.get(path.removeprefix("/w/"))
        return FileFact("missing", path) if text is None else FileFact("text", path, text)

    which = "/usr/bin/{}".format
    return analyse(source, ShellFacts("/w", "/h", look=look, glob=lambda _: [], which=which))


def seen(found: Analysis) -> str:
    if any(not each.noted for each in found.unseen):
        return "unseen"
    return "noted" if found.unseen else "clean"


def is_git(call: str) -> bool:
    return call.partition(" ")[0].rpartition("/")[2] in ("git", "git-filter-repo")


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0].replace("\n", "|")) for row in ROWS])
def test_what_is_run_is_found(row: list[Any]) -> None:
    source, calls, expected, *files = row
    found = analysed(source, files[0] if files else {})
    called = {str(call) for call in found.invocations}
    assert called >= set(calls)
    assert {call for call in called if is_git(call)} <= set(calls)
    assert seen(found) == ("clean" if expected == "alone" else expected), found.unseen
    if expected == "alone":
        assert {call.via for call in found.invocations} <= {(), ("bundle",), ("npx",)}


def test_harmless_rows_stand_beside_the_others() -> None:
    harmless = sum(not row[1] and row[2] in ("clean", "alone") for row in ROWS)
    assert harmless >= len(ROWS) / 3


def test_what_a_reason_says_reads_as_a_clause() -> None:
    reasons = [
        each.why
        for source, _, _, *files in ROWS
        for each in analysed(source, files[0] if files else {}).unseen
    ]
    assert reasons
    assert not [why for why in reasons if why.endswith(".") or why[0].isupper()]


def test_each_language_is_one_that_is_read() -> None:
    scripting = {
        "python",
        "ipython",
        "pdb",
        "node",
        "perl",
        "ruby",
        "php",
        "lua",
        "r",
        "tcl",
        "awk",
        "modal",
    }
    rows = [*INTERPRETERS.values(), *LIBRARY.values()]
    inner = [each for row in rows for each in row.commands.values() if each is not None]
    languages = {name for row in [*rows, *inner] for name in (row.language, row.says)} - {None}
    assert languages <= scripting | set(WORDS)


@pytest.mark.parametrize("language", WORDS)
def test_code_that_is_looked_through_takes_its_time_once(language: str) -> None:
    for piece in (*WORDS[language].words.split()[:3], *AWKWARD):
        for text in (piece, f"{piece} ", f"{piece}\n", f'{piece}("a" '):
            start = process_time()
            scan_foreign(language, text * 5_000)
            assert process_time() - start < 10, text


@pytest.mark.parametrize("program", sorted(INTERPRETERS))
def test_any_words_have_an_answer(program: str) -> None:
    row = INTERPRETERS[program]
    options = f"{row.code} {row.files}".split()
    for words in ("", "-", "--", "-x", "--x=", "-e", "x", "$x", "-- -", *options):
        analysed(f"{program} {words}", {})
        analysed(f"echo x | {program} {words} {words}", {})
