"""What several test folders share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.environment import Environment, make_project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """One installation for the whole run; a test that damages it makes its own."""
    return Environment(tmp_path_factory.mktemp("environment"))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that no test changes."""
    return make_project(tmp_path_factory.mktemp("projects") / "project")
