"""Which role an agent has, by the name that the real client knows it by."""

from collections.abc import Sequence

import pytest

from .calls import bash, read, start, then, write
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .probes import assert_stopped
from .project import Project
from .scripted_api import MAIN, Call

POLICY = """\
version = 1

[agents]
main = "orchestrator"
default = "edit-local"
"kei-*-runner" = "read-only"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["src/**"]
"""
AGENT = "---\nname: {name}\ndescription: An agent\n{more}---\nYou are an agent.\n"


def declare(role: str, name: str) -> str:
    """Write an agent file that declares a role."""
    return AGENT.format(name=name, more=f"substrate_role: {role}\n" if role else "")


ACCEPTED = {
    "scout": declare("explorer", "scout"),
    "grown": declare("explorer", "grown"),
    "typo": declare("explorr", "typo"),
    "big-owner": declare("git-ops", "big-owner"),
    "kei-job-runner": declare("orchestrator", "kei-job-runner"),
    "both": declare("", "both"),
}
"""Files of the project, there when its policy was accepted."""
LATER = {
    "grown": declare("orchestrator", "grown"),
    "late": declare("orchestrator", "late"),
}
"""What came afterwards."""
AT_HOME = {
    "mine": declare("explorer", "mine"),
    "both": declare("explorer", "both"),
}


def acts(route: str) -> list[Call]:
    """Look by a tool and by a shell, then write where the default role may, and where not."""
    return [
        read(f"{route}_read", "README.md"),
        bash(f"{route}_ls", "ls"),
        write(f"{route}_in", f"src/{route}", "hi"),
        write(f"{route}_out", f"top-{route}", "hi"),
    ]


TYPES = {
    "scout": "scout",
    "spelled": "Scout",
    "runner": "kei-job-runner",
    "mine": "mine",
    "both": "both",
    "general": "general-purpose",
    "none": None,
    "fork": "fork",
}
REFUSED = {
    "owner": "big-owner",
    "respelled": "Big_Owner",
    "grown": "grown",
    "late": "late",
    "typo": "typo",
}
NOT_ACCEPTED = r"nobody has accepted that `.*\.md` declares the role `orchestrator`"
NOT_SPAWNABLE = r"the role of agent `.*` is not for subagents"
NO_ROLE = r"declares `substrate_role: explorr`.*did you mean `explorer`"
LIST = r"scope::files-whitelist"
EXPLORER = {"in": "scope::read-only|tools::allowed", "out": "scope::read-only|tools::allowed"}
READ_ONLY = {**EXPLORER, "ls": "tools::allowed"}
DEFAULT = {"out": LIST}
STOPPED = {
    "scout": EXPLORER,
    "spelled": EXPLORER,
    "runner": READ_ONLY,  # the policy names it, so its file does not count
    "mine": EXPLORER,  # the user's own files need no acceptance
    "both": DEFAULT,  # the project's file is before the user's
    "general": DEFAULT,
    "none": DEFAULT,
    "fork": DEFAULT,
}
ROUTES: dict[str, Sequence[Call]] = {
    MAIN: [
        *(start(route, agent_type) for route, agent_type in TYPES.items()),
        *(start(route, agent_type) for route, agent_type in REFUSED.items()),
        start("nobody", "nonesuch"),
    ],
    **{route: acts(route) for route in TYPES},
    **dict.fromkeys((*REFUSED, "nobody"), ()),
}


def lay_out(project: Project, installation: Installation) -> None:
    project.policy.write_text(POLICY)
    agents = project.folder / ".claude/agents"
    at_home = project.home / ".claude/agents"
    at_home.mkdir(parents=True)
    for folder, files in ((agents, ACCEPTED), (at_home, AT_HOME)):
        for name, text in files.items():
            (folder / f"{name}.md").write_text(text)
    installation.gate(project)
    for name, text in LATER.items():
        (agents / f"{name}.md").write_text(text)


@pytest.fixture(scope="module")
def project(new_project: NewProject, installation: Installation) -> Project:
    found = new_project()
    lay_out(found, installation)
    return found


@pytest.fixture(scope="module")
def session(client: Client, project: Project) -> Session:
    return client.run(project, ROUTES, "bypassPermissions")


@pytest.mark.parametrize("what", ["read", "ls", "in", "out"])
@pytest.mark.parametrize("route", STOPPED)
def test_an_agent_has_the_role_of_its_name(
    route: str, what: str, session: Session, project: Project
) -> None:
    answer = session.answers[f"{route}_{what}"]
    by = STOPPED[route].get(what, "")
    if by:
        assert_stopped(answer, by)
    else:
        assert not answer.is_error, answer
    if what in ("in", "out"):
        path = f"src/{route}" if what == "in" else f"top-{route}"
        assert (project.folder / path).exists() == (by == "")


@pytest.mark.parametrize(
    ("route", "says"),
    [
        ("owner", NOT_SPAWNABLE),
        ("respelled", NOT_SPAWNABLE),
        ("grown", NOT_ACCEPTED),
        ("late", NOT_ACCEPTED),
        ("typo", NO_ROLE),
    ],
)
def test_an_agent_whose_role_does_not_count_is_not_started(
    route: str, says: str, session: Session
) -> None:
    assert_stopped(session.answers[f"start_{route}"], says)


def test_an_agent_that_there_is_not_is_left_to_the_client(session: Session) -> None:
    answer = session.answers["start_nobody"].text
    assert "'nonesuch' not found" in answer
    assert "kei-gates" not in answer


def test_a_main_thread_may_have_a_role_that_no_subagent_may_have(
    client: Client, project: Project
) -> None:
    script = {MAIN: [bash("push", "git push origin HEAD:x"), write("write", "new.txt", "hi")]}
    answers = client.run(project, script, "bypassPermissions", "--agent", "big-owner").answers
    assert not answers["push"].is_error, answers["push"]
    assert not answers["write"].is_error, answers["write"]


def test_one_file_that_cannot_be_read_for_certain_stops_whom_nobody_names(
    client: Client, gated_project: NewProject
) -> None:
    project = gated_project()
    file = project.folder / ".claude/agents/odd.md"
    hidden = "---\nname: >-\n  general-purpose\ndescription: d\n---\nx\n"
    key = AGENT.format(name="odd", more="substrate-role: explorer\n")
    one = [read("one_read", "README.md"), write("one_write", "src/x", "hi")]
    script = {
        MAIN: [
            start("one", "general-purpose"),
            then(lambda: file.write_text(hidden), start("two", "general-purpose")),
            start("three", "builder"),
        ],
        "one": [then(lambda: file.write_text(key), one[0]), one[1]],
        "two": [],
        "three": [write("three_write", "src/y", "hi")],
    }
    answers = client.run(project, script, "bypassPermissions").answers
    assert_stopped(answers["one_write"], "has a key `substrate-role`")
    assert_stopped(answers["start_two"], "is not plain at")
    for label in ("one_read", "three_write"):
        assert not answers[label].is_error, answers[label]
