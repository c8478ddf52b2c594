"""Changes of settings while a session runs: what drops the gate is refused, the rest goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.environment import Answered, Environment


def gate(environment: Environment) -> dict[str, Any]:
    """Settings that hold the gate as the installer writes it."""

    def entry(event: str, *arguments: str) -> dict[str, Any]:
        command, *args = environment.command(event, *arguments)
        hook = {
            "type": "command", "command": command, "args": args, "timeout": 20,
            "onFailure": "block",
        }  # fmt: skip
        return {"matcher": "*", "hooks": [hook]}

    return {
        "hooks": {
            "PreToolUse": [entry("PreToolUse")],
            "ConfigChange": [entry("ConfigChange", "project_settings")],
        }
    }


def changed(
    environment: Environment,
    path: Path,
    source: str = "project_settings",
    arguments: tuple[str, ...] = ("ConfigChange", "project_settings"),
) -> Answered:
    payload: dict[str, object] = {
        "session_id": "s",
        "cwd": str(path.parent),
        "hook_event_name": "ConfigChange",
        "source": source,
        "file_path": str(path),
    }
    return environment.run(payload, *arguments)


def set_hook(key: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(settings: dict[str, Any]) -> None:
        settings["hooks"]["PreToolUse"][0]["hooks"][0][key] = value

    return change


DROPS = {
    "hooks removed": lambda s: s.pop("hooks"),
    "hooks emptied": lambda s: s["hooks"].clear(),
    "hooks of a wrong type": lambda s: s.update(hooks=7),
    "one event removed": lambda s: s["hooks"].pop("PreToolUse"),
    "its own event removed": lambda s: s["hooks"].pop("ConfigChange"),
    "event of a wrong type": lambda s: s["hooks"].update(PreToolUse="x"),
    "all hooks disabled": lambda s: s.update(disableAllHooks=True),
    "narrower matcher": lambda s: s["hooks"]["PreToolUse"][0].update(matcher="Bash"),
    "matcher that never fires": lambda s: s["hooks"]["PreToolUse"][0].update(matcher="["),
    "a condition on the group": lambda s: s["hooks"]["PreToolUse"][0].update({"if": "Bash(x)"}),
    "a condition": set_hook("if", "Bash(x)"),
    "another command": set_hook("command", "/bin/true"),
    "another script": set_hook("args", ["-I", "-S", "/tmp/kei_gates_hook.py", "PreToolUse"]),
    "without isolation": set_hook("args", []),
    "lets failures through": set_hook("onFailure", "allow"),
    "asynchronous": set_hook("async", value=True),
    "another type": set_hook("type", "prompt"),
}


@pytest.mark.parametrize("how", DROPS)
def test_a_change_that_weakens_the_gate_is_refused(
    how: str, environment: Environment, tmp_path: Path
) -> None:
    settings = gate(environment)
    DROPS[how](settings)
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(settings))
    answer = changed(environment, path)
    assert answer.code == 2
    assert str(path) in answer.reason
    assert "; restore the file" in answer.reason
    assert json.loads(answer.stdout)["decision"] == "block"


@pytest.mark.parametrize("text", ["", "{", "// x\n{}", "[]", "null", "\ufeff{}", "[" * 100_000])
def test_settings_that_the_client_would_drop_are_refused(
    text: str, environment: Environment, tmp_path: Path
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    answer = changed(environment, path)
    assert answer.code == 2
    assert answer.stderr.count(b"\n") == 1


def test_settings_that_are_gone_or_no_file_are_refused(
    environment: Environment, tmp_path: Path
) -> None:
    assert changed(environment, tmp_path / "gone.json").code == 2
    assert changed(environment, tmp_path).code == 2


def test_other_changes_go_through(environment: Environment, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = gate(environment)
    settings["model"] = "opus"
    settings["permissions"] = {"allow": ["Bash(ls)"]}
    settings["hooks"]["PreToolUse"].insert(0, {"matcher": "Edit", "hooks": [{"type": "http"}]})
    settings["hooks"]["Stop"] = [None, 1, {"matcher": "*", "hooks": [2, {"type": "command"}]}]
    path.write_text(json.dumps(settings))
    assert changed(environment, path).decision == "none"


def test_another_source_needs_not_hold_the_gate(environment: Environment, tmp_path: Path) -> None:
    path = tmp_path / "settings.local.json"
    path.write_text('{"model": "opus"}')
    assert changed(environment, path, "local_settings").decision == "none"
    assert changed(environment, tmp_path / "gone", "user_settings").decision == "none"
    path.write_text('{"disableAllHooks": true}')
    assert changed(environment, path, "local_settings").code == 2


def test_as_a_plugin_no_settings_hold_the_gate(environment: Environment, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{}")
    assert changed(environment, path, arguments=("ConfigChange",)).decision == "none"
    path.write_text('{"disableAllHooks": true}')
    assert changed(environment, path, arguments=("ConfigChange",)).code == 2


def test_skills_hold_no_hooks(environment: Environment, tmp_path: Path) -> None:
    assert changed(environment, tmp_path / "gone", "skills").decision == "none"


@pytest.mark.parametrize("change", [{"source": None}, {"source": 1}, {"file_path": "relative"}])
def test_a_malformed_payload_is_refused(
    change: dict[str, object], environment: Environment
) -> None:
    base = {"hook_event_name": "ConfigChange", "source": "user_settings", "file_path": "/x"}
    assert environment.run(base | change, "ConfigChange").code == 2
