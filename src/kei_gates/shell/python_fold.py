"""Constants of Python: what operators, methods and plain functions make of them.

Everything is bounded: what would grow too large is not known. Source: the Python 3 library
reference.
"""

from __future__ import annotations

from kei_gates.shell.splitting import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final

    Fold = Callable[..., Any]

_LONGEST = 20_000
_LARGEST = 1 << 128
_WIDEST_FIELD = 4


class NotKnown(Exception):  # noqa: N818 -- it is no error
    """A value is not known."""


# --- operators --------------------------------------------------------------------------------


def _repeat(left: Any, right: Any) -> Any:
    size = (len(left) if hasattr(left, "__len__") else 1) * (right if type(right) is int else 1)
    if hasattr(right, "__len__"):
        size = len(right) * left
    if size > _LONGEST:
        raise NotKnown
    return left * right


def _percent(left: Any, right: Any) -> Any:
    if isinstance(left, (str, bytes)):
        text = left if isinstance(left, str) else left.decode("latin-1")
        values = tuple(right) if isinstance(right, (list, tuple)) else (right,)
        if "*" in text and any(isinstance(value, int) for value in values):
            raise NotKnown
        _check_fields(text)
        return left % values
    return left % right


def _shift(left: Any, right: Any) -> Any:
    if not 0 <= right < _LARGEST.bit_length():
        raise NotKnown
    return left << right


OPERATORS: Final[dict[str, Fold]] = {
    "Add": lambda left, right: left + right,
    "Sub": lambda left, right: left - right,
    "Mult": _repeat,
    "Mod": _percent,
    "FloorDiv": lambda left, right: left // right,
    "BitXor": lambda left, right: left ^ right,
    "BitOr": lambda left, right: left | right,
    "BitAnd": lambda left, right: left & right,
    "LShift": _shift,
    "RShift": lambda left, right: left >> right,
    "USub": lambda value: -value,
    "UAdd": lambda value: +value,
    "Invert": lambda value: ~value,
}


def _check_fields(text: str) -> None:
    """Refuse a format that could ask for a very wide field."""
    digits = 0
    for char in text:
        digits = digits + 1 if char.isdigit() else 0
        if digits > _WIDEST_FIELD:
            raise NotKnown


def _is_nested(text: str) -> bool:
    """Whether a field of a format holds another: the width may be any then."""
    depth = 0
    for char in text.replace("{{", "").replace("}}", ""):
        depth += (char == "{") - (char == "}")
        if depth > 1:
            return True
    return False


# --- methods of texts -------------------------------------------------------------------------


def _format(text: str, *values: Any, **named: Any) -> str:
    _check_fields(text)
    if _is_nested(text):
        raise NotKnown
    return text.format(*values, **named)


def _join(text: Any, parts: Any) -> Any:
    return text.join(list(parts))


def _replace(text: Any, old: Any, new: Any, *count: int) -> Any:
    if len(text) * (len(new) + 1) > _LONGEST * 4:
        raise NotKnown
    return text.replace(old, new, *count)


def _decode(data: Any, coding: str = "utf-8", *_: str) -> Any:
    decoder = _CODECS.get(_plain_name(coding))
    if decoder is not None:
        return decoder(data)
    if isinstance(data, bytes) and _plain_name(coding) in _CODINGS:
        return data.decode(coding)
    raise NotKnown


def _encode(text: Any, coding: str = "utf-8", *_: str) -> Any:
    if _plain_name(coding) == "rot13":
        return _rot13(text)
    if _plain_name(coding) in _CODINGS:
        return text.encode(coding)
    raise NotKnown


def _plain_name(coding: str) -> str:
    return coding.lower().replace("-", "").replace("_", "")


def _rot13(text: Any) -> str:
    def turn(char: str) -> str:
        if not ("a" <= char.lower() <= "z"):
            return char
        base = ord("a") if char.islower() else ord("A")
        return chr((ord(char) - base + 13) % 26 + base)

    return "".join(map(turn, text))


def _base64(data: Any, *_: Any) -> bytes:
    from binascii import a2b_base64

    return a2b_base64(data.translate(_URL_SAFE) if isinstance(data, str) else data)


_URL_SAFE = {ord("-"): "+", ord("_"): "/"}


def _hex(data: Any, *_: Any) -> bytes:
    return bytes.fromhex(data.decode("ascii") if isinstance(data, bytes) else data)


_CODECS: dict[str, Fold] = {"rot13": _rot13, "base64": _base64, "hex": _hex}
_CODINGS = frozenset(("utf8", "ascii", "latin1", "iso88591", "utf16", "utf16le", "utf16be", "u8"))

