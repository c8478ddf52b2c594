"""What a checkout holds beside a commit, against real repositories: all that counts, no more."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kei_gates.model import Fault
from kei_gates.verify.below import below
from kei_gates.verify.changes import Changes, changes_since
from tests.verify.checkouts import commit, git, make, write

FILES: dict[str, bytes | str] = {
    ".gitignore": "target/\n*.log\n__pycache__/\n",
    "a.py": "a\n",
    "b.py": "b\n",
    "run.sh": "echo\n",
    "src/c.py": "c\n",
    "src/deep/d.py": "d\n",
    "été ü.txt": "e\n",
}


def symlink(root: Path, path: str, leads: str) -> None:
    (root / path).unlink(missing_ok=True)
    (root / path).symlink_to(leads)


def said(found: Changes) -> list[str]:
    return [
        f"{one.kind} {one.path}" + (f" {one.entry}" if one.entry != "file" else "")
        for one in found.changes
    ]


def folder_for_file(root: Path) -> None:
    (root / "a.py").unlink()
    write(root, "a.py/inner.py")


def link_for_folder(root: Path) -> None:
    shutil.move(root / "src", root.parent / "moved")
    (root / "src").symlink_to(root.parent / "moved")


def hidden_by_flag(flag: str) -> Callable[[Path], None]:
    def act(root: Path) -> None:
        git(root, "update-index", flag, "a.py", "b.py")
        write(root, "a.py", "changed\n")
        (root / "b.py").unlink()

    return act


def same_size_and_time(root: Path) -> None:
    was = (root / "a.py").stat()
    write(root, "a.py", "z\n")
    os.utime(root / "a.py", ns=(was.st_atime_ns, was.st_mtime_ns))
    git(root, "config", "core.trustctime", "false")
    git(root, "config", "core.checkStat", "minimal")


def forced(root: Path) -> None:
    write(root, "target/evil.py")
    git(root, "add", "--force", "target/evil.py")


def forced_and_committed(root: Path) -> None:
    forced(root)
    git(root, "commit", "--quiet", "-m", "x")


def committed_and_put_back(root: Path) -> None:
    write(root, "a.py", "evil\n")
    commit(root)
    write(root, "a.py", "a\n")


def staged_and_put_back(root: Path) -> None:
    write(root, "a.py", "evil\n")
    git(root, "add", "a.py")
    write(root, "a.py", "a\n")


def new_committed_and_removed(root: Path) -> None:
    write(root, "evil.py", "evil\n")
    commit(root)
    (root / "evil.py").unlink()


def hidden_by_new_rule(root: Path) -> None:
    write(root, "src/.gitignore", "*\n")
    write(root, "src/evil.py")


def hidden_by_changed_rule(root: Path) -> None:
    write(root, ".gitignore", "target/\n*.log\nevil.py\n")
    write(root, "evil.py")


def nested(root: Path) -> None:
    make(root / "nested", {"n.py": "n\n", "in/m.py": "m\n", "x.log": "l"})


def nested_unborn(root: Path) -> None:
    git(root, "init", "--quiet", "fresh")
    write(root, "fresh/n.py")


def broken_index(root: Path) -> None:
    write(root, "a.py", "changed\n")
    (root / ".git/index").write_bytes(b"DIRC no index")


def split_index(root: Path) -> None:
    git(root, "update-index", "--split-index")
    forced(root)


def odd_names(root: Path) -> None:
    for name in ("new\nline", "tab\there", 'quo"te', "back\\slash", " blank ", "-option", "\udcff"):
        write(root, name)
    commit(root)
    write(root, "new\nline", "other\n")
    write(root, "\udcff", "other\n")


def executable(root: Path) -> None:
    (root / "run.sh").chmod(0o755)


def retyped(root: Path) -> None:
    symlink(root, "a.py", "/etc/hostname")


def piped(root: Path) -> None:
    (root / "a.py").unlink()
    os.mkfifo(root / "a.py")


ACTS: list[tuple[Callable[[Path], object], list[str]]] = [
    (lambda root: write(root, "a.py", "z\n"), ["modified a.py"]),
    (lambda root: write(root, "new/one.py"), ["added new/one.py"]),
    (lambda root: (root / "a.py").unlink(), ["deleted a.py"]),
    (lambda root: shutil.rmtree(root / "src"), ["deleted src/c.py", "deleted src/deep/d.py"]),
    (lambda root: (root / "a.py").rename(root / "z.py"), ["deleted a.py", "added z.py"]),
    (lambda root: git(root, "mv", "a.py", "z.py"), ["deleted a.py", "added z.py"]),
    (lambda root: git(root, "rm", "-q", "--cached", "a.py"), ["deleted a.py"]),
    (lambda root: write(root, "été ü.txt", "z\n"), ["modified été ü.txt"]),
    (executable, ["modified run.sh"]),
    (retyped, ["modified a.py link"]),
    (piped, ["deleted a.py"]),
    (folder_for_file, ["deleted a.py", "added a.py/inner.py"]),
    (
        link_for_folder,
        ["added src link", "deleted src/c.py", "deleted src/deep/d.py"],
    ),
    (hidden_by_flag("--assume-unchanged"), ["modified a.py", "deleted b.py"]),
    (hidden_by_flag("--skip-worktree"), ["modified a.py", "deleted b.py"]),
    (same_size_and_time, ["modified a.py"]),
    (forced, ["added target/evil.py"]),
    (forced_and_committed, ["added target/evil.py"]),
    (committed_and_put_back, ["modified a.py"]),
    (staged_and_put_back, ["modified a.py"]),
    (new_committed_and_removed, ["added evil.py"]),
    (hidden_by_new_rule, ["added src/.gitignore", "added src/evil.py"]),
    (hidden_by_changed_rule, ["modified .gitignore", "added evil.py"]),
    (nested, ["added nested/in/m.py", "added nested/n.py"]),
    (nested_unborn, ["added fresh/n.py"]),
    (broken_index, ["modified a.py"]),
    (split_index, ["added target/evil.py"]),
    (
        odd_names,
        [
            "added new\nline", "added tab\there", 'added quo"te', "added back\\slash",
            "added  blank ", "added -option", "added \udcff",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("act", "expected"), ACTS)
def test_what_has_changed_is_found(
    tmp_path: Path, act: Callable[[Path], object], expected: list[str]
) -> None:
    root = tmp_path / "p"
    base = make(root, FILES)
    act(root)
    found = changes_since(str(root), base)
    assert sorted(said(found)) == sorted(expected)
    assert [one.doubt for one in found.changes] == [""] * len(expected)


@pytest.mark.parametrize(("act", "expected"), ACTS)
def test_the_same_is_found_in_a_linked_worktree(
    tmp_path: Path, act: Callable[[Path], object], expected: list[str]
) -> None:
    main = tmp_path / "main"
    base = make(main, FILES)
    root = main / ".claude/worktrees/agent-1"
    git(main, "worktree", "add", "--quiet", "-b", "w", str(root))
    if act is broken_index:
        (main / ".git/worktrees/agent-1/index").write_bytes(b"DIRC no index")
        write(root, "a.py", "changed\n")
    else:
        act(root)
    assert sorted(said(changes_since(str(root), base))) == sorted(expected)
    assert said(changes_since(str(main), base)) == []


def test_a_link_to_the_same_folder_of_the_main_checkout_is_nobodys_work(tmp_path: Path) -> None:
    main = tmp_path / "main"
    base = make(main, FILES | {".gitignore": ".venv/\n"})
    for folder in (".venv", "data", "other"):
        write(main, f"{folder}/f")
    write(main, "file")
    root = main / ".claude/worktrees/agent-1"
    git(main, "worktree", "add", "--quiet", "-b", "w", str(root))
    (root / ".venv").symlink_to("../../../.venv")
    (root / "data").symlink_to(main / "data")
    assert said(changes_since(str(root), base)) == []
    (root / "file").symlink_to(main / "file")
    (root / "more").symlink_to(main / "other")
    (root / "other").symlink_to(main / "data")
    (root / "gone").symlink_to(main / "gone")
    (main / "twin").symlink_to("data")
    expected = ["added file link", "added gone link", "added more link", "added other link"]
    assert sorted(said(changes_since(str(root), base))) == expected
    assert "added twin link" in said(changes_since(str(main), base))


def touched(root: Path) -> None:
    os.utime(root / "a.py")
    write(root, "b.py", "b\n")


def made(root: Path) -> None:
    for path in ("target/debug/x", "src/y.log", "__pycache__/a.cpython-311.pyc"):
        write(root, path)


def made_unnamed(root: Path) -> None:
    """What tools make and no rule of the project names."""
    write(root, ".venv/.gitignore", "*\n")
    write(root, ".venv/lib/x.py")
    write(root, ".pytest_cache/.gitignore", "# Created by pytest automatically.\n*\n")
    write(root, ".pytest_cache/v/x")


def worktree_of_client(root: Path) -> None:
    write(root, ".claude/worktrees/agent-1/x.py")


def committed_and_undone(root: Path) -> None:
    write(root, "a.py", "evil\n")
    commit(root)
    write(root, "a.py", "a\n")
    commit(root)


def in_conflict_and_put_back(root: Path) -> None:
    git(root, "checkout", "--quiet", "-b", "other")
    write(root, "a.py", "theirs\n")
    commit(root)
    git(root, "checkout", "--quiet", "-b", "ours", "HEAD~1")
    write(root, "a.py", "ours\n")
    commit(root)
    blobs = [git(root, "rev-parse", f"{one}:a.py") for one in ("HEAD~1", "HEAD", "other")]
    git(root, "reset", "--quiet", "--hard", "HEAD~1")
    entries = "".join(f"100644 {blob} {at}\ta.py\n" for at, blob in enumerate(blobs, 1))
    git(root, "rm", "--quiet", "--cached", "a.py")
    git(root, "update-index", "--index-info", stdin=entries.encode())


HARMLESS = [
    in_conflict_and_put_back,
    touched, made, made_unnamed, worktree_of_client, committed_and_undone,
    lambda root: (root / "empty").mkdir(),
    commit,
    lambda root: (root / "a.py").chmod(0o600),
    lambda root: git(root, "update-index", "--assume-unchanged", "a.py"),
    lambda root: (root / ".git/index").unlink(),
    lambda root: git(root, "gc", "--quiet"),
    lambda root: git(root, "checkout", "--quiet", "--detach"),
]  # fmt: skip


@pytest.mark.parametrize("act", HARMLESS)
def test_what_is_as_it_was_is_no_change(tmp_path: Path, act: Callable[[Path], object]) -> None:
    base = make(tmp_path / "p", FILES)
    act(tmp_path / "p")
    assert said(changes_since(str(tmp_path / "p"), base)) == []


def test_texts_before_and_after(tmp_path: Path) -> None:
    base = make(tmp_path, FILES)
    symlink(tmp_path, "b.py", "nowhere")
    write(tmp_path, "a.py", "z\n")
    write(tmp_path, "new.py", "n\n")
    (tmp_path / "src/c.py").unlink()
    staged_and_put_back(tmp_path / ".")
    found = changes_since(str(tmp_path), base)
    texts = {one.path: (found.before(one.path), found.after(one.path)) for one in found.changes}
    assert texts == {
        "a.py": (b"a\n", b"evil\n"),
        "b.py": (b"b\n", b"nowhere"),
        "new.py": (None, b"n\n"),
        "src/c.py": (b"c\n", None),
    }
    assert found.before("run.sh") == found.after("run.sh") == b"echo\n"
    assert found.after("none") is None
    assert found.root == os.path.realpath(tmp_path)
    assert found.base == base


def test_modes_are_those_of_git(tmp_path: Path) -> None:
    base = make(tmp_path, FILES)
    executable(tmp_path)
    retyped(tmp_path)
    write(tmp_path, "new.py")
    (tmp_path / "b.py").unlink()
    found = changes_since(str(tmp_path), base).changes
    assert {one.path: (one.old_mode, one.mode) for one in found} == {
        "a.py": (0o100644, 0o120000),
        "b.py": (0o100644, 0),
        "new.py": (0, 0o100644),
        "run.sh": (0o100644, 0o100755),
    }


def test_when_a_path_was_changed(tmp_path: Path) -> None:
    base = make(tmp_path, FILES)
    write(tmp_path, "a.py", "z\n")
    (tmp_path / "src/c.py").unlink()
    shutil.rmtree(tmp_path / "src/deep")
    os.utime(tmp_path / "a.py", (1, 1))
    found = changes_since(str(tmp_path), base)
    assert found.changed_at("a.py") == (tmp_path / "a.py").stat().st_ctime_ns
    assert found.changed_at("src/c.py") == (tmp_path / "src").stat().st_ctime_ns
    assert found.changed_at("src/deep/d.py") == (tmp_path / "src").stat().st_ctime_ns


def test_a_text_that_is_too_large_is_an_error(tmp_path: Path) -> None:
    base = make(tmp_path, {"big": b"x" * ((32 << 20) + 1)})
    write(tmp_path, "big", b"y" * ((32 << 20) + 1))
    found = changes_since(str(tmp_path), base)
    assert said(found) == ["modified big"]
    for text in (found.before, found.after):
        with pytest.raises(OSError, match="more than 33554432 bytes"):
            text("big")


def test_a_sparse_checkout_misses_nothing(tmp_path: Path) -> None:
    base = make(tmp_path, {**FILES, "other/o.py": "o\n"})
    git(tmp_path, "sparse-checkout", "set", "src/deep")
    assert not (tmp_path / "other").exists()
    assert said(changes_since(str(tmp_path), base)) == []
    (tmp_path / "src/deep/d.py").unlink()
    write(tmp_path, "src/other.py")
    assert said(changes_since(str(tmp_path), base)) == [
        "deleted src/deep/d.py",
        "added src/other.py",
    ]


def test_another_object_format(tmp_path: Path) -> None:
    base = make(tmp_path, FILES, "--object-format=sha256")
    assert said(changes_since(str(tmp_path), base)) == []
    write(tmp_path, "a.py", "z\n")
    found = changes_since(str(tmp_path), base)
    assert said(found) == ["modified a.py"]
    assert found.before("a.py") == b"a\n"


def test_what_lies_only_in_the_index_or_a_commit_is_recorded(tmp_path: Path) -> None:
    base = make(tmp_path, FILES)
    for path in ("committed", "staged", "both", "lies"):
        write(tmp_path, path)
    git(tmp_path, "add", "committed", "both")
    git(tmp_path, "commit", "--quiet", "-m", "x")
    git(tmp_path, "rm", "--quiet", "committed")
    git(tmp_path, "add", "staged")
    (tmp_path / "staged").unlink()
    found = {one.path: one.is_recorded for one in changes_since(str(tmp_path), base).changes}
    assert found == {"both": True, "committed": True, "lies": False, "staged": True}


def test_seen_from_a_folder_a_change_is_what_it_was(tmp_path: Path) -> None:
    base = make(tmp_path, FILES)
    (tmp_path / "src/link").symlink_to("c.py")
    git(tmp_path, "add", "src/link")
    write(tmp_path, "new")
    found = below(changes_since(str(tmp_path), base), str(tmp_path / "src")).changes
    assert [(one.path, one.entry, one.mode, one.old_mode, one.is_recorded) for one in found] == [
        (f"{tmp_path}/new", "file", 0o100644, 0, False),
        ("link", "link", 0o120000, 0, True),
    ]


def test_a_rule_outside_the_tree_hides_nothing_new(tmp_path: Path) -> None:
    base = make(tmp_path, FILES)
    write(tmp_path, ".git/info/exclude", "mine.txt\n")
    now = (tmp_path / ".git/info/exclude").stat().st_ctime_ns
    write(tmp_path, "mine.txt")
    write(tmp_path, "other.txt")
    root = str(tmp_path)
    late, early = changes_since(root, base, now), changes_since(root, base, now + 10**9)
    assert said(late) == ["added mine.txt", "added other.txt"]
    assert [one.doubt for one in late.changes] == ["", ""]
    assert said(early) == ["added other.txt"]
    unknown = changes_since(root, base)
    assert said(unknown) == ["added mine.txt", "added other.txt"]
    assert [bool(one.doubt) for one in unknown.changes] == [True, False]


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("0" * 40, "there is no commit `0000"),
        ("main", "there is no commit `main`"),
        ("--help", "there is no commit `--help`"),
    ],
)
def test_a_base_that_is_none(tmp_path: Path, base: str, says: str) -> None:
    make(tmp_path, FILES)
    with pytest.raises(Fault, match=says):
        changes_since(str(tmp_path), base)


def test_a_damaged_tree_is_not_believed(tmp_path: Path) -> None:
    base = make(tmp_path, FILES)
    tree = git(tmp_path, "rev-parse", "HEAD^{tree}")
    write(tmp_path, "evil.py")
    git(tmp_path, "add", "evil.py")
    other = git(tmp_path, "write-tree")
    at = [tmp_path / ".git/objects" / name[:2] / name[2:] for name in (tree, other)]
    at[0].chmod(0o600)
    shutil.copyfile(at[1], at[0])
    with pytest.raises(Fault, match=rf"tree `{tree}` is damaged"):
        changes_since(str(tmp_path), base)
    at[0].unlink()
    with pytest.raises(Fault, match=rf"tree `{tree}` is missing"):
        changes_since(str(tmp_path), base)


def test_a_worktree_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    main, other = tmp_path / "main", tmp_path / "other"
    base = make(main, FILES)
    make(other, FILES)
    root = main / ".claude/worktrees/agent-1"
    git(main, "worktree", "add", "--quiet", str(root))
    pointer = (root / ".git").read_text()
    (root / ".git").unlink()
    with pytest.raises(Fault, match="no checkout"):
        changes_since(str(root), base)
    (root / ".git").write_text(f"gitdir: {other}/.git\n")
    with pytest.raises(Fault, match="no worktree of"):
        changes_since(str(root), base)
    (root / ".git").unlink()
    git(root, "init", "--quiet")
    with pytest.raises(Fault, match="no worktree of"):
        changes_since(str(root), base)
    shutil.rmtree(root / ".git")
    (root / ".git").write_text(pointer)
    assert said(changes_since(str(root), base)) == []


@pytest.mark.parametrize("entries", ["src/a.py", "..", ".git", "a.py\0a.py", "src\0src"])
def test_a_forged_tree_is_not_believed(tmp_path: Path, entries: str) -> None:
    """A later commit's tree names paths that no tree can, or one path twice."""
    base = make(tmp_path, FILES)
    blob = git(tmp_path, "hash-object", "-w", "--stdin", stdin=b"evil\n")
    tree = b"".join(
        b"100644 " + name.encode() + b"\0" + bytes.fromhex(blob) for name in entries.split("\0")
    )
    name = git(tmp_path, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=tree)
    forged = git(tmp_path, "commit-tree", name, "-p", base, "-m", "x")
    git(tmp_path, "update-ref", "refs/heads/main", forged)
    with pytest.raises(Fault, match="is no name, or twice"):
        changes_since(str(tmp_path), base)


