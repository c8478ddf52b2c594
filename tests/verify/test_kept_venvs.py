"""Environments that Poetry and Pipenv keep by a project's path are those of its merge too."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from kei_gates.verify.kept_venvs import digest, kept_venv
from kei_gates.verify.running import run
from tests.verify.checkouts import write
from tests.verify.merges import merge, started


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "WORKON_HOME", "POETRY_CACHE_DIR", "XDG_DATA_HOME",
                 "POETRY_VIRTUALENVS_PATH", "XDG_CACHE_HOME"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_digests_are_those_of_the_tools() -> None:
    # what Poetry 2 and Pipenv have called environments of projects in these folders
    assert digest("/dev/shm/pbt_4sopv3/poe") == "sICqD4z2"
    assert digest("/dev/shm/pe1/Pipfile") == "s3dHZ3oe"


def made(folder: Path, name: str) -> Path:
    venv.create(folder / name, symlinks=True)
    return folder / name


def test_an_environment_of_poetry_imports_the_merged_code(tmp_path: Path, home: Path) -> None:
    files = {"pyproject.toml": "", "lib/pack.py": "print('before')\n"}
    root = started(tmp_path, files, {"lib/pack.py": "print('theirs')\n"})
    folder = home / ".cache/pypoetry/virtualenvs"
    own = made(folder, f"pk-{digest(str(root))}-py3.11")
    made(folder, f"pk-{digest(str(tmp_path))}-py3.11")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    write(own, f"lib/{version}/site-packages/pk.pth", f"{root}/lib\n")
    with merge(root) as merged:
        assert merged.environment["VIRTUAL_ENV"] == str(own)
        source = '"$VIRTUAL_ENV/bin/python" -c "import pack"'
        done = run(source, merged.root, 60, at="merge", environment=merged.environment)
        assert done.output == "theirs\n"


def test_an_environment_of_pipenv_also_of_a_folder_above(tmp_path: Path, home: Path) -> None:
    root = started(tmp_path, {"Pipfile": "", "a/b/f": "1\n"}, {"t": "t\n"})
    own = made(home / ".local/share/virtualenvs", f"root-{digest(f'{root}/Pipfile')}")
    with merge(root, root / "a/b") as merged:
        assert merged.environment["VIRTUAL_ENV"] == str(own)


def test_no_environment_is_taken_that_is_another_s_or_not_needed(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = started(tmp_path, {"f": "1\n", ".gitignore": ".venv\n"}, {"t": "t\n"})
    folder = home / ".cache/pypoetry/virtualenvs"
    made(folder, f"pk-{digest(str(tmp_path))}-py3.11")
    own = made(folder, f"pk-{digest(str(root))}-py3.11")
    assert kept_venv(str(root)) is None  # it has no project
    write(root, "pyproject.toml", "")
    assert kept_venv(str(root)) == str(own)
    (folder / f"pk-{digest(str(root))}-py3.12").mkdir()
    assert kept_venv(str(root)) == str(own)  # the other is no environment
    monkeypatch.setenv("VIRTUAL_ENV", "/given")
    with merge(root) as merged:
        assert "VIRTUAL_ENV" not in merged.environment
    monkeypatch.delenv("VIRTUAL_ENV")
    write(root, ".venv/pyvenv.cfg", "")
    with merge(root) as merged:
        assert "VIRTUAL_ENV" not in merged.environment
