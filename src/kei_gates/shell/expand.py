"""Words to fields: what a word becomes, as far as that is certain."""

from __future__ import annotations

from kei_gates.shell import braces
from kei_gates.shell.ast import Arithmetic, Literal, Parameter, Word
from kei_gates.shell.braces import EXPANDED, QUOTED, WRITTEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from kei_gates.shell.ast import Part
    from kei_gates.shell.braces import Chars
    from kei_gates.shell.state import State

    Field: TypeAlias = "str | None"
    """A word as the program gets it; none for words not known, any number of them."""


class Pattern(str):
    """A word that stands for the files it matches; quoted glob characters are in brackets."""

    __slots__ = ()


def escape(text: str) -> str:
    """Give a pattern that matches a text alone."""
    return "".join(f"[{char}]" if char in _GLOB else char for char in text)


_GLOB = frozenset("*?[")
_BLANKS = frozenset(" \t\n")
_SPECIAL = frozenset(" \t\n{~=*?[")
_DEFAULTING = frozenset((":-", "-", ":=", "=", ":?", "?"))
_MOST_CHARACTERS = 50_000
"""How long a word may be of which each character must be looked at."""
_LONGEST_NUMBER = 4


def fields(word: Word, state: State, home: str | None, *, patterns: bool = False) -> list[Field]:
    """Give the fields of a word. Substitutions inside count as unknown.

    So do globs, but with `patterns`, which gives a `Pattern` for those that name files.
    """
    array = _whole_array(word, state)
    if array is not None:
        return list(array)
    pieces: list[tuple[str, int]] = []
    for part in word.parts:
        piece = _piece(part, state, home)
        if piece is None:
            return [None]
        pieces.append(piece)
    text = "".join(piece for piece, _ in pieces)
    special = any(kind != QUOTED and _SPECIAL & set(piece) for piece, kind in pieces)
    if (text and not special) or {kind for _, kind in pieces} == {QUOTED}:
        return [text]
    if len(text) > _MOST_CHARACTERS:
        return [None]
    chars = [(char, kind) for piece, kind in pieces for char in piece]
    expanded = braces.expand(chars) if ("{", WRITTEN) in chars else [chars]
    if expanded is None:
        return [None]
    found: list[Field] = []
    for alternative in expanded:
        empty = ("", QUOTED) in pieces
        found += _split(alternative, state.home(home), quoted_empty=empty, patterns=patterns)
    return found


def text_of(word: Word, state: State, home: str | None) -> str | None:
    """Give a word's one value where neither splitting nor globs apply; none when unknown."""
    found: list[str] = []
    for part in word.parts:
        if isinstance(part, Parameter) and part.name in "@*":
            return None
        piece = _piece(part, state, home)
        if piece is None:
            return None
        found.append(piece[0])
    text = "".join(found)
    first = word.parts[0] if word.parts else None
    if isinstance(first, Literal) and not first.quoted and text.startswith("~"):
        return _tilde(text, state.home(home))
    if any(isinstance(p, Literal) and not p.quoted and ":~" in p.text for p in word.parts):
        return None  # an assignment expands these too
    return text


def parameter_text(part: Parameter, state: State, home: str | None) -> str | None:
    """Give a parameter's string; none when it is unknown."""
    name = part.name
    if name == "HOME" and not part.operator:
        return state.home(home)
    if name == "PWD" and not part.operator and name not in state.variables:
        return state.folders[0] if len(state.folders) == 1 else None
    if name.isdecimal() and not part.operator:
        return _positional(name, state)
    value = state.variables.get(name)
    if isinstance(value, tuple):
        # Without a subscript, bash takes the first element and zsh takes all.
        return _element(part, value) if part.operator == "[" else None
    if isinstance(value, str) and (part.operator == "" or (part.operator in _DEFAULTING and value)):
        return value
    return None


def _piece(part: Part, state: State, home: str | None) -> tuple[str, int] | None:
    """Give a part's text and where its characters come from; none when it is unknown."""
    if isinstance(part, Literal):
        return part.text, QUOTED if part.quoted else WRITTEN
    if isinstance(part, Parameter):
        value = parameter_text(part, state, home)
        if value is not None:
            return value, QUOTED if part.quoted else EXPANDED
    return None


def _positional(name: str, state: State) -> str | None:
    given = state.positional
    if given is None or len(name) > _LONGEST_NUMBER:
        return None
    number = int(name)
    if number == 0 or None in given[:number]:
        return None
    return given[number - 1] if number <= len(given) else ""


def _element(part: Parameter, array: tuple[str | None, ...]) -> str | None:
    """Give the element that `${a[1]}` means: none but for a lone one, as zsh counts from 1."""
    return array[0] if len(array) == 1 and _subscript(part) == "-1" else None


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
        whole = part.quoted and _subscript(part) == "@"
        found = value if isinstance(value, tuple) and whole else (None,)
    return found


def _split(chars: Chars, home: str | None, *, quoted_empty: bool, patterns: bool) -> list[Field]:
    """Split at unquoted blanks, expand a tilde, and give up on globs if patterns are not wanted."""
    words: list[Chars] = [[]]
    for char in chars:
        if char[0] in _BLANKS and char[1] != QUOTED:
            words.append([])
        else:
            words[-1].append(char)
    if quoted_empty and len(words) > 1 and not (words[0] and words[-1]):
        return [None]  # an empty string at an edge makes a field of its own, or not
    found: list[Field] = []
    for word in words:
        text = "".join(char for char, _ in word)
        if not text:
            if quoted_empty and len(words) == 1:
                found.append("")
        elif word[0] == ("=", WRITTEN) and text not in ("=", "=="):
            found.append(None)  # in zsh, `=git` is where git lies
        elif _is_glob(word):
            found.append(_pattern(word, home) if patterns else None)
        elif word[0] == ("~", WRITTEN):
            found.append(_tilde(text, home))
        else:
            found.append(text)
    return found


def _is_glob(word: Chars) -> bool:
    unquoted = {char for char, kind in word if kind != QUOTED}
    return "*" in unquoted or "?" in unquoted or ("[" in unquoted and "]" in unquoted)


def _pattern(word: Chars, home: str | None) -> Field:
    """Give a glob as a pattern; none for one that could become an option."""
    if word[0][0] == "-":
        return None
    text = "".join(escape(char) if kind == QUOTED else char for char, kind in word)
    if word[0] != ("~", WRITTEN):
        return Pattern(text)
    if home is None or not text.startswith("~/"):
        return None
    return Pattern(escape(home) + text[1:])


def _tilde(text: str, home: str | None) -> str | None:
    """Expand `~` and `~/x`; other forms depend on the machine."""
    if home is None or not (text == "~" or text.startswith("~/")):
        return None
    return home + text[1:]
