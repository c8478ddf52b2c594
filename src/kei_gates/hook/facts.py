"""What the shell analysis may ask about the machine."""

from __future__ import annotations

from posix import environ

from kei_gates.hook import own_names
from kei_gates.model import Fault
from kei_gates.observe import patterns, programs
from kei_gates.observe.paths import is_folder, is_link, resolve
from kei_gates.shell.analysis import ShellFacts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from kei_gates.model import FileFact
    from kei_gates.shell.own_names import OwnNames

    Seen = TypeVar("Seen")


def shell_facts(cwd: str, home: str, own: OwnNames | None = None) -> ShellFacts:
    """Give the facts for a source that starts in `cwd`.

    `own` are the names of the user with this `home`, where they are known already.
    """
    environment = {_text(name): _text(value) for name, value in environ.items()}
    folders = [one for one in environment.get("PATH", "").split(":") if one.startswith("/")]

    def look(path: str) -> FileFact:
        return programs.look(path, folders)

    return ShellFacts(
        cwd,
        home,
        # Nothing runs while a source is followed: what was seen once stays, and loops look often.
        is_folder=_once(lambda path: is_folder(resolve(path, "/"))),
        is_link=_once(is_link),
        look=_once(look),
        resolve=_once(_resolved),
        glob=patterns.expand,
        which=_once(lambda name: programs.which(name, folders) or ""),
        environment=environment,
        own=own_names.find(home) if own is None else own,
    )


def _once(see: Callable[[str], Seen]) -> Callable[[str], Seen]:
    """Give a look at the machine that remembers what it saw."""
    seen: dict[str, Seen] = {}

    def known(path: str) -> Seen:
        if path not in seen:
            seen[path] = see(path)
        return seen[path]

    return known


def _resolved(path: str) -> str:
    """Follow the links of a path; one that cannot be followed is taken as spelled."""
    try:
        return resolve(path, "/")
    except Fault:
        return path


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
