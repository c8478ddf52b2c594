"""Files in another form than in the commit, submodules, and what file systems do to names."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kei_gates.verify import repository as repositories
from kei_gates.verify import snapshot
from kei_gates.verify.changes import Changes, changes_since
from kei_gates.verify.compare import differences
from kei_gates.verify.looking import LARGEST
from kei_gates.verify.ruling import OfCommit
from kei_gates.verify.snapshot import SnapshotChanges
from tests.verify.checkouts import commit, git, make, write
from tests.verify.test_changes import said


def configure(root: Path, *words: str) -> None:
    for word in words:
        key, _, value = word.partition("=")
        git(root, "config", key, value)


def clone_of(root: Path, *words: str) -> Path:
    """Clone, checking out under settings."""
    other = root.parent / "clone"
    git(root.parent, "clone", "--quiet", "--no-checkout", str(root), str(other))
    configure(other, *words)
    git(other, "checkout", "--quiet")
    return other


EOL = {
    ".gitattributes": "*.txt text\n*.win text eol=crlf\n*.bin -text\n",
    "a.txt": "one\ntwo\n",
    "b.win": "one\ntwo\n",
    "c.bin": "one\ntwo\n",
    "sub/.gitattributes": "*.u16 working-tree-encoding=UTF-16LE\n*.id ident\n",
    "sub/x.id": "$Id$\n",
    'sub/é "q\n.win': "one\n",
}  # fmt: skip


@pytest.mark.parametrize("words", [(), ("core.autocrlf=true",), ("core.eol=crlf",)])
def test_other_line_ends_are_no_change(tmp_path: Path, words: tuple[str, ...]) -> None:
    base = make(tmp_path / "p", EOL)
    root = clone_of(tmp_path / "p", *words)
    assert b"\r\n" in (root / "b.win").read_bytes()
    assert (b"\r\n" in (root / "a.txt").read_bytes()) == bool(words)
    assert said(changes_since(str(root), base)) == []
    git(root, "config", "core.safecrlf", "true")
    assert said(changes_since(str(root), base)) == []


def test_other_line_ends_are_a_change_where_nothing_says_so(tmp_path: Path) -> None:
    base = make(tmp_path, EOL)
    for name in ("a.txt", "c.bin"):
        write(tmp_path, name, "one\r\ntwo\r\n")
    assert said(changes_since(str(tmp_path), base)) == ["modified c.bin"]
    write(tmp_path, "a.txt", "one\r\nother\r\n")
    assert said(changes_since(str(tmp_path), base)) == ["modified a.txt", "modified c.bin"]


def test_attributes_that_came_later_do_not_count(tmp_path: Path) -> None:
    base = make(tmp_path, EOL)
    write(tmp_path, "c.bin", "one\r\ntwo\r\n")
    write(tmp_path, ".gitattributes", "* text\n")
    assert said(changes_since(str(tmp_path), base)) == ["modified .gitattributes", "modified c.bin"]


def test_an_encoding_that_cannot_be_read_is_a_change(tmp_path: Path) -> None:
    make(tmp_path, EOL)
    write(tmp_path, "sub/t.u16", "text\n".encode("utf-16-le"))
    base = commit(tmp_path)
    assert said(changes_since(str(tmp_path), base)) == []
    write(tmp_path, "sub/t.u16", b"\x00\xd8")
    write(tmp_path, "a.txt", "one\r\ntwo\r\n")
    assert said(changes_since(str(tmp_path), base)) == ["modified sub/t.u16"]


def test_an_attribute_file_in_another_form_is_no_change(tmp_path: Path) -> None:
    base = make(tmp_path, {".gitattributes": "* text\n"})
    write(tmp_path, ".gitattributes", "* text\r\n")
    assert said(changes_since(str(tmp_path), base)) == []


def pointer(content: bytes) -> str:
    name = hashlib.sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{name}\nsize {len(content)}\n"


def test_a_file_of_lfs_is_as_it_was_by_its_pointer(tmp_path: Path) -> None:
    big = os.urandom(5000)
    base = make(
        tmp_path,
        {
            ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
            "a.bin": pointer(big),
            "b.bin": pointer(big),
            "c.dat": pointer(big),
        },
    )
    assert said(changes_since(str(tmp_path), base)) == []  # not fetched
    for name in ("a.bin", "b.bin", "c.dat"):
        write(tmp_path, name, big)
    assert said(changes_since(str(tmp_path), base)) == ["modified c.dat"]
    write(tmp_path, "b.bin", big + b"x")
    found = changes_since(str(tmp_path), base)
    assert said(found) == ["modified b.bin", "modified c.dat"]
    assert found.before("b.bin") == pointer(big).encode()
    assert found.after("b.bin") == big + b"x"


HUGE = 64 << 30
"""Bytes of a file with a hole that nobody could read in the time of a test."""


def test_a_huge_file_of_another_size_is_a_change_without_being_read(tmp_path: Path) -> None:
    files = {".gitattributes": "*.bin filter=lfs\n", "a.bin": pointer(b"a"), "b.dat": "b"}
    base = make(tmp_path, files)
    for name in ("a.bin", "b.dat", "c.dat"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(HUGE)
    assert said(changes_since(str(tmp_path), base)) == [
        "modified a.bin",
        "modified b.dat",
        "added c.dat",
    ]


def test_a_large_file_that_was_not_touched_since_is_no_change(tmp_path: Path) -> None:
    base = make(tmp_path, {"a.dat": b"a" * (LARGEST + 1), "b.dat": b"b" * (LARGEST + 1)})
    since = time.time_ns() + 10**9
    assert said(changes_since(str(tmp_path), base, since)) == []
    assert said(changes_since(str(tmp_path), base)) == []
    with (tmp_path / "b.dat").open("r+b") as file:
        file.write(b"c")
    kept = (tmp_path / "b.dat").stat()
    os.utime(tmp_path / "b.dat", ns=(kept.st_atime_ns, 0))
    assert said(changes_since(str(tmp_path), base, since)) == ["modified b.dat"]


def test_another_filter_leaves_a_doubt_where_the_index_knows_nothing(tmp_path: Path) -> None:
    root = tmp_path / "p"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    configure(root, "filter.up.clean=tr a-z A-Z", "filter.up.smudge=tr A-Z a-z")
    for path, text in ((".gitattributes", "*.up filter=up\n"), ("a.up", "a"), ("b.up", "b")):
        write(root, path, text)
    base = commit(root)
    assert said(changes_since(str(root), base)) == []
    write(root, "a.up", "z")
    found = changes_since(str(root), base)
    assert [(one.path, "filter" in one.doubt) for one in found.changes] == [("a.up", True)]


def test_settings_of_the_file_system_count(tmp_path: Path) -> None:
    base = make(tmp_path, {"run.sh": "x\n", "Name.txt": "n\n"})
    write(tmp_path, "tool.sh")
    (tmp_path / "tool.sh").chmod(0o755)
    symlink = tmp_path / "link"
    symlink.symlink_to("run.sh")
    base = commit(tmp_path)
    configure(tmp_path, "core.fileMode=false", "core.symlinks=false")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "tool.sh").chmod(0o644)
    symlink.unlink()
    symlink.write_text("run.sh")
    assert said(changes_since(str(tmp_path), base)) == []
    symlink.write_text("elsewhere")
    assert said(changes_since(str(tmp_path), base)) == ["modified link"]


def test_a_name_in_another_case_is_the_same_where_the_file_system_says_so(tmp_path: Path) -> None:
    base = make(tmp_path, {"Name.txt": "n\n", "run.sh": "x\n"})
    os.link(tmp_path / "Name.txt", tmp_path / "NAME.TXT")  # what such a file system shows
    write(tmp_path, "RUN.SH", "other\n")
    found = repositories.find(str(tmp_path))
    values = {name: getattr(found, name) for name in found.__slots__}
    values["settings"] = (*found.settings, "core.ignorecase=true")
    folding = repositories.Repository(values.pop("root"), **values)
    assert list(differences(folding, base, OfCommit())) == ["RUN.SH"]
    assert sorted(differences(found, base, OfCommit())) == ["NAME.TXT", "RUN.SH"]


def test_a_false_word_about_the_case_of_names_hides_nothing(tmp_path: Path) -> None:
    base = make(tmp_path, {".gitignore": "target/\n"})
    git(tmp_path, "config", "core.ignoreCase", "true")
    write(tmp_path, "Target/evil.py")
    assert said(changes_since(str(tmp_path), base)) == ["added Target/evil.py"]


def with_submodule(tmp_path: Path) -> tuple[Path, str]:
    make(tmp_path / "inner", {"i.py": "i\n", ".gitignore": "*.o\n", "in/j.py": "j\n"})
    root = tmp_path / "outer"
    make(root, {"o.py": "o\n"})
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
        str(tmp_path / "inner"), "libs/sub")  # fmt: skip
    return root, commit(root)


def test_a_submodule_as_it_was_is_no_change(tmp_path: Path) -> None:
    root, base = with_submodule(tmp_path)
    write(root, "libs/sub/x.o")
    assert said(changes_since(str(root), base)) == []


def test_files_of_a_submodule_are_changes(tmp_path: Path) -> None:
    root, base = with_submodule(tmp_path)
    write(root, "libs/sub/in/j.py", "z\n")
    write(root, "libs/sub/new.py")
    (root / "libs/sub/i.py").unlink()
    found = changes_since(str(root), base)
    assert said(found) == [
        "deleted libs/sub/i.py", "modified libs/sub/in/j.py", "added libs/sub/new.py",
    ]  # fmt: skip
    assert found.before("libs/sub/in/j.py") == b"j\n"
    assert found.after("libs/sub/in/j.py") == b"z\n"
    moved = commit(root / "libs/sub")
    found = changes_since(str(root), base)
    assert said(found) == [
        "modified libs/sub submodule", "deleted libs/sub/i.py", "modified libs/sub/in/j.py",
        "added libs/sub/new.py",
    ]  # fmt: skip
    assert found.after("libs/sub") == moved.encode()
    before = found.before("libs/sub")
    assert before is not None
    assert before.decode() == git(root, "rev-parse", f"{base}:libs/sub")
    git(root, "add", "libs/sub")
    assert said(changes_since(str(root), base)) == said(found)


def test_a_submodule_that_is_not_filled_hides_nothing(tmp_path: Path) -> None:
    root, base = with_submodule(tmp_path)
    work = tmp_path / "work"
    git(root, "worktree", "add", "--quiet", "-b", "w", str(work))
    assert said(changes_since(str(work), base)) == []
    git(work, "update-index", "--cacheinfo", f"160000,{base},libs/sub")
    assert said(changes_since(str(work), base)) == ["modified libs/sub submodule"]
    git(work, "reset", "--quiet")
    write(work, "libs/sub/evil.py")
    assert said(changes_since(str(work), base)) == ["added libs/sub/evil.py"]


def test_a_submodule_that_is_gone_or_a_file(tmp_path: Path) -> None:
    root, base = with_submodule(tmp_path)
    (root / "libs/sub").rename(tmp_path / "away")
    assert said(changes_since(str(root), base)) == ["deleted libs/sub submodule"]
    write(root, "libs/sub", "f")
    found = changes_since(str(root), base)
    assert [(one.path, one.kind, one.entry) for one in found.changes] == [
        ("libs/sub", "modified", "file")
    ]
    assert found.after("libs/sub") == b"f"


def test_a_new_submodule_is_its_link_and_its_files(tmp_path: Path) -> None:
    base = make(tmp_path / "outer", {"o.py": "o\n"})
    root = tmp_path / "outer"
    make(root / "sub", {"i.py": "i\n"})
    git(root, "-c", "advice.addEmbeddedRepo=false", "add", "sub")
    assert said(changes_since(str(root), base)) == ["added sub submodule", "added sub/i.py"]


def test_the_repository_is_known_from_every_checkout(tmp_path: Path) -> None:
    root, _ = with_submodule(tmp_path)
    inner = repositories.find(str(root / "libs/sub"))
    assert inner.common == inner.git_dir == os.path.realpath(root / ".git/modules/libs/sub")
    assert not inner.is_linked
    git(root, "worktree", "add", "--quiet", str(tmp_path / "w"))
    linked = repositories.find(str(tmp_path / "w"))
    assert linked.is_linked
    assert linked.common == os.path.realpath(root / ".git")
    assert repositories.top_of(str(root / "libs")) == os.path.realpath(root)
    assert repositories.top_of("/") is None


def filter_that_hides(root: Path) -> None:
    """Have the index say that a changed file is as committed: the filter gives the old text."""
    write(root, ".git/info/attributes", "a.txt filter=old\n")
    write(root, "a.txt", "other\n")
    configure(root, "filter.old.clean=git show HEAD:a.txt")
    git(root, "add", "a.txt")


def encoding_that_hides(root: Path) -> None:
    write(root, ".git/info/attributes", "a.txt working-tree-encoding=UTF-16LE\n")
    write(root, "a.txt", "before\n".encode("utf-16-le"))


def setting_that_hides(root: Path) -> None:
    encoding_that_hides(root)
    (root / ".git/info/attributes").rename(root / ".git/attributes")
    configure(root, "core.attributesFile=.git/attributes")


def committed_filter_that_hides(root: Path) -> None:
    """Do the same with a filter that the project has."""
    write(root, "b.up", "other\n")
    configure(root, "filter.up.clean=git show HEAD:b.up")
    git(root, "add", "b.up")


@pytest.mark.parametrize(
    ("hide", "hidden"),
    [
        (filter_that_hides, "modified a.txt"),
        (encoding_that_hides, "modified a.txt"),
        (setting_that_hides, "modified a.txt"),
        (committed_filter_that_hides, "modified b.up"),
    ],
)
@pytest.mark.parametrize("is_shared", [True, False])
def test_no_attribute_or_index_of_an_agent_hides_a_change(
    tmp_path: Path, hide: Callable[[Path], None], hidden: str, is_shared: bool
) -> None:
    root = tmp_path / "p"
    texts = {".gitattributes": "*.up filter=up\n", "a.txt": "before\n", "b.up": "before\n"}
    base = make(root, texts)
    since = time.time_ns()
    start = tmp_path / "start"
    snapshot.take(str(root), str(start))
    os.utime(start, ns=(since, since))
    time.sleep(1.1)  # git refreshes no entry of the second in which its index was written
    hide(root)
    found: Changes | SnapshotChanges = changes_since(str(root), base, since)
    if is_shared:
        found = snapshot.changes_since(str(root), str(start))
    assert [f"{one.kind} {one.path}" for one in found.changes] == [hidden]


def test_attributes_and_the_index_of_before_the_start_count(tmp_path: Path) -> None:
    base = make(tmp_path, {"a.txt": "before\n", "b.nb": "ABC\n"})
    write(
        tmp_path, ".git/info/attributes", "a.txt working-tree-encoding=UTF-16LE\n*.nb filter=up\n"
    )
    write(tmp_path, "a.txt", "before\n".encode("utf-16-le"))
    configure(tmp_path, "filter.up.clean=tr a-z A-Z", "filter.up.smudge=tr A-Z a-z")
    time.sleep(1.1)
    write(tmp_path, "b.nb", "abc\n")
    git(tmp_path, "add", "b.nb")
    time.sleep(0.02)
    assert said(changes_since(str(tmp_path), base, time.time_ns())) == []
