"""Audits to be read: records as they are written, in the files that they are written to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Record = dict[str, Any]

START = 1_790_000_000.0
"""2026-09-21 14:13:20 UTC."""
SESSION = "0a1b2c3d-1111-4222-8333-444455556666"
PROJECT = "/home/u/proj"
NO_GIT = {
    "gate": "policy::no-git-ops",
    "outcome": "deny",
    "reason": "`git push` uses version control",
    "remedy": "leave git to the orchestrator",
}


def decision(number: int = 0, **fields: Any) -> Record:
    """The record of a decision, passed unless `verdicts` or `decision` say other."""
    verdicts = fields.get("verdicts", [])
    outcome = "deny" if verdicts else "abstain"
    return {
        "at": START + number,
        "event": "decision",
        "session": SESSION,
        "agent": None,
        "agent_type": None,
        "id": f"{number:08x}",
        "on": "PreToolUse",
        "project": PROJECT,
        "role": "orchestrator",
        "use": f"toolu_{number}",
        "tool": "Bash",
        "call": f"echo {number}",
        "decision": outcome,
        "verdicts": verdicts,
        "passed": ["safety::self-protect"],
        "ms": 10.0 + number,
        **({"input": "ab" * 16} if outcome == "deny" else {}),
        **fields,
    }


def denied(number: int = 0, **fields: Any) -> Record:
    """The record of a call of a subagent that one gate has denied."""
    usual = {
        "agent": "a77c0ffee1234",
        "agent_type": "builder",
        "role": "edit-local",
        "call": "git push origin main",
        "verdicts": [NO_GIT],
    }
    return decision(number, **(usual | fields))


def returned(number: int = 0, **fields: Any) -> Record:
    """The record of a return that was sent back."""
    finding = {
        "capability": "quality::tests-green", "path": None, "line": None,
        "message": "`cargo test` failed", "remedy": "mend it", "doubt": "",
    }  # fmt: skip
    return {
        "at": START + number, "event": "return", "session": SESSION, "agent": "a77c0ffee1234",
        "agent_type": "builder", "project": PROJECT, "role": "edit-local", "holds": False,
        "sent_back": True, "times": 1, "seconds": 3.25, "findings": [finding],
        "passed": [], "skipped": [], **fields,
    }  # fmt: skip


def ran(number: int = 0, **fields: Any) -> Record:
    """The record of a command that a check has run."""
    return {
        "at": START + number, "event": "run", "session": SESSION, "agent": "a77c0ffee1234",
        "agent_type": "builder", "project": PROJECT, "state": "ended",
        "command": "cargo test", "pass": "worktree", "ended": "exit", "code": 101,
        "seconds": 2.5, **fields,
    }  # fmt: skip


def granted(number: int = 0, **fields: Any) -> Record:
    """The record of a person's word."""
    return {
        "at": START + number, "event": "granted", "session": SESSION, "agent": None,
        "agent_type": None, "id": f"{number:08x}", "project": PROJECT, "call": "git push",
        "until": START + number + 600, **fields,
    }  # fmt: skip


def lines(records: Iterable[Record]) -> bytes:
    return b"".join(
        json.dumps(one, separators=(",", ":")).encode("ascii") + b"\n" for one in records
    )


def write(folder: Path, records: Iterable[Record], *aside: Iterable[Record]) -> None:
    """Write the current file, after those that were put aside, the oldest first."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, some in enumerate(aside):
        put_aside(folder, number).write_bytes(lines(some))
    (folder / "audit.jsonl").write_bytes(lines(records))


def put_aside(folder: Path, number: int) -> Path:
    return folder / f"audit-{1_790_000_000_000_000 + number:016}.jsonl"
