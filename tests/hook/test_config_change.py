"""Changes of settings while a session runs: what could drop the gate is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.environment import Answered, Environment

INSTALLED = ("ConfigChange", "project_settings")
PLUGIN = ("ConfigChange",)


def changed(
    environment: Environment, path: Path, source: str, arguments: tuple[str, ...] = INSTALLED
) -> Answered:
    payload: dict[str, object] = {
        "session_id": "s",
        "cwd": str(path.parent),
        "hook_event_name": "ConfigChange",
        "source": source,
        "file_path": str(path),
    }
    return environment.run(payload, *arguments)


def assert_refused(answer: Answered, path: Path) -> None:
    assert answer.code == 2
    assert str(path) in answer.reason
    assert answer.stderr.count(b"\n") == 1
    assert json.loads(answer.stdout)["decision"] == "block"
    assert json.loads(answer.stdout)["reason"] + "\n" == answer.reason


@pytest.mark.parametrize("text", ["{}", '{"model": "opus"}', "", "{", '{"model": 5}', None])
def test_the_file_that_holds_the_gate_stays_as_it_was(
    text: str | None, environment: Environment, tmp_path: Path
) -> None:
    path = tmp_path / "settings.json"
    if text is not None:
        path.write_text(text)
    answer = changed(environment, path, "project_settings")
    assert_refused(answer, path)
    assert "start the session again" in answer.reason


SOURCES = [("local_settings", INSTALLED), ("user_settings", INSTALLED),
           ("project_settings", PLUGIN), ("local_settings", PLUGIN)]  # fmt: skip


@pytest.mark.parametrize(("source", "arguments"), SOURCES)
@pytest.mark.parametrize(
    "text", ['{"model": "opus"}', "{}", "[]", '{"disableAllHooks": false}', None]
)
def test_other_files_may_change(
    text: str | None,
    source: str,
    arguments: tuple[str, ...],
    environment: Environment,
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.json"
    if text is not None:
        path.write_text(text)
    assert changed(environment, path, source, arguments).decision == "none"


@pytest.mark.parametrize(("source", "arguments"), SOURCES)
@pytest.mark.parametrize(
    "text",
    ['{"disableAllHooks": true}', '{"disableAllHooks": 1}', "", "{", "// x\n{}", "[" * 100_000],
)
def test_other_files_may_not_switch_hooks_off_nor_be_unreadable(
    text: str, source: str, arguments: tuple[str, ...], environment: Environment, tmp_path: Path
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    assert_refused(changed(environment, path, source, arguments), path)


def test_a_folder_in_place_of_settings_is_refused(environment: Environment, tmp_path: Path) -> None:
    assert_refused(changed(environment, tmp_path, "user_settings"), tmp_path)


def test_skills_hold_no_hooks(environment: Environment, tmp_path: Path) -> None:
    assert changed(environment, tmp_path / "gone", "skills").decision == "none"


@pytest.mark.parametrize("change", [{"source": None}, {"source": 1}, {"file_path": "relative"}])
def test_a_malformed_payload_is_refused(
    change: dict[str, object], environment: Environment
) -> None:
    base = {"hook_event_name": "ConfigChange", "source": "user_settings", "file_path": "/x"}
    assert environment.run(base | change, "ConfigChange").code == 2
