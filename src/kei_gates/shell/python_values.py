"""What an expression of Python may be worth, as far as that is followed.

An expression has several possible values. A constant stands for itself; everything else is one of
the classes here.
"""

from __future__ import annotations

from kei_gates.shell.python_danger import leads_on

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _ast as ast
    from collections.abc import Iterable
    from typing import TypeAlias

    from kei_gates.shell.python_scopes import Class, Function, Scope

    Values: TypeAlias = "tuple[object, ...]"

MOST_VALUES = 64
"""How many values of one expression are told apart."""

_MOST_OTHERS = 128
MERGED = -1
"""The site of lists that stand for many others."""

MOST_ITEMS = 256
_MOST_LISTS = 12


class Unknown:
    """An ordinary value that is not followed: a number, a text, an object that starts nothing."""

    __slots__ = ()


class Ref:
    """A thing of a module by its full name; `()` stands for a call on the way to it.

    `base` is what it was taken from, `given` the arguments of the call that made it. The name `?`
    is anything at all, dangerous things among them.
    """

    __slots__ = ("base", "given", "path")

    def __init__(self, path: str, base: Ref | None = None, given: Arguments | None = None) -> None:
        """Take the fields."""
        self.path = path
        self.base = base
        self.given = given


class Seq:
    """A list or the like: first `items`, then any number of what is in `rest`, in any order.

    `site` is the node that made it, so that what is added to it later can be told.
    """

    __slots__ = ("_elements", "danger", "items", "plain", "rest", "site")

    def __init__(self, items: Iterable[Values], rest: Values = ()) -> None:
        """Take the values of each item; a `rest` of none says that there are no more."""
        self.items = list(items)
        self.rest = rest
        if len(self.items) > MOST_ITEMS:
            self.rest = union(rest, *self.items[MOST_ITEMS:])
            del self.items[MOST_ITEMS:]
        self.site = 0
        self.danger: tuple[object] | None = None
        self.plain: bool | None = None
        self._elements: Values | None = None

    def elements(self) -> Values:
        """Give what any element may be."""
        if self._elements is None:
            self._elements = union(*self.items, self.rest)
        return self._elements


class Table:
    """A dictionary: values by known keys, and `rest` for what other keys may hold.

    `spaces` are namespaces of texts that were executed in it.
    """

    __slots__ = ("_elements", "danger", "items", "rest", "site", "spaces")

    def __init__(self, items: dict[object, Values], rest: Values = ()) -> None:
        """Take the values by key."""
        self.items = items
        self.rest = rest
        self.site = 0
        self.spaces: list[Space] = []
        self.danger: tuple[object] | None = None
        self._elements: Values | None = None

    def elements(self) -> Values:
        """Give what any key may hold."""
        if self._elements is None:
            self._elements = union(*self.items.values(), self.rest)
        return self._elements


class Space:
    """The names of a module, or of a scope of the code itself, as a dictionary."""

    __slots__ = ("module", "scope")

    def __init__(self, module: str = "", scope: Scope | None = None) -> None:
        """Take one of the two."""
        self.module = module
        self.scope = scope


class Method:
    """A method of a constant, a list, a dictionary or a namespace."""

    __slots__ = ("name", "of")

    def __init__(self, of: object, name: str) -> None:
        """Take the value that it belongs to."""
        self.of = of
        self.name = name


class Partial:
    """A function with some of its arguments given already."""

    __slots__ = ("function", "given")

    def __init__(self, function: Values, given: Arguments) -> None:
        """Take what is called and the arguments."""
        self.function = function
        self.given = given


class Func:
    """A function of the code; `skip` parameters are given by what it is bound to."""

    __slots__ = ("function", "skip")

    def __init__(self, function: Function, skip: int = 0) -> None:
        """Take the fields."""
        self.function = function
        self.skip = skip


class Instance:
    """An object of a class of the code."""

    __slots__ = ("of",)

    def __init__(self, of: Class) -> None:
        """Take the class."""
        self.of = of


class Thunk:
    """An expression that is evaluated when its values are asked for, or a part of one.

    `kind` says which: `value` of the node; `element`, `item` and `rest` of what another thunk
    gives; `pack` and `table` of several others; `given` values; a `parameter`; `augment`ed.
    `block` is the list of statements it stands in, `looped` that it may happen again and again,
    `place` where what it is bound to stands.
    """

    __slots__ = ("block", "index", "kind", "looped", "node", "of", "place", "scope")

    def __init__(
        self,
        kind: str,
        node: ast.AST | None = None,
        scope: Scope | None = None,
        of: object = None,
        index: object = 0,
    ) -> None:
        """Take the fields that the kind needs."""
        self.kind = kind
        self.node = node
        self.scope = scope
        self.of = of
        self.index = index
        self.block = 0
        self.place = (0, 0)
        self.looped = False

    def key(self) -> tuple[object, ...]:
        """Give what two thunks of the same expression have in common."""
        of = self.of
        if isinstance(of, Thunk):
            return (self.kind, self.index, *of.key())
        if isinstance(of, list):
            return (self.kind, *(thunk.key() for thunk in of))
        if isinstance(of, dict):
            return (self.kind, *((name, thunk.key()) for name, thunk in of.items()))
        if self.kind == "given":
            return (self.kind, *(_key(value) for value in of)) if isinstance(of, tuple) else ()
        return (self.kind, self.index, id(self.node), id(of))


