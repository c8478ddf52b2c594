"""A subagent of a session, as the client tells the hooks of it, in a project of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from tests.environment import make_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.environment import Answered, Environment

POLICY = """
version = 1
[agents]
main = "orchestrator"
builder = "edit-local"
[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-whitelist = ["src/**"]
[roles.edit-local.quality]
command-green = { commands = ["test ! -e src/red"] }
"""
REPORT = "Done.\n"


class Agent:
    """One subagent of a session, as the client tells the hooks of it."""

    def __init__(self, environment: Environment, root: Path, project: Path, name: str) -> None:
        self.environment = environment
        self.home = root / "home"
        self.project = project
        self.name = name
        self.main = self.home / ".claude/projects/p/s1.jsonl"
        self.own = self.main.with_suffix("") / f"subagents/agent-{name}.jsonl"
        self.own.parent.mkdir(parents=True, exist_ok=True)
        self.main.touch()
        self.own.touch()
        self._used = 0

    def as_main(self) -> Agent:
        """Give the main thread of the session instead."""
        self.own = self.main
        return self

    @property
    def state(self) -> Path:
        return self.home / ".local/state/kei-gates"

    def payload(self, event: str, **fields: Any) -> dict[str, Any]:
        return {
            "hook_event_name": event,
            "session_id": "s1",
            "transcript_path": str(self.main),
            "cwd": str(self.project),
            **fields,
        }

    def hook(self, event: str, **fields: Any) -> Answered:
        return self.environment.run(
            self.payload(event, **fields),
            event,
            project=self.project,
            env={"HOME": str(self.home)},
        )

    def ends_turn(self, text: str = REPORT, *, again: bool = False) -> Answered:
        """End a turn of the main thread, whose calls those of this agent are."""
        self.says(text)
        return self.hook("Stop", stop_hook_active=again, last_assistant_message=text)

    def begins(self) -> None:
        answered = self.hook("SubagentStart", agent_id=self.name, agent_type="builder")
        assert (answered.code, answered.stdout, answered.stderr) == (0, b"", b"")

    def write(self, record: dict[str, Any]) -> None:
        at = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record |= {"timestamp": at, "cwd": str(self.project)}
        if self.own != self.main:
            record["agentId"] = self.name
        with self.own.open("a") as file:
            file.write(json.dumps(record, separators=(",", ":")) + "\n")

    def runs(self, command: str) -> None:
        """Make a call of Bash, for real and in the transcript."""
        self._used += 1
        use = f"toolu_{self.name}_{self._used}"
        block = {"type": "tool_use", "id": use, "name": "Bash", "input": {"command": command}}
        self.write({"type": "assistant", "message": {"id": f"m{use}", "content": [block]}})
        time.sleep(0.05)
        subprocess.run(["/bin/sh", "-c", command], cwd=self.project, check=True)
        time.sleep(0.05)
        block = {"type": "tool_result", "tool_use_id": use, "content": "ok"}
        accepted = {"permissionDecision": {"decision": "accept"}}
        self.write({"type": "user", "message": {"role": "user", "content": [block]}, **accepted})

    def says(self, text: str) -> None:
        """Write its last message to the transcript."""
        self._used += 1
        block = {"type": "text", "text": text}
        message = {"id": f"r{self._used}", "content": [block]}
        self.write({"type": "assistant", "message": message})

    def returns(self, report: str = REPORT, *, again: bool = False) -> Answered:
        self.says(report)
        return self.hook(
            "SubagentStop",
            agent_id=self.name,
            agent_type="builder",
            agent_transcript_path=str(self.own),
            last_assistant_message=report,
            stop_hook_active=again,
        )

    def records(self) -> list[dict[str, Any]]:
        path = self.state / "audit.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]


def git(project: Path, *words: str) -> None:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.invalid")
    subprocess.run(["git", *identity, *words], cwd=project, check=True, capture_output=True)


def lay_out(folder: Path) -> Path:
    """Make a project with the policy and two files, without git."""
    made = make_project(folder, POLICY)
    shutil.rmtree(made / ".git")  # only spelled like one
    for manifest in made.rglob("Cargo.toml"):
        manifest.unlink()
    for name in ("src/a.txt", "README.md"):
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text("before\n")
    return made


def commit(project: Path) -> None:
    """Make a project a repository, and commit all of it."""
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "--message=before")


def reason(answered: Answered) -> str:
    """What the agent is sent back with; empty if it is let go."""
    if answered.code == 0 and answered.stdout == b"":
        assert answered.stderr == b""
        return ""
    said = json.loads(answered.stdout)
    assert said["decision"] == "block"
    assert answered.code == 2
    assert answered.stderr.decode().rstrip("\n") == said["reason"]
    return str(said["reason"])
