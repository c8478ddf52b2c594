"""Which places the hook measures a call against, as the client's environment says."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

import pytest

from kei_gates.gates import _self_commands, safety_self_protect
from kei_gates.gates._self_files import holds_gate, is_part
from kei_gates.hook import places


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("BASH_ENV", "ENV", "CLAUDE_ENV_FILE", "ZDOTDIR", "CLAUDE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def guarded(root: Path, path: str) -> bool:
    return is_part(str(root / path), places.find(str(root / "project"), str(root / "project")))


@pytest.mark.parametrize(
    ("variable", "value", "path"),
    [
        ("BASH_ENV", "x/env.sh", "x/env.sh"),
        ("ENV", "x/env.sh", "x/env.sh"),
        ("CLAUDE_ENV_FILE", "x/vars", "x/vars"),
        ("ZDOTDIR", "x", "x/.zshrc"),
        ("CLAUDE_CONFIG_DIR", "x", "x/settings.json"),
        ("CLAUDE_CONFIG_DIR", "x", "x/agents/a.md"),
        ("CLAUDE_CONFIG_DIR", "x", "x/.claude.json"),
        ("CLAUDE_CONFIG_DIR", "x", "x/projects/p/s.jsonl"),
    ],
)
def test_what_variables_name_is_guarded(
    variable: str, value: str, path: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not guarded(home, path)
    monkeypatch.setenv(variable, str(home / value))
    assert guarded(home, path)
    assert not guarded(home, "x/notes.md")
    assert not guarded(home, "x/projects/p/memory/a.md")


def test_a_variable_that_names_no_path_is_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BASH_ENV", "env.sh")
    monkeypatch.setenv("ZDOTDIR", "")
    assert not guarded(home, "project/env.sh")


def test_what_the_interpreter_is_made_of_is_guarded() -> None:
    where = places.find("/project", "/project")
    library = sysconfig.get_path("stdlib")
    for path in (os.path.realpath(sys.executable), f"{library}/encodings/__init__.py"):
        assert is_part(path, where)
    assert holds_gate(library, where)
    assert holds_gate(library.rpartition("/")[0], where)
    assert not is_part(f"{library}/site-packages/pip/x.py", where)
    assert not is_part(f"{os.path.realpath(sys.executable)}-config", where)


def test_every_program_with_a_table_is_watched() -> None:
    named = {*_self_commands.MANAGERS, *_self_commands.COVERS}
    starts = safety_self_protect.WATCHED_AS
    assert {n for n in named if not n.startswith(starts)} <= safety_self_protect.WATCHED
