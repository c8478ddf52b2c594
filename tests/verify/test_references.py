"""What names mean, and what work is merged onto."""

from __future__ import annotations

from pathlib import Path

import pytest

from kei_gates.model import Fault
from kei_gates.verify.references import merge_base, resolve, target_of, target_of_agent
from tests.verify.checkouts import commit, git, make, write


def test_the_target_of_a_person(tmp_path: Path) -> None:
    first = make(tmp_path / "p", {"a": "a\n"})
    root = str(tmp_path / "p")
    assert (target_of(root).name, target_of(root).commit) == ("main", first)
    git(tmp_path / "p", "checkout", "-q", "-b", "work")
    second = commit(tmp_path / "p")
    assert target_of(root).commit == first
    git(tmp_path / "p", "branch", "-m", "main", "master")
    assert target_of(root).name == "master"
    git(tmp_path / "p", "update-ref", "refs/remotes/origin/main", second)
    assert target_of(root).name == "origin/main"
    git(tmp_path / "p", "update-ref", "refs/remotes/origin/next", first)
    git(tmp_path / "p", "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/next")
    assert (target_of(root).name, target_of(root).commit) == ("origin/next", first)
    git(tmp_path / "p", "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
    assert target_of(root).name == "origin/main"


def test_no_target_says_what_to_do(tmp_path: Path) -> None:
    make(tmp_path, {"a": "a\n"})
    git(tmp_path, "branch", "-m", "odd")
    with pytest.raises(Fault, match="nothing says") as caught:
        target_of(str(tmp_path))
    assert "--base" in caught.value.remedy


def test_the_target_of_an_agent_is_what_the_main_checkout_has(tmp_path: Path) -> None:
    main = tmp_path / "p"
    first = make(main, {"a": "a\n"})
    work = main / ".claude/worktrees/agent-1"
    git(main, "worktree", "add", "-q", "-b", "w", str(work))
    commit(work)
    git(main, "checkout", "-q", "-b", "feature/x")
    second = commit(main)
    assert (target_of_agent(str(work)).name, target_of_agent(str(work)).commit) == (
        "feature/x", second,
    )  # fmt: skip
    assert merge_base(str(work), second) == first
    git(main, "checkout", "-q", "--detach")
    assert target_of_agent(str(work)).name == second[:12]


def test_before_the_first_commit_there_is_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    root = str(tmp_path)
    with pytest.raises(Fault, match="no commit that work"):
        target_of_agent(root)
    with pytest.raises(Fault, match="no commit in"):
        merge_base(root, "main")


def test_the_merge_base(tmp_path: Path) -> None:
    first = make(tmp_path, {"a": "a\n"})
    git(tmp_path, "checkout", "-q", "-b", "work")
    commit(tmp_path)
    git(tmp_path, "tag", "-a", "v1", "-m", "v1", first)
    root = str(tmp_path)
    for rev in ("main", "v1", first, first[:10], "HEAD~1", "work^"):
        assert merge_base(root, rev) == first
        assert resolve(root, rev) == first
    git(tmp_path, "checkout", "-q", "--detach")
    assert merge_base(root, "main") == first


@pytest.mark.parametrize(
    "rev", ["none", "--all", "-h", "", "main..work", "^main", "a b", "x\ny", "main:a", "1" * 40]
)
def test_what_names_no_commit(tmp_path: Path, rev: str) -> None:
    make(tmp_path, {"a": "a\n"})
    git(tmp_path, "branch", "work")
    with pytest.raises(Fault, match="commit") as caught:
        merge_base(str(tmp_path), rev)
    assert caught.value.remedy


def test_histories_that_share_nothing(tmp_path: Path) -> None:
    make(tmp_path, {"a": "a\n"})
    git(tmp_path, "checkout", "-q", "--orphan", "other")
    commit(tmp_path)
    with pytest.raises(Fault, match="share no history"):
        merge_base(str(tmp_path), "main")


def test_a_clone_that_is_too_shallow(tmp_path: Path) -> None:
    source = tmp_path / "source"
    make(source, {"a": "a\n"})
    git(source, "branch", "work")
    write(source, "b")
    commit(source)
    git(source, "checkout", "-q", "work")
    write(source, "c")
    commit(source)
    url = f"file://{source}"
    git(tmp_path, "clone", "-q", "--depth=1", "--no-single-branch", url, str(tmp_path / "clone"))
    with pytest.raises(Fault, match="too shallow") as caught:
        merge_base(str(tmp_path / "clone"), "origin/main")
    assert "--unshallow" in caught.value.remedy
    assert merge_base(str(tmp_path / "clone"), "origin/work") == git(
        tmp_path / "clone", "rev-parse", "HEAD"
    )
