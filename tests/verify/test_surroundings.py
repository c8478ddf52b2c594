"""What commands find around a merge: dependencies, and variables; by what they then import."""

from __future__ import annotations

import os
import shutil
import sys
import venv
from pathlib import Path

import pytest

from kei_gates.model import Grant
from kei_gates.verify.jobs import Jobs
from kei_gates.verify.merge import Merged
from kei_gates.verify.passes import verify
from kei_gates.verify.repository import find
from kei_gates.verify.running import run
from kei_gates.verify.surroundings import in_worktree
from tests.verify.checkouts import commit, git, make, write
from tests.verify.merges import Files, held, merge, started

IGNORED = {".gitignore": "node_modules/\n.venv\nvenv\ntarget\n__pycache__\n"}


@pytest.fixture(autouse=True)
def without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "CARGO_TARGET_DIR", "UV_PROJECT_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)


def said(merged: Merged, source: str) -> str:
    """What a command prints in the merge."""
    done = run(source, merged.root, 120, at="merge", environment=merged.environment)
    assert done.green, done.output
    return done.output.strip()


def paths_of(merged: Merged) -> list[str]:
    """The entries of PYTHONPATH, those in the merge from its top."""
    tree = f"{merged.root.partition('/tree')[0]}/tree"
    entries = merged.environment["PYTHONPATH"].split(os.pathsep)
    return [one.replace(tree, "TREE", 1) for one in entries]


def test_installed_dependencies_are_there_down_to_a_depth(tmp_path: Path) -> None:
    root = started(tmp_path, IGNORED | {"a/b/c/f": "1\n", "venv2/f": "1\n"}, {"t": "t\n"})
    for folder in ("", "a/", "a/b/", "a/b/c/"):
        write(root, f"{folder}node_modules/pack/index.js", "x\n")
        write(root, f"{folder}.venv/bin/python", "x\n")
    write(root, "gone/node_modules/pack/index.js", "x\n")
    write(root, "venv/bin/python", "x\n")
    write(root, "target/out", "x\n")
    write(root, "node_modules/.cache/tool/f", "x\n")
    write(root, "node_modules/.store/f", "x\n")
    with merge(root) as merged:
        found = held(merged.root, without=(".git",))
        linked = sorted(one for one in found if "venv/" in f"{one}/" or "node_modules" in one)
        assert linked == [
            ".venv",
            "a/.venv",
            "a/b/.venv",
            "a/b/node_modules/pack",
            "a/node_modules/pack",
            "node_modules/.store",
            "node_modules/pack",
            "venv",
        ]
        assert found["venv"] == os.fsencode(root / "venv")
        assert not Path(merged.root, "target").exists()
        assert git(Path(merged.root), "status", "--porcelain") == ""
    assert (root / "node_modules/pack/index.js").read_text() == "x\n"
    assert (root / "venv/bin/python").read_text() == "x\n"


def test_dependencies_that_are_links_themselves(tmp_path: Path) -> None:
    root = started(tmp_path, {".gitignore": "node_modules\n.venv\n", "f": "1\n"}, {"t": "t\n"})
    write(tmp_path, "shared/pack/index.js", "x\n")
    write(tmp_path, "outside/index.js", "outside\n")
    (tmp_path / "shared/out").symlink_to("../outside")
    write(tmp_path, "env/bin/python", "x\n")
    (root / "node_modules").symlink_to(tmp_path / "shared")
    (root / ".venv").symlink_to(tmp_path / "env")
    with merge(root) as merged:
        assert Path(merged.root, "node_modules/pack/index.js").read_text() == "x\n"
        assert Path(merged.root, "node_modules/out/index.js").read_text() == "outside\n"
        assert Path(merged.root, ".venv/bin/python").read_text() == "x\n"


