"""A project whose policy nobody has accepted, until its user does; and one that moves the home."""

import json

import pytest

from .calls import bash, monitor, read, start, then, wait, write
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .probes import assert_stopped
from .project import Project
from .scripted_api import MAIN, Call

NEVER = r"nobody has accepted the policy `.*/kei-gates\.toml` yet; .*`kei-gates trust`"


def looks(who: str) -> list[Call]:
    return [read(f"{who}_read", "src/code.txt")]


def changes(who: str) -> list[Call]:
    """Calls that could change something, whatever they do."""
    return [
        bash(f"{who}_ls", "ls"),
        bash(f"{who}_touch", f"touch src/{who}-touched"),
        write(f"{who}_write", f"src/{who}-saved", "hi"),
        monitor(f"{who}_watch", f"touch src/{who}-watched"),
    ]


@pytest.fixture(scope="module")
def project(new_project: NewProject, installation: Installation) -> Project:
    """A project that brought its policy along, and whose user has installed the gate."""
    found = new_project()
    installation.command(found, "install", found.folder)
    return found


@pytest.fixture(scope="module")
def session(client: Client, project: Project, installation: Installation) -> Session:
    """A session in the middle of which the user accepts the policy."""

    def accept() -> None:
        installation.command(project, "trust", "--yes", project.folder)

    script = {
        MAIN: [
            *looks("before"),
            *changes("before"),
            start("early"),
            then(accept, read("accepting", "README.md")),
            *changes("after"),
            start("late", background=True),
            wait("late"),
            bash("push", "git push origin HEAD:by-main"),
        ],
        "early": [],
        "late": [*looks("late"), *changes("late"), bash("by_late", "git push origin HEAD:late")],
    }
    return client.run(project, script, "bypassPermissions")


BEFORE = [call.label for call in changes("before")]
AFTER = [call.label for who in ("after", "late") for call in changes(who)]


@pytest.mark.parametrize("label", [*BEFORE, "start_early"])
def test_what_could_change_something_waits_for_the_user(label: str, session: Session) -> None:
    assert_stopped(session.answers[label], NEVER)


@pytest.mark.parametrize("label", ["before_read", "accepting", *AFTER, "late_read", "push"])
def test_looking_needs_nobody_and_the_session_goes_on_once_accepted(
    label: str, session: Session
) -> None:
    assert not session.answers[label].is_error, session.answers[label]


def test_what_was_accepted_is_what_holds(session: Session, project: Project) -> None:
    assert_stopped(session.answers["by_late"], r"policy::no-git-ops")
    assert project.branches() == {"main", "by-main"}
    left = {path.name for path in (project.folder / "src").glob("*-*ed")}
    assert left == {f"{who}-{what}" for who in ("after", "late")
                    for what in ("touched", "saved", "watched")}  # fmt: skip


WIDE = """\
version = 1

[agents]
main = "orchestrator"
"*" = "orchestrator"
"""
AGENT = "---\nname: builder\nsubstrate_role: orchestrator\ndescription: d\n---\nx\n"


def forge(project: Project, *, policy: bool) -> dict[str, str]:
    """Put a home into the project, with an acceptance in it; give what moves the home there."""
    forged = project.folder / "home"
    texts = {
        forged / f".local/state/kei-gates/trusted{project.folder}/policy": WIDE,
        forged / ".claude/agents/builder.md": AGENT,
    }
    if policy:
        texts[forged / ".config/kei-gates/policy.toml"] = WIDE
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {"HOME": str(forged)}


@pytest.mark.parametrize(
    ("policy", "says"), [(False, NEVER), (True, r"the user's policy `.*` lies in the project")]
)
def test_a_home_in_the_project_is_nobodys(
    client: Client, new_project: NewProject, installation: Installation, *, policy: bool, says: str
) -> None:
    """Client 2.1.330 takes such variables only from other settings than the project's."""
    project = new_project()
    project.policy.write_text(WIDE)
    moved = forge(project, policy=policy)
    installation.command(project, "install", project.folder)
    calls = [*changes("main"), start("builder"), bash("push", "git push origin HEAD:x")]
    script = {MAIN: [*looks("main"), *calls], "builder": []}
    options = ("--settings", json.dumps({"env": moved}))
    answers = dict(client.run(project, script, "bypassPermissions", *options).answers)
    assert "before" in answers.pop("main_read").text
    assert len(answers) == len(calls)
    for answer in answers.values():
        assert_stopped(answer, says)
    assert project.branches() == {"main"}
    assert not list((project.folder / "src").glob("*-*ed"))


def test_the_settings_of_a_project_move_no_home(client: Client, gated_project: NewProject) -> None:
    project = gated_project()
    moved = {name: str(project.folder) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")}
    settings = project.read_settings()
    project.write_settings({**settings, "env": {**moved, "OTHER": "reaches it"}})
    script = {MAIN: [bash("say", "echo $HOME:$XDG_STATE_HOME:$XDG_CONFIG_HOME:$OTHER")]}
    answer = client.run(project, script, "bypassPermissions").answers["say"]
    assert answer.text == f"{project.home}:::reaches it"
