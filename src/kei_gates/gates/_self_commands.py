"""Which commands loosen the gate: kei-gates' own, package managers, what hides a look, mounts."""

from __future__ import annotations

from kei_gates.gates._self_files import holds_gate, is_part
from kei_gates.gates._wording import shorten
from kei_gates.gates.safety_self_protect import REMEDY
from kei_gates.model import Deny

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.model import Event, Invocation

_OWN, _PACKAGE, _HOOK = "kei-gates", "kei_gates", "kei_gates_hook.py"
_VERIFY, _JUNIT = "verify", "--ju"

# `replay` looks, but for what it hands to a cluster: whoever answers there is sent the transcripts,
# and can have code run here.
_REPLAY, _ENGINE = "replay", "--e"
_HERE = "name its transcripts and options plainly, and let it judge here, without `--engine`"

# The commands of kei-gates that only look.
_HARMLESS = frozenset(
    (
        "test-command", "test-call", "parse", "check", "explain", "lint", "schema", "log", "why",
        "stats",
        "--version", "--help", "-h",
        "task",  # a task can only narrow, and is never written over
        "compose",
        _REPLAY,  # but for another engine, see `_reaches_out`
        _VERIFY,  # for an agent it runs what a person has accepted, see `deny_disguised`
    )
)  # fmt: skip

# What hides from `kei-gates verify` that an agent runs it, or shows it another policy as accepted.
_VARIABLES = (
    "CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "CLAUDE_PID", "HOME", "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
)  # fmt: skip
_SETTERS = frozenset(("declare", "env", "export", "exec", "local", "read", "typeset", "unset"))
_EMPTIES = frozenset(("-", "-i", "--ignore-environment", "-c", None))
_HIDERS = frozenset(("at", "batch", "daemonize", "setsid", "start-stop-daemon", "systemd-run"))
_PLAINLY = "run `kei-gates verify` by itself, with the variables as they are, and without `--junit`"

# `cost` shows and declares; only a person takes a launch off the day.
_COST, _DECLARE, _RELEASE = "cost", "declare", "release"

# Agent files are the gate's own: an agent may look at how they would be, and not write them.
_AGENTS, _BUILD, _CHECK, _REST = "agents", "build", "--check", "--"
# It fires the hook that settings name, and asks the client that PATH names: for an agent, both
# would be any program at all.
_DOCTOR = "doctor"
_FIRES = "tell the person to run it; `kei-gates check` and `kei-gates verify` are for agents too"

# Package managers, and the words with which they change what is installed.
MANAGERS = frozenset(("conda", "mamba", "pdm", "pip", "pip3", "pipx", "poetry", "uv"))
_REPLACE = frozenset(
    (
        "add", "install", "reinstall", "reinstall-all", "remove", "self", "sync", "uninstall",
        "uninstall-all", "update", "upgrade", "upgrade-all",
    )
)  # fmt: skip

# How environments are made, also over one that is there: `python -m venv`, `uv venv`.
_REMAKE = (["-m", "venv"], ["-m", "virtualenv"], ["venv"])
_REMAKER = "virtualenv"

# Programs that put something else where a path leads, or change who may use it.
COVERS = frozenset(("chattr", "fusermount", "fusermount3", "mount", "setfacl", "umount"))


def objection(event: Event) -> Deny | None:
    """Deny the first command that loosens the gate; none where there is none."""
    for invocation in event.analysis.invocations:
        own = _of_kei_gates(invocation)
        shown = shorten(str(invocation))
        if own[:1] == (_DOCTOR,):
            return Deny(f"`{shown}` fires what the settings and PATH name", _FIRES)
        if _reaches_out(own):
            return Deny(f"`{shown}` may connect to a cluster", _HERE)
        if _loosens(invocation):
            return Deny(f"`{shown}` changes the gate", REMEDY)
        if _replaces(invocation, event.places.installation):
            return Deny(f"`{shown}` changes what the gate runs by", REMEDY)
        if invocation.program in COVERS and _covers(invocation, event):
            return Deny(f"`{shown}` takes away what keeps the agents to their roles", REMEDY)
    return _deny_disguised(event)


