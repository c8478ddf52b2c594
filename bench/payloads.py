"""The tool calls that the hook is timed on, as the client sends them, and the right answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.hook.payloads import ROWS  # noqa: E402 -- the path comes first

DAY = REPOSITORY / "tests/replay/commands.jsonl"
"""Commands as agents write them, chosen for breadth: no two are of one form."""

MAIN, BUILDER = "main runs git push", "builder runs git push"
"""Recorded calls, whose fields the calls here have too, by the main thread and by a subagent."""

PATH = "/usr/local/bin:/usr/bin:/bin"
"""What the client's environment holds, whatever this one does."""

SCRIPT = "scripts/run.sh"
EDITED = "src/parser/large.py"
SEVERAL = (
    "cd src && ls -la parser && grep -rn 'def parse' --include='*.py' . | head -n 20; "
    "cargo build --release 2>&1 | tail -n 5 && cargo test -p parser -- --nocapture 2>&1 "
    "| grep -E 'test result|FAILED' | sort"
)
_NOTES = (
    "## What was looked at",
    "The parser's `Token` holds its position; nothing else in it's $changed (see src/parser).",
    '- "quoted" words, (parentheses) and {braces} stay as they are; 3 of 4 cases pass & 1 is open',
    "    let next = tokens.peek()?;   # no command, only text that looks like one: git push",
    "",
)
_STEPS = (
    'step() { echo "== $1"; shift; "$@"; }',
    'for crate in parser lexer printer; do step "$crate" cargo test -p "$crate"; done',
    'if [ -f Cargo.lock ]; then echo "locked"; else echo "no lock" >&2; exit 1; fi',
    "grep -rn 'TODO' src | sort | uniq -c | sort -rn | head -n 20",
    'case "$1" in quick) echo quick ;; full) step clippy cargo clippy --workspace ;; esac',
    "# What follows is told apart by its exit code, which the caller looks at.",
    'count=$(ls src/*.rs 2>/dev/null | wc -l); echo "$count files"',
)
_SIZE = 5 << 10


class Payload(NamedTuple):
    """A call: its name in the tables, the agent's recorded row, the tool, its input, the answer.

    `within` is how many times the floor it may take, 0 where nothing is set.
    """

    name: str
    by: str
    tool: str
    given: dict[str, object]
    expected: str = "none"
    within: float = 0


def text(lines: tuple[str, ...], first: str = "", last: str = "") -> str:
    """Repeat lines to a text of about 5 KB, each with its number where it has a place for one."""
    found = [first] if first else []
    while sum(len(line) + 1 for line in found) + len(last) < _SIZE:
        found.append(lines[len(found) % len(lines)])
    return "\n".join([*found, last]) + "\n" if last else "\n".join(found) + "\n"


PAYLOADS = (
    Payload("plain Bash", BUILDER, "Bash", {"command": "cargo test --workspace"}, within=1.25),
    Payload("pipeline", BUILDER, "Bash", {"command": "cd src && cargo test 2>&1 | tail -n 20"}),
    Payload("several commands", BUILDER, "Bash", {"command": SEVERAL}),
    Payload(
        "5 KB here-document",
        BUILDER,
        "Bash",
        {"command": text(_NOTES, "cat > src/notes.md <<'EOF'", "EOF")},
        within=1.5,
    ),
    Payload(
        "wrapped 5 KB script",
        BUILDER,
        "Bash",
        {"command": f"timeout 600 bash {SCRIPT}"},
        within=1.5,
    ),
    Payload(
        "Edit",
        BUILDER,
        "Edit",
        {"file_path": EDITED, "old_string": "line 2500\n", "new_string": "line\n"},
        within=1.25,
    ),
    Payload("Read", BUILDER, "Read", {"file_path": EDITED}),
    Payload(
        "Agent",
        MAIN,
        "Agent",
        {"description": "mend it", "prompt": "Mend the parser.", "subagent_type": "builder"},
    ),
    Payload("MCP tool", MAIN, "mcp__github__create_issue", {"title": "t", "body": "b"}),
    Payload("denied Bash", BUILDER, "Bash", {"command": "git push"}, expected="deny"),
)


def day() -> list[Payload]:
    """Give the commands of a day, whatever is answered to them."""
    commands = [json.loads(line)["command"] for line in DAY.read_text().splitlines()]
    return [
        Payload(f"day {number}", BUILDER, "Bash", {"command": command}, expected="")
        for number, command in enumerate(commands, 1)
    ]


def encoded(by: str, tool: str, given: dict[str, object], project: Path, transcript: Path) -> bytes:
    """Put a call into the recorded payload `by`, made in `project`, as the client would send it."""
    fields: dict[str, Any] = next(row["payload"] for row in ROWS if row["id"] == by)
    if "file_path" in given:
        given = given | {"file_path": f"{project}/{given['file_path']}"}
    return json.dumps(
        fields
        | {
            "cwd": str(project),
            "transcript_path": str(transcript),
            "tool_name": tool,
            "tool_input": given,
        }
    ).encode()


def write_files(project: Path) -> None:
    """Write the files that the calls are about: a script of 5 KB, and a source of 5,000 lines."""
    for path, content in (
        (SCRIPT, text(_STEPS, "#!/bin/bash", "exit 0")),
        (EDITED, "".join(f"line {number}\n" for number in range(1, 5001))),
    ):
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(content)
