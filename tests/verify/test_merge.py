"""Simulated merges of real repositories: what conflicts, and what they hold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates.model import Fault
from kei_gates.verify import staging
from tests.verify.checkouts import commit, git, make, write
from tests.verify.merges import held, merge, put, started, state_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = tomllib.loads((Path(__file__).parent / "merge.toml").read_text())["case"]
NO_GIT = (".git",)


def text_of(said: str) -> str | None:
    words = said.split()
    if said == "-":
        return None
    if words[0] != "NUMBERS":
        return f"{said}\n"
    lines = [str(number) for number in range(1, 31)]
    for word in words[1:]:
        number, _, text = word.partition("=")
        lines[int(number) - 1] = text.replace("·", " ")
    return "\n".join(lines) + "\n"


def files_of(said: dict[str, str]) -> dict[str, bytes | str | None]:
    """Files with what they hold, those that are gone first: one may become a folder."""
    texts: dict[str, bytes | str | None] = {path: text_of(one) for path, one in said.items()}
    return dict(sorted(texts.items(), key=lambda item: item[1] is not None))


@pytest.mark.parametrize("is_committed", [False, True], ids=["open", "committed"])
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_conflicts(tmp_path: Path, case: dict[str, Any], *, is_committed: bool) -> None:
    root = started(tmp_path, files_of(case["base"]), files_of(case["theirs"]))
    ours = files_of(case["ours"])
    for path, content in ours.items():
        if content is None:
            (root / path).unlink()
            if "/" in path:
                (root / path).parent.rmdir()
    put(root, {path: content for path, content in ours.items() if content is not None})
    if is_committed:
        commit(root, "ours")
    with merge(root) as merged:
        found = [
            [one.path, one.message.partition(": ")[2], one.line or 0] for one in merged.conflicts
        ]
        assert found == case["found"]
        for one in merged.conflicts:
            assert one.message.startswith(f"`{one.path}` conflicts with `main`: ")
            assert "CONFLICT (" in one.detail
        if not found:
            assert held(merged.root, without=NO_GIT) == as_git_merges(root)
    assert os.listdir(state_of(root)) == []


def as_git_merges(root: Path) -> dict[str, bytes]:
    """What lies in the checkout after `git merge`, by the machine's git."""
    commit(root, "ours")
    git(root, "merge", "--quiet", "-m", "merge", "main")
    return held(str(root), without=NO_GIT)


def test_each_conflict_shows_what_git_says_of_it(tmp_path: Path) -> None:
    before = {"f": text_of("NUMBERS"), "f.py": text_of("NUMBERS 1=x"), "z": "z\n"}
    root = started(tmp_path, before, {"f": text_of("NUMBERS 5=b"), "f.py": None})
    put(root, {"f": text_of("NUMBERS 5=a"), "f.py": text_of("NUMBERS 1=y")})
    with merge(root) as merged:
        one, two = merged.conflicts
        assert one.detail == "CONFLICT (content): Merge conflict in f"
        assert " ".join(two.detail.split()) == (
            "CONFLICT (modify/delete): f.py deleted in main and modified in the-work. "
            "Version the-work of f.py left in tree."
        )


@pytest.mark.parametrize("is_ours", [False, True], ids=["there", "here"])
def test_a_file_that_one_has_made_a_link_is_one_conflict(tmp_path: Path, *, is_ours: bool) -> None:
    root = tmp_path / "root"
    make(root, {"f": "1\n", "z": "z\n"})
    git(root, "branch", "work")
    for is_link in (not is_ours, is_ours):
        if is_link:
            (root / "f").unlink()
            (root / "f").symlink_to("z")
        else:
            write(root, "f", "2\n")
        if (root / ".git/HEAD").read_text().endswith("/main\n"):
            commit(root, "theirs")
            git(root, "switch", "--quiet", "work")
    with merge(root) as merged:
        (one,) = merged.conflicts
        assert one.path == "f"
        assert one.message.endswith("it is a file for one and a link or a submodule for the other")


def test_links_that_lead_apart_conflict_and_modes_that_one_has_set_do_not(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, {"f": "1\n"})
    (root / "link").symlink_to("a")
    commit(root)
    git(root, "branch", "work")
    (root / "f").chmod(0o755)
    (root / "link").unlink()
    (root / "link").symlink_to("theirs")
    commit(root, "theirs")
    git(root, "switch", "--quiet", "work")
    write(root, "f", "2\n")
    with merge(root) as merged:
        assert merged.conflicts == ()
        assert os.access(f"{merged.root}/f", os.X_OK)
        assert Path(merged.root, "f").read_text() == "2\n"
        assert Path(merged.root, "link").readlink() == Path("theirs")
    (root / "link").unlink()
    (root / "link").symlink_to("ours")
    with merge(root) as merged:
        assert [one.path for one in merged.conflicts] == ["link"]


