"""What the shipped roles say to everyday commands."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kei_gates.cli.judging import Judge
from tests.environment import make_project

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE = tomllib.loads((Path(__file__).parent / "everyday.toml").read_text())
CASES = [
    (role, command, name == "passes")
    for role, said in TABLE.items()
    for name in ("passes", "denied")
    for command in said[name]
]
POLICY = """\
version = 1
[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-whitelist = ["src/**", "tests/**"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_project(tmp_path_factory.mktemp("everyday") / "project", POLICY)
    (made / "package.json").write_text('{"scripts": {"test": "jest", "build": "tsc"}}')
    (made / "Makefile").write_text("test:\n\tpytest -q\n")
    return made


@pytest.mark.parametrize(("role", "command", "passes"), CASES)
def test_everyday_commands(role: str, command: str, passes: bool, folder: Path) -> None:
    found = Judge(cwd=str(folder), role=role).command(command)
    assert (found.outcome == "abstain") is passes, found.leading
