"""A person lets one denied call pass, once: the very same, and nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import time
from typing import Any

import pytest

from kei_gates.cli.main import main as command
from kei_gates.hook import grants, trust
from kei_gates.hook.main import respond
from kei_gates.hook.recording import Recording
from kei_gates.model import Ask, Decision, Deny
from tests.environment import accept, make_project
from tests.hook.payloads import payload

PUSH: dict[str, Any] = {"command": "git push"}


def push(**more: Any) -> dict[str, Any]:
    return payload(**PUSH) | more


class Crew:
    """A project with its audit, and a person beside it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        self.home = root / "home"
        self.project = make_project(root / "project")
        self.state = self.home / ".local/state/kei-gates"
        accept(self.project, self.home)

    def passes(self, **more: Any) -> bool:
        """Whether the hook lets a call pass."""
        raw = json.dumps(push(**more)).encode()
        try:
            return respond("PreToolUse", [], raw, Recording("PreToolUse")).exit_code == 0
        finally:
            self.last = self.records[-1]

    def allow(self, *words: str) -> int:
        return command(["allow", *words])

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.state / "audit.jsonl").read_text().splitlines()]

    def later(self, seconds: float) -> None:
        self.monkeypatch.setattr("kei_gates.hook.session_facts.time", lambda: time() + seconds)


@pytest.fixture
def crew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Crew:
    made = Crew(tmp_path, monkeypatch)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(made.home))
    monkeypatch.setenv("CLAUDE_PROJECT_DIR", str(made.project))
    monkeypatch.setattr("kei_gates.cli.allow.refuse_agents", lambda: None)
    return made


def test_a_denied_call_passes_once(crew: Crew) -> None:
    assert not crew.passes()
    identity = crew.last["id"]
    assert crew.allow(identity, "--once", "--yes") == 0
    assert crew.passes()
    assert crew.last["by"] == [f"kei-gates allow {identity} --once"]
    assert (crew.last["decision"], crew.last["verdicts"]) == ("abstain", [])
    assert not crew.passes()


def test_it_is_written_down(crew: Crew) -> None:
    crew.passes()
    denied = crew.last
    crew.allow(denied["id"][:5], "--once", "--yes")
    granted = crew.records[-1]
    assert granted["event"] == "granted"
    assert 599 < granted["until"] - granted["at"] <= 600
    for key in ("id", "session", "agent", "agent_type", "project", "call"):
        assert granted[key] == denied[key]


@pytest.mark.parametrize(
    "other",
    [
        {"tool_input": {"command": "git push -f"}},
        {"tool_input": {"command": "git push", "description": "x"}},
        {"cwd": "/tmp"},
        {"session_id": "s2"},
        {"agent_type": "kei-other"},
        {"agent_id": None, "agent_type": "builder"},
    ],
)
def test_nothing_else_passes(other: dict[str, Any], crew: Crew) -> None:
    crew.passes()
    crew.allow(crew.last["id"], "--once", "--yes")
    if other.get("agent_id", "") is not None:
        assert not crew.passes(**other)
    else:  # the main thread may push
        crew.passes(**other)
    assert "by" not in crew.last
    assert crew.passes(agent_id="a2", tool_use_id="toolu_2")  # started again, it is the same


def test_a_script_that_has_changed_may_not_do_something_else(crew: Crew) -> None:
    script = crew.project / "src/x.sh"
    script.write_text("git push\n")
    call = {"tool_input": {"command": f"bash {script}"}}
    assert not crew.passes(**call)
    crew.allow(crew.last["id"], "--once", "--yes")
    script.write_text("git push; rm -rf /etc\n")
    assert not crew.passes(**call)
    script.write_text("git push\n")
    assert crew.passes(**call)


def test_it_ends_after_ten_minutes(crew: Crew) -> None:
    crew.passes()
    crew.allow(crew.last["id"], "--once", "--yes")
    crew.later(601)
    assert not crew.passes()
    crew.later(-2)  # a clock that was set back does not prolong it
    assert not crew.passes()
    crew.later(590)
    assert crew.passes()


@pytest.mark.parametrize("secret", [b"", b"guess\n"])
def test_it_cannot_be_forged(secret: bytes, crew: Crew) -> None:
    crew.passes()
    digest = crew.last["input"]
    crew.allow(crew.last["id"], "--once", "--yes")
    path = Path(grants.path_of(str(crew.home), "s1", digest))
    text = trust.sealed(str(path))
    assert text is not None
    path.write_bytes(secret + text)
    assert not crew.passes()


