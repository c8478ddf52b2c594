"""Every decision is written down before it takes effect; what cannot be written down is denied."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from kei_gates.hook.recording import told
from tests.environment import make_project
from tests.hook.payloads import payload

if TYPE_CHECKING:
    from pathlib import Path

    from tests.environment import Answered, Environment

LARGE = "x" * 5000


class Audited:
    """A hook, and what it has written down."""

    def __init__(self, environment: Environment, project: Path) -> None:
        self.environment = environment
        self.project = project
        self.folder = environment.home / ".local/state/kei-gates"
        self.file = self.folder / "audit.jsonl"

    def run(self, stdin: Any, *arguments: str) -> Answered:
        return self.environment.run(stdin, *arguments, project=self.project)

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def only(self) -> dict[str, Any]:
        (record,) = self.records
        return record


@pytest.fixture
def audited(environment: Environment, tmp_path: Path) -> Audited:
    made = Audited(environment, make_project(tmp_path / "project"))
    if made.file.exists():
        made.file.unlink()
    return made


def test_a_denial_is_written_down_with_all_that_led_to_it(audited: Audited) -> None:
    answered = audited.run(payload(command="git push"))
    assert answered.decision == "deny"
    record = audited.only()
    assert len(bytes.fromhex(record.pop("id"))) == 4
    assert len(bytes.fromhex(record.pop("input"))) == 16
    assert record.pop("at") > 1.7e9
    assert 0 < record.pop("ms") < 8000
    verdicts = record.pop("verdicts")
    assert [(one["gate"], one["outcome"]) for one in verdicts] == [("policy::no-git-ops", "deny")]
    assert f"{verdicts[0]['reason']}; {verdicts[0]['remedy']}" in answered.reason
    assert "safety::self-protect" in record.pop("passed")
    assert record == {
        "event": "decision", "session": "s1", "agent": "a1", "agent_type": "builder",
        "on": "PreToolUse", "project": str(audited.project), "role": "edit-local",
        "use": "toolu_1", "tool": "Bash", "call": "git push", "decision": "deny",
    }  # fmt: skip


def test_so_is_a_call_that_passes(audited: Audited) -> None:
    assert audited.run(payload(command="ls src")).decision == "none"
    record = audited.only()
    assert (record["decision"], record["verdicts"]) == ("abstain", [])
    assert "policy::no-git-ops" in record["passed"]
    assert "input" not in record


def test_the_main_thread_has_no_agent(audited: Audited) -> None:
    fields = payload(command="git reset --hard") | {"cwd": str(audited.project)}
    del fields["agent_id"], fields["agent_type"]
    assert audited.run(fields).decision == "ask"
    record = audited.only()
    assert (record["agent"], record["agent_type"], record["decision"]) == (None, None, "ask")
    assert record["role"] == "orchestrator"


@pytest.mark.parametrize(
    ("stdin", "reason"),
    [
        (b"{", "cannot be read"),
        (b"[]", "is not a JSON object"),
        (json.dumps({"hook_event_name": "PreToolUse", "tool_name": 3}).encode(), "`tool_name`"),
        (json.dumps(payload(command=["x"])).encode(), "`command`"),
    ],
)
def test_so_is_a_fault(stdin: bytes, reason: str, audited: Audited) -> None:
    assert audited.run(stdin).decision == "deny"
    record = audited.only()
    (verdict,) = record["verdicts"]
    assert (record["decision"], verdict["gate"]) == ("deny", "kei-gates")
    assert reason in verdict["reason"]


def test_so_is_a_policy_that_cannot_be_read(audited: Audited) -> None:
    (audited.project / ".claude/kei-gates.toml").write_text("version = 2\n")
    assert audited.run(payload("Write", file_path="/x", content="y")).decision == "deny"
    assert audited.only()["verdicts"][0]["gate"] == "kei-gates"


def test_so_is_a_change_of_settings(audited: Audited) -> None:
    path = audited.project / ".claude/settings.json"
    fields = {
        "session_id": "s1", "cwd": "/", "hook_event_name": "ConfigChange",
        "source": "project_settings", "file_path": str(path),
    }  # fmt: skip
    assert audited.run(fields, "ConfigChange", "project_settings").code == 2
    record = audited.only()
    assert (record["on"], record["decision"], record["tool"]) == ("ConfigChange", "deny", None)
    assert record["call"] == str(path)
    assert "input" not in record


@pytest.mark.parametrize("tool", ["Bash", "Read"])
def test_what_cannot_be_written_down_does_not_pass(tool: str, audited: Audited) -> None:
    audited.file.mkdir(parents=True)
    answered = audited.run(payload(tool, command="ls", file_path="/x"))
    audited.file.rmdir()
    assert answered.decision == "deny"
    assert f"the audit `{audited.file}` cannot be written: Is a directory" in answered.reason


LIMITED = """
import resource, signal, os, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_a_full_disk_denies_and_tears_nothing(audited: Audited) -> None:
    """A limit on files' size cuts a write as a full disk does: it takes what there is room for."""
    assert audited.run(payload(command="ls")).decision == "none"
    before = audited.file.read_bytes()
    limit = str(len(before) + 100)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, limit, *audited.environment.command("PreToolUse")],
        input=json.dumps(payload(command="ls")).encode(),
        capture_output=True,
        check=False,
        env={"HOME": str(audited.environment.home), "CLAUDE_PROJECT_DIR": str(audited.project)},
    )
    assert done.returncode == 2
    assert b"cannot be written: File too large; make room" in done.stderr
    assert audited.file.read_bytes() == before


