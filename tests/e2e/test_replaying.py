"""A session under the gate, replayed when it is over: the same is decided as was then."""

import json
import subprocess
from pathlib import Path

from .calls import bash, read, spawn, start, write
from .client import Client
from .conftest import NewProject
from .installation import Installation
from .project import Project, plain_environment
from .scripted_api import Json

SCRIPT = {
    "main": [
        bash("main_push", "git push origin HEAD:pushed"),
        read("main_read", "README.md"),
        write("main_write", "src/../top.txt", "x\n"),
        spawn("builder", "inner"),
        start("plain", None),
    ],
    "inner": [
        bash("inner_push", "git push origin HEAD:pushed-too"),
        bash("inner_touch", "touch src/made"),
        bash("inner_out", "cd src && touch ../out"),
        write("inner_write", "./src/x.txt", "x\n"),
        write("inner_home", "~/x.txt", "x\n"),
    ],
    "plain": [bash("plain_ls", "ls"), read("plain_read", "src/code.txt")],
}


def replay(installation: Installation, project: Project, *options: str | Path) -> Json:
    program = installation.environment / "bin" / "kei-gates"
    done = subprocess.run(
        [program, "replay", "--json", *options],
        cwd=project.folder,
        env=plain_environment(project.home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1 if "--against" in options else 0, "")
    found: Json = json.loads(done.stdout.splitlines()[-1])
    return found


def test_what_was_blocked_then_is_denied_in_the_replay(
    client: Client, installation: Installation, gated_project: NewProject
) -> None:
    project = gated_project()
    session = client.run(project, SCRIPT, "bypassPermissions")
    blocked = {label for label, answer in session.answers.items() if "blocked" in answer.text}
    assert blocked == {"inner_push", "inner_out", "inner_home", "plain_ls"}
    found = replay(installation, project)
    assert (found["calls"], found["decisions"]["deny"]) == (12, len(blocked))
    assert found["then"]["blocked"] == {"abstain": 0, "ask": 0, "deny": len(blocked)}
    assert found["new_denials"] == found["let_pass"] == 0
    assert {one["agent"]: one["role"] for one in found["agents"]} == {
        "main": "orchestrator",
        "builder": "edit-local",
        "general-purpose": "read-only",
    }
    stricter = project.root / "stricter.toml"
    stricter.write_text('version = 1\n[agents]\nmain = "explorer"\nbuilder = "explorer"\n')
    changed = replay(installation, project, "--against", stricter)["difference"]
    calls = {one["call"]: one["ran"] for group in changed["groups"] for one in group["calls"]}
    assert calls["git push origin HEAD:pushed"] == 1
    assert calls["touch src/made"] == 1
    assert found["bad_lines"] == {}
