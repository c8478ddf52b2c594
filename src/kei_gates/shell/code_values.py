"""What expressions of code surely stand for: strings, lists of strings, and names bound once."""

from __future__ import annotations

from kei_gates.shell.code_tokens import (
    LINE,
    NAME,
    NUMBER,
    OPERATOR,
    TEXT,
    VARIABLE,
    WORDS,
    Token,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final, TypeAlias

    from kei_gates.shell.code_language import Language
    from kei_gates.shell.code_tokens import Parts
    from kei_gates.shell.expand import Field

    # A string, a list of words, or none where it is not known.
    Value: TypeAlias = "Field | list[Field]"
    Span: TypeAlias = "tuple[int, int]"

_OPENING = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_OPENING.values())
_ENDS = frozenset((";", ",", ")", "]", "}", "|", "|>"))
_PREFIXES = frozenset(("\\", "*", "...", "&"))
_MOST_NESTED = 10
_LONGEST = 10_000
_MOST_WORDS = 1_000


class Block:
    """A piece of code, with where each of its brackets closes."""

    __slots__ = ("closes", "opens", "size", "tokens")

    def __init__(self, tokens: list[Token]) -> None:
        """Match the brackets; one that nothing closes closes at the end."""
        self.tokens: Final = tokens
        self.size: Final = len(tokens)
        self.closes: Final[dict[int, int]] = {}
        self.opens: Final[dict[int, int]] = {}
        waiting: list[int] = []
        for at, token in enumerate(tokens):
            if token.kind != OPERATOR:
                continue
            if token.text in _OPENING:
                waiting.append(at)
            elif token.text in _CLOSING and waiting:
                self.opens[at] = waiting[-1]
                self.closes[waiting.pop()] = at
        self.closes.update(dict.fromkeys(waiting, self.size))

    def text(self, at: int) -> str:
        """Give the text of an operator or a name, empty for anything else."""
        if 0 <= at < self.size and self.tokens[at].kind in (OPERATOR, NAME, VARIABLE):
            return self.tokens[at].text
        return ""

    def kind(self, at: int) -> str:
        """Give a token's kind, empty outside of the code."""
        return self.tokens[at].kind if 0 <= at < self.size else ""

    def past_lines(self, at: int) -> int:
        """Go behind the ends of lines."""
        while at < self.size and self.tokens[at].kind == LINE:
            at += 1
        return at

    def split(self, start: int, stop: int) -> list[Span]:
        """Split at the commas; ends of lines around the parts belong to none."""
        found = []
        begin = at = start
        while at < stop:
            text = self.text(at) if self.kind(at) == OPERATOR else ""
            if text == ",":
                found.append(self._trim(begin, at))
                begin = at + 1
            at = self.closes[at] + 1 if at in self.closes else at + 1
        if begin < stop:
            found.append(self._trim(begin, stop))
        return [span for span in found if span[0] < span[1]]

    def _trim(self, start: int, stop: int) -> Span:
        start = min(self.past_lines(start), stop)
        while stop > start and self.tokens[stop - 1].kind == LINE:
            stop -= 1
        return start, stop