def test_a_conflict_is_in_doubt_where_the_change_is(tmp_path: Path) -> None:
    root = started(tmp_path, {".gitattributes": "f filter=own\n", "f": "1\n"}, {"f": "theirs\n"})
    write(root, "f", "smudged\n")
    with merge(root) as merged:
        (one,) = merged.conflicts
        assert "filter" in one.doubt


def test_a_folder_outside_of_the_checkout_is_a_fault(tmp_path: Path) -> None:
    root = started(tmp_path, {"f": "1\n"}, {"g": "g\n"})
    beside = tmp_path / "root2"
    beside.mkdir()
    with pytest.raises(Fault, match="root2` does not lie in"), merge(root, beside):
        pass


def test_all_kinds_of_changes_travel(tmp_path: Path) -> None:
    root = started(
        tmp_path,
        {"kept": "k\n", "changed": "1\n", "gone": "g\n", "tool": "#!/bin/sh\n", "a b/ü": "x\n"},
        {"theirs": "t\n"},
    )
    put(root, {"changed": "2\n", "gone": None, "new": "n\n", 'odd/\n"\t\\': "odd\n", "-x": "-\n"})
    write(root, "\udce9", "no UTF-8\n")
    write(root, "\r", "a return\n")
    (root / "tool").chmod(0o755)
    (root / "link").symlink_to("kept")
    (root / "out").symlink_to("/nowhere/at all")
    write(root, "nested/in", "x\n")
    git(root / "nested", "init", "--quiet")
    with merge(root) as merged:
        assert merged.conflicts == ()
        assert merged.left_out == ()
        found = held(merged.root, without=NO_GIT)
        expected = held(str(root), without=NO_GIT)
        assert found == expected | {"theirs": b"t\n"}
        assert os.access(f"{merged.root}/tool", os.X_OK)
        assert not os.access(f"{merged.root}/kept", os.X_OK)
        assert Path(merged.root, "link").readlink() == Path("kept")
        assert Path(merged.root, "kept").stat().st_nlink == 1


def test_what_is_ignored_does_not_travel_even_where_nothing_has_moved(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, {"f": "1\n", ".gitignore": "local\n/out/\n"})
    put(root, {"local": "x\n", "out/a": "x\n", "new": "n\n", "sub/local": "x\n"})
    with merge(root) as merged:
        assert sorted(held(merged.root, without=NO_GIT)) == [".gitignore", "f", "new"]


