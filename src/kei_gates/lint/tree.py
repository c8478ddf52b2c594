"""From the text of a script to its tree, and what can be said of a text that has none."""

from __future__ import annotations

import ast

from kei_gates.model import lettered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

_MOST_CHARACTERS = 250_000
# What reads the tree calls itself about three times a level, and Python allows for a thousand.
_DEEPEST = 200


class ScriptError(ValueError):
    """A text is no script that can be read. `line` is where, one where it is nowhere."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(f"{reason}, line {line}")
        self.reason: Final = reason
        self.line: Final = line


class LimitError(ScriptError):
    """A text may be a script that runs, and is too much to be read."""


def parse(text: str) -> ast.Module:
    """Give the tree of a script. Raises `ScriptError`, `LimitError` for one that may run."""
    import warnings  # noqa: PLC0415 -- what it says would go to where the answer is read

    if len(text) > _MOST_CHARACTERS:
        raise LimitError(f"it is longer than {_MOST_CHARACTERS} characters")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(lettered(text))
        except SyntaxError as error:
            raise ScriptError(f"it is no Python: {error.msg}", error.lineno or 1) from None
        except (ValueError, OverflowError):
            raise ScriptError("it is no Python: it holds characters that no script has") from None
        except (RecursionError, MemoryError):
            raise LimitError("it is nested too deeply") from None
    check_depth(tree)
    return tree


def check_depth(tree: ast.AST) -> None:
    """Refuse a tree that is too deep to be read."""
    pending: list[tuple[ast.AST, int, int]] = [(tree, 0, 1)]
    while pending:
        node, depth, line = pending.pop()
        line = getattr(node, "lineno", line)
        if depth > _DEEPEST:
            raise LimitError("it is nested too deeply", line)
        pending += [(child, depth + 1, line) for child in ast.iter_child_nodes(node)]


def read_names(tree: ast.AST) -> frozenset[str]:
    """Give the names that are read, as such, as attributes or as texts, anywhere in a script."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return frozenset(found)


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Give all nodes of a function but those of the functions and classes in it."""
    pending = list(ast.iter_child_nodes(function))
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            pending += ast.iter_child_nodes(node)


def is_generator(function: ast.AST) -> bool:
    """Say whether a function yields."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function))


def changed_names(tree: ast.AST, methods: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Give the script's names that its functions change: those they set, and those they fill."""
    changed: set[str] = set()
    filled: set[str] = set()
    pending: list[tuple[ast.AST, bool]] = [(tree, False)]
    while pending:
        node, inside = pending.pop()
        if inside:
            changed.update(node.names if isinstance(node, ast.Global) else ())
            filled.update(_filled(node, methods))
        inside |= isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        pending += [(child, inside) for child in ast.iter_child_nodes(node)]
    return frozenset(changed), frozenset(filled)


def _filled(node: ast.AST, methods: frozenset[str]) -> list[str]:
    if isinstance(node, ast.Attribute):
        target = node.value if node.attr in methods else None
    elif isinstance(node, ast.Subscript):
        target = None if isinstance(node.ctx, ast.Load) else node.value
    else:
        return []
    return [target.id] if isinstance(target, ast.Name) else []


def assigned_names(body: list[ast.stmt]) -> set[str]:
    """Give the names that statements let stand for something else."""
    return {
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