def _loosens(invocation: Invocation) -> bool:
    """Whether this runs kei-gates for anything but a look."""
    words = invocation.argv
    if invocation.program.startswith("python") and any((w or "").endswith(_HOOK) for w in words):
        return True  # a hook by hand would note a return, or another start
    words = _of_kei_gates(invocation)
    if words[:1] == (_COST,):
        return words[1:2] != (_DECLARE,) and not {_RELEASE, None}.isdisjoint(words[1:])
    if words[:1] == (_AGENTS,):
        is_check = _CHECK in words and _REST not in words
        return None in words or (_BUILD in words and not is_check)
    return bool(words) and words[0] not in _HARMLESS


def _reaches_out(own: tuple[str | None, ...]) -> bool:
    """Whether these words have a replay judge elsewhere, or may."""
    return own[:1] == (_REPLAY,) and any(word is None or word.startswith(_ENGINE) for word in own)


def _of_kei_gates(invocation: Invocation) -> tuple[str | None, ...]:
    """Give the words for kei-gates; nothing where another program is run, or no command named."""
    words = invocation.argv
    if "-m" in words[:-1]:  # `python -m kei_gates.cli.main`
        words = words[words.index("-m") + 1 :]
        return words[1:] if (words[0] or "").startswith(_PACKAGE) else ()
    return words[1:] if invocation.program == _OWN else ()


def _replaces(invocation: Invocation, installation: Sequence[str]) -> bool:
    """Whether a package manager changes kei-gates, or the environment that it runs in."""
    words = [word for word in invocation.argv[1:] if word is not None]
    if words[:2] in _REMAKE or words[:1] in _REMAKE or invocation.program == _REMAKER:
        return any(_is_in(word, installation) for word in words)
    is_manager = invocation.program.startswith("pip") or invocation.program in MANAGERS
    if not is_manager and "pip" not in words[1:2]:
        return False
    if _REPLACE.isdisjoint(words):
        return False
    paths = [invocation.argv[0] or "", *(word.rpartition("=")[2] for word in words)]
    if any(_is_in(path, installation) for path in paths):
        return True
    return any(_names_kei_gates(word) for word in words)


def _is_in(path: str, folders: Sequence[str]) -> bool:
    return any(f"{path}/".startswith(f"{folder}/") for folder in folders)


def _names_kei_gates(word: str) -> bool:
    name = word.casefold().replace("_", "-")
    return name == _OWN or (name.startswith(_OWN) and name[len(_OWN)] in "[=<>!~;@ ")


def _covers(invocation: Invocation, event: Event) -> bool:
    for word in invocation.argv[1:]:
        if word is None or word.startswith("-"):
            continue
        path = word if word.startswith("/") else f"{event.call.cwd.rstrip('/')}/{word}"
        path = path.rstrip("/").removesuffix("/.")
        if path and (is_part(path, event.places) or holds_gate(path, event.places)):
            return True
    return False


def _deny_disguised(event: Event) -> Deny | None:
    """Deny `kei-gates verify` that writes a file, or is hidden from what it asks before it runs."""
    invocations = event.analysis.invocations
    looks = [one for one in invocations if _of_kei_gates(one)[:1] == (_VERIFY,)]
    if not looks:
        return None
    disguise = next((one for one in invocations if _disguises(one)), None)
    text = event.call.command or ""
    if disguise is None and not any(f"{name}=" in text for name in _VARIABLES):
        return None
    shown = shorten(str(disguise or looks[0]))
    return Deny(f"with `{shown}`, `kei-gates verify` may do what no person has accepted", _PLAINLY)


def _disguises(invocation: Invocation) -> bool:
    words = invocation.argv[1:]
    if _of_kei_gates(invocation)[:1] == (_VERIFY,):
        return any((word or "").startswith(_JUNIT) for word in words)
    if invocation.program in _SETTERS:
        names = {(word or "").partition("=")[0] for word in words}
        return not (_EMPTIES.isdisjoint(words) and names.isdisjoint(_VARIABLES))
    return invocation.program in _HIDERS
