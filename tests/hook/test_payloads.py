"""Recorded payloads, in the client's own shape and key order, through the hook's command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.environment import Environment

LINES = (Path(__file__).parent / "payloads.jsonl").read_text().splitlines()
ROWS = [json.loads(line) for line in LINES]


# The client's transcript of a session that left a server and a training running.
TRANSCRIPT = [
    json.dumps(
        {
            "type": of,
            "timestamp": "2026-11-18T11:00:00.000Z",
            "cwd": "/",
            "message": {"role": of, "content": [block]},
        }
        | ({"permissionDecision": {"decision": "accept"}} if of == "user" else {}),
        separators=(",", ":"),
    )
    + "\n"
    for task, command in (("b1", "npm run dev"), ("b2", "python train.py"))
    for of, block in (
        ("assistant", {"type": "tool_use", "id": task, "name": "Bash",
                       "input": {"command": command, "run_in_background": True}}),
        ("user", {"type": "tool_result", "tool_use_id": task,
                  "content": f"Command running in background with ID: {task}. Output: x"}),
    )
]  # fmt: skip


def test_there_are_a_hundred_of_both_kinds() -> None:
    assert len(ROWS) >= 100
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    denied = sum(row["expect"] == "deny" for row in ROWS)
    assert len(ROWS) / 3 < denied < 2 * len(ROWS) / 3


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_is_decided_as_the_table_says(
    row: dict[str, Any], environment: Environment, project: Path
) -> None:
    transcript = project.parent / "transcript.jsonl"
    transcript.write_text("".join(TRANSCRIPT))
    payload = json.dumps(row["payload"])
    for name, path in (("project", project), ("transcript", transcript)):
        payload = payload.replace(f"{{{name}}}", str(path))
    answer = environment.run(payload + "\n", project=project)
    assert answer.decision == row["expect"], answer.reason
    if row["expect"] == "deny":
        assert answer.reason.startswith(f"kei-gates: {row['gate']} blocked this for role ")
    assert answer.code == {"deny": 2, "none": 0}[row["expect"]]
