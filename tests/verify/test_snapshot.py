"""What an agent has changed since its start, in a tree that it shares or that git does not know."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kei_gates.checks._changes import judged
from kei_gates.model import Fault
from kei_gates.verify import held, snapshot, snapshot_files
from kei_gates.verify.snapshot import SnapshotChanges
from tests.verify.checkouts import commit, git, make, write

FILES: dict[str, bytes | str] = {
    ".gitignore": "*.log\nbuilt/\n",
    "a.py": "a\n",
    "b.py": "b\n",
    "src/c.py": "c\n",
    "src/d.py": "d\n",
}


def said(found: SnapshotChanges) -> list[str]:
    return [
        f"{one.kind} {one.path}" + (f" {one.entry}" if one.entry != "file" else "")
        for one in found.changes
    ]


class Tree:
    """A tree of one of the two kinds, in which something is under way already."""

    def __init__(self, top: Path, *, is_git: bool) -> None:
        self.root = top / "p"
        self.shot = str(top / "state/shot")
        if is_git:
            make(self.root, FILES)
        else:
            for path, content in FILES.items():
                write(self.root, path, content)
        write(self.root, "b.py", "begun\n")
        (self.root / "src/d.py").unlink()
        write(self.root, "open.py", "open\n")
        (self.root / "link").symlink_to("a.py")
        snapshot.take(str(self.root), self.shot)

    def found(self) -> SnapshotChanges:
        return snapshot.changes_since(str(self.root), self.shot)


@pytest.fixture(params=[True, False], ids=["git", "plain"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Tree:
    return Tree(tmp_path, is_git=request.param)


def relink(root: Path) -> None:
    (root / "link").unlink()
    (root / "link").symlink_to("b.py")


def same_time(root: Path) -> None:
    was = (root / "open.py").stat()
    write(root, "open.py", "OPEN\n")
    os.utime(root / "open.py", ns=(was.st_atime_ns, was.st_mtime_ns))


def new_rule(root: Path) -> None:
    write(root, ".gitignore", "*\n")
    write(root, "evil.py")


def folder_for_file(root: Path) -> None:
    (root / "open.py").unlink()
    write(root, "open.py/in.py")


ACTS: list[tuple[Callable[[Path], object], list[str]]] = [
    (lambda root: write(root, "a.py", "z\n"), ["modified a.py"]),
    (lambda root: write(root, "b.py", "z\n"), ["modified b.py"]),
    (lambda root: write(root, "b.py", "b\n"), ["modified b.py"]),
    (lambda root: (root / "b.py").unlink(), ["deleted b.py"]),
    (lambda root: write(root, "src/d.py", "d\n"), ["added src/d.py"]),
    (lambda root: write(root, "open.py", "z\n"), ["modified open.py"]),
    (lambda root: (root / "open.py").unlink(), ["deleted open.py"]),
    (lambda root: (root / "open.py").chmod(0o755), ["modified open.py"]),
    (lambda root: (root / "open.py").rename(root / "z.py"), ["deleted open.py", "added z.py"]),
    (lambda root: write(root, "new/n.py"), ["added new/n.py"]),
    (relink, ["modified link link"]),
    (same_time, ["modified open.py"]),
    (new_rule, ["modified .gitignore", "added evil.py"]),
    (folder_for_file, ["deleted open.py", "added open.py/in.py"]),
    (lambda root: shutil.rmtree(root / "src"), ["deleted src/c.py"]),
]


@pytest.mark.parametrize(("act", "expected"), ACTS)
def test_what_an_agent_changes_is_found(
    tree: Tree, act: Callable[[Path], object], expected: list[str]
) -> None:
    act(tree.root)
    assert said(tree.found()) == expected


def put_back(root: Path) -> None:
    for path, text in (("a.py", "a\n"), ("b.py", "begun\n"), ("open.py", "open\n")):
        write(root, path, "z\n")
        (root / path).unlink()
        write(root, path, text)
    shutil.rmtree(root / "src")
    write(root, "src/c.py", "c\n")


def ignored(root: Path) -> None:
    write(root, "x.log")
    write(root, "built/y")
    write(root, "__pycache__/a.cpython-311.pyc")
    write(root, ".claude/worktrees/agent-1/z.py")


@pytest.mark.parametrize(
    "act",
    [
        put_back, ignored, lambda root: (root / "empty").mkdir(),
        lambda root: os.utime(root / "open.py"), lambda root: (root / "a.py").chmod(0o600),
        lambda _: None,
    ],
)  # fmt: skip
def test_what_is_as_it_was_is_no_change(tree: Tree, act: Callable[[Path], object]) -> None:
    act(tree.root)
    assert said(tree.found()) == []


def test_texts_are_those_of_the_start(tree: Tree) -> None:
    write(tree.root, "a.py", "z\n")
    write(tree.root, "b.py", "z\n")
    (tree.root / "open.py").unlink()
    write(tree.root, "src/d.py", "new\n")
    relink(tree.root)
    found = tree.found()
    texts = {one.path: (found.before(one.path), found.after(one.path)) for one in found.changes}
    assert texts == {
        "a.py": (b"a\n", b"z\n"),
        "b.py": (b"begun\n", b"z\n"),
        "open.py": (b"open\n", None),
        "src/d.py": (None, b"new\n"),
        "link": (b"a.py", b"b.py"),
    }
    assert found.before("src/c.py") == found.after("src/c.py") == b"c\n"
    assert found.root == os.path.realpath(tree.root)
    assert found.base == "the agent's start"
    assert found.changed_at("a.py") == (tree.root / "a.py").stat().st_ctime_ns
    assert found.changed_at("open.py") == tree.root.stat().st_ctime_ns


def test_limits_leave_stats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "ALL_HASHED", 3)
    monkeypatch.setattr(held, "LARGEST_TEXT", 1)
    tree = Tree(tmp_path, is_git=False)
    assert said(tree.found()) == []
    same_time(tree.root)
    write(tree.root, "b.py", "begun\n")
    found = tree.found()
    assert said(found) == ["modified b.py", "modified open.py"]
    with pytest.raises(OSError, match="was not kept"):
        found.before("b.py")


def test_after_some_time_only_stats_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "SECONDS", -1.0)
    tree = Tree(tmp_path, is_git=False)
    assert all(not row[1] for row in json.loads(Path(tree.shot).read_bytes())["files"].values())
    assert said(tree.found()) == []
    write(tree.root, "a.py", "z\n")
    assert said(tree.found()) == ["modified a.py"]


def test_a_change_in_the_tick_of_the_start_is_found(tmp_path: Path) -> None:
    """A file that is written at once after the start has the size and times that it had."""
    for number in range(30):
        root = tmp_path / f"{number}"
        write(root, "a.py", "a\n")
        snapshot.take(str(root), str(tmp_path / "shot"))
        write(root, "a.py", "z\n")
        found = snapshot.changes_since(str(root), str(tmp_path / "shot"))
        assert said(found) == ["modified a.py"]


def test_the_stat_of_what_was_just_written_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, "p/a.py")
    for stats in (1, 4):  # first its size alone
        snapshot.take(str(tmp_path / "p"), str(tmp_path / "shot"))
        rows = json.loads((tmp_path / "shot").read_bytes())["files"]
        assert len(rows["a.py"][2]) == stats
        time.sleep(0.2)


def test_a_folder_called_as_rules_are_has_none(tree: Tree) -> None:
    write(tree.root, "src/.gitignore/a", "*\n")
    os.mkfifo(tree.root / "new", 0o600)
    (tree.root / "new").rename(tree.root / "src/.gitignore/.gitignore")
    snapshot.take(str(tree.root), tree.shot)
    write(tree.root, "src/.gitignore/b")
    assert said(tree.found()) == ["added src/.gitignore/b"]


def test_rules_in_hundreds_of_folders_are_quick_without_git(tmp_path: Path) -> None:
    root, shot = tmp_path / "p", str(tmp_path / "shot")
    for one in range(400):
        write(root, f"d{one}/.gitignore", f"{one}\n*.o\n/built\n!kept.o\n")
        for name in ("a.o", "kept.o", *range(10)):
            write(root, f"d{one}/e/{name}")
    start = time.monotonic()
    snapshot.take(str(root), shot)
    write(root, "d7/e/b.o")
    write(root, "d7/e/x")
    assert said(snapshot.changes_since(str(root), shot)) == ["added d7/e/x"]
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("start", ["", "nested"])
def test_a_deep_path_is_found(tree: Tree, start: str) -> None:
    if start:
        make(tree.root / start)
    path = "/".join([start, *["d"] * 1200, "f"]).lstrip("/")
    for at, one in enumerate(path):
        if one == "/" and path[:at] != start:
            (tree.root / path[:at]).mkdir()
    write(tree.root, path)
    try:
        assert said(tree.found()) == [f"added {path}"]
    finally:
        subprocess.run(["rm", "-r", str(tree.root)], check=True)  # pytest itself goes not so deep


def test_a_folder_in_a_files_place_is_looked_into(tmp_path: Path) -> None:
    root, shot = tmp_path / "p", str(tmp_path / "shot")
    make(root, FILES)
    (root / "a.py").unlink()
    write(root, "a.py/one.py")
    snapshot.take(str(root), shot)
    write(root, "a.py/two.py")
    assert said(snapshot.changes_since(str(root), shot)) == ["added a.py/two.py"]


def test_what_is_staged_and_put_back_is_a_change(tmp_path: Path) -> None:
    tree = Tree(tmp_path, is_git=True)
    write(tree.root, "b.py", "evil\n")
    git(tree.root, "add", "b.py")
    write(tree.root, "b.py", "b\n")
    found = tree.found()
    assert said(found) == ["modified b.py"]
    assert (found.before("b.py"), found.after("b.py")) == (b"begun\n", b"evil\n")


def test_a_folder_that_cannot_be_read_any_more_is_a_fault(tmp_path: Path) -> None:
    tree = Tree(tmp_path, is_git=False)
    at = os.open(tree.root, os.O_RDONLY)
    for _ in range(20):  # longer than any path may be
        os.mkdir("x" * 250, dir_fd=at)
        below = os.open("x" * 250, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    with pytest.raises(Fault, match="cannot be read any more"):
        tree.found()
    snapshot.take(str(tree.root), tree.shot)
    assert said(tree.found()) == []


def test_commits_of_the_agent_are_changes(tmp_path: Path) -> None:
    tree = Tree(tmp_path, is_git=True)
    write(tree.root, "a.py", "z\n")
    commit(tree.root)  # takes along what was under way, which is no change of the agent's
    assert said(tree.found()) == ["modified a.py"]
    write(tree.root, "a.py", "a\n")
    assert said(tree.found()) == ["modified a.py"]
    assert tree.found().after("a.py") == b"z\n"
    commit(tree.root)
    assert said(tree.found()) == []
    git(tree.root, "reset", "--quiet", "--hard", "HEAD~2")
    assert said(tree.found()) == [
        "modified b.py", "deleted link link", "deleted open.py", "added src/d.py"
    ]  # fmt: skip


def test_what_was_staged_at_the_start_is_no_change(tmp_path: Path) -> None:
    root = tmp_path / "p"
    make(root, FILES)
    write(root, "a.py", "staged\n")
    git(root, "add", "a.py")
    write(root, "a.py", "a\n")
    shot = str(tmp_path / "shot")
    snapshot.take(str(root), shot)
    assert said(snapshot.changes_since(str(root), shot)) == []
    git(root, "reset", "--quiet")
    assert said(snapshot.changes_since(str(root), shot)) == []
    git(root, "rm", "--quiet", "--cached", "a.py")
    assert said(snapshot.changes_since(str(root), shot)) == ["deleted a.py"]


def test_before_the_first_commit_all_is_of_the_start(tmp_path: Path) -> None:
    root, shot = tmp_path / "p", str(tmp_path / "shot")
    write(root, "a.py")
    write(root, ".gitignore", "node_modules\n")
    write(root, "node_modules/x.js")
    git(root, "init", "--quiet")
    snapshot.take(str(root), shot)
    commit(root)
    write(root, "b.py")
    write(root, "node_modules/y.js")
    assert said(snapshot.changes_since(str(root), shot)) == ["added b.py"]


def test_a_folder_that_ignored_itself_at_the_start_stays_ignored(tmp_path: Path) -> None:
    root, shot = tmp_path / "p", str(tmp_path / "shot")
    make(root, FILES)
    write(root, "own/.gitignore", "*\n")
    write(root, ".git/info/exclude", "mine\n")
    snapshot.take(str(root), shot)
    write(root, "own/x.py")
    write(root, "mine")
    assert said(snapshot.changes_since(str(root), shot)) == []
    write(root, "other/.gitignore", "*\n")
    write(root, "other/x.py")
    write(root, ".git/info/exclude", "mine\nyours\n")
    write(root, "yours")
    found = snapshot.changes_since(str(root), shot)
    assert said(found) == ["added other/.gitignore", "added other/x.py", "added yours"]


def test_submodules_at_work_are_no_change(tmp_path: Path) -> None:
    make(tmp_path / "inner", {"i.py": "i\n", "j.py": "j\n"})
    root, shot = tmp_path / "p", str(tmp_path / "shot")
    make(root, FILES)
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
        str(tmp_path / "inner"), "sub")  # fmt: skip
    commit(root)
    write(root, "sub/i.py", "begun\n")
    commit(root / "sub")
    write(root, "sub/j.py", "begun\n")
    snapshot.take(str(root), shot)
    assert said(snapshot.changes_since(str(root), shot)) == []
    write(root, "sub/i.py", "z\n")
    write(root, "sub/j.py", "j\n")
    assert said(snapshot.changes_since(str(root), shot)) == [
        "modified sub/i.py",
        "modified sub/j.py",
    ]
    commit(root / "sub")
    assert said(snapshot.changes_since(str(root), shot)) == [
        "modified sub submodule", "modified sub/i.py", "modified sub/j.py"
    ]  # fmt: skip


def test_files_that_a_new_sparse_checkout_takes_away_are_deleted(tmp_path: Path) -> None:
    root, shot = tmp_path / "p", str(tmp_path / "shot")
    make(root, FILES)
    snapshot.take(str(root), shot)
    git(root, "sparse-checkout", "set", "other")
    assert said(snapshot.changes_since(str(root), shot)) == ["deleted src/c.py", "deleted src/d.py"]
    snapshot.take(str(root), shot)
    write(root, "src/new.py")
    assert said(snapshot.changes_since(str(root), shot)) == ["added src/new.py"]


def test_a_cache_is_judged_where_git_has_it(tmp_path: Path) -> None:
    root, shot = tmp_path / "p", str(tmp_path / "shot")
    files = [".next/a.js", ".next/b.js", ".next/c.js"]
    make(root, {**FILES, files[0]: "a"})
    (root / files[0]).unlink()
    snapshot.take(str(root), shot)
    for path in files:
        write(root, path, "z")
    git(root, "add", "--force", files[1])
    assert [one.path for one in judged(snapshot.changes_since(str(root), shot))] == files[:2]


def test_what_tools_make_is_left_out_without_git(tmp_path: Path) -> None:
    root, shot = tmp_path / "p", str(tmp_path / "shot")
    write(root, "Cargo.toml")
    write(root, "deep/target/kept.py")
    snapshot.take(str(root), shot)
    for path in ("target/x", "node_modules/y.js", "deep/.venv/z.py", ".git/config"):
        write(root, path)
    assert said(snapshot.changes_since(str(root), shot)) == []
    write(root, "deep/target/new.py")
    write(root, "node_modules.py")
    assert said(snapshot.changes_since(str(root), shot)) == [
        "added deep/target/new.py", "added node_modules.py"
    ]  # fmt: skip


def test_what_is_no_file_is_left_out_without_git(tmp_path: Path) -> None:
    root, shot = tmp_path / "p", str(tmp_path / "shot")
    write(root, "a.py")
    os.mkfifo(root / "old")
    snapshot.take(str(root), shot)
    os.mkfifo(root / "new")
    (root / "old").unlink()
    os.mkfifo(root / "old")
    assert said(snapshot.changes_since(str(root), shot)) == []
    (root / "a.py").unlink()
    os.mkfifo(root / "a.py")
    assert said(snapshot.changes_since(str(root), shot)) == ["deleted a.py"]


def test_a_file_that_became_huge_is_a_change_without_being_read(tmp_path: Path) -> None:
    root, shot = tmp_path / "p", str(tmp_path / "shot")
    write(root, "a.dat", "a")
    snapshot.take(str(root), shot)
    for name in ("a.dat", "b.dat"):
        with (root / name).open("wb") as file:
            file.truncate(64 << 30)  # nobody could read that in the time of a test
    assert said(snapshot.changes_since(str(root), shot)) == ["modified a.dat", "added b.dat"]


def test_too_many_files_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_files, "MOST", 3)
    for number in range(4):
        write(tmp_path, f"p/{number}")
    with pytest.raises(Fault, match="more than 3 files") as caught:
        snapshot.take(str(tmp_path / "p"), str(tmp_path / "shot"))
    assert "git" in caught.value.remedy


GOOD: dict[str, Any] = {
    "form": "kei-gates snapshot 2", "is_git": False, "commit": None, "rules": {"": []},
    "sparse": [], "files": {"a": [33188, "", [1, 2, 3, 4], None, False]}, "unreadable": [],
}  # fmt: skip


DAMAGES: list[dict[str, Any]] = [
    {"form": "kei-gates snapshot 1"},
    {"sparse": [7]},
    {"root": 7},
    {"commit": 7},
    {"rules": []},
    {"rules": {}},
    {"rules": {"": [7]}},
    {"files": {"a": None}},
    {"files": []},
    {"files": {"a": [1, "", ["x"], None, False]}},
    {"files": {"a": ["1", "", [], None, False]}},
    {"files": {"a": [1, "", [], "=", False]}},
    {"unreadable": 7},
    {"unreadable": [7]},
]
DAMAGED = [json.dumps({**GOOD, "root": "{root}", **change}).encode() for change in DAMAGES]


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b"\x00", b"\x80", b"[" * 100_000, *DAMAGED]
)
def test_a_damaged_snapshot_is_a_fault(tmp_path: Path, content: bytes) -> None:
    root = tmp_path / "p"
    root.mkdir()
    shot = tmp_path / "shot"
    shot.write_bytes(content.replace(b"{root}", str(root).encode()))
    with pytest.raises(Fault, match="damaged") as caught:
        snapshot.changes_since(str(root), str(shot))
    assert caught.value.remedy


def test_a_whole_snapshot_is_none(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    shot = tmp_path / "shot"
    shot.write_text(json.dumps({**GOOD, "root": str(tmp_path / "p")}))
    assert said(snapshot.changes_since(str(tmp_path / "p"), str(shot))) == ["deleted a"]


def test_a_missing_or_foreign_snapshot_is_a_fault(tree: Tree, tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be read"):
        snapshot.changes_since(str(tree.root), str(tmp_path / "none"))
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(Fault, match=r"is of `.*/p`, not of `.*/other`"):
        snapshot.changes_since(str(other), tree.shot)
    write(tmp_path, "file")
    with pytest.raises(Fault, match="cannot be written"):
        snapshot.take(str(tree.root), str(tmp_path / "file/shot"))


def test_a_checkout_that_is_none_any_more_is_a_fault(tmp_path: Path) -> None:
    tree = Tree(tmp_path, is_git=True)
    (tree.root / ".git").rename(tmp_path / "away")
    with pytest.raises(Fault, match="no checkout"):
        tree.found()


def test_a_repository_that_is_made_later_hides_nothing(tmp_path: Path) -> None:
    tree = Tree(tmp_path, is_git=False)
    git(tree.root, "init", "--quiet")
    write(tree.root, "evil.py")
    commit(tree.root)
    assert said(tree.found()) == ["added evil.py"]


NAMES = ["a", "b", "c/a", "c/b", "c/d/a", "\udcff", "new\nline"]
CONTENTS = st.sampled_from([b"", b"x\n", b"y\n"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "delete", "run", "commit"]), st.sampled_from(NAMES),
              CONTENTS),
    max_size=8,
)  # fmt: skip


def played(root: Path, steps: list[tuple[str, str, bytes]], *, is_git: bool) -> None:
    for step, name, content in steps:
        place = os.fsencode(root) + b"/" + name.encode("utf-8", "surrogateescape")
        if step == "write":
            write(root, name, content)
        elif step == "delete" and os.path.exists(place):
            os.unlink(place)
        elif step == "run" and os.path.exists(place):
            os.chmod(place, 0o755 if content else 0o644)
        elif step == "commit" and is_git:
            commit(root)


def state(root: Path) -> dict[str, tuple[bytes, bool]]:
    found = {}
    for name in NAMES:
        place = os.fsencode(root) + b"/" + name.encode("utf-8", "surrogateescape")
        if os.path.exists(place):
            with open(place, "rb") as file:
                found[name] = (file.read(), bool(os.stat(place).st_mode & 0o100))
    return found


@pytest.mark.parametrize("is_git", [True, False], ids=["git", "plain"])
@settings(max_examples=30, deadline=None)
@given(before=STEPS, after=STEPS)
def test_changes_are_the_difference_of_two_trees(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple[str, str, bytes]],
    after: list[tuple[str, str, bytes]],
    *,
    is_git: bool,
) -> None:
    top = tmp_path_factory.mktemp("two")
    root = top / "p"
    root.mkdir()
    if is_git:
        make(root)
    played(root, before, is_git=is_git)
    was = state(root)
    snapshot.take(str(root), str(top / "shot"))
    played(root, [step for step in after if step[0] != "commit"], is_git=is_git)
    if is_git:
        commit(root)
    now = state(root)
    found = snapshot.changes_since(str(root), str(top / "shot"))
    expected = sorted(name for name in NAMES if was.get(name) != now.get(name))
    assert [one.path for one in found.changes] == expected
    for one in found.changes:
        assert found.before(one.path) == was.get(one.path, (None,))[0]
        assert found.after(one.path) == now.get(one.path, (None,))[0]


@pytest.mark.parametrize("is_git", [True, False], ids=["git", "plain"])
def test_twenty_thousand_files_are_quick(tmp_path: Path, *, is_git: bool) -> None:
    root = tmp_path / "p"
    for number in range(20_000):
        folder = root / f"d{number % 20}/e{number % 400}"
        if number < 400:
            folder.mkdir(parents=True)
        (folder / f"{number}.py").write_text(f"x = {number}\n" * (number % 100))
    if is_git:
        make(root)
    start = time.monotonic()
    snapshot.take(str(root), str(tmp_path / "shot"))
    taken = time.monotonic() - start
    write(root, "d1/e1/1.py", "z\n")
    start = time.monotonic()
    assert said(snapshot.changes_since(str(root), str(tmp_path / "shot"))) == [
        "modified d1/e1/1.py"
    ]
    compared = time.monotonic() - start
    print(f"taken in {taken:.2f} s, compared in {compared:.2f} s")  # noqa: T201 -- for `-s`
    assert taken < 20
    assert compared < 20
