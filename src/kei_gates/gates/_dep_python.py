"""What Python files and `setup.cfg` say of dependencies.

Sources: the documentation of setuptools and Conan 2; PEP 723.
"""

# ruff: noqa: PLC0415 -- what only some files or commands need is imported for them

from __future__ import annotations

from kei_gates.gates._dep_files import SCRIPT

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from kei_gates.gates._dep_values import Region

_SETUP = frozenset(
    (
        "dependency_links", "extras_require", "install_requires", "python_requires",
        "setup_requires", "tests_require",
    )
)  # fmt: skip
_CONAN = frozenset(
    (
        "build_requirements", "build_requires", "config_requires", "python_requires",
        "python_requires_extend", "requirements", "requires", "test_requires", "tool_requires",
    )
)  # fmt: skip
_ALL_OPTIONS = "options.extras_require"


def region(text: str, form: str) -> Region:
    """Give what a text says of dependencies. Raises `ValueError` and `SyntaxError`."""
    if form == SCRIPT:
        return _header(text)
    return _options(text) if form == "setup.cfg" else _program(text, form)


# --- the header of a script -------------------------------------------------------------------


def _header(text: str) -> Region:
    """Read the block of comments in which a script says what it needs (PEP 723)."""
    if "# /// script" not in text:
        return {}
    from kei_gates.gates import _dep_toml

    found: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        if inside and line.rstrip() == "# ///":
            inside = False
        elif not inside and line.rstrip() == "# /// script":
            inside = True
            found.append([])
        elif inside and line != "#" and not line.startswith("# "):
            inside = False
        elif inside:
            found[-1].append(line[2:])
    if len(found) > 1:
        raise ValueError("it has two headers")
    return _dep_toml.region("\n".join(found[0]), SCRIPT) if found else {}


# --- setup.cfg --------------------------------------------------------------------------------


def _options(text: str) -> Region:
    import configparser

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error).partition("\n")[0]) from None
    found: Region = {}
    for section in parser.sections():
        for option, value in parser.items(section):
            if section == _ALL_OPTIONS or (section == "options" and option in _SETUP):
                lines = (line.partition(" #")[0].strip() for line in value.splitlines())
                kept = tuple(sorted(line for line in lines if line and line[0] != "#"))
                if kept:
                    found[f"{section}.{option}"] = kept
    return found


# --- programs ---------------------------------------------------------------------------------


def _program(text: str, form: str) -> Region:
    """Read a program: the parts that name dependencies, and what those are made of."""
    import ast

    tree = ast.parse(text.removeprefix("\ufeff"))
    parts = _setup_parts(tree) if form == "setup.py" else _conan_parts(tree)
    found: Region = {name: ast.dump(part) for name, part in parts if not _is_empty(part)}
    used = {name for _, part in parts for name in _names(part)}
    holders = [one for one in tree.body if any(part in ast.walk(one) for _, part in parts)]
    settled: set[str] = set()
    while used - settled:
        name = min(used - settled)
        settled.add(name)
        for at, statement in enumerate(tree.body):
            if statement not in holders and name in _made_by(statement):
                found[f"{name} ({at})"] = ast.dump(statement)
                used |= _names(statement)
    return _unnumbered(found)


def _unnumbered(found: Region) -> Region:
    """Give parts of the same name together, in order, wherever they stand in the program."""
    out: dict[str, list[object]] = {}
    for name, part in found.items():
        out.setdefault(name.partition(" ")[0], []).append(part)
    return {name: tuple(parts) for name, parts in out.items()}


def _setup_parts(tree: ast.Module) -> list[tuple[str, ast.AST]]:
    import ast

    found: list[tuple[str, ast.AST]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) == "setup":
            kept = [one for one in node.keywords if one.arg is None or one.arg in _SETUP]
            found += [(one.arg or "setup", one.value) for one in kept]
    return found


def _conan_parts(tree: ast.Module) -> list[tuple[str, ast.AST]]:
    import ast

    found: list[tuple[str, ast.AST]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                found += [(name, statement) for name in _made_by(statement) & _CONAN]
        elif isinstance(node, ast.Call) and _called(node.func) in _CONAN:
            found.append((_called(node.func), node))
    return found


def _called(function: ast.expr) -> str:
    import ast

    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _names(node: ast.AST) -> set[str]:
    import ast

    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _made_by(statement: ast.stmt) -> set[str]:
    """Give the names that a statement binds, or calls a method of."""
    import ast

    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            found |= _names(node.value)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = node.value.func
            found |= _names(called.value) if isinstance(called, ast.Attribute) else set()
    return found


def _is_empty(part: ast.AST) -> bool:
    import ast

    elements: Iterable[ast.AST] | None = None
    if isinstance(part, (ast.List, ast.Tuple)):
        elements = part.elts
    elif isinstance(part, ast.Dict):
        elements = part.values
    return elements is not None and not list(elements)
