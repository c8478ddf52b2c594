"""An archive of made-up sessions, of any size, in the form in which client 2.1.330 writes them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from random import Random
from typing import Any

START = 1_795_842_000.0
COMMANDS = [
    json.loads(line)["command"]
    for line in (Path(__file__).parent / "commands.jsonl").read_text().splitlines()
]
"""What agents ordinarily run in a shell."""

_BESIDE = "x" * 4000  # what else the client writes, of which there is more than of calls
_CALLS_OF_A_TRANSCRIPT = 50
_AGENTS = 4  # of a session

Json = dict[str, Any]


def make(folder: Path, project: Path, calls: int, *, seed: int = 0) -> None:
    """Write so many calls, in sessions of a main thread and four subagents, 50 calls each."""
    random = Random(seed)  # noqa: S311 -- the same each time
    left = calls
    while left > 0:
        session = str(uuid.UUID(int=random.getrandbits(128)))
        for at in range(min(1 + _AGENTS, -(-left // _CALLS_OF_A_TRANSCRIPT))):
            number = min(left, _CALLS_OF_A_TRANSCRIPT)
            _write(folder / f"{session}.jsonl", project, session, at, number, random)
            left -= number


def _write(  # noqa: PLR0913 -- what a transcript says in each record
    main: Path, project: Path, session: str, at: int, number: int, random: Random
) -> None:
    agent = f"a{random.getrandbits(64):016x}" if at else None
    path = main if agent is None else main.with_suffix("") / f"subagents/agent-{agent}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    common: Json = {"isSidechain": at > 0, "cwd": str(project), "sessionId": session}
    common |= {"version": "2.1.330", "entrypoint": "cli"}
    if agent is not None:
        kind = random.choice(("builder", "kei-critic", "general-purpose"))
        common |= {"agentId": agent}
        path.with_suffix(".meta.json").write_text(json.dumps({"agentType": kind}))
    with path.open("w") as file:
        for record in _records(common, number, random):
            file.write(json.dumps(record, separators=(",", ":")) + "\n")


def _records(common: Json, number: int, random: Random) -> Iterator[Json]:
    for at in range(number):
        use = f"toolu_{random.getrandbits(96):024x}"
        call: Json = {"type": "tool_use", "id": use, **_call(random)}
        stamp = f"{datetime.fromtimestamp(START + at, timezone.utc):%Y-%m-%dT%H:%M:%S}.000Z"
        message: Json = {"role": "assistant", "content": [call]}
        yield {"type": "assistant", "message": message, "timestamp": stamp, **common}
        shown = {"type": "tool_result", "tool_use_id": use, "content": "ok"}
        message = {"role": "user", "content": [shown]}
        accepted = {"permissionDecision": {"decision": "accept"}}
        yield {"type": "user", "message": message, "timestamp": stamp, **common, **accepted}
        yield {"type": "attachment", "attachment": {"text": _BESIDE}, **common}


def _call(random: Random) -> Json:
    """Make one call up: mostly of the shell, and hardly one like another."""
    name = f"src/{random.getrandbits(32):08x}.py"
    roll = random.random()
    if roll < 0.6:
        return _bash(f"{random.choice(COMMANDS)}\necho {name}")
    if roll < 0.8:
        return {"name": "Read", "input": {"file_path": name}}
    if roll < 0.9:
        return {"name": "Edit", "input": {"file_path": name, "old_string": "a", "new_string": "b"}}
    if roll < 0.95:
        return {"name": "Grep", "input": {"pattern": "def ", "path": "src"}}
    return _bash(random.choice(("git push origin main", "git status", "cargo add serde", "ls")))


def _bash(command: str) -> Json:
    return {"name": "Bash", "input": {"command": command, "description": "d"}}
