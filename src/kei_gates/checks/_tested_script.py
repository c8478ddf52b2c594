"""The tests of a JavaScript or TypeScript source: jest, vitest, mocha, `node:test`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._code_mask import masked
from kei_gates.checks._tested import IGNORED, MAY_RUN, Source, State

if TYPE_CHECKING:
    from kei_gates.checks._reading import Clock
    from kei_gates.checks._tested import Case

FILE = re.compile(
    r"(?:.*/)?(?:(?:__tests__|tests?|specs?)/.*|[^/]*[._-](?:test|spec|tests)|test)\.[cm]?[jt]sx?"
)

_CALL = re.compile(
    r"(?<![\w$.])(?P<word>[xf]?(?:describe|it|test)|context|suite|specify)(?P<more>(?:\.\w+)*)\s*(?=[(<0])"
)
_TYPES = re.compile(r"<[^()]{0,200}?>\s*(?=\()")
_GROUPS = ("describe", "context", "suite")
_NEVER = frozenset(("skip", "todo", "failing", "fails"))
_MAYBE = frozenset(("skipIf", "runIf"))
_TITLE = re.compile(
    r"\s*(?:(?P<mark>['\"`])(?P<title>.{0,200}?)(?<!\\)(?P=mark)|(?P<word>[^,(){}]{1,80}))",
    re.DOTALL,
)
_OPTION = re.compile(r"\s*0\s*,\s*\{[^{}]{0,200}\b(?P<name>skip|todo)\s*:\s*(?P<value>\w+)")
_SKIPS = r"\b(?:t|ctx|context|this|test)\.skip\(\s*[0)]"
_BODY = re.compile(rf"\{{\s*(?:{_SKIPS}|return\b)")
_INNER = re.compile(_SKIPS)


class _Call:
    """A call that makes a test or a group of them."""

    def __init__(self, source: Source, found: re.Match[str], opened: int) -> None:
        self.first = found.start()
        self.last = source.end_of(opened)
        word, self._more = found["word"], set(found["more"].split(".")[1:])
        plain = word[1:] if word[0] in "xf" else word
        self.is_group = plain in _GROUPS
        self.is_only = "only" in self._more or word[0] == "f"
        self._prefix = word[0] if word[0] == "x" else ""
        self._how = f"{word}{found['more']}"
        title = _TITLE.match(source.text, opened + 1)
        self.title = " ".join(((title["title"] or title["word"] or "") if title else "").split())
        self.state = self._state(source.code[opened + 1 : self.last])

    def _state(self, inside: str) -> State:
        if self._prefix or self._more & _NEVER:
            return State(IGNORED, self._how)
        if self._more & _MAYBE:
            return State(MAY_RUN, self._how)
        option = _OPTION.match(inside)
        if option and option["value"] not in ("false", "undefined", "null"):
            level = IGNORED if option["value"] in ("true", "0") else MAY_RUN
            return State(level, f"{{ {option['name']}: ... }}")
        if self.is_group:
            return State()
        body = inside.find("{")
        if body >= 0 and _BODY.match(inside, body):
            return State(IGNORED, "this.skip()")
        return State(MAY_RUN, "skip(...)") if _INNER.search(inside) else State()

    def holds(self, other: _Call) -> bool:
        return self.first < other.first and other.last <= self.last


def script_cases(path: str, text: str, clock: Clock) -> list[Case]:
    """Give the tests of a file. Raises `UnreadableError`."""
    source = Source(path, text, masked(text, "javascript", clock))
    calls = []
    for found in clock.watch(_CALL.finditer(source.code)):
        opened = _opened(source, found)
        if opened is not None:
            calls.append(_Call(source, found, opened))
    has_only = any(call.is_only for call in calls)
    cases = []
    groups: list[_Call] = []
    for call in clock.watch(calls):
        groups = [group for group in groups if group.holds(call)]
        if call.is_group:
            groups.append(call)
            continue
        state = call.state
        for group in groups:
            state = state.worse(group.state)
        if has_only and not call.is_only and not any(group.is_only for group in groups):
            state = state.worse(State(IGNORED, ".only in another test"))
        name = "::".join([*(group.title for group in groups), call.title])
        cases.append(source.case(name, call.first, call.last, state))
    return cases


def _opened(source: Source, found: re.Match[str]) -> int | None:
    """Give where the arguments begin, behind types and the table of `each`."""
    at = found.end()
    types = _TYPES.match(source.code, at)
    at = types.end() if types else at
    if found["more"].endswith((".each", ".for", ".skipIf", ".runIf")):
        at = source.end_of(at) if source.code[at] == "(" else at + 1
        while at < len(source.code) and source.code[at].isspace():
            at += 1
    return at if source.code[at : at + 1] == "(" else None
