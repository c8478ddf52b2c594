"""Somebody who has never seen kei-gates lives with it for a day, with the README alone.

Whatever they type stands in the README, but for names of their own.
"""

import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from .calls import bash, spawn, then
from .client import Client
from .conftest import NewProject
from .installation import REPOSITORY, Installation
from .probes import NO_GIT, assert_stopped
from .project import Project, plain_environment
from .scripted_api import MAIN, Script

Names = Mapping[str, str]
NO_NAMES: Names = {}

README = (REPOSITORY / "README.md").read_text()
LOOK = "git status --short"

MINE = """\
version = 1

[agents]
main = "orchestrator"
default = "read-only"
builder = "edit-local"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["src/**", "tests/**"]
"""
LOOSER = (
    MINE
    + """
[roles.edit-local.policy]
no-git-ops = "read"
"""
)


class Stranger:
    """A person with a home of their own, a project, and a clone of kei-gates."""

    def __init__(self, project: Project, clone: Path) -> None:
        self.project = project
        self.clone = clone

    def types(self, line: str, *more: str, exit_code: int = 0, names: Names = NO_NAMES) -> str:
        """Run a command of the README in the project, and give what it shows.

        `more` answers what a person at a terminal would be asked.
        """
        assert line in README, f"the README does not tell of `{line}`"
        words = [names.get(word, word) for word in shlex.split(line)]
        name = words.pop(0)
        program = self.clone / (name if "/" in name else f".venv/bin/{name}")
        words = [word.replace("~", str(self.project.home)) for word in words]
        done = subprocess.run(
            [program, *words, *more],
            cwd=self.project.folder,
            env=plain_environment(self.project.home),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == exit_code, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture
def stranger(installation: Installation, new_project: NewProject) -> Stranger:
    project = new_project()
    project.policy.unlink()
    (project.home / "my-project").symlink_to(project.folder)
    return Stranger(project, installation.clone)


def test_a_stranger_lives_with_it(client: Client, stranger: Stranger) -> None:
    project = stranger.project
    settings = project.settings.read_bytes()

    # It is installed, and shows at once what a block looks like.
    said = stranger.types("./install.sh ~/my-project")
    assert "and blocked it" in said
    project.policy.write_text(MINE)
    assert "accepted" in stranger.types("kei-gates trust", "--yes")
    assert "wrong" not in stranger.types(".venv/bin/kei-gates doctor ~/my-project")

    # An agent is blocked; the person finds out what happened and why.
    script: Script = {MAIN: [spawn("builder", "builder")], "builder": [bash("look", LOOK)]}
    blocked = client.run(project, script, "bypassPermissions").answers["look"]
    assert_stopped(blocked, NO_GIT)
    assert "git status" in stranger.types("kei-gates log")
    why = stranger.types("kei-gates why")
    assert "policy::no-git-ops" in why
    assert "edit-local" in why
    assert str(project.policy) in why or ".claude/kei-gates.toml" in why
    said = stranger.types("kei-gates explain policy::no-git-ops")
    assert 'allow = "read"' in said or "no-git-ops" in said

    # They change the policy, try it without running anything, and see what it would have done.
    project.policy.write_text(LOOSER)
    stranger.types("kei-gates check")
    stranger.types("kei-gates trust", "--yes")
    before = stranger.types('kei-gates test-command --role edit-local "git push"', exit_code=2)
    assert "policy::no-git-ops" in before
    replayed = stranger.types("kei-gates replay")
    assert "builder" in replayed

    # The same agent passes now, and one thing more is let pass, once.
    identities: list[str] = []

    def allow() -> None:
        listed = stranger.types("kei-gates allow")
        identities.extend(re.findall(r"^([0-9a-f]{8})  Bash: git push", listed, re.MULTILINE))
        stranger.types(
            "kei-gates allow 3f9c1e2a --once", "--yes", names={"3f9c1e2a": identities[-1]}
        )

    push = "git push origin HEAD:allowed"
    script = {
        MAIN: [spawn("builder", "builder")],
        "builder": [
            bash("look", LOOK),
            bash("first", push),
            then(allow, bash("first", push)),
            bash("first", push),
        ],
    }
    session = client.run(project, script, "bypassPermissions")
    assert not session.answers["look"].is_error
    assert "allowed" in project.branches()
    assert f"kei-gates allow {identities[-1]} --once" in stranger.types("kei-gates log")

    # They read the day's report, and take it all out again.
    page = project.folder / "report.html"
    stranger.types("kei-gates report --out report.html")
    assert "policy::no-git-ops" in page.read_text()
    stranger.types(".venv/bin/kei-gates uninstall ~/my-project")
    assert project.settings.read_bytes() == settings
    script = {
        MAIN: [spawn("builder", "builder")],
        "builder": [bash("push", "git push origin HEAD:free")],
    }
    client.run(project, script, "bypassPermissions")
    assert "free" in project.branches()
