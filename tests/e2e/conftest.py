"""What the end-to-end tests share: the client, one installation, and projects."""

import os
from collections.abc import Callable

import pytest

from .client import Client, ClientUnavailableError, installed_client
from .installation import Installation, copy_repository, install
from .project import Project

NewProject = Callable[[], Project]


WHY_NO_CLIENT = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def client(pytestconfig: pytest.Config) -> Client:
    """Return the pinned client. Without it these tests skip, but never in CI."""
    try:
        return Client(installed_client())
    except ClientUnavailableError as error:
        if os.environ.get("CI"):
            pytest.fail(f"no client: {error}", pytrace=False)
        pytestconfig.stash[WHY_NO_CLIENT] = str(error)
        pytest.skip("no client")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say loudly, and once, that the tests which need the client have shown nothing."""
    if why := config.stash.get(WHY_NO_CLIENT, None):
        line = f"NO SESSION OF THE REAL CLIENT WAS RUN: {why}"
        terminalreporter.write_line(line, red=True, bold=True)


@pytest.fixture(scope="session")
def new_project(tmp_path_factory: pytest.TempPathFactory) -> NewProject:
    """Return what makes one more project, as yet without the gate."""

    def make() -> Project:
        project = Project(tmp_path_factory.mktemp("root").resolve())
        project.make()
        return project

    return make


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, new_project: NewProject) -> Installation:
    clone = tmp_path_factory.mktemp("clone").resolve()
    copy_repository(clone)
    project = new_project()
    project.policy.unlink()
    return install(clone, project)


@pytest.fixture(scope="session")
def gated_project(installation: Installation, new_project: NewProject) -> NewProject:
    """Return what makes one more project, with the gate in front of it."""
    return lambda: installation.gate(new_project())


@pytest.fixture(scope="module", params=["default", "bypassPermissions"])
def mode(request: pytest.FixtureRequest) -> str:
    """Return the client's permission mode."""
    return str(request.param)
