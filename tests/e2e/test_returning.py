"""What agents return is looked at in the real client, and goes back to them until it holds."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from .calls import bash, edit, read, start, wait, write
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .project import Project
from .scripted_api import MAIN, Call, Json, Script, Text, content_text

POLICY = """\
version = 1

[agents]
main = "orchestrator"
builder = "edit-local"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["src/**"]

[roles.edit-local.verification]
test-commands = ["python3 -m unittest discover -s src"]
test-count-min = 2
"""
CALC = "def add(a, b):\n    return a + b\n"
TEST = """\
import unittest

from calc import add


class Adds(unittest.TestCase):
    def test_small(self):
        self.assertEqual(add(1, 2), 3)

    def test_none(self):
        self.assertEqual(add(0, 0), 0)
"""
CLAIM = "All tests pass:\n\nRan 2 tests in 0.001s\n\nOK\n"
FIND = "import os\n(name,) = [one for one in os.listdir() if one.startswith('READ')]\n"
SNEAKY = FIND + "open(name, 'a').write('x')\n"
UNDOING = FIND + "open(name, 'w').write('before\\n')\n"


def lay_out(project: Project) -> Project:
    """Add a package with tests to a fresh project, and commit it."""
    project.policy.write_text(POLICY)
    for name, text in {
        "src/calc.py": CALC,
        "src/test_calc.py": TEST,
        ".gitignore": "*.pyc\n",
    }.items():
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    project.commit_all()
    return project


def break_it(label: str) -> Sequence[Call]:
    return [
        read(f"{label}_read", "src/calc.py"),
        edit(f"{label}_break", "src/calc.py", "a + b", "a - b"),
    ]


def told(requests: list[Json], route: str, words: str) -> list[str]:
    """The messages of a route's requests that hold some words, once each."""
    found: dict[str, None] = {}
    for request in requests:
        texts = [content_text(message["content"]) for message in request["messages"]]
        if any(f"[[{route}]]" in text for text in texts[:1]) or route == MAIN:
            texts += [content_text(request.get("system", ""))]
            found |= dict.fromkeys(text for text in texts if words in text)
    return list(found)


def feedback(session: Session, route: str) -> list[str]:
    """What an agent was sent back with; the client shows it once more in a message of its own."""
    found = told(session.requests, route, "this does not hold yet")
    return [text for text in found if text.startswith("Stop hook feedback")]


def audit(project: Project) -> list[Json]:
    path = project.home / ".local/state/kei-gates/audit.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def returns(project: Project) -> list[Json]:
    return [record for record in audit(project) if record["event"] == "return"]


ROUTES: Script = {
    MAIN: [
        start("liar"),
        start("sneak"),
        start("good", background=True),
        start("tree", isolation="worktree"),
        wait("good"),
    ],
    # claims green with a failing test, is sent back, mends it
    "liar": [
        *break_it("liar"),
        Text(CLAIM),
        edit("liar_mend", "src/calc.py", "a - b", "a + b"),
        Text(CLAIM),
    ],
    # reaches outside its scope through a script that no gate can see through
    "sneak": [
        write("sneak_script", "src/tool.py", SNEAKY),
        bash("sneak_run", "python3 src/tool.py"),
        Text(CLAIM),
        write(
            "sneak_undo",
            "src/tool.py",
            SNEAKY.replace("'a').write('x')", "'w').write('before\\n')"),
        ),
        bash("sneak_run_again", "python3 src/tool.py"),
        Text(CLAIM),
    ],
    "good": [write("good_more", "src/more.py", "MORE = 1\n"), Text(CLAIM)],
    "tree": [*break_it("tree"), Text("I could not do it.")],
}


@pytest.fixture(scope="module")
def project(installation: Installation, new_project: NewProject) -> Project:
    return installation.gate(lay_out(new_project()))


@pytest.fixture(scope="module")
def session(client: Client, project: Project) -> Session:
    return client.run(project, ROUTES, "bypassPermissions")


def test_who_claims_green_with_a_failing_test_is_sent_back_and_mends_it(
    session: Session, project: Project
) -> None:
    (said,) = feedback(session, "liar")
    assert "- quality::tests-green: src/test_calc.py:8: " in said
    assert "FAILED (failures=1)" in said
    assert (project.folder / "src/calc.py").read_text() == CALC


def test_who_writes_outside_its_scope_by_a_script_is_caught(
    session: Session, project: Project
) -> None:
    assert not session.answers["sneak_run"].is_error
    (said,) = feedback(session, "sneak")
    assert "scope::files-whitelist: README.md: `README.md` was changed" in said
    assert (project.folder / "README.md").read_text() == "before\n"


def test_who_has_done_nothing_wrong_is_let_go_at_once(session: Session, project: Project) -> None:
    assert feedback(session, "good") == []
    assert (project.folder / "src/more.py").exists()


def test_who_never_mends_it_is_let_go_and_its_starter_told(session: Session) -> None:
    assert len(feedback(session, "tree")) >= 1
    (word,) = told(session.requests, MAIN, "NOT VERIFIED")
    assert "quality::tests-green" in word


def test_the_audit_tells_what_ran_and_how_it_ended(session: Session, project: Project) -> None:
    assert session.result["subtype"] == "success"
    found = [(one["agent_type"], one["holds"], one["sent_back"]) for one in returns(project)]
    assert found.count(("builder", False, True)) >= 1 + 1 + 8
    assert found.count(("builder", True, False)) == 3
    assert found.count(("builder", False, False)) == 1
    runs = [one for one in audit(project) if one["event"] == "run" and one["state"] == "ended"]
    assert {run["pass"] for run in runs} == {"worktree", "merge"}
    assert all(run["seconds"] >= 0 and run["ended"] == "exit" for run in runs)
