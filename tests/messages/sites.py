"""Every place in the sources that makes a reason with its remedy, found by their syntax."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[2] / "src/kei_gates"
LAYERS = ("protocol", "observe", "gates", "checks", "hook", "policy")
_MADE_BY = {"Deny", "Ask", "Fault", "Finding", "SkippedError", "fault"}
_FINDING = "kei_gates.checks.work"
_PASSED_ON = {"policy/where.py"}
"""Modules that make a fault of what they are given: the places are those that call them."""


class Site(NamedTuple):
    """A call that makes a message: its module below the package, its first and last line, itself.

    `text` is the call as it is written, so that it is found again when lines move.
    """

    module: str
    first: int
    last: int
    text: str

    @property
    def name(self) -> str:
        """What an exception names it by."""
        return f"{self.module}: {self.text}"


def sites() -> list[Site]:
    """Give every place of the layers whose messages people and agents read."""
    return [
        site
        for layer in LAYERS
        for path in sorted((PACKAGE / layer).glob("*.py"))
        for site in sites_of(path.relative_to(PACKAGE).as_posix())
    ]


@cache
def sites_of(module: str) -> tuple[Site, ...]:
    """Give the places of one module."""
    path = PACKAGE / module
    if module in _PASSED_ON or not path.is_file():
        return ()
    return tuple(found(module, path.read_text()))


def found(module: str, source: str) -> list[Site]:
    """Give the places of a source. What only looks so by its name is none."""
    tree = ast.parse(source)
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    froms = {
        alias.asname or alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    made_by = _MADE_BY - own
    if froms.get("Finding") != _FINDING:
        made_by -= {"Finding"}
    made_by |= {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp)
        if {_name(node.value.body), _name(node.value.orelse)} <= made_by
        for target in node.targets
        if isinstance(target, ast.Name)
    }  # kind = Ask if event.facts.attended else Deny
    return [
        Site(module, node.lineno, node.end_lineno or node.lineno, ast.unparse(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) in made_by and not _passes_on(node)
    ]


def _passes_on(node: ast.Call) -> bool:
    """Whether a call only passes on what another place has said: `Deny(error.reason, ...)`."""
    return (
        bool(node.args)
        and isinstance(node.args[0], ast.Attribute)
        and node.args[0].attr == "reason"
    )


def _name(function: ast.expr) -> str:
    """Give the name that is called; of a method only `fault`."""
    if isinstance(function, ast.Name):
        return function.id
    return "fault" if isinstance(function, ast.Attribute) and function.attr == "fault" else ""
