"""Sessions as client 2.1.330 writes them down, made up record by record."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from kei_gates.hook.own_calls import acts_since
from kei_gates.model import Places
from kei_gates.verify.acts import Act

START = 1_795_842_000.0
PLACES = Places(project="/home/u/project", home="/home/u", installation=())


def stamp(at: float) -> str:
    when = datetime.fromtimestamp(START + at, timezone.utc)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


def told_of(use: str) -> str:
    tags = {"task-id": "b1", "tool-use-id": use, "status": "completed"}
    lines = (f"<{name}>{value}</{name}>" for name, value in tags.items())
    return "\n".join(("<task-notification>", *lines, "</task-notification>"))


class Session:
    """A session's transcripts, written record by record into a folder."""

    def __init__(self, folder: Path) -> None:
        self.main = folder / "s.jsonl"
        self.main.touch()
        self.cwd = str(folder)
        self._uses = 0

    def path(self, agent: str | None) -> Path:
        if agent is None:
            return self.main
        return self.main.with_suffix("") / "subagents" / f"agent-{agent}.jsonl"

    def write(self, agent: str | None, at: float, kind: str, **fields: Any) -> None:
        record = {"type": kind, "cwd": self.cwd, "timestamp": stamp(at), **fields}
        if agent is not None:
            record["agentId"] = agent
        path = self.path(agent)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(json.dumps(record, separators=(",", ":")) + "\n")

    def say(self, agent: str | None, at: float, *blocks: dict[str, Any]) -> None:
        self.write(agent, at, "assistant", message={"role": "assistant", "content": [*blocks]})

    def end(self, agent: str | None, at: float = 900, text: str = "the end") -> None:
        self.say(agent, at, {"type": "text", "text": text})

    def call(  # noqa: PLR0913 -- as many as a call has
        self,
        agent: str | None,
        at: float,
        to: float | None,
        tool: str,
        output: str = "ok",
        result: dict[str, Any] | None = None,
        is_error: bool = False,  # noqa: FBT002
        **given: Any,
    ) -> str:
        self._uses += 1
        use = f"toolu_{self._uses}"
        self.say(agent, at, {"type": "tool_use", "id": use, "name": tool, "input": given})
        if to is not None:
            block = {"type": "tool_result", "tool_use_id": use, "content": output}
            shown = {**block, "is_error": is_error}
            accepted = {"permissionDecision": {"decision": "accept"}}
            message = {"role": "user", "content": [shown]}
            self.write(
                agent, to, "user", message=message, **(accepted if result is None else result)
            )
        return use

    def notice(self, agent: str | None, at: float, use: str, origin: str, text: str = "") -> None:
        attachment = {
            "type": "queued_command",
            "prompt": text or told_of(use),
            "commandMode": "task-notification",
            "origin": {"kind": origin},
        }
        self.write(agent, at, "attachment", attachment=attachment)

    def fields(self, agent: str | None = "x1", last: str = "the end") -> dict[str, object]:
        fields = {"transcript_path": str(self.main), "session_id": "s"}
        if agent is not None:
            fields |= {"agent_id": agent, "agent_transcript_path": str(self.path(agent))}
        return {**fields, "last_assistant_message": last}

    def acts(self, since: float = 0, agent: str | None = "x1") -> list[Act]:
        return list(acts_since(self.fields(agent), PLACES, START + since))
