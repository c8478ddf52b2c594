"""`kei-gates verify` where something is wrong: with git, commands, streams, surroundings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kei_gates.cli.below_agent import is_surely_agents
from tests.cli.verifying import GREEN, POLICY, SOURCES, Project, found

pytestmark = pytest.mark.skipif(is_surely_agents(), reason="an agent runs these tests")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


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


def rebasing(project: Project) -> None:
    for branch in ("one", "two"):
        project.git("switch", "--quiet", "--create", branch, "main")
        project.put({"src/a.txt": branch})
        project.git("commit", "--quiet", "--all", "--message=x")
    project.git("rebase", "one", check=False)


def picking(project: Project) -> None:
    unmerged(project)
    project.git("merge", "--abort")
    project.git("cherry-pick", "one", check=False)


@pytest.mark.parametrize(
    ("spoil", "what"),
    [(unmerged, "a merge"), (rebasing, "a rebase"), (picking, "a cherry-pick")],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_a_conflict_that_is_not_resolved(spoil: Any, what: str, project: Project) -> None:
    spoil(project)
    marks = (project.root / "src/a.txt").read_text()
    code, record = project.record()
    assert (code, record["findings"][0]["path"], record["findings"][0]["line"]) == (
        1,
        "src/a.txt",
        1,
    )
    assert f"a conflict of {what} that stands open" in record["findings"][0]["message"]
    project.put({"src/a.txt": "resolved\n", "src/heads.txt": "=======\n<<<<<<< x\n>>>>>>> y\n"})
    code, record = project.record()
    assert (code, record["findings"]) == (0, [])
    project.put({"src/deep.txt": f"one\ntwo\n{marks}"})
    _, record = project.record()
    assert [(one["path"], one["line"]) for one in record["findings"]] == [("src/deep.txt", 3)]


def test_marks_of_conflicts_that_are_only_text(project: Project) -> None:
    project.put({"src/manual.txt": "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"})
    code, record = project.record()
    assert (code, record["findings"]) == (0, [])


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("delay", [0.8, 2.4])
def test_a_run_that_is_ended_leaves_nothing(number: int, delay: float, tmp_path: Path) -> None:
    project = Project(tmp_path, ["sleep 1.6"])
    before = signal.signal(number, signal.SIG_DFL)  # what is ignored here would be there too
    process = subprocess.Popen(
        [sys.executable, "-m", "kei_gates.cli.main", "verify"],
        cwd=project.root,
        env={"PATH": os.environ["PATH"], "HOME": str(project.home), "PYTHONPATH": str(SOURCES)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    signal.signal(number, before)
    time.sleep(delay)
    process.send_signal(number)
    out, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert (out, b"Traceback" in errors) == (b"", False)
    assert project.left() == []


@pytest.mark.parametrize(
    ("closed", "code"), [(">&-", 1), ("2>&-", 1), ("<&-", 1), (">/dev/full", 1), ("2>/dev/full", 1)]
)
def test_streams_that_are_closed_or_full(closed: str, code: int, tmp_path: Path) -> None:
    if "full" in closed and not Path("/dev/full").exists():
        pytest.skip("there is no device that is always full")
    project = Project(tmp_path, ["sleep 1.2; false"])
    project.through = ("sh", "-c", f'exec "$@" {closed}', "sh")
    done = project.run("--report", "-", stdin="done")
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("FAIL  quality::command-green") or closed[0] == ">"


def test_reports_that_are_none(project: Project) -> None:
    with (project.root / "large").open("wb") as file:
        file.truncate(40 << 20)
    for words, says in ((["large"], "is no report"), (["src"], "cannot be read")):
        done = project.run("--report", *words)
        assert done.returncode == 64
        assert says in done.stderr
    (project.root / "large").unlink()
    (project.root / "empty").touch()
    (project.root / "binary").write_bytes(b"\0\xff\x1b]52;" * 1000)
    for name in ("empty", "binary"):
        assert project.run("--report", name, "--json").returncode == 1  # they lie outside src


def test_a_file_that_cannot_be_written_is_said_first_and_costs_no_result(tmp_path: Path) -> None:
    project = Project(tmp_path, ["touch src/ran"])
    assert project.run("--junit", "none/x.xml").returncode == 64
    assert not (project.root / "src/ran").exists()
    if Path("/dev/full").exists():
        done = project.run("--junit", "/dev/full")
        assert done.returncode == 64
        assert "`/dev/full` cannot be written" in done.stderr
        assert done.stdout.splitlines()[-1].startswith("holds: ")


@pytest.mark.parametrize("name", ["a b", "q'\"`$x", "two\nlines", "ü€", "-x", "*", "a:b;c"])
def test_names_of_projects(name: str, tmp_path: Path) -> None:
    project = Project(tmp_path, ["test -e src/a.txt"], name)
    project.put({"src/b.txt": "new\n"})
    assert project.record()[0] == 0
    project.put({"README.md": "after\n"})
    assert found(project.record()[1]) == [("scope::files-whitelist", "README.md")]


@pytest.mark.parametrize(
    ("env", "code", "says"),
    [
        ({"TMPDIR": "/none"}, 0, ""),
        ({"PATH": "/none"}, 0, ""),  # git is not looked for there
        ({"XDG_STATE_HOME": "/dev/null"}, 1, "no folder can be made in `/dev/null/"),
    ],
)
def test_surroundings(env: dict[str, str], code: int, says: str, project: Project) -> None:
    got, record = project.record("--role", "edit-local", **env)
    assert got == code
    assert says in "".join(one["message"] for one in record["findings"])


def test_programs_that_are_missing(project: Project) -> None:
    policy = POLICY + "[roles.edit-local.verification]\ntest-commands = ['pytest -q']\n"
    policy = policy.replace("src/**", "**").format(commands='["true"]')
    project.put({".claude/kei-gates.toml": policy})
    code, record = project.record("--role", "edit-local", PATH="/none")
    (one,) = [one for one in record["findings"] if one["capability"] == "quality::tests-green"]
    assert code == 1
    assert "was not found" in one["message"]
