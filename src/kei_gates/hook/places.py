"""Find the places that a call is judged against.

Only what an agent cannot move counts: the client sets `CLAUDE_PROJECT_DIR` itself and no settings
file can override it (measured on client 2.1.330).
"""

from __future__ import annotations

import sys
from posix import environ, getuid

from kei_gates.hook.own_folders import config, state
from kei_gates.model import Fault, Places
from kei_gates.observe import scratch
from kei_gates.observe.checkouts import folds_case
from kei_gates.observe.installation import PACKAGE, environment, runtime
from kei_gates.observe.paths import exists, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.observe.paths import Links

POLICY_FILE = ".claude/kei-gates.toml"


def find(cwd: str, project: str | None = None) -> Places:
    """Find the places of a call made in `cwd`. Raises `Fault`.

    Without a given `project` it is the nearest folder upward that holds a policy, else `cwd`.
    """
    if project is None:
        project = nearest_project(cwd) or cwd
    if not project.startswith("/"):
        raise Fault(f"the project folder `{project}` is not an absolute path", "start it by one")
    return _Found(project)


class _Found(Places):
    """Places of which most are looked up when a gate first asks for one: few calls change files."""

    __slots__ = ("_links",)

    def __init__(self, project: str) -> None:
        """Look up what every call is judged by. Raises `Fault`."""
        self._links: Final[Links] = {}
        self.home = home(self._links)
        self.project = self.root = resolve(project, "/", self._links)
        self.state = state(self.home, self._links)
        self.user_policy = f"{config(self.home, self._links)}/policy.toml"

    def __getattr__(self, name: str) -> object:
        """Look up all the rest, where one of them is asked for. Raises `Fault`."""
        if name not in Places.__slots__:
            raise AttributeError(name)
        links = self._links
        own = {resolve(environment(), "/", links), resolve(PACKAGE, "/", links), self.state}
        own.add(self.user_policy.rpartition("/")[0])
        own.update(_read_by_shells(links))
        if sys.argv[0].endswith("/kei_gates_hook.py"):
            own.add(resolve(sys.argv[0].rpartition("/")[0], "/", links))
        self.installation = tuple(sorted(own))
        self.runtime = runtime(links)
        self.scratch = scratch.folders(links)
        self.config = _named(b"CLAUDE_CONFIG_DIR", links) or f"{self.home}/.claude"
        self.folds_case = folds_case(self.project)
        return getattr(self, name)


def from_client(cwd: str) -> Places:
    """Find the places as the client names them; started by hand, as `find` does."""
    named = environ.get(b"CLAUDE_PROJECT_DIR")
    return find(cwd, named.decode("utf-8", "surrogateescape") if named else None)


def nearest_project(cwd: str) -> str | None:
    """Give the nearest folder upward from `cwd` that holds a policy file."""
    folder = cwd.rstrip("/")
    while folder:
        if exists(f"{folder}/{POLICY_FILE}"):
            return folder
        folder = folder.rpartition("/")[0]
    return None


def _read_by_shells(links: Links) -> list[str]:
    """Give the files that variables have every shell read: bash, sh, zsh, and the client's Bash."""
    files = [_named(name, links) for name in (b"BASH_ENV", b"ENV", b"CLAUDE_ENV_FILE")]
    folder = _named(b"ZDOTDIR", links)
    if folder is not None:
        files += [f"{folder}/.{name}" for name in ("zshenv", "zprofile", "zshrc", "zlogin")]
    return [file for file in files if file is not None]


def _named(variable: bytes, links: Links) -> str | None:
    """Give the path that a variable names, links resolved; none where it names none."""
    given = environ.get(variable, b"").decode("utf-8", "surrogateescape")
    return resolve(given, "/", links) if given.startswith("/") else None


def home(links: Links | None = None) -> str:
    """Give the user's home, its links resolved; `links` are those that are known already."""
    given = environ.get(b"HOME", b"").decode("utf-8", "surrogateescape")
    if not given.startswith("/"):
        from pwd import getpwuid  # only where HOME is missing

        given = getpwuid(getuid()).pw_dir
    return resolve(given, "/", links)
