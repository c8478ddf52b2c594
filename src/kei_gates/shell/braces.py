"""Brace expansion, as in bash(1), over characters that know where they come from."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Char: TypeAlias = "tuple[str, int]"
    Chars: TypeAlias = "list[Char]"

WRITTEN = 0
"""A character of the source that nothing quotes."""
EXPANDED = 1
"""A character of an expansion that nothing quotes: it is split and globbed, but no brace."""
QUOTED = 2

_MOST = 500
_LONGEST_SEQUENCE = 24
_MOST_CHARACTERS = 50_000
_OPEN, _CLOSE, _COMMA, _DOLLAR = ("{", WRITTEN), ("}", WRITTEN), (",", WRITTEN), ("$", WRITTEN)


def expand(chars: Chars) -> list[Chars] | None:
    """Give the words that a word's characters expand to; none when they are too many."""
    done: list[Chars] = []
    waiting = [chars]
    read = 0
    while waiting:
        word = waiting.pop()
        read += len(word)
        if read > _MOST_CHARACTERS:
            return None
        alternatives = _first(word)
        if alternatives is None:
            done.append(word)
        else:
            waiting += reversed(alternatives)
        if len(done) + len(waiting) > _MOST:
            return None
    return done


def _first(word: Chars) -> list[Chars] | None:
    """Expand the first brace expression of a word; none when there is none."""
    for start, (close, commas) in sorted(_pairs(word).items()):
        before, after = word[:start], word[close + 1 :]
        if commas:
            edges = [start, *commas, close]
            return [
                before + word[left + 1 : right] + after
                for left, right in zip(edges, edges[1:], strict=False)  # noqa: RUF007 -- no `itertools` here
            ]
        short = close - start <= _LONGEST_SEQUENCE
        items = _sequence(word[start + 1 : close]) if short else None
        if items is not None:
            return [before + [(c, QUOTED) for c in item] + after for item in items]
    return None


def _pairs(word: Chars) -> dict[int, tuple[int, list[int]]]:
    """Match the braces of a word: opening to closing, and the commas at its level."""
    found: dict[int, tuple[int, list[int]]] = {}
    open_at: list[tuple[int, list[int]]] = []
    for at, char in enumerate(word):
        if char == _OPEN and not (at and word[at - 1] == _DOLLAR):
            open_at.append((at, []))
        elif char == _CLOSE and open_at:
            start, commas = open_at.pop()
            found[start] = (at, commas)
        elif char == _COMMA and open_at:
            open_at[-1][1].append(at)
    return found


def _sequence(inner: Chars) -> list[str] | None:
    """Expand `a..e`, `1..9` or `1..9..2`; none when it is no sequence."""
    ends = "".join(char for char, _ in inner).split("..")
    if len(ends) not in (2, 3) or any(kind != WRITTEN for _, kind in inner):
        return None
    first, last = ends[0], ends[1]
    step = ends[2] if len(ends) > 2 else "1"  # noqa: PLR2004 -- with a step
    if not _is_number(step):
        return None
    stride = abs(int(step)) or 1
    if _is_number(first) and _is_number(last):
        padded = any(end.removeprefix("-")[0] == "0" and len(end) > 1 for end in (first, last))
        width = max(len(first), len(last)) if padded else 0
        return [str(n).zfill(width) for n in _range(int(first), int(last), stride)]
    if len(first) == 1 and len(last) == 1 and first.isalpha() and last.isalpha():
        return [chr(n) for n in _range(ord(first), ord(last), stride)]
    return None


def _range(first: int, last: int, stride: int) -> range:
    """Count from one end to the other; one too many where they are too many."""
    if first <= last:
        return range(first, last + 1, stride)[: _MOST + 1]
    return range(first, last - 1, -stride)[: _MOST + 1]


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return 0 < len(text) < 6 and digits.isascii() and digits.isdecimal()  # noqa: PLR2004 -- see _MOST
