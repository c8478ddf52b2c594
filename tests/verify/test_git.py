"""Nobody's configuration runs a program, or makes git answer wrong; and faults say what to do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kei_gates.model import Fault
from kei_gates.verify import git as hardened
from kei_gates.verify import repository as repositories
from kei_gates.verify import snapshot
from kei_gates.verify.changes import changes_since
from kei_gates.verify.git import Git
from kei_gates.verify.private import opened
from kei_gates.verify.references import merge_base, resolve, target_of, target_of_agent
from tests.verify.checkouts import commit, git, make, write
from tests.verify.test_changes import said

if TYPE_CHECKING:
    from collections.abc import Callable

# Each names a program; `{mark}` stands for one that leaves a mark.
PROGRAMS = """
[core]
    fsmonitor = {mark} fsmonitor
    hooksPath = {hooks}
    pager = {mark} pager
    editor = {mark} editor
    sshCommand = {mark} ssh
    askPass = {mark}
    gitProxy = {mark}
    alternateRefsCommand = {mark} alternates
[pager]
    ls-files = {mark} pager
    rev-parse = {mark} pager
[filter "evil"]
    clean = {mark} clean
    smudge = {mark} smudge
    required = true
[filter "worse"]
    process = {mark} process
    required = true
[diff]
    external = {mark} external
[diff "evil"]
    textconv = {mark} textconv
    command = {mark} command
[merge "evil"]
    driver = {mark} driver
[credential]
    helper = "!{mark} credential"
[alias]
    ls-files = "!{mark} alias"
    rev-parse = "!{mark} alias"
    cat-file = "!{mark} alias"
[gpg]
    program = {mark}
[uploadpack]
    packObjectsHook = {mark} pack
[sequence]
    editor = {mark} sequence
[trace2]
    eventTarget = {traces}
    normalTarget = {traces}
[submodule]
    recurse = true
[remote "origin"]
    url = ext::{mark} url
    promisor = true
    partialclonefilter = blob:none
    uploadpack = {mark} uploadpack
    vcs = evil
[extensions]
    partialClone = origin
[protocol]
    allow = always
[url "ext::{mark} instead "]
    insteadOf = https://
