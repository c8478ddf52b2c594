"""What an expression of a script may come to.

A `Fold` holds every value that is possible. Numbers, texts and `None` are themselves; the rest is
said by the classes here. `UNKNOWN` among the values means that it may be anything.
"""

from __future__ import annotations

from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

_MOST_CHOICES = 16
LONGEST_CHAIN: Final = 100
"""How many attributes and calls behind one another are looked through."""


class _Unknown:
    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
"""Any value at all."""


class Fold(Value):
    """All that an expression may come to, and which variables of the environment it hangs on."""

    __slots__ = ("changes", "choices")

    def __init__(self, choices: tuple[object, ...], changes: tuple[str, ...] = ()) -> None:
        self.choices: Final = choices
        self.changes: Final = changes[:_MOST_CHOICES]

    @property
    def is_known(self) -> bool:
        """Whether it is one of the choices for certain."""
        return not any(choice is UNKNOWN or isinstance(choice, Begins) for choice in self.choices)

    @property
    def only(self) -> object:
        """The value, where there is but one; else `UNKNOWN`."""
        return self.choices[0] if len(self.choices) == 1 else UNKNOWN


ANYTHING: Final = Fold((UNKNOWN,))


def just(value: object) -> Fold:
    """Give the fold of one value."""
    return Fold((value,))


def union(*folds: Fold) -> Fold:
    """Give what any of the folds may be."""
    if len(folds) == 1:
        return folds[0]
    found: dict[object, object] = {}
    for fold in folds:
        for choice in fold.choices:
            found[_key(choice)] = choice
    changes = tuple(dict.fromkeys(name for fold in folds for name in fold.changes))
    if not found or len(found) > _MOST_CHOICES:
        return Fold((UNKNOWN,), changes)
    return Fold(tuple(found.values()), changes)


def _key(choice: object) -> object:
    """Tell choices apart: plain values by what they are, others by being the same object.

    Comparing what holds other values could take longer than any script is worth.
    """
    if choice is None or isinstance(choice, (bool, int, float, str)):
        return type(choice), choice
    if isinstance(choice, (Named, Local)):
        return type(choice), choice.fields()
    return id(choice)


class Begins(Value):
    """A text of which only the beginning is known, as of a path."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text: Final = text


class Named(Value):
    """Something that is not of the script: `modal.App`, `os.environ`, `builtins.range`."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path: Final = path


class Local(Value):
    """A function or class that the script defines, by the key of its body."""

    __slots__ = ("key",)

    def __init__(self, key: str) -> None:
        self.key: Final = key


class Part(Value):
    """An attribute of something that is not known any closer: `app.function`."""

    __slots__ = ("name", "of")

    def __init__(self, of: object, name: str) -> None:
        self.of: Final = of
        self.name: Final = name


class Made(Value):
    """What a call gives: what was called, and with what.

    `is_open` says that it was given more than is known (`*args`, `**options`).
    """

    __slots__ = ("arguments", "callee", "is_open", "keywords", "line")

    def __init__(
        self,
        callee: object,
        arguments: tuple[Fold, ...] = (),
        keywords: Mapping[str, Fold] | None = None,
        line: int = 0,
        is_open: bool = False,  # noqa: FBT002 -- a field
    ) -> None:
        self.callee: Final = callee
        self.arguments: Final = arguments
        self.keywords: Final = keywords or {}
        self.line: Final = line
        self.is_open: Final = is_open

    def argument(self, at: int, *names: str) -> Fold | None:
        """Give an argument by its place or one of its names; none where it is not given."""
        if 0 <= at < len(self.arguments):
            return self.arguments[at]
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return ANYTHING if self.is_open else None


class Items(Value):
    """A list, tuple or set; of `items` none is known but how many, where `count` says it."""

    __slots__ = ("count", "items")

    def __init__(self, items: tuple[Fold, ...] | None, count: int | None = None) -> None:
        self.items: Final = items
        self.count: Final = len(items) if items is not None else count


class Table(Value):
    """A dict. `is_open` says that it holds more than is known."""

    __slots__ = ("entries", "is_open")

    def __init__(self, entries: Mapping[object, Fold], *, is_open: bool = False) -> None:
        self.entries: Final = entries
        self.is_open: Final = is_open


class Lambda(Value):
    """A function without a name."""

    __slots__ = ()


def root(value: object) -> object:
    """Give what a chain of attributes and calls begins with."""
    for _ in range(LONGEST_CHAIN):
        if isinstance(value, Part):
            value = value.of
        elif isinstance(value, Made):
            value = value.callee
        else:
            return value
    return UNKNOWN


def count(fold: Fold | None) -> int | None:
    """Give how many items there are at most; none where that is not known."""
    if fold is None:
        return None
    counts = [_count(choice) for choice in fold.choices]
    known = [one for one in counts if one is not None]
    # an empty one is filled somewhere that was not seen: nobody loops over nothing
    return max(known) or None if known and len(known) == len(counts) else None


def _count(choice: object) -> int | None:
    if isinstance(choice, Items):
        return choice.count
    if isinstance(choice, Table):
        return None if choice.is_open else len(choice.entries)
    return len(choice) if isinstance(choice, str) else None