def test_what_the_target_has_committed_stays(tmp_path: Path) -> None:
    root = started(tmp_path, {"f": "1\n", ".gitignore": "pack/\n"}, {"node_modules/own/f": "f\n"})
    write(root, "node_modules/pack/index.js", "x\n")
    with merge(root) as merged:
        assert os.listdir(f"{merged.root}/node_modules") == ["own"]


def needs_node() -> None:
    if shutil.which("node") is None:
        pytest.skip("node is missing")


def node_workspace(root: Path) -> None:
    """Install as npm does: a workspace's packages are links, commands lie in `.bin`."""
    write(root, "node_modules/dep/index.js", "module.exports = 'dep'\n")
    write(root, "node_modules/@of/pack/index.js", "module.exports = require('dep')\n")
    write(root, "node_modules/dep/cli.js", "#!/bin/sh\necho cli\n")
    (root / "node_modules/dep/cli.js").chmod(0o755)
    (root / "node_modules/.bin").mkdir()
    (root / "node_modules/.bin/cli").symlink_to("../dep/cli.js")
    (root / "node_modules/@of/own").symlink_to("../../packages/own")
    (root / "node_modules/absolute").symlink_to(root / "packages/own")


JS = {
    "packages/own/index.js": "module.exports = 'before'\n",
    "main.js": "console.log(require('@of/own'), require('absolute'), require('@of/pack'))\n",
}


def test_a_node_workspace_imports_the_merged_packages(tmp_path: Path) -> None:
    needs_node()
    root = started(tmp_path, IGNORED | JS, {"packages/own/index.js": "module.exports = 'theirs'\n"})
    node_workspace(root)
    with merge(root) as merged:
        assert said(merged, "node main.js") == "theirs theirs dep"
        assert said(merged, "node_modules/.bin/cli") == "cli"
    assert (root / "packages/own/index.js").read_text() == "module.exports = 'before'\n"


def test_a_worktree_whose_dependencies_are_a_link(tmp_path: Path) -> None:
    needs_node()
    ignored = {".gitignore": "node_modules\n"}
    main = started(tmp_path, ignored | JS, {"packages/own/index.js": "module.exports = 'theirs'\n"})
    git(main, "switch", "--quiet", "main")
    node_workspace(main)
    root = tmp_path / "linked"
    git(main, "worktree", "add", "--quiet", str(root), "work")
    (root / "node_modules").symlink_to("../root/node_modules")
    with merge(root) as merged:
        assert said(merged, "node main.js") == "theirs theirs dep"


def test_a_worktree_in_the_checkout_that_has_the_dependencies(tmp_path: Path) -> None:
    needs_node()
    main = started(tmp_path, IGNORED | JS, {"packages/own/index.js": "module.exports = 'theirs'\n"})
    git(main, "switch", "--quiet", "main")
    node_workspace(main)
    root = main / ".claude/worktrees/one"
    git(main, "worktree", "add", "--quiet", str(root), "work")
    with merge(root, state=tmp_path / "state") as merged:
        assert said(merged, "node main.js") == "theirs theirs dep"


@pytest.mark.parametrize(
    ("files", "given", "found"),
    [
        ({"f.py": ""}, "", ["TREE"]),
        ({"src/f.py": ""}, "", ["TREE/src", "TREE"]),
        (
            {"src/f.py": ""},
            "/other:ROOT/lib:ROOT:ROOTS/x:",
            ["TREE/src", "TREE", "/other", "TREE/lib", "ROOTS/x"],
        ),
        ({"src/logging.py": "", "src/f.py": ""}, "", ["TREE"]),
        ({"logging/__init__.py": "", "src/f.py": ""}, "", ["TREE/src"]),
        ({"logging/notes": "", "test/__init__.py": "", "types.txt": ""}, "", ["TREE"]),
    ],
    ids=["flat", "src", "given", "a module of Python's", "a package of Python's", "no modules"],
)
def test_python_path(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: Files,
    given: str,
    found: list[str],
) -> None:
    root = started(tmp_path, files, {"t": "t\n"})
    monkeypatch.setenv("PYTHONPATH", given.replace("ROOT", str(root)))
    with merge(root) as merged:
        assert paths_of(merged) == [one.replace("ROOT", str(root)) for one in found]


