"""What the hook imports: nothing beyond the interpreter's core, and nobody else's files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.environment import Environment

# Not of the package, and not already there in a bare `python -I -S`.
STANDARD = {"__future__", "_json", "_sre"}

CALLS: dict[str, dict[str, object]] = {
    "Bash": {"command": "cargo test --workspace 2>&1 | tail -20"},
    "Edit": {"file_path": "{project}/src/a.py", "old_string": "a", "new_string": "b"},
    "Read": {"file_path": "{project}/README.md"},
    "Agent": {"description": "d", "prompt": "p", "subagent_type": "builder"},
}


def payload(tool: str, project: Path) -> bytes:
    fields = json.dumps(CALLS[tool]).replace("{project}", str(project))
    return json.dumps(
        {
            "hook_event_name": "PreToolUse",
            "cwd": str(project),
            "tool_name": tool,
            "tool_input": json.loads(fields),
            "agent_id": "a1",
            "agent_type": "builder",
            "session_id": "s1",
            "transcript_path": f"{project}/s1.jsonl",
        }
    ).encode()


def modules_after(environment: Environment, script: str, stdin: bytes, project: Path) -> set[str]:
    """Run a script in the hook's interpreter and give the modules loaded at its end."""
    report = "import sys; sys.stderr.write(' '.join(sys.modules)); sys.stderr.flush()"
    done = subprocess.run(
        [str(environment.python), "-I", "-S", "-c", script.format(report=report)],
        input=stdin,
        capture_output=True,
        check=False,
        env={"CLAUDE_PROJECT_DIR": str(project), "HOME": str(environment.home)},
    )
    return set(done.stderr.decode().split())


HOOKED = """
import sys
sys.path.insert(0, {site!r})
from kei_gates.hook import main
def end(reply):
    assert reply.exit_code == 0, reply.stderr
    {{report}}
    raise SystemExit
main._end = end
main.main(["PreToolUse"])
"""


@pytest.mark.parametrize("tool", CALLS)
def test_a_plain_call_imports_only_the_core(
    tool: str, environment: Environment, project: Path
) -> None:
    stdin = payload(tool, project)
    assert environment.run(stdin, project=project).decision == "none"  # also compiles the policy
    bare = modules_after(environment, "{report}", b"", project)
    script = HOOKED.format(site=str(environment.site))
    hooked = modules_after(environment, script, stdin, project)
    assert "kei_gates.engine.decide" in hooked
    assert {name for name in hooked - bare if not name.startswith("kei_gates")} <= STANDARD


def test_a_plain_command_loads_no_shell_analysis_and_few_gates(
    environment: Environment, project: Path
) -> None:
    stdin = payload("Bash", project).replace(b" 2>&1 | tail -20", b"")
    assert environment.run(stdin, project=project).decision == "none"
    script = HOOKED.format(site=str(environment.site))
    hooked = modules_after(environment, script, stdin, project)
    shell = {name for name in hooked if name.startswith("kei_gates.shell.")}
    assert shell == {"kei_gates.shell.own_names", "kei_gates.shell.plain"}
    gates = {name for name in hooked if name.startswith("kei_gates.gates.")}
    assert gates == {"kei_gates.gates._concerns", "kei_gates.gates.tools_allowed"}


BETRAYERS = (
    "json.py", "re.py", "os.py", "sitecustomize.py", "usercustomize.py", "site.py", "_json.py",
    "kei_gates/__init__.py", "kei_gates/hook/main.py", "pydantic/__init__.py", "tomllib.py",
    "encodings/__init__.py",
)  # fmt: skip


@pytest.mark.parametrize("fresh", [True, False], ids=["compiling", "compiled"])
def test_files_of_the_project_are_never_imported(
    fresh: bool, environment: Environment, tmp_path: Path
) -> None:
    traps = tmp_path / ("fresh" if fresh else "compiled")
    (traps / ".claude").mkdir(parents=True)
    (traps / ".claude/kei-gates.toml").write_text(f"version = 1 # {fresh}\n")
    stdin = payload("Read", traps)
    if not fresh:
        environment.run(stdin, project=traps)
    for name in BETRAYERS:
        (traps / name).parent.mkdir(parents=True, exist_ok=True)
        (traps / name).write_text(f"open({str(traps / 'BETRAYED')!r}, 'a').write(__name__)\n")
    (traps / "python").write_text(f"#!/bin/sh\ntouch {traps}/BETRAYED\n")
    (traps / "python").chmod(0o755)
    answer = environment.run(
        stdin,
        project=traps,
        cwd=traps,
        env={
            "PYTHONPATH": str(traps),
            "PYTHONHOME": str(traps),
            "PYTHONSTARTUP": str(traps / "json.py"),
            "PYTHONUSERBASE": str(traps),
            "PATH": f"{traps}:/usr/bin:/bin",
            "PYTHONINSPECT": "1",
            "PYTHONBREAKPOINT": "json",
            "PYTHONPYCACHEPREFIX": str(traps),
        },
    )
    assert answer.decision == "none"
    assert not (traps / "BETRAYED").exists()


def test_the_traps_would_spring(environment: Environment, tmp_path: Path) -> None:
    """The same traps catch an interpreter that is not isolated: the test above can fail."""
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'BETRAYED')!r}, 'a')\n")
    subprocess.run(
        [str(environment.python), "-c", "import json"],
        env={"PYTHONPATH": str(tmp_path)},
        check=True,
    )
    assert (tmp_path / "BETRAYED").exists()
