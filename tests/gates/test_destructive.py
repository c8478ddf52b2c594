"""What decides beside the command whether something is destroyed: what lies on the disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kei_gates.gates import _destructive_disks, safety_no_destructive
from kei_gates.gates._destructive_places import whole
from kei_gates.hook.judge import observe
from kei_gates.model import Call, Places, Principal

PROGRAMS = safety_no_destructive._DISKS  # noqa: SLF001 -- held against the table behind it


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A home with a project and two other repositories, one of them in a cache."""
    for name in ("home/project/.git", "home/other/.git", "home/.cache/x/.git", "home/plain/src"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("home/other/.git/HEAD", "home/.cache/x/.git/HEAD"):
        (tmp_path / name).write_text("ref: refs/heads/main\n")
    for name, folder in (("tree", "worktrees"), ("sub", "modules")):
        (tmp_path / "home" / name).mkdir()
        (tmp_path / "home" / name / ".git").write_text(f"gitdir: /r/.git/{folder}/{name}\n")
    (tmp_path / "home/project/to-home").symlink_to(tmp_path / "home")
    (tmp_path / "home/project/me").symlink_to(tmp_path / "home/project")
    return tmp_path


def outcome(
    world: Path, command: str, *, scratch: tuple[str, ...] = (), folds: bool = False
) -> str:
    home = str(world / "home")
    places = Places(
        project=f"{home}/project", home=home, installation=(), scratch=scratch, folds_case=folds
    )
    call = Call(tool="Bash", principal=Principal(None, None), cwd=places.project, command=command)
    gate = safety_no_destructive
    return gate.check(observe(call, places), gate.Params({})).outcome


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("rm -rf ../other", "ask"),
        ("rm -rf ../other/.git", "ask"),
        ("rm -rf ../*", "ask"),
        ("find ../other -delete", "ask"),
        ("rm -rf ../tree", "ask"),
        ("rm -rf to-home/*", "ask"),
        ("rm -rf me/*", "ask"),
        ("cd to-home && rm -rf *", "ask"),
        ("rm -rf to-home", "abstain"),  # the link alone
        ("mv ../other ../renamed", "abstain"),
        ("rm -rf ../plain", "abstain"),
        ("rm -rf ../plain/*", "abstain"),
        ("rm -rf ../sub", "abstain"),  # git keeps what belongs to a submodule elsewhere
        ("rm -rf ~/.cache/x", "abstain"),
        ("rm ../other/README.md", "abstain"),
    ],
)
def test_other_repositories_are_told_by_what_lies_in_them(
    world: Path, command: str, expected: str
) -> None:
    assert outcome(world, command) == expected


def test_temporary_repositories_may_go(world: Path) -> None:
    scratch = (str(world / "home/other"),)
    assert outcome(world, "rm -rf ../other/.git", scratch=scratch) == "abstain"
    assert outcome(world, "rm -rf .git", scratch=(str(world),)) == "ask"


@pytest.mark.parametrize("where", ["home/.gitconfig", "home/.config/git/config",
                                   "home/project/.git/config"])  # fmt: skip
def test_aliases_are_read_where_git_reads_them(world: Path, where: str) -> None:
    (world / where).parent.mkdir(parents=True, exist_ok=True)
    (world / where).write_text(
        '[user]\n\tnuke = status\n[alias]\n\t# nuke = status\n\tNuke = "reset --hard"\n'
        "\tall = !git clean -xdf && true\n\ttwice = nuke\n\tst = status\n"
        "[core]\n\tx = reset --hard\n"
    )
    for alias in ("nuke", "all", "twice", "-C . nuke HEAD"):
        assert outcome(world, f"git {alias}") == "ask"
    for alias in ("st", "x", "other"):
        assert outcome(world, f"git {alias}") == "abstain"


def test_aliases_of_a_worktree_are_those_of_its_repository(world: Path) -> None:
    git = world / "home/project/.git"
    git.rmdir()
    git.write_text(f"gitdir: {world}/home/other/.git/worktrees/project\n")
    (world / "home/other/.git/config").write_text("[alias]\nnuke = reset --hard\n")
    assert outcome(world, "git nuke") == "ask"


def test_an_alias_of_itself_ends(world: Path) -> None:
    (world / "home/.gitconfig").write_text("[alias]\na = b\nb = a\n")
    assert outcome(world, "git a") == "abstain"


def test_a_disk_without_case_has_the_same_folders(world: Path) -> None:
    assert outcome(world, "rm -rf ../PROJECT", folds=True) == "ask"
    assert outcome(world, "rm -rf ../PROJECT") == "abstain"
    assert outcome(world, "rm -rf /USR", folds=True) == "ask"
    assert outcome(world, "rm -rf /USR") == "abstain"


@pytest.mark.parametrize("path", ["/private/tmp", "/private/etc", "/private", "/Users/ann"])
def test_where_macos_really_keeps_folders(path: str) -> None:
    assert whole(path, Places(project="/p", home="/h", installation=())) is not None


def test_every_program_of_the_table_is_asked_about() -> None:
    special = {*_destructive_disks._WRITING, "ddrescue", "lvm"}  # noqa: SLF001 -- as above
    assert set(_destructive_disks.ROWS) | special == PROGRAMS


@pytest.mark.parametrize(
    ("command", "loads"), [("cargo test 2>&1 | tail", False), ("git status", True)]
)
def test_tables_are_loaded_only_where_they_matter(command: str, loads: bool) -> None:
    script = (
        "import sys\nfrom kei_gates.gates import safety_no_destructive as gate\n"
        "from kei_gates.hook.judge import observe\nfrom kei_gates.model import *\n"
        f"call = Call(tool='Bash', principal=Principal(None, None), cwd='/', command={command!r})\n"
        "places = Places(project='/p', home='/h', installation=())\n"
        "assert gate.check(observe(call, places), gate.Params({})).outcome == 'abstain'\n"
        "print(any('_destructive_' in name for name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.decode().strip() == str(loads)
