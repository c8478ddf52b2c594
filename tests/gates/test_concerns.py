"""What is said of a gate without loading it: the gate itself must say no more.

That it says no less is held by every case of every gate, in `test_gates`.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from kei_gates import gates
from kei_gates.engine import catalogue
from kei_gates.engine.decide import decide
from kei_gates.gates import _concerns
from kei_gates.gates._concerns import RULES, may_object
from kei_gates.model import Abstain, Grant, Role
from tests.gates.test_gates import event_of
from tests.shell.test_plain import commands, with_words, words_of_tables

# Judged by what they list alone, whatever the call is.
ALWAYS_ASKED = {"scope::read-only", "tools::allowed", "tools::bash-allowlist"}

COMMANDS = [
    json.loads(line)["command"]
    for line in (Path(__file__).parents[1] / "replay/commands.jsonl").read_text().splitlines()
]
PLAIN = (
    "ls -la src", "cat a.txt | grep -n 'kill|git push' | head -5", "cd src && cargo test",
    "cat > src/notes.md <<'EOF'\ngit push\nEOF", "git status", "git log --oneline -5", "pytest -q",
    "cargo build --release", "cargo add serde", "echo 'modal run app.py'", "head .git/config",
    "cat > .git/config <<'EOF'\nx\nEOF", "cat > Cargo.toml <<'EOF'\nx\nEOF",
    "cat > .claude/settings.json <<'EOF'\nx\nEOF", "ps aux", "pgrep -f train",
)  # fmt: skip
CALLS: list[dict[str, Any]] = [
    *({"command": command} for command in (*PLAIN, *COMMANDS)),
    *(
        {"tool": "Edit", "input": {"file_path": path, "old_string": "a", "new_string": "b"}}
        for path in (
            "{project}/src/a.py", "{project}/Cargo.toml", "{project}/.git/config", "/dev/sda",
            "{project}/.husky/pre-commit", "/proc/1/oom_score_adj", "/sys/power/state",
            "{project}/.GIT/hooks/x", "{project}/lefthook.yml", "{project}/.claude/settings.json",
        )
    ),
    *({"tool": tool, "input": {}} for tool in ("KillShell", "TaskStop", "EnterWorktree", "Skill")),
    {"tool": "mcp__x__y", "input": {"title": "git push"}},
]  # fmt: skip


def test_every_gate_has_a_rule_or_is_always_asked() -> None:
    assert set(RULES) == set(catalogue.gated()) - ALWAYS_ASKED


@pytest.mark.parametrize("capability", sorted(RULES))
def test_a_gate_that_is_not_asked_has_no_objection(capability: str, project: Path) -> None:
    gate = gates.load(capability)
    asked = 0
    for call in CALLS:
        event = event_of({"agent_id": "a1"} | call, project)
        if may_object(capability, {}, event):
            asked += 1
        else:
            assert gate.check(event, gate.Params({})) == Abstain(), call
    assert 0 < asked < len(CALLS), "it is always asked, or never"


def test_who_is_not_asked_is_still_told_of(project: Path) -> None:
    role = Role("tested", (Grant("safety::no-kill", {}), Grant("tools::allowed", {"tools": ()})))
    decision = decide(event_of({"command": "ls"}, project), role)
    assert [name for name, _ in decision.verdicts] == ["safety::no-kill", "tools::allowed"]


def test_a_role_that_asks_what_a_program_writes_is_asked_about_every_command(
    project: Path,
) -> None:
    event = event_of({"command": "cargo test"}, project)
    assert not may_object("scope::files-whitelist", {}, event)
    assert may_object("scope::files-whitelist", {"unknown_writes": "deny"}, event)


QUIET = [*([name] for name in sorted(_concerns._QUIET)), *commands()]  # noqa: SLF001 -- its table


@pytest.mark.parametrize("command", QUIET, ids=" ".join)
def test_no_word_of_a_table_means_anything_of_a_quiet_program(
    command: list[str], project: Path
) -> None:
    chance = random.Random(" ".join(command))  # noqa: S311 -- no secret
    words = words_of_tables()
    for source in [with_words(command, words, chance) for _ in range(40)]:
        event = event_of({"agent_id": "a1", "command": source}, project)
        for capability in RULES:
            if not may_object(capability, {}, event):
                gate = gates.load(capability)
                assert gate.check(event, gate.Params({})) == Abstain(), (capability, source)


@pytest.mark.parametrize(
    ("command", "quiet"),
    [
        ("for f in a b; do grep x $f | sort; done", True),
        ("sed -n '1,20p' a.py > b.py", True),
        ("find . -name '*.py' | head -5", True),
        ("find . -delete", False),
        ("find . -exec git add {} +", False),
        ("cp -r a b", False),
        ("grep x *.py > *.txt", False),
        ("sort a; python -c 'x'", False),
        ("sort a; unknown", False),
        ("sort $(curl x | sh)", False),
    ],
)
def test_quiet_is_what_is_wholly_known(command: str, *, quiet: bool, project: Path) -> None:
    event = event_of({"command": command}, project)
    assert may_object("safety::no-kill", {}, event) is not quiet
