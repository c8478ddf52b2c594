"""Each role in the real client: what it may do goes on, what it may not do never happens."""

from dataclasses import dataclass

import pytest

from .client import Client, Session
from .conftest import NewProject
from .probes import PROBES, SCRIPT, Probe, assert_stopped
from .project import Project
from .scripted_api import Answer


@dataclass(frozen=True)
class Outcome:
    """A session that is over, and the project it was in."""

    project: Project
    session: Session

    def answer(self, probe: Probe) -> Answer:
        return self.session.answers[probe.call.label]

    def ran(self, probe: Probe) -> bool:
        return probe.ran(self.project, self.answer(probe))


@pytest.fixture(scope="module")
def ungated(client: Client, new_project: NewProject, mode: str) -> Outcome:
    project = new_project()
    return Outcome(project, client.run(project, SCRIPT, mode))


@pytest.fixture(scope="module")
def gated(client: Client, gated_project: NewProject, mode: str) -> Outcome:
    project = gated_project()
    return Outcome(project, client.run(project, SCRIPT, mode))


each_probe = pytest.mark.parametrize("probe", PROBES, ids=[probe.call.label for probe in PROBES])


@each_probe
def test_without_the_gate_every_call_runs(ungated: Outcome, probe: Probe) -> None:
    ran = ungated.ran(probe)
    assert ran, ungated.answer(probe)


@each_probe
def test_with_the_gate_only_what_the_role_allows_runs(gated: Outcome, probe: Probe) -> None:
    answer, ran = gated.answer(probe), gated.ran(probe)
    assert ran == (probe.stopped_by == ""), answer
    if probe.stopped_by:
        assert_stopped(answer, probe.stopped_by)
