"""The recorded sessions, put where a test wants them, and calls made up one by one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from kei_gates.replay.files import Session, find
from kei_gates.replay.reading import Reader, Recorded

RECORDED = Path(__file__).parent / "recorded"
"""Sessions of client 2.1.330, without what is neither a message nor a setting.

`gated`: under the gate, with a main thread and five subagents: one in the foreground, which starts
another, one in the background, one in a worktree, one of a workflow. `resumed`: one that was
resumed and forked off, with an agent that is a fork; two more, one of them with `--agent builder`.
"""

PROJECT = "/home/u/project"
"""The project of the recorded sessions, which is nowhere."""

POLICY = """\
version = 1

[agents]
main = "orchestrator"
default = "read-only"
"builder" = "edit-local"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["src/**"]
files-denylist = ["src/secret/**"]
"""
"""What held in the session that is recorded in `gated`."""


LATER = 2_000_000_000
"""When the first of some files was last written to, in seconds since the epoch."""


def copy(name: str, to: Path, project: Path | str = PROJECT) -> Path:
    """Copy a recorded session, as if it had been of another project; the oldest file first."""
    shutil.copytree(RECORDED / name, to)
    for path in to.rglob("*"):
        if path.is_file():
            path.write_text(path.read_text().replace(PROJECT, str(project)))
    for at, path in enumerate(sorted(to.glob("*.jsonl"))):
        os.utime(path, (LATER + at, LATER + at))
    return to


def read(*paths: Path | Session, reader: Reader | None = None) -> list[Recorded]:
    """Give all calls below some paths, or of some sessions."""
    reader = reader or Reader()
    sessions: list[Session] = []
    for path in paths:
        sessions += [path] if isinstance(path, Session) else find([str(path)]).sessions
    return [call for session in sessions for call in reader.calls(session)]


def call(
    tool: str, project: Path | str, *, agent: str | None = "builder", **given: Any
) -> Recorded:
    """Make one call up, in the project's folder, of a subagent or of the main thread."""
    return Recorded(
        at=1_795_842_000.0,
        session="s1",
        agent_id=None if agent is None else "a1",
        agent_type=agent,
        project=str(project),
        cwd=str(project),
        tool=tool,
        given=given,
        use="toolu_1",
        fate="ran",
        is_attended=False,
        main=f"{project}/none.jsonl",
    )
