"""What the user has accepted of a project: the text of its policy, and its agent files' roles.

`kei-gates trust` writes it into the user's state; a policy that reads otherwise loosens nothing,
because every call that could change something is denied until a person has looked at it.

Variables say where the state lies, and settings can set them (client 2.1.330 heeds HOME and the XDG
folders in the user's settings and in `--settings`, not in a project's). So what is kept begins with
a secret that lies with the installation, whose place no variable says.
"""

from __future__ import annotations

from kei_gates.hook import store
from kei_gates.model import Fault
from kei_gates.observe.files import read_file
from kei_gates.observe.installation import environment
from kei_gates.observe.paths import exists, inside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Places
    from kei_gates.observe.agent_files import AgentFile
    from kei_gates.policy.compiled import Policy

_LARGEST = 1 << 21
ACCEPT = "read it, then accept it with `kei-gates trust` outside the session"


def folder(places: Places) -> str:
    """Give where the user's acceptance of a project is kept."""
    return f"{places.state}/trusted{places.project}"


def load(places: Places) -> Policy:
    """Load the policy that holds in a project, as it was accepted. Raises `Fault`."""
    try:
        _check(places)
    except Fault:
        text = _read_policy(store.policy_file(places.project))
        if text is None or len(text) <= _QUICK:
            store.load(places)  # that it is broken, and where, says more than that it has changed
        raise
    return store.load(places)


_QUICK = 1 << 16
"""Bytes of a policy that is surely compiled in time."""


def _check(places: Places) -> None:
    """Check that the project's policy reads as it was accepted. Raises `Fault`."""
    path = store.policy_file(places.project)
    accepted = read(places, "policy")
    now = _read_policy(path)
    if now == accepted:
        return
    if accepted is None:
        raise Fault(f"nobody has accepted the policy `{path}` yet", ACCEPT)
    if now is None:
        raise Fault(f"the policy `{path}` was deleted", "restore it, or run `kei-gates trust`")
    raise Fault(
        f"the policy `{path}` has changed since it was accepted",
        "see what with `kei-gates trust --diff`, and accept it or take it back",
    )


def _read_policy(path: str) -> bytes | None:
    try:
        return store.read_source(path)
    except OSError as error:
        why = error.strerror or error
        raise Fault(f"policy `{path}` cannot be read: {why}", "mend or restore it") from None


def declared_role(places: Places, agent: str, *, accepted: bool = True) -> str | None:
    """Give the role that an agent's file declares; none without. Raises `Fault`.

    That of a project's file must have been `accepted`.
    """
    from kei_gates.observe import agent_files  # policies name most agents

    file = agent_files.declared(places.project, agent)
    if file is None:
        if inside(places.home, places.project) is not None:
            return None  # the project's own, or one that it claims to be the user's
        file = agent_files.declared(places.home, agent)
        return file.role if file else None
    if accepted and file.role is not None and agent_line(file) not in accepted_agents(places):
        raise Fault(
            f"nobody has accepted that `{file.path}` declares the role `{file.role}`", ACCEPT
        )
    return file.role


def agent_line(file: AgentFile) -> str:
    """Write what an agent file declares as it is kept."""
    return f"{file.role}\t{file.name}"


def agent_lines(project: str) -> list[str]:
    """Give what all agent files of a project declare. Raises `Fault`."""
    from kei_gates.observe import agent_files  # as above

    files = agent_files.read_all(project)
    return sorted({agent_line(file) for file in files if file.role is not None})


def accepted_agents(places: Places) -> list[str]:
    """Give the accepted lines of `agent_lines`. Raises `Fault`."""
    return (read(places, "agents") or b"").decode("utf-8", "surrogateescape").splitlines()


def is_known(places: Places) -> bool:
    """Whether anything of the project was ever accepted."""
    return exists(f"{folder(places)}/policy")


def read(places: Places, name: str) -> bytes | None:
    """Read what was accepted: `policy` or `agents`; none without. Raises `Fault`."""
    return sealed(f"{folder(places)}/{name}")


def sealed(path: str) -> bytes | None:
    """Read what a command that a person has run has kept at a path; none without. Raises `Fault`.

    Without the installation's secret before it, it is anybody's.
    """
    kept = _read(path)
    secret = _read(secret_file())
    if kept is None or not secret or not kept.startswith(secret):
        return None
    return kept[len(secret) :]


def secret_file() -> str:
    """Give the file of the secret that only this installation knows."""
    return f"{environment()}/var/kei-gates/secret"


def _read(path: str) -> bytes | None:
    try:
        return read_file(path, _LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        why = error.strerror or error
        raise Fault(f"`{path}` cannot be read: {why}", "mend it, or trust again") from None
