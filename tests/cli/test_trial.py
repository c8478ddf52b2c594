"""`test-command` and `test-call`: options, exit codes, JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kei_gates.cli.main import main
from tests.environment import accept, make_project


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_project(tmp_path / "project")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    accept(folder, tmp_path / "home")
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--role", "edit-local", "git push"], 2),
        (["--agent", "builder", "git push"], 2),
        (["--agent", "kei-x", "git push"], 2),
        (["--agent", "someone", "ls"], 2),
        (["--main", "git push"], 0),
        (["git push"], 0),
        (["--role", "edit-local", "echo git push"], 0),
        (["--role", "edit-local", "echo > src/x"], 0),
        (["--role", "edit-local", "echo > x"], 2),
        (["--role", "edit-local", "--cwd", "src", "echo > x"], 0),
        (["--capability", "policy::no-git-ops", "git push"], 2),
        (["--capability", "policy::no-git-ops", "echo > x"], 0),
        (["--capability", "policy::no-git-ops", "--capability", "scope::files-whitelist",
          "echo > x"], 2),
        (["--role", "orchestrator", "rm .claude/settings.json"], 2),
        (["--capability", "policy::no-git-ops", "rm .claude/settings.json"], 0),
        (["--role", "edit-local", "--shell", "zsh", "noglob git push"], 2),
        (["--role", "edit-local", ""], 0),
        (["--role", "nope", "ls"], 64),
        (["--capability", "policy::no-git", "ls"], 64),
        (["--role", "edit-local", "--main", "ls"], 64),
        (["--shell", "fish", "ls"], 64),
        (["--frobnicate", "ls"], 64),
        (["ls", "-la"], 64),
        ([], 64),
        (["--batch", "x", "ls"], 64),
        (["--batch", "missing.jsonl"], 64),
    ],
)  # fmt: skip
def test_exit_codes(
    arguments: list[str], code: int, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here.is_dir()
    found, out, err = run(capsys, "test-command", *arguments)
    assert found == code, out + err
    if code == 64:
        assert out == ""
        assert err.count("\n") == 1
        assert err.startswith("kei-gates")
    else:
        assert out.startswith("kei-gates: ")
        assert err == ""


@pytest.mark.parametrize(
    ("name", "near"),
    [("edit-locl", "did you mean `edit-local`?"), ("zzz", "known are: auditor, edit-local")],
)
def test_a_misspelled_role_is_told_the_nearest(
    name: str, near: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here.is_dir()
    assert near in run(capsys, "test-command", "--role", name, "ls")[2]


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(run(capsys, *arguments)[1])
    return record


def test_json_of_one_decision(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert here.is_dir()
    record = as_json(capsys, "test-command", "--json", "--role", "edit-local", "git push > x")
    assert record["decision"] == "deny"
    assert record["gate"] == "policy::no-git-ops"
    assert "`git push`" in record["reason"]
    assert record["remedy"]
    assert record["role"] == "edit-local"
    denied = [v["capability"] for v in record["verdicts"] if v["outcome"] == "deny"]
    assert denied == ["policy::no-git-ops", "scope::files-whitelist"]
    assert "analysis" not in record


def test_explain_shows_what_was_seen(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert here.is_dir()
    record = as_json(capsys, "test-command", "--json", "--explain", "env ls; $X; echo > src/x")
    seen = record["analysis"]
    assert seen["coverage"] == "partial"
    assert [found["argv"] for found in seen["invocations"][:2]] == [["env", "ls"], ["ls"]]
    assert seen["invocations"][1]["via"] == ["env"]
    assert {"kind": "write", "path": "src/x"} in seen["effects"]
    assert record["second_opinion"] == {"verdict": "agrees", "detail": None}
    text = run(capsys, "test-command", "--explain", "env ls; $X; echo > src/x")[1]
    for part in ("role: orchestrator", "runs: env ls", "not seen: `$X`", "writes: src/x",
                 "second opinion (bashlex): agrees"):  # fmt: skip
        assert part in text


def test_without_a_command_or_explain_there_is_no_second_opinion(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "second_opinion" not in as_json(capsys, "test-command", "--json", "ls")
    monkeypatch.setattr("sys.stdin", Stdin(json.dumps(payload(here))))
    record = as_json(capsys, "test-call", "--json", "--explain")
    assert "second_opinion" not in record
    assert record["analysis"]["effects"] == [{"kind": "write", "path": "README.md"}]


@pytest.mark.parametrize("source", ["'\x1b[2J' > '\x1b[2J'; ls 'a\nb'", "ls '\x1b[2J\n'; ("])
def test_what_is_explained_stays_on_its_line(
    source: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here.is_dir()
    out = run(capsys, "test-command", "--explain", source)[1]
    assert "\x1b" not in out
    assert all(line.startswith(("kei-gates: ", "  ")) for line in out.splitlines())


def test_a_batch_keeps_order_and_takes_roles_and_folders(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"id": "a", "command": "git push"},
        {"id": "b", "command": "git push", "role": "edit-local"},
        {"id": 3, "command": "echo > x", "role": "edit-local", "cwd": "src"},
        {"command": "echo > x", "role": "edit-local"},
    ]
    (here / "batch.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    code, out, _ = run(capsys, "test-command", "--batch", "batch.jsonl")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row["id"] for row in found] == ["a", "b", 3, None]
    assert [row["decision"] for row in found] == ["abstain", "deny", "abstain", "deny"]
    assert all(set(row) == {"id", "decision", "gate", "reason", "remedy"} for row in found)


@pytest.mark.parametrize(
    "line", ["x", "[]", "{}", '{"command": 1}', '{"command": "ls", "role": 1}', "[" * 100_000]
)
def test_a_malformed_row_is_a_deny_in_its_place(
    line: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = '{"id": 1, "command": "ls"}'
    (here / "batch.jsonl").write_text(f"{good}\n{line}\n{good}\n")
    code, out, _ = run(capsys, "test-command", "--batch", "batch.jsonl")
    assert code == 64
    assert [json.loads(row)["decision"] for row in out.splitlines()] == [
        "abstain", "deny", "abstain",
    ]  # fmt: skip


def test_without_a_project_policy_the_built_in_one_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "test-command", "--role", "edit-local", "git push")[0] == 2
    assert run(capsys, "test-command", "--role", "edit-local", "ls")[0] == 0
    assert run(capsys, "test-command", "--agent", "anyone", "ls")[0] == 2


def test_a_broken_policy_denies_as_the_hook_does(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / ".claude/kei-gates.toml").write_text("version = 2")
    code, out, _ = run(capsys, "test-command", "ls")
    assert code == 2
    assert "kei-gates.toml" in out


def payload(project: Path, **changes: object) -> dict[str, object]:
    return {
        "hook_event_name": "PreToolUse",
        "cwd": str(project),
        "tool_name": "Edit",
        "tool_input": {"file_path": f"{project}/README.md"},
        "agent_id": "a",
        "agent_type": "builder",
    } | changes


class Stdin:
    def __init__(self, text: str) -> None:
        self.buffer = self
        self.text = text

    def read(self) -> bytes:
        return self.text.encode()


@pytest.mark.parametrize(
    ("arguments", "changes", "code"),
    [
        ([], {}, 2),
        ([], {"agent_type": "kei-a"}, 2),
        ([], {"agent_id": None, "agent_type": None}, 0),
        (["--main"], {}, 0),
        (["--role", "orchestrator"], {}, 0),
        (["--agent", "nobody"], {"tool_name": "Read"}, 0),
        (["--capability", "policy::no-git-ops"], {}, 0),
        ([], {"tool_name": "Nope"}, 2),
        ([], {"tool_input": 1}, 2),
        ([], {"hook_event_name": "Stop"}, 2),
    ],
)
def test_a_whole_call(  # noqa: PLR0913 -- two of them are fixtures
    arguments: list[str],
    changes: dict[str, object],
    code: int,
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", Stdin(json.dumps(payload(here, **changes))))
    found, out, err = run(capsys, "test-call", *arguments)
    assert found == code, out + err


def test_a_batch_of_calls(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": 1, "call": payload(here)}, {"id": 2, "call": payload(here, tool_name="Read")}]
    (here / "batch.jsonl").write_text("\n".join(map(json.dumps, rows)))
    out = run(capsys, "test-call", "--batch", "batch.jsonl")[1]
    assert [json.loads(row)["decision"] for row in out.splitlines()] == ["deny", "abstain"]
