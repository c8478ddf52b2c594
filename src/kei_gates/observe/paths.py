"""Where a path really leads: `..` collapsed and symbolic links resolved, existing or not.

The kernel's own rules (path_resolution(7)): a link is followed before `..` is applied, at most 40
links in all. `os.path.realpath` is not used: `os` is too dear to import here, and it answers a
loop or a folder it may not look into with a guess where we need a fault.
"""

from __future__ import annotations

from posix import lstat, readlink, scandir

from kei_gates.model import Fault, folded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    Links: TypeAlias = "dict[str, str | None]"
    """What paths link to; none for those that are no links."""

_MOST_LINKS = 40
_FILE_TYPE_MASK = 0o170000
_LINK = 0o120000
_FOLDER = 0o040000


def lexical(path: str, cwd: str) -> str:
    """Join to `cwd` and collapse `.`, `..` and `//` by spelling alone."""
    if not path.startswith("/"):
        path = f"{cwd}/{path}"
    if path[:1] == "/" != path[-1:] and "/." not in path and "//" not in path:
        return path  # as most are
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def resolve(path: str, cwd: str, known: Links | None = None) -> str:
    """Give the absolute path with every link resolved; what does not exist is taken as spelled.

    `known` keeps what was looked at, for several paths that are resolved at one time. Raises
    `Fault` on a link loop, a folder that may not be looked into, or a path that the kernel would
    refuse.
    """
    if not path.startswith("/"):
        path = f"{cwd}/{path}"
    todo = path.split("/")[::-1]
    done = ""
    links = 0
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            done = done.rpartition("/")[0]
            continue
        done = f"{done}/{part}"
        if known is None:
            target = _link_target(done)
        elif done in known:
            target = known[done]
        else:
            target = known[done] = _link_target(done)
        if target is not None:
            links += 1
            if links > _MOST_LINKS:
                raise Fault(f"`{path}` is a loop of links", "name the file by its own path")
            todo.extend(target.split("/")[::-1])
            done = "" if target.startswith("/") else done.rpartition("/")[0]
    return done or "/"


def _link_target(path: str) -> str | None:
    """Give what a link points to; none for what is no link or does not exist."""
    try:
        if lstat(path).st_mode & _FILE_TYPE_MASK != _LINK:
            return None
        return readlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        # ValueError: a NUL or a lone surrogate
        reason = getattr(error, "strerror", None) or "it holds what no file name can hold"
        raise Fault(f"`{path}` cannot be looked at: {reason}", "use a plain path") from None


def is_link(path: str) -> bool:
    """Whether a path is a symbolic link itself."""
    try:
        return lstat(path).st_mode & _FILE_TYPE_MASK == _LINK
    except (OSError, ValueError):
        return False


def is_folder(path: str) -> bool:
    """Whether a resolved path is an existing folder."""
    try:
        return lstat(path).st_mode & _FILE_TYPE_MASK == _FOLDER
    except (OSError, ValueError):
        return False


def exists(path: str) -> bool:
    """Whether there is something at a path, be it a link that leads nowhere."""
    try:
        lstat(path)
    except (OSError, ValueError):
        return False
    return True


def inside(path: str, folder: str, *, folds_case: bool = False) -> str | None:
    """Give `path` relative to `folder`, empty for the folder itself; none when outside.

    With `folds_case`, `folder` may be spelled in other letters there.
    """
    if path == folder:
        return ""
    prefix = folder if folder.endswith("/") else folder + "/"
    if path.startswith(prefix):
        return path[len(prefix) :]
    return _inside_folded(path, prefix) if folds_case else None


def _inside_folded(path: str, prefix: str) -> str | None:
    depth = prefix.count("/") - 1
    parts = path.split("/")
    same = folded("/".join(parts[: depth + 1])) == folded(prefix[:-1])
    return "/".join(parts[depth + 1 :]) if same else None


def resolve_parent(path: str, cwd: str) -> str:
    """Resolve the folder of a path but not its last part, unless that part follows a link too."""
    folder, slash, name = path.rpartition("/")
    if name in ("", ".", ".."):
        return resolve(path, cwd)
    return f"{resolve(folder + slash, cwd).rstrip('/')}/{name}"


def walk(folder: str) -> Iterator[str]:
    """Give every path below a folder, folders with a `/` behind them; links are not entered."""
    waiting = [folder]
    while waiting:
        try:
            entries = list(scandir(waiting.pop()))
        except OSError:
            continue  # what may not be listed cannot be deleted or overwritten through it either
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
                yield f"{entry.path}/"
            else:
                yield entry.path
