"""Where kei-gates keeps what belongs to the user: their policy, and what they have accepted.

XDG base directories: `$XDG_CONFIG_HOME` or `~/.config`, `$XDG_STATE_HOME` or `~/.local/state`.
"""

from __future__ import annotations

from posix import environ, getuid

from kei_gates.model import Fault
from kei_gates.observe.paths import exists, inside, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.observe.paths import Links

MACHINE_POLICY = "/etc/kei-gates/policy.toml"


def config(home: str, links: Links | None = None) -> str:
    """Give the folder of the user's policy, its links resolved. Raises `Fault`.

    `links` are those that are known already.
    """
    return _folder(b"XDG_CONFIG_HOME", f"{home}/.config", links)


def state(home: str, links: Links | None = None) -> str:
    """Give, in the same way, the folder of what the user has accepted. Raises `Fault`."""
    return _folder(b"XDG_STATE_HOME", f"{home}/.local/state", links)


def user_policy(home: str) -> str:
    """Give the user's policy file. Raises `Fault`."""
    return f"{config(home)}/policy.toml"


def _folder(name: bytes, usual: str, links: Links | None) -> str:
    given = environ.get(name, b"").decode("utf-8", "surrogateescape")
    return f"{resolve(given if given.startswith('/') else usual, '/', links)}/kei-gates"


def check_outside(path: str, project: str) -> None:
    """Refuse a user's policy that a project brings along. Raises `Fault`.

    A project's settings can set the variables that say where it lies. Only where the project is
    the user's home, or holds it, does it rightly lie in it.
    """
    if inside(path, project) is None or not exists(path):
        return
    from pwd import getpwuid  # only here: it says what no variable can move

    if inside(resolve(getpwuid(getuid()).pw_dir, "/"), project) is None:
        raise Fault(
            f"the user's policy `{path}` lies in the project",
            "take HOME and XDG_CONFIG_HOME out of the project's settings",
        )
