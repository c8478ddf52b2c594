"""Recorded payloads, and the session that some of them are of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "payloads.jsonl").read_text().splitlines()
]

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


def placed(payload: dict[str, Any], project: Path) -> str:
    """Put a payload into a project, and the transcript of its session beside it."""
    transcript = project.parent / "transcript.jsonl"
    transcript.write_text("".join(TRANSCRIPT))
    text = json.dumps(payload)
    for name, path in (("project", project), ("transcript", transcript)):
        text = text.replace(f"{{{name}}}", str(path))
    return text


def payload(tool: str = "Bash", **given: Any) -> dict[str, Any]:
    """A call by the agent `builder`, with the given input."""
    return {
        "session_id": "s1",
        "transcript_path": "/nowhere/s1.jsonl",
        "cwd": "/",
        "agent_id": "a1",
        "agent_type": "builder",
        "hook_event_name": "PreToolUse",
        "tool_name": tool,
        "tool_input": given,
        "tool_use_id": "toolu_1",
    }
