"""Where paths lead: against the kernel's own answer, and against traps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kei_gates.model import Fault
from kei_gates.observe import paths

PARTS = st.lists(st.sampled_from(["a", "b", "out", "back", "file", "..", ".", "", "new"]))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree").resolve()
    (root / "a/b").mkdir(parents=True)
    (root / "a/file").write_text("")
    (root / "a/out").symlink_to("/usr")
    (root / "a/b/back").symlink_to("../../a")
    (root / "a/b/out").symlink_to("missing/new")
    (root / "loop").symlink_to("loop")
    return root


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PARTS, st.booleans())
def test_resolves_as_realpath_does(tree: Path, parts: list[str], absolute: bool) -> None:
    path = "/".join(parts)
    if absolute or not path:
        path = f"{tree}/a/{path}"
    expected = os.path.realpath(os.path.join(tree, path))
    assert paths.resolve(path, str(tree)) == expected


@given(PARTS)
def test_lexical_is_normpath(parts: list[str]) -> None:
    path = "/".join(parts) or "."
    assert paths.lexical(path, "/x/y") == os.path.normpath(os.path.join("/x/y", path)).replace(
        "//", "/"
    )


@pytest.mark.parametrize("path", ["loop", "loop/x", "a/\0b", "a/\ud800", "x" * 300])
def test_what_cannot_be_followed_is_a_fault(tree: Path, path: str) -> None:
    with pytest.raises(Fault) as caught:
        paths.resolve(path, str(tree))
    assert caught.value.remedy


def test_a_folder_that_may_not_be_entered_is_a_fault(tree: Path) -> None:
    closed = tree / "closed"
    closed.mkdir(mode=0)
    try:
        if os.access(closed, os.X_OK):
            pytest.skip("this user may enter every folder")
        with pytest.raises(Fault, match="cannot be looked at"):
            paths.resolve("closed/x", str(tree))
    finally:
        closed.chmod(0o700)
