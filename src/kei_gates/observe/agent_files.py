"""Find the role that an agent's own file declares: `substrate_role:` in its front matter.

The client knows an agent by the `name:` of its file, not by the file's name, and takes the
project's file before the user's of the same name. It follows links to folders, and reads the front
matter as YAML, or line by line where that fails (measured on client 2.1.330). Here only plain lines
are understood; a file that may hide its name from that is refused.
"""

from __future__ import annotations

from posix import scandir, stat

from kei_gates.model import Fault, Value
from kei_gates.observe.files import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from posix import DirEntry
    from typing import Final

_LARGEST = 1 << 20
_MOST_FILES = 1000
_FENCE = "---"
_NAME, _KEY = "name", "substrate_role"
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
    visited = set()
    seen = 0
    while waiting:
        try:
            folder = waiting.pop()
            found = stat(folder)
            entries = list(scandir(folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise Fault(
                f"the agent files in `{top}` cannot be listed: {error.strerror}", "mend the folder"
            ) from None
        if (found.st_dev, found.st_ino) in visited:
            continue
        visited.add((found.st_dev, found.st_ino))
        for entry in entries:
            seen += 1
            if seen > _MOST_FILES:
                raise Fault(f"`{top}` holds more than {_MOST_FILES} files", "move some elsewhere")
            if _is_folder(entry):
                waiting.append(entry.path)
            elif entry.name.endswith(".md"):
                yield entry.path


def _is_folder(entry: DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _read(path: str) -> list[AgentFile]:
    """Read a file's front matter: one `AgentFile` for each name in it."""
    try:
        text = read_file(path, _LARGEST).decode("utf-8", "surrogateescape")
    except OSError as error:
        reason = error.strerror or str(error)
        raise Fault(f"agent file `{path}` cannot be read: {reason}", "mend it") from None
    names: list[str] = []
    roles: list[str] = []
    for key, value in _keys(_front_matter(text), path):
        if key == _NAME:
            names += _scalar(value, path)
        elif key == _KEY:
            roles.append(_scalar(value, path)[0])
        elif "".join(filter(str.isalpha, key)).casefold() == _LETTERS:
            raise Fault(f"agent file `{path}` has a key `{key}`", f"write `{_KEY}`")
    if len(set(roles)) > 1:
        raise Fault(f"agent file `{path}` declares more than one role", "keep one")
    return [AgentFile(path, name, roles[0] if roles else None) for name in dict.fromkeys(names)]


def _front_matter(text: str) -> list[str]:
    """Give the lines between the fences at the start of a file.

    The client ends them at the next `---`, wherever in a line it stands: here or before.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first, *lines = text.split("\n")
    if first.rstrip() != _FENCE:
        return []
    fences = (at for at, line in enumerate(lines) if line.lstrip().startswith(_FENCE))
    within = (at + 1 for at, line in enumerate(lines) if _FENCE in line)
    return lines[: next(fences, next(within, 0))]


def _keys(lines: list[str], path: str) -> Iterator[tuple[str, str]]:
    """Give the keys in a front matter with their values. Raises `Fault` for a hidden one."""
    last = None
    for line in lines:
        start = line.lstrip()[:1]
        if start in ("", "#"):
            continue
        if line[0].isspace() or start == "-":  # goes on with the value above
            if last in (_NAME, _KEY) or (last is None and start != "-"):
                raise _unclear(line, path)
            continue
        key, value = _split(line)
        if _hides(line, key, first=last is None):
            raise _unclear(line, path)
        last = key
        yield key, value


_QUOTES = ("'", '"')


def _split(line: str) -> tuple[str, str]:
    """Take a line apart into a key, which may be in quotes, and its value."""
    if line[0] in _QUOTES and line[0] in line[1:]:
        key, _, rest = line[1:].partition(line[0])
        return key, rest.lstrip().removeprefix(":")
    key, _, value = line.partition(":")
    return key.strip(), value


def _hides(line: str, key: str, *, first: bool) -> bool:
    """Whether a line may hold a key that cannot be read in it: the ways that YAML has for that."""
    start = line[0]
    if start in "&!" or (start in "{%" and first):
        return first or ":" in line
    if start == "*":
        return " :" in line
    if start == "?":
        return line[1:2].strip() == ""
    return key == "<<" or (start == '"' and "\\" in key)


def _scalar(value: str, path: str) -> list[str]:
    """Take a value out of its quotes, off its comment. Raises `Fault` for what is not plain.

    Where the rest of the front matter is no YAML, the client takes a comment for a part of it.
    """
    value = value.strip(" \t")
    if value[:1] in _QUOTES:
        found, closed, rest = value[1:].partition(value[0])
        is_comment = rest[:1] == " " and rest.lstrip(" ")[:1] == "#"
        plain = closed and "\\" not in found and (not rest or is_comment)
    else:
        found, rest, _ = value.partition(" #")
        found = found.rstrip(" ")
        plain = value[:1] not in _NO_PLAIN
    if not plain or not value.isprintable() or _FENCE in value:
        raise _unclear(value, path)
    return [found, value] if rest else [found]


_NO_PLAIN = tuple("&*!|>{[%@`#")


def _unclear(line: str, path: str) -> Fault:
    return Fault(
        f"the front matter of agent file `{path}` is not plain at `{line.strip()[:80]}`",
        f"write `{_NAME}: NAME` and `{_KEY}: ROLE`, each on one line of its own",
    )
