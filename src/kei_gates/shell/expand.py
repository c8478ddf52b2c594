"""Words to fields: what a word becomes, as far as that is certain."""

from __future__ import annotations

from kei_gates.shell import braces
from kei_gates.shell.ast import Arithmetic, Literal, Parameter, Subscript, Word
from kei_gates.shell.braces import EXPANDED, QUOTED, WRITTEN
from kei_gates.shell.globs import escape
from kei_gates.shell.operators import is_count
from kei_gates.shell.origins import JOB
from kei_gates.shell.parameters import is_from_outside, join, piece_of, strings
from kei_gates.shell.values import COMPUTED, MOST_CHOICES, OUTSIDE, RUNNING, is_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from kei_gates.shell.ast import Part
    from kei_gates.shell.braces import Chars
    from kei_gates.shell.state import State

    Field: TypeAlias = "str | None"
    """A word as the program gets it; none for words not known, any number of them."""


class Pattern(str):
    """A word that stands for the files it matches; quoted glob characters are in brackets."""

    __slots__ = ()


PIPE = "\0pipe "
"""What the name of a process substitution's pipe begins with. No source holds a NUL."""

_BLANKS = frozenset(" \t\n")
_SPECIAL = frozenset("{~=*?[")
_LONGEST_WORD = 1 << 17
"""How much expansions may add to a word: no program can be given a longer one (execve(2))."""
_MOST_CHARACTERS = 50_000
"""How long a word may be of which each character must be looked at."""


def fields(word: Word, state: State, home: str | None, *, patterns: bool = False) -> list[Field]:
    """Give the fields of a word; none alone where they are not known for certain.

    Globs count as unknown, but with `patterns` there is a `Pattern` for those that name files.
    """
    found = alternatives(word, state, home, patterns=patterns)
    return found[0] if len(found) == 1 else [None]


def alternatives(
    word: Word, state: State, home: str | None, *, patterns: bool = False
) -> list[list[Field]]:
    """Give each list of fields that a word may become."""
    plain = _plain_text(word)
    array = _whole_array(word, state, home) if plain is None else (plain,)
    if array is not None:
        return [list(array)]
    if any(isinstance(part, Parameter) and _is_many(part) for part in word.parts):
        return [_around_many(word, state, home)]
    ways: list[list[tuple[str, int]]] = [[]]
    for part in word.parts:
        found = _piece(part, state, home)
        if found is None or len(ways) * len(found) > MOST_CHOICES:
            return [[None]]
        if len(found) == 1:
            for way in ways:
                way.append(found[0])
        else:
            ways = [[*way, piece] for way in ways for piece in found]
    spelled = sum(len(part.text) for part in word.parts if isinstance(part, Literal))
    results: list[list[Field]] = []
    # Some `sh` expand no braces.
    for keeps_braces in (False, True) if state.history.dialect == "sh" else (False,):
        for way in ways:
            one = _fields(
                _unbraced(way) if keeps_braces else way,
                state,
                home,
                patterns=patterns,
                spelled=spelled,
            )
            if one not in results:
                results.append(one)
    return results


def _plain_text(word: Word) -> str | None:
    """Give the text of a word that is one part and no shell expands further, as most are."""
    part = word.parts[0] if len(word.parts) == 1 else None
    if not isinstance(part, Literal) or not part.text or "\0" in part.text:
        return None
    return part.text if part.quoted or _SPECIAL.isdisjoint(part.text) else None


