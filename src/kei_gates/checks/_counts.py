"""How many tests a command has run, by what it printed.

Each tool has its own summary (`_counts_*.py`). Where the command names its tool, only that tool's
counts, and one that is started once by itself has one summary: of several, of which tests must have
printed all but one, the one with the fewest that passed. Else all that is found counts, but for
what stands within the run of another. Whoever may change the tests can print what a tool prints;
where that matters, have the command write a JUnit file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._counting import plain_lines
from kei_gates.checks._counts_cargo import CARGO, NEXTEST, cargo_blocks, nextest_blocks
from kei_gates.checks._counts_go import GO, go_blocks
from kei_gates.checks._counts_node import (
    JEST,
    MOCHA,
    NODE,
    VITEST,
    jest_blocks,
    mocha_blocks,
    node_blocks,
    vitest_blocks,
)
from kei_gates.checks._counts_python import PYTEST, UNITTEST, pytest_blocks, unittest_blocks
from kei_gates.checks._counts_tap import tap_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kei_gates.checks._counting import Block

    Reader = Callable[[Sequence[str]], list[Block]]

_READERS: dict[str, Reader] = {
    CARGO: cargo_blocks,
    NEXTEST: nextest_blocks,
    PYTEST: pytest_blocks,
    UNITTEST: unittest_blocks,
    GO: go_blocks,
    JEST: jest_blocks,
    VITEST: vitest_blocks,
    MOCHA: mocha_blocks,
    NODE: node_blocks,
}
# What a command says that starts a tool.
_NAMED = {
    CARGO: re.compile(r"\bcargo\b[^|;&\n]*\s(?:test|t)\b"),
    NEXTEST: re.compile(r"\bcargo\b[^|;&\n]*\snextest\b"),
    PYTEST: re.compile(r"(?:^|[\s/])(?:pytest|py\.test)(?=\s|$)"),
    UNITTEST: re.compile(r"\s-m\s*unittest\b"),
    GO: re.compile(r"(?:^|[\s/])go\s+test\b"),
    JEST: re.compile(r"(?:^|[\s/])jest(?=\s|$)"),
    VITEST: re.compile(r"(?:^|[\s/])vitest(?=\s|$)"),
    MOCHA: re.compile(r"(?:^|[\s/])_?mocha(?=\s|$)"),
    NODE: re.compile(r"(?:^|[\s/])node\s[^|;&\n]*--test\b"),
}
_SEVERAL = frozenset((CARGO, GO))  # of these one run has several summaries, mostly with names
_OPERATORS = re.compile(r"[;&|\n(){}`]")


def blocks_of(command: str, output: str) -> list[Block]:
    """Give the summaries that an output holds, in their order; none where it tells of no tests."""
    lines = plain_lines(output)
    named = [tool for tool, pattern in _NAMED.items() if pattern.search(command)]
    is_single = len(named) == 1 and not _OPERATORS.search(command.strip())
    found = [
        block
        for tool in named
        for block in (_one_run(tool, _READERS[tool](lines)) if is_single else _READERS[tool](lines))
    ]
    return _outer(found) or _outer(_all(lines)) or tap_blocks(lines)


def _all(lines: Sequence[str]) -> list[Block]:
    return [block for reader in _READERS.values() for block in reader(lines)]


def _one_run(tool: str, blocks: list[Block]) -> list[Block]:
    """Give those that one run of a tool has printed itself."""
    if tool in _SEVERAL:
        return [block for block in blocks if block.name] or blocks
    return sorted(blocks, key=lambda block: block.counts.passed)[:1]


def _outer(blocks: Sequence[Block]) -> list[Block]:
    outer = (one for one in blocks if not any(one.is_in(other) for other in blocks))
    return sorted(outer, key=lambda block: block.first)
