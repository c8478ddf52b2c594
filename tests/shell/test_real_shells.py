"""What is found is held against what real shells run, over generated sources."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from kei_gates.shell.analysis import ShellFacts, analyse
from tests.shell.generate import Generator
from tests.shell.reading import is_compatible
from tests.shell.real_shell import PROGRAMS, RealShell

SEED = 20_261
SOURCES = 350


def generated(number: int) -> str:
    return Generator(Random(f"{SEED} {number}")).source()  # noqa: S311 -- no secret, a sample


def lost(shell: RealShell, source: str, dialect: str, home: str) -> list[list[str]]:
    """What a real shell ran and is neither listed nor announced as not seen."""
    found = analyse(source, ShellFacts("/w", home), dialect)
    if found.coverage == "partial":
        return []
    return [
        words
        for words in shell.run(source)
        if not any(is_compatible(call.argv, words) for call in found.invocations)
    ]


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_nothing_that_a_real_shell_runs_is_dropped(name: str, tmp_path: Path) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    shell = RealShell(name, tmp_path)
    for number in range(SOURCES):
        source = generated(number)
        assert lost(shell, source, name, str(tmp_path / "home")) == [], source


def test_the_log_holds_what_ran(tmp_path: Path) -> None:
    shell = RealShell("bash", tmp_path)
    assert shell.run("git 'a b'; for x in 1 2; do alpha $x; done") == [
        ["git", "a b"], ["alpha", "1"], ["alpha", "2"],
    ]  # fmt: skip
    assert shell.run("echo; ls; nothing") == []


def test_most_generated_sources_run_and_are_followed() -> None:
    """Else the comparison above would compare nothing."""
    full = sum(
        analyse(generated(number), ShellFacts("/w")).coverage == "full" for number in range(SOURCES)
    )
    assert full > SOURCES / 4
    assert "git" in PROGRAMS
