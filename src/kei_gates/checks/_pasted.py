"""The summaries of test runs that a report holds, and whether they are those of the real runs.

A report is prose with output in it: quoted with `> `, in fences, in lists, behind the name of a
field, or with blanks before it. So summaries are looked for anywhere in a line, of which one may
hold several, and in less strict a form than in a real output.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from kei_gates.checks._claims import claims, claims_tests, without_earlier
from kei_gates.checks._commands import shown
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
from kei_gates.checks._reports import too_long
from kei_gates.checks.work import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kei_gates.checks._counting import Block

    Reader = Callable[[Sequence[str]], list[Counts]]

__all__ = ["claims", "in_report"]

_QUOTING = re.compile(r"^(?:\s*(?:>|[-*+](?= )|`{1,2}(?!`)|\*\*))*")
_MOST = 100  # of the summaries in a report, the last
_NAMED = 3  # of the commands in a message
_RAN = re.compile(
    r"Ran (?P<ran>\d{1,9}) tests? in [\d.]{1,20}s\W{1,20}(?:OK|FAILED|NO TESTS RAN)"
    r"(?: \((?P<parts>[\w =,]*)\))?"
)
_AT_SUMMARY = re.compile(r"(?=Summary \[)")
# Behind a name or a command the package must look like one: `all ok in 2s` is prose.
_GO_PACKAGE = re.compile(
    r"(?:^|(?<=\s)(?=\w+(?:\s{2,}|\t|\s[\w~-]*[./])))(?P<word>ok|FAIL)\s+[\w.~/-]+\s+"
    r"(?:\(cached\)|\d+(?:\.\d+)?s|\[)"
)


def _anywhere(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Give the pattern of a summary that fills a line as one of a part of a line."""
    bare = pattern.pattern.removeprefix(" *").removeprefix("(?:=+ )?").removesuffix("$")
    return re.compile(rf"(?<!\d){bare}")


_PYTEST_PART, _MOCHA_PART = _anywhere(PYTEST_LINE), _anywhere(MOCHA_LINE)
_JEST_PART, _VITEST_PART = _anywhere(JEST_LINE), _anywhere(VITEST_LINE)
_NODE_PART = _anywhere(NODE_LINE)


def in_report(report: str, runs: Mapping[str, Sequence[Block]]) -> Iterator[Finding]:
    """Say what of a report is not as in the real runs: commands, each with its summaries."""
    if runs and (long := too_long(report)):
        yield long
        return
    tools = dict.fromkeys(block.counts.tool for blocks in runs.values() for block in blocks)
    known = [tool for tool in tools if tool in _READERS]
    for tool in known:
        its = {
            command: own
            for command, blocks in runs.items()
            if (own := [block for block in blocks if block.counts.tool == tool])
        }
        found = differs(report, tool, list(its.values()))
        if found is not None:
            pasted, real = found
            yield Finding(
                f"the output in the report is not that of the run: it shows {pasted}, "
                f"but {_listed(its)} really gave {real}",
                "run it again, and paste what it prints",
            )
    if known and claims_tests(report) and not any(_pasted(report, tool) for tool in known):
        yield Finding(
            f"the report says that tests pass, and does not show it: there is no summary of "
            f"`{'`, `'.join(known)}` in it",
            "paste the real output block of the last run",
        )


def _listed(commands: Iterable[str]) -> str:
    """Name the commands whose run it is."""
    names = [f"`{shown(command)}`" for command in commands]
    rest = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return " and ".join([*names[:_NAMED], *rest])


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
    of the real run. What the report itself calls a run before the change is not looked at. Of Go
    nothing is compared: its lines have no numbers, and tell other things with `-v`.
    """
    found = [] if tool == GO else _pasted(without_earlier(report), tool) or _pasted(report, tool)
    if not found:
        return None
    found = found[-_MOST:]
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
    return [_cargo_counts(one) for one in _each(RESULT, lines)]


def _each(pattern: re.Pattern[str], lines: Sequence[str]) -> Iterator[re.Match[str]]:
    return (found for line in lines for found in pattern.finditer(line))


def _cargo_counts(found: re.Match[str]) -> Counts:
    if found["ignored"]:
        return counts_in(found)
    return Counts(CARGO, int(found["passed"]), int(found["failed"]), -1)


def _pytest(lines: Sequence[str]) -> list[Counts]:
    return [pytest_counts(one["parts"]) for one in _each(_PYTEST_PART, lines)]


def _unittest(lines: Sequence[str]) -> list[Counts]:
    found = _RAN.finditer("\n".join(lines))
    return [unittest_counts(int(one["ran"]), one["parts"] or "") for one in found]


def _nextest(lines: Sequence[str]) -> list[Counts]:
    pieces = [piece for line in lines for piece in _AT_SUMMARY.split(line)]
    return [block.counts for block in nextest_blocks(pieces)]


def _jest(lines: Sequence[str]) -> list[Counts]:
    return _script(JEST, _JEST_PART, lines)


def _vitest(lines: Sequence[str]) -> list[Counts]:
    return _script(VITEST, _VITEST_PART, lines)


def _script(tool: str, pattern: re.Pattern[str], lines: Sequence[str]) -> list[Counts]:
    counts = (parts_in(tool, one) for one in _each(pattern, lines))
    return [one for one in counts if one]


def _mocha(lines: Sequence[str]) -> list[Counts]:
    return [Counts(MOCHA, int(one["passed"]), 0, -1) for one in _each(_MOCHA_PART, lines)]


def _node(lines: Sequence[str]) -> list[Counts]:
    counts = (node_counts(numbers) for numbers in _groups(lines))
    return [one for one in counts if one]


def _groups(lines: Sequence[str]) -> Iterator[dict[str, int]]:
    """Give the numbers of node's lines, one group for each `# tests`."""
    numbers: dict[str, int] = {}
    for found in _each(_NODE_PART, (*lines, "# tests 0")):
        if found["name"] == "tests" and "pass" in numbers:
            yield numbers
            numbers = {}
        numbers[found["name"]] = int(found["number"])


def _go(lines: Sequence[str]) -> list[Counts]:
    words = [one["word"] for one in _each(_GO_PACKAGE, lines)]
    return [Counts(GO, int(word == "ok"), int(word != "ok"), -1) for word in words]


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
