"""Which files hold the agents to their roles: settings, policies, the gate, what shells start by.

Sources: what client 2.1.330 refuses to write and runs without asking (agents, commands, skills,
session-env, shell-snapshots, daemon, jobs ...); bash(1), zsh(1), dash(1), ksh(1), csh(1), fish(1)
and environment.d(5) for start-up files.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.model import Places, Target

# Below any `.claude` folder: what decides which hooks run, what an agent is, or what runs unseen.
# (A skill's or command's inline shell runs with no hook; a snapshot, and the variables of a
# session, are sourced by every Bash call.)
_GUARDED = frozenset(
    (
        "agents", "commands", "daemon", "daemon.json", "hooks", "jobs", "kei-gates",
        "kei-gates.toml", "plugins", "session-env", "shell-snapshots", "skills",
    )
)  # fmt: skip
_SETTINGS = "settings."  # settings.json, settings.local.json, and their backups
_CLAUDE = ".claude"
_MACHINE_WIDE = (
    "/etc/claude-code", "/etc/kei-gates", "/library/application support/claudecode",
)  # fmt: skip
_HOME_WIDE = (
    ".claude.json", ".config/kei-gates", ".local/state/kei-gates",
    # the client, and what a person calls by its name
    ".claude/local", ".local/bin/claude", ".local/bin/kei-gates", ".local/share/claude",
)  # fmt: skip

# What lies below a standard library and is not of it: the hook's interpreter loads nothing there.
_OTHERS = ("/site-packages/", "/dist-packages/")

# The client's notes on its agents, which say who was started on which task. An agent's own memory
# lies beside them.
_PROJECTS = "projects"
_MEMORY = "memory"

# What shells and sessions start by, from the home and of the machine: a function of the name `git`
# in one of them is what the next session's `git` runs.
_HOME_STARTS = (
    ".bash_aliases", ".bash_login", ".bash_logout", ".bash_profile", ".bashrc",
    ".config/environment.d", ".config/fish", ".cshrc", ".kshrc", ".login", ".mkshrc",
    ".pam_environment", ".profile", ".tcshrc", ".xprofile", ".xsessionrc", ".zlogin", ".zlogout",
    ".zprofile", ".zshenv", ".zshrc",
)  # fmt: skip
_MACHINE_STARTS = (
    "/etc/bash.bashrc", "/etc/bashrc", "/etc/csh.cshrc", "/etc/environment", "/etc/fish",
    "/etc/profile", "/etc/profile.d", "/etc/zprofile", "/etc/zsh", "/etc/zshenv", "/etc/zshrc",
)  # fmt: skip


def is_of_gate(target: Target, places: Places) -> bool:
    """Whether the target is one of the gate's files, as it is spelled or where it really lies."""
    return any(path and is_part(path, places) for path in {target.spelled, target.real})


def starts_a_shell(target: Target, places: Places) -> bool:
    """Whether the target is a file that a shell starts by, or holds such files."""
    starts = (*(f"{places.home}/{name}" for name in _HOME_STARTS), *_MACHINE_STARTS)
    return any(path and _is_below(path, starts) for path in {target.spelled, target.real})


def takes_gate(target: Target, places: Places) -> bool:
    """Whether a change deletes a folder that holds the gate, or copies something over it.

    What merely writes below a folder that holds more (git, a formatter, an archive) is no change of
    the gate.
    """
    if target.effect.kind == "delete":
        return bool(target.real) and holds_gate(target.real, places)
    if not target.effect.brings:
        folders = (f"{places.project}/{_CLAUDE}", places.config)
        return target.effect.tree and target.real.rstrip("/") in folders
    brought = (p if p.startswith("/") else f"{places.root}/{p}" for p in target.below or ())
    return any(
        is_part(path, places)
        for path in brought
        if path.startswith((f"{places.project}/", f"{places.config}/"))
    )


def holds_gate(path: str, places: Places) -> bool:
    """Whether a folder holds any part of the gate."""
    roots = (f"{places.project}/{_CLAUDE}", places.config, *_fixed(places), *places.runtime)
    return any(f"{root}/".startswith(f"{path.rstrip('/')}/") for root in roots)


def is_part(path: str, places: Places) -> bool:
    """Whether an absolute path is one of the gate's."""
    return (
        _is_below(path, _fixed(places))
        or is_guarded(path, places.config)
        or (_is_below(path, places.runtime) and not any(part in path for part in _OTHERS))
    )


def is_guarded(path: str, config: str = "") -> bool:
    """Whether an absolute path is one of the gate's in any `.claude` folder, or in `config`.

    Case is folded: some file systems do.
    """
    parts = f"{path.casefold()}/".split(f"/{_CLAUDE}/")[1:]
    if config and _is_below(path, [config]):
        parts.append(f"{path[len(config) + 1 :].casefold()}/")
    for part in parts:
        name, _, rest = part.partition("/")
        if name in _GUARDED or name.startswith(_SETTINGS):
            return True
        if name == _PROJECTS and rest.split("/")[1:2] != [_MEMORY]:
            return True
    return False


def _fixed(places: Places) -> tuple[str, ...]:
    """Give the files and folders that are the gate's wherever the project lies."""
    return (
        *places.installation,
        *_MACHINE_WIDE,
        f"{places.config}/.claude.json",
        *(f"{places.home}/{name}" for name in _HOME_WIDE),
    )


def _is_below(path: str, roots: Iterable[str]) -> bool:
    path = f"{path.casefold()}/"
    return any(path.startswith(f"{root.casefold()}/") for root in roots)
