"""A project whose policy nobody has accepted, until its user does; and one that moves the home."""

import pytest

from .calls import bash, monitor, read, start, then, wait, write
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .probes import assert_says_why_and_what_else, assert_stopped
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


def test_a_home_in_the_project_is_nobodys(
    client: Client, new_project: NewProject, installation: Installation
) -> None:
    """The project's settings move the home; there lie an acceptance, a policy and an agent."""
    project = new_project()
    project.policy.write_text(WIDE)
    forged = project.folder / "home"
    kept = forged / f".local/state/kei-gates/trusted{project.folder}"
    texts = {
        kept / "policy": WIDE,
        kept / "agents": "orchestrator\tbuilder",
        forged / ".config/kei-gates/policy.toml": WIDE,
        forged / ".claude/agents/builder.md": "---\nname: builder\n"
        "substrate_role: orchestrator\ndescription: d\n---\nx\n",
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    installation.command(project, "install", project.folder)
    settings = project.read_settings()
    project.write_settings({**settings, "env": {"HOME": str(forged)}})
    calls = [*changes("main"), start("builder"), bash("push", "git push origin HEAD:x")]
    answers = dict(
        client.run(
            project,
            {MAIN: [*looks("main"), *calls], "builder": []},
            "bypassPermissions",
        ).answers
    )
    assert "before" in answers.pop("main_read").text
    assert len(answers) == len(calls)
    for answer in answers.values():
        assert answer.is_error
        assert "kei-gates: " in answer.text
        assert_says_why_and_what_else(answer.text)
    assert project.branches() == {"main"}
    assert not list((project.folder / "src").glob("*-*ed"))