def test_it_cannot_be_copied_to_another_call(crew: Crew) -> None:
    crew.passes()
    crew.allow(crew.last["id"], "--once", "--yes")
    given = Path(grants.path_of(str(crew.home), "s1", crew.last["input"]))
    other = {"tool_input": {"command": "git push -f"}}
    crew.passes(**other)
    given.rename(grants.path_of(str(crew.home), "s1", crew.last["input"]))
    assert not crew.passes(**other)


def test_what_kei_gates_failed_on_cannot_be_let_pass(
    crew: Crew, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = crew.project / ".claude/kei-gates.toml"
    text = policy.read_text()
    policy.write_text("version = 2\n")
    with pytest.raises(Exception, match="version"):
        respond("PreToolUse", [], json.dumps(push()).encode(), Recording("PreToolUse"))
    recording = Recording("PreToolUse")
    recording.fields = push()
    recording.write(Decision("deny", (("kei-gates", Deny("broken", "mend it")),)))
    policy.write_text(text)
    assert crew.allow(crew.records[-1]["id"], "--once", "--yes") == 64
    assert "see `kei-gates why" in capsys.readouterr().err


def test_who_was_denied_is_listed(crew: Crew, capsys: pytest.CaptureFixture[str]) -> None:
    assert crew.allow() == 0
    assert capsys.readouterr().out.startswith("no call was denied")
    crew.passes()
    assert crew.allow() == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{crew.last['id']}  Bash: git push\n  asked for by builder at ")
    assert "policy::no-git-ops: `git push` uses version control" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--once"], "say which call may pass"),
        (["{id}"], "to let such calls pass for good, change the policy"),
        (["{id}", "--once"], "nobody can be asked here"),
        (["ffffffff", "--once", "--yes"], "no call was denied as `ffffffff`"),
        (["", "--once", "--yes"], "is more than one call"),
    ],
)
def test_bad_usage(
    words: list[str], said: str, crew: Crew, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    crew.passes()
    crew.passes()
    assert crew.allow(*(word.format(id=crew.last["id"]) for word in words)) == 64
    assert said in capsys.readouterr().err
    assert not crew.passes()


@pytest.mark.parametrize("answer", ["y\n", "\n", "no\n"])
def test_a_person_is_asked(
    answer: str, crew: Crew, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return answer

    crew.passes()
    monkeypatch.setattr("sys.stdin", Terminal())
    assert crew.allow(crew.last["id"], "--once") == (answer != "y\n")
    assert crew.passes() is (answer == "y\n")
    assert "Let this very call pass once? [y/N] " in capsys.readouterr().out


@pytest.mark.parametrize("name", ["CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_PID"])
def test_an_agent_may_not(
    name: str, crew: Crew, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("HOME", str(crew.home))
    monkeypatch.setenv(name, "1")
    monkeypatch.setattr("kei_gates.cli.confirm.is_below_agent", lambda: False)
    assert command(["allow", "3f9c1e2a", "--once", "--yes"]) == 1
    assert "inside a session of the client" in capsys.readouterr().err


def test_where_it_cannot_be_written_down_nothing_is_allowed(crew: Crew) -> None:
    crew.passes()
    denied = crew.last
    (crew.state / "audit.jsonl").rename(crew.state / "audit-1000000000000000.jsonl")
    (crew.state / "audit.jsonl").symlink_to("/dev/full")
    assert crew.allow(denied["id"], "--once", "--yes") == 1
    (crew.state / "audit.jsonl").unlink()
    assert not crew.passes()


def test_what_a_person_may_confirm_is_known_by_its_target() -> None:
    def objected(reason: str, target: str, kind: type[Ask | Deny] = Deny) -> str:
        verdict = kind(reason, "leave it", target=target)
        return grants.digest_of(Decision("deny", (("a::b", verdict),)), push())

    assert objected("runs for 1 min", "x") == objected("runs for 2 min", "x")
    assert objected("runs for 1 min", "x") != objected("runs for 1 min", "y")
    assert objected("runs for 1 min", "") != objected("runs for 2 min", "")
