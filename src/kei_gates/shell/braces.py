"""Brace expansion, as in bash(1), over characters that know whether they were quoted."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Char: TypeAlias = "tuple[str, bool]"
    Chars: TypeAlias = "list[Char]"

_MOST = 500


def expand(chars: Chars) -> list[Chars] | None:
    """Give the words that a word's characters expand to; none when they are too many."""
    done: list[Chars] = []
    waiting = [chars]
    while waiting:
        word = waiting.pop()
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
    for start, char in enumerate(word):
        if char == ("{", False) and (start == 0 or word[start - 1] != ("$", False)):
            close, commas = _matching(word, start)
            if close is None:
                continue
            before, after = word[:start], word[close + 1 :]
            if commas:
                edges = [start, *commas, close]
                return [
                    before + word[left + 1 : right] + after
                    for left, right in zip(edges, edges[1:], strict=False)
                ]
            items = _sequence(word[start + 1 : close])
            if items is not None:
                return [before + [(c, True) for c in item] + after for item in items]
    return None


def _matching(word: Chars, start: int) -> tuple[int | None, list[int]]:
    """Find the closing brace, and the commas at its level."""
    depth = 0
    commas = []
    for at in range(start, len(word)):
        char = word[at]
        if char == ("{", False):
            depth += 1
        elif char == ("}", False):
            depth -= 1
            if depth == 0:
                return at, commas
        elif char == (",", False) and depth == 1:
            commas.append(at)
    return None, []


def _sequence(inner: Chars) -> list[str] | None:
    """Expand `a..e` or `1..9`; none when it is no sequence."""
    first, dots, last = "".join(char for char, _ in inner).partition("..")
    if not dots or any(quoted for _, quoted in inner):
        return None
    if _is_number(first) and _is_number(last):
        low, high = int(first), int(last)
        step = 1 if low <= high else -1
        return [str(n) for n in range(low, high + step, step)][: _MOST + 1]
    if len(first) == 1 and len(last) == 1 and first.isalpha() and last.isalpha():
        low, high = ord(first), ord(last)
        step = 1 if low <= high else -1
        return [chr(n) for n in range(low, high + step, step)]
    return None


def _is_number(text: str) -> bool:
    return 0 < len(text) < 6 and text.removeprefix("-").isdecimal()  # noqa: PLR2004 -- see _MOST
