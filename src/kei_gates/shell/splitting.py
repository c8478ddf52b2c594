"""Words of a text that is split as a shell would that expands nothing.

Source: sh(1) and POSIX XCU 2.2, Quoting; Python's `shlex.split` gives the same words.
"""

from __future__ import annotations

_BLANKS = frozenset(" \t\r\n")


def split(text: str) -> list[str] | None:
    """Split at blanks outside quotes; none for a quote that is not closed."""
    words: list[str] = []
    word: list[str] | None = None
    quote = ""
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if not quote and char in _BLANKS:
            if word is not None:
                words.append("".join(word))
            word = None
            continue
        word = [] if word is None else word
        if char == "\\" and quote != "'" and at < len(text):
            escaped = text[at]
            word.append(escaped if not quote or escaped in '\\"' else char + escaped)
            at += 1
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        else:
            word.append(char)
    if word is not None:
        words.append("".join(word))
    return None if quote else words
