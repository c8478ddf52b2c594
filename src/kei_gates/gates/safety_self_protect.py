"""Deny changes to the gate itself.

What it does: for every role, denies writing or deleting the client's settings, kei-gates policies,
hooks, agent, skill and command files, what shells start by, the installation of kei-gates and its
records; running those of its own commands that loosen it, package managers that change it, and
sessions of the client that no gate would hold; hiding from `kei-gates verify` that an agent runs
it, and typing a person's word into a terminal. Reading all of them passes.
Why: an agent that can edit its own rules has none.
Instead: tell the person what should change and why; they change it outside the session.
"""

from __future__ import annotations

from kei_gates.gates._wording import shorten
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event, Verdict

ALWAYS = "first"


class Params(BaseParams):
    """No parameters."""


REMEDY = "tell the person what should change and why; only they change the gate"
_STARTS = "tell the person what should stand there; what belongs to the project goes into it"
_ANSWER = "only the person answers the client: tell them what you would do, and wait"

# Programs of which a use can change the gate; the tables on them are loaded only then.
_CLIENTS = ("claude", "claude-code", "claude.exe")
_CLIENT_FOLDERS = ("/@anthropic-ai/claude-code", "/claude/versions/")  # npm, installer
WATCHED = frozenset(
    (
        "chattr", "conda", "fusermount", "fusermount3", "kei-gates", "mamba", "mount", "pdm",
        "pipx", "poetry", "setfacl", "umount", "uv", "virtualenv",
    )
)  # fmt: skip
WATCHED_AS = ("pip", "python")

# Code that names the package, and in it what a person accepts or installs with.
_PACKAGE = "kei_gates"
_LOOSENING = ("archive", "cli", "trust", "install", "ledger", "pending", "confirm", "grants")

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
    """Judge every target that the call would change, and every program that could change more."""
    return (
        _deny_writing(event)
        or _deny_commands(event)
        or _deny_code(event)
        or _deny_typing(event)
        or _deny_unseen(event)
        or Abstain()
    )


def _deny_writing(event: Event) -> Deny | None:
    targets = [target for target in event.targets if target.changes]
    if not targets:
        return None
    from kei_gates.gates import _self_files as files  # noqa: PLC0415 -- most calls write nothing

    for target in targets:
        if files.is_of_gate(target, event.places):
            return Deny(f"`{target}` is part of what holds the agents to their roles", REMEDY)
        if files.takes_gate(target, event.places):
            return Deny(f"`{target}` holds what keeps the agents to their roles", REMEDY)
        if files.starts_a_shell(target, event.places):
            return Deny(f"`{target}` is what every later shell starts by", _STARTS)
    return None


def _deny_commands(event: Event) -> Deny | None:
    invocations = event.analysis.invocations
    if any(_is_watched(one.program, one.argv[0] or "", event) for one in invocations):
        from kei_gates.gates import _self_commands  # noqa: PLC0415 -- few calls run these

        denied = _self_commands.objection(event)
        if denied is not None:
            return denied
    for invocation in invocations:
        path = invocation.argv[0] or ""
        if invocation.program in _CLIENTS or any(part in path for part in _CLIENT_FOLDERS):
            from kei_gates.gates import _self_clients  # noqa: PLC0415 -- the same

            denied = _self_clients.objection(invocation, event)
            if denied is not None:
                return denied
    return None


def _is_watched(program: str, path: str, event: Event) -> bool:
    is_named = program in WATCHED or program.startswith(WATCHED_AS)
    return is_named or path.startswith(event.places.installation)


def _deny_code(event: Event) -> Deny | None:
    for _, _, code in event.analysis.codes:
        if _PACKAGE in code and any(part in code for part in _LOOSENING):
            return Deny(f"`{shorten(code.strip())}` may change the gate", REMEDY)
    return None


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
