"""What is taken for certain to be printed, against what a real shell prints."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from kei_gates.shell.analysis import ShellFacts
from kei_gates.shell.evaluate import Evaluator
from kei_gates.shell.state import History, State
from tests.shell.test_tables import cases

SHELLS = [name for name in ("bash", "zsh") if shutil.which(name)]


def foretold(source: str, dialect: str, folder: Path) -> str | None:
    """What the analysis is sure that a source prints."""
    facts = ShellFacts(str(folder), which=lambda name: shutil.which(name) or "")
    walk = Evaluator(source, facts, dialect)
    state = State(facts.cwd, History({}, dialect))
    state.positional = ()
    return walk.printed_by(lambda: walk.source(source, state, None, ()))


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("source", cases("printed"))
def test_what_is_printed_is_what_was_foretold(source: str, shell: str, tmp_path: Path) -> None:
    told = foretold(source, shell, tmp_path)
    ran = subprocess.run(
        [shutil.which(shell) or shell, "-f" if shell == "zsh" else "--norc", "-c", source],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert told in (None, ran.stdout)


def test_most_of_it_is_foretold(tmp_path: Path) -> None:
    told = [foretold(str(case.values[0]), "bash", tmp_path) for case in cases("printed")]
    assert sum(text is not None for text in told) > len(told) * 0.9
