"""How the tests of this folder read their data and compare what was found with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a data file, one JSON object a line."""
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def is_compatible(found: tuple[str | None, ...], really: list[str]) -> bool:
    """Whether words found can be those that really ran; an unknown one stands for any number."""
    reached = {0}
    for word in found:
        if word is None:
            reached = set(range(min(reached), len(really) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(really) and really[at] == word}
        if not reached:
            return False
    return len(really) in reached
