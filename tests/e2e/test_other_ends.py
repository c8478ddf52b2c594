"""Agents that end, or are started, in other ways are held to the same in the real client."""

import time
from collections.abc import Callable

import pytest

from .calls import bash, edit, read, start, tell, then, wait, workflow, write
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .project import Project
from .returning import CALC, POLICY, TEST, break_it, feedback, lay_out, returns, told
from .scripted_api import MAIN, Call, Script, Text

MORE_POLICY = (
    POLICY.replace("[agents]\n", '[agents]\nchecker = "checker"\n')
    + """
[roles.checker.scope.read-only]
unknown-writes = "check"
[roles.checker.tools]
allowed = ["Bash", "Read"]
"""
)
CHECKER = "---\nname: checker\ndescription: Looks\n---\nYou look.\n"
RUN_TESTS = "python3 -m unittest discover -s src"
LEAVING = "import os, unittest\nopen(os.path.join('src', 'left' + '.txt'), 'w').close()\n"
WRONG_TEST = TEST.replace("add(1, 2), 3", "add(1, 2), 4")


def breaking(route: str) -> list[Call | Text]:
    """Break a test, and never mend it."""
    path = "src/test_calc.py"
    stubborn = [Text(f"It is right, {turn}.") for turn in range(9)]
    return [read(f"{route}_read", path), write(f"{route}_break", path, WRONG_TEST), *stubborn]


class World:
    """What happens outside of the agents' calls."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def put(self, name: str, text: str) -> Callable[[], object]:
        return lambda: (self.project.folder / name).write_text(text)

    def commit_other(self) -> None:
        self.put("src/calc.py", CALC.replace("a + b", "(a + b)"))()
        self.project.commit_all()

    def move_tree(self) -> None:
        (tree,) = (self.project.folder / ".claude/worktrees").glob("agent-*")
        tree.rename(self.project.root / "moved")

    def await_return(self) -> None:
        """Wait until the last agent was let go, and the client may have told of it."""
        until = time.monotonic() + 30
        while returns(self.project)[-1]["sent_back"] and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1)


def script(project: Project) -> Script:
    world = World(project)
    put = world.put
    readme = read("lost_last", str(project.folder / "README.md"))
    return {
        MAIN: [
            then(put("src/calc.py", CALC.replace("+", "-")), start("asks")),
            then(put("src/calc.py", CALC), start("checks", "checker")),
            then(put("src/test_left.py", LEAVING), start("leaves", "checker")),
            then((project.folder / "src/test_left.py").unlink, start("lost", isolation="worktree")),
            start("named", name="bob"),
            tell("wake", "bob", "[[woken]]"),
            wait("woken"),
            start("parent"),
            then(put("src/test_calc.py", TEST), workflow("flow")),
            wait("flow"),
            then(world.await_return, bash("after_flow", "true")),
            then(put("src/test_calc.py", TEST), start("crossed", isolation="worktree")),
        ],
        # the project is red, and it has nothing to do with that
        "asks": [bash("asks_look", "cat src/calc.py"), Text("It is `add` in `src/calc.py`.")],
        "checks": [bash("checks_run", RUN_TESTS), Text("I have looked at it.")],
        "leaves": [
            bash("leaves_run", RUN_TESTS),
            Text("I have looked at it."),
            then((project.folder / "src/left.txt").unlink, bash("leaves_look", "ls src")),
            Text("The tests write `src/left.txt`."),
        ],
        "lost": [
            write("lost_file", "src/lost.py", "LOST = 1\n"),
            then(world.move_tree, readme),
            Text("Done."),
            Text("I cannot find it."),
        ],
        "named": [write("named_file", "src/named.py", "NAMED = 1\n"), Text("Wrote it.")],
        "woken": [
            *break_it("woken"),
            Text("Done."),
            edit("woken_mend", "src/calc.py", "a - b", "a + b"),
            Text("Done."),
        ],
        "parent": [start("child"), Text("My child has done it.")],
        "child": breaking("child"),
        "flow": breaking("flow"),
        "crossed": [
            read("crossed_read", "src/calc.py"),
            edit("crossed_edit", "src/calc.py", "a + b", "b + a"),
            then(world.commit_other, bash("crossed_wait", "true")),
            Text("Done."),
            edit("crossed_mend", "src/calc.py", "b + a", "(a + b)"),
            Text("Done."),
        ],
    }


@pytest.fixture(scope="module")
def project(installation: Installation, new_project: NewProject) -> Project:
    project = lay_out(new_project())
    project.policy.write_text(MORE_POLICY)
    (project.folder / ".gitignore").unlink()
    (project.folder / ".claude/agents/checker.md").write_text(CHECKER)
    project.commit_all()
    return installation.gate(project)


@pytest.fixture(scope="module")
def session(client: Client, project: Project) -> Session:
    return client.run(project, script(project), "bypassPermissions")


def let_go(session: Session, route: str) -> bool:
    return feedback(session, route) == []


def test_who_only_answers_in_a_red_project_is_let_go(session: Session) -> None:
    assert "a - b" in session.answers["asks_look"].text
    assert let_go(session, "asks")


def test_what_a_test_run_leaves_in_its_caches_is_no_change(
    session: Session, project: Project
) -> None:
    assert "OK" in session.answers["checks_run"].text
    assert list((project.folder / "src/__pycache__").iterdir())
    assert let_go(session, "checks")


def test_what_a_test_run_leaves_elsewhere_is_a_change(session: Session) -> None:
    assert not session.answers["leaves_run"].is_error
    (said,) = feedback(session, "leaves")
    assert "- scope::read-only: `src/left.txt` was added" in said


def test_one_whose_worktree_is_gone_is_no_pass(session: Session) -> None:
    (said,) = feedback(session, "lost")
    assert "is gone (only a person can mend this; say so in your report)" in said
    assert any("is gone" in word for word in told(session.requests, MAIN, "NOT VERIFIED"))


def test_one_that_is_woken_is_looked_at_again(session: Session) -> None:
    (said,) = feedback(session, "named")  # it goes on with the conversation that it had
    assert "quality::tests-green" in said
    assert not session.answers["woken_mend"].is_error


def test_an_agent_that_started_one_is_told(session: Session) -> None:
    (word,) = told(session.requests, "parent", "NOT VERIFIED")
    assert "PostToolUse:Agent" in word
    assert "add(1, 2), 4" in word
    assert let_go(session, "parent")


def test_the_main_thread_is_told_of_one_that_a_workflow_started(session: Session) -> None:
    assert feedback(session, "flow")
    words = told(session.requests, MAIN, "NOT VERIFIED")
    assert any("UserPromptSubmit" in word and "add(1, 2), 4" in word for word in words)


def test_a_conflict_goes_back_until_both_fit(session: Session, project: Project) -> None:
    (said,) = feedback(session, "crossed")
    assert "src/calc.py:2: `src/calc.py` conflicts with `main`" in said
    assert returns(project)[-1]["holds"]