"""
HOOKS = ("post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc",
         "fsmonitor-watchman")  # fmt: skip


class Trap:
    """A user, and a repository, whose settings name a program wherever they can."""

    def __init__(self, top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.marks = top / "marks"
        self.marks.mkdir()
        self.mark = top / "mark.sh"
        self.program(self.mark)
        hooks = top / "hooks"
        for name in HOOKS:
            self.program(hooks / name)
            self.program(top / "p/.git/hooks" / name)
        self.program(top / "bin/git-remote-evil")
        text = PROGRAMS.format(mark=self.mark, hooks=hooks, traces=self.marks)
        for at in (top / "home/.gitconfig", top / "xdg/git/config", top / "included"):
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_text(text)
        with (top / "p/.git/config").open("a") as file:
            file.write(f"{text}\n[include]\n    path = {top / 'included'}\n")
        monkeypatch.setenv("HOME", str(top / "home"))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(top / "xdg"))
        monkeypatch.setenv("PATH", f"{os.environ['PATH']}:{top / 'bin'}")
        for name in ("GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_EDITOR", "GIT_PAGER", "EDITOR",
                     "PAGER", "GIT_ASKPASS", "SSH_ASKPASS", "GIT_PROXY_COMMAND"):  # fmt: skip
            monkeypatch.setenv(name, str(self.mark))
        monkeypatch.setenv("GIT_TRACE", str(self.marks / "trace"))
        monkeypatch.setenv("GIT_DIR", str(top / "elsewhere"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(top / "elsewhere"))
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(self.mark))

    def program(self, at: Path) -> None:
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(f'#!/bin/sh\nn=$(basename "$0")\necho "$@" >> "{self.marks}/$n-$1"\n')
        at.chmod(0o755)

    def left(self) -> list[str]:
        return sorted(os.listdir(self.marks))


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, str]:
    attributes = "*.e filter=evil diff=evil merge=evil\n*.w filter=worse\n"
    files: dict[str, bytes | str] = {".gitattributes": attributes, "a.e": "a\n", "b.w": "b\n"}
    root = tmp_path / "p"
    first = make(root, files)
    git(root, "branch", "other")
    write(root, "a.e", "aa\n")
    commit(root)
    return root, first


def test_the_trap_works(
    made: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same questions, asked of plain git, run what is named."""
    root, _ = made
    trap = Trap(tmp_path, monkeypatch)
    for name in ("GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    write(root, "a.e", "z\n")
    write(root, "b.w", "z\n")
    asked = (["status"], ["hash-object", "a.e"], ["hash-object", "b.w"], ["diff", "a.e"],
             ["diff", "--no-ext-diff", "a.e"], ["log", "--pretty=%GK"],
             ["cat-file", "-e", "0" * 39 + "1"])  # fmt: skip
    for words in asked:
        subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    left = trap.left()
    # 2 is what the monitor of files is called with
    for name in ("2", "clean", "process", "command", "url"):
        assert f"mark.sh-{name}" in left
    assert "trace" in left
    assert any(one.startswith("20") for one in left)  # traces of the second kind


def test_no_configuration_runs_a_program(
    made: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, first = made
    trap = Trap(tmp_path, monkeypatch)
    write(root, "a.e", "z\n")
    write(root, "b.w", "z\n")
    write(root, "new.e")
    top = str(root)
    found = changes_since(top, first)
    assert said(found) == ["modified a.e", "modified b.w", "added new.e"]
    assert found.before("a.e") == b"a\n"
    assert merge_base(top, "other") == first
    assert resolve(top, "HEAD~1") == first
    assert target_of(top).name == "main"
    assert target_of_agent(top).name == "main"
    snapshot.take(top, str(tmp_path / "shot"))
    assert snapshot.changes_since(top, str(tmp_path / "shot")).changes == ()
    for missing in ("1" * 40, f"{first}:none", "HEAD@{1 day ago}^5"):
        with pytest.raises(Fault):
            merge_base(top, missing)
    assert trap.left() == []


def test_only_our_own_settings_are_in_force(
    made: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = made
    trap = Trap(tmp_path, monkeypatch)
    with opened(repositories.find(str(root))) as own:
        listed = own.git.output("config", "--list", "--show-scope").decode()
    assert str(trap.mark) not in listed
    assert {line.split("\t")[0] for line in listed.splitlines()} == {"local", "command"}


def test_a_missing_object_is_not_fetched(
    made: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, first = made
    blob = git(root, "rev-parse", f"{first}:a.e")
    tree = git(root, "rev-parse", f"{first}^{{tree}}")
    write(root, "b.w", "z\n")
    trap = Trap(tmp_path, monkeypatch)
    found = changes_since(str(root), first)
    (root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(OSError, match=f"`{blob}` is missing"):
        found.before("a.e")
    (root / ".git/objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(Fault, match=f"`{tree}` is missing"):
        changes_since(str(root), first)
    assert trap.left() == []


def test_a_replacement_or_a_graft_is_not_believed(made: tuple[Path, str]) -> None:
    root, first = made
    head = git(root, "rev-parse", "HEAD")
    git(root, "replace", first, head)
    write(root, ".git/info/grafts", f"{head}\n")
    assert resolve(str(root), "HEAD~1") == first
    git(root, "replace", "--graft", head)
    (root / ".git/info/grafts").unlink()
    assert resolve(str(root), "HEAD~1") == first
    assert said(changes_since(str(root), first)) == ["modified a.e"]
    assert merge_base(str(root), "other") == first


def test_nothing_is_written_to_the_repository(made: tuple[Path, str]) -> None:
    root, first = made
    write(root, "new.py")

    def state() -> dict[str, tuple[int, int]]:
        found = {}
        for at, _, files in os.walk(root):
            for name in (*files, "."):
                stat = os.lstat(f"{at}/{name}")
                found[f"{at}/{name}"] = (stat.st_mtime_ns, stat.st_ctime_ns)
        return found

    before = state()
    changes_since(str(root), first).before("a.e")
    merge_base(str(root), "other")
    assert state() == before


def test_settings_that_cannot_be_read_are_a_fault(made: tuple[Path, str]) -> None:
    root, first = made
    write(root, ".git/config", "[core\n")
    with pytest.raises(Fault, match="cannot read its configuration") as caught:
        changes_since(str(root), first)
    assert "git config" in caught.value.remedy


def test_the_users_own_settings_count_where_they_are_only_data(
    made: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = made
    write(tmp_path, "home/.gitconfig", "[core]\nautocrlf = input\nexcludesFile = ~/mine\nbare\n")
    write(tmp_path, "home/mine", "*.mine\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    found = repositories.find(str(root))
    assert "core.autocrlf=input" in found.settings
    assert [one.path for one in found.rule_files if one.is_shared] == [f"{tmp_path}/home/mine"]
    head = git(root, "rev-parse", "HEAD")
    write(root, "x.mine")
    assert said(changes_since(str(root), head)) == []
    git(root, "config", "core.excludesFile", "../evil")
    write(tmp_path, "evil", "*.evil\n")
    write(root, "x.evil")
    assert [(one.path, bool(one.doubt)) for one in changes_since(str(root), head).changes] == [
        ("x.evil", True)
    ]


def test_a_run_has_a_time_limit(tmp_path: Path) -> None:
    make(tmp_path / "p")
    os.mkfifo(tmp_path / "pipe")
    git(tmp_path / "p", "config", "include.path", "../../pipe")
    start = time.monotonic()
    with pytest.raises(Fault, match=r"took longer than 0\.3 s"):
        hardened.effective_config(str(tmp_path / "p/.git"), 0.3)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "name",
    ["HEAD", "config", "index", "packed-refs", "info/exclude", "objects/info/alternates"],
)
@pytest.mark.parametrize("is_linked", [False, True], ids=["pipe", "link to a device"])
def test_a_pipe_or_a_device_in_the_git_folder_is_a_fault(
    tmp_path: Path, name: str, *, is_linked: bool
) -> None:
    make(tmp_path / "p", {"a": "a"})
    at = tmp_path / "p/.git" / name
    at.unlink(missing_ok=True)
    if is_linked:
        at.symlink_to("/dev/zero")
    else:
        os.mkfifo(at)
    start = time.monotonic()
    with pytest.raises(Fault, match="is a pipe or a device") as caught:
        target_of(str(tmp_path / "p"))
    assert f"`{at}`" in caught.value.reason
    assert time.monotonic() - start < 5


def test_a_socket_and_the_null_device_in_the_git_folder_do_no_harm(tmp_path: Path) -> None:
    make(tmp_path / "p", {"a": "a"})
    (tmp_path / "p/.git/info/attributes").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as daemon:
        daemon.bind(f"{tmp_path}/p/.git/fsmonitor--daemon.ipc")
        assert target_of(str(tmp_path / "p")).name == "main"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a promise of Linux only")
def test_git_ends_with_the_process_that_waits_for_it(tmp_path: Path) -> None:
    make(tmp_path / "p")
    os.mkfifo(tmp_path / "pipe")
    git(tmp_path / "p", "config", "include.path", "../../pipe")
    source = (
        f"from kei_gates.verify.git import effective_config as f; f({str(tmp_path / 'p/.git')!r})"
    )
    waiting = subprocess.Popen([sys.executable, "-c", source])
    found: list[int] = []  # others come before it, and end by themselves

    def is_reading() -> bool:
        found[:] = [one for one in children(waiting.pid) if b"config" in words_of(one)]
        return found != []

    await_that(is_reading)
    (child,) = found
    waiting.kill()
    waiting.wait()
    await_that(lambda: has_ended(child))


def words_of(pid: int) -> list[bytes]:
    """The command line of a git; nothing where it is another program, or has ended."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
    return words if words[0].endswith(b"git") else []


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or has ended and nobody has asked how."""
    listed = subprocess.run(["ps", "-o", "stat=", str(pid)], capture_output=True, check=False)
    return listed.stdout.strip()[:1] in (b"", b"Z")


def children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, check=False
    )
    return [int(one) for one in listed.stdout.split()]


def await_that(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def fake_git(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "git").chmod(0o755)


@pytest.fixture
def _no_git_known() -> None:
    hardened.require.cache_clear()


@pytest.mark.usefixtures("_no_git_known")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("echo git version 2.29.9", "is git 2.29"),
        ("echo git version 1.99", "is git 1.99"),
        ("echo no; exit 1", "failed"),
        ("echo what", "failed"),
    ],
)
def test_a_git_that_is_too_old_or_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str
) -> None:
    fake_git(tmp_path / "bin", text)
    monkeypatch.setattr(hardened, "_PLACES", (f"{tmp_path}/bin",))
    with pytest.raises(Fault, match=says):
        Git(str(tmp_path)).run("rev-parse")
    hardened.require.cache_clear()


@pytest.mark.usefixtures("_no_git_known")
def test_no_git_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardened, "_PLACES", (str(tmp_path),))
    with pytest.raises(Fault, match="there is no `git` in") as caught:
        Git(str(tmp_path)).run("rev-parse")
    assert "2.30" in caught.value.remedy
    hardened.require.cache_clear()


@pytest.mark.usefixtures("_no_git_known")
def test_path_is_not_asked_for_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_git(tmp_path / "bin", "echo git version 99.0")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin")
    assert hardened.require() != f"{tmp_path}/bin/git"
    hardened.require.cache_clear()


def test_a_folder_that_is_none_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be started"):
        Git(str(tmp_path / "none")).run("rev-parse")
    with pytest.raises(Fault, match="no checkout"):
        repositories.find(str(tmp_path))
    write(tmp_path, ".git", "gitdir: nowhere\n")
    with pytest.raises(Fault, match="no git folder"):
        repositories.find(str(tmp_path))
    write(tmp_path, ".git", "else\n")
    with pytest.raises(Fault, match="names no git folder"):
        repositories.find(str(tmp_path))
