"""What could run at a path: a text, a program, or nothing."""

from __future__ import annotations

from posix import scandir, stat

from kei_gates.model import Fault, FileFact
from kei_gates.observe.files import TooLargeError, read_file
from kei_gates.observe.paths import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST_TEXT = 1 << 18
"""Bytes of a text that is read; larger ones are no scripts that somebody wrote by hand."""

_LARGEST_PROGRAM = 1 << 26
_FILE_TYPE_MASK = 0o170000
_REGULAR, _FOLDER = 0o100000, 0o040000
_BEGINNING = 512
_ELF = (b"\x7fELF\1\1\1", b"\x7fELF\1\2\1", b"\x7fELF\2\1\1", b"\x7fELF\2\2\1")
_MACH_O = (
    b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
)  # fmt: skip


def look(  # noqa: PLR0911 -- one kind of file after another
    path: str, folders: Iterable[str] = ()
) -> FileFact:
    """Say what lies at an absolute path. Never raises.

    `folders` are those in which a program at the path is compared with installed ones.
    """
    try:
        real = resolve(path, "/")
        found = stat(real)
    except (FileNotFoundError, NotADirectoryError):
        return FileFact("missing", path)
    except (OSError, ValueError, Fault):
        return FileFact("unknown", path)
    kind = found.st_mode & _FILE_TYPE_MASK
    if kind == _FOLDER:
        return FileFact("missing", real)
    if kind != _REGULAR:
        return FileFact("unknown", real)
    if found.st_size > LARGEST_TEXT:
        return _large(real, found.st_size, folders)
    try:
        content = read_file(real, LARGEST_TEXT)
    except OSError:
        return FileFact("unknown", real)
    if _is_program(content):
        return FileFact("program", real, same_as(real, found.st_size, folders) or "")
    return FileFact("text", real, content.decode("utf-8", "surrogateescape"))


def _is_program(content: bytes) -> bool:
    """Say whether the kernel would take it for a program: elf(5), Apple's `mach-o/loader.h`.

    Anything else is a text, with NULs in it or not: dash and zsh run those line by line, and so
    does execvp(3) with what the kernel refuses.
    """
    return content.startswith((*_ELF, *_MACH_O)) and b"\0" in content[:_BEGINNING]


def _large(path: str, size: int, folders: Iterable[str]) -> FileFact:
    """Tell a large text from a program."""
    try:
        with open(path, "rb", 0) as file:
            beginning = file.read(_BEGINNING)
    except OSError:
        return FileFact("unknown", path)
    if _is_program(beginning):
        return FileFact("program", path, same_as(path, size, folders) or "")
    return FileFact("large", path)


def same_as(path: str, size: int, folders: Iterable[str]) -> str | None:
    """Give the installed program that a program is a copy or a hard link of; none when there is.

    One that lies in one of the folders itself is none.
    """
    content: bytes | None = None
    for folder in folders:
        if path.startswith(f"{folder.rstrip('/')}/"):
            return None
        try:
            for entry in scandir(folder):
                if entry.stat().st_size != size:
                    continue
                content = read_file(path, _LARGEST_PROGRAM) if content is None else content
                if read_file(entry.path, _LARGEST_PROGRAM) == content:
                    return entry.path
        except (OSError, ValueError, TooLargeError):
            continue
    return None


def which(name: str, folders: Iterable[str]) -> str | None:
    """Give where a program lies that is called by its name; none when it is in no folder."""
    for folder in folders:
        path = f"{folder}/{name}"
        try:
            if stat(path).st_mode & _FILE_TYPE_MASK == _REGULAR:
                return path
        except (OSError, ValueError):
            continue
    return None
