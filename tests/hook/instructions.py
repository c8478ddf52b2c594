"""How many instructions the installed hook takes, as valgrind counts them.

Times depend on what else a machine does; the instructions of one build of the interpreter hardly
do. What is left is the seed of its hashes, which `-I` lets nobody choose, and where things lie in
memory.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.environment import Environment, accept, make_project

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FIGURES = Path(__file__).with_suffix(".toml")
RUNS = 5
_TRIES = 5
HERE_DOCUMENT = "cat > src/a.md <<'EOF'\n{}EOF\n".format(
    "a line of text with 'quotes' and $dollars\n" * 122
)
CALLS: dict[str, tuple[str, dict[str, object]]] = {
    "plain Bash": ("Bash", {"command": "cargo test --workspace"}),
    "Edit": ("Edit", {"file_path": "src/a.py", "old_string": "a", "new_string": "b"}),
    "5 KB here-document": ("Bash", {"command": HERE_DOCUMENT}),
}


class Counter:
    """Counts what the hook of an installation executes on each of `CALLS`."""

    def __init__(self, folder: Path) -> None:
        """Take an empty folder. Its path should always be as deep: each part of it is looked at."""
        self._environment = Environment(folder / "environment")
        self._environment.write_archive()
        self._project = make_project(folder / "project")
        accept(self._project, self._environment.home, folder / "environment")
        self._output = folder / "valgrind.out"
        for name in CALLS:  # compiles the policy and the modules
            self._run(self._environment.command("PreToolUse"), self._payload(name))

    def bare(self, code: str) -> int:
        """Count for code in a bare interpreter."""
        return self._median([str(self._environment.python), "-I", "-S", "-c", code])

    def hook(self, name: str) -> int:
        """Count for the hook on the call of a name."""
        return self._median(self._environment.command("PreToolUse"), self._payload(name))

    def _median(self, command: list[str], stdin: bytes = b"") -> int:
        return statistics.median_low(self._count(command, stdin) for _ in range(RUNS))

    def _count(self, command: list[str], stdin: bytes) -> int:
        """Run a command once. The hook's own timer may end it on a busy machine: again, then."""
        counting = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={self._output}"]
        for _ in range(_TRIES):
            done = self._run([*counting, *command], stdin)
            if (done.returncode, done.stdout) == (0, b""):
                break
        assert (done.returncode, done.stdout) == (0, b""), done
        counted = re.search(rb"Collected : (\d+)", done.stderr)
        assert counted, done.stderr
        return int(counted[1])

    def _run(self, command: list[str], stdin: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            check=False,
            cwd=self._project,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self._environment.home),
                "CLAUDE_PROJECT_DIR": str(self._project),
            },
        )

    def _payload(self, name: str) -> bytes:
        tool, fields = CALLS[name]
        if "file_path" in fields:
            fields = fields | {"file_path": f"{self._project}/{fields['file_path']}"}
        return json.dumps(
            {
                "hook_event_name": "PreToolUse",
                "cwd": str(self._project),
                "agent_id": "a1",
                "agent_type": "builder",
                "session_id": "s1",
                "transcript_path": f"{self._project}/s1.jsonl",
                "tool_name": tool,
                "tool_input": fields,
            }
        ).encode()


@contextmanager
def counter() -> Iterator[Counter]:
    """Give a counter in a folder whose path is equally deep in every run, unlike pytest's."""
    with tempfile.TemporaryDirectory() as folder:
        yield Counter(Path(folder).resolve())


def stated() -> dict[str, Any]:
    """Give the figures that are stated: `build`, `tolerance`, `elsewhere`, and the `ratios`."""
    return tomllib.loads(FIGURES.read_text())


def write(counts: dict[str, float]) -> None:
    """State what was counted, as ratios to the floor, as the figures of this build."""
    lines = FIGURES.read_text().partition("build = ")[0].splitlines()
    lines += [f"build = {json.dumps(sys.version)}", "", "[ratios]"]
    lines += [f'"{name}" = {ratio:.3f}' for name, ratio in counts.items()]
    FIGURES.write_text("\n".join(lines) + "\n")
