"""What operators, methods and plain functions of Python make of values that are known.

Everything is bounded: what would grow too large is not known. Source: the Python 3 library
reference.
"""

from __future__ import annotations

from kei_gates.lint.values import ANYTHING, UNKNOWN, Begins, Fold, Items, Table, count, just, union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Final

    Operation = Callable[..., Any]

_LONGEST = 10_000
_MOST_WAYS = 256
_MOST_BITS = 256
_MOST_POWER = 64
_PLAIN = (bool, int, float, str, type(None))


def _power(left: Any, right: Any) -> Any:
    return left**right if abs(right) <= _MOST_POWER else UNKNOWN


def _multiply(left: Any, right: Any) -> Any:
    for text, times in ((left, right), (right, left)):
        if isinstance(text, str) and isinstance(times, int) and len(text) * times > _LONGEST:
            return UNKNOWN
    return left * right


def _divide(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):  # parts of a path, see `_PATHS`
        return right if right.startswith("/") else f"{left.rstrip('/')}/{right}"
    return left / right


def _remainder(left: Any, right: Any) -> Any:
    return UNKNOWN if isinstance(left, str) else left % right


_BINARY: Final[dict[str, Operation]] = {
    "Add": lambda left, right: left + right,
    "Sub": lambda left, right: left - right,
    "Mult": _multiply,
    "Div": _divide,
    "FloorDiv": lambda left, right: left // right,
    "Mod": _remainder,
    "Pow": _power,
    "BitOr": lambda left, right: left | right,
    "BitAnd": lambda left, right: left & right,
}


def _replace(text: Any, old: Any, new: Any) -> Any:
    if not old or text.count(old) * len(new) > _LONGEST:
        return UNKNOWN
    return text.replace(old, new)


_UNARY: Final[dict[str, Operation]] = {
    "USub": lambda value: -value,
    "UAdd": lambda value: +value,
    "Invert": lambda value: ~value,
    "Not": lambda value: not value,
}


def apply(operation: Operation | None, *folds: Fold) -> Fold:
    """Give what an operation makes of every way to choose its operands."""
    if operation is None:
        return ANYTHING
    chosen: list[tuple[object, ...]] = [()]
    for fold in folds:
        chosen = [(*before, choice) for before in chosen for choice in fold.choices]
        if len(chosen) > _MOST_WAYS:
            return ANYTHING
    changes = tuple(dict.fromkeys(name for fold in folds for name in fold.changes))
    result = union(*(just(_one(operation, operands)) for operands in chosen))
    return Fold(result.choices, changes)


def _one(operation: Operation, operands: tuple[object, ...]) -> object:
    if not all(isinstance(operand, _PLAIN) for operand in operands):
        return UNKNOWN
    try:
        value: object = operation(*operands)
    except (TypeError, ValueError, ArithmeticError, LookupError):
        return UNKNOWN
    if isinstance(value, str) and len(value) > _LONGEST:
        return UNKNOWN
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return UNKNOWN
    return value if isinstance(value, _PLAIN) else UNKNOWN


def binary(operator: str, left: Fold, right: Fold) -> Fold:
    """Give what an operator makes of two folds."""
    one, other = left.only, right.only
    if operator == "Add" and isinstance(one, Items) and isinstance(other, Items):
        return just(_joined(one, other))
    if operator == "Mult" and isinstance(one, Items) and isinstance(other, int):
        return just(_repeated(one, other))
    if operator == "Mult" and isinstance(other, Items) and isinstance(one, int):
        return just(_repeated(other, one))
    if operator == "BitOr" and isinstance(one, Table) and isinstance(other, Table):
        entries = {**one.entries, **other.entries}
        return just(Table(entries, is_open=one.is_open or other.is_open))
    begins = _begins(operator, one, other)
    return apply(_BINARY.get(operator), left, right) if begins is None else just(begins)


def _begins(operator: str, left: object, right: object) -> Begins | None:
    """Give the beginning of a text that goes on with what is not known."""
    if operator not in ("Add", "Div") or isinstance(right, _PLAIN):
        return None
    if isinstance(left, Begins):
        return left
    if not isinstance(left, str) or not left:
        return None
    beginning = left if operator == "Add" else f"{left.rstrip('/')}/"
    return Begins(beginning + (right.text if isinstance(right, Begins) else ""))


def unary(operator: str, value: Fold) -> Fold:
    """Give what an operator makes of a fold."""
    return apply(_UNARY.get(operator), value)


def _joined(one: Items, other: Items) -> Items:
    if one.count is None or other.count is None:
        return Items(None)
    total = one.count + other.count
    if one.items is None or other.items is None or total > _LONGEST:
        return Items(None, total)
    return Items(one.items + other.items)


def _repeated(items: Items, times: int) -> Items:
    if items.count is None:
        return Items(None)
    total = items.count * max(times, 0)
    if items.items is None or total > _LONGEST:
        return Items(None, total)
    return Items(items.items * max(times, 0))