_PLAIN_METHODS = (
    "capitalize casefold count endswith find index isdigit lower lstrip partition removeprefix "
    "removesuffix rpartition rsplit rstrip split splitlines startswith strip swapcase title "
    "upper hex"
)
_METHODS: dict[str, Fold] = {
    "decode": _decode,
    "encode": _encode,
    "format": _format,
    "join": _join,
    "replace": _replace,
    "__add__": OPERATORS["Add"],
    "__mod__": _percent,
    "__getitem__": lambda text, at: text[at],
    "__str__": str,
}


TEXT_METHODS: Final = frozenset((*_PLAIN_METHODS.split(), *_METHODS))


def method(of: object, name: str, args: list[Any], named: dict[str, Any]) -> Any:
    """Give what a method of a text gives."""
    known = _METHODS.get(name)
    if known is None and name not in TEXT_METHODS:
        raise NotKnown
    return fold(known or getattr(type(of), name), [of, *args], named)


# --- functions --------------------------------------------------------------------------------


def _range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > _LONGEST:
        raise NotKnown
    return found


def _bytes(data: Any = b"", *coding: str) -> bytes:
    if isinstance(data, int):
        raise NotKnown
    return _encode(data, *coding) if coding else bytes(data)


def split_words(text: str, *_: Any) -> list[str]:
    """Give the words of a text as `shlex.split` does."""
    words = split(text)
    if words is None:
        raise NotKnown
    return words


def _join_paths(first: str, *others: str) -> str:
    path = first
    for other in others:
        absolute = other.startswith("/")
        path = other if absolute or not path else f"{path.rstrip('/') or '/'}/{other}"
        path = path.replace("//", "/") if path.startswith("//") else path
    return path


def _quote(text: str) -> str:
    safe = all(char.isalnum() or char in "@%+=:,./-_" for char in text)
    return text if safe and text and text.isascii() else "'" + text.replace("'", "'\"'\"'") + "'"


def _dedent(text: str) -> str:
    lines = text.split("\n")
    margins = [line[: len(line) - len(line.lstrip())] for line in lines if line.strip()]
    margin = min(margins, key=len, default="")
    if any(not given.startswith(margin) for given in margins):
        return text
    return "\n".join(line[len(margin) :] if line.strip() else "" for line in lines)


FUNCTIONS: Final[dict[str, Fold]] = {
    "base64.b64decode": _base64,
    "base64.decodebytes": _base64,
    "base64.standard_b64decode": _base64,
    "base64.urlsafe_b64decode": _base64,
    "binascii.a2b_base64": _base64,
    "base64.b16decode": _hex,
    "binascii.a2b_hex": _hex,
    "binascii.unhexlify": _hex,
    "builtins.bytes.fromhex": _hex,
    "builtins.abs": abs,
    "builtins.ascii": ascii,
    "builtins.bin": bin,
    "builtins.bool": bool,
    "builtins.bytearray": _bytes,
    "builtins.bytes": _bytes,
    "builtins.chr": chr,
    "builtins.hex": hex,
    "builtins.int": int,
    "builtins.len": len,
    "builtins.oct": oct,
    "builtins.ord": ord,
    "builtins.range": _range,
    "builtins.repr": repr,
    "builtins.str": lambda value="", *coding: _decode(value, *coding) if coding else str(value),
    "codecs.decode": _decode,
    "codecs.encode": _encode,
    "os.fspath": lambda path: path,
    "os.path.abspath": lambda path: path,
    "os.path.realpath": lambda path: path,
    "os.path.normpath": lambda path: path,
    "os.path.basename": lambda path: path.rpartition("/")[2],
    "os.path.dirname": lambda path: path.rpartition("/")[0],
    "os.path.join": _join_paths,
    "shlex.join": lambda words: " ".join(map(_quote, words)),
    "shlex.quote": _quote,
    "shlex.split": split_words,
    "textwrap.dedent": _dedent,
}


def fold(function: Fold, args: list[Any], named: dict[str, Any] | None = None) -> Any:
    """Give what a function makes of constants."""
    try:
        found = function(*args, **(named or {}))
    except NotKnown:
        raise
    except Exception as error:  # whatever a wrong call of a plain function raises
        raise NotKnown from error
    if isinstance(found, int) and abs(found) > _LARGEST:
        raise NotKnown
    if hasattr(found, "__len__") and len(found) > _LONGEST * 4:
        raise NotKnown
    return found
