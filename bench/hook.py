"""Time the installed hook beside the floor it stands on: `python bench/hook.py [HOOK_COMMAND...]`.

Takes the hook's command line as the settings file has it (interpreter, -I, -S, shim, event), or
that of the clone's own `.venv`, runs it on a few payloads, in turn with the bare interpreter, and
prints medians and ratios. Absolute times say little on a shared machine; the ratio to the floor of
the same run is what counts.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 60
POLICY = """\
version = 1
[agents]
builder = "edit-local"
[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-whitelist = ["src/**", "tests/**"]
files-denylist = ["**/Cargo.toml", ".github/**"]
"""
HEREDOC = "cat > src/a.md <<'EOF'\n" + "a line of text with 'quotes' and $dollars\n" * 110 + "EOF\n"
INPUTS: dict[str, tuple[str, dict[str, object]]] = {
    "plain Bash": ("Bash", {"command": "cargo test --workspace"}),
    "pipeline": ("Bash", {"command": "cd src && cargo test 2>&1 | tail -n 20"}),
    "5 KB here-document": ("Bash", {"command": HEREDOC}),
    "Edit": ("Edit", {"file_path": "src/a.py", "old_string": "a", "new_string": "b"}),
    "Read": ("Read", {"file_path": "src/a.py"}),
}


def payload(project: Path, tool: str, fields: dict[str, object]) -> bytes:
    """Build a subagent's payload for a call in `project`."""
    if "file_path" in fields:
        fields = fields | {"file_path": f"{project}/{fields['file_path']}"}
    return json.dumps(
        {
            "hook_event_name": "PreToolUse",
            "cwd": str(project),
            "agent_id": "a1",
            "agent_type": "builder",
            "session_id": "s1",
            "transcript_path": f"{project}/s1.jsonl",
            "tool_name": tool,
            "tool_input": fields,
        }
    ).encode()


def seconds(command: list[str], stdin: bytes, project: Path) -> float:
    """Run a command once and give its wall time. Raises when it objects or fails."""
    started = time.perf_counter()
    subprocess.run(
        command,
        input=stdin,
        check=True,
        cwd=project,
        capture_output=True,
        env={"CLAUDE_PROJECT_DIR": str(project), "HOME": str(project.parent)},
    )
    return time.perf_counter() - started


def main(hook: list[str]) -> None:
    """Measure, interleaved, and print one line a payload."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder).resolve() / "project"
        (project / ".claude").mkdir(parents=True)
        (project / ".claude/kei-gates.toml").write_text(POLICY)
        accept = [str(Path(hook[0]).parent / "kei-gates"), "trust", "--yes"]
        seconds(accept, b"", project)
        stdin = {name: payload(project, *given) for name, given in INPUTS.items()}
        floor = [hook[0], "-I", "-S", "-c", "pass"]
        times: dict[str, list[float]] = {name: [] for name in ("floor", *stdin)}
        seconds(hook, stdin["Read"], project)  # compiles the policy
        for _ in range(RUNS):
            times["floor"].append(seconds(floor, b"", project))
            for name, raw in stdin.items():
                times[name].append(seconds(hook, raw, project))
    base = statistics.median(times["floor"])
    print(f"{'':20} median ms   ratio   ({RUNS} runs, Python {sys.version.split()[0]})")
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:20} {middle * 1000:9.2f} {middle / base:7.2f}")


def of_this_clone() -> list[str]:
    """Give the hook command of the environment that `install.sh` made in this clone."""
    environment = Path(__file__).resolve().parent.parent / ".venv"
    shim = next(environment.glob("lib/*/site-packages/kei_gates/_data/hooks/*_hook.py"), None)
    if shim is None:
        sys.exit(f"bench: there is no installation in {environment}; run install.sh first")
    return [str(environment / "bin/python"), "-I", "-S", str(shim), "PreToolUse"]


if __name__ == "__main__":
    main(sys.argv[1:] or of_this_clone())
