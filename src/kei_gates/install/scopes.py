"""The settings files of the client that can hold the gate, and what each withstands.

What the texts say was measured on client 2.1.330 by taking each way out with the gate in each
file (docs/adr/0022).
"""

from __future__ import annotations

from dataclasses import dataclass

from kei_gates.observe.client_settings import MANAGED_FILE


@dataclass(frozen=True)
class Scope:
    """One of the client's scopes.

    `source` is how a ConfigChange names the file; none where the client does not heed the answer.
    `anchor` begins a permission rule about the project's files.
    """

    name: str
    file: str
    source: str | None
    anchor: str
    withstands: tuple[str, ...]

    @property
    def is_above(self) -> bool:
        """Whether it holds in every project, not in one."""
        return self in (USER, MANAGED)


_FROZEN = (
    "Withstands: a change of this file while a session runs; the session keeps what it started with"
)
_SWITCHES = "`disableAllHooks` in any settings, `--bare`, `--safe-mode`"

PROJECT = Scope(
    "project",
    "settings.json",
    "project_settings",
    "/",
    (
        _FROZEN,
        "Does not: a person or a git checkout that changes it before a session starts,",
        f"{_SWITCHES}, `--setting-sources user`, or a start in a subfolder",
    ),
)
LOCAL = Scope(
    "local",
    "settings.local.json",
    "local_settings",
    "/",
    (
        f"{_FROZEN},",
        "and a start in a subfolder of the git repository",
        f"Does not: {_SWITCHES}, `--setting-sources` without `local`",
    ),
)
USER = Scope(
    "user",
    "settings.json",
    "user_settings",
    "",
    (
        f"{_FROZEN},",
        "and a start in any folder; it holds in every project",
        f"Does not: {_SWITCHES}, `--setting-sources` without `user`, another CLAUDE_CONFIG_DIR",
    ),
)
MANAGED = Scope(
    "managed",
    MANAGED_FILE,
    None,
    "",
    (
        "Withstands: `disableAllHooks` in all other settings, `--bare`, `--safe-mode`,",
        "`--setting-sources`, a start in any folder; it holds for every user and in every project",
        "Does not: whoever may write this file; the client takes a change of it up at once",
    ),
)

SCOPES = {scope.name: scope for scope in (PROJECT, LOCAL, USER, MANAGED)}
