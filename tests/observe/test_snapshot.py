"""The names in recorded snapshots and startup files, and the files that are looked at."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.observe import files, snapshot
from kei_gates.shell.own_names import OwnNames, merged
from kei_gates.shell.printed import word
from kei_gates.shell.startup import read_snapshot, read_startup

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DATA = Path(__file__).parent / "data"
KINDS = ("aliases", "functions", "global_aliases", "suffix_aliases")
LINES = tomllib.loads((DATA / "lines.toml").read_text())


def plain(names: OwnNames) -> dict[str, dict[str, str]]:
    """The names by kind, each with its only text."""
    found: dict[str, dict[str, str]] = {}
    for kind in KINDS:
        texts = getattr(names, kind)
        assert all(len(several) == 1 for several in texts.values())
        if texts:
            found[kind] = {name: several[0] for name, several in texts.items()}
    return found


@pytest.mark.parametrize(
    "row",
    tomllib.loads((DATA / "names.toml").read_text())["file"],
    ids=lambda row: str(row["name"]),
)
def test_recorded_files_are_read(row: dict[str, Any]) -> None:
    name = row.pop("name")
    text = (DATA / name).read_text()
    if not name.endswith(".sh"):
        assert plain(read_startup(text)) == row
        return
    names, complete = read_snapshot(text)
    assert plain(names) == row
    assert complete
    assert names.unread == ""


@pytest.mark.parametrize("case", LINES["case"], ids=lambda case: repr(case["text"]))
def test_lines_of_startup_files(case: dict[str, Any]) -> None:
    assert plain(read_startup(case["text"])) == {k: v for k, v in case.items() if k != "text"}


@pytest.mark.parametrize("case", LINES["snapshot"], ids=lambda case: repr(case["text"]))
def test_what_is_not_understood_is_said(case: dict[str, Any]) -> None:
    names, complete = read_snapshot(case["text"])
    assert complete
    assert list(names.functions) == case.get("functions", list(names.functions))
    if "unread" in case:
        assert f"`{case['unread'][:60]}`" in names.unread
    else:
        assert names.unread == ""


def test_what_the_client_replaces_is_left_out() -> None:
    text = (
        "# Functions\ngrep () {\n\tgit grep\n}\n# Shell Options\n# Aliases\n"
        "alias -- find='git find'\nalias -- rg='git rg'\n# Shadow find/grep\n"
        "unalias find 2>/dev/null || true\nfunction find {\n}\nfunction grep {\n}\n"
        "if true; then\n  function rg {\n}\nfi\n"
    )
    assert plain(read_snapshot(text)[0]) == {"aliases": {"rg": "git rg"}}


@pytest.mark.parametrize("name", ["bash-2.1.330.sh", "zsh-2.1.330.sh", "bash-2.1.197.sh"])
def test_a_snapshot_that_is_being_written_gives_what_is_there(name: str) -> None:
    text = (DATA / name).read_text()
    whole = plain(read_snapshot(text)[0])["aliases"]
    for end in range(text.rindex("export PATH=") + 1):
        names, complete = read_snapshot(text[:end])
        assert not complete
        assert names.unread == ""
        for alias, (value,) in names.aliases.items():
            assert whole.get(alias, value) == value


@given(st.text("aliasg=' \"\\$#(){}\nx-;éF", max_size=60) | st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    for start in ("", "# Functions\n", "alias -- ", "alias ", "eval $'", "f () {\n"):
        read_snapshot(start + text)
        read_startup(start + text)


@pytest.mark.parametrize(
    "part",
    [
        "alias -- a='", "eval $'", "f () {\n", "}\nf () {\n", "alias a=\\\n", "f() {\n",
        "alias a=$'\\n'\n", 'alias a="x\n', "eval \"$(echo '",
    ],
)  # fmt: skip
def test_long_files_are_read_in_time(part: str) -> None:
    text = part * 20_000
    start = time.process_time()
    read_snapshot("# Functions\n" + text)
    read_startup(text)
    assert time.process_time() - start < 2


# --- quoting ----------------------------------------------------------------------------------

STRANGE = [
    "plain", "two words", "it's", 'say "x"', "a\nb\tc", "é → ✓", "é\n", "\x1b[0m", "\x01\x7f",
    "back\\slash", "back\\\\\n'", "$HOME `x` $(y)", "~/x", "!hist", "a=b", "-x", "", "#", "'\n'",
    "\udcc3\n(",
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE, ids=ascii)
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
@pytest.mark.parametrize(
    ("shell", "script"),
    [
        ("bash", 'printf %q "$1"'),
        ("bash", 'alias x="$1"; alias x | { IFS= read -rd "" all; printf %s "${all#alias x=}"; }'),
        ("zsh", 'print -rn -- "${(q+)1}"'),
        ("zsh", 'alias x="$1"; alias x'),
    ],
)
def test_words_are_read_as_the_shell_prints_them(
    text: str, locale: str, shell: str, script: str
) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell}")
    command = [program, "-c", script, shell, text]
    run = subprocess.run(command, capture_output=True, check=False, env={"LC_ALL": locale})
    printed = run.stdout.decode("utf-8", "surrogateescape").removesuffix("\n").removeprefix("x=")
    assert word(printed, 0) == (text, len(printed))


# --- the files --------------------------------------------------------------------------------


def test_the_newest_snapshots_are_found(tmp_path: Path) -> None:
    for number in range(snapshot.MOST_SNAPSHOTS + 2):
        (tmp_path / f"snapshot-zsh-{1000 + number}-abc.sh").touch()
    (tmp_path / "snapshot-bash-2000-abc-more.sh").touch()
    (tmp_path / "snapshot-zsh-3000-abc.sh").mkdir()
    (tmp_path / "other.sh").touch()
    found = snapshot.snapshots(str(tmp_path))
    assert [snapshot.made(one) for one in found] == [2000, 1009, 1008, 1007, 1006, 1005, 1004, 1003]


def test_a_name_without_a_time_counts_from_when_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "snapshot-zsh-abc.sh"
    path.touch()
    os.utime(path, ns=(0, 5_000_000_000))
    (found,) = snapshot.snapshots(str(tmp_path))
    assert snapshot.made(found) == 5000


def test_nothing_is_found_where_there_is_no_folder(tmp_path: Path) -> None:
    assert snapshot.snapshots(str(tmp_path / "none")) == []
    assert files.mark(str(tmp_path / "none")) is None
    assert files.mark(str(tmp_path)) is None


def test_a_mark_follows_links_and_shows_every_change(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("one")
    link.symlink_to(file)
    seen = {files.mark(str(link))}
    before = file.stat()
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    seen.add(files.mark(str(link)))
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("mode", "own"), [(0o600, True), (0o644, True), (0o620, False), (0o602, False)]
)
def test_only_what_others_cannot_write_is_own(tmp_path: Path, mode: int, own: bool) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.touch()
    file.chmod(mode)
    link.symlink_to(file)
    assert snapshot.is_own(str(file)) == own
    assert not snapshot.is_own(str(link))
    assert not snapshot.is_own(str(tmp_path))


def test_another_user_s_file_is_not_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    assert snapshot.is_own(str(file))
    monkeypatch.setattr(snapshot, "getuid", lambda: os.getuid() + 1)
    assert not snapshot.is_own(str(file))


def test_every_text_of_a_name_is_kept_once() -> None:
    one = OwnNames({"g": ("git",), "a": ("b",)}, unread="why")
    two = OwnNames({"g": ("hub", "git")}, {"f": ("f() { :; }",)}, unread="also")
    assert (
        merged([one, two])
        == merged([one, two, one])
        == OwnNames({"g": ("git", "hub"), "a": ("b",)}, {"f": ("f() { :; }",)}, unread="why")
    )
