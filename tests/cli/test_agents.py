"""`agents` and `compose`: what they write, print and refuse, and how they end."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from kei_gates.cli.main import main
from kei_gates.observe import agent_files
from tests.agents.crews import MANIFEST, lay_out
from tests.environment import POLICY, make_project


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_project(tmp_path / "project", POLICY.replace('"kei-*" = "edit-local"\n', ""))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    lay_out(folder / "crew")
    return folder


class Ran:
    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        try:
            self.code = main(arguments)
        except SystemExit as stop:
            self.code = int(stop.code or 0)
        self.out, self.err = capsys.readouterr()


OUT = ".claude/agents"


def test_the_shipped_agents_are_built_and_then_current(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = Ran(capsys, "agents", "build")
    assert ran.code == 0
    assert "the roles that `kei-architect` and 11 more declare count once you have run" in ran.err
    assert ran.err.count("\n") == 1
    files = {one.name: one.role for one in agent_files.read_all(str(here))}
    assert len(files) == 12
    assert sorted(os.listdir(here / OUT)) == sorted(f"{name}.md" for name in files)
    checked = Ran(capsys, "agents", "build", "--check")
    assert (checked.code, checked.out) == (0, "12 agents are as they would be built\n")
    assert Ran(capsys, "trust", "--yes").code == 0
    again = Ran(capsys, "agents", "build", "kei-critic")
    assert again.err == ""
    assert again.out == f"{here}/{OUT}/kei-critic.md: as it was\n"


def test_a_policy_that_gives_agents_another_role_is_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / ".claude/kei-gates.toml").write_text(POLICY)
    ran = Ran(capsys, "agents", "build", "kei-critic", "kei-modal-runner")
    assert (ran.code, ran.err) == (
        0,
        "kei-gates: the policy gives `kei-critic` the role `edit-local`\n",
    )
    assert "SUBSTRATE — role edit-local" in (here / OUT / "kei-critic.md").read_text()


def test_without_a_policy_the_shipped_roles_count(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / ".claude/kei-gates.toml").unlink()
    ran = Ran(capsys, "agents", "build", "kei-modal-runner", "--out", "there")
    assert ran.code == 0
    assert "role edit-local" in (here / "there/kei-modal-runner.md").read_text()


def test_own_manifests_with_own_blocks(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = Ran(capsys, "agents", "build", "--from", "crew", "--out", "there", "one")
    assert (ran.code, ran.out, ran.err) == (0, f"{here}/there/one.md\n", "")
    text = (here / "there/one.md").read_text()
    assert "What baseline says." in text
    assert os.listdir(here / "there") == ["one.md"]


def test_shipped_blocks_and_agents_may_be_named(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = MANIFEST.replace('"two"', '"kei-critic"').replace('"rule-review"', '"rule-math-first"')
    (here / "mine").mkdir()
    (here / "mine/one.toml").write_text(text)
    assert Ran(capsys, "agents", "build", "--from", "mine", "--out", "there").code == 0
    assert "`kei-critic`: the other thing" in (here / "there/one.md").read_text()


def test_check_tells_what_is_missing_out_of_date_or_edited(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("agents", "build", "--from", "crew", "--out", "there")
    ran = Ran(capsys, *words, "--check")
    assert ran.code == 1
    assert ran.out == f"{here}/there/one.md is missing\n{here}/there/two.md is missing\n"
    assert not (here / "there").exists()
    Ran(capsys, *words)
    (here / "crew/one.toml").write_text(MANIFEST.replace("Doing the thing", "Doing more"))
    two = here / "there/two.md"
    two.write_text(two.read_text().replace("- Running git\n", ""))
    ran = Ran(capsys, *words, "--check")
    assert ran.code == 1
    assert "/one.md is out of date\n" in ran.out
    assert "\n-- Doing the thing\n+- Doing more\n" in ran.out
    assert "/two.md was edited by hand\n" in ran.out
    assert "\n+- Running git\n" in ran.out


def test_what_a_person_wrote_is_not_written_over(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("agents", "build", "--from", "crew")
    Ran(capsys, *words)
    mine = here / OUT / "two.md"
    mine.write_text("---\nname: two\n---\nMine.\n")
    (here / "crew/one.toml").write_text(MANIFEST.replace("Doing the thing", "Doing more"))
    before = (here / OUT / "one.md").read_text()
    ran = Ran(capsys, *words)
    assert ran.code == 1
    assert "two.md` was not built by kei-gates; move it away, or" in ran.err
    assert (here / OUT / "one.md").read_text() == before  # all or none
    ran = Ran(capsys, *words, "--force")
    assert ran.code == 0
    assert "Doing more" in (here / OUT / "one.md").read_text()
    assert "Mine." not in mine.read_text()


def test_what_is_wrong_with_one_leaves_all_as_they_are(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "crew/two.toml").write_text((here / "crew/two.toml").read_text().replace("opus", "op"))
    ran = Ran(capsys, "agents", "build", "--from", "crew", "--out", "there")
    assert ran.code == 1
    assert re.fullmatch(
        r"kei-gates: .*/crew/two\.toml:4: there is no model `op`; did you mean `opus`\?\n", ran.err
    )
    assert not (here / "there").exists()


def test_notes_on_what_a_person_may_not_expect(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = MANIFEST.replace('substrate_role = "edit-local"\n', "")
    text = text.replace('[[enforcement]]\nline = "Running git"\nby = ["policy::no-git-ops"]\n', "")
    (here / "crew/one.toml").write_text(text)
    ran = Ran(capsys, "agents", "build", "--from", "crew", "--out", "there", "one")
    assert ran.code == 0
    assert "`one` has no `substrate_role`: it is built as `edit-local`" in ran.err
    assert "of 1 rules of `one` nothing says what holds them" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("build", "kei-citric"), "there is no agent `kei-citric`; did you mean `kei-critic`?"),
        (("build", "--from", "none"), "`none` is no folder"),
        (("build", "--from", "src"), "there is no manifest in `src`"),
        (("coverage", "none"), "there is no agent `none`"),
    ],
)
def test_bad_usage(
    here: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    (here / "src").mkdir(exist_ok=True)
    ran = Ran(capsys, "agents", *words)
    assert ran.code == (64 if "--from" in words else 1)
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_check_of_manifests(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = Ran(capsys, "agents", "check")
    assert (ran.code, ran.out) == (0, "12 agents, no problems\n")
    text = MANIFEST.replace('"Running git", ', '"Running git", "Singing", ')
    (here / "crew/one.toml").write_text(text)
    (here / "crew/two.toml").write_text("name = 3")
    ran = Ran(capsys, "agents", "check", "--from", "crew")
    assert ran.code == 1
    one, two, last = ran.out.splitlines()
    assert one.endswith("/crew/one.toml: nothing is said of what holds `Singing`; add an "
                        "`[[enforcement]]` for it")  # fmt: skip
    assert "/crew/two.toml" in two
    assert last == "2 agents, 2 problems"


@pytest.mark.usefixtures("here")
def test_coverage_for_people_and_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    ran = Ran(capsys, "agents", "coverage", "--from", "crew", "one")
    assert (ran.code, ran.out.splitlines()) == (0, [
        "+ enforced, ~ in part, o off, - text only, ? not mapped",
        "",
        "one (edit-local): 2 of 3 rules enforced (66 %), 1 of them in part",
        "  + Running git",
        "    by policy::no-git-ops",
        "  - Doing another thing",
        "    nobody can see what a thing is",
        "  ~ Stopping a run, or being rude",
        "    by safety::no-kill",
        "    but nothing hears a tone",
    ])  # fmt: skip
    ran = Ran(capsys, "agents", "coverage", "--from", "crew", "one", "--json")
    (found,) = json.loads(ran.out)
    assert (found["agent"], found["role"], found["enforced"]) == ("one", "edit-local", 2)
    assert found["rules"][2] == {
        "line": "Stopping a run, or being rude",
        "kind": "in part",
        "by": ["safety::no-kill"],
        "off": "",
        "because": "nothing hears a tone",
    }


def test_the_documented_table_is_current(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / ".claude/kei-gates.toml").unlink()
    page = Path(__file__).parents[2] / "docs/agent-roles.md"
    assert Ran(capsys, "agents", "table").out == page.read_text()


# --- compose ----------------------------------------------------------------------------------

TASK = '[task]\nrole = "edit-local"\n[scope]\nfiles-whitelist = ["src/a/**"]\n'
BODY = '[body]\ntext = "Mend it."\n'


def task(here: Path, text: str, name: str = "t-1") -> str:
    path = here / f".claude/kei-gates/tasks/{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def test_a_prompt_is_composed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = task(here, TASK + BODY)
    by_path = Ran(capsys, "compose", path)
    assert by_path.code == 0
    assert by_path.out.endswith("\nkei-task: t-1\n")
    assert "- `src/a/**`" in by_path.out
    assert "\n# TASK\n\nMend it.\n" in by_path.out
    assert Ran(capsys, "compose", "t-1").out == by_path.out
    assert Ran(capsys, "compose", os.path.relpath(path)).out == by_path.out


def test_the_role_is_that_of_the_agent_and_of_the_task(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task(here, BODY)
    ran = Ran(capsys, "compose", "t-1")
    assert (ran.code, ran.out) == (64, "")
    assert "the task names no role: say who will work on it with `--agent`" in ran.err
    ran = Ran(capsys, "compose", "t-1", "--agent", "unknown")
    assert "role read-only" in ran.out  # as the policy says of whom nobody names
    Ran(capsys, "agents", "build", "kei-modal-runner")
    ran = Ran(capsys, "compose", "t-1", "--agent", "kei-modal-runner")
    assert "role edit-local" in ran.out
    task(here, '[task]\nrole = "read-only"\n' + BODY)
    ran = Ran(capsys, "compose", "t-1", "--agent", "kei-modal-runner")
    assert "role edit-local" in ran.out
    assert "You may change no file." in ran.out


@pytest.mark.parametrize(
    ("given", "said"),
    [("none", "there is no task"), ("no/such.toml", "no agent would be bound to it"),
     ("a b", "a b"), ("elsewhere.toml", "move it to")],
)  # fmt: skip
def test_what_is_no_task_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], given: str, said: str
) -> None:
    (here / "elsewhere.toml").write_text(TASK + BODY)
    ran = Ran(capsys, "compose", given)
    assert ran.code in (1, 64)
    assert said in ran.err
    assert ran.out == ""
