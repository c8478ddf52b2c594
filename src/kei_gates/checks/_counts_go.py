"""The summaries of `go test`: plain, with `-v`, with `-json` (measured with Go 1.19).

Each package is one summary. Without `-v` and `-json` Go tells of packages only: one that is `ok`
counts as one test that passed. With them each test at the top level counts, and no subtest; only
one that Go said it runs (`=== RUN`, `"Action":"run"`). A test that prints both of its lines for one
that is not there cannot be told apart.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from kei_gates.checks._counting import Block, Counts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

GO = "go test"

PACKAGE = re.compile(
    r"(?P<word>ok  |FAIL)\t(?P<name>\S+)[\t ]"
    r"(?P<how>\(cached\)|\d+(?:\.\d+)?s|\[[^\]]*\])(?P<more>.*)$"
)
_NOTHING = "[no tests to run]"
_RUN = re.compile(r"=== RUN +(\S+)$")
_RESULT = re.compile(r"--- (PASS|FAIL|SKIP): (\S+) \([\d.]+s\)$")
_ENDS = {"pass": "PASS", "fail": "FAIL", "skip": "SKIP"}


class _Package:
    """What was said of the tests of a package so far."""

    def __init__(self, first: int | None = None) -> None:
        self.first = first
        self.running: Final[set[str]] = set()
        self._ended: Final[dict[str, str]] = {}

    def end(self, test: str, how: str) -> None:
        """Note how a test ended, if it was run; one that was run again and failed has failed."""
        if test in self.running and "/" not in test and self._ended.get(test) != "FAIL":
            self._ended[test] = how

    def block(self, last: int, name: str, *, good: bool, whole: int) -> Block:
        """Sum up; `whole` is what a package counts of whose tests nothing is known."""
        ways = list(self._ended.values())
        passed = ways.count("PASS") if self.running else whole * good
        failed = ways.count("FAIL")
        counts = Counts(GO, passed, failed if good else max(failed, 1), ways.count("SKIP"))
        return Block(last if self.first is None else self.first, last, counts, name)


def go_blocks(lines: Sequence[str]) -> list[Block]:
    """Give one summary for each package that has tests."""
    return [*_printed(lines), *_events(lines)]


def _printed(lines: Sequence[str]) -> list[Block]:
    blocks = []
    package = _Package()
    for at, line in enumerate(lines):
        if run := _RUN.match(line):
            package.first = at if package.first is None else package.first
            package.running.add(run[1])
        elif result := _RESULT.match(line):
            package.end(result[2], result[1])
        elif found := PACKAGE.match(line):
            is_nothing = _NOTHING in found["how"] + found["more"]
            good = found["word"] != "FAIL"
            blocks.append(package.block(at, found["name"], good=good, whole=0 if is_nothing else 1))
            package = _Package()
    return blocks


def _events(lines: Sequence[str]) -> list[Block]:
    blocks = []
    packages: dict[str, _Package] = {}
    for at, line in enumerate(lines):
        event = _event(line)
        name, test, action = event.get("Package"), event.get("Test"), event.get("Action")
        if not isinstance(name, str) or not isinstance(action, str):
            continue
        package = packages.setdefault(name, _Package(at))
        if action == "run" and isinstance(test, str):
            package.running.add(test)
        elif action in _ENDS and isinstance(test, str):
            package.end(test, _ENDS[action])
        elif action in ("pass", "fail"):
            blocks.append(packages.pop(name).block(at, name, good=action == "pass", whole=0))
    return blocks


def _event(line: str) -> dict[str, Any]:
    if not line.startswith('{"') or '"Action"' not in line:
        return {}
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}
