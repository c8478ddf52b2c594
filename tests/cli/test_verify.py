"""`kei-gates verify` by hand: its usage, bad input, and that nothing is left behind."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kei_gates.cli.below_agent import is_surely_agents
from tests.catalogues import bare
from tests.cli.verifying import GREEN, Project, found

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
    (project.root / "report.md").write_bytes(b"Blockers: \xe9\nNext: " + b"rest " * 30_000)
    _, record = project.record(*words, "--report", "report.md")
    assert "output::report-format" in record["passed"]
    (project.root / "report.md").write_bytes(b"Blockers: none\nNext: " + b"rest " * 1_000_000)
    _, record = project.record(*words, "--report", "report.md")
    (found,) = [one for one in record["findings"] if one["capability"] == "output::report-format"]
    assert "more than 200000 are not looked at" in found["message"]


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
        (unborn, [], "make the first commit"),
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