def joined_text(parts: Sequence[Fold]) -> Fold:
    """Give the text of an f-string's parts."""
    text = just("")
    for part in parts:
        begins = _begins("Add", text.only, part.only)
        if begins is not None:
            text = just(begins)
        elif isinstance(text.only, Begins):
            continue
        elif text.only == "":
            text = part if isinstance(part.only, Begins) else apply(str, part)
        else:
            text = apply(lambda left, right: f"{left}{right}", text, part)
    return text


# --- methods of texts and functions -----------------------------------------------------------

_METHODS: Final[dict[str, Operation]] = {
    "upper": str.upper,
    "lower": str.lower,
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "replace": _replace,
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
    "joinpath": _divide,
    "as_posix": str,
}
_NUMBERS: Final[dict[str, Operation]] = {
    "builtins.int": int,
    "builtins.float": float,
    "builtins.str": str,
    "builtins.bool": bool,
    "builtins.abs": abs,
    "builtins.round": round,
}
# A path is as good as its text here.
_PATHS = ("pathlib.Path", "pathlib.PurePosixPath", "pathlib.PosixPath", "pathlib.PurePath",
          "os.path.join", "os.path.abspath", "os.fspath")  # fmt: skip
_AS_GIVEN = frozenset(
    ("builtins.list", "builtins.reversed", "builtins.sorted", "builtins.tuple", "tqdm.tqdm",
     "tqdm.auto.tqdm")
)  # fmt: skip
_ENVIRONMENT = ("os.environ.get", "os.getenv")


def method(text: Fold, name: str, arguments: Sequence[Fold]) -> Fold:
    """Give what a method of a text gives."""
    return apply(_METHODS.get(name), text, *arguments)


def call(path: str, arguments: Sequence[Fold]) -> Fold | None:
    """Give what a function gives that is not of the script; none where it is nothing plain."""
    if path in _ENVIRONMENT and arguments:
        return from_environment(arguments[0], arguments[1] if len(arguments) > 1 else None)
    is_text = path in _PATHS or path == "builtins.str"
    if is_text and len(arguments) == 1 and isinstance(arguments[0].only, Begins):
        return arguments[0]
    if path in _NUMBERS and arguments:
        return apply(_NUMBERS[path], *arguments)
    if path in _PATHS and arguments:
        result = arguments[0] if isinstance(arguments[0].only, Begins) else apply(str, arguments[0])
        for part in arguments[1:]:
            result = binary("Div", result, part)
        return result
    return _of_items(path, arguments)


def _of_items(path: str, arguments: Sequence[Fold]) -> Fold | None:
    if path == "builtins.range":
        return _range(arguments)
    if path in ("builtins.max", "builtins.min") and len(arguments) > 1:
        return apply(max if path.endswith("max") else min, *arguments)
    if path == "builtins.len" and len(arguments) == 1:
        length = count(arguments[0])
        return ANYTHING if length is None else just(length)
    if path in _AS_GIVEN and arguments and isinstance(arguments[0].only, Items):
        return arguments[0]
    lengths = _LENGTHS.get(path)
    return just(Items(None, lengths(arguments))) if lengths and arguments else None


def _first(arguments: Sequence[Fold]) -> int | None:
    return count(arguments[0])


def _least(arguments: Sequence[Fold]) -> int | None:
    known = [length for length in map(count, arguments) if length is not None]
    return min(known, default=None)


def _second_number(arguments: Sequence[Fold]) -> int | None:
    times = arguments[1].only if len(arguments) > 1 else None
    return times if isinstance(times, int) else None


def _product(arguments: Sequence[Fold]) -> int | None:
    total = 1
    for length in map(count, arguments):
        if length is None:
            return None
        total = min(total * length, 1 << _MOST_BITS)
    return total


_LENGTHS: Final[dict[str, Callable[[Sequence[Fold]], int | None]]] = {
    "builtins.enumerate": _first,
    "builtins.filter": lambda arguments: count(arguments[-1]),
    "builtins.list": _first,
    "builtins.map": lambda arguments: _least(arguments[1:]),
    "builtins.reversed": _first,
    "builtins.set": _first,
    "builtins.sorted": _first,
    "builtins.tuple": _first,
    "builtins.zip": _least,
    "itertools.islice": _first,
    "itertools.product": _product,
    "itertools.repeat": _second_number,
    "tqdm.auto.tqdm": _first,
    "tqdm.tqdm": _first,
}


def _range(arguments: Sequence[Fold]) -> Fold:
    if not 1 <= len(arguments) <= 3:  # noqa: PLR2004 -- as `range` takes them
        return ANYTHING

    def length(first: int, stop: int | None = None, step: int = 1) -> int:
        start, end = (0, first) if stop is None else (first, stop)
        return max(0, -((start - end) // step))

    lengths = apply(length, *arguments)
    if not lengths.is_known:
        return just(Items(None))
    known = [one for one in lengths.choices if isinstance(one, int)]
    return Fold((Items(None, max(known)),), lengths.changes)


def from_environment(name: Fold, default: Fold | None) -> Fold:
    """Give what a variable of the environment holds, as far as the script says."""
    only = name.only
    variable = only if isinstance(only, str) else "a variable"
    if default is None:
        return Fold((UNKNOWN,), (variable,))
    return Fold(default.choices, (*default.changes, variable))
