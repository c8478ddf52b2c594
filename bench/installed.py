"""The hook as `kei-gates install` puts it into a project, with a policy of a large crew."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from bench import payloads
from bench.timing import Command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ROLES, GLOBS = 10, 200
_SNAPSHOT = payloads.REPOSITORY / "tests/observe/data/bash-2.1.330.sh"
"""What the client has written down of a user's shell: its aliases and functions."""
_PAIRS = 200  # of a call and its result in the transcript, which is some 100 KB then


def policy() -> str:
    """Give a policy of 10 roles; the one that is judged by has 100 globs to allow, 100 to deny."""
    each = GLOBS // 2
    forms = ("src/part{}/**/*.rs", "docs/*-{}.md", "**/fixtures/{}/*", "crates/c{}/tests/**")
    allowed = [forms[number % 4].format(number) for number in range(each - 2)]
    allowed += ["src/**", "tests/**"]
    forms = ("vendor/v{}/**/*.gen.*", "**/secret-{}/**", "*.lock{}", "/deploy/stage-{}/")
    denied = [forms[number % 4].format(number) for number in range(each - 1)] + ["**/Cargo.toml"]
    lines = ["version = 1", "[agents]", 'main = "orchestrator"', 'default = "read-only"']
    lines += [f'"helper-{number}" = "helper-{number}"' for number in range(1, ROLES)]
    lines += ['builder = "builder"', "[roles.builder]", 'extends = "builtin:edit-local"']
    lines += ["[roles.builder.scope]", f"files-whitelist = {json.dumps(allowed)}"]
    lines += [f"files-denylist = {json.dumps(denied)}"]
    for number in range(1, ROLES):
        lines += [f"[roles.helper-{number}]", 'extends = "builtin:edit-local"']
        lines += [f"[roles.helper-{number}.scope]", f'files-whitelist = ["src/part{number}/**"]']
    return "\n".join(lines) + "\n"


class Installed:
    """A project of its own with the hook of an environment in its settings, and its user's home."""

    def __init__(self, environment: Path, folder: Path) -> None:
        """Make the project below `folder` and accept its policy. Raises `CalledProcessError`."""
        self._folder = folder
        self.python = environment / "bin/python"
        self.home = folder / "home"
        self.project = folder / "project"
        self._kept = environment / "var/kei-gates"
        self._around = {
            "PATH": payloads.PATH,
            "HOME": str(self.home),
            "CLAUDE_PROJECT_DIR": str(self.project),
        }
        self._make_home()
        (self.project / ".claude").mkdir(parents=True)
        (self.project / ".claude/kei-gates.toml").write_text(policy())
        payloads.write_files(self.project)
        self._call([shutil.which("git") or "git", "init", "--quiet"])
        program = str(environment / "bin/kei-gates")
        self._call([program, "install", str(self.project)])
        self._call([program, "trust", "--yes"])
        settings = json.loads((self.project / ".claude/settings.json").read_text())
        hook = settings["hooks"]["PreToolUse"][0]["hooks"][0]
        self.hook: Sequence[str] = [hook["command"], *hook["args"]]

    def commands(self, calls: Sequence[payloads.Payload]) -> list[Command]:
        """Give what the client starts for each call."""
        return [
            Command(
                call.name,
                self.hook,
                payloads.encoded(call.by, call.tool, call.given, self.project, self._transcript),
                self._around,
                self.project,
                call.expected,
            )
            for call in calls
        ]

    def floors(self) -> list[Command]:
        """Give what no hook can be faster than: programs that do nothing, and nothing of Python."""
        python = str(self.python)
        floors = {
            "true": [shutil.which("true") or "/bin/true"],
            "sh -c :": [shutil.which("sh") or "/bin/sh", "-c", ":"],
            "python3 -I -S -c pass": [python, "-I", "-S", "-c", "pass"],
            "python3 -I -c pass": [python, "-I", "-c", "pass"],
        }
        return [
            Command(name, argv, b"", self._around, self.project) for name, argv in floors.items()
        ]

    def records(self) -> int:
        """Count the lines of the audit, also in files that were full and put aside."""
        files = (self.home / ".local/state/kei-gates").glob("audit*.jsonl")
        return sum(path.read_bytes().count(b"\n") for path in files)

    def forget(self) -> None:
        """Remove what the environment has kept of the project and the home, for they go."""
        for kept in self._kept.glob("*/"):
            shutil.rmtree(f"{kept}{self._folder}", ignore_errors=True)

    def _call(self, argv: list[str]) -> None:
        done = subprocess.run(
            argv, cwd=self.project, env=self._around, capture_output=True, check=False
        )
        if done.returncode:
            sys.stderr.buffer.write(done.stdout + done.stderr)
            done.check_returncode()

    def _make_home(self) -> None:
        """Write what a user's home holds in the middle of a session: the shell's names, a past."""
        snapshots = self.home / ".claude/shell-snapshots"
        snapshots.mkdir(parents=True)
        name = f"snapshot-bash-{time.time_ns() // 1_000_000}-abcdef.sh"
        shutil.copyfile(_SNAPSHOT, snapshots / name)
        self._transcript = self.home / ".claude/projects/-project/session.jsonl"
        self._transcript.parent.mkdir(parents=True)
        self._transcript.write_text("".join(map(_exchange, range(_PAIRS))))


def _exchange(number: int) -> str:
    """Give two lines of a transcript: a call, and what it gave."""
    call = {"type": "tool_use", "id": f"toolu_{number}", "name": "Bash",
            "input": {"command": "cargo test"}}  # fmt: skip
    result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": "ok\n" * 40}
    return "".join(
        json.dumps({"type": of, "timestamp": "2026-11-18T11:00:00.000Z", "cwd": "/",
                    "message": {"role": of, "content": [block]}}) + "\n"
        for of, block in (("assistant", call), ("user", result))
    )  # fmt: skip
