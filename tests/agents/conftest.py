"""A project in which the shipped roles count."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.environment import make_project


@pytest.fixture
def bare_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without a policy, so that the shipped roles count."""
    folder = make_project(tmp_path / "project")
    (folder / ".claude/kei-gates.toml").unlink()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return folder
