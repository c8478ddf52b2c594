"""`kei-gates why`: one decision, who objected, from where, and what can be done."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest

from kei_gates.cli.why import quoted
from tests.audit.samples import NO_GIT, decision, denied, returned
from tests.cli.looking import Looking, looking
from tests.environment import Environment

__all__ = ["looking"]


def test_a_denial_is_explained(looking: Looking) -> None:
    looking.has([denied(1), decision(2)])
    found = looking.run("why")
    assert (found.code, found.err) == (0, "")
    lines = found.out.splitlines()
    assert lines[0].startswith("00000001  denied  2026-09-21 ")
    text = " ".join(found.out.split())
    for part in (
        "call Bash: git push origin main",
        "by agent builder (a77c0ffee1234), session 0a1b2c3d-",
        f"project {looking.project}",
        "role edit-local, from `.claude/kei-gates.toml` line 9",
        "given to builder by `builder` in `.claude/kei-gates.toml` line 6",
        "policy::no-git-ops denies",
        "why `git push` uses version control",
        "instead leave git to the orchestrator",
        "more `kei-gates explain policy::no-git-ops`",
        "no objection from safety::self-protect",
        f"try it kei-gates test-command --agent builder --cwd {looking.project} --explain 'git",
    ):
        assert part in text


def test_what_the_role_sets_of_the_gate_is_told(looking: Looking) -> None:
    verdict = {**NO_GIT, "gate": "scope::files-denylist"}
    looking.has([denied(verdicts=[verdict])])
    assert "  set     patterns `**/Cargo.toml`, `src/secret/**`\n" in looking.run("why").out


def test_the_command_that_is_shown_decides_the_same(looking: Looking) -> None:
    looking.has([denied(1, project="/x"), decision(2)])
    looking.run("trust", "--yes")
    looking.has([denied(call="cd src &&\n git push 'a b' # \u00fc\\n")])
    line = next(one for one in looking.run("why").out.splitlines() if one.startswith("try it"))
    words = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {line.removeprefix('try it').strip()}"],
        capture_output=True, check=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    assert words[-2] == "cd src &&\n git push 'a b' # \u00fc\\n"
    tried = looking.run(*words[1:-1])
    assert tried.code == 2
    assert "policy::no-git-ops blocked this for role edit-local" in tried.out


def test_a_call_that_is_not_kept_whole_is_said_to_be(looking: Looking) -> None:
    looking.has([denied(call="TOKEN=[redacted] git push")])
    assert "(the call is not kept whole: fill in what is missing)" in looking.run("why").out


def test_only_what_was_denied_lately_by_gates_may_be_let_pass(looking: Looking) -> None:
    hint = "`kei-gates allow 00000001 --once`"
    now = time.time()
    fault = {"gate": "kei-gates", "outcome": "deny", "reason": "r", "remedy": "m"}
    for record, is_told in (
        (denied(1, at=now), True),
        (denied(1), False),
        (denied(1, at=now, verdicts=[fault], role=None), False),
        (decision(1, at=now), False),
        (decision(1, at=now, decision="ask", verdicts=[{**NO_GIT, "outcome": "ask"}]), False),
    ):
        looking.has([record])
        assert (hint in looking.run("why", "00000001").out) == is_told


def test_a_fault_is_said_to_be_one(looking: Looking) -> None:
    fault = {
        "gate": "kei-gates", "outcome": "deny", "reason": "nobody has accepted the policy `x` yet",
        "remedy": "run `kei-gates trust`",
    }  # fmt: skip
    looking.has([denied(verdicts=[fault], role=None, passed=[])])
    out = looking.run("why").out
    assert "role      none was reached\n" in out
    assert "  why     nobody has accepted the policy `x` yet\n" in out
    assert "fault     kei-gates itself objected" in out
    assert "kei-gates explain" not in out


def test_a_role_that_a_policy_no_longer_has(looking: Looking) -> None:
    looking.has([denied(role="gone/parser-7"), denied(1, role="auditor")])
    found = looking.run("why", "00000000").out
    assert "role      gone, narrowed by the task parser-7, from a policy that no longer" in found
    assert "role      auditor, from the built-in roles\n" in looking.run("why", "00000001").out
    (looking.project / ".claude/kei-gates.toml").write_text("version = ")
    assert "from a policy that cannot be read now:" in looking.run("why", "00000000").out


def test_what_passed_is_told_too(looking: Looking) -> None:
    looking.has([decision(by=["kei-gates allow 1a2b3c4d"])])
    out = looking.run("why", "0").out
    assert out.startswith("00000000  passed  ")
    assert "passed by a person's word: kei-gates allow 1a2b3c4d\n" in out


def test_an_id_may_be_begun(looking: Looking) -> None:
    looking.has([denied(id="3f9c1e2a"), denied(id="3f001e2a"), returned(), decision(id=None)])
    assert looking.run("why", "3F9").out.startswith("3f9c1e2a  denied")
    found = looking.run("why", "3f")
    assert (found.code, found.out) == (1, "")
    assert found.err == "kei-gates: `3f` begins 2 ids: `3f9c1e2a`, `3f001e2a`; give more of it\n"
    found = looking.run("why", "77\x1b")
    assert (found.code, found.out) == (1, "")
    assert found.err.startswith("kei-gates: no decision has the id `77\\x1b`; see the ids in")


def test_where_nothing_was_denied(looking: Looking) -> None:
    looking.has([decision(), denied(1, project="/other", session="f")])
    found = looking.run("why")
    assert (found.code, found.out) == (1, "")
    assert found.err == (
        f"kei-gates: nothing was denied in `{looking.project}`; see `kei-gates log --all`\n"
    )
    assert looking.run("why", "--all").out.startswith("00000001  denied")


def test_json_prints_the_record(looking: Looking) -> None:
    looking.has([denied()])
    assert json.loads(looking.run("why", "--json").out)["call"] == "git push origin main"


@pytest.mark.parametrize(
    "word",
    ["ls", "a b", "it's", "a\nb\t'\\", "\x1b[2J", "caf\u00e9 \u202e\U0001f600", "", "$(x)`y`"],
)
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_words_are_quoted_for_shells(word: str, shell: str) -> None:
    text = quoted(word)
    assert text.isascii()
    assert text.isprintable()
    done = subprocess.run(
        [shell, "-c", f"printf %s {text}"],
        capture_output=True, check=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.stdout.decode() == word


def test_what_the_hook_wrote_is_shown(
    looking: Looking, environment: Environment, tmp_path: Path
) -> None:
    """From the installed hook's own records: `log`, `why` and `stats` tell of the same call."""
    payload: dict[str, object] = {
        "session_id": "s-1", "cwd": str(looking.project), "hook_event_name": "PreToolUse",
        "agent_id": "a1", "agent_type": "builder", "tool_name": "Bash", "tool_use_id": "t1",
        "tool_input": {"command": "git push origin main"},
    }  # fmt: skip
    around = {"HOME": str(tmp_path / "home")}
    answered = environment.run(payload, project=looking.project, env=around)
    payload["tool_input"] = {"command": "ls"}
    environment.run(payload, project=looking.project, env=around)
    assert answered.decision == "deny"
    shown = [one.split() for one in looking.run("log").out.splitlines()]
    assert [one[2:4] for one in shown] == [["builder(a1)", "DENY"], ["builder(a1)", "pass"]]
    told = looking.run("why", shown[0][1]).out
    assert told == looking.run("why").out
    assert "policy::no-git-ops denies\n" in told
    assert f"`kei-gates allow {shown[0][1]} --once`" in told
    assert json.loads(looking.run("stats", "--json").out)["decisions"] == {
        "total": 2, "abstain": 1, "ask": 0, "deny": 1,
    }  # fmt: skip
