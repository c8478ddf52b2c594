"""The user's own aliases and functions, which the client makes live in every shell call.

What was read is kept in one `marshal` file beside the compiled policies (docs/adr/0002) and counts
while every file that it was read from is as it was (docs/adr/0008).
"""

from __future__ import annotations

from marshal import dumps, loads
from posix import environ
from sys import hexversion

from kei_gates import __version__
from kei_gates.observe.files import mark, read_file, write_file
from kei_gates.observe.installation import environment
from kei_gates.observe.snapshot import is_own, made, snapshots
from kei_gates.shell.own_names import OwnNames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from kei_gates.observe.files import Mark

    Looked: TypeAlias = "tuple[tuple[Mark, ...], tuple[Mark, ...], tuple[Mark, ...]]"
    """Snapshots, the newest first; files of every shell call; files that snapshots are made of."""
    Remembered: TypeAlias = "tuple[int, tuple[object, ...]]"
    """When the newest snapshot was made that was ever read, and the fields of its names."""

_STAMP = (1, __version__, hexversion)
_LARGEST_STORED = 1 << 26
NOTHING: Remembered = (0, ())

# bash(1), INVOCATION; zsh(1), STARTUP/SHUTDOWN FILES; `.bash_aliases` by Debian's `.bashrc`.
_EVERY_SHELL = (".zshenv",)
_FIRST_SHELL = (
    ".bashrc", ".bash_aliases", ".bash_profile", ".bash_login", ".profile",
    ".zprofile", ".zshrc", ".zlogin",
)  # fmt: skip


def find(home: str) -> OwnNames:
    """Give what the user with this home may have named. Never raises for what it finds there."""
    looked = _look(home)
    if not any(looked):
        return OwnNames()
    path = f"{environment()}/var/kei-gates/own-names{home}/names"
    known, names, remembered = _load(path)
    if names is not None and known == looked:
        return names
    from kei_gates.hook.own_names_reading import read  # a change is rare

    names, remembered = read(looked, remembered)
    try:
        write_file(path, dumps((_STAMP, looked, names.fields(), remembered)))  # type: ignore[arg-type]
    except OSError:
        pass  # an environment of another user: right, only slow (docs/adr/0002)
    return names


def _look(home: str) -> Looked:
    """Find the files, with how they are now."""
    folders = dict.fromkeys((f"{home}/.claude", *_named(b"CLAUDE_CONFIG_DIR")))
    homes = dict.fromkeys((home, *_named(b"ZDOTDIR")))
    every = [f"{folder}/{name}" for folder in homes for name in _EVERY_SHELL]
    first = [f"{folder}/{name}" for folder in homes for name in _FIRST_SHELL]
    found = [one for folder in folders for one in snapshots(f"{folder}/shell-snapshots")]
    if len(folders) > 1:
        found.sort(key=made, reverse=True)
    return tuple(found), _marks([*every, *_named(b"BASH_ENV")]), _marks(first)


def _named(variable: bytes) -> tuple[str, ...]:
    """Give the absolute path that a variable of the client's environment holds, if it does."""
    value = environ.get(variable, b"").decode("utf-8", "surrogateescape")
    return (value,) if value.startswith("/") else ()


def _marks(paths: list[str]) -> tuple[Mark, ...]:
    return tuple(known for known in map(mark, paths) if known is not None)


def _load(path: str) -> tuple[Looked | None, OwnNames | None, Remembered]:
    """Load what was kept: from which files, the names, and what is to be remembered."""
    try:
        if not is_own(path):
            return None, None, NOTHING
        stamp, looked, fields, remembered = loads(read_file(path, _LARGEST_STORED))  # noqa: S302 -- our own file, see above
        if stamp == _STAMP:
            return looked, OwnNames(*fields), remembered
    except (ValueError, TypeError, EOFError, OSError):
        pass  # damaged, or just taken away: it is made anew
    return None, None, NOTHING
