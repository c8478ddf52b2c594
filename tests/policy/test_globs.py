"""Globs mean the same on the hot path, in pathspec, and to git itself."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathspec import PathSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from kei_gates.model import Fault
from kei_gates.policy.glob_compile import compile_glob
from kei_gates.policy.globs import Globs
from kei_gates.policy.where import Where

ALPHABET = "ab./*?[]!-\\"
GLOBS = st.text(ALPHABET, min_size=1, max_size=8)
NAMES = st.text("ab.", min_size=1, max_size=3).filter(lambda name: name not in (".", ".."))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


def globs(*patterns: str) -> Globs:
    return Globs([compile_glob(pattern, Where("f"), ("k",)) for pattern in patterns])


@given(st.lists(GLOBS, max_size=4), PATHS)
@example(["*/"], "a/a")
@example(["**/"], "a/a")
@example(["*/"], "a")
def test_the_hot_path_matches_as_pathspec_does(patterns: list[str], path: str) -> None:
    try:
        ours = globs(*patterns)
    except Fault:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = PathSpec(GitIgnoreSpecPattern(pattern) for pattern in patterns)
    assert (ours.match(path) is not None) == theirs.match_file(path)


@pytest.mark.parametrize("pattern", ["[z-a]", "x[[-?]", "!", "a\\"])
def test_a_glob_that_matches_nothing_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(Fault) as caught:
        globs(pattern)
    assert f"`{pattern}`" in str(caught.value)


TABLE = [
    (["src/**"], ["src/a", "src/a/b"], ["src", "a/src/b", "srcs/a"]),
    (["*.py"], ["a.py", "x/a.py"], ["a.pyc", "py"]),
    (["/*.py"], ["a.py"], ["x/a.py"]),
    (["**/Cargo.toml"], ["Cargo.toml", "x/Cargo.toml"], ["NotCargo.toml", "Cargo.toml.bak"]),
    (["docs/*.md"], ["docs/a.md"], ["docs/x/a.md", "x/docs/a.md"]),
    (["build/"], ["build/a", "x/build/a"], ["build"]),
    (["a?c"], ["abc"], ["ac", "a/c"]),
    (["[ab].c"], ["a.c"], ["c.c"]),
    (["src"], ["src", "src/a"], ["srcx"]),
    ([".github/**"], [".github/workflows/x.yml"], ["github/x"]),
]


@pytest.mark.parametrize(("patterns", "yes", "no"), TABLE, ids=",".join)
def test_globs_mean_what_they_mean_in_gitignore(
    patterns: list[str], yes: list[str], no: list[str], tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("\n".join(patterns) + "\n")
    ours = globs(*patterns)
    for path in (*yes, *no):
        git = subprocess.run(["git", "-C", tmp_path, "check-ignore", "-q", path], check=False)
        assert (ours.match(path) is not None) == (path in yes) == (git.returncode == 0), path


def test_the_last_match_decides_even_below_an_included_folder() -> None:
    # git would not look into `src/gen` again; who writes this list means what it says
    ours = globs("src/**", "!src/gen/**", "src/gen/keep")
    assert ours.match("src/a")
    assert not ours.match("src/gen/a")
    assert ours.match("src/gen/keep")


def test_the_matching_glob_is_named() -> None:
    assert globs("a/**", "b/**").match("b/x") == "b/**"


def test_no_globs_match_nothing() -> None:
    assert globs().match("a") is None
    assert not globs()


def test_thousands_of_globs_and_long_paths_end() -> None:
    many = globs(*(f"d{n}/**/*.py" for n in range(2000)))
    assert many.match("d1999/" + "x/" * 500 + "a.py") == "d1999/**/*.py"


FOLDED = [
    ("src/**", "SRC/A.py"),
    ("SRC/**", "src/a.py"),
    ("[A-C].py", "b.PY"),
    ("[Z-a].py", "z.py"),
    ("stra\u00dfe/*", "STRASSE/x"),
    ("caf\u00e9", "CAFE\u0301"),
    ("**/Cargo.toml", "a/cargo.toml"),
]


@pytest.mark.parametrize(("pattern", "path"), FOLDED)
def test_a_file_system_without_case_takes_names_for_the_same(pattern: str, path: str) -> None:
    assert globs(pattern).match(path, folds_case=True) == pattern
    assert globs(pattern).match(path) is None


@given(st.lists(GLOBS, max_size=4), PATHS)
def test_without_case_the_same_globs_match_as_with_it(patterns: list[str], path: str) -> None:
    try:
        ours = globs(*patterns)
    except Fault:
        return
    assert ours.match(path, folds_case=True) == ours.match(path), "the alphabet has no capitals"
    assert ours.match(path.upper(), folds_case=True) == ours.match(path)
