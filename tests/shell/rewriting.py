"""Changes to a source that mean nothing to a shell."""

from __future__ import annotations

import re
from collections.abc import Callable
from shlex import quote
from typing import Any

from kei_gates.shell.ast import CommandList, Simple, Word
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.parser import Parser

FORMS: dict[str, Callable[[str], str]] = {
    "a comment before": "# git '\" $(\n{}".format,
    "a comment behind": "{}\n# git '\" $(".format,
    "a group": "{{ {}\n}}".format,
    "a subshell": "( {}\n)".format,
    "an if": "if true; then {}\nfi".format,
    "an else": "if false; then :; else {}\nfi".format,
    "a loop": "for i in 1; do {}\ndone".format,
    "a function": "kei() {{ {}\n}}; kei".format,
    "a case": "case x in x) {}\n;; esac".format,
    "true behind": "{}\ntrue".format,
    "true in the line": lambda source: (
        source if "\n" in source or source.endswith("&") else f"{source}; true"
    ),
    "true before": "true; {}".format,
    "a shell": lambda source: f"bash -c {quote(source)}",
    "an eval": lambda source: f"eval {quote(source)}",
    "a shell of env": lambda source: f"env bash -c {quote(source)}",
    "and": "true && {{ {}\n}}".format,
    "a redirection": "{{ {}\n}} 2>&1".format,
}
"""What a source is put into, by name."""
STYLES: dict[str, Callable[[str], str]] = {
    "single": "'{}'".format,
    "double": '"{}"'.format,
    "escaped": lambda word: "".join(f"\\{char}" for char in word),
    "in part": lambda word: f"{word[:1]}''{word[1:]}",
    "in pieces": lambda word: "".join(f"'{char}'" for char in word),
    "ansi": "$'{}'".format,
    "hexadecimal": lambda word: "$'" + "".join(f"\\x{ord(char):02x}" for char in word) + "'",
}
"""How a word without special characters may be quoted, by name."""


def changed(source: str, names: list[str]) -> str:
    for name in names:
        source = FORMS[name](source)
    return source


def simple_commands(found: Any) -> list[Simple]:
    """The simple commands of a tree that stand in the source itself, not in a word."""
    if isinstance(found, Simple):
        return [found]
    inner: list[Any] = []
    for kind in type(found).__mro__:
        for name in getattr(kind, "__slots__", ()):
            value = getattr(found, name)
            inner += [value] if hasattr(value, "span") else []
            inner += _nodes(value)
    return [one for node in inner if not isinstance(node, Word) for one in simple_commands(node)]


def _nodes(value: object) -> list[object]:
    if not isinstance(value, tuple):
        return []
    return [
        one
        for item in value
        for one in (item if isinstance(item, tuple) else (item,))
        if hasattr(one, "span")
    ]


def quotable(source: str) -> list[Word]:
    """The words of commands that stand for themselves and may be quoted."""
    found = tree(source)
    assert found is not None
    return [
        word
        for command in simple_commands(found)
        for word in command.words
        if (word.plain or "").replace("-", "").replace(".", "").isalnum()
        and source[slice(*word.span)] == word.plain
        and (word.plain or "").isascii()
    ]


def tree(source: str) -> CommandList | None:
    """The tree of a source that both shells read alike; none for any other."""
    parser = Parser(source)
    try:
        found = parser.whole()
    except Unanalysable:
        return None
    return None if parser.differs else found


def wrappable(sources: list[str]) -> list[str]:
    """The sources that can stand inside another, in bash too, and mean the same there."""
    return [
        one
        for one in dict.fromkeys(sources)
        if tree(one) is not None and "alias" not in one and "noglob" not in one
    ]


# Words before which a wrapper, or quotes around them, would mean something else.
_OF_THE_SHELL = frozenset(("eval", "exec", "trap", "coproc", "time", "command", "type", "set"))


def is_program_call(source: str) -> bool:
    """Whether a source is one simple command that starts with a program's plain name."""
    found = tree(source)
    if found is None or [type(command) for command, _ in found.items] != [Simple]:
        return False
    first = next(iter(quotable(source)), None)
    return first is not None and first.span[0] == 0 and first.plain not in _OF_THE_SHELL


def renamed(source: str) -> str | None:
    """The source with another name for its first variable; none where it has none to be told."""
    for name in re.findall(r"(?:^|[\s;(])(\w+)\+?=", source):
        everywhere = re.findall(rf"(?<![\w.-]){name}(?![\w.-])", source)
        plain = re.findall(
            rf"(?<=\$){name}(?!\w)|(?<=\$\{{){name}(?!\w)|(?:(?<=[\s;(])|^){name}(?=\+?=)", source
        )
        if name.islower() and len(everywhere) == len(plain) > 1:
            return re.sub(rf"(?<![\w.-]){name}(?![\w.-])", "kei_renamed", source)
    return None
