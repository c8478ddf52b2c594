"""A session whose transcript and clock are written by hand, for the tests of a person's word."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from kei_gates.cli.main import main as command
from kei_gates.facts import Facts
from kei_gates.hook import pending, transcript_files, typed_word
from kei_gates.hook.confirmations import apply
from kei_gates.model import (
    Ask,
    Call,
    Decision,
    Deny,
    Places,
    Principal,
    Verdict,
)

RECORDED = Path(__file__).parent / "recorded"
PROMPTS: dict[str, dict[str, Any]] = {
    one["name"]: one["record"]
    for one in map(json.loads, (RECORDED / "prompts.jsonl").read_text().splitlines())
}
NOW = 1_795_827_000.0
TURN = "turn-1"
KILL, LAUNCH = "safety::no-kill", "compute::cost-tiers"
APP, OTHER = "modal app `ap-1`", "modal app `ap-12`"


def decision(*pairs: tuple[str, Verdict]) -> Decision:
    outcomes = [verdict.outcome for _, verdict in pairs]
    outcome = next((one for one in ("deny", "ask") if one in outcomes), "abstain")
    return Decision(outcome, pairs, "orchestrator")  # type: ignore[arg-type]  # one of the three


def stop(target: str = APP, kind: type[Ask | Deny] = Ask, gate: str = KILL) -> Decision:
    return decision((gate, kind("it stops", "leave it", target=target)))


class Session:
    """A session whose transcript and clock are written by hand."""

    def __init__(self, root: Path) -> None:
        self.transcript = root / "s1.jsonl"
        self.transcript.touch()
        self.places = Places(project=str(root / "p"), home=str(root / "home"), installation=())
        self.now = NOW
        self.turn: str | None = TURN
        self.id = "s1"
        self.state = root / "home/.local/state/kei-gates"
        self.words: list[str] = []  # by which calls have passed

    def judged(self, found: Decision, *, attended: bool = True, run: str = "modal app stop ap-1",
               use: str = "") -> Decision:  # fmt: skip
        fields: dict[str, object] = {
            "session_id": self.id,
            "transcript_path": str(self.transcript),
            "prompt_id": self.turn,
            "tool_use_id": use or None,
        }
        call = Call(tool="Bash", principal=Principal(None, None), cwd="/", command=run)
        facts = Facts(now=self.now, attended=attended, session=self.id)
        decision = apply(found, fields, call, self.places, facts)
        self.words += decision.by
        return decision

    def passes(self, found: Decision, **more: Any) -> bool:
        return self.judged(found, **more).outcome == "abstain"

    def prompt(self, name: str = "typed", text: str = "", turn: str = TURN, **more: Any) -> None:
        """Write a recorded prompt as if it came now."""
        record = json.loads(json.dumps(PROMPTS[name])) | more
        record["uuid"] = f"uuid-{self.now}-{len(self.transcript.read_text())}"
        at = datetime.fromtimestamp(self.now, timezone.utc).isoformat(timespec="milliseconds")
        record["timestamp"] = at.replace("+00:00", "Z")
        if "promptId" in record:
            record["promptId"] = turn
        if text:
            record["message"]["content"] = text
        with self.transcript.open("a") as file:
            file.write(json.dumps(record, separators=(",", ":")) + "\n")

    def result(self, use: str, **record: object) -> None:
        block = {"type": "tool_result", "tool_use_id": use, "content": "x"}
        line = {"type": "user", "message": {"role": "user", "content": [block]}} | record
        with self.transcript.open("a") as file:
            file.write(json.dumps(line, separators=(",", ":")) + "\n")

    def waits(self, seconds: float = 1.0) -> None:
        self.now += seconds

    def confirm(self, *words: str) -> int:
        return command(["confirm", *words])

    def code(self, target: str = APP) -> str:
        return pending.code_of(self.id, target)


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    for name in ("XDG_STATE_HOME", "CLAUDECODE", "CLAUDE_CODE_SESSION_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLAUDE_PID", str(os.getppid()))
    monkeypatch.setattr(typed_word, "is_below_agent", lambda _: False)
    monkeypatch.setattr(transcript_files, "_PATIENCE", 0)
    made = Session(tmp_path)

    def confirm(*words: str) -> int:
        with monkeypatch.context() as patch:
            patch.delenv("CLAUDE_PID")
            patch.setattr("kei_gates.cli.confirm.is_below_agent", lambda: False)
            patch.setattr("kei_gates.cli.confirm.time", lambda: made.now)
            return command(["confirm", *words])

    monkeypatch.setattr(made, "confirm", confirm)
    return made
