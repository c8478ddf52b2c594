"""What a grammar does to a text that it made: quoting, and what a program can undo."""

from __future__ import annotations

import base64
import codecs
from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def _double_quoted(text: str) -> str:
    for char in '\\"$`':
        text = text.replace(char, f"\\{char}")
    return f'"{text}"'


def _in_double_quotes(text: str) -> str:
    """Quote so that what is expanded is expanded at once, where that is possible."""
    return quote(text) if any(char in text for char in '"\\`!') else f'"{text}"'


def _ansi(text: str) -> str:
    named = {"\n": "\\n", "\\": "\\\\", "'": "\\'", "\t": "\\t"}
    return "$'" + "".join(named.get(char, char) for char in text) + "'"


def _hexadecimal(text: str) -> str:
    return "$'" + "".join(f"\\x{byte:02x}" for byte in text.encode()) + "'"


def _octal(text: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in text.encode())


def _backticks(text: str) -> str:
    return text.replace("\\", "\\\\").replace("`", "\\`")


FILTERS: dict[str, Callable[[str], str]] = {
    "q": lambda text: "'" + text.replace("'", "'\\''") + "'",
    "dq": _double_quoted,
    "now": _in_double_quotes,
    "ansi": _ansi,
    "hex": _hexadecimal,
    "octal": _octal,
    "backticks": _backticks,
    "b64": lambda text: base64.b64encode(text.encode()).decode(),
    "rev": lambda text: "\n".join(line[::-1] for line in text.split("\n")),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "upper": str.upper,
    "lower": str.lower,
    "first": lambda text: text[:1],
    "rest": lambda text: text[1:],
    "line": lambda text: text.rstrip("\n") + "\n",
    "marked": "_".join,
}
"""Each by the name that a grammar gives it."""