def test_no_secret_is_written_down(audited: Audited) -> None:
    hidden = "Zq3vN8xK2mW7pL5t"
    audited.run(payload(command=f"git push https://me:{hidden}@example.org/x"))
    audited.run(payload(command=f"API_TOKEN={hidden} git push"))
    audited.run(payload("Write", file_path="/etc/x", content=f"password: {hidden}"))
    audited.run(payload("mcp__mail__send", body=f"the word is {hidden}"))
    assert len(audited.records) == 4
    assert hidden not in audited.file.read_text()


def test_a_call_that_takes_too_long_is_written_down(audited: Audited) -> None:
    main = audited.environment.package / "hook/main.py"
    source = main.read_text()
    slow = source.replace("DEADLINE = 8.0", "DEADLINE = 0.3").replace(
        "    found = handler(recording, arguments)\n",
        "    import time; time.sleep(5)\n    found = handler(recording, arguments)\n",
    )
    assert slow.count("sleep") == 1
    main.write_text(slow)
    audited.environment.write_archive()
    try:
        assert "longer than 0.3 seconds" in audited.run(payload(command="ls")).reason
    finally:
        main.write_text(source)
        audited.environment.write_archive()
    assert "longer than 0.3 seconds" in audited.only()["verdicts"][0]["reason"]


@pytest.mark.parametrize(
    ("tool", "given", "expected"),
    [
        ("Bash", {"command": "ls", "description": "look"}, "ls"),
        ("Edit", {"file_path": "/a", "old_string": "x", "new_string": "y"}, "file_path: /a"),
        ("Agent", {"subagent_type": "b", "prompt": "p", "name": "n"}, "subagent_type: b, name: n"),
        ("mcp__a__b", {"body": "x", "to": "y"}, "body, to"),
        ("WebFetch", {"url": "https://a:bbbbbb@c/", "prompt": "p"}, "url: https://a:[redacted]@c/"),
        ("Bash", {"command": LARGE}, f"{LARGE[:1996]} ..."),
        ("Bash", {"command": "a " * 1999 + "x" * 5000}, f"{'a ' * 998} ..."),
        ("TodoWrite", {"todos": [{"content": "x"}]}, ""),
    ],
)  # fmt: skip
def test_what_a_call_is_told_by(tool: str, given: dict[str, Any], expected: str) -> None:
    assert told(payload(tool, **given)) == expected
