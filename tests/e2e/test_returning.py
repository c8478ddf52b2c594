"""What agents return is looked at in the real client, and goes back to them until it holds."""

from __future__ import annotations

import pytest

from .calls import bash, edit, start, wait, write
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .project import Project
from .returning import CALC, CLAIM, POLICY, TEST, audit, break_it, feedback, lay_out, returns, told
from .scripted_api import MAIN, Script, Text

FIND = "import os\n(name,) = [one for one in os.listdir() if one.startswith('READ')]\n"
SNEAKY = FIND + "open(name, 'a').write('x')\n"
UNDOING = FIND + "open(name, 'w').write('before\\n')\n"

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
    assert "- scope::files-whitelist: `README.md` was changed" in said
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
    assert found.count(("builder", False, True)) >= 1 + 1 + 3
    assert found.count(("builder", True, False)) == 3
    assert found.count(("builder", False, False)) == 1
    runs = [one for one in audit(project) if one["event"] == "run" and one["state"] == "ended"]
    assert {run["pass"] for run in runs} == {"worktree", "merge"}
    assert all(run["seconds"] >= 0 and run["ended"] == "exit" for run in runs)


# --- several at once, and other ends --------------------------------------------------------------

MORE_POLICY = (
    POLICY
    + """
[roles.orchestrator]
extends = "builtin:orchestrator"
[roles.orchestrator.verification]
on-stop = true
commands = ["test ! -e src/left-over"]
"""
)
SHORT = "---\nname: hasty\ndescription: Ends early\nmaxTurns: 1\n---\nYou are in a hurry.\n"
REPORT_TASK = '[output]\nreport-fields-required = ["Files written:", "blockers:"]\n'
REACHING = "import os\nopen(sorted(os.listdir())[-1] + '.out', 'w')\n"
WRONG_TEST = TEST.replace("add(1, 2), 3", "add(1, 2), 4")

CREW: Script = {
    MAIN: [
        start("reacher", background=True),
        start("quiet", background=True),
        start("stubborn", background=True, isolation="worktree"),
        wait("reacher", "quiet", "stubborn"),
        start("hasty", "hasty"),
        start("reporter", task="report"),
        bash("leave", "touch src/left-over"),
        Text("All is done."),
        bash("tidy", "rm src/left-over"),
        Text("Now it is."),
    ],
    "reacher": [
        write("reacher_script", "src/reach.py", REACHING),
        bash("reacher_run", "python3 src/reach.py"),
        Text("Done."),
        bash("reacher_undo", "rm src.out || true"),
        Text("I cannot take it back."),
    ],
    "quiet": [
        write("quiet_file", "src/quiet.py", "QUIET = 1\n"),
        bash("quiet_test", "python3 -m unittest discover -s src"),
        Text("Wrote `src/quiet.py`."),
    ],
    "stubborn": [
        write("stubborn_break", "src/test_calc.py", WRONG_TEST),
        *[Text(f"It is right, {turn}.") for turn in range(9)],
    ],
    "hasty": [write("hasty_file", "src/hasty.py", "HASTY = 1\n")],
    "reporter": [
        write("reporter_file", "src/reporter.py", "REPORTER = 1\n"),
        Text("Files written:\n- src/reporter.py (new, 1 LOC)"),
        Text("Files written:\n- src/reporter.py (new, 1 LOC)\n\nblockers: none"),
    ],
}


@pytest.fixture(scope="module")
def crew_project(installation: Installation, new_project: NewProject) -> Project:
    project = lay_out(new_project())
    project.policy.write_text(MORE_POLICY.replace("[agents]\n", '[agents]\nhasty = "edit-local"\n'))
    (project.folder / ".claude/agents/hasty.md").write_text(SHORT)
    tasks = project.folder / ".claude/kei-gates/tasks"
    tasks.mkdir(parents=True)
    (tasks / "report.toml").write_text(REPORT_TASK)
    project.commit_all()
    return installation.gate(project)


@pytest.fixture(scope="module")
def crew(client: Client, crew_project: Project) -> Session:
    return client.run(crew_project, CREW, "bypassPermissions")


def test_of_two_at_work_in_one_tree_only_who_left_its_scope_is_sent_back(crew: Session) -> None:
    assert not crew.answers["reacher_run"].is_error
    (said,) = feedback(crew, "reacher")[:1]
    assert "`src.out` was added, outside the files this role may change" in said
    # its own code may have run in that very moment, and then doubt is said, once
    doubted = feedback(crew, "quiet")
    assert len(doubted) <= 1
    assert all("undo it if it is your work, else leave it" in text for text in doubted)


def test_who_started_one_in_the_background_is_told(crew: Session) -> None:
    assert "quality::tests-green" in feedback(crew, "stubborn")[0]
    words = told(crew.requests, MAIN, "NOT VERIFIED")
    assert any("quality::tests-green" in word for word in words)


def test_who_started_one_that_ran_out_of_turns_is_told(crew: Session) -> None:
    words = told(crew.requests, MAIN, "ended before anybody could look")
    assert len(words) == 1


def test_a_report_that_lacks_a_field_goes_back(crew: Session) -> None:
    (said,) = feedback(crew, "reporter")
    assert "output::report-format" in said
    assert "blockers" in said


def test_the_main_thread_is_looked_at_where_its_role_asks(
    crew: Session, crew_project: Project
) -> None:
    (said,) = [text for text in feedback(crew, MAIN) if "left-over" in text]
    assert "quality::command-green" in said
    assert not (crew_project.folder / "src/left-over").exists()
    assert (
        crew.result["result"] == "Now it is."
    )  # the settings that a person has changed are not its
