"""Recorded payloads, in the client's own shape and key order, through the hook's command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.hook.payloads import ROWS, placed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.environment import Environment


def test_there_are_a_hundred_of_both_kinds() -> None:
    assert len(ROWS) >= 100
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    denied = sum(row["expect"] == "deny" for row in ROWS)
    assert len(ROWS) / 3 < denied < 2 * len(ROWS) / 3


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_is_decided_as_the_table_says(
    row: dict[str, Any], environment: Environment, project: Path
) -> None:
    payload = placed(row["payload"], project)
    answer = environment.run(payload + "\n", project=project)
    assert answer.decision == row["expect"], answer.reason
    if row["expect"] == "deny":
        assert answer.reason.startswith(f"kei-gates: {row['gate']} blocked this for role ")
    assert answer.code == {"deny": 2, "none": 0}[row["expect"]]
