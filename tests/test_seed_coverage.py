"""Every test that the table of the manifests' rules names is there."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`([^`]+)`")
ROWS = [
    (line, cells[2])
    for line in (ROOT / "docs/seed-coverage.md").read_text().splitlines()
    if line.startswith("| ") and len(cells := line.strip("| ").split(" | ")) == 3
    if cells[2] != "shown by"
]


def names(cell: str) -> list[tuple[str, str]]:
    """The tests of a cell, each with its file; one without a file is of the file before."""
    found: list[tuple[str, str]] = []
    for text in NAMED.findall(cell):
        file, colon, name = text.partition(": ")
        is_file = colon and (file.endswith(".py") or re.fullmatch(r"[a-z_./]+", file))
        found.append((file, name) if is_file else (found[-1][0], text))
    return found


def defined_in(file: str) -> set[str]:
    if file.endswith(".py"):
        tree = ast.parse((ROOT / file).read_text())
        return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    folder = "tests" if "/" in file else "tests/gates"
    table = tomllib.loads((ROOT / f"{folder}/{file}.toml").read_text())
    lists = [rows for rows in table.values() if isinstance(rows, list)]
    return {row["id"] for rows in lists for row in rows if "id" in row}


def test_the_table_is_read() -> None:
    assert len(ROWS) > 80


@pytest.mark.parametrize(("line", "cell"), ROWS)
def test_each_rule_names_tests_that_are_there(line: str, cell: str) -> None:
    found = names(cell)
    assert found, line
    for file, name in found:
        assert name in defined_in(file), f"{file} has no {name}"
