"""How many tests an output tells of: what tools have printed, and what tests print themselves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates.checks._counting import total
from kei_gates.checks._counts import blocks_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
CASES = tomllib.loads((HERE / "counts.toml").read_text())["case"]


def counts_of(command: str, output: str) -> list[int] | None:
    blocks = blocks_of(command, output)
    counts = total("", blocks)
    return [counts.passed, counts.failed, counts.ignored] if blocks else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['file']} {case['command']}")
def test_recorded(case: dict[str, Any]) -> None:
    output = (HERE / "data/counts" / case["file"]).read_text()
    assert counts_of(case["command"], output) == case.get("counts")
