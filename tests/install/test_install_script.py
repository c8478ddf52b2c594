"""`install.sh`, with a stand-in Python that records what is asked of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from kei_gates.install import places as real_places

REPOSITORY = Path(real_places.__file__).parents[3]

# Knows just what the script asks: its own path and version, `-m venv`, `-m pip`, the archive.
PYTHON = """\
#!/bin/sh
echo "$*" >>"{log}"
case "$*" in
    *sys.executable*) echo "$0" ;;
    *'%d.%d'*) echo "{version}" ;;
    *'import ensurepip'*) {ensurepip} ;;
    *'import pip'*) [ -e "$(dirname "$0")/pip" ] ;;
    *'-m venv'*)
        for last; do :; done
        mkdir -p "$last/bin" && cp "$0" "$last/bin/python" && touch "$last/bin/pip" ;;
    *'-m pip'*)
        {pip}
        printf '#!/bin/sh\\necho "ran kei-gates $*"\\n' >"$(dirname "$0")/kei-gates"
        chmod +x "$(dirname "$0")/kei-gates" ;;
    *'-m kei_gates.archive.builder') {archive} ;;
    *) exit 99 ;;
esac
"""


class Clone:
    """A copy of what the script looks at, in a folder with a space in its name."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a clone"
        self.log = folder / "log"
        self.python = folder / "some python"
        for name in ("src", "hooks", "policies"):
            (self.root / name).mkdir(parents=True)
            (self.root / name / "file").write_text(name)
        (self.root / "pyproject.toml").touch()
        shutil.copy(REPOSITORY / "install.sh", self.root)
        self.write_python()

    def write_python(
        self, version: str = "3.11", ensurepip: str = ":", pip: str = ":", archive: str = ":"
    ) -> None:
        body = PYTHON.format(
            log=self.log, version=version, ensurepip=ensurepip, pip=pip, archive=archive
        )
        self.python.write_text(body)
        self.python.chmod(0o755)

    def run(self, *words: str, python: str | None = None) -> subprocess.CompletedProcess[str]:
        self.log.write_text("")
        environment = {"PATH": "/usr/bin:/bin", "PYTHON": python or str(self.python)}
        script = str(self.root / "install.sh")
        return subprocess.run(
            ["/bin/sh", script, *words],
            capture_output=True,
            check=False,
            text=True,
            cwd=self.root.parent,
            env=environment,
        )

    @property
    def asked(self) -> str:
        return self.log.read_text()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_the_environment_is_made_and_the_project_gets_the_gate(clone: Clone) -> None:
    (clone.root.parent / "my project").mkdir()
    done = clone.run("my project")
    assert done.returncode == 0, done.stderr
    assert "ran kei-gates install my project" in done.stdout
    assert f"-I -m venv {clone.root}/.venv" in clone.asked
    assert ".[second-opinion]" in clone.asked


def test_without_a_folder_only_the_environment_is_made(clone: Clone) -> None:
    done = clone.run()
    assert done.returncode == 0, done.stderr
    assert "ran kei-gates" not in done.stdout
    assert f"claude --plugin-dir {clone.root}" in done.stdout


def test_the_second_run_installs_nothing(clone: Clone) -> None:
    clone.run()
    assert clone.run().returncode == 0
    assert "-m venv" not in clone.asked
    assert "-m pip" not in clone.asked


def test_the_archive_of_the_hook_is_seen_to_each_time(clone: Clone) -> None:
    for _ in range(2):
        clone.run()
        assert "-I -m kei_gates.archive.builder" in clone.asked
    clone.write_python(archive="echo no room; exit 1")
    shutil.copy(clone.python, clone.root / ".venv" / "bin" / "python")
    done = clone.run()
    assert done.returncode == 1
    assert "no room" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("kei-gates: cannot write below")


def test_changed_source_is_installed_again_into_the_same_environment(clone: Clone) -> None:
    clone.run()
    (clone.root / "src" / "file").write_text("changed")
    clone.run()
    assert "-m venv" not in clone.asked
    assert "-m pip" in clone.asked


def test_a_half_made_environment_is_made_anew(clone: Clone) -> None:
    (clone.root / ".venv" / "bin").mkdir(parents=True)
    (clone.root / ".venv" / "half").touch()
    assert clone.run().returncode == 0
    assert not (clone.root / ".venv" / "half").exists()


def test_a_broken_interpreter_or_missing_pip_is_mended(clone: Clone) -> None:
    for name in ("python", "pip"):
        clone.run()
        (clone.root / ".venv" / "bin" / name).unlink()
        assert clone.run().returncode == 0
        assert "-m venv" in clone.asked


def test_another_version_is_made_anew(clone: Clone) -> None:
    clone.run()
    clone.write_python(version="3.12")
    clone.run()
    assert "-m venv" in clone.asked


def test_a_failed_pip_shows_its_output_and_is_tried_anew(clone: Clone) -> None:
    clone.write_python(pip="echo pip said this; exit 1")
    done = clone.run()
    assert done.returncode == 1
    assert "pip said this" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("kei-gates: pip failed")
    clone.write_python()
    assert clone.run().returncode == 0
    assert "-m venv" in clone.asked


def test_an_interrupted_update_is_made_anew(clone: Clone) -> None:
    clone.run()
    (clone.root / "src" / "file").write_text("changed")
    clone.write_python(pip="exit 1")
    shutil.copy(clone.python, clone.root / ".venv" / "bin" / "python")
    assert clone.run().returncode == 1
    clone.write_python()
    assert clone.run().returncode == 0
    assert "-m venv" in clone.asked


def test_a_quiet_pip_stays_quiet(clone: Clone) -> None:
    clone.write_python(pip="echo pip said this")
    done = clone.run()
    assert "pip said this" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["none"], 1, "kei-gates: `none` is not a folder; name the project's folder\n"),
        (["--help"], 64, "kei-gates: usage: install.sh [DIR [--scope SCOPE]]\n"),
        (["a", "b"], 64, "kei-gates: usage: install.sh [DIR [--scope SCOPE]]\n"),
    ],
)
def test_bad_usage_is_told_before_anything_is_made(
    clone: Clone, words: list[str], code: int, said: str
) -> None:
    done = clone.run(*words)
    assert (done.returncode, done.stderr) == (code, said)
    assert not (clone.root / ".venv").exists()


def test_no_fit_python_is_told(clone: Clone) -> None:
    done = clone.run(python="/bin/false")
    assert done.returncode == 1
    assert (
        done.stderr == "kei-gates: `/bin/false` is not a Python 3.10 to 3.13; set PYTHON to one\n"
    )


def test_no_venv_module_is_told(clone: Clone) -> None:
    clone.write_python(ensurepip="exit 1")
    done = clone.run()
    assert done.returncode == 1
    assert (
        "has no venv module; install it (Debian, Ubuntu: apt install python3-venv)" in done.stderr
    )
    assert done.stderr.count("\n") == 1


def test_the_script_may_be_called_through_a_link(clone: Clone, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.sh"
    link.parent.mkdir()
    link.symlink_to("../a clone/install.sh")
    done = subprocess.run(
        ["/bin/sh", str(link)],
        capture_output=True,
        check=False,
        text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(clone.python)},
    )
    assert done.returncode == 0, done.stderr
    assert (clone.root / ".venv" / "bin" / "kei-gates").is_file()
