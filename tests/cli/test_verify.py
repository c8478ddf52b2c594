"""`kei-gates verify` by hand: its usage, bad input, and that nothing is left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kei_gates.cli.agents import is_surely_agents
from tests.catalogues import bare
from tests.cli.verifying import GREEN, POLICY, SOURCES, Project, found

pytestmark = pytest.mark.skipif(is_surely_agents(), reason="an agent runs these tests")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_all_holds(project: Project) -> None:
    project.put({"src/b.txt": "new\n"})
    code, record = project.record("--role", "edit-local")
    assert (code, record["findings"]) == (0, [])
    assert {GREEN, "scope::files-whitelist", "safety::no-dep-bump"} <= set(record["passed"])
    assert "output::report-format" in record["skipped"]
    assert not set(record["passed"]) & set(record["skipped"])
    assert set(record["passed"] + record["skipped"]) <= set(bare().checked)
    assert project.left() == []


def test_something_does_not_hold(project: Project) -> None:
    project.put({"README.md": "after\n"})
    code, record = project.record("--role", "edit-local")
    assert (code, found(record)) == (1, [("scope::files-whitelist", "README.md")])
    done = project.run()
    assert done.returncode == 1
    assert done.stdout.startswith("FAIL  scope::files-whitelist: `README.md` was changed")
    assert done.stdout.splitlines()[-1].startswith("does not hold: 1 finding, ")


def test_a_junit_file(project: Project) -> None:
    done = project.run("--junit", "out.xml")
    assert done.returncode == 0
    assert "<testsuites" in (project.root / "out.xml").read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--role", "edit-locl"], "did you mean `edit-local`"),
        (["--task", "none"], "there is no task"),
        (["--task", "../x"], "is no id of a task"),
        (["--report", "none.md"], "`none.md` cannot be read"),
        (["--json", "--junit", "x"], "not allowed with"),
        (["--dir", "none"], "is no folder"),
        (["--junit", "none/x.xml"], "cannot be written"),
        (["--what"], "unrecognized"),
    ],
)
def test_bad_usage(words: list[str], says: str, project: Project) -> None:
    done = project.run(*words)
    assert done.returncode == 64
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_report(project: Project) -> None:
    task = '[output]\nreport-fields-required = ["blockers:", "next:"]\n'
    project.put({".claude/kei-gates/tasks/t.toml": task, "report.md": "Blockers: none\n"})
    words = ("--role", "edit-local", "--task", "t")
    _, record = project.record(*words)
    assert "output::report-format" in record["skipped"]
    _, record = project.record(*words, "--report", "report.md")
    missing = [one for one in record["findings"] if one["capability"] == "output::report-format"]
    assert [one["message"].count("next") for one in missing] == [1]
    done = project.run(*words, "--report", "-", "--json", stdin="Blockers: none\nNext: rest\n")
    assert "output::report-format" in json.loads(done.stdout)["passed"]
    (project.root / "report.md").write_bytes(b"Blockers: \xe9\nNext: " + b"rest " * 1_000_000)
    _, record = project.record(*words, "--report", "report.md")
    assert "output::report-format" in record["passed"]


def no_git(project: Project) -> None:
    subprocess.run(["rm", "-rf", ".git"], cwd=project.root, check=True)


def unborn(project: Project) -> None:
    no_git(project)
    project.git("init", "--quiet")


def no_main(project: Project) -> None:
    project.git("branch", "--move", "main", "other")


def broken_policy(project: Project) -> None:
    project.put({".claude/kei-gates.toml": "version = 1\n[roles.x\n"})


@pytest.mark.parametrize(
    ("spoil", "words", "says"),
    [
        (no_git, [], "lies in no git checkout"),
        (unborn, [], "--base"),
        (no_main, [], "nothing says what the work"),
        (None, ["--base", "none"], "there is no commit `none`"),
        (None, ["--base=-x"], "`-x` names no commit"),
        (None, ["--base", "main^{tree}"], "there is no commit"),
        (broken_policy, [], "is not TOML"),
    ],
)
def test_what_cannot_be_compared_is_a_finding(
    spoil: Any, words: list[str], says: str, project: Project
) -> None:
    if spoil is not None:
        spoil(project)
    code, record = project.record(*words)
    assert (code, record["passed"]) == (1, [])
    (one,) = record["findings"]
    assert (one["capability"], one["path"]) == ("kei-gates", None)
    assert says in f"{one['message']}; {one['remedy']}"


def test_a_clone_that_is_too_shallow(project: Project, tmp_path: Path) -> None:
    project.git("switch", "--quiet", "--create", "work")
    for name in ("work", "main"):
        project.git("switch", "--quiet", name)
        for count in range(3):
            project.put({f"src/{name}": str(count)})
            project.git("add", ".")
            project.git("commit", "--quiet", "--message=more")
    clone = tmp_path / "clone"
    url = f"file://{project.root}"
    words = ("clone", "--quiet", "--depth=1", "--no-single-branch", "--branch=work", url)
    project.git(*words, str(clone))
    done = project.run("--json", "--base", "origin/main", "--dir", str(clone))
    (one,) = json.loads(done.stdout)["findings"]
    assert "too shallow" in one["message"]
    assert "git fetch --unshallow" in one["remedy"]


def damaged_index(project: Project) -> None:
    (project.root / ".git/index").write_bytes(b"junk")


def dirty_index(project: Project) -> None:
    project.put({"README.md": "staged\n"})
    project.git("add", ".")
    project.put({"README.md": "before\n", "src/a.txt": "after\n"})


def hidden(project: Project) -> None:
    project.git("update-index", "--assume-unchanged", "README.md")


def locked(project: Project) -> None:
    (project.root / ".git/index.lock").touch()


def detached(project: Project) -> None:
    project.git("checkout", "--quiet", "--detach")


def unmerged(project: Project) -> None:
    for branch in ("one", "two"):
        project.git("switch", "--quiet", "--create", branch, "main")
        project.put({"src/a.txt": branch})
        project.git("commit", "--quiet", "--all", "--message=x")
    project.git("merge", "one", check=False)


@pytest.mark.parametrize(
    "spoil",
    [damaged_index, dirty_index, hidden, locked, detached, unmerged],
    ids=lambda one: one.__name__,
)
def test_no_state_of_git_hides_a_change(spoil: Any, project: Project) -> None:
    spoil(project)
    project.put({"README.md": "after\n"})
    code, record = project.record()
    assert code == 1
    assert ("scope::files-whitelist", "README.md") in found(record)


@pytest.mark.parametrize(
    ("command", "says", "detail"),
    [
        ("echo one; echo two >&2; exit 3", "exit code 3", "one\ntwo"),
        ("echo begun; sleep 300", "was ended after", "begun"),
        ("trap '' TERM; while :; do sleep 1; done", "was ended after", ""),
        ("setsid sleep 300 & sleep 300", "was ended after", ""),
        ("yes", "printed too much", "y\ny"),
        ("no-such-tool", "was not found", "no-such-tool"),
        ("kill -9 $$", "signal", ""),
        ("rm -rf ../p/src; exit 1", "exit code 1", ""),
    ],
)
def test_commands_that_end_badly(command: str, says: str, detail: str, tmp_path: Path) -> None:
    project = Project(tmp_path, [command])
    began = time.monotonic()
    code, record = project.record()
    assert time.monotonic() - began < 30
    assert code == 1
    (one,) = [one for one in record["findings"] if one["capability"] == GREEN]
    assert says in one["message"]
    assert detail in one["detail"]
    assert project.left() == []


def test_what_a_command_prints_does_not_reach_the_terminal_raw(tmp_path: Path) -> None:
    project = Project(tmp_path, [r"printf '\033]52;c;eA==\007\377\n'; exit 1"])
    done = project.run()
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout


def test_a_project_below_the_top_of_its_checkout(project: Project) -> None:
    inner = project.root / "inner"
    policy = POLICY.format(commands='["test -e src/b.txt && test ! -e ../src"]')
    project.put({"inner/.claude/kei-gates.toml": policy, "inner/src/a.txt": "x"})
    project.git("add", ".")
    project.git("commit", "--quiet", "--message=inner")
    project.put({"inner/src/b.txt": "new\n", "README.md": "after\n", "inner/c.txt": "new\n"})
    code, record = project.record("--dir", str(inner))
    paths = {path for name, path in found(record) if name == "scope::files-whitelist"}
    assert paths == {"c.txt", f"{project.root}/README.md"}
    assert code == 1


def test_eight_at_once(tmp_path: Path) -> None:
    project = Project(tmp_path, ["sleep 0.3; test -e src/b.txt"])
    project.put({"src/b.txt": "new\n"})
    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(lambda _: project.record(), range(8)))
    assert [code for code, _ in ended] == [0] * 8
    assert project.left() == []


def test_a_run_that_is_killed_leaves_nothing_for_long(tmp_path: Path) -> None:
    project = Project(tmp_path, ["test -e src/a.txt; sleep 1.5"])
    words = [sys.executable, "-m", "kei_gates.cli.main", "verify"]
    around = {"PATH": os.environ["PATH"], "HOME": str(project.home), "PYTHONPATH": str(SOURCES)}
    for delay in (0.4, 1.2, 2.4, 3.0):
        process = subprocess.Popen(
            words,
            cwd=project.root,
            env=around,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        process.kill()
        process.wait()
    code, _ = project.record()
    assert code == 0
    assert project.left() == []
