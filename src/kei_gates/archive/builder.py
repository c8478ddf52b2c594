"""Write the archive of an environment: every module that the hook may load, compiled.

Compiled without asserts, docstrings and annotations of functions: nothing in the hook reads them.
The archive counts for one interpreter and one installation of the package.
"""

from __future__ import annotations
import __future__

import ast
import sys
from importlib.util import find_spec
from marshal import dumps, loads
from pathlib import Path
from posix import getpid
from typing import TYPE_CHECKING

from kei_gates.archive import reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import CodeType

    from kei_gates.archive.reader import Group, Place

NAME = f"share/kei-gates/{sys.hexversion:x}"
"""Where the archive of an environment lies in it: one for each interpreter."""

# What only people's commands load.
_COLD = ("_data", "agents", "archive", "cli", "install", "replay")

# What is loaded together: the modules that these import as they are imported, and so on.
_GROUPS = (
    # every event, and every call: in two, as small blocks of memory are reused
    ("kei_gates.hook.main",),
    ("kei_gates.hook.session", "kei_gates.gates.tools_allowed"),
    # every command
    ("kei_gates.hook.own_names", "kei_gates.shell.plain"),
    # every change of a file
    (
        "kei_gates.gates.safety_self_protect",
        "kei_gates.gates._self_files",
        "kei_gates.gates.safety_no_dep_bump",
        "kei_gates.gates.scope_files_denylist",
        "kei_gates.gates.scope_files_whitelist",
        "kei_gates.gates._dep_edits",
        "kei_gates.observe.programs",
    ),
    # commands that are not plain
    ("kei_gates.hook.facts",),
)

# What others need too, and is loaded by itself wherever it is asked for first.
_ALONE = ("kei_gates.observe.patterns", "kei_gates.particulars")

_EXTENSIONS = ("_json",)

_HEAD = 1 << 14
"""Bytes that the shim reads first; what they do not hold begins behind them."""


def refresh(environment: str) -> None:
    """Write the archive of an environment unless it is as it should be. Raises `OSError`.

    One that the package is not installed in, but runs in from its sources, needs none.
    """
    if package_in(environment).is_dir() and not is_fresh(environment):
        write(environment)


def is_fresh(environment: str) -> bool:
    """Say whether an environment has an archive, and it is of the files that lie there.

    The hook itself does not see that a file was edited where it lies; that is seen here.
    """
    archive, package = Path(environment, NAME), package_in(environment)
    try:
        made = archive.stat()
        with archive.open("rb") as file:
            _, stamp, index, *_ = loads(file.read(_HEAD))  # noqa: S302 -- our own
    except (OSError, ValueError, EOFError, TypeError):
        return False
    newest = max(path.stat().st_mtime_ns for path in package.rglob("*.py"))
    is_whole = sum(index) == made.st_size  # the index stands last
    return is_whole and stamp == reader.stamp_of(str(package)) and newest <= made.st_mtime_ns


def package_in(environment: str) -> Path:
    """Give where the package lies in an environment: where the shim looks for it."""
    version = "python{}.{}".format(*sys.version_info[:2])
    return Path(environment, "lib", version, "site-packages", "kei_gates")


def write(environment: str) -> None:
    """Write the archive of the package that is installed in an environment. Raises `OSError`."""
    package = package_in(environment)
    head, body = _made(package)
    path = Path(environment, NAME)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{getpid()}")
    try:
        new.write_bytes(head.ljust(_HEAD, b"\0") + body)  # to be read by whoever may run it
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _made(package: Path) -> tuple[bytes, bytes]:
    """Make the head of an archive and what stands behind it. Raises `OSError`."""
    body = bytearray()

    def add(raw: bytes) -> Place:
        body.extend(raw)
        return _HEAD + len(body) - len(raw), len(raw)

    codes = dict(_codes(package))
    grouped = set(_ALONE)
    groups: list[Group] = []
    for roots in _GROUPS:
        names = tuple(name for name in _closure(roots, codes) if name not in grouped)
        groups.append((names, add(dumps(tuple(codes[name][0] for name in names)))))
        grouped.update(names)
    alone = [name for name in codes if name not in grouped or name in _ALONE]
    places = [(name, add(dumps(codes[name][0]))) for name in alone]
    lines = "".join(f"\n{name} {start} {size}" for name, (start, size) in places)
    own = _compiled(package / "archive/reader.py", package)[0]
    place = add(f"{lines}\n".encode())
    head = dumps((own, reader.stamp_of(str(package)), place, tuple(groups), _extensions()))
    if len(head) > _HEAD:
        raise OSError(f"the archive's head has {len(head)} bytes, and room for {_HEAD}")
    return head, bytes(body)


def _extensions() -> dict[str, str]:
    """Give where the extension modules lie that every call needs, if they are not built in."""
    found = {name: find_spec(name) for name in _EXTENSIONS}
    return {
        name: spec.origin
        for name, spec in found.items()
        if spec is not None and spec.has_location and spec.origin is not None
    }


def _codes(package: Path) -> Iterator[tuple[str, tuple[CodeType, ast.Module]]]:
    """Compile all that the hook may load. Gives each module's name, its code, its tree."""
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        if parts[1] not in _COLD:
            name = ".".join(parts).removesuffix(".__init__")
            yield name, _compiled(path, package)


def _compiled(path: Path, package: Path) -> tuple[CodeType, ast.Module]:
    tree = ast.parse(path.read_bytes())
    name = str(path.relative_to(package.parent))
    tree.body = [node for node in tree.body if not _is_of_future(node)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    flags = __future__.annotations.compiler_flag
    return compile(tree, name, "exec", flags, dont_inherit=True, optimize=2), tree


def _is_of_future(node: ast.stmt) -> bool:
    """Whether a statement would load the module of the features that the flag turns on."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _closure(
    names: Iterable[str], codes: Mapping[str, tuple[CodeType, ast.Module]]
) -> dict[str, None]:
    """Give modules with all that they import as they are imported, each behind those."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in codes and name not in entered:
            entered.add(name)
            visit(name.rpartition(".")[0])
            for node in codes[name][1].body:
                if isinstance(node, ast.ImportFrom) and node.module is not None:
                    visit(node.module)
                    for alias in node.names:
                        visit(f"{node.module}.{alias.name}")
            found[name] = None

    entered: set[str] = set()
    for name in names:
        visit(name)
    return found


if __name__ == "__main__":
    refresh(sys.prefix)
