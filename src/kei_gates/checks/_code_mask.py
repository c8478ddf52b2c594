"""Blank out what is no code: comments, strings, characters, regular expressions.

What is left has the same lines, and its brackets come in pairs. Each string becomes a `0`, so that
an expression stays one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kei_gates.checks._reading import Clock

_STRING = r'"(?:\\.|[^"\\\n])*"'
_CHARACTER = r"'(?:\\.[^'\n]{0,12}|[^'\\\n])'"
_COMMENT = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
# A quote that is not closed in its line is none: JSX has apostrophes in its text.
_QUOTED = r"'(?:\\(?:.|\n)|[^'\\\n])*'"
# A slash begins a regular expression where no operand is before it.
_REGEX = (
    r"(?:(?<=[(,=:\[!&|?;+*%~^\n])|(?<==>)|(?<=return)|(?<=typeof)|(?<=case))[ \t]{0,40}"
    r"/(?![*/>])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*"
)
_JAVASCRIPT = f"{_COMMENT}|{_STRING}|{_QUOTED}|{_REGEX}|`"

# What is no code in each language. A group `open` says that the comment nests.
_PATTERNS = {
    "rust": rf'//[^\n]*|(?P<open>/\*)|b?r(?P<hashes>#*)".*?"(?P=hashes)|b?"(?:\\.|[^"\\])*"'
    rf"|b?{_CHARACTER}",
    "kotlin": rf'//[^\n]*|(?P<open>/\*)|""".*?"""+|{_STRING}|{_CHARACTER}',
    "go": rf"{_COMMENT}|{_STRING}|`[^`]*`|{_CHARACTER}",
    "javascript": _JAVASCRIPT,
    "c": rf'{_COMMENT}|R"(?P<fence>[^(\s]*)\(.*?\)(?P=fence)"|{_STRING}'
    rf"|(?<![0-9a-fA-F]){_CHARACTER}",
}
_COMPILED = {name: re.compile(pattern, re.DOTALL) for name, pattern in _PATTERNS.items()}
_NESTING = re.compile(r"/\*|\*/")
_TEMPLATE = re.compile(r"\\.|`|\$\{|[{}]", re.DOTALL)
_NO_NEWLINE = re.compile(r"[^\n]")


def masked(text: str, language: str, clock: Clock) -> str:
    """Give a source with all that is no code blanked out, in as many lines.

    Raises `UnreadableError` where that takes too long.
    """
    pattern = _COMPILED[language]
    parts: list[str] = []
    at = 0
    while found := pattern.search(text, at):
        clock.check()
        parts.append(text[at : found.start()])
        end = found.end()
        if found.lastgroup == "open":
            end = _end_of_comment(text, end)
        elif found[0] == "`" and language == "javascript":
            end = _end_of_template(text, end, clock)
        gone = text[found.start() : end]
        parts.append(_blank(gone, is_value=not gone.lstrip().startswith(("//", "/*"))))
        at = end
    return "".join((*parts, text[at:]))


def _blank(gone: str, *, is_value: bool) -> str:
    blank = _NO_NEWLINE.sub(" ", gone)
    return "0" + blank[1:] if is_value and not gone.startswith("\n") else blank


def _end_of_comment(text: str, at: int) -> int:
    """Give where a comment ends that holds others."""
    depth = 1
    while depth:
        found = _NESTING.search(text, at)
        if found is None:
            return len(text)
        depth += 1 if found[0] == "/*" else -1
        at = found.end()
    return at


def _end_of_template(text: str, at: int, clock: Clock) -> int:
    """Give where a template string ends, behind its opening mark; templates in it are in it."""
    opened = ["`"]  # what is open: templates, and the braces in their `${...}`
    while opened:
        found = _TEMPLATE.search(text, at)
        if found is None:
            return len(text)
        clock.check()
        at, mark = found.end(), found[0]
        in_text = opened[-1] == "`"
        if (mark == "`" and in_text) or (mark == "}" and not in_text):
            opened.pop()
        elif (mark == "`") or (mark == "${" and in_text) or (mark == "{" and not in_text):
            opened.append(mark)
    return at
