"""Places that no case can reach, each with the reason."""

from __future__ import annotations

EXCEPTIONS: dict[str, str] = {}
"""The reason by `Site.name`."""
