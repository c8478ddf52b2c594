"""The checks that run commands, over real commands in a real repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kei_gates import checks
from kei_gates.checks import quality_cargo_check_green as cargo_check
from kei_gates.checks import quality_command_green as command_green
from kei_gates.checks import quality_tests_green as tests_green
from kei_gates.checks.work import SkippedError
from kei_gates.verify.changes import changes_since
from kei_gates.verify.work import Pass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.checks.work import Finding, PassName

UNITTEST = f"{sys.executable} -m unittest discover -s tests"
PYTEST = f"{sys.executable} -m pytest -p no:cacheprovider tests"
TEST_FILE = """\
import unittest


class Calc(unittest.TestCase):
    def test_one(self):
        self.assertEqual(1, 1)

    def test_two(self):
        self.assertEqual(2, 2)
"""
MANIFEST = '[package]\nname = "sample"\nversion = "0.1.0"\nedition = "2021"\n\n[workspace]\n'
LIBRARY = """\
pub fn add(a: i32, b: i32) -> i32 {
    a + b
}

#[cfg(test)]
mod tests {
    #[test]
    fn adds() {
        assert_eq!(super::add(1, 2), 3);
    }
}
"""


def git(root: Path, *words: str) -> str:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.invalid")
    run = subprocess.run(
        ["git", *identity, *words], cwd=root, capture_output=True, text=True, check=True
    )
    return run.stdout


class Project:
    """A repository with a base commit, and files that are changed since."""

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        self.root = root
        git(root, "init", "--quiet")
        self.put(files)
        git(root, "add", "--all", "--force")
        git(root, "commit", "--quiet", "--allow-empty", "--message=base")

    def put(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def work(self, report: str | None = None, at: PassName = "worktree") -> Pass:
        base = git(self.root, "rev-parse", "HEAD").strip()
        environment = {"PYTHONDONTWRITEBYTECODE": "1"}
        changes = changes_since(str(self.root), base)
        return Pass(at, str(self.root), changes, report, environment=environment)

    def found(
        self, capability: str, report: str | None = None, at: PassName = "worktree", **params: Any
    ) -> list[Finding]:
        check = checks.load(capability)
        return check.check(self.work(report, at), check.Params(params))

    def tested(self, report: str | None = None, **params: Any) -> list[Finding]:
        return self.found("quality::tests-green", report, **params)


@pytest.fixture
def python(tmp_path: Path) -> Project:
    return Project(tmp_path, {"tests/test_calc.py": TEST_FILE})


@pytest.fixture
def rust(tmp_path: Path) -> Project:
    files = {"Cargo.toml": MANIFEST, "src/lib.rs": LIBRARY, ".gitignore": "target\n"}
    return Project(tmp_path, files)


def test_commands_that_end_well_are_no_finding(python: Project) -> None:
    assert python.found("quality::command-green", commands=("true", "test -d tests")) == []


def test_each_command_that_fails_is_told_with_what_it_said(python: Project) -> None:
    commands = ("true", "echo one; echo two >&2; exit 3", "false")
    first, second = python.found("quality::command-green", commands=commands)
    assert first.message == "`echo one; echo two >&2; exit 3` ended with exit code 3"
    assert first.detail == "one\ntwo"
    assert second.message == "`false` ended with exit code 1"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("kei-no-such-program", "a program that it needs was not found"),
        ("./tests/test_calc.py", "a program is not executable"),
        ("kill -9 $$", "was ended by signal 9"),
        ("sleep 60", "was ended after 1 s"),
        ("yes", "because it printed too much"),
    ],
)
def test_how_else_a_command_may_end(python: Project, command: str, says: str) -> None:
    timeout = 1 if "sleep" in command else 60
    (found,) = python.found("quality::command-green", commands=(command,), timeout=timeout)
    assert says in found.message
    assert found.remedy


def test_a_program_that_is_not_there_may_be_a_persons_to_install(
    python: Project, tmp_path: Path
) -> None:
    (found,) = python.found("quality::command-green", commands=(".venv/bin/pytest -q",))
    assert found.doubt
    assert "symlinkDirectories" not in found.remedy
    (tmp_path / "p/.claude/worktrees/agent-1").mkdir(parents=True)
    linked = Project(tmp_path / "p/.claude/worktrees/agent-1", {"a.py": ""})
    (found,) = linked.found("quality::command-green", commands=(".venv/bin/pytest -q",))
    assert found.remedy.endswith("`worktree.symlinkDirectories`")
    (found,) = linked.found("quality::command-green", commands=("false",))
    assert not found.doubt
    assert "symlinkDirectories" not in found.remedy


def test_only_files_below_the_root_are_blamed(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    project = Project(tmp_path / "p", {"a.py": "\n"})
    (tmp_path / "other.py").write_text("\n")
    command = "echo '../other.py:3: Error'; echo 'no.py:3: Error'; echo 'a.py:7: Error'; exit 1"
    (found,) = project.found("quality::command-green", commands=(command,))
    assert (found.path, found.line) == ("a.py", 7)


def test_without_commands_nothing_is_looked_at(python: Project) -> None:
    with pytest.raises(SkippedError, match="`commands`"):
        python.found("quality::command-green", commands=("", " "))
    with pytest.raises(SkippedError, match="`test-commands` or `cargo-test-crates`"):
        python.tested()
    with pytest.raises(SkippedError, match=r"no `Cargo\.toml`"):
        python.found("quality::cargo-check-green")


def test_what_compiles_is_no_finding(rust: Project) -> None:
    assert rust.found("quality::cargo-check-green", crates=("sample",)) == []


def test_what_does_not_compile_is_told_with_its_place(rust: Project) -> None:
    rust.put({"src/lib.rs": "// a comment\nfn broken() -> i32 {\n    true\n}\n"})
    (found,) = rust.found("quality::cargo-check-green")
    assert (found.path, found.line) == ("src/lib.rs", 3)
    assert "mismatched types" in found.detail


def test_a_manifest_that_is_gone_is_a_finding(rust: Project) -> None:
    (rust.root / "Cargo.toml").unlink()
    (found,) = rust.found("quality::cargo-check-green")
    assert found.path == "Cargo.toml"
    assert "was deleted" in found.message


def test_crates_are_tested(rust: Project) -> None:
    assert rust.tested(crates=("sample",), count_min=1) == []
    (found,) = rust.tested(crates=("sample",), count_min=2)
    assert found.message == "only 1 passed; at least 2 must"


def test_a_crate_whose_test_fails_is_told_with_its_place(rust: Project) -> None:
    rust.put({"src/lib.rs": LIBRARY.replace("a + b", "a - b")})
    (found,) = rust.tested(crates=("sample",))
    assert "ended with exit code 101: 0 passed, 1 failed" in found.message
    assert (found.path, found.line) == ("src/lib.rs", 9)


def test_a_test_cannot_print_a_higher_number(python: Project) -> None:
    printed = "'-' * 70 + '\\nRan 100 tests in 0.1s\\n\\nOK\\n===== 100 passed in 0.10s ====='"
    text = TEST_FILE.replace("self.assertEqual(1, 1)", f"print({printed})")
    python.put({"tests/test_calc.py": text})
    for command in (UNITTEST, PYTEST, f"{PYTEST} -s"):
        (found,) = python.tested(commands=(command,), count_min=3)
        assert "only 2 passed" in found.message, command


def test_an_unknown_crate_is_told(rust: Project) -> None:
    (found,) = rust.tested(crates=("other",))
    assert "`cargo test -p other` ended with exit code 101" in found.message


@pytest.mark.parametrize("command", [UNITTEST, PYTEST])
def test_tests_that_pass_are_no_finding(python: Project, command: str) -> None:
    assert python.tested(commands=(command,)) == []
    assert python.tested(commands=(command,), count_min=2) == []


@pytest.mark.parametrize("command", [UNITTEST, PYTEST])
def test_a_test_that_fails_is_told_with_its_place(python: Project, command: str) -> None:
    python.put({"tests/test_calc.py": TEST_FILE.replace("2, 2", "2, 3")})
    (found,) = python.tested(commands=(command,))
    assert "ended with exit code 1: 1 passed, 1 failed" in found.message
    assert (found.path, found.line) == ("tests/test_calc.py", 9)


def test_the_floor_is_over_all_commands(python: Project) -> None:
    commands = (UNITTEST, PYTEST)
    assert python.tested(commands=commands, count_min=4) == []
    (found,) = python.tested(commands=commands, count_min=5)
    assert "only 4 passed; at least 5 must" in found.message


def test_the_same_command_counts_once(python: Project) -> None:
    assert python.tested(commands=(UNITTEST, UNITTEST), count_min=3) != []


def test_the_same_binary_counts_once(rust: Project) -> None:
    commands = ("cargo test --workspace",)
    assert rust.tested(commands=commands, crates=("sample",), count_min=1) == []
    assert rust.tested(commands=commands, crates=("sample",), count_min=2) != []


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("true", "its output tells no number of tests"),
        ("echo all 44 tests pass", "its output tells no number of tests"),
        (f"{PYTEST} --collect-only -q", "its output tells no number of tests"),
        (f"{PYTEST} -k nothing; true", "no test passed; at least 1 must"),
        (f"{UNITTEST} -k nothing; true", "no test passed; at least 1 must"),
    ],
)
def test_to_have_run_nothing_is_a_finding(python: Project, command: str, says: str) -> None:
    (found,) = python.tested(commands=(command,))
    assert says in found.message


def test_a_failure_that_the_command_hides_is_a_finding(python: Project) -> None:
    python.put({"tests/test_calc.py": TEST_FILE.replace("2, 2", "2, 3")})
    (found,) = python.tested(commands=(f"{PYTEST} | tail -n 3",))
    assert "exit code 0, but its results are: 1 passed, 1 failed" in found.message


def test_ignored_tests_may_be_limited(python: Project) -> None:
    ignored = TEST_FILE.replace("    def test_t", "    @unittest.skip('x')\n    def test_t")
    python.put({"tests/test_calc.py": ignored})
    assert python.tested(commands=(UNITTEST,), ignored_max=1) == []
    (found,) = python.tested(commands=(UNITTEST,), ignored_max=0, count_min=1)
    assert "1 of the tests are ignored; at most 0 may be" in found.message


def test_a_junit_file_counts_more_than_what_is_printed(python: Project) -> None:
    command = f"{PYTEST} -p no:terminal --junitxml=out/j.xml; echo 100 passed in 1.00s"
    assert python.tested(commands=(command,), junit="out/j.xml", count_min=2) == []
    (found,) = python.tested(commands=(command,), junit="out/j.xml", count_min=3)
    assert "only 2 passed" in found.message


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (UNITTEST, "no command has written `j.xml`"),
        (f"echo '<a/>' > j.xml; {UNITTEST}", "wrote holds no results: it begins with `a`"),
        (f"ln -sf old.xml j.xml; {UNITTEST}", "no command has written `j.xml`"),
        (f"rm j.xml; mkfifo j.xml; {UNITTEST}", "no command has written `j.xml`"),
    ],
)
def test_a_junit_file_must_be_written_by_the_run(python: Project, command: str, says: str) -> None:
    results = "<testsuite><testcase/></testsuite>"
    python.put({"j.xml": results, "old.xml": results})
    (found,) = python.tested(commands=(command,), junit="j.xml")
    assert says in found.message


def test_a_failure_in_a_junit_file_counts(python: Project) -> None:
    command = "echo '<testsuite><testcase/><testcase><failure/></testcase></testsuite>' > j.xml"
    (found,) = python.tested(commands=(command,), junit="j.xml")
    assert "exit code 0, but its results are: 1 passed, 1 failed" in found.message


def test_the_report_must_show_the_real_numbers(python: Project) -> None:
    real = "All tests pass.\n```\nRan 2 tests in 0.001s\n\nOK\n```"
    assert python.tested(real, commands=(UNITTEST,)) == []
    (found,) = python.tested(real.replace("2", "9"), commands=(UNITTEST,))
    assert "shows 9 passed" in found.message
    (found,) = python.tested("All tests pass.", commands=(UNITTEST,))
    assert "paste the real output" in found.remedy
    assert python.tested("Done.", commands=(UNITTEST,)) == []
    merged = python.found("quality::tests-green", "All tests pass.", "merge", commands=(UNITTEST,))
    assert merged == []


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"count_min": -1}, "`count-min` must not be negative"),
        ({"ignored_max": -2}, "must not be negative"),
        ({"timeout": 0}, "at least 1 second"),
        ({"crates": ("--all",)}, "`--all` is no name of a crate"),
        ({"crates": ("a; b",)}, "is no name of a crate"),
        ({"crates": ("",)}, "is no name of a crate"),
        ({"junit": "/tmp/x.xml"}, "below the root"),
        ({"junit": "a/../../x.xml"}, "below the root"),
        ({"count_min": 0, "ignored_max": -1, "timeout": 1, "crates": ("a_b-c", "a@1.0")}, None),
        ({"junit": "target/junit.xml"}, None),
    ],
)
def test_flaws(params: dict[str, object], says: str | None) -> None:
    flaw = tests_green.Params.flaw(params)
    assert says in flaw if says and flaw else flaw is says


def test_flaws_of_the_others() -> None:
    assert command_green.Params.flaw({"timeout": 0}) == "`timeout` must be at least 1 second"
    assert cargo_check.Params.flaw({"crates": ("-q",)}) == "`-q` is no name of a crate"
    assert command_green.Params.flaw({"commands": ("a",)}) is None


def test_a_floor_without_commands_is_a_finding(python: Project) -> None:
    (found,) = python.tested(count_min=3)
    assert "3 tests must pass, and nothing says how they are run" in found.message
    assert found.doubt


def test_several_grants_are_made_one() -> None:
    role = {"commands": ("a", "b"), "count_min": 3, "ignored_max": 5, "timeout": 60}
    task = {"commands": ("b", "c"), "crates": ("x",), "count_min": 2, "ignored_max": 1}
    combined = tests_green.Params.combined([role, {}, task | {"junit": "j.xml"}, {"junit": ""}])
    assert combined == {
        "commands": ("a", "b", "c"),
        "crates": ("x",),
        "count_min": 3,
        "ignored_max": 1,
        "junit": "j.xml",
        "timeout": 60,
    }
    assert tests_green.Params.combined([{}]) == tests_green.Params.combined([]) == {}
