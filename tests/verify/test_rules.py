"""Ignore rules as one list against git with the files where they lie: the same is ignored."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kei_gates.verify import rules, snapshot_files
from tests.verify.checkouts import git, write

NAMES = ["a", "b", "a b", "c[x]", "d*", "e\\f", "#g", "!h", "a.o", "ab"]
RULES = [
    "a", "*", "!a", "b/", "/a", "a/b", "**/a", "a/**", "a/**/b", "!a/b", "*.o", "!*.o", "#g",
    "\\#g", "\\!h", "!h", "c\\[x\\]", "c[x]", "d\\*", "d*", "e\\\\f", "a b", "a\\ b", "a ", "a\\ ",
    " a", "/", "!", "//a", "/a/", "**", "***", "a**", "**b", "/*", "!/b", "?", "[ab]", "[!a]", "",
    "   ", "\t", "a\r", "[", "\\", "a\\", "/**/", "b/*", "!b/a", "*/", "!*/", "/b/**/", "a/ ",
    "a**/b", "/a**/**/b/", "/a**", "**\\/a",
]  # fmt: skip

paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)
texts = st.tuples(
    st.sampled_from(["", "\ufeff"]),
    st.lists(st.sampled_from(RULES), max_size=6).map("\n".join),
    st.sampled_from(["", "\n", "\r\n"]),
).map("".join)


def laid_out(root: Path, files: set[str], ignores: dict[str, str]) -> dict[str, bytes]:
    for path in sorted(files, key=len, reverse=True):
        if not (root / path).exists():
            write(root, path)
    kept = {}
    for folder, text in ignores.items():
        if (root / folder).is_dir():
            write(root, f"{folder}/.gitignore".lstrip("/"), text)
            kept[folder] = text.encode()
    return kept


def listed(root: Path, *words: str) -> set[str]:
    found = git(root, "ls-files", "-z", "--others", *words).split("\0")
    return {one for one in found if one and not one.endswith(".gitignore")}


@settings(max_examples=150, deadline=None)
@example({"c[x]/ab", "c[x]/aa/b/a", "c[x]/b"}, {"c[x]": "a**/b"}, "")
@example({"c[x]/ab", "c[x]/aa/b/a"}, {"c[x]": "/a**\n!aa"}, "")
@example({"c[x]/b/ab", "c[x]/b/a/a"}, {"c[x]": "b/a**\\/a"}, "")
@given(
    st.sets(paths, min_size=1, max_size=8),
    st.dictionaries(st.just("") | paths, texts, max_size=3),
    texts,
)
def test_the_list_ignores_what_the_files_do(
    files: set[str], ignores: dict[str, str], shared: str
) -> None:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "p"
        root.mkdir()
        git(root, "init", "--quiet")
        kept = laid_out(root, files, ignores)
        write(Path(place), "shared", shared)
        one = rules.compiled([shared.encode()], kept)
        write(Path(place), "list", rules.as_file(one))
        expected = listed(root, "--exclude-per-directory=.gitignore", "--exclude-from=../shared")
        assert listed(root, "--exclude-from=../list") == expected


@settings(max_examples=100, deadline=None)
@example({"b/a/a"}, {"": "/**/\n!/b"})
@given(
    st.sets(paths, min_size=1, max_size=8), st.dictionaries(st.just("") | paths, texts, max_size=3)
)
def test_what_matches_without_git_is_what_git_ignores(
    files: set[str], ignores: dict[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        git(root, "init", "--quiet")
        laid_out(root, files, ignores)
        taken = snapshot_files.take(str(root))
        expected = listed(root, "--exclude-per-directory=.gitignore")
        assert {one for one in taken.files if not one.endswith(".gitignore")} == expected
        assert snapshot_files.compare(taken) == []


NEARBY = [
    "a", "b", "ab", "é", "-", "]", "[", "a/b", "a/b/a", "b/ab", "b/é/a", "!", "^", ":", "\\", "A",
]  # fmt: skip
PARTS = [
    "a", "b", "é", "A", "*", "**", "?", "[", "]", "!", "^", "-", "\\", "/", ":", "[a-b]", "[!a]",
    "[^a-]", "[[:alpha:]]", "[[:punct:]]", "[[:nope:]]", "[]-]", "[\\]]", "**/", "/**", "/**/",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@example(["a**/a"])
@example(["**\\/a"])
@example(["**/\\\\ "])
@example(["**/\\   "])
@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=6).map("".join), max_size=3))
def test_each_pattern_means_without_git_what_it_means_to_git(patterns: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        git(root, "init", "--quiet")
        laid_out(root, set(NEARBY), {"": "\n".join(patterns)})
        taken = set(snapshot_files.take(str(root)).files)
        expected = listed(root, "--exclude-per-directory=.gitignore")
        assert {one for one in taken if not one.endswith(".gitignore")} == expected


@pytest.mark.parametrize("rule", ["!", "\\", "a\\", "[z-a]", "[[:none:]]", "[", "(", "a{2"])
def test_a_rule_that_is_none_matches_nothing(rule: str) -> None:
    assert not rules.Matcher([rule]).ignores("a")


@pytest.mark.parametrize(
    ("folder", "rule", "expected"),
    [
        ("", "a", ["a"]),
        ("s", "a", ["/s/**/a"]),
        ("s", "!a/", ["!/s/**/a/"]),
        ("s", "/a", ["/s/a"]),
        ("s", "a/b", ["/s/a/b"]),
        ("s[1]/*", "a", ["/s\\[1]/\\*/**/a"]),
        ("s\nt", "a", ["/s?t/**/a"]),
        ("s", "# a", []),
        ("s", "a**/b", ["/s/a**/b"]),
        ("s*", "!a**/**/b/ ", ["!/s\\*/ab/", "!/s\\*/a*/**/b/"]),
        ("s*", "/a**", ["/s\\*/a*", "/s\\*/a*/**"]),
        ("s*", "a**\\/b", ["/s\\*/a*/**/b"]),
        ("s*", "a/**/b", ["/s\\*/a/**/b"]),
        ("s", "/", ["#"]),
    ],
)
def test_a_rule_is_spelled_from_the_root(folder: str, rule: str, expected: list[str]) -> None:
    assert list(rules.compiled([], {folder: rule.encode()})) == expected


def test_deeper_rules_come_later() -> None:
    files = {"a/b": b"3", "": b"1", "z": b"2"}
    assert rules.compiled([b"0"], files) == ("0", "1", "/z/**/2", "/a/b/**/3")


def test_odd_bytes_survive() -> None:
    name = os.fsencode("\udcff")
    assert rules.as_file(rules.compiled([name], {"\udcfe": b"x"})) == b"\xff\r\n/\xfe/**/x\r\n"


@pytest.mark.parametrize(
    ("rule", "path", "expected"),
    [
        ("/b/**/", "b/x", False),
        ("/b/**/", "b/x/", True),
        ("**/", "x", False),
        ("**/", "x/", True),
        ("/b/**/\t", "b/x", False),
        ("/b/**/\t", "b/\t", True),
        ("a ", "a", True),
        ("a\\  ", "a ", True),
        ("a\\\\ ", "a\\", True),
    ],
)
def test_a_rule_matches_without_git_as_with_it(rule: str, path: str, *, expected: bool) -> None:
    assert rules.Matcher([rule]).ignores(path) is expected