FINDER = """\
MAPPING: dict[str, str] = {{'pack': '{0}/packages/pack/lib/pack', 'other': '/elsewhere/other'}}
"""


@pytest.mark.parametrize("note", ["pth", "finder"])
def test_an_editable_install_imports_the_merge(tmp_path: Path, note: str) -> None:
    files = IGNORED | {"packages/pack/lib/pack/__init__.py": "NAME = 'before'\n"}
    theirs = {"packages/pack/lib/pack/__init__.py": "NAME = 'theirs'\n"}
    root = started(tmp_path, files, theirs)
    venv.create(root / ".venv", symlinks=True)
    (packages,) = (root / ".venv").glob("lib/python*/site-packages")
    if note == "pth":
        (packages / "pack.pth").write_text(f"import sys\n{root}/packages/pack/lib\n/elsewhere\n")
    else:
        (packages / "__editable___pack_finder.py").write_text(FINDER.format(root))
    with merge(root) as merged:
        assert paths_of(merged) == ["TREE", "TREE/packages/pack/lib"]
        shown = said(merged, ".venv/bin/python -c 'import pack; print(pack.NAME)'")
        assert shown == "theirs"


RENAMED = """\
MAPPING: dict[str, str] = {{'pack': '{0}/code/other', "one": "{0}/code/it's/one"}}
NAMESPACES: dict[str, list[str]] = {{'space': ['{0}/code/space', '{0}/more/space']}}
OTHER = {{'x': '{0}/code/x'}}
"""


def test_an_editable_install_of_packages_that_are_called_otherwise(tmp_path: Path) -> None:
    names = ("code/other/__init__", "code/it's/one/__init__", "code/space/a", "more/space/b")
    files = {f"{name}.py": "NAME = 'before'\n" for name in names}
    theirs = dict.fromkeys(files, "NAME = 'theirs'\n")
    root = started(tmp_path, IGNORED | files, theirs)
    venv.create(root / ".venv", symlinks=True)
    (packages,) = (root / ".venv").glob("lib/python*/site-packages")
    (packages / "__editable___pack_finder.py").write_text(RENAMED.format(root))
    source = "import pack, one, space.a, space.b; print(pack.NAME, one.NAME, space.b.NAME)"
    with merge(root) as merged:
        place = merged.root.removesuffix("/tree")
        assert paths_of(merged) == [
            "TREE",
            f"{place}/packages",
            "TREE/code/it's",
            "TREE/code",
            "TREE/more",
        ]
        assert said(merged, f".venv/bin/python -c '{source}'") == "theirs theirs theirs"
    assert in_worktree(find(str(root)), str(root)) == {}


@pytest.mark.parametrize(
    "note",
    ["MAPPING = {'pack': ", "MAPPING = {'pack': given}", "MAPPING = 3", "MAPPING = {'x': 1}", "\0"],
    ids=["half", "no text", "no map", "a number", "no source"],
)
def test_a_note_that_cannot_be_read_names_nothing(tmp_path: Path, note: str) -> None:
    root = started(tmp_path, IGNORED, {"t": "t\n"})
    write(root, ".venv/lib/python3/site-packages/__editable___pack_finder.py", note)
    write(root, ".venv/lib/python3/site-packages/other.pth", f"{root}/lib\nlib\n")
    with merge(root) as merged:
        assert paths_of(merged) == ["TREE", "TREE/lib"]


