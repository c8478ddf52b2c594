"""Find the role that an agent's own file declares: `substrate_role:` in its front matter.

The client knows an agent by the `name:` of its file, not by the file's name, and takes the
project's file before the user's of the same name (measured on client 2.1.330).
"""

from __future__ import annotations

from posix import scandir

from kei_gates.model import Fault, Value
from kei_gates.observe.files import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

_LARGEST = 1 << 20
_MOST_FILES = 1000
_FENCE = "---"
_KEY = "substrate_role"
_LETTERS = "substraterole"


class AgentFile(Value):
    """An agent's file: its path, the agent's name, the role that it declares, if it does."""

    __slots__ = ("name", "path", "role")

    def __init__(self, path: str, name: str, role: str | None) -> None:
        self.path: Final = path
        self.name: Final = name
        self.role: Final = role


def folder(root: str) -> str:
    """Give where agent files lie below a project or a home."""
    return f"{root}/.claude/agents"


def declared(root: str, agent: str) -> AgentFile | None:
    """Give the file of an agent below a project or a home; none when there is none.

    Raises `Fault` where two files of that name declare different roles: nobody knows which of
    them the client has taken.
    """
    found = [file for file in read_all(root) if file.name == agent]
    if len({file.role for file in found}) > 1:
        paths = " and ".join(f"`{file.path}`" for file in found)
        raise Fault(
            f"{paths} are both named `{agent}` and declare different roles", "remove one of them"
        )
    return found[0] if found else None


def read_all(root: str) -> list[AgentFile]:
    """Read every agent file below a project or a home. Raises `Fault`."""
    return [file for path in sorted(_paths(folder(root))) for file in _read(path)]


def _paths(top: str) -> Iterator[str]:
    waiting = [top]
    seen = 0
    while waiting:
        try:
            entries = list(scandir(waiting.pop()))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise Fault(
                f"the agent files in `{top}` cannot be listed: {error.strerror}", "mend the folder"
            ) from None
        for entry in entries:
            seen += 1
            if seen > _MOST_FILES:
                raise Fault(f"`{top}` holds more than {_MOST_FILES} files", "move some elsewhere")
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif entry.name.endswith(".md"):
                yield entry.path


def _read(path: str) -> list[AgentFile]:
    """Read a file's front matter: one `AgentFile` for each name in it."""
    try:
        text = read_file(path, _LARGEST).decode("utf-8", "surrogateescape")
    except OSError as error:
        reason = error.strerror or str(error)
        raise Fault(f"agent file `{path}` cannot be read: {reason}", "mend it") from None
    names: list[str] = []
    roles: list[str] = []
    for key, value in _front_matter(text):
        if key == "name":
            names.append(value)
        elif key == _KEY:
            roles.append(value)
        elif "".join(filter(str.isalpha, key)).casefold() == _LETTERS:
            raise Fault(f"agent file `{path}` has a key `{key}`", f"write `{_KEY}`")
    if len(set(roles)) > 1:
        raise Fault(f"agent file `{path}` declares more than one role", "keep one")
    return [AgentFile(path, name, roles[0] if roles else None) for name in names]


def _front_matter(text: str) -> Iterator[tuple[str, str]]:
    """Give the plain `key: value` lines between the fences at the start of a file."""
    lines = iter(text.removeprefix("\ufeff").splitlines())
    if next(lines, "").rstrip() != _FENCE:
        return
    for line in lines:
        if line.rstrip() == _FENCE:
            return
        key, colon, value = line.partition(":")
        if colon and not line[:1].isspace() and line[:1] != "#":
            yield key.strip().strip("'\""), _plain(value)


def _plain(value: str) -> str:
    """Take a scalar out of its quotes or off its comment."""
    value = value.strip()
    if value[:1] in ("'", '"') and value[0] in value[1:]:
        return value[1 : value.index(value[0], 1)]
    return value.partition(" #")[0].strip()
