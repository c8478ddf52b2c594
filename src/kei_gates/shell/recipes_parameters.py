"""Sessions of nox that run once for each value of a parameter.

Source: the documents of nox 2025, "Parametrizing sessions".
"""

from __future__ import annotations

import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 30


def calls(function: ast.FunctionDef) -> list[ast.stmt]:
    """Give a call of a task for each value that one of its parameters has, else one call.

    The other parameters are not known then: all values are tried, not all of their combinations.
    """
    found: list[ast.stmt] = []
    for one in function.decorator_list:
        if isinstance(one, ast.Call) and getattr(one.func, "attr", "") == "parametrize":
            found += (_call(function, given) for given in _given(one))
    return found[:_MOST] or [_call(function, [])]


def _call(function: ast.FunctionDef, given: list[ast.keyword]) -> ast.stmt:
    name = ast.Name(function.name, ast.Load())
    return ast.Expr(ast.Call(name, [ast.Constant(None)], given))


def _given(decorator: ast.Call) -> Iterator[list[ast.keyword]]:
    """Give the parameters of each run."""
    if len(decorator.args) < 2:  # noqa: PLR2004 -- names and values
        return
    names, values = _names(decorator.args[0]), decorator.args[1]
    for value in values.elts if isinstance(values, (ast.List, ast.Tuple)) else ():
        is_param = isinstance(value, ast.Call) and getattr(value.func, "attr", "") == "param"
        parts = value.args if is_param and isinstance(value, ast.Call) else [value]
        if len(names) > 1 and len(parts) == 1 and isinstance(parts[0], (ast.List, ast.Tuple)):
            parts = parts[0].elts
        yield [ast.keyword(name, part) for name, part in zip(names, parts, strict=False)]


def _names(node: ast.expr) -> list[str]:
    """Give the names that a text or a list of texts has."""
    nodes = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
    texts = [one.value for one in nodes if isinstance(one, ast.Constant)]
    names = [name.strip() for text in texts for name in str(text).split(",")]
    return [name for name in names if name.isidentifier()]
