"""What becomes of an agent that returns: the hook of each event, over a real repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kei_gates.checks.work import Finding
from kei_gates.hook.return_notes import Note
from kei_gates.hook.returns import CAP, SAME, judged
from kei_gates.verify import summary
from kei_gates.verify.outcome import Outcome
from tests.environment import Environment, make_project
from tests.hook.returning import POLICY, Agent, commit, lay_out, reason

# --- how often an agent is sent back ------------------------------------------------------------

SURE = Outcome([("scope::read-only", Finding("`a` was changed", "put it back", path="a"))])
DOUBT = Outcome([("scope::read-only", Finding("`a` was changed", "put it back", doubt="maybe"))])
SAID = summary.listed(SURE)
BOTH = Outcome([*DOUBT.findings, *SURE.findings])


@pytest.mark.parametrize(
    ("before", "outcome", "times", "holds", "is_sent_back"),
    [
        (None, Outcome(), 0, True, False),
        (None, SURE, 1, False, True),
        (Note(sent_back=1, holds=False), SURE, 2, False, True),
        (Note(sent_back=CAP - 1, holds=False), SURE, CAP, False, True),
        (Note(sent_back=CAP, holds=False), SURE, CAP, False, False),
        (Note(sent_back=3, holds=False), Outcome(), 3, True, False),
        (None, DOUBT, 1, False, True),
        (Note(sent_back=1, holds=False), DOUBT, 1, False, False),
        (Note(sent_back=1, holds=False), BOTH, 2, False, True),
        (Note(sent_back=SAME - 1, holds=False, said=SAID, same=SAME - 1), SURE, SAME, False, True),
        (Note(sent_back=SAME, holds=False, said=SAID, same=SAME), SURE, SAME, False, False),
        (Note(sent_back=SAME, holds=False, said="other", same=SAME), SURE, SAME + 1, False, True),
    ],
)
def test_how_often_an_agent_is_sent_back(
    before: Note | None, outcome: Outcome, times: int, holds: bool, is_sent_back: bool
) -> None:
    note, again = judged(before, outcome)
    assert (note.sent_back, note.holds, again) == (times, holds, is_sent_back)
    assert note.looked is not again
    assert ("`a` was changed" in note.said) is not holds


# --- the hooks ----------------------------------------------------------------------------------


@pytest.fixture(params=["git", "no git"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made = lay_out(tmp_path / "project")
    if request.param == "git":
        commit(made)
    return made


@pytest.fixture
def agent(environment: Environment, tmp_path: Path, project: Path) -> Agent:
    found = Agent(environment, tmp_path, project, "a1")
    found.begins()
    return found


def test_what_holds_is_let_go(agent: Agent) -> None:
    agent.runs("echo after > src/a.txt")
    assert reason(agent.returns()) == ""
    (last,) = [one for one in agent.records() if one["event"] == "return"]
    assert (last["holds"], last["sent_back"], last["agent"]) == (True, False, "a1")
    assert "quality::command-green" in last["passed"]


def test_what_does_not_hold_goes_back_until_it_does(agent: Agent) -> None:
    agent.runs("echo after > README.md; touch src/red")
    said = reason(agent.returns())
    assert "- scope::files-whitelist: `README.md` was changed" in said
    assert "- quality::command-green: " in said
    agent.runs("echo before > README.md")
    said = reason(agent.returns(again=True))
    assert "README.md" not in said
    agent.runs("rm src/red")
    assert reason(agent.returns(again=True)) == ""
    kinds = [
        (one["holds"], one["sent_back"]) for one in agent.records() if one["event"] == "return"
    ]
    assert kinds == [(False, True), (False, True), (True, False)]


def test_who_leaves_others_each_time_is_sent_back_as_often_as_the_client_would(
    agent: Agent,
) -> None:
    said = []
    for turn in range(CAP + 1):
        agent.runs(f"touch other-{turn}")
        said.append(reason(agent.returns(again=turn > 0)))
    assert [bool(one) for one in said] == [True] * CAP + [False]


def test_at_last_it_is_let_go_and_its_starter_told_once(agent: Agent) -> None:
    agent.runs("touch src/red")
    said = [reason(agent.returns(again=turn > 0)) for turn in range(SAME + 1)]
    assert [bool(one) for one in said] == [True] * SAME + [False]
    response = {"status": "completed", "agentId": "a1"}
    words = [
        agent.hook("PostToolUse", tool_name="Agent", tool_input={}, tool_response=response)
        for _ in range(2)
    ]
    told = json.loads(words[0].stdout)["hookSpecificOutput"]
    assert told["hookEventName"] == "PostToolUse"
    assert "NOT VERIFIED" in told["additionalContext"]
    assert "quality::command-green" in told["additionalContext"]
    assert (words[0].code, words[1].code, words[1].stdout) == (0, 0, b"")


def test_one_that_nobody_was_asked_about_is_told_of(agent: Agent) -> None:
    note = "<task-notification>\n<task-id>{}</task-id>\n<status>{}</status>\n</task-notification>"
    for prompt in (note.format("b7", "completed"), note.format("a1", "failed"), "a1 is done"):
        answered = agent.hook("UserPromptSubmit", prompt=prompt)
        assert (answered.code, answered.stdout) == (0, b"")
    answered = agent.hook("UserPromptSubmit", prompt=note.format("a1", "completed"))
    told = json.loads(answered.stdout)["hookSpecificOutput"]
    assert told["hookEventName"] == "UserPromptSubmit"
    assert "NOT VERIFIED: agent a1 ended before" in told["additionalContext"]


def test_who_is_woken_again_answers_for_what_did_not_hold(agent: Agent) -> None:
    agent.runs("echo after > README.md")
    for turn in range(SAME + 1):
        agent.returns(again=turn > 0)
    agent.begins()
    assert "README.md" in reason(agent.returns())
    agent.runs("echo before > README.md")
    assert reason(agent.returns(again=True)) == ""
    agent.begins()
    assert reason(agent.returns()) == ""


def test_another_start_before_the_return_hides_nothing(agent: Agent) -> None:
    agent.runs("echo after > README.md")
    agent.begins()
    assert "README.md" in reason(agent.returns())


def test_each_answers_for_what_it_has_touched(
    agent: Agent, environment: Environment, tmp_path: Path, project: Path
) -> None:
    other = Agent(environment, tmp_path, project, "b2")
    other.begins()
    agent.runs("echo after > src/a.txt")
    other.runs("python3 -c \"open('READ' + 'ME.md', 'w').write('x')\"")
    (project / "by a person.txt").write_text("x")
    assert reason(agent.returns()) == ""
    assert "README.md" in reason(other.returns())


def test_what_runs_beside_the_work_of_others_is_in_doubt(
    agent: Agent, environment: Environment, tmp_path: Path, project: Path
) -> None:
    other = Agent(environment, tmp_path, project, "b2")
    other.begins()
    agent.runs("echo after > src/a.txt")
    other.runs("touch src/red")
    said = reason(agent.returns())
    assert "others have changed `src/red` in the same tree meanwhile" in said
    assert reason(agent.returns(again=True)) == ""
    said = reason(other.returns())
    assert "quality::command-green" in said


def test_who_has_done_nothing_and_claims_nothing_is_let_go(
    environment: Environment, tmp_path: Path, project: Path
) -> None:
    (project / "src/red").touch()
    idle = Agent(environment, tmp_path, project, "i1")
    idle.begins()
    assert reason(idle.returns("The parser lies in `src/a.txt`.")) == ""
    assert "quality::command-green" in reason(idle.returns("All tests pass."))


def test_a_policy_that_is_broken_is_told_once(agent: Agent, project: Path) -> None:
    (project / ".claude/kei-gates.toml").write_text("version = 2\n")
    said = reason(agent.returns())
    assert ".claude/kei-gates.toml" in said
    assert "only a person can mend this" in said
    assert reason(agent.returns(again=True)) == ""
    response = {"status": "completed", "agentId": "a1"}
    answered = agent.hook("PostToolUse", tool_name="Agent", tool_input={}, tool_response=response)
    assert b"NOT VERIFIED" in answered.stdout


@pytest.mark.parametrize("damage", ["missing", "garbled", "folder"])
def test_a_start_that_nobody_noted_is_never_a_pass(agent: Agent, damage: str) -> None:
    start = agent.home / ".local/state/kei-gates/sessions/s1/start-a1"
    start.unlink()
    if damage == "garbled":
        start.write_bytes(b"\0\1\2")
    elif damage == "folder":
        start.mkdir()
    assert "start-a1" in reason(agent.returns())


@pytest.mark.parametrize(
    "fields",
    [{"agent_id": "../a1"}, {"agent_id": ""}, {"cwd": "p"}, {"session_id": None}, {"agent_id": 7}],
)
def test_a_payload_that_makes_no_sense_is_sent_back(agent: Agent, fields: dict[str, Any]) -> None:
    payload = {"agent_id": "a1", "agent_type": "builder", "last_assistant_message": "x"} | fields
    answered = agent.hook("SubagentStop", **payload)
    assert answered.code == 2
    assert json.loads(answered.stdout)["decision"] == "block"


def test_a_prompt_is_never_held_up(agent: Agent) -> None:
    note = "<task-notification><task-id>a1</task-id><status>completed</status>"
    (agent.home / ".local/state/kei-gates/sessions/s1/return-a1").write_text("{")
    answered = agent.hook("UserPromptSubmit", prompt=note)
    assert answered.code == 0
    assert (
        "cannot be read" in json.loads(answered.stdout)["hookSpecificOutput"]["additionalContext"]
    )


# --- the main thread ----------------------------------------------------------------------------

ON_STOP = """
[roles.orchestrator]
extends = "builtin:orchestrator"
[roles.orchestrator.verification]
on-stop = true
commands = ["test ! -e src/red"]
"""


@pytest.fixture
def main(environment: Environment, tmp_path: Path) -> Agent:
    project = make_project(tmp_path / "project", POLICY + ON_STOP)
    (project / "src").mkdir(exist_ok=True)
    commit(project)
    return Agent(environment, tmp_path, project, "main").as_main()


def test_the_main_thread_is_looked_at_where_its_role_asks_for_it(main: Agent) -> None:
    main.runs("touch src/red")
    said = reason(main.ends_turn())
    assert "quality::command-green" in said
    main.runs("rm src/red")
    assert reason(main.ends_turn(again=True)) == ""


def test_the_main_thread_is_not_looked_at_where_its_role_does_not_ask(main: Agent) -> None:
    (main.project / ".claude/kei-gates.toml").write_text(POLICY)
    main.runs("touch src/red")
    assert reason(main.ends_turn()) == ""
    assert not (main.state / "audit.jsonl").exists()


def test_the_main_thread_does_not_answer_for_what_it_has_not_done(main: Agent) -> None:
    (main.project / "src/red").touch()
    (main.project / ".claude/settings.json").write_text("{}")  # the person has installed the gate
    assert reason(main.ends_turn("Hello.")) == ""
    main.runs("touch src/one")
    said = reason(main.ends_turn("I wrote `src/one`."))
    assert "settings.json" not in said
    assert "quality::command-green" in said
    (main.project / "src/red").unlink()
    assert reason(main.ends_turn("I wrote `src/one`.", again=True)) == ""


def test_the_main_thread_answers_for_what_its_code_has_written(main: Agent) -> None:
    (main.project / ".claude/settings.json").write_text("{}")
    main.runs("python3 -c \"open('.claude/' + 'settings.json', 'w').write('x')\"")
    said = reason(main.ends_turn())
    assert "- safety::self-protect: `.claude/settings.json` was added" in said


def test_the_person_is_told_where_the_main_thread_ends_and_it_does_not_hold(main: Agent) -> None:
    main.runs("touch src/red")
    for turn in range(SAME):
        assert reason(main.ends_turn(again=turn > 0))
    answered = main.ends_turn(again=True)
    assert answered.code == 0
    said = json.loads(answered.stdout)["systemMessage"]
    assert "NOT VERIFIED" in said
    assert "quality::command-green" in said
