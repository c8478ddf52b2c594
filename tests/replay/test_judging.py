"""How recorded calls are judged: as the hook has judged them, where nothing has changed since."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from kei_gates.hook import places, store
from kei_gates.replay import judging
from kei_gates.replay.judging import Judge, Judged, judge_batch
from kei_gates.replay.past import Pasts
from kei_gates.replay.plan import OtherVersionError, Packed, plan, unpack
from kei_gates.replay.reading import Recorded
from tests.environment import make_project
from tests.hook.written_sessions import START, Session
from tests.replay.sessions import POLICY, RECORDED, call, copy, read


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project", POLICY)


def decided(calls: list[Recorded]) -> dict[str, Judged]:
    judge = Judge()
    return {one.use: judge.judge(one) for one in calls}


def test_what_the_gate_has_blocked_is_denied_again_and_nothing_else(
    project: Path, tmp_path: Path
) -> None:
    calls = read(copy("gated", tmp_path / "gated", project))
    (project / ".claude/worktrees/agent-a8e90fa2b945daebe").mkdir(parents=True)
    found = decided(calls)
    blocked = {one.use for one in calls if one.fate == "blocked"}
    assert len(blocked) == 7
    assert {use for use, judged in found.items() if judged.outcome == "deny"} == blocked
    assert {judged.role for judged in found.values()} == {
        "orchestrator", "edit-local", "read-only",
    }  # fmt: skip
    assert found["toolu_sub_cargo"].objections[0].gate == "safety::no-dep-bump"


def test_a_project_that_is_gone_is_judged_as_well_as_possible() -> None:
    found = decided(read(RECORDED / "gated"))
    assert len(found) == 26
    assert found["toolu_push"].outcome == "abstain"  # the main thread's, by the built-in role
    assert found["toolu_sub_push"].role == "read-only"
    assert not [one for one in found.values() for why in one.objections if why.gate == "kei-gates"]


def test_a_policy_that_is_given_holds_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "given.toml"
    path.write_text(POLICY)
    given = plan(str(path), None, str(tmp_path))
    calls = read(RECORDED / "gated")
    pairs = zip(calls, judge_batch(given, calls), strict=True)
    denied = {one.use for one, (judged, _) in pairs if judged.outcome == "deny"}
    assert denied == {one.use for one in calls if one.fate == "blocked"}


@pytest.mark.parametrize(
    ("tool", "given", "outcome"),
    [
        ("Write", {"file_path": "src/x", "content": ""}, "abstain"),
        ("Write", {"file_path": "./src/../src/x", "content": ""}, "abstain"),
        ("Write", {"file_path": "src/../x", "content": ""}, "deny"),
        ("Write", {"file_path": "~/x", "content": ""}, "deny"),
        ("Write", {"file_path": "~", "content": ""}, "deny"),
        ("Write", {"file_path": "src/~/x", "content": ""}, "abstain"),
        ("Write", {"file_path": "", "content": ""}, "deny"),
        ("Write", {"file_path": "src/link/\0", "content": ""}, "deny"),
        ("Write", {"file_path": "src/\ud800", "content": ""}, "deny"),
        ("Write", {"file_path": 7}, "deny"),
        ("Write", {}, "deny"),
        ("Bash", {"command": "git push"}, "deny"),
        ("Bash", {"command": "ls"}, "abstain"),
        ("Bash", {"command": "((" * 5000}, "deny"),
        ("Bash", {"command": "kill 4242"}, "deny"),
        ("Bash", {"command": "modal run train.py"}, "deny"),
        ("Task", {"subagent_type": "builder", "prompt": "p"}, "abstain"),
        ("Agent", {"subagent_type": "builder", "prompt": "p"}, "abstain"),
        ("Nope", {"x": [{"y": 1}]}, "deny"),
    ],
)
def test_single_calls(project: Path, tool: str, given: dict[str, Any], outcome: str) -> None:
    assert Judge().judge(call(tool, project, **given)).outcome == outcome


def test_paths_are_those_that_a_hook_is_told(project: Path, home: Path) -> None:
    write = call("Write", project, file_path="~/x/../y", content="")
    fields = judging._fields(write, str(home))
    assert fields["tool_input"] == {"file_path": f"{home}/y", "content": ""}
    assert write.given["file_path"] == "~/x/../y"


def test_who_watches_is_asked(project: Path) -> None:
    kill = call("Bash", project, command="kill 4242")
    assert Judge().judge(kill._replace(is_attended=True)).outcome == "ask"


def test_a_policy_counts_as_it_is_written(project: Path) -> None:
    push = call("Bash", project, command="git push", agent=None)
    assert Judge().judge(push).outcome == "abstain"
    policy = project / ".claude/kei-gates.toml"
    policy.write_text(policy.read_text().replace('"orchestrator"', '"read-only"'))
    assert Judge().judge(push).outcome == "deny"


def test_a_later_run_reads_policies_anew(project: Path) -> None:
    push = call("Bash", project, command="git push")
    policy = project / ".claude/kei-gates.toml"
    outcomes = []
    for text in (policy.read_text(), 'version = 1\n[agents]\nbuilder = "git-ops"\n'):
        policy.write_text(text)
        judged_by = plan(None, None, str(project))
        outcomes.append([judged.outcome for judged, _ in judge_batch(judged_by, [push, push])])
    assert outcomes == [["deny"] * 2, ["deny"] * 2]
    policy.write_text('version = 1\n[agents]\nbuilder = "merger"\n')
    judged_by = plan(None, None, str(project))
    merge = call("Bash", project, command="git merge x")
    assert judge_batch(judged_by, [merge])[0][0].outcome == "abstain"


def test_an_agent_file_counts_as_it_is_written(project: Path) -> None:
    (project / ".claude/agents").mkdir()
    file = project / ".claude/agents/helper.md"
    file.write_text("---\nname: helper\nsubstrate_role: edit-local\n---\n")
    assert Judge().judge(call("Bash", project, agent="helper", command="ls")).outcome == "abstain"
    start = call("Agent", project, agent=None, subagent_type="helper", prompt="p")
    assert Judge().judge(start).outcome == "abstain"
    file.write_text("---\nname: helper\nsubstrate_role: git-ops\n---\n")
    assert Judge().judge(start).outcome == "deny"


def test_a_broken_policy_denies_what_changes_something(project: Path) -> None:
    (project / ".claude/kei-gates.toml").write_text("version = ")
    denied = Judge().judge(call("Bash", project, command="ls"))
    assert (denied.outcome, denied.objections[0].gate) == ("deny", "kei-gates")
    assert Judge().judge(call("Read", project, file_path="src/a.py")).outcome == "abstain"


def test_a_decision_that_is_kept_is_that_of_the_call(project: Path) -> None:
    keeping = Judge()
    variants = [
        call("Bash", project, command="echo > src/x"),
        call("Bash", project, command="echo > x"),
        call("Bash", project, command="echo > src/x", agent="nobody"),
        call("Bash", project, command="echo > src/x", agent=None),
        call("Write", project, file_path="src/x", content="a"),
        call("Write", project / "src", file_path="src/x", content="a")._replace(
            project=str(project)
        ),
    ]
    fresh = [Judge().judge(one) for one in variants]
    for _ in range(2):
        assert [keeping.judge(one) for one in variants] == fresh
    assert len(set(fresh)) > 2


def test_so_many_decisions_are_kept_and_no_more(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_MOST_KEPT", 3)
    judge = Judge()
    for at in range(10):
        judge.judge(call("Bash", project, command=f"echo {at}"))
        assert len(judge._kept) <= 3  # noqa: SLF001 -- seen nowhere else


@pytest.mark.parametrize(
    ("looked", "read_at", "is_enough"),
    [(10, 11, True), (10, 25, False), (30, 31, False), (None, 0, False)],
)
def test_the_sessions_past_counts_up_to_the_call(
    project: Path, tmp_path: Path, looked: int | None, read_at: int, *, is_enough: bool
) -> None:
    (project / "src/app.py").write_text("import modal\napp = modal.App('a')\n")
    written = Session(tmp_path)
    written.cwd = str(project)
    if looked is not None:
        written.call("a1", looked, read_at, "Bash", "[]", command="modal app list --json")
    written.call("a1", 20, 21, "Bash", command="modal deploy src/app.py")
    (written.path("a1").parent / "agent-a1.meta.json").write_text('{"agentType":"builder"}')
    launch = [one for one in read(tmp_path) if "deploy" in str(one.given)]
    launch = [one._replace(project=str(project)) for one in launch]
    assert [one.at for one in launch] == [START + 20]
    judge = Judge()
    judge.judge(launch[0]._replace(at=START + 1))  # nothing of this is kept for the next
    gates = [why.gate for why in judge.judge(launch[0]).objections]
    assert ("compute::launch-preflight" not in gates) == is_enough


def test_nothing_of_the_past_is_later_than_the_call(project: Path, tmp_path: Path) -> None:
    written = Session(tmp_path)
    written.cwd = str(project)
    for at, to in ((1, 2), (3, None), (5, 30), (20, 21), (25, 26)):
        written.call(None, at, to, "Bash", command=f"echo {at}")
    asked = call("Bash", project, command="x")._replace(
        at=START + 20, use="toolu_4", main=str(written.main)
    )
    past = Pasts().before(asked, places.find(str(project), str(project)))
    assert [(one.command, one.output) for one in past] == [
        ("echo 1", "ok"),
        ("echo 3", None),
        ("echo 5", None),
    ]
    assert [one.ended is None for one in past] == [False, True, True]


def test_what_leads_is_of_the_outcome(project: Path) -> None:
    both = call("Bash", project, command="kill 4242; modal run train.py; git push")
    judged = Judge().judge(both._replace(is_attended=True))
    outcomes = [one.outcome for one in judged.objections]
    assert outcomes == sorted(outcomes, key=("deny", "ask").index)
    assert set(outcomes) == {"deny", "ask"}


def test_another_versions_policy_is_told_from_ones_own(project: Path) -> None:
    packed = plan(str(project / ".claude/kei-gates.toml"), None, str(project)).policy
    assert packed is not None
    assert unpack(packed).role_names
    with pytest.raises(OtherVersionError):
        unpack(Packed(packed.dumped[:-1], packed.sources))
    with pytest.raises(OtherVersionError):
        unpack(Packed(packed.dumped, ()))


def test_nothing_is_written_but_compiled_policies(
    project: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "environment", lambda: str(tmp_path / "environment"))
    folder = copy("gated", tmp_path / "gated", project)
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    decided(read(folder))
    written = {path for path in tmp_path.rglob("*") if path.is_file() and path not in before}
    assert {path.name for path in written} == {"policy"}
    shutil.rmtree(tmp_path / "environment")
    assert {path: path.lstat().st_mtime_ns for path in before if path != tmp_path} == {
        path: at for path, at in before.items() if path != tmp_path
    }
    assert not home.exists()
