"""A project whose audit is looked at from inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.audit import samples
from tests.cli.test_policies import Ran
from tests.environment import make_project

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Looking:
    """Runs commands in a project, whose audit has what is written into it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.project = make_project(folder / "project")
        self.state = folder / "home/.local/state/kei-gates"
        self._capsys = capsys

    def has(self, records: Iterable[dict[str, Any]]) -> None:
        """Write records; those of the samples' project are of this one."""
        own = ({**one, "project": str(self.project)} if one.get("project") == samples.PROJECT
               else one for one in records)  # fmt: skip
        samples.write(self.state, own)

    def run(self, *arguments: str) -> Ran:
        return Ran(self._capsys, arguments)


@pytest.fixture
def looking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Looking:
    made = Looking(tmp_path, capsys)
    monkeypatch.chdir(made.project)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return made
