"""Where tasks lie."""

from __future__ import annotations

FOLDER = ".claude/kei-gates/tasks"


def path_of(project: str, name: str) -> str:
    """Give the file of a task."""
    return f"{project}/{FOLDER}/{name}.toml"