def test_temporary_files_in_the_tree_are_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = make(tmp_path, FILES)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    write(tmp_path, "a.py", "z\n")
    assert said(changes_since(str(tmp_path), base)) == ["modified a.py"]
    assert os.listdir(tmp_path / "tmp") == []


def test_objects_of_another_repository_are_seen(tmp_path: Path) -> None:
    base = make(tmp_path / "p", FILES)
    git(tmp_path, "clone", "--quiet", "--shared", str(tmp_path / "p"), str(tmp_path / "q"))
    write(tmp_path / "q", "a.py", "z\n")
    found = changes_since(str(tmp_path / "q"), base)
    assert said(found) == ["modified a.py"]
    assert found.before("a.py") == b"a\n"


def test_a_partial_clone_answers_for_what_it_has(tmp_path: Path) -> None:
    base = make(tmp_path / "p", FILES)
    git(tmp_path / "p", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{tmp_path}/p",
        str(tmp_path / "q"))  # fmt: skip
    write(tmp_path / "q", "a.py", "z\n")
    assert said(changes_since(str(tmp_path / "q"), base)) == ["modified a.py"]


def test_an_ignored_file_that_is_committed_is_as_it_lies_there(tmp_path: Path) -> None:
    base = make(tmp_path, FILES)
    forced_and_committed(tmp_path)
    write(tmp_path, "target/evil.py", "later\n")
    found = changes_since(str(tmp_path), base)
    assert said(found) == ["added target/evil.py"]
    assert found.after("target/evil.py") == b"later\n"
    assert found.changed_at("target/evil.py") is not None


def test_flags_of_the_index_hide_nothing_where_no_sparse_checkout_is_on(tmp_path: Path) -> None:
    base = make(tmp_path, FILES)
    git(tmp_path, "update-index", "--skip-worktree", "a.py")
    (tmp_path / "a.py").unlink()
    assert said(changes_since(str(tmp_path), base)) == ["deleted a.py"]
