"""A stand-in environment: its hook script answers as the real one should."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from kei_gates.install import places as real_places
from kei_gates.install.places import Places
from kei_gates.install.project import Project

REPOSITORY = Path(real_places.__file__).parents[3]

GOOD_HOOK = """\
import json, os, sys
payload = json.load(sys.stdin)
with open(__file__ + ".seen", "a") as seen:
    seen.write(json.dumps([sys.argv[1:], dict(os.environ), payload]) + "\\n")
if "push" in payload["tool_input"].get("command", ""):
    print(json.dumps({"hookSpecificOutput": {
        "hookEventName": "PreToolUse",
        "permissionDecision": "deny",
        "permissionDecisionReason": "stand-in: no git here",
    }}))
    sys.exit(2)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what is accepted out of the home of the person who runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return tmp_path / "home"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    environment = tmp_path / "an environment"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(sys.executable)
    hooks = tmp_path / "data" / "hooks"
    hooks.mkdir(parents=True)
    shutil.copy(REPOSITORY / "hooks" / "hooks.json", hooks)
    (hooks / "kei_gates_hook.py").write_text(GOOD_HOOK)
    return Places(environment, hooks, REPOSITORY / "policies" / "starter.toml")


@pytest.fixture
def where(tmp_path: Path) -> Project:
    root = tmp_path / "a project"
    root.mkdir()
    return Project(root)
