"""Find the functions of JavaScript and TypeScript, also in JSX, by their brackets.

lizard loses its way in regular expressions, generic functions, and arrows whose body is JSX in
parentheses: it takes such a component for longer than it is, or sees none (measured with 1.24.3).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from kei_gates.checks._code_mask import masked
from kei_gates.checks._functions_keyword import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.checks._reading import Clock

ENDINGS = ("js", "cjs", "mjs", "jsx", "ts", "cts", "mts", "tsx")

# Types with brackets in a place where a body's would be: `<{...}>`, `): {...} {`, `name<T>(`.
_TYPES = re.compile(
    r"(?<=<)\s{0,20}\{[^{}]{0,400}\}(?=\s{0,20}(?:\[\]\s{0,20})?[>,|&])"
    r"|(?<=\))\s{0,20}:\s{0,20}\{[^{}]{0,400}\}(?=\s{0,20}(?:\{|=>))"
    r"|(?<=[\w\s])<[^<>(){};]{0,200}(?:<[^<>(){};]{0,200}>[^<>(){};]{0,200}){0,8}>(?=\s{0,20}\()"
)
_NO_NEWLINE = re.compile(r"[^\n]")
_FUNCTION = re.compile(r"\bfunction\b\s*\*?\s*(?P<name>[\w$]*)\s*(?=\()")
_METHOD = re.compile(r"(?:(?<![\w$.#])(?P<name>#?[A-Za-z_$][\w$]*|0)|\])[ \t]{0,8}\??(?=\()")
_NO_METHOD = frozenset({
    "if", "for", "while", "switch", "catch", "with", "function", "return", "new", "await", "typeof",
    "super", "import", "of", "in", "do", "else", "case", "void", "delete", "throw", "yield",
    "async",
})  # fmt: skip
_ARROW = re.compile(
    r"(?P<close>\))?(?P<type>[ \t]{0,8}:[^=;{}()\n]{0,200})?(?P<one>[\w$]{1,80})?[ \t]{0,8}=>\s*"
)
_TO_BODY = re.compile(r"\s*(?::[^(){};=]*)?\{")
_NAMED = re.compile(r"(?P<name>#?[\w$]+)\s*(?::[^=;{}()]*)?[=:]\s*(?:async\b\s*)?$")
# What groups tests is a function in form only: each test in it is one.
_GROUP = re.compile(r"\b(?:describe|context|suite)(?:\.\w+)*\s*\([^(){}]*,\s*(?:async\s*)?$")
_BRACKET = re.compile(r"[()\[\]{}]")
_STOP = re.compile(r"[()\[\]{},;\n]")
_GOES_ON = re.compile(r"\s*(?:[.?:&|+*/%=<>!^)\]}-]|\binstanceof\b|\bin\b)")
_OPEN_END = re.compile(r"[.?:&|+*/%=<>!^(-]\s*$")


def functions_of_script(text: str, clock: Clock) -> list[Function]:
    """Give the functions, methods and arrows of a source, also those within others."""
    code = _TYPES.sub(
        lambda found: _NO_NEWLINE.sub(" ", found[0]), masked(text, "javascript", clock)
    )
    pairs = _pairs(code)
    spans = [
        *_with_keyword(code, pairs),
        *_methods(code, pairs),
        *clock.watch(_arrows(code, pairs)),
    ]
    spans = [span for span in spans if not _GROUP.search(code[max(0, span[0] - 200) : span[0]])]
    lines = [at for at, sign in enumerate(code) if sign == "\n"]
    return [
        Function(name, _line(lines, first), _line(lines, last))
        for first, last, name in sorted(spans)
    ]


def _line(newlines: list[int], at: int) -> int:
    return bisect_left(newlines, at) + 1


def _pairs(code: str) -> dict[int, int]:
    """Give for each bracket where its other one stands, for those that have one."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for mark in _BRACKET.finditer(code):
        if mark[0] in "([{":
            opened.append(mark.start())
        elif opened and code[opened[-1]] + mark[0] in ("()", "[]", "{}"):
            at = opened.pop()
            pairs[at], pairs[mark.start()] = mark.start(), at
    return pairs


def _with_keyword(code: str, pairs: dict[int, int]) -> list[tuple[int, int, str]]:
    return [
        (found.start(), last, found["name"] or _name_before(code, found.start()))
        for found in _FUNCTION.finditer(code)
        if (last := _body(code, found.end(), pairs)) is not None
    ]


def _methods(code: str, pairs: dict[int, int]) -> list[tuple[int, int, str]]:
    return [
        (found.start(), last, found["name"] or "[...]")
        for found in _METHOD.finditer(code)
        if found["name"] not in _NO_METHOD
        and not re.search(
            r"\bfunction\b\s*\*?\s*$", code[max(0, found.start() - 20) : found.start()]
        )
        and (last := _body(code, found.end(), pairs)) is not None
    ]


def _body(code: str, at: int, pairs: dict[int, int]) -> int | None:
    """Give where the body behind the parameters at a place ends; none where there is none."""
    close = pairs.get(at)
    begin = _TO_BODY.match(code, close + 1) if close is not None else None
    return pairs.get(begin.end() - 1) if begin else None


def _arrows(code: str, pairs: dict[int, int]) -> Iterator[tuple[int, int, str]]:
    for found in _ARROW.finditer(code):
        first = found.start("one") if found["one"] else found.start()
        if found["close"]:
            first = pairs.get(found.start(), found.start())
        body = code[found.end() : found.end() + 1]
        paired = pairs.get(found.end()) if body and body in "{(" else None
        last = paired if paired is not None and body == "{" else _end(code, found.end())
        yield first, last, _name_before(code, first)


def _name_before(code: str, at: int) -> str:
    """Give the name that a function is assigned to; for people only."""
    found = _NAMED.search(code[max(0, at - 200) : at])
    return found["name"] if found else "(anonymous)"


def _end(code: str, at: int) -> int:
    """Give where an expression ends: at a comma or bracket around it, or with its line."""
    depth = 0
    for mark in _STOP.finditer(code, at):
        sign, place = mark[0], mark.start()
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if depth < 0:
                return _last_of(code, place)
        elif depth == 0 and (sign in ",;" or not _continues(code, at, place)):
            return _last_of(code, place)
    return len(code.rstrip())


def _continues(code: str, begin: int, at: int) -> bool:
    """Whether an expression goes on in the next line."""
    line = code[max(begin, code.rfind("\n", 0, at)) : at]
    return _OPEN_END.search(line) is not None or _GOES_ON.match(code, at) is not None


def _last_of(code: str, at: int) -> int:
    """Give the last sign before a place that is no blank."""
    while at > 0 and code[at - 1].isspace():
        at -= 1
    return at - 1
