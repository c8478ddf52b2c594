"""Which uses of the client start a session without a gate, or change what sessions start by.

A session of its own begins with the role of the main thread, whoever has started it. It has no gate
at all where its options or its folder keep the client from reading the project's settings (measured
on 2.1.330). Source of commands and options: `claude --help` of that client.
"""

from __future__ import annotations

from kei_gates.gates._wording import shorten
from kei_gates.model import Deny

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event, Invocation

# Commands that only look; of the others, those that are none start a session.
_LOOKS = frozenset(("--help", "--version", "-h", "-v", "doctor", "help", "logs"))
_LOOKS_OF = {
    "agents": frozenset(("--help", "-h", "--json", "list")),
    "auth": frozenset(("status",)),
    "config": frozenset(("get", "list", "ls")),
    "mcp": frozenset(("get", "help", "list")),
    "plugin": frozenset(("details", "help", "list", "validate")),
    "plugins": frozenset(("details", "help", "list", "validate")),
}
_COMMANDS = frozenset(
    (
        "attach", "auto-mode", "daemon", "gateway", "import", "install", "migrate-installer",
        "purge", "remote-control", "respawn", "rm", "self-hosted-runner", "setup-token", "stop",
        "kill", "ultrareview", "update", "upgrade", *_LOOKS_OF,
    )
)  # fmt: skip

# Options with which a session reads the same settings as any; the first take the next word.
_VALUED = frozenset(
    (
        "--add-dir", "--agent", "--allowed-tools", "--allowedTools", "--append-system-prompt",
        "--debug", "--disallowed-tools", "--disallowedTools", "--effort", "--fallback-model",
        "--input-format", "--json-schema", "--max-budget-usd", "--max-turns", "--model", "--name",
        "--output-format", "--permission-mode", "--resume", "--session-id", "--system-prompt",
        "--tools", "-d", "-n", "-r",
    )
)  # fmt: skip
_PLAIN = frozenset(
    (
        "--allow-dangerously-skip-permissions", "--brief", "--continue",
        "--dangerously-skip-permissions", "--fork-session", "--include-partial-messages",
        "--no-session-persistence", "--print", "--replay-user-messages", "--verbose", "-c", "-p",
    )
)  # fmt: skip

# What leads a session elsewhere, or to other settings.
_MOVES = frozenset(("cd", "pushd", "popd", "chroot", "nsenter", "su", "sudo", "docker", "podman"))
_ELSEWHERE = ("-C", "--chdir")
_VARIABLES = (
    "CLAUDE_CODE_SIMPLE", "CLAUDE_CONFIG_DIR", "CLAUDE_PROJECT_DIR", "HOME=", "-u HOME",
    "unset HOME",
)  # fmt: skip

_FOR_AGENTS = "start an agent by the tool for that, or report what should be done"
_FOR_MAIN = "start it in the project's folder with plain options, or let the person do it"
_CHANGES = "tell the person what should change and why; only they change what sessions start by"


def objection(invocation: Invocation, event: Event) -> Deny | None:
    """Deny a use of the client that no role would hold; none where nothing is to be said."""
    words = invocation.argv[1:]
    first = words[0] if words else None
    if first in _LOOKS or (first in _LOOKS_OF and {*words[1:2]} & _LOOKS_OF[first]):
        return None
    shown = shorten(str(invocation))
    if first in _COMMANDS:
        return Deny(f"`{shown}` changes what the client starts by, or other sessions", _CHANGES)
    if event.call.principal.is_subagent:
        return Deny(f"`{shown}` starts a session that this role does not hold", _FOR_AGENTS)
    if _is_plain(words) and not _is_elsewhere(event):
        return None
    return Deny(f"`{shown}` may start a session without the gate", _FOR_MAIN)


def _is_plain(words: tuple[str | None, ...]) -> bool:
    """Whether all options are among those that leave a session's settings alone."""
    at = 0
    while at < len(words):
        word = words[at]
        name, has_value, _ = (word or "").partition("=")
        if name in _VALUED:
            at += 1 if has_value else 2
            continue
        if name.startswith("-") and name not in _PLAIN:
            return False
        at += 1
    return True


def _is_elsewhere(event: Event) -> bool:
    """Whether the session may start anywhere but in the project, or read other settings."""
    if event.call.cwd.rstrip("/") not in (event.places.project, event.places.root):
        return True
    if any(name in (event.call.command or "") for name in _VARIABLES):
        return True
    return any(
        one.program in _MOVES or (one.program == "env" and not {*_ELSEWHERE}.isdisjoint(one.argv))
        for one in event.analysis.invocations
    )
