"""Modules that were made in a checkout are there in its merge, and hide none of its sources."""

from __future__ import annotations

import importlib.machinery
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from kei_gates.verify.running import run
from tests.verify.checkouts import git, write
from tests.verify.merges import held, merge, started

SUFFIX = importlib.machinery.EXTENSION_SUFFIXES[0]
NATIVE = """\
#include <Python.h>
static struct PyModuleDef native = {PyModuleDef_HEAD_INIT, "native", 0, -1, 0};
PyMODINIT_FUNC PyInit_native(void) {
    PyObject *module = PyModule_Create(&native);
    PyModule_AddIntConstant(module, "FOUND", 41);
    return module;
}
"""
PROJECT = {
    ".gitignore": "*.so\n*.pyd\n",
    "lib/pack/__init__.py": "from pack.native import FOUND\n",
    "native.c": NATIVE,
}


def test_a_package_imports_what_was_built_into_it(tmp_path: Path) -> None:
    include = sysconfig.get_path("include")
    compiler = shutil.which("cc")
    if compiler is None or not Path(include, "Python.h").exists():
        pytest.skip("no C compiler, or no headers of Python")
    root = started(tmp_path, PROJECT, {"lib/pack/more.py": "MORE = 1\n"})
    built = root / f"lib/pack/native{SUFFIX}"
    words = [compiler, "-shared", "-fPIC", f"-I{include}", "native.c", "-o", str(built)]
    if sys.platform == "darwin":
        words += ["-undefined", "dynamic_lookup"]
    subprocess.run(words, cwd=root, check=True)
    before = built.stat()
    source = "import pack, pack.more; print(pack.FOUND + pack.more.MORE, pack.native.__file__)"
    with merge(root) as merged:
        command = f"cd lib && '{sys.executable}' -c '{source}'"
        done = run(command, merged.root, 60, at="merge", environment=merged.environment)
        assert done.output.split() == ["42", f"{merged.root}/lib/pack/{built.name}"]
        assert git(Path(merged.root), "status", "--porcelain") == ""
        Path(merged.root, "lib/pack", built.name).write_text("built anew")
    assert (built.stat().st_mtime_ns, built.stat().st_size) == (before.st_mtime_ns, before.st_size)


@pytest.mark.parametrize(
    ("name", "is_brought"),
    [
        ("lib/pack/_native.abi3.so", True),
        ("lib/pack/_native.cpython-312-x86_64-linux-gnu.so", True),
        ("lib/pack/_native.pypy310-pp73-darwin.so", True),
        ("lib/pack/_native.pyd", True),
        ("lib/pack/_native.cp312-win_amd64.pyd", True),
        ("lib/pack/_version.py", True),
        ("lib/pack/version.py", True),
        ("lib/pack/__version__.py", True),
        ("lib/pack/_scm_version.py", True),
        ("lib/pack/libnative.so", False),
        ("lib/pack/_versions.py", False),
        ("lib/pack/conversion.py", False),
        ("lib/pack/settings.py", False),
        ("lib/pack/source.abi3.so", False),
        ("lib/pack/source.pyd", False),
        ("lib/other/_native.abi3.so", False),
        ("lib/pack/local.txt", False),
    ],
)
def test_only_modules_are_brought_and_none_that_hides_a_source(
    tmp_path: Path, name: str, *, is_brought: bool
) -> None:
    ignored = "*.so\n*.pyd\n*.txt\n*version*.py\nsettings.py\n"
    files = PROJECT | {".gitignore": ignored, "lib/other/f": "f\n"}
    root = started(tmp_path, files, {"lib/pack/source.py": "SOURCE = 'theirs'\n"})
    write(root, name, "built\n")
    with merge(root) as merged:
        found = held(merged.root, without=(".git",))
        assert (name in found) == is_brought
        if is_brought:
            assert found[name] == b"built\n"


def test_what_git_carries_is_as_git_has_merged_it(tmp_path: Path) -> None:
    names = [f"lib/pack/{name}.abi3.so" for name in ("gone", "changed", "added", "leads")]
    files = PROJECT | {".gitignore": "added*\nleads*\n", names[0]: "1\n", names[1]: "1\n"}
    theirs = {".gitignore": "", names[0]: None, names[1]: "2\n", names[2]: "2\n"}
    root = started(tmp_path, files, theirs)
    write(root, names[2], "ours\n")
    (root / names[3]).symlink_to("nowhere")
    with merge(root) as merged:
        assert merged.conflicts == ()
        found = held(merged.root, without=(".git",))
        assert {path: found[path] for path in found if path.endswith(".so")} == {
            names[1]: b"2\n",
            names[2]: b"2\n",
        }


def test_a_version_that_is_committed_is_as_git_has_merged_it(tmp_path: Path) -> None:
    files = PROJECT | {"lib/pack/version.py": "1\n", "lib/pack/_version.py": "1\n"}
    root = started(tmp_path, files, {"lib/pack/version.py": "2\n", "lib/pack/_version.py": None})
    with merge(root) as merged:
        found = held(f"{merged.root}/lib/pack")
        assert found == {"__init__.py": b"from pack.native import FOUND\n", "version.py": b"2\n"}


def test_a_folder_that_is_a_file_in_the_checkout_has_none(tmp_path: Path) -> None:
    ignored = {".gitignore": "/new\n"}
    root = started(tmp_path, PROJECT | ignored, {".gitignore": "", "new/__init__.py": ""})
    write(root, "new", "ignored\n")
    with merge(root) as merged:
        assert Path(merged.root, "new/__init__.py").read_text() == ""