def _unbraced(way: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Take braces for text."""
    if not any("{" in text and kind == WRITTEN for text, kind in way):
        return way
    return [
        (char, QUOTED if char == "{" and kind == WRITTEN else kind)
        for text, kind in way
        for char in text or [""]
    ]


def _around_many(word: Word, state: State, home: str | None) -> list[Field]:
    """Give the fields of `x"$@"y`: text before joins the first word, text behind joins the last."""
    at = next(at for at, part in enumerate(word.parts) if _is_several(part))
    many = Word((word.parts[at],), word.span)
    array = _whole_array(many, state, home)
    before, after = join(word.parts[:at], state, home), join(word.parts[at + 1 :], state, home)
    others = (*word.parts[:at], *word.parts[at + 1 :])
    plain = all(getattr(part, "quoted", False) or _is_plain(part) for part in others)
    if array is None or None in array or not plain or before is None or after is None:
        return [None]
    if len(before) != 1 or len(after) != 1 or any(_is_several(part) for part in others):
        return [None]
    known = [one for one in array if one is not None]
    if not known:
        whole = before[0] + after[0]
        return [whole] if whole or any(getattr(part, "quoted", False) for part in others) else []
    known[0] = before[0] + known[0]
    known[-1] += after[0]
    return list(known)


def _is_several(part: Part) -> bool:
    return isinstance(part, Parameter) and _is_many(part)


def _is_plain(part: Part) -> bool:
    """Whether a part is text that no shell expands further."""
    return isinstance(part, Literal) and not (_SPECIAL | _BLANKS) & set(part.text)


def _fields(  # noqa: PLR0911 -- one reason after another why it is not known
    pieces: list[tuple[str, int]], state: State, home: str | None, *, patterns: bool, spelled: int
) -> list[Field]:
    """Give the fields of a word of which every part is known; `spelled` characters stand in it."""
    if sum(len(piece) for piece, _ in pieces) > _LONGEST_WORD + spelled:
        return [None]
    text = "".join(piece for piece, _ in pieces)
    if text.startswith("~") and len(pieces) > 1 and _breaks_tilde(pieces[0]):
        return [None]  # whether a tilde stands for a home is not certain
    separators = state.separators()
    split = frozenset(separators or "") | _BLANKS
    special = any(
        kind != QUOTED and (_SPECIAL & set(piece) or (kind == EXPANDED and split & set(piece)))
        for piece, kind in pieces
    )
    if text == COMPUTED:
        return [None]  # it may be an option, behind which the words mean something else
    if separators is None and any(kind == EXPANDED and piece for piece, kind in pieces):
        return [None]
    if (text and not special) or {kind for _, kind in pieces} == {QUOTED}:
        return [text]
    if len(text) > _MOST_CHARACTERS:
        return [None]
    chars = [(char, kind) for piece, kind in pieces for char in piece]
    expanded = braces.expand(chars) if ("{", WRITTEN) in chars else [chars]
    if expanded is None or (len(expanded) > 1 and [] in expanded and _may_be_zsh(state)):
        return [None]  # zsh keeps the empty words that braces make
    found: list[Field] = []
    for alternative in expanded:
        empty = ("", QUOTED) in pieces
        words = _split(alternative, separators or "", quoted_empty=empty)
        if words is None:
            found.append(None)
            continue
        assigns = state.history.dialect != "zsh"
        found += _globbed(words, state.home(home), patterns=patterns, assigns=assigns)
    return found


def _may_be_zsh(state: State) -> bool:
    return state.history.dialect in ("auto", "zsh")


def _breaks_tilde(first: tuple[str, int]) -> bool:
    """Whether a tilde's name may go on in the next part of a word."""
    return first[1] == WRITTEN and "/" not in first[0]


def values_of(word: Word, state: State, home: str | None) -> tuple[str, ...] | None:
    """Give what a word may be where neither splitting nor globs apply; none when unknown."""
    if any(isinstance(part, Parameter) and part.name in ("@", "*") for part in word.parts):
        return None
    found = join(word.parts, state, home)
    first = word.parts[0] if word.parts else None
    if found and isinstance(first, Literal) and not first.quoted and first.text.startswith("~"):
        if len(word.parts) > 1 and "/" not in first.text:
            return None
        known = [text for text in (_tilde(one, state.home(home)) for one in found) if text]
        return tuple(known) if len(known) == len(found) else None
    if any(isinstance(p, Literal) and not p.quoted and ":~" in p.text for p in word.parts):
        return None  # an assignment expands these too
    return found


def partly_known(word: Word, state: State, home: str | None) -> str:
    """Give a word's text with marks in the place of what is not known of it."""
    texts: list[str] = []
    for part in word.parts:
        found = piece_of(part, state, home)
        one = found is not None and len(found) == 1
        texts.append(found[0] if found is not None and one else _unknown(part, state))
    return "".join(texts)


def text_of(word: Word, state: State, home: str | None) -> str | None:
    """Give a word's one value where neither splitting nor globs apply; none when unknown."""
    found = values_of(word, state, home)
    return found[0] if found is not None and len(found) == 1 else None


def parameter_text(part: Parameter, state: State, home: str | None) -> str | None:
    """Give a parameter's string; none when it is unknown."""
    found = strings(part, state, home)
    return found[0] if found is not None and len(found) == 1 else None


def _piece(part: Part, state: State, home: str | None) -> list[tuple[str, int]] | None:
    """Give what a part's text may be and where its characters come from; none when unknown."""
    if isinstance(part, Arithmetic):
        return [(OUTSIDE, QUOTED)]  # some number
    found = piece_of(part, state, home)
    quoted = getattr(part, "quoted", False)
    if found is None and quoted and not (isinstance(part, Parameter) and _is_many(part)):
        return [(_unknown(part, state), QUOTED)]
    if found is None or _keeps_quotes(part):
        return None
    if not quoted and any(is_unknown(text) for text in found):
        return None  # it may be any number of words
    if isinstance(part, Parameter) and not quoted and state.history.dialect in ("auto", "zsh"):
        return _unsplit(found, state)
    kind = QUOTED if quoted else WRITTEN if isinstance(part, Literal) else EXPANDED
    return [(text, kind) for text in found]


def _unsplit(texts: tuple[str, ...], state: State) -> list[tuple[str, int]]:
    """Give what an unquoted parameter is to zsh, which neither splits it nor takes it for a glob.

    An empty one still makes no word. Where bash may be the shell, it is what it is to that too.
    """
    found = [(text, QUOTED if text else EXPANDED) for text in texts]
    if state.history.dialect == "auto":
        odd = frozenset(state.separators() or "") | _BLANKS | _SPECIAL
        split = [(text, EXPANDED) for text in texts]
        found = [*split, *(piece for piece in found if odd & set(piece[0]))]
    return found


def _unknown(part: Part, state: State) -> str:
    """Give what stands for a quoted part that is not known, but is surely within one word."""
    if isinstance(part, Parameter) and not part.operator and is_from_outside(part.name, state):
        return OUTSIDE
    from kei_gates.shell.numbers import is_numeric  # it expands words too
    from kei_gates.shell.tracing import of_parts  # so does it

    if of_parts((part,), state) == JOB:
        return RUNNING
    return OUTSIDE if is_numeric(part, state) else COMPUTED  # digits cannot be anything else


def _is_many(part: Parameter) -> bool:
    """Whether a quoted expansion may be several words: `"$@"`, `"${a[@]}"`, and zsh's arrays."""
    return (
        part.name == "@"
        or bool(part.flags)
        or not part.name
        or any(getattr(one, "text", "") == "@" for one in part.operand)
    )


def _keeps_quotes(part: Part) -> bool:
    """Whether quotes inside an expansion that is not quoted itself keep a part of it together."""
    return (
        isinstance(part, Parameter)
        and not part.quoted
        and any(
            getattr(inner, "quoted", False) and not getattr(inner, "text", " ").isalnum()
            for inner in part.operand
        )
        and part.operator.lstrip(":") in ("-", "=", "+", "?")
    )


def _subscript(part: Parameter) -> str:
    first = part.operand[0] if part.operand else None
    return first.text if isinstance(first, Subscript) else ""


def _whole_array(  # noqa: PLR0911 -- one form after another
    word: Word, state: State, home: str | None
) -> tuple[Field, ...] | None:
    """Give the fields of `"$@"`, `$*` or `"${a[@]}"` alone in a word; none for any other word."""
    parts = [part for part in word.parts if not (isinstance(part, Literal) and not part.text)]
    if len(parts) != 1 or not isinstance(parts[0], Parameter):
        return None
    part = parts[0]
    array: Sequence[Field] | None
    if part.name in ("@", "*") and part.operator in ("", ":"):
        array, joins = state.positional, part.name == "*"
    elif part.operator == "keys" and _subscript(part) == "@" and part.quoted:
        return _keys(part.name, state)
    elif part.operator in ("[", ":") and _subscript(part) in ("@", "*"):
        value = state.lookup(part.name)
        array, joins = value if isinstance(value, tuple) else None, _subscript(part) == "*"
    else:
        return None
    if array is not None and part.operator == ":":
        array = _slice(part, array, state, home)
    if array is None:
        return (None,)
    if not part.quoted:
        odd = _BLANKS | _SPECIAL | {"\0"}
        plain = all(one and not odd & set(one) for one in array if one is not None)
        return tuple(array) if plain and "IFS" not in state.variables else (None,)
    if joins:
        whole = join((part,), state, home) if part.operator != ":" else None
        return (None,) if whole is None else whole[:1]
    return tuple(array)


def _keys(name: str, state: State) -> tuple[Field, ...]:
    """Give the keys of an associative array, as far as all of them are known."""
    prefix = f"{name}["
    known = [
        one[len(prefix) : -1]
        for one, value in state.variables.items()
        if one.startswith(prefix) and value is not None
    ]
    whole = state.variables.get(name)
    complete = isinstance(whole, tuple) and len(known) == len(whole)
    return tuple(known) if complete and name in state.history.keyed else (None,)


def _slice(
    part: Parameter, array: Sequence[Field], state: State, home: str | None
) -> Sequence[Field] | None:
    """Give `${@:2}` or `${a[@]:1:2}`; none when it is not known."""
    operand = [one for one in part.operand if not isinstance(one, Subscript)]
    found = join(operand, state, home)
    ends = found[0].split(":") if found is not None and len(found) == 1 else []
    if not 1 <= len(ends) <= 2 or not all(is_count(end.strip()) for end in ends):  # noqa: PLR2004 -- offset and length
        return None
    start = int(ends[0])
    if part.name in ("@", "*"):
        if start == 0:
            return None  # the shell's own name comes first
        start -= 1
    stop = start + int(ends[1]) if len(ends) > 1 else len(array)
    # One that is not known may be any number of words, so nothing behind it is where it seems.
    counted = start if stop == len(array) else stop
    return None if None in array[:counted] else array[start:stop]


def _split(chars: Chars, separators: str, *, quoted_empty: bool) -> list[Chars] | None:
    """Split what was expanded at separators: bash(1), Word Splitting. None when it is not certain.

    Blanks among the separators end a field together, each other separator ends one alone.
    """
    if not chars:
        return [[]] if quoted_empty else []
    words: list[Chars] = []
    word: Chars = []
    ended = False
    for char in chars:
        if char[1] != EXPANDED or char[0] not in separators:
            if ended:
                words.append(word)
                word, ended = [], False
            word.append(char)
        elif char[0] in _BLANKS:
            ended = ended or bool(word)
        else:
            words.append(word)
            word, ended = [], False
    if word:
        words.append(word)
    edges = (chars[0], chars[-1])
    if quoted_empty and any(kind == EXPANDED and char in separators for char, kind in edges):
        return None  # an empty string at an edge makes a field of its own, or not
    return words


def _globbed(words: list[Chars], home: str | None, *, patterns: bool, assigns: bool) -> list[Field]:
    """Expand tildes and `=`, and give up on globs if patterns are not wanted.

    `assigns` says that words which look like assignments are expanded as these are.
    """
    found: list[Field] = []
    for word in words:
        text = "".join(char for char, _ in word)
        if not text:
            found.append("")
        elif word[0] == ("=", WRITTEN) and text not in ("=", "=="):
            found.append(None)  # in zsh, `=git` is where git lies
        elif _is_glob(word):
            found.append(_pattern(word, home) if patterns else None)
        elif word[0] == ("~", WRITTEN):
            found.append(_tilde(text, home))
        elif assigns and "=" in text and "~" in text:
            found.append(_assigned(word, text, home))
        else:
            found.append(text)
    return found


def _assigned(word: Chars, text: str, home: str | None) -> Field:
    """Expand the tildes of `of=~/x` and `P=a:~/b`: bash does so in any word that looks like one.

    Source: bash(1), tilde expansion; zsh leaves them.
    """
    name, _, value = text.partition("=")
    at = len(name) + 1
    if not (name.isascii() and name.isidentifier()) or {k for _, k in word[:at]} != {WRITTEN}:
        return text
    parts: list[str] = []
    for part in value.split(":"):
        given = word[at : at + 1] == [("~", WRITTEN)]
        expanded = _tilde(part, home) if given else part
        if expanded is None:
            return None
        parts.append(expanded)
        at += len(part) + 1
    return f"{name}={':'.join(parts)}"


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