class Arguments:
    """The arguments of a call; `more` are any further ones, `spread` those by unknown names."""

    __slots__ = ("keywords", "more", "positional", "scope", "spread")

    def __init__(
        self,
        positional: list[Thunk],
        keywords: dict[str, Thunk] | None = None,
        more: list[Thunk] | None = None,
        spread: list[Thunk] | None = None,
        scope: Scope | None = None,
    ) -> None:
        """Take the fields; `more` and `spread` give what any of theirs may be."""
        self.positional = positional
        self.keywords = keywords or {}
        self.more = more or []
        self.spread = spread or []
        self.scope = scope

    def behind(self, count: int) -> Arguments:
        """Give the arguments without the first ones."""
        return Arguments(self.positional[count:], self.keywords, self.more, self.spread, self.scope)

    def with_more(self, other: Arguments) -> Arguments:
        """Give these arguments with those of another call behind them."""
        more = [*self.more, *other.more]
        positional = self.positional
        if self.more:
            more += other.positional
        else:
            positional = [*positional, *other.positional]
        keywords = {**self.keywords, **other.keywords}
        return Arguments(positional, keywords, more, [*self.spread, *other.spread], other.scope)

    def all(self) -> list[Thunk]:
        """Give every argument."""
        return [*self.positional, *self.keywords.values(), *self.more, *self.spread]


UNKNOWN = Unknown()
ANY: Values = (UNKNOWN,)
ANYTHING: Values = (Ref("?"),)
CONSTANTS = (str, bytes, int, float, complex, type(None), type(...))


_TOLD_APART = ("pathlib.Path()", "builtins.open()", "builtins.compile()", "io.", "codecs.")


def _key(value: object) -> object:
    if isinstance(value, CONSTANTS):
        return (type(value), value)
    if isinstance(value, Ref):
        # Of most things that calls give, it does not matter which call it was.
        told = id(value.given) if value.path.startswith(_TOLD_APART) else 0
        return ("ref", value.path, told)
    if isinstance(value, Func):
        return (id(value.function), value.skip)
    if isinstance(value, Instance):
        return ("instance", id(value.of))
    if isinstance(value, Method):
        return (value.name, _key(value.of))
    return (value.module, id(value.scope)) if isinstance(value, Space) else id(value)


def union(*parts: Values) -> Values:
    """Give all the values of several expressions; of too many texts, that they are not known."""
    parts = tuple(part for part in parts if part)
    if len(parts) <= 1 or all(part == parts[0] for part in parts):
        return parts[0] if parts else ()
    found: dict[object, object] = {}
    for part in parts:
        for value in part:
            found.setdefault(_key(value), value)
    values = list(found.values())
    if len(found) > _MOST_LISTS and UNKNOWN in values:
        # Beside what is not known, single texts say little.
        values = [value for value in values if not isinstance(value, CONSTANTS)]
    if len(values) <= _MOST_LISTS:
        return tuple(values)
    few = sum(not _is_plain(value) for value in values) <= _MOST_LISTS and UNKNOWN not in values
    if few and len(values) <= MOST_VALUES:
        return tuple(values)
    return _fewer(values)


def _leads_on(value: object) -> bool:
    """Whether a value may not be given up for one that is not known."""
    if isinstance(value, (Method, Instance)):  # of an object not known, all is looked up as well
        return isinstance(value.of, Space)
    if isinstance(value, Func):
        return not value.function.lost
    return leads_on(value.path) if isinstance(value, Ref) else True


def _is_plain(value: object) -> bool:
    """Whether a value is one of which many are told apart: a text, a path, a list of them."""
    if isinstance(value, Seq):
        if value.plain is None:
            value.plain = all(map(_is_plain, (*value.items, value.rest)))
        return value.plain
    if isinstance(value, tuple):
        return all(isinstance(each, (*CONSTANTS, Unknown)) for each in value)
    return isinstance(value, (*CONSTANTS, Unknown)) or _is_path(value)


def _is_path(value: object) -> bool:
    return isinstance(value, Ref) and value.path == "pathlib.Path()"


def _fewer(values: list[object]) -> Values:
    """Give fewer values for many: in place of lists, one whose order is not known."""
    several = [value for value in values if not _is_plain(value)]
    plain = [value for value in values if _is_plain(value)]
    lists = [value for value in several if isinstance(value, Seq)]
    tables = [value for value in several if isinstance(value, Table)]
    if len(plain) > MOST_VALUES or UNKNOWN in plain:
        lists += [value for value in plain if isinstance(value, Seq)]
        plain = [UNKNOWN]
    functions = [value for value in several if isinstance(value, Func)]
    for value in functions if len(functions) > _MOST_LISTS else ():
        value.function.open = value.function.lost = True
    kept = [value for value in several if not isinstance(value, (Seq, Table)) and _leads_on(value)]
    if len(kept) > _MOST_OTHERS:
        kept = [*kept[:_MOST_OTHERS], *ANYTHING]
    if len(lists) > 1:
        lists = [Seq([], union(*(each.elements() for each in lists), ANY))]
        lists[0].site = MERGED
    if len(tables) > 1:
        tables = [Table({}, union(*(each.elements() for each in tables), ANY))]
        tables[0].site = MERGED
    return (*dict.fromkeys([*plain, UNKNOWN]), *kept, *lists, *tables)


def texts(values: Values) -> list[str | None]:
    """Give what a text or a path may be; none stands for one that is not known."""
    found: list[str | None] = []
    for value in values:
        if isinstance(value, bytes):
            found.append(value.decode("utf-8", "replace"))
        elif isinstance(value, str):
            found.append(value)
        elif isinstance(value, Ref) and value.path == "pathlib.Path()" and value.given:
            of = value.given.positional[0].of
            found += texts(of) if isinstance(of, tuple) else [None]
        elif value is not None:
            found.append(None)
    return list(dict.fromkeys(found))
