"""Variables that make programs run something, row by row, and with any value."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from kei_gates.shell import variables_table
from kei_gates.shell.analysis import ShellFacts, analyse
from tests.shell.test_tables import FACTS, cases

if TYPE_CHECKING:
    from kei_gates.model import Analysis

ROWS = sorted(
    {
        *variables_table.PLAIN, *variables_table.COMMANDS, *variables_table.SHELLS,
        *variables_table.PREFIXED, *variables_table.OPTIONS, *variables_table.SCRIPTS,
        *variables_table.CODE, *variables_table.FOLDERS, *variables_table.LIBRARIES,
        *variables_table.PROMPTS,
    }
)  # fmt: skip
NAMES = [row.replace("*", "X") for row in ROWS]

# Those that are code of another language, and those that the shell itself follows.
ELSEWHERE = {"LUA_INIT", "LUA_INIT_X", "PATH", "IFS"}


def seen(found: Analysis) -> str:
    if not found.unseen:
        return "all"
    return "noted" if all(one.noted for one in found.unseen) else "partial"


@pytest.mark.parametrize(("source", "calls", "expected"), cases("variables"))
def test_what_a_variable_lets_run_is_found(source: str, calls: list[str], expected: str) -> None:
    found = analyse(source, FACTS, "bash")
    assert sorted({str(call) for call in found.invocations}) == sorted(calls)
    assert seen(found) == expected, found.unseen


@pytest.mark.parametrize("name", NAMES)
def test_no_value_runs_nothing(name: str) -> None:
    unsettling = variables_table.PLAIN.get(name, ("",)) == () or name == "GIT_X"
    assert unsettling or seen(analyse(f"{name}= x", FACTS, "bash")) == "all"


@pytest.mark.parametrize("name", NAMES)
def test_a_call_to_git_is_never_lost(name: str) -> None:
    found = analyse(f"{name}='git push' x", FACTS, "bash")
    quiet = {*variables_table.OPTIONS, *variables_table.FOLDERS, *variables_table.SCRIPTS}
    silent = {name.replace("*", "X") for name in quiet} | {*variables_table.PROMPTS}
    listed = any("git" in (call.argv[0] or "") or "git" in call.argv for call in found.invocations)
    assert listed or seen(found) == "partial" or name in silent | ELSEWHERE


@pytest.mark.parametrize("name", NAMES)
def test_what_is_computed_is_not_taken_for_harmless(name: str) -> None:
    found = analyse(f'{name}="$(date)" x', FACTS, "bash")
    assert seen(found) == "partial" or name in {*variables_table.FOLDERS, *ELSEWHERE}


PIECES = [
    "git", "push", "-r", "--require", "./x", "=", ":", "'", '"', "$", "`", "|", "@", "{", "[", "\n",
    "-C", "linker=", "%", "#", ";", "/", "\\", "!", "vim", "gcc", "-toolexec=", "${", "}",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_any_value_is_read(seed: int) -> None:
    chosen = random.Random(seed)  # noqa: S311 -- the same cases each time
    for name in NAMES:
        value = chosen.choice(["", " "]).join(chosen.choices(PIECES, k=chosen.randint(1, 8)))
        quoted = value.replace("'", "'\\''")
        analyse(f"{name}='{quoted}' x", FACTS)
        analyse(f"env {name}='{quoted}' x", FACTS, "bash")


@pytest.mark.parametrize(
    "name", ["EDITOR", "BROWSER", "NODE_OPTIONS", "RUSTFLAGS", "PYTHONPATH", "LD_PRELOAD", "PS1"]
)
def test_long_values_are_read(name: str) -> None:
    facts = ShellFacts("/w", "/h")
    for unit in ("a ", "a:", "-r ./a ", "linker=a ", "${a[b]}"):
        analyse(f"{name}='{unit * 3000}' x", facts, "bash")