class Values:
    """What is known while code of a language is read.

    `values` are names with what they stand for, `aliases` those that stand for a function or a
    module, by its path.
    """

    def __init__(self, language: Language) -> None:
        """Start with nothing known."""
        self.language: Final = language
        self.values: Final[dict[str, Value]] = {}
        self.aliases: Final[dict[str, tuple[str, ...]]] = {}

    def text_of(self, parts: Parts) -> Field:
        """Give what a string says, none when a part of it is not known."""
        found: list[str] = []
        for part in parts:
            value = part if isinstance(part, str) else self._code(part)
            if isinstance(value, list):
                value = None if None in value else " ".join(str(word) for word in value)
            if value is None:
                return None
            found.append(value)
        return _short("".join(found))

    def _code(self, tokens: list[Token]) -> Value:
        if len(tokens) != 1 or tokens[0].kind not in (NAME, VARIABLE):
            return None
        return self.values.get(tokens[0].text)

    def head(self, block: Block, span: Span) -> str:
        """Give what an expression's text surely starts with."""
        start, stop = span
        if start >= stop or block.kind(start) != TEXT:
            value = self.value(block, span)
            return value if isinstance(value, str) else ""
        whole = self.value(block, span)
        if isinstance(whole, str):
            return whole
        first = block.tokens[start].parts[:1]
        # Only where a string stands first and something is joined to it, or stands in it.
        joins = start + 1 == stop or block.text(start + 1) in self.language.joins
        return first[0] if joins and first and isinstance(first[0], str) else ""

    def value(self, block: Block, span: Span, depth: int = 0) -> Value:
        """Give what an expression stands for."""
        start, stop = span
        value, at = self.expression(block, start, stop, depth)
        return value if at >= stop else None

    def expression(self, block: Block, at: int, stop: int, depth: int = 0) -> tuple[Value, int]:
        """Read a term and what is joined to it; give what it stands for and where it ends."""
        value, at = self._term(block, at, stop, depth)
        while at < stop and block.kind(at) == OPERATOR and block.text(at) in self.language.joins:
            right, at = self._term(block, block.past_lines(at + 1), stop, depth)
            known = isinstance(value, str) and isinstance(right, str)
            value = _short(f"{value}{right}") if known else None
        return value, at

    def ends(self, block: Block, at: int) -> bool:
        """Say whether an expression that was read up to here surely ends."""
        if at >= block.size or block.kind(at) == LINE:
            return True
        if block.kind(at) == OPERATOR:
            return block.text(at) in _ENDS
        return block.kind(at) == NAME and self.language.name_ends

    def _term(self, block: Block, at: int, stop: int, depth: int) -> tuple[Value, int]:
        while at < stop and (block.text(at) in _PREFIXES or block.text(at) == "await"):
            at += 1
        if at >= stop or depth > _MOST_NESTED:
            return None, at
        token = block.tokens[at]
        if token.kind == TEXT:
            return self._texts(block, at, stop)
        if token.kind in (NAME, VARIABLE):
            return self._named(block, at, stop, depth)
        if at in block.closes:
            return self._bracketed(block, at, depth)
        return self._single(token), at + 1

    def _single(self, token: Token) -> Value:
        """Give what a token stands for by itself."""
        if token.kind == WORDS:
            return [part if isinstance(part, str) else None for part in token.parts[:_MOST_WORDS]]
        return token.text if token.kind == NUMBER else None

    def _texts(self, block: Block, at: int, stop: int) -> tuple[Value, int]:
        """Read a string, or several side by side where they are one."""
        value = self.text_of(block.tokens[at].parts)
        at += 1
        while self.language.adjacent and at < stop and block.kind(at) == TEXT:
            right = self.text_of(block.tokens[at].parts)
            value = None if value is None or right is None else _short(value + right)
            at += 1
        return value, at

    def _named(self, block: Block, at: int, stop: int, depth: int) -> tuple[Value, int]:
        name = block.tokens[at].text
        following = block.text(at + 1) if at + 1 < stop else ""
        if following == "(" and name in self.language.list_makers:
            close = block.closes[at + 1]
            return self._list(block, (at + 2, close), depth), close + 1
        if following in ("(", "[", "{") or following in self.language.access:
            return None, at + 1
        return self.values.get(name), at + 1

    def _bracketed(self, block: Block, at: int, depth: int) -> tuple[Value, int]:
        opening, close = block.text(at), block.closes[at]
        if opening in self.language.lists:
            return self._list(block, (at + 1, close), depth), close + 1
        if opening != "(":
            return None, close + 1
        spans = block.split(at + 1, close)
        if len(spans) == 1:
            return self.value(block, spans[0], depth + 1), close + 1
        return self._list(block, (at + 1, close), depth), close + 1

    def _list(self, block: Block, span: Span, depth: int) -> Value:
        return self.words(block, block.split(*span), depth + 1)

    def words(self, block: Block, spans: Sequence[Span], depth: int = 0) -> list[Field]:
        """Give what expressions stand for as words; a list among them stands for its own."""
        found: list[Field] = []
        for span in spans[:_MOST_WORDS]:
            value = self.value(block, span, depth)
            if isinstance(value, list):
                found += value
            else:
                found.append(value)
            if len(found) > _MOST_WORDS:
                return [None]
        return found if len(spans) <= _MOST_WORDS else [None]


def _short(text: str) -> Field:
    """Give a text unless it is so long that joining it again and again would never end."""
    return text if len(text) <= _LONGEST else None
