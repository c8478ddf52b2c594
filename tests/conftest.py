"""What several test folders share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.environment import Environment, make_project

if TYPE_CHECKING:
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-pages", action="store_true", help="write docs/commands.md and the "
                     "man page anew (tests/cli/test_pages.py)")  # fmt: skip
    parser.addoption("--write-instructions", action="store_true", help="state anew how many "
                     "instructions the hook takes (tests/hook/test_instructions.py)")  # fmt: skip
    parser.addoption("--write-messages", nargs="?", const="known", choices=("known", "all"),
                     help="write tests/messages/*.txt anew (tests/messages)")  # fmt: skip


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """One installation for the whole run; a test that damages it makes its own."""
    found = Environment(tmp_path_factory.mktemp("environment"))
    found.write_archive()
    return found


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that no test changes."""
    return make_project(tmp_path_factory.mktemp("projects") / "project")