def test_a_worktree_has_no_folder_of_links(tmp_path: Path) -> None:
    main = tmp_path / "main"
    make(main, {"code/other/__init__.py": "", "lib/pack.py": "", "packages/f": "f\n"})
    notes = main / ".venv/lib/python3/site-packages"
    notes.mkdir(parents=True)
    (notes / "__editable___pack_finder.py").write_text(RENAMED.format(main))
    root = main / ".claude/worktrees/agent-1"
    git(main, "worktree", "add", "--quiet", "-b", "w", str(root))
    (root / ".venv").symlink_to("../../../.venv")
    found = in_worktree(find(str(root)), str(root))["PYTHONPATH"].split(os.pathsep)
    assert found == [str(root), f"{root}/code/it's", f"{root}/code", f"{root}/more"]


def test_an_editable_install_of_the_main_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = started(tmp_path, IGNORED | {"lib/pack.py": "NAME = 'before'\n"}, {"t": "t\n"})
    git(main, "switch", "--quiet", "main")
    root = main / ".claude/worktrees/one"
    git(main, "worktree", "add", "--quiet", str(root), "work")
    write(root, "lib/pack.py", "NAME = 'ours'\n")
    environment = tmp_path / "environment"
    packages = environment / "lib/python3/site-packages"
    packages.mkdir(parents=True)
    (packages / "pack.pth").write_text(f"{main}/lib\n")
    monkeypatch.setenv("VIRTUAL_ENV", str(environment))
    with merge(root) as merged:
        assert paths_of(merged) == ["TREE", "TREE/lib"]
        assert said(merged, f"{sys.executable} -c 'import pack; print(pack.NAME)'") == "ours"


def test_a_worktree_with_the_main_checkouts_environment_imports_its_own_code(
    tmp_path: Path,
) -> None:
    main = tmp_path / "main"
    make(main, {".gitignore": ".venv/\n", "lib/pack.py": "NAME = 'before'\n"})
    venv.create(main / ".venv", symlinks=True)
    (packages,) = (main / ".venv").glob("lib/python*/site-packages")
    (packages / "pack.pth").write_text(f"{main}/lib\n")
    root = main / ".claude/worktrees/agent-1"
    git(main, "worktree", "add", "--quiet", "-b", "w", str(root))
    assert in_worktree(find(str(root)), str(root)) == {}
    (root / ".venv").symlink_to("../../../.venv")
    write(root, "lib/pack.py", "NAME = 'ours'\n")
    command = ".venv/bin/python -c 'import pack; assert pack.NAME == \"ours\", pack.NAME'"
    job = Jobs(None, throwaway=str(tmp_path / "state")).of_worktree(str(root), 0)
    outcome = verify([Grant("quality::command-green", {"commands": (command,)})], job)
    assert [found.message for _, found in outcome.findings] == []
    assert [ran.at for ran in outcome.runs] == ["worktree", "merge"]
    assert in_worktree(find(str(main)), str(main)) == {}


def test_nothing_is_linked_in_behind_a_link_of_the_target(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    make(root, {"pack/f": "1\n", "z": "z\n", ".gitignore": "node_modules\n.venv\n"})
    git(root, "branch", "work")
    (root / "pack/f").unlink()
    (root / "pack").rmdir()
    (root / "pack").symlink_to(outside)
    commit(root, "theirs")
    git(root, "switch", "--quiet", "work")
    write(root, "pack/node_modules/dep/index.js")
    write(root, "pack/.venv/bin/python")
    with merge(root) as merged:
        assert merged.conflicts == ()
        assert Path(merged.root, "pack").is_symlink()
        assert [*outside.iterdir()] == []


def test_uv_installs_nothing_into_an_environment_that_is_linked(tmp_path: Path) -> None:
    root = started(tmp_path, {"f": "1\n", ".gitignore": ".venv\n"}, {"g": "g\n"})
    with merge(root) as merged:
        assert "UV_NO_SYNC" not in merged.environment  # it has to make one first
    write(root, ".venv/bin/python")
    with merge(root) as merged:
        assert merged.environment["UV_NO_SYNC"] == "1"
