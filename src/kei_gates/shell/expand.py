"""Words to fields: what a word becomes, as far as that is certain."""

from __future__ import annotations

from kei_gates.shell import braces
from kei_gates.shell.ast import Arithmetic, Literal, Parameter, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from kei_gates.shell.ast import Part
    from kei_gates.shell.state import State

    Field: TypeAlias = "str | None"
    """A word as the program gets it; none for words not known, any number of them."""

_BLANKS = " \t\n"
_DEFAULTING = frozenset((":-", "-", ":=", "=", ":?", "?"))


def fields(word: Word, state: State, home: str | None) -> list[Field]:
    """Give the fields of a word. Substitutions inside count as unknown."""
    array = _whole_array(word, state)
    if array is not None:
        return list(array)
    pieces: list[tuple[str, bool]] = []
    for part in word.parts:
        piece = _piece(part, state, home)
        if piece is None:
            return [None]
        pieces.append(piece)
    chars = [(char, quoted) for text, quoted in pieces for char in text]
    expanded = braces.expand(chars) if ("{", False) in chars else [chars]
    if expanded is None:
        return [None]
    quoted_empty = any(quoted for _, quoted in pieces)
    found: list[Field] = []
    for alternative in expanded:
        found += _split(alternative, home, keep_empty=quoted_empty)
    return found


def text_of(word: Word, state: State, home: str | None) -> str | None:
    """Give a word's one value where neither splitting nor globs apply; none when unknown."""
    if any(name in "@*" for name in _names(word.parts)):
        return None
    pieces = [_piece(part, state, home) for part in word.parts]
    if None in pieces:
        return None
    text = "".join(piece[0] for piece in pieces if piece is not None)
    first = word.parts[0] if word.parts else None
    if isinstance(first, Literal) and not first.quoted and text.startswith("~"):
        return _tilde(text, home)
    return text


def _names(parts: tuple[Part, ...]) -> list[str]:
    return [part.name for part in parts if isinstance(part, Parameter)]


def _piece(part: Part, state: State, home: str | None) -> tuple[str, bool] | None:
    """Give a part's text and whether it is quoted; none when it is unknown."""
    if isinstance(part, Literal):
        return part.text, part.quoted
    if isinstance(part, Parameter):
        value = _value(part, state, home)
        if value is None:
            return None
        # What an expansion gives is split and globbed where it is not quoted, but no braces.
        return (value, True) if part.quoted or "{" in value or "~" in value else (value, False)
    return None


def _value(part: Parameter, state: State, home: str | None) -> str | None:
    """Give a parameter's string; none when it is unknown."""
    if part.name == "HOME" and part.name not in state.variables and not part.operator:
        return home
    if part.name == "PWD" and not part.operator:
        return state.folders[0] if len(state.folders) == 1 else None
    if part.name.isdecimal() and not part.operator:
        return _positional(int(part.name), state)
    value = state.variables.get(part.name)
    if isinstance(value, tuple):
        # Without a subscript, bash takes the first element and zsh takes all.
        return _element(part, value) if part.operator == "[" else None
    if part.operator == "" or (part.operator in _DEFAULTING and value):
        return value
    return None


def _positional(number: int, state: State) -> str | None:
    given = state.positional
    if given is None or number == 0 or None in given[:number]:
        return None
    return given[number - 1] if number <= len(given) else ""


def _element(part: Parameter, array: tuple[str | None, ...]) -> str | None:
    """Give the element that `${a[1]}` means: none but for a lone one, as zsh counts from 1."""
    return array[0] if len(array) == 1 and _subscript(part) in ("0", "1") else None


def _subscript(part: Parameter) -> str:
    first = part.operand[0] if part.operand else None
    return first.text if isinstance(first, Arithmetic) else ""


def _whole_array(word: Word, state: State) -> tuple[Field, ...] | None:
    """Give the fields of `"$@"`, `$*` or `"${a[@]}"` alone in a word; none for any other word."""
    parts = [part for part in word.parts if not (isinstance(part, Literal) and not part.text)]
    if len(parts) != 1 or not isinstance(parts[0], Parameter):
        return None
    part = parts[0]
    found: tuple[Field, ...] | None = None
    if part.name in "@*" and not part.operator:
        found = state.positional if part.quoted and part.name == "@" else None
        found = (None,) if found is None else found
    elif part.operator == "[" and _subscript(part) in ("@", "*"):
        value = state.variables.get(part.name)
        found = value if isinstance(value, tuple) and part.quoted else (None,)
    return found


def _split(chars: list[tuple[str, bool]], home: str | None, *, keep_empty: bool) -> list[Field]:
    """Split at unquoted blanks, expand a tilde, and give up on globs."""
    words: list[list[tuple[str, bool]]] = [[]]
    for char in chars:
        if char[0] in _BLANKS and not char[1]:
            words.append([])
        else:
            words[-1].append(char)
    found: list[Field] = []
    for word in words:
        text = "".join(char for char, _ in word)
        if not text:
            if keep_empty and len(words) == 1:
                found.append("")
        elif _is_glob(word) or (word[0] == ("=", False) and text not in ("=", "==")):
            found.append(None)  # in zsh, `=git` is where git lies
        elif word[0] == ("~", False):
            found.append(_tilde(text, home))
        else:
            found.append(text)
    return found


def _is_glob(word: list[tuple[str, bool]]) -> bool:
    unquoted = [char for char, quoted in word if not quoted]
    return "*" in unquoted or "?" in unquoted or ("[" in unquoted and "]" in unquoted)


def _tilde(text: str, home: str | None) -> str | None:
    """Expand `~` and `~/x`; other forms depend on the machine."""
    if home is None or not (text == "~" or text.startswith("~/")):
        return None
    return home + text[1:]
