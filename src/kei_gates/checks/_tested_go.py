"""The tests of a Go source: functions `TestX(t *testing.T)` and the like in `*_test.go`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._code_mask import masked
from kei_gates.checks._tested import IGNORED, MAY_RUN, Source, State

if TYPE_CHECKING:
    from kei_gates.checks._reading import Clock
    from kei_gates.checks._tested import Case

FILE = re.compile(r".*_test\.go")

_FUNCTION = re.compile(
    r"^func (?P<name>(?:Test|Fuzz|Example)(?:[A-Z_0-9]\w*)?)"
    r"\((?:(?P<tester>\w+) \*testing\.[TF])?\)",
    re.MULTILINE,
)
_BUILD = re.compile(r"^//\s?(?:go:build|\+build) (?P<when>[^\n]*)$", re.MULTILINE)
_NEVER = re.compile(r"\b(?:ignore|never|false)\b")
_RETURN = re.compile(r"\{\s*return\b")


def go_cases(path: str, text: str, clock: Clock) -> list[Case]:
    """Give the tests of a file. Raises `UnreadableError`."""
    source = Source(path, text, masked(text, "go", clock))
    whole = _of_file(text)
    cases = []
    for found in clock.watch(_FUNCTION.finditer(source.code)):
        opened = source.code.find("{", found.end())
        last = source.end_of(opened) if opened >= 0 else len(text)
        body = source.code[opened:last]
        state = whole.worse(_of_body(body, found["tester"] or ""))
        cases.append(source.case(found["name"], found.start(), last, state))
    return cases


def _of_file(text: str) -> State:
    build = _BUILD.search(text[: max(text.find("\npackage "), 0)])
    if build is None:
        return State()
    return State(
        IGNORED if _NEVER.search(build["when"]) else MAY_RUN, f"//go:build {build['when']}"
    )


def _of_body(body: str, tester: str) -> State:
    """Say whether a test skips itself: at its first level always, else under a condition."""
    if _RETURN.match(body):
        return State(IGNORED, "return")
    state = State()
    if tester:
        for skip in re.finditer(rf"\b{tester}\.Skip(?:f|Now)?\(", body):
            depth = body.count("{", 0, skip.start()) - body.count("}", 0, skip.start())
            state = state.worse(State(IGNORED if depth == 1 else MAY_RUN, f"{skip[0]}...)"))
    return state
