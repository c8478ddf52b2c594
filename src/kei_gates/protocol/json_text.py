"""Read and write JSON without the `json` package.

`import json` costs about as much as a whole bare interpreter start, mostly for regular expressions
that only its pure-Python fallback needs. Its C core, `_json`, is what does the work in CPython 3.10
to 3.13, and it is used here directly.
"""

from __future__ import annotations

from _json import encode_basestring_ascii, make_scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

quote = encode_basestring_ascii
"""Write a string as an ASCII JSON string, lone surrogates as escapes."""

_BLANKS = " \t\r\n"


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"`{word}` is not a JSON value")


class _Context:
    """What the C scanner reads of the decoder it is made for."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = staticmethod(_refuse_constant)
    memo: dict[str, str] = {}  # noqa: RUF012 -- the scanner asks for it and never uses it


def parse(raw: bytes) -> object:
    """Parse one JSON document in UTF-8.

    Raises `ValueError` with a clause for people when it is anything else, `RecursionError` left
    to be caught included.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 (byte {error.start})") from None
    start = len(text) - len(text.lstrip(_BLANKS))
    if start == len(text):
        raise ValueError("it is empty")
    try:
        value, end = make_scanner(_Context)(text, start)  # type: ignore[arg-type]  # typed as json's own class
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except StopIteration as stop:
        raise ValueError(f"it is not JSON (character {stop.value})") from None
    except SystemError:  # the scanner's own words are in `json.decoder`, which is not loaded
        raise ValueError("it is not JSON") from None
    except ValueError as error:
        raise ValueError(f"it is not JSON ({error})") from None
    if text[end:].strip(_BLANKS):
        raise ValueError(f"something follows the JSON (character {end})")
    return value


def write(value: object, *, ordered: bool = False) -> str:
    """Write a value as JSON in ASCII; with `ordered`, the same however its keys are ordered.

    Raises `TypeError` for what JSON has no word for.
    """
    if value is None or value is True or value is False:
        return _WORDS[value]
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{','.join([write(one, ordered=ordered) for one in value])}]"
    if isinstance(value, dict):
        pairs = sorted(value.items()) if ordered else value.items()
        return (
            f"{{{','.join([f'{quote(key)}:{write(one, ordered=ordered)}' for key, one in pairs])}}}"
        )
    raise TypeError(f"`{type(value).__name__}` has no JSON")


_WORDS = {None: "null", True: "true", False: "false"}
