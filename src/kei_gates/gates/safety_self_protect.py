"""Deny changes to the gate itself.

What it does: for every role, denies writing or deleting the client's settings, kei-gates policies,
hooks, agent, skill and command files, the installation of kei-gates, running those of its own
commands that loosen it, hiding from `kei-gates verify` that an agent runs it, and typing a person's
word into a terminal. Reading all of them passes.
Why: an agent that can edit its own rules has none.
Instead: tell the person what should change and why; they change it outside the session.
"""

from __future__ import annotations

from kei_gates.gates._wording import shorten
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.model import Event, Invocation, Places, Target, Verdict

ALWAYS = "first"


class Params(BaseParams):
    """No parameters."""


_ANSWER = "only the person answers the client: tell them what you would do, and wait"
REMEDY = "tell the person what should change and why; only they change the gate"

# Below any `.claude` folder: what decides which hooks run, what an agent is, or what runs unseen.
# (A skill's or command's inline shell runs with no hook; a snapshot is sourced by every Bash call.)
_GUARDED = frozenset(
    (
        "agents", "commands", "hooks", "kei-gates", "kei-gates.toml", "plugins",
        "shell-snapshots", "skills",
    )
)  # fmt: skip
_SETTINGS = "settings."  # settings.json, settings.local.json, and their backups
_MACHINE_WIDE = ("/etc/claude-code", "/etc/kei-gates")
_HOME_WIDE = (".claude.json", ".config/kei-gates", ".local/state/kei-gates")

# The client's notes on its agents, which say who was started on which task. An agent's own memory
# lies beside them.
_PROJECTS = "projects"
_MEMORY = "memory"

_VERIFY, _JUNIT = "verify", "--ju"

