"""What a variable, a word or a program's output can be known to be."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final, TypeAlias

    Value: TypeAlias = "str | Choice | tuple[str | None, ...] | Number | None"
    """A variable's value: a string, one of several, an array, some number, or unknown."""

OUTSIDE = "\0o"
"""Stands, inside one word, for what the environment of the call holds and nobody here knows."""
COMPUTED = "\0c"
"""Stands, inside one word, for what was computed in a way that is not followed. No source holds a
NUL, so nothing else looks so."""

TEMPORARY = "\0t"
"""Stands, inside a path, for the name of a file that nobody knew before: that of `mktemp`."""

RUNNING = "\0j"
"""Stands, inside one word, for the ids of what the source itself has started, and blanks."""

FOLDER = "\0f"
"""Stands, inside a path, for a folder of the machine that a program has named."""

MOST_CHOICES = 8
LONGEST_VALUE = 1 << 20
"""Characters of a text that is put together; a variable can be doubled in a few characters."""
MOST_WORDS = 1 << 17
"""How many words an array or the positional parameters may have."""
"""How many strings a value may be one of before it counts as unknown."""


class Number:
    """The value of a variable that holds digits, whichever."""

    __slots__ = ()


NUMBER = Number()


class Choice:
    """The value of a variable that is one of several strings."""

    __slots__ = ("values",)

    def __init__(self, values: tuple[str, ...]) -> None:
        """Take the strings; use `one_of` to make one."""
        self.values: Final = values

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Choice) and set(self.values) == set(other.values)

    def __hash__(self) -> int:
        return hash(frozenset(self.values))


class FileText(str):
    """Text of a file that was there before: what it runs is no word of the call's own."""

    __slots__ = ()


def marked(text: str, instead: str) -> str:
    """Give a text with something else in the place of what is not known of it."""
    if "\0" not in text:
        return text
    for mark in (OUTSIDE, COMPUTED, TEMPORARY, FOLDER, RUNNING):
        text = text.replace(mark, instead)
    return text


def with_names(text: str) -> str:
    """Give a path with names for the files that nobody knew before."""
    return text.replace(TEMPORARY, "tmp.") if TEMPORARY in text else text


def is_unknown(text: str) -> bool:
    """Say whether a part of a text is not known; the name of a new file is as good as known."""
    return "\0" in text and "\0" in text.replace(TEMPORARY, "").replace(FOLDER, "")


def one_of(strings: Iterable[str]) -> Value:
    """Give the value that is one of some strings; none where they are too many."""
    found = tuple(dict.fromkeys(strings))
    if not found or len(found) > MOST_CHOICES:
        return None
    return found[0] if len(found) == 1 else Choice(found)


def strings_of(value: Value) -> tuple[str, ...] | None:
    """Give the strings that a value may be; none when they are not known."""
    if isinstance(value, str):
        return (value,)
    return value.values if isinstance(value, Choice) else None


def either(one: Value, other: Value) -> Value:
    """Give what is known of a value that is one of two."""
    if one is not None and one == other:
        return one
    first, second = strings_of(one), strings_of(other)
    if first is not None and second is not None:
        found = one_of(first + second)
        if found is not None:
            return found
    return NUMBER if is_number(one) and is_number(other) else None


def is_number(value: Value) -> bool:
    """Say whether a value holds digits alone."""
    if isinstance(value, Choice):
        return all(one.isdecimal() for one in value.values)
    return value is NUMBER or (isinstance(value, str) and value.isdecimal())
