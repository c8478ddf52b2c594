"""Merges in repositories of every form: in none is anything written, and no program is run."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kei_gates.checks._changes import judged
from kei_gates.model import Fault
from kei_gates.verify.changes import changes_since
from kei_gates.verify.merge import simulated
from kei_gates.verify.references import Target
from tests.verify.checkouts import ENVIRONMENT, commit, git, make, write
from tests.verify.merges import held, mark_of, merge, put, started, state_of

NO_GIT = (".git",)
BEFORE = {"f": "1\n", "kept": "k\n"}


def plain(tmp_path: Path) -> Path:
    return started(tmp_path, BEFORE, {"theirs": "t\n"})


def packed(tmp_path: Path) -> Path:
    root = plain(tmp_path)
    git(root, "gc", "--quiet")
    return root


def sha256(tmp_path: Path) -> Path:
    return started(tmp_path, BEFORE, {"theirs": "t\n"}, "--object-format=sha256")


def odd_name(tmp_path: Path) -> Path:
    (tmp_path / 'a "b"\nc\\').mkdir()
    return started(tmp_path / 'a "b"\nc\\', BEFORE, {"theirs": "t\n"})


def linked(tmp_path: Path) -> Path:
    main = plain(tmp_path)
    git(main, "switch", "--quiet", "main")
    root = tmp_path / "linked"
    git(main, "worktree", "add", "--quiet", str(root), "work")
    return root


def inside(tmp_path: Path) -> Path:
    """A worktree as the client makes it for an agent."""
    main = plain(tmp_path)
    git(main, "switch", "--quiet", "main")
    root = main / ".claude" / "worktrees" / "one"
    git(main, "worktree", "add", "--quiet", str(root), "work")
    return root


def borrowing(tmp_path: Path) -> Path:
    """A clone that borrows the objects of another, by a relative path."""
    main = plain(tmp_path)
    git(main, "gc", "--quiet")
    root = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--shared", str(main), str(root))
    (root / ".git/objects/info/alternates").write_text("../../../root/.git/objects\n")
    git(root, "branch", "--quiet", "main", "origin/main")
    return root


def shallow(tmp_path: Path) -> Path:
    main = plain(tmp_path)
    root = tmp_path / "clone"
    words = ("--depth=2", "--no-single-branch", "--branch=work")
    git(tmp_path, "clone", "--quiet", *words, f"file://{main}", str(root))
    git(root, "branch", "--quiet", "main", "origin/main")
    return root


def sparse(tmp_path: Path) -> Path:
    root = started(tmp_path, BEFORE | {"away/x": "x\n"}, {"theirs": "t\n", "away/y": "y\n"})
    git(root, "sparse-checkout", "set", "--no-cone", "/f", "/kept")
    assert not (root / "away").exists()
    return root


FORMS = [plain, packed, sha256, odd_name, linked, inside, borrowing, shallow, sparse]


@pytest.mark.parametrize("form", FORMS, ids=[form.__name__ for form in FORMS])
def test_every_form_is_merged_and_left_as_it_was(
    tmp_path: Path, form: Callable[[Path], Path]
) -> None:
    root = form(tmp_path)
    put(root, {"f": "2\n", "new": "n\n"})
    top = Path(git(root, "rev-parse", "--path-format=absolute", "--git-common-dir"))
    before = mark_of(top), mark_of(root)
    with merge(root) as merged:
        assert merged.conflicts == ()
        found = held(merged.root, without=NO_GIT)
        away = {path for path in found if path.startswith("away/")}
        assert sorted(found.keys() - away) == ["f", "kept", "new", "theirs"]
        assert found["f"] == b"2\n"
        assert found["theirs"] == b"t\n"
        assert sorted(away) == (["away/x", "away/y"] if form is sparse else [])
        assert (mark_of(top), mark_of(root)) == before
    assert (mark_of(top), mark_of(root)) == before
    assert os.listdir(state_of(root)) == []


def test_no_time_is_changed_but_of_objects_that_are_there_already(tmp_path: Path) -> None:
    root = plain(tmp_path)
    put(root, {"f": "2\n", "new": "n\n"})
    commit(root)
    places = [root, *root.rglob("*")]
    for place in places:
        os.utime(place, ns=(10**18, 10**18), follow_symlinks=False)
    with merge(root):
        pass
    changed = [place for place in places if place.lstat().st_mtime_ns != 10**18]
    objects = root / ".git" / "objects"
    assert [place for place in changed if place.parent.parent != objects] == []


def program(tmp_path: Path) -> str:
    """A program that leaves a trace when anybody runs it."""
    path = tmp_path / "evil"
    path.write_text(f"#!/bin/sh\necho ran >> '{tmp_path}/trace'\ncat\n")
    path.chmod(0o755)
    return str(path)


def test_nobodys_program_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = program(tmp_path)
    attributes = "* filter=evil merge=evil diff=evil ident\n"
    root = started(
        tmp_path,
        {"f": "1\n2\n3\n4\n5\n6\n", "g": "1\n", ".gitattributes": attributes},
        {"f": "x\n2\n3\n4\n5\n6\n", "t": "t\n"},
    )
    put(root, {"f": "1\n2\n3\n4\n5\ny\n", "new": "n\n"})
    settings = {
        "core.fsmonitor": evil,
        "core.pager": evil,
        "core.sshCommand": evil,
        "core.editor": evil,
        "core.hooksPath": str(tmp_path / "hooks"),
        "core.alternateRefsCommand": evil,
        "commit.gpgSign": "true",
        "gpg.program": evil,
        "diff.evil.textconv": evil,
        "diff.external": evil,
        "filter.evil.clean": evil,
        "filter.evil.smudge": evil,
        "filter.evil.process": evil,
        "filter.evil.required": "true",
        "merge.evil.driver": f"{evil} %A %O %B",
        "merge.default": "evil",
        "rerere.enabled": "true",
        "trace2.normalTarget": str(tmp_path / "trace"),
    }
    (tmp_path / "hooks").mkdir()
    for hook in ("post-index-change", "reference-transaction", "pre-commit", "post-checkout"):
        (tmp_path / "hooks" / hook).symlink_to(evil)
        (root / ".git/hooks").mkdir(exist_ok=True)
        (root / ".git/hooks" / hook).symlink_to(evil)
    (tmp_path / "gitconfig").write_text("")
    for key, value in settings.items():
        git(root, "config", key, value)
        git(root, "config", "--file", str(tmp_path / "gitconfig"), key, value)
    (root / ".git/info").mkdir(exist_ok=True)
    (root / ".git/info/attributes").write_text("* merge=evil filter=evil\n")
    (tmp_path / "trace").unlink(missing_ok=True)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", evil)
    base, target = git_free(root, "merge-base", "HEAD", "main"), git_free(root, "rev-parse", "main")
    (tmp_path / "trace").unlink(missing_ok=True)
    changes = changes_since(str(root), base)
    state = str(state_of(root))
    with simulated(str(root), base, Target("main", target), changes, state, str(root)) as merged:
        assert merged.conflicts == ()
        assert Path(merged.root, "f").read_text() == "x\n2\n3\n4\n5\ny\n"
    assert not (tmp_path / "trace").exists()


def git_free(root: Path, *words: str) -> str:
    """Run git so that what is set up to be run is not."""
    off = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-pager")
    return git(root, *off, *words)


def test_line_ends_are_as_in_the_checkout(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, {"stored": "a\r\nb\r\n", "f": "1\n"})
    git(root, "branch", "work")
    write(root, "theirs", "t\n")
    commit(root)
    git(root, "switch", "--quiet", "work")
    git(root, "config", "core.autocrlf", "true")
    # stored with CR: git leaves that so, also when the file is changed
    put(root, {"stored": "a\r\nb\r\nc\r\n", "f": "1\r\n2\r\n", "new": "n\r\n"})
    with merge(root) as merged:
        assert merged.conflicts == ()
        found = held(merged.root, without=NO_GIT)
        assert found["stored"] == b"a\r\nb\r\nc\r\n"
        assert found["f"] == b"1\r\n2\r\n"
        assert found["new"] == b"n\r\n"
        assert found["theirs"] == b"t\r\n"
        assert git(Path(merged.root), "show", "HEAD:new") == "n"
        assert git(Path(merged.root), "show", "HEAD:stored") == "a\r\nb\r\nc"


def test_other_line_ends_alone_conflict_with_nothing(tmp_path: Path) -> None:
    numbers = "".join(f"{number}\n" for number in range(30))
    root = started(tmp_path, {"f": numbers}, {"f": numbers.replace("25\n", "x\n")})
    git(root, "config", "core.autocrlf", "true")
    write(root, "f", numbers.replace("5\n", "y\n", 1).replace("\n", "\r\n"))
    with merge(root) as merged:
        assert merged.conflicts == ()
        assert b"\r\nx\r\n" in Path(merged.root, "f").read_bytes()


@pytest.mark.parametrize("where", ["committed", "own", "user"])
def test_attributes_that_run_nothing_count(tmp_path: Path, where: str) -> None:
    text = "f merge=union\n"
    before = {"f": "1\n"} | ({".gitattributes": text} if where == "committed" else {})
    root = started(tmp_path, before, {"f": "1\ntheirs\n"})
    write(root, "f", "1\nours\n")
    if where == "own":
        write(root, ".git/info/attributes", text)
    if where == "user":
        write(tmp_path, "attributes", text)
        git(root, "config", "core.attributesFile", str(tmp_path / "attributes"))
    with merge(root) as merged:
        assert merged.conflicts == ()
        assert Path(merged.root, "f").read_text() == "1\ntheirs\nours\n"


def pointer(content: bytes) -> str:
    """What Git LFS stores of a file."""
    name = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize {len(content)}\n"


def test_filtered_files_have_the_bytes_of_the_checkout(tmp_path: Path) -> None:
    same, old = b"same\n" * 9, b"old\n"
    root = started(
        tmp_path,
        {
            ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
            "same.bin": pointer(same),
            "theirs.bin": pointer(old),
        },
        {"theirs.bin": pointer(b"new\n"), "also.bin": pointer(b"also\n")},
    )
    put(root, {"same.bin": same, "theirs.bin": old, "new.bin": b"fresh\n"})
    (root / "same.bin").chmod(0o644)
    with merge(root) as merged:
        assert merged.conflicts == ()
        found = held(merged.root, without=NO_GIT)
        assert found["same.bin"] == same
        assert found["new.bin"] == b"fresh\n"
        assert found["theirs.bin"].decode() == pointer(b"new\n")
        (remark,) = merged.left_out
        assert remark.startswith(
            "in the merge, `also.bin` and other files (2 in all) lie as stored"
        )


def with_submodule(tmp_path: Path) -> tuple[Path, Path]:
    """A checkout of `work` with a submodule at its first commit, which has two more."""
    inner = tmp_path / "inner"
    make(inner, {"lib": "1\n"})
    root = tmp_path / "root"
    make(root, {"f": "1\n"})
    git(root, "submodule", "--quiet", "add", str(inner), "sub")
    commit(root, "with sub")
    git(root, "branch", "work")
    for text in ("2\n", "3\n"):
        write(root, "sub/lib", text)
        commit(root / "sub", text)
    return root, root / "sub"


def moved(root: Path, to: str) -> None:
    git(root / "sub", "checkout", "--quiet", "--detach", to)


def commits(sub: Path) -> list[str]:
    return git(sub, "rev-list", "--reverse", "main").split()


def test_a_submodule_that_is_as_it_was_is_there(tmp_path: Path) -> None:
    root, sub = with_submodule(tmp_path)
    moved(root, commits(sub)[0])
    write(root, "theirs", "t\n")
    commit(root, "theirs")
    git(root, "switch", "--quiet", "work")
    write(root, "sub/lib", "changed\n")
    with merge(root) as merged:
        assert merged.conflicts == ()
        assert Path(merged.root, "sub/lib").read_text() == "changed\n"
        assert merged.left_out == (
            "`sub/lib` lies in a submodule, of which a merge takes only the commit",
        )


@pytest.mark.parametrize(
    ("theirs", "ours", "found"),
    [(0, 1, 1), (1, 0, None), (1, 2, 2), (2, 1, None)],
    ids=["only here", "only there", "further here", "further there"],
)
def test_a_submodule_that_moves_on(
    tmp_path: Path, theirs: int, ours: int, found: int | None
) -> None:
    root, sub = with_submodule(tmp_path)
    names = commits(sub)
    moved(root, names[theirs])
    write(root, "theirs", "t\n")
    commit(root, "theirs")
    git(root, "switch", "--quiet", "work")
    moved(root, names[ours])
    last = names[max(theirs, ours)]
    with merge(root) as merged:
        assert merged.conflicts == ()
        assert git(Path(merged.root), "rev-parse", "HEAD:sub") == last
        if found is not None:
            assert Path(merged.root, "sub/lib").read_text() == f"{found + 1}\n"
            assert not any("empty" in remark for remark in merged.left_out)
        else:
            assert os.listdir(f"{merged.root}/sub") == []
            remark = "in the merge, `sub` lies empty: another commit is checked out"
            assert merged.left_out[-1] == remark


def test_a_submodule_that_moves_apart_conflicts(tmp_path: Path) -> None:
    root, sub = with_submodule(tmp_path)
    moved(root, commits(sub)[1])
    commit(root, "theirs")
    git(root, "switch", "--quiet", "work")
    moved(root, commits(sub)[0])
    write(root, "sub/lib", "other\n")
    commit(sub, "other")
    with merge(root) as merged:
        (one,) = merged.conflicts
        assert one.path == "sub"
        assert one.message.endswith("both have moved the submodule to another commit")


def test_a_submodule_that_is_not_checked_out_is_no_remark(tmp_path: Path) -> None:
    main, _ = with_submodule(tmp_path)
    moved(main, commits(main / "sub")[0])
    root = tmp_path / "linked"
    git(main, "worktree", "add", "--quiet", str(root), "work")
    write(root, "f", "2\n")
    with merge(root) as merged:
        assert (merged.conflicts, merged.left_out) == ((), ())
        assert os.listdir(f"{merged.root}/sub") == []


def test_what_a_partial_clone_has_not_fetched_is_a_fault(tmp_path: Path) -> None:
    main = plain(tmp_path)
    git(main, "config", "uploadpack.allowFilter", "true")
    root = tmp_path / "clone"
    words = ("--filter=blob:none", "--branch=work")
    git(tmp_path, "clone", "--quiet", *words, f"file://{main}", str(root))
    git(root, "branch", "--quiet", "main", "origin/main")
    write(root, "f", "2\n")
    with pytest.raises(Fault) as caught, merge(root):
        pass
    assert os.listdir(state_of(root)) == []
    _, command, _ = caught.value.remedy.split("`")
    subprocess.run(["sh", "-c", command], cwd=root, env=ENVIRONMENT, check=True)
    with merge(root) as merged:
        assert Path(merged.root, "theirs").read_text() == "t\n"


def test_a_damaged_repository_is_a_fault(tmp_path: Path) -> None:
    root = plain(tmp_path)
    name = git(root, "rev-parse", "main:theirs")
    (root / ".git/objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(Fault, match="read-tree") as caught, merge(root):
        pass
    assert "git fsck" in caught.value.remedy
    assert os.listdir(state_of(root)) == []


def test_what_no_check_judges_travels_only_where_it_is_staged_and_then_is_judged(
    tmp_path: Path,
) -> None:
    root = started(tmp_path, BEFORE, {"theirs": "t\n"})
    left = [".next/a.js", ".tox/a.py", "lib/__pycache__/a.pyc", "node_modules/a/b.js"]
    for path in left:
        write(root, path)

    def seen() -> tuple[list[str], list[str]]:
        changes = changes_since(str(root), git(root, "merge-base", "main", "HEAD"))
        with merge(root) as merged:
            carried = git(Path(merged.root), "ls-files", *left).split()
        return [one.path for one in judged(changes)], carried

    assert seen() == ([], [])
    git(root, "add", "--force", *left)
    assert seen() == (left, left)
    git(root, "commit", "--quiet", "-m", "x")
    git(root, "rm", "--quiet", "-r", "--cached", "lib")
    assert seen() == (left, left)
