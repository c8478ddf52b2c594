"""What effects change: as spelled, as it really is, in every checkout, and all that goes along."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kei_gates.model import Effect, Places, Target
from kei_gates.observe.checkouts import folds_case, root_of
from kei_gates.observe.scratch import folders
from kei_gates.observe.targets import locate


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree").resolve()
    (root / "a/b").mkdir(parents=True)
    (root / "a/file").write_text("")
    (root / "a/out").symlink_to("/usr")
    (root / "a/b/back").symlink_to("../../a")
    (root / "a/b/out").symlink_to("missing/new")
    return root


def places(project: Path, **more: object) -> Places:
    return Places(project=str(project), home="/h", installation=(), **more)  # type: ignore[arg-type]


def target(tree: Path, kind: str, path: str, **more: bool) -> tuple[tuple[str | None, ...], bool]:
    effect = Effect(kind, path, "test", **more)  # type: ignore[arg-type]  # a table's words
    found = locate(effect, str(tree), places(tree / "a"))
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
    found = locate(effect, "/", places(tree / "a"))
    assert set(found.below or ()) == {"b/", "b/back", "b/out", "file", "out"}


def test_too_much_to_list_is_said(tmp_path: Path) -> None:
    for number in range(4001):
        (tmp_path / str(number)).touch()
    effect = Effect("delete", str(tmp_path), "rm", tree=True)
    assert locate(effect, "/", places(tmp_path / "0")).below is None
    assert locate(effect, "/", places(Path("/x"))).below == (), "no scope looks there"


def test_an_unknown_path_has_no_place() -> None:
    found = locate(Effect("write", None, "cp"), "/", places(Path("/x")))
    assert (found.spelled, found.real, found.relative, found.below) == ("", "", (), None)


# --- copies -----------------------------------------------------------------------------------


def put(tree: Path, *brings: tuple[str, str]) -> Target:
    resolved = tuple((f"{tree}/{pattern}", f"{tree}/{place}") for pattern, place in brings)
    effect = Effect("write", f"{tree}/{brings[0][1]}", "cp", tree=True, brings=resolved)
    return locate(effect, "/", places(tree / "a"))


def test_a_copy_of_a_folder_brings_what_lies_in_it(tree: Path) -> None:
    found = put(tree, ("a/b", "a/new"))
    assert set(found.below or ()) == {"new/", "new/back", "new/out"}
    assert found.is_folder


def test_copies_into_a_folder_keep_their_names(tree: Path) -> None:
    assert put(tree, ("a/f*", "a/b/")).below == ("b/file",)


def test_a_copy_over_a_link_is_written_where_the_link_leads(tree: Path) -> None:
    assert set(put(tree, ("a/file", "a/b/back/b/out")).below or ()) == {
        "b/back/b/out", "b/missing/new",
    }  # fmt: skip


def test_what_is_not_there_brings_nothing(tree: Path) -> None:
    assert put(tree, ("a/nothing", "a/new")).below == ()


# --- worktrees --------------------------------------------------------------------------------


@pytest.fixture
def checkouts(tmp_path: Path) -> Path:
    project = tmp_path.resolve() / "project"
    for name in ("agent-a1/src", "other/src"):
        (project / ".claude/worktrees" / name).mkdir(parents=True)
    (project / "src").mkdir()
    (project / ".claude/worktrees/linked").symlink_to(tmp_path)
    (project / "way").symlink_to(".claude/worktrees/other")
    return project


@pytest.mark.parametrize(
    ("agent", "cwd", "root"),
    [
        (None, "", ""),
        (None, "src", ""),
        ("a1", "", "agent-a1"),
        ("a1", ".claude/worktrees/agent-a1/src", "agent-a1"),
        ("a1", ".claude/worktrees/other", "agent-a1"),
        ("a2", "", ""),
        ("a2", ".claude/worktrees/other/src", "other"),
        (None, "way/src", "other"),
        (None, ".claude/worktrees", ""),
        (None, ".claude/worktrees/linked", ""),
        ("../other", "", ""),
    ],
)
def test_scopes_count_from_an_agents_worktree(
    checkouts: Path, agent: str | None, cwd: str, root: str
) -> None:
    expected = checkouts / ".claude/worktrees" / root if root else checkouts
    assert root_of(agent, str(checkouts / cwd), str(checkouts)) == str(expected)


def test_worktrees_that_lie_behind_a_link_are_none(tmp_path: Path) -> None:
    (tmp_path / "project/.claude").mkdir(parents=True)
    (tmp_path / "project/.claude/worktrees").symlink_to("/")
    assert root_of(None, "/etc", str(tmp_path / "project")) == str(tmp_path / "project")
    assert root_of(None, str(tmp_path / "project/.claude/worktrees/etc"), "/p") == "/p"


def test_a_path_is_named_in_every_checkout_but_the_agents_own(checkouts: Path) -> None:
    own = f"{checkouts}/.claude/worktrees/agent-a1"

    def names(path: str, root: str) -> tuple[str, ...]:
        at = places(checkouts).rooted(root)
        return locate(Effect("write", path, "cp"), str(checkouts), at).elsewhere

    assert names(f"{own}/src/x", own) == ()
    assert names(f"{own}/src/x", str(checkouts)) == ("src/x",)
    assert names("src/x", own) == ("src/x",)
    assert names("src/x", str(checkouts)) == ()
    assert set(names("way/x", own)) == {"way/x", ".claude/worktrees/other/x", "x"}


# --- file systems without case ----------------------------------------------------------------


def test_this_file_system_is_asked(tmp_path: Path) -> None:
    (tmp_path / "Project/.claude").mkdir(parents=True)
    (tmp_path / "probe").touch()
    assert folds_case(str(tmp_path / "Project")) == (tmp_path / "PROBE").exists()
    assert folds_case(str(tmp_path)) == (tmp_path / "PROBE").exists()


def test_two_folders_of_like_names_are_no_file_system_without_case(tmp_path: Path) -> None:
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".CLAUDE").mkdir(exist_ok=True)
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system has no case")
    assert not folds_case(str(tmp_path))


def test_the_project_itself_is_found_in_other_letters() -> None:
    at = places(Path("/No/Such/Stra\u00dfe"), folds_case=True)
    found = locate(Effect("write", "/no/SUCH/STRASSE/Src/A", "cp"), "/", at)
    assert found.relative == ("Src/A",)
    assert locate(Effect("write", "/no/SUCH/other", "cp"), "/", at).relative == (None,)


# --- temporary files --------------------------------------------------------------------------


def scratch(tmp_path: Path, path: str, *, tree: bool = False) -> bool:
    at = Places(
        project=str(tmp_path / "tmp/project"),
        home=str(tmp_path / "tmp/home"),
        installation=(str(tmp_path / "tmp/gate"),),
        scratch=(str(tmp_path / "tmp"),),
    )
    effect = Effect("write", f"{tmp_path}/{path}", "cp", tree=tree)
    return locate(effect, "/", at).is_scratch


def test_temporary_files_are_nobodys_project(tmp_path: Path) -> None:
    tmp_path = tmp_path.resolve()
    for name in ("project/src", "home", "clone/.git", "kit/.claude", "work/deep/.git", "plain"):
        (tmp_path / "tmp" / name).mkdir(parents=True)
    (tmp_path / "tmp/link").symlink_to("project/src")
    assert scratch(tmp_path, "tmp/x")
    assert scratch(tmp_path, "tmp/plain/x/y")
    assert scratch(tmp_path, "tmp/projects/x")
    assert scratch(tmp_path, "tmp/plain", tree=True)
    for path in (
        "x", "tmp", "tmp/project", "tmp/project/src/x", "tmp/home/x", "tmp/gate/x", "tmp/clone/x",
        "tmp/kit/x", "tmp/kit", "tmp/new/.claude/agents/x.md", "tmp/new/.git/config",
        "tmp/new/.CLAUDE/settings.json", "tmp/link/x",
        "tmp/plain/../../x",
    ):  # fmt: skip
        assert not scratch(tmp_path, path), path
    assert not scratch(tmp_path, "tmp/work", tree=True)


def test_the_usual_folders_and_the_users_own_are_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kei_gates.observe.scratch.environ", {})
    assert "/tmp" in {*folders(), "/tmp" if "/private/tmp" in folders() else ""}
    tmp_path.chmod(0o700)
    monkeypatch.setattr("kei_gates.observe.scratch.environ", {b"TMPDIR": bytes(tmp_path)})
    assert str(tmp_path.resolve()) in folders()


@pytest.mark.parametrize("named", ["/", "/usr", "relative", "/no/such/folder", "/dev/null", "/\0"])
def test_no_other_folder_is_temporary(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kei_gates.observe.scratch.environ", {b"TMPDIR": named.encode()})
    plain = folders()
    monkeypatch.setattr("kei_gates.observe.scratch.environ", {})
    assert plain == folders()


# --- properties -------------------------------------------------------------------------------

DETOURS = st.lists(
    st.sampled_from(["./", "b/../", "new/../", "b/back/", ".//", "b/back/b/../"]), max_size=4
).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DETOURS, st.sampled_from(["file", "new", "b/x", "out/x", "../x"]), st.booleans())
def test_a_detour_never_changes_what_is_really_meant(
    tree: Path, detour: str, path: str, absolute: bool
) -> None:
    start = f"{tree}/a/" if absolute else ""
    plain = locate(Effect("write", path, "cp"), f"{tree}/a", places(tree / "a"))
    spelled = locate(
        Effect("write", f"{start}{detour}{path}", "cp"), f"{tree}/a", places(tree / "a")
    )
    assert spelled.real == plain.real
    assert spelled.relative[-1] == plain.relative[-1]
