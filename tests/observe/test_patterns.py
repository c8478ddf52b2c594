"""Patterns match as the real shell's do."""

from __future__ import annotations

import fnmatch
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.observe import patterns

NAMES = ["a.py", "b.py", "ab.pyc", ".hidden.py", "c d.py", "sub/x.py", "sub/.git/y.py", "[z].py"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    "pattern",
    ["*.py", "?.py", "[ab].py", "[!a].py", "[a-b]*", ".*.py", "*/x.py", "s*/*", "*", "none*",
     "sub/*.py", "*d.py", "a*.py*", "\\[z*", "*/.git/*"],
)  # fmt: skip
def test_expands_as_bash_does(pattern: str, folder: Path) -> None:
    script = f"shopt -s nullglob; cd {shlex.quote(str(folder))}; printf '%s\\n' {pattern}"
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    expected = sorted(f"{folder}/{name}" for name in run.stdout.splitlines() if name)
    found = patterns.expand(f"{folder}/{pattern}".replace("\\[", "[[]"))
    assert sorted(found or []) == expected


def test_two_stars_reach_everything_below_dots_included(folder: Path) -> None:
    found = patterns.expand(f"{folder}/**/*.py") or []
    assert {path.removeprefix(f"{folder}/") for path in found} == {
        name for name in NAMES if name.endswith(".py")
    }


def test_too_many_are_not_listed(tmp_path: Path) -> None:
    for number in range(4001):
        (tmp_path / f"{number}.py").touch()
    assert patterns.expand(f"{tmp_path}/*.py") is None
    assert patterns.expand(f"{tmp_path}/**/nothing") is None


@given(st.text("ab.", max_size=6), st.text("ab.*?", max_size=6))
def test_one_part_matches_as_fnmatch(name: str, pattern: str) -> None:
    assert patterns.matches(name, pattern) == fnmatch.fnmatchcase(name, pattern)


def test_many_stars_end() -> None:
    assert not patterns.matches("a" * 255, "*a" * 60 + "b")