# The commands of kei-gates that only look.
_HARMLESS = frozenset(
    (
        "test-command", "test-call", "parse", "check", "explain", "lint", "schema",
        "--version", "--help", "-h",
        "task",  # a task can only narrow, and is never written over
        "compose",
        _VERIFY,  # for an agent it runs what a person has accepted, see `_deny_disguised`
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

_HOOK = "kei_gates_hook.py"

# Code that names the package, and in it what a person accepts or installs with.
_PACKAGE = "kei_gates"
_LOOSENING = ("cli", "trust", "install", "ledger", "pending", "confirm")

# Programs that type into a terminal, or into the client's.
_TYPISTS = frozenset(
    (
        "abduco", "byobu", "claude", "dotool", "dotoolc", "dtach", "expect", "kitten", "kitty",
        "osascript", "screen", "script", "tmate", "tmux", "unbuffer", "wezterm", "wtype", "xdotool",
        "xte", "ydotool", "zellij",
    )
)  # fmt: skip
_TYPING_CODE = ("TIOCSTI", "stop")

# Where coverage ends, a source that names one of these is taken to mean the gate. Worktrees are
# where other agents' projects lie.
_MARKS = (".claude", "kei-gates.toml", "kei_gates_hook")
_UNMARKED = ".claude/worktrees"


def check(event: Event, params: Params) -> Verdict:  # noqa: ARG001 -- the gates' common signature
    """Judge every target that the call would change, and every use of kei-gates."""
    for target in event.targets:
        if not target.changes:
            continue
        if _is_of_gate(target, event.places):
            return Deny(f"`{target}` is part of what holds the agents to their roles", REMEDY)
        if _takes_gate(target, event.places):
            return Deny(f"`{target}` holds what keeps the agents to their roles", REMEDY)
    for invocation in event.analysis.invocations:
        if _of_kei_gates(invocation)[:1] == (_DOCTOR,):
            return Deny(f"`{shorten(str(invocation))}` runs what settings and PATH name", _FIRES)
        if _loosens(invocation):
            return Deny(f"`{shorten(str(invocation))}` changes the gate", REMEDY)
    for _, _, code in event.analysis.codes:
        if _PACKAGE in code and any(part in code for part in _LOOSENING):
            return Deny(f"`{shorten(code.strip())}` may change the gate", REMEDY)
    return _deny_disguised(event) or _deny_typing(event) or _deny_unseen(event) or Abstain()


def _is_of_gate(target: Target, places: Places) -> bool:
    """Whether the target is one of the gate's files, as it is spelled or where it really lies."""
    paths = {target.spelled, target.real}
    return any(path and is_guarded(path, _fixed(places)) for path in paths)


def _takes_gate(target: Target, places: Places) -> bool:
    """Whether a change deletes a folder that holds the gate, or copies something over it.

    What merely writes below a folder (git, a formatter, an archive) is no change of the gate.
    """
    if target.effect.kind == "delete":
        roots = (f"{places.project}/.claude", f"{places.home}/.claude", *_fixed(places))
        real = target.real.rstrip("/")
        return bool(target.real) and any(f"{root}/".startswith(f"{real}/") for root in roots)
    if not target.effect.brings:
        return False
    brought = (p if p.startswith("/") else f"{places.root}/{p}" for p in target.below or ())
    return any(
        is_guarded(path, _fixed(places))
        for path in brought
        if path.startswith((f"{places.project}/", f"{places.home}/.claude/"))
    )


def is_guarded(path: str, fixed: Iterable[str] = ()) -> bool:
    """Whether an absolute path is one of the gate's, or below one of the `fixed` folders.

    Case is folded: some file systems do.
    """
    path = path.casefold()
    if any(f"{path}/".startswith(f"{root.casefold()}/") for root in fixed):
        return True
    for part in f"{path}/".split("/.claude/")[1:]:
        name, _, rest = part.partition("/")
        if name in _GUARDED or name.startswith(_SETTINGS):
            return True
        if name == _PROJECTS and rest.split("/")[1:2] != [_MEMORY]:
            return True
    return False


def _fixed(places: Places) -> tuple[str, ...]:
    return (
        *places.installation,
        *_MACHINE_WIDE,
        *(f"{places.home}/{name}" for name in _HOME_WIDE),
    )


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


def _of_kei_gates(invocation: Invocation) -> tuple[str | None, ...]:
    """Give the words for kei-gates; nothing where another program is run, or no command named."""
    words = invocation.argv
    if "-m" in words[:-1]:  # `python -m kei_gates.cli.main`
        words = words[words.index("-m") + 1 :]
        return words[1:] if (words[0] or "").startswith(_PACKAGE) else ()
    return words[1:] if invocation.program == "kei-gates" else ()


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


def _deny_typing(event: Event) -> Deny | None:
    """Deny what would answer the client in the person's place."""
    typists = [one for one in event.analysis.invocations if one.program in _TYPISTS]
    codes = [text for _, _, text in event.analysis.codes if any(m in text for m in _TYPING_CODE)]
    if not typists and not codes:
        return None
    from kei_gates.gates._typing import typed, typed_by_code  # noqa: PLC0415 -- few calls type

    by = typed(typists, event.call.command or "") or next(filter(typed_by_code, codes), "")
    if not by:
        return None
    return Deny(f"`{shorten(by.strip())}` may answer the client in the person's place", _ANSWER)


def _deny_unseen(event: Event) -> Deny | None:
    """Deny what could not be seen or located in a source that names the gate.

    Denying everything unseen would stop most of what a main thread does; the other roles have
    gates that do.
    """
    hidden = any(not one.noted for one in event.analysis.unseen) or any(
        t.changes and not t.spelled for t in event.targets
    )
    if not hidden or event.call.command is None:
        return None
    text = f"{event.call.cwd}\n{event.call.command}".casefold().replace(_UNMARKED, "")
    marks = (*_MARKS, *(folder.casefold() for folder in event.places.installation))
    mark = next((mark for mark in marks if mark in text), None)
    if mark is None:
        return None
    return Deny(f"what this does near `{mark}` cannot be seen", REMEDY)
