"""As a plugin the gate needs no entry in a settings file."""

from .calls import bash, spawn
from .client import Client
from .conftest import NewProject
from .installation import Installation
from .probes import assert_stopped, printed
from .scripted_api import MAIN

SCRIPT = {
    MAIN: [bash("echo", "echo hello there"), spawn("builder", "builder")],
    "builder": [bash("push", "git push origin HEAD:pushed"), bash("say", 'echo "git push"')],
}


def test_the_plugin_holds_an_agent_to_its_role(
    client: Client, installation: Installation, new_project: NewProject, mode: str
) -> None:
    project = new_project()
    installation.command(project, "trust", "--yes", project.folder)
    answers = client.run(project, SCRIPT, mode, "--plugin-dir", installation.clone).answers
    assert_stopped(answers["push"], "policy::no-git-ops")
    assert project.branches() == {"main"}
    assert printed("hello there")(project, answers["echo"]), answers["echo"]
    assert printed("git push")(project, answers["say"]), answers["say"]
