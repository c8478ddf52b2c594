"""Where paths lead: against the kernel's own answer, and against traps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kei_gates.model import Effect, Fault
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


def target(tree: Path, kind: str, path: str, **more: bool) -> tuple[tuple[str | None, ...], bool]:
    effect = Effect(kind, path, "test", **more)  # type: ignore[arg-type]  # a table's words
    found = paths.locate(effect, str(tree), str(tree / "a"))
    return found.relative, found.is_folder


@pytest.mark.parametrize(
    ("kind", "path", "relative", "folder"),
    [
        ("write", "a/file", ("file",), False),
        ("write", "a/b/../file", ("file",), False),
        ("write", "a/new/x", ("new/x",), False),
        ("write", "elsewhere", (None,), False),
        ("write", "a/../elsewhere", (None,), False),
        ("write", "a/out", ("out", None), True),
        ("write", "a/out/bin/x", ("out/bin/x", None), False),
        ("write", "a/b/back/file", ("b/back/file", "file"), False),
        ("delete", "a/out", ("out",), False),
        ("delete", "a/out/bin", ("out/bin", None), True),
        ("delete", "a/out/", ("out", None), True),
        ("delete", "a/out/../file", ("file", None), False),
        ("delete", "a/b/back/file", ("b/back/file", "file"), False),
        ("write", "a", ("",), True),
    ],
)
def test_targets_are_seen_as_spelled_and_as_real(
    tree: Path, kind: str, path: str, relative: tuple[str | None, ...], folder: bool
) -> None:
    assert target(tree, kind, path) == (relative, folder)


def test_a_project_reached_through_a_link_outside_it(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(tree)
    assert target(tree, "write", f"{tmp_path}/way/a/b/new")[0] == ("b/new",)
    assert target(tree, "write", f"{tmp_path}/way/a/out/x")[0] == ("out/x", None)


def test_a_tree_effect_lists_what_it_takes_along(tree: Path) -> None:
    effect = Effect("delete", str(tree / "a"), "rm", tree=True)
    found = paths.locate(effect, "/", str(tree / "a"))
    assert set(found.below or ()) == {"b", "b/back", "b/out", "file", "out"}


def test_too_much_to_list_is_said(tmp_path: Path) -> None:
    for number in range(4001):
        (tmp_path / str(number)).touch()
    found = paths.locate(Effect("delete", str(tmp_path), "rm", tree=True), "/", "/x")
    assert found.below is None


def test_an_unknown_path_has_no_place() -> None:
    found = paths.locate(Effect("write", None, "cp"), "/", "/x")
    assert (found.spelled, found.real, found.relative, found.below) == ("", "", (), None)
