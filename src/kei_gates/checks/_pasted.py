"""The summaries of test runs that a report holds, and whether they are those of the real runs.

A report is prose with output in it: quoted with `> `, in fences, in lists, behind the name of a
field, or with blanks before it. So a summary is looked for anywhere in a line, and in less strict
a form than in a real output.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from kei_gates.checks._claims import claims, claims_tests
from kei_gates.checks._counting import Counts, plain_lines, total
from kei_gates.checks._counts_cargo import CARGO, NEXTEST, RESULT, counts_in, nextest_blocks
from kei_gates.checks._counts_go import GO
from kei_gates.checks._counts_node import (
    JEST,
    JEST_LINE,
    MOCHA,
    MOCHA_LINE,
    NODE,
    NODE_LINE,
    VITEST,
    VITEST_LINE,
    node_counts,
    parts_in,
)
from kei_gates.checks._counts_python import (
    PYTEST,
    PYTEST_LINE,
    UNITTEST,
    pytest_counts,
    unittest_counts,
)
from kei_gates.checks.work import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kei_gates.checks._counting import Block

    Reader = Callable[[Sequence[str]], list[Counts]]

__all__ = ["claims", "in_report"]

_QUOTING = re.compile(r"^(?:\s*(?:>|[-*+](?= )|`{1,2}(?!`)|\*\*))*")
_MOST = 100  # of the summaries in a report, the last
_RAN = re.compile(
    r"Ran (?P<ran>\d{1,9}) tests? in [\d.]{1,20}s\W{1,20}(?:OK|FAILED|NO TESTS RAN)"
    r"(?: \((?P<parts>[\w =,]*)\))?"
)
_BEFORE_SUMMARY = re.compile(r"^.*?(?=Summary \[)")
_GO_PACKAGE = re.compile(r"(ok|FAIL)\s+[\w.~/-]+\s+(?:\(cached\)|\d+(?:\.\d+)?s|\[)")


def in_report(report: str, runs: Sequence[Sequence[Block]]) -> Iterator[Finding]:
    """Say what of a report is not as in the real runs, each with its summaries."""
    tools = dict.fromkeys(block.counts.tool for blocks in runs for block in blocks)
    known = [tool for tool in tools if tool in _READERS]
    for tool in known:
        its = [[block for block in blocks if block.counts.tool == tool] for blocks in runs]
        found = differs(report, tool, [blocks for blocks in its if blocks])
        if found is not None:
            shown, real = found
            yield Finding(
                f"the output in the report is not that of the run: it shows {shown}, "
                f"but `{tool}` really gave {real}",
                "run it again, and paste what it prints",
            )
    if known and claims_tests(report) and not any(_pasted(report, tool) for tool in known):
        yield Finding(
            f"the report says that tests pass, and does not show it: there is no summary of "
            f"`{'`, `'.join(known)}` in it",
            "paste the real output block of the last run",
        )


def _pasted(report: str, tool: str) -> list[Counts]:
    return _READERS[tool](_text(report))


def _text(report: str) -> list[str]:
    """Give the lines of a report without what quotes them."""
    return [_QUOTING.sub("", line).rstrip(" \t`*|") for line in plain_lines(report)]


def differs(
    report: str, tool: str, runs: Sequence[Sequence[Block]]
) -> tuple[Counts, Counts] | None:
    """Compare what a report holds with the real runs of a tool, each with its summaries.

    Gives what is pasted and what is real where they differ; none where they agree, or where
    nothing is pasted. They agree where summaries that stand together are a whole run, whatever
    earlier or smaller runs are shown beside it, or where all since the last failure are summaries
    of the real run. Of Go nothing is compared: its lines have no numbers, and tell other things
    with `-v`.
    """
    found = _pasted(report, tool)[-_MOST:]
    if not found or tool == GO:
        return None
    real = total(tool, [block for blocks in runs for block in blocks])
    whole = [real, *(one for blocks in runs if (one := total(tool, blocks)).passed)]
    sums = (_sum(found[first:last]) for first, last in combinations(range(len(found) + 1), 2))
    if any(_same(one, other) for one in sums for other in whole):
        return None
    single = [block.counts for blocks in runs for block in blocks]
    last_bad = max((at for at, one in enumerate(found) if one.failed), default=-1)
    rest = found[last_bad + 1 :]
    if rest and all(any(_same(one, other) for other in (*whole, *single)) for one in rest):
        return None
    return _sum(rest or found[-1:]), real


def _sum(counts: Sequence[Counts]) -> Counts:
    known = all(one.ignored >= 0 for one in counts)
    return Counts(
        counts[0].tool,
        sum(one.passed for one in counts),
        sum(one.failed for one in counts),
        sum(one.ignored for one in counts) if known else -1,
    )


def _same(one: Counts, other: Counts) -> bool:
    ignored = one.ignored < 0 or one.ignored == other.ignored
    return ignored and (one.passed, one.failed) == (other.passed, other.failed)


def _cargo(lines: Sequence[str]) -> list[Counts]:
    return [_cargo_counts(one) for line in lines if (one := RESULT.search(line))]


def _cargo_counts(found: re.Match[str]) -> Counts:
    if found["ignored"]:
        return counts_in(found)
    return Counts(CARGO, int(found["passed"]), int(found["failed"]), -1)


def _pytest(lines: Sequence[str]) -> list[Counts]:
    found = (PYTEST_LINE.search(line) for line in lines)
    return [pytest_counts(one["parts"]) for one in found if one]


def _unittest(lines: Sequence[str]) -> list[Counts]:
    found = _RAN.finditer("\n".join(lines))
    return [unittest_counts(int(one["ran"]), one["parts"] or "") for one in found]


def _nextest(lines: Sequence[str]) -> list[Counts]:
    bare = [_BEFORE_SUMMARY.sub("", line) for line in lines]
    return [block.counts for block in nextest_blocks(bare)]


def _jest(lines: Sequence[str]) -> list[Counts]:
    return _script(JEST, JEST_LINE, lines)


def _vitest(lines: Sequence[str]) -> list[Counts]:
    return _script(VITEST, VITEST_LINE, lines)


def _script(tool: str, pattern: re.Pattern[str], lines: Sequence[str]) -> list[Counts]:
    found = (pattern.search(line) for line in lines)
    counts = (parts_in(tool, one) for one in found if one)
    return [one for one in counts if one]


def _mocha(lines: Sequence[str]) -> list[Counts]:
    found = (MOCHA_LINE.search(line) for line in lines)
    return [Counts(MOCHA, int(one["passed"]), 0, -1) for one in found if one]


def _node(lines: Sequence[str]) -> list[Counts]:
    counts = (node_counts(numbers) for numbers in _groups(lines))
    return [one for one in counts if one]


def _groups(lines: Sequence[str]) -> Iterator[dict[str, int]]:
    """Give the numbers of node's lines, one group for each `# tests`."""
    numbers: dict[str, int] = {}
    for line in (*lines, "# tests 0"):
        found = NODE_LINE.match(line.strip())
        if found and found["name"] == "tests" and "pass" in numbers:
            yield numbers
            numbers = {}
        if found:
            numbers[found["name"]] = int(found["number"])


def _go(lines: Sequence[str]) -> list[Counts]:
    found = (_GO_PACKAGE.match(line) for line in lines)
    return [Counts(GO, int(one[1] == "ok"), int(one[1] != "ok"), -1) for one in found if one]


_READERS: dict[str, Reader] = {
    CARGO: _cargo,
    NEXTEST: _nextest,
    PYTEST: _pytest,
    UNITTEST: _unittest,
    JEST: _jest,
    VITEST: _vitest,
    MOCHA: _mocha,
    NODE: _node,
    GO: _go,
}
# Of TAP and of JUnit files nobody pastes a summary.