def test_what_is_ignored_and_yet_committed_travels(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make(root, {"f": "1\n", ".gitignore": "local\n"})
    write(root, "local", "x\n")
    git(root, "add", "--force", "local")
    with merge(root) as merged:
        assert sorted(held(merged.root, without=NO_GIT)) == [".gitignore", "f", "local"]


def test_a_staged_text_that_the_tree_has_no_more_is_merged_too(tmp_path: Path) -> None:
    root = started(tmp_path, {"f": "1\n"}, {"g": "g\n"})
    write(root, "staged", "only in the index\n")
    git(root, "add", "staged")
    (root / "staged").unlink()
    with merge(root) as merged:
        assert Path(merged.root, "staged").read_text() == "only in the index\n"


def test_git_in_the_merge_tells_of_the_merge_and_writes_to_it_alone(tmp_path: Path) -> None:
    root = started(tmp_path, {"f": "1\n"}, {"g": "g\n"})
    write(root, "new", "n\n")
    before = git(root, "for-each-ref"), git(root, "rev-parse", "HEAD")
    with merge(root) as merged:
        place = Path(merged.root)
        assert git(place, "status", "--porcelain") == ""
        assert git(place, "ls-files").split() == ["f", "g", "new"]
        assert git(place, "log", "--format=%s", "-1", "--first-parent", "HEAD^1") == "theirs"
        write(place, "more", "m\n")
        commit(place, "in the merge")
        assert git(place, "fsck", "--no-dangling") == ""
    assert (git(root, "for-each-ref"), git(root, "rev-parse", "HEAD")) == before


def test_git_in_the_merge_knows_the_branches_and_tags_of_the_repository(tmp_path: Path) -> None:
    root = started(tmp_path, {"f": "1\n"}, {"g": "g\n"})
    git(root, "tag", "--annotate", "-m", "one", "v1", "main")
    git(root, "tag", "v1.1", "main")
    git(root, "branch", "the-work", "main")
    git(root, "update-ref", "refs/remotes/origin/main", "main")
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    git(root, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"), "work")
    write(root, ".git/refs/tags/broken", "0123456789" * 4 + "\n")
    write(tmp_path / "linked", "new", "n\n")
    git(root, "switch", "--quiet", "main")
    git(root, "pack-refs", "--all")
    for place in (root, tmp_path / "linked"):
        with merge(place) as merged:
            tree = Path(merged.root)
            for name in ("main", "work", "v1", "v1.1", "the-work", "origin/main", "origin/HEAD"):
                assert git(tree, "rev-parse", name) == git(root, "rev-parse", name)
            assert git(tree, "describe", "--abbrev=0") == "v1"
            assert git(tree, "merge-base", "HEAD", "main") == git(root, "rev-parse", "main")


def test_no_branch_of_ours_is_left_in_the_merge(tmp_path: Path) -> None:
    root = started(tmp_path, {"f": "1\n"}, {"g": "g\n"})
    write(root, "new", "n\n")
    with merge(root) as merged:
        names = git(Path(merged.root), "for-each-ref", "--format=%(refname:short)").split()
        assert names == ["main", "work"]


def test_a_folder_of_the_checkout(tmp_path: Path) -> None:
    root = started(tmp_path, {"a/f": "1\n", "b/g": "1\n", "z": "z\n"}, {"a/f": "2\n", "b/g": "2\n"})
    put(root, {"a/f": "3\n", "b/g": "3\n"})
    with merge(root, root / "a") as merged:
        assert merged.root.endswith("/tree/a")
        assert [one.path for one in merged.conflicts] == ["f", f"{root}/b/g"]
    link = tmp_path / "link"
    link.symlink_to(root)
    put(root, {"a/f": "1\n", "b/g": "1\n"})
    with merge(link, link / "a") as merged:
        assert os.listdir(merged.root) == ["f"]


def test_a_folder_with_a_name_that_only_begins_alike(tmp_path: Path) -> None:
    root = started(tmp_path, {"a/f": "1\n", "ab/f": "1\n"}, {"ab/f": "2\n"})
    write(root, "ab/f", "3\n")
    with merge(root, root / "a") as merged:
        assert [one.path for one in merged.conflicts] == [f"{root}/ab/f"]


def test_a_folder_that_the_target_has_made_a_file_is_a_fault(tmp_path: Path) -> None:
    root = started(tmp_path, {"a/f": "1\n", "z": "z\n"}, {"a/f": None, "z": "y\n"})
    git(root, "switch", "--quiet", "main")
    write(root, "a", "a file\n")
    commit(root)
    git(root, "switch", "--quiet", "work")
    with pytest.raises(Fault, match="`a/` is no folder"), merge(root, root / "a"):
        pass
    assert os.listdir(state_of(root)) == []


def test_a_folder_that_the_merge_leaves_empty_is_there(tmp_path: Path) -> None:
    root = started(tmp_path, {"a/f": "1\n", "z": "z\n"}, {"a/f": None})
    with merge(root, root / "a") as merged:
        assert os.listdir(merged.root) == []


def test_a_file_that_is_too_large_is_left_out_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "LARGEST", 10)
    root = started(tmp_path, {"old": "1\n"}, {"g": "g\n"})
    put(root, {"new": "x" * 11, "fits": "x" * 10, "old": "x" * 11})
    with merge(root) as merged:
        assert set(merged.left_out) == {
            "`new` was left out of the merge: it has 11 bytes",
            "`old` was left out of the merge: it has 11 bytes, and what the base holds is there",
        }
        assert sorted(held(merged.root, without=NO_GIT)) == ["fits", "g", "old"]
        assert Path(merged.root, "old").read_text() == "1\n"


def test_what_fails_while_it_is_used_is_not_taken_for_a_fault_of_the_merge(tmp_path: Path) -> None:
    root = started(tmp_path, {"f": "1\n"}, {"g": "g\n"})
    with pytest.raises(FileNotFoundError), merge(root):
        (tmp_path / "nothing").read_text()
    assert os.listdir(state_of(root)) == []


def test_a_file_that_vanishes_is_a_fault(tmp_path: Path) -> None:
    root = started(tmp_path, {"f": "1\n"}, {"g": "g\n"})
    write(root, "new", "n\n")
    held_back = merge(root)  # it knows the changes
    (root / "new").unlink()
    with pytest.raises(Fault, match="new"), held_back:
        pass
    assert os.listdir(state_of(root)) == []


def test_a_disk_that_is_full_is_a_fault(tmp_path: Path) -> None:
    root = started(tmp_path, {"f": "1\n"}, {"g": "g\n"})
    write(root, "new", os.urandom(3 << 20))
    state = state_of(root)
    state.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(state)]
    if subprocess.run(words, capture_output=True, check=False).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        with pytest.raises(Fault) as caught, merge(root):
            pass
        assert "room on the disk" in caught.value.remedy
        assert os.listdir(state) == []
    finally:
        subprocess.run(["umount", str(state)], check=True)
