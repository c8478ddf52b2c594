"""Whatever breaks in the hook itself, the answer is a deny."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.environment import Environment, make_project

if TYPE_CHECKING:
    from collections.abc import Callable

PAYLOAD: dict[str, object] = {
    "hook_event_name": "PreToolUse",
    "cwd": "/tmp",
    "tool_name": "Bash",
    "tool_input": {"command": "ls"},
}


def replace(name: str, text: str) -> Callable[[Environment], None]:
    def damage(environment: Environment) -> None:
        (environment.package / name).write_text(text)

    return damage


def remove(name: str) -> Callable[[Environment], None]:
    return lambda environment: (environment.package / name).unlink()


DAMAGES: dict[str, Callable[[Environment], None]] = {
    "no entry": remove("hook/main.py"),
    "module missing": remove("protocol/payload.py"),
    "module with a syntax error": replace("model.py", "def"),
    "module that raises": replace("observe/files.py", "raise RuntimeError('x\\n\\ud800')"),
    "module that exits with 0": replace("observe/paths.py", "raise SystemExit(0)"),
    "module that exits with 0 before the boundary": replace("model.py", "raise SystemExit(0)"),
    "gate missing": remove("gates/tools_allowed.py"),
    "gate that raises": replace("gates/tools_allowed.py", "1/0"),
    "gate that interrupts": replace("gates/tools_allowed.py", "raise KeyboardInterrupt"),
    "gate that recurses": replace("gates/tools_allowed.py", "def f(): f()\nf()"),
    "gate that eats memory": replace("gates/tools_allowed.py", "raise MemoryError"),
    "gate that never ends": replace("gates/tools_allowed.py", "while True: pass"),
    "gate that answers nonsense": replace(
        "gates/tools_allowed.py",
        "from kei_gates.model import Params\ndef check(event, params): return None\n",
    ),
    "no built-in roles": remove("_data/policies/roles/orchestrator.toml"),
    "no pydantic": lambda e: (e.site / "pydantic").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_installation_denies(damage: str, tmp_path: Path) -> None:
    environment = Environment(tmp_path / "environment")
    project = tmp_path / "project"
    (project / ".claude").mkdir(parents=True)
    (project / ".claude/kei-gates.toml").write_text("version = 1\n")
    DAMAGES[damage](environment)
    answer = environment.run(PAYLOAD, project=project)
    assert answer.code == 2
    assert answer.stderr.startswith(b"kei-gates: ")
    assert answer.stderr.count(b"\n") == 1
    assert b"Traceback" not in answer.stderr
    assert answer.stderr.isascii()
    if answer.stdout:
        output = json.loads(answer.stdout)["hookSpecificOutput"]
        assert output["permissionDecision"] == "deny"


def test_a_denial_holds_also_where_nothing_can_be_said_of_it(tmp_path: Path) -> None:
    environment = Environment(tmp_path / "environment")
    project = make_project(tmp_path / "project")
    remove("protocol/answer.py")(environment)
    denied = PAYLOAD | {"tool_name": "Bash", "tool_input": {"command": "kill 1"}}
    assert environment.run(denied, project=project).code == 2
    assert environment.run(PAYLOAD, project=project).code == 0


def test_the_timer_denies_also_where_its_answer_cannot_be_made(tmp_path: Path) -> None:
    environment = Environment(tmp_path / "environment")
    project = make_project(tmp_path / "project")
    assert environment.run(PAYLOAD, project=project).code == 0  # compiles the policy
    remove("protocol/answer.py")(environment)
    main = environment.package / "hook/main.py"
    main.write_text(main.read_text().replace("DEADLINE = 8.0", "DEADLINE = 0.5"))
    replace("gates/tools_allowed.py", "while True: pass")(environment)
    answer = environment.run(PAYLOAD, project=project)
    assert answer.code == 2
    assert answer.stderr == b"kei-gates: judging this took too long\n"


def test_a_missing_shim_denies(environment: Environment) -> None:
    gone = Environment.__new__(Environment)
    gone.home, gone.python = environment.home, environment.python
    gone.shim = environment.shim.with_name("gone.py")
    assert gone.run(PAYLOAD).code == 2


def test_another_interpreter_denies(environment: Environment) -> None:
    other = Environment.__new__(Environment)
    other.home, other.python = environment.home, environment.python.resolve()
    other.shim = environment.shim
    answer = other.run(PAYLOAD)
    assert answer.code == 2
    assert b"run install.sh again" in answer.stderr
