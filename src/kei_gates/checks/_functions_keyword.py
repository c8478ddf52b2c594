"""Find the functions of languages that begin each with a keyword, by their brackets.

lizard takes a Rust trait's method without a body, or a Kotlin function that is an expression, for
one that goes on to the end of the next (measured with 1.24.3), so these are read here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._code_mask import masked
from kei_gates.model import Value

if TYPE_CHECKING:
    from typing import Final

    from kei_gates.checks._reading import Clock

LANGUAGES = {"rs": "rust", "go": "go", "kt": "kotlin", "kts": "kotlin"}
_BEGINS = {
    "rust": re.compile(r"\bfn\s+(?P<name>(?:r#)?\w+)"),
    "go": re.compile(r"\bfunc\b(?:\s*\([^()]*\)(?=\s*\w+\s*[(\[]))?\s*(?P<name>\w*)(?=\s*[(\[])"),
    "kotlin": re.compile(r"\bfun\b\s*(?:<[^(){}]*>\s*)?(?P<name>[\w.<>?,* ]*)(?=\s*\()"),
}
_MARK = re.compile(r"[()\[\]{};=\n]")
_BRACE = re.compile(r"[{}]")
_GO_TYPE = re.compile(r"\b(?:interface|struct)\s*$")
_KOTLIN_GOES_ON = re.compile(r"\s*(?:[.{=:]|\?[.:]|&&|\|\||else\b|where\b|[+*/%]|as\b|in\b)")
_KOTLIN_OPEN_END = re.compile(r"(?:[-+*/%=(,.&|<>:]|\belse|\breturn|->)[ \t]*$")


class Function(Value):
    """A function in a file: its name, its first and its last line."""

    __slots__ = ("first", "last", "name")

    def __init__(self, name: str, first: int, last: int) -> None:
        self.name: Final = name
        self.first: Final = first
        self.last: Final = last

    @property
    def length(self) -> int:
        """How many lines it has."""
        return self.last - self.first + 1


def functions_by_keyword(text: str, language: str, clock: Clock) -> list[Function]:
    """Give the functions of a source that have a body, also those within others."""
    code = masked(text, language, clock)
    found: list[Function] = []
    line, at = 1, 0
    for begin in clock.watch(_BEGINS[language].finditer(code)):
        line += code.count("\n", at, begin.start())
        at = begin.start()
        end = _end(code, begin.end(), language)
        if end is not None:
            name = begin["name"].strip() or "(anonymous)"
            found.append(Function(name, line, line + code.count("\n", at, end)))
    return found


def _end(code: str, at: int, language: str) -> int | None:
    """Give where a function ends whose parameters begin at a place; none for one without a body."""
    depth = 0
    for mark in _MARK.finditer(code, at):
        sign, place = mark[0], mark.start()
        if sign in "([" or (sign == "{" and depth):
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if depth < 0:
                return None
        elif depth:
            continue
        elif sign == "{":
            if language == "go" and _GO_TYPE.search(code, max(at, place - 20), place):
                depth += 1
                continue
            return _closing(code, place)
        elif sign == ";" or _is_over(sign, code, place, language):
            return None
        elif sign == "=" and language == "kotlin":
            return _end_of_expression(code, place + 1)
    return None


def _is_over(sign: str, code: str, place: int, language: str) -> bool:
    """Whether a declaration ends with its line."""
    if sign != "\n" or language == "rust":
        return False
    return language == "go" or _KOTLIN_GOES_ON.match(code, place) is None


def _closing(code: str, at: int) -> int:
    """Give where the bracket at a place is closed: the end of the source, where it is not."""
    depth = 0
    for mark in _BRACE.finditer(code, at):
        depth += 1 if mark[0] == "{" else -1
        if depth == 0:
            return mark.start()
    return len(code.rstrip())


def _end_of_expression(code: str, at: int) -> int:
    """Give where a Kotlin expression ends: with the line that neither it nor the next goes on."""
    depth = 0
    for mark in _MARK.finditer(code, at):
        sign, place = mark[0], mark.start()
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if depth < 0:
                return place - 1
        elif sign == "\n" and depth == 0 and code[at:place].strip():
            line = code[code.rfind("\n", 0, place) + 1 : place]
            if not _KOTLIN_OPEN_END.search(line) and not _KOTLIN_GOES_ON.match(code, place):
                return place - 1
    return len(code.rstrip())
