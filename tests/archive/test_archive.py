"""The package in one file: the hook reads it, only while it is of this package, and whole."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kei_gates.archive import builder
from tests.environment import Environment

COMMAND: dict[str, object] = {"tool_name": "Bash", "tool_input": {"command": "cargo test"}}
PUSH: dict[str, object] = {"tool_name": "Bash", "tool_input": {"command": "git push"}}
AGENT = {"agent_id": "a1", "agent_type": "builder"}


@pytest.fixture
def own(tmp_path: Path) -> Environment:
    """An installation that a test may damage, with its archive."""
    found = Environment(tmp_path / "environment")
    found.write_archive()
    return found


def archive_of(environment: Environment) -> Path:
    return Path(folder_of(environment), builder.NAME)


def folder_of(environment: Environment) -> str:
    return str(environment.python.parent.parent)


def payload(call: dict[str, object], project: Path) -> dict[str, object]:
    return {"hook_event_name": "PreToolUse", "cwd": str(project), **AGENT, **call}


def run_in(environment: Environment, script: str) -> str:
    """Run a script in the hook's interpreter once the archive is served; give what it prints."""
    shim = environment.shim.read_text()
    assert "    from kei_gates.hook.main import main\n" in shim
    start, _, _ = shim.partition("    from kei_gates.hook.main import main\n")
    body = "".join(f"    {line}\n" for line in script.splitlines())
    done = subprocess.run(
        [str(environment.python), "-I", "-S", "-c", f"{start}{body}finally:\n    pass\n"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_hook_reads_the_archive_and_not_the_files(own: Environment, project: Path) -> None:
    stdin = payload(COMMAND, project)
    assert own.run(stdin, project=project).decision == "none"
    for path in own.package.rglob("*.py"):
        if path != own.package / "__init__.py" and "_data" not in path.parts:
            path.write_text("raise SystemExit('read from its file')\n")
    assert own.run(stdin, project=project).decision == "none"
    assert own.run(payload(PUSH, project), project=project).decision == "deny"


def test_an_archive_of_another_installation_is_not_read(own: Environment, project: Path) -> None:
    first = own.package / "__init__.py"
    new = first.with_suffix(".new")
    new.write_bytes(first.read_bytes())
    new.replace(first)  # as every installer does
    assert not builder.is_fresh(folder_of(own))
    module = own.package / "hook/main.py"
    module.write_text(module.read_text() + "\nraise RuntimeError('the file was read')\n")
    answer = own.run(payload(COMMAND, project), project=project)
    assert answer.code == 2
    assert "the file was read" in answer.reason
    builder.refresh(folder_of(own))
    assert builder.is_fresh(folder_of(own))


def test_without_an_archive_the_files_are_read(own: Environment, project: Path) -> None:
    archive_of(own).unlink()
    assert own.run(payload(COMMAND, project), project=project).decision == "none"
    assert own.run(payload(PUSH, project), project=project).decision == "deny"


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\0" * 99),
        lambda path: path.write_bytes(path.read_bytes()[:2000]),
        lambda path: path.write_bytes(path.read_bytes()[: 1 << 15]),
        lambda path: path.write_text("no marshal data"),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["empty", "zeros", "half a head", "half a group", "text", "folder"],
)
def test_a_damaged_archive_denies_and_says_what_to_do(
    damage: Callable[[Path], object], own: Environment, project: Path
) -> None:
    damage(archive_of(own))
    answer = own.run(payload(COMMAND, project), project=project)
    assert answer.code == 2
    assert answer.reason.startswith("kei-gates: the hook could not start")
    assert answer.reason.endswith("run install.sh again\n")
    assert not builder.is_fresh(folder_of(own))


def test_an_edited_file_is_seen_by_who_looks(own: Environment) -> None:
    assert builder.is_fresh(folder_of(own))
    module = own.package / "engine/decide.py"
    after = archive_of(own).stat().st_mtime + 1
    os.utime(module, (after, after))
    assert not builder.is_fresh(folder_of(own))


def test_everybody_may_read_it(own: Environment) -> None:
    assert archive_of(own).stat().st_mode & 0o444 == 0o444


def test_every_module_loads_from_it_as_from_its_file(own: Environment) -> None:
    script = """
import sys
archive = sys.meta_path[0]
lines = archive._read(archive._place).decode().split()
index = [*lines[::3], *(name for names, _ in archive._groups for name in names)]
for name in index:
    module = __import__(name, fromlist=("x",))
    assert sys.modules[name] is module, name
    assert open(module.__file__).read() is not None, name
    assert (module.__package__ == name) == hasattr(module, "__path__"), name
    parent, _, child = name.rpartition(".")
    assert not parent or getattr(sys.modules[parent], child) is module, name
print(len(index))
"""
    assert int(run_in(own, script)) > 300


GROUPS = len(builder._GROUPS)  # noqa: SLF001 -- what is loaded together


@pytest.mark.parametrize("number", range(1, GROUPS))
def test_each_group_loads_before_the_others(number: int, own: Environment) -> None:
    script = f"""
import sys
archive = sys.meta_path[0]
names = archive._groups[{number}][0]
assert names and not any(name in sys.modules for name in names if name.count(".") > 1)
__import__(names[-1])
print(all(name in sys.modules for name in names))
"""
    assert run_in(own, script) == "True\n"


def test_nothing_is_loaded_to_turn_features_on(own: Environment) -> None:
    assert run_in(own, "print('__future__' in sys.modules)") == "False\n"


def test_a_part_that_is_written_halfway_is_never_seen(
    own: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no room")

    before = archive_of(own).read_bytes()
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no room"):
        builder.write(folder_of(own))
    monkeypatch.undo()
    assert archive_of(own).read_bytes() == before
    assert [path.name for path in archive_of(own).parent.iterdir()] == [archive_of(own).name]
