"""The tests of a Rust source: functions with `#[test]` or an attribute of a test crate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._code_mask import masked
from kei_gates.checks._tested import IGNORED, MAY_RUN, RUNS, Source, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.checks._reading import Clock
    from kei_gates.checks._tested import Case

FILE = re.compile(r".*\.rs")

_ATTRIBUTE = re.compile(r"#\s*(?P<inner>!)?\s*\[")
_NEXT_ATTRIBUTE = re.compile(r"\s*#\s*(?P<inner>!)?\s*\[")
_BODY = re.compile(r"[{;]")
_ITEM = re.compile(
    r"\s*(?:pub(?:\s*\([^()]*\))?\s+)?(?:(?:async|const|unsafe|extern(?:\s+0\s*)?)\s+)*"
    r"(?P<kind>fn|mod)\s+(?P<name>[\w#]+)"
)
_TEST = re.compile(
    r"(?:\w+\s*::\s*)*(?:test|rstest|test_case|test_log|quickcheck|wasm_bindgen_test)\b"
)
_IGNORE = re.compile(r"ignore\b")
_ONLY_IF = re.compile(r"cfg_attr\s*\((?P<when>.*),[^,]*\bignore\b", re.DOTALL)
_CFG = re.compile(r"cfg\s*\((?P<when>.*)\)", re.DOTALL)
_NEVER = re.compile(
    r"\bany\s*\(\s*\)|\bnot\s*\(\s*(?:test|all\s*\(\s*\)|true)\s*\)|\b(?:false|FALSE)\b"
)
_ALWAYS = re.compile(r"(?:test|all\s*\(\s*(?:test)?\s*\)|true|not\s*\(\s*any\s*\(\s*\)\s*\))\s*")
_LONGEST, _LONGEST_HOW = 500, 60


def rust_cases(path: str, text: str, clock: Clock) -> list[Case]:
    """Give the tests of a file. Raises `UnreadableError`."""
    source = Source(path, text, masked(text, "rust", clock))
    tests: list[tuple[int, int, str, State]] = []
    around: list[tuple[int, int, State]] = []
    for first, attributes, item in clock.watch(_attributed(source)):
        if item is None:
            around.append((0, len(text), _state(attributes)))
            continue
        last = _end(source, item.end())
        if item["kind"] == "mod":
            around.append((first, last, _state(attributes)))
        elif any(_TEST.match(one) for one in attributes):
            tests.append((first, last, item["name"], _state(attributes)))
    return [
        source.case(name, first, last, _within(first, state, around))
        for first, last, name, state in tests
    ]


def _within(at: int, state: State, around: list[tuple[int, int, State]]) -> State:
    for first, last, its in around:
        if first <= at < last:
            state = state.worse(its)
    return state


def _attributed(source: Source) -> Iterator[tuple[int, list[str], re.Match[str] | None]]:
    """Give each function and module with its attributes; no item for those of the file."""
    at = 0
    while found := _ATTRIBUTE.search(source.code, at):
        first, attributes = found.start(), []
        inner = found["inner"]
        while found:
            at = source.end_of(found.end() - 1)
            attributes.append(source.code[found.end() : at - 1].strip()[:_LONGEST])
            found = None if inner else _NEXT_ATTRIBUTE.match(source.code, at)
        item = _ITEM.match(source.code, at)
        if inner or item:
            yield first, attributes, None if inner else item


def _end(source: Source, at: int) -> int:
    """Give where an item ends whose name ends at a place."""
    body = _BODY.search(source.code, at)
    if body is None:
        return len(source.code)
    return body.end() if body[0] == ";" else source.end_of(body.start())


def _state(attributes: list[str]) -> State:
    state = State()
    for attribute in attributes:
        how = " ".join(f"#[{attribute}]".split())[:_LONGEST_HOW]
        state = state.worse(State(_level(attribute), how))
    return state


def _level(attribute: str) -> int:
    if _IGNORE.match(attribute):
        return IGNORED
    if only := _ONLY_IF.match(attribute):
        return IGNORED if _ALWAYS.fullmatch(only["when"]) else MAY_RUN
    if cfg := _CFG.match(attribute):
        if _ALWAYS.fullmatch(cfg["when"].strip()):
            return RUNS
        return IGNORED if _NEVER.search(cfg["when"]) else MAY_RUN
    return RUNS
