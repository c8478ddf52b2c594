"""Fire the installed hook the way the client does, to see that it blocks and that it lets pass."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kei_gates.install import files, settings
from kei_gates.install.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.install.project import Project

EVENT = "PreToolUse"
BLOCKED_COMMAND = "git push"
_BLOCKS = 2
_PASSED_ON = ("PATH", "HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")  # they say where policies lie
_SUBAGENT = {"agent_id": "kei-gates-install", "agent_type": "kei-gates-install"}


@dataclass(frozen=True)
class _Trial:
    """A call to try: how to name it for people, and what the client would say of it."""

    name: str
    tool: str
    tool_input: Mapping[str, str]
    principal: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What a hook process answered."""

    code: int
    stdout: str
    stderr: str

    def __str__(self) -> str:
        """Show it on one line."""
        said = " ".join((_reason(self) or self.stdout.strip() or self.stderr).split())
        return f"exit {self.code} and {f'`{said[:300]}`' if said else 'no output'}"


def probe(where: Project, starter: Path) -> str:
    """Fire the hook that the settings name: once to block, then to let pass.

    `starter` is the starter policy. What holds in every project is tried in an empty one. Returns
    the reason the hook gave for blocking. Raises InstallError when an answer is not what the client
    needs; the settings stay as they are.
    """
    if where.scope.is_above:
        with tempfile.TemporaryDirectory(prefix="kei-gates-") as empty:
            return _probe(replace(where, root=Path(empty).resolve()), starter)
    return _probe(where, starter)


def _probe(where: Project, starter: Path) -> str:
    hook = _installed_hook(where)
    push = _Trial(
        f"a subagent's `{BLOCKED_COMMAND}`", "Bash", {"command": BLOCKED_COMMAND}, _SUBAGENT
    )
    blocked = _fire(hook, where, push)
    reason = _reason(blocked)
    if reason is None:
        raise _failure(where, f"{push.name} with {blocked}, not a deny")
    for trial in _harmless(where, starter):
        passed = _fire(hook, where, trial)
        if passed.code != 0 or passed.stdout:
            raise _failure(where, f"{trial.name} with {passed}, not by letting it pass")
    return reason


def _harmless(where: Project, starter: Path) -> list[_Trial]:
    """List calls that must pass: a hook that blocks whatever comes is broken too."""
    path = {"file_path": str(where.root / "README.md")}
    trials = [_Trial("a subagent's Read of a file", "Read", path, _SUBAGENT)]
    if files.read(where.policy) == starter.read_bytes():  # another may take the shell from it
        trials.append(_Trial("the main thread's `pwd`", "Bash", {"command": "pwd"}, {}))
    return trials


def _failure(where: Project, what: str) -> InstallError:
    return InstallError(
        f"the hook in `{where.settings}` answered {what}; the settings are left in place: look at "
        f"`{where.policy}`, run install.sh again, or take them out with `kei-gates uninstall`"
    )


def _installed_hook(where: Project) -> Mapping[str, Any]:
    name = str(where.settings)
    hooks = settings.our_hooks(settings.decode(files.read(where.settings) or b"", name), EVENT)
    if not hooks:
        raise InstallError(f"`{name}` has no {EVENT} hook of kei-gates; run install again")
    return hooks[0]


def _fire(hook: Mapping[str, Any], where: Project, trial: _Trial) -> Answer:
    command = [hook["command"], *hook["args"]]
    payload = json.dumps(_payload(where, trial))
    try:
        done = subprocess.run(
            command,
            input=payload.encode(),
            capture_output=True,
            check=False,
            cwd=where.root,
            env=_environment(where),
            timeout=hook["timeout"],
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failure(where, f"nothing ({error})") from error
    return Answer(
        done.returncode,
        done.stdout.decode(errors="replace"),
        done.stderr.decode(errors="replace"),
    )


def _environment(where: Project) -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {"CLAUDE_PROJECT_DIR": str(where.root), **passed_on}


def _payload(where: Project, trial: _Trial) -> dict[str, Any]:
    """Build a call with the keys, and their order, that the client sends."""
    return {
        "session_id": "kei-gates-install",
        "transcript_path": str(where.root / "kei-gates-install.jsonl"),
        "cwd": str(where.root),
        "prompt_id": "kei-gates-install",
        "permission_mode": "default",
        **trial.principal,
        "effort": {"level": "medium"},
        "hook_event_name": EVENT,
        "tool_name": trial.tool,
        "tool_input": dict(trial.tool_input),
        "tool_use_id": "kei-gates-install",
    }


def _reason(answer: Answer) -> str | None:
    """Find the reason of a deny that the client obeys on every version, else `None`."""
    try:
        output = json.loads(answer.stdout)["hookSpecificOutput"]
        denies = (output["hookEventName"], output["permissionDecision"]) == (EVENT, "deny")
        reason = str(output["permissionDecisionReason"])
    except (ValueError, TypeError, LookupError):
        return None
    return reason if denies and answer.code == _BLOCKS else None
