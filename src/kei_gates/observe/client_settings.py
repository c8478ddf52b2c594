"""Where the client's settings lie that are no project's (measured on client 2.1.330)."""

from __future__ import annotations

import sys
from posix import environ

MANAGED_FILE = "managed-settings.json"


def managed_folder() -> str:
    """Give the folder of the machine's settings; no variable moves it."""
    if sys.platform == "darwin":
        return "/Library/Application Support/ClaudeCode"
    return "/etc/claude-code"


def user_folder(home: str) -> str:
    """Give the folder of the user's settings."""
    named = environ.get(b"CLAUDE_CONFIG_DIR", b"").decode("utf-8", "surrogateescape")
    return named if named.startswith("/") else f"{home}/.claude"


def all_files(project: str, home: str) -> list[str]:
    """Give all settings files that hold for a project, whether or not they are there."""
    return [
        f"{project}/.claude/settings.json",
        f"{project}/.claude/settings.local.json",
        f"{user_folder(home)}/settings.json",
        f"{managed_folder()}/{MANAGED_FILE}",
    ]
