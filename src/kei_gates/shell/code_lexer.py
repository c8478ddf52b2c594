"""A lexer for code of scripting languages: strings, comments, patterns, names and operators.

It knows no grammar. What a language has beside this (perl's and ruby's quoting operators, PHP's and
lua's strings) stands in a lexer of its own, derived from this one.
"""

from __future__ import annotations

from kei_gates.shell.code_tokens import (
    BLANKS,
    DIGITS,
    LINE,
    MOST_NESTED,
    NAME,
    NAME_START,
    NUMBER,
    OPERATOR,
    PAIRS,
    PATTERN,
    TEXT,
    VARIABLE,
    WORDS,
    Lost,
    Quote,
    Token,
    unescape,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.shell.code_tokens import Parts, Syntax

_CLOSING = frozenset(PAIRS.values())
_BRACES = {"{": "}"}
_OPERAND_KINDS = frozenset((NUMBER, TEXT, VARIABLE, PATTERN, WORDS))


class Lexer:
    """Reads code into blocks of tokens: the code itself, and each piece of code in its strings.

    `unsure` holds what could read in another way than it was taken.
    """

    # Words behind which parentheses hold a condition, so that a statement follows.
    controls: frozenset[str] = frozenset()

    def __init__(self, text: str, syntax: Syntax, parent: Lexer | None = None) -> None:
        """Start at the beginning of a text; with a parent, what is found is added to its."""
        self.text: Final = text
        self.end: Final = len(text)
        self.syntax: Final = syntax
        self.at = 0
        self.tokens: list[Token] = []
        self.spaced = False
        # Whether each brace that is open started a subscript, so that an operator may follow it.
        self.subscripts: list[bool] = []
        self.after_subscript = False
        self.conditions: list[bool] = []
        self.after_condition = False
        self.unsure_until = 0
        self.pending: list[tuple[Token, str, Quote]] = []
        self.depth: int = parent.depth + 1 if parent else 0
        self.blocks: list[list[Token]] = parent.blocks if parent else []
        self.unsure: list[str] = parent.unsure if parent else []

    def read(self) -> list[Token]:
        """Read all of it; what does not read as code is unsure. Give the tokens of the code."""
        before = len(self.blocks)
        try:
            self.block("")
        except Lost as lost:
            self.unsure.append(self.text[lost.at :])
        return self.blocks[before] if len(self.blocks) > before else []

    def nested(self, start: int, stop: int) -> list[Token]:
        """Read a part of the text as code of its own."""
        return type(self)(self.text[start:stop], self.syntax, self).read()

    def block(self, closing: str) -> list[Token]:
        """Read code up to a closing character, which is consumed, or to the end."""
        if self.depth > MOST_NESTED:
            raise Lost(self.at)
        start, outer, subscripts = self.at, self.tokens, self.subscripts
        tokens = self.tokens = []
        self.subscripts = []
        self.depth += 1
        self.blocks.append(tokens)
        while self._follows():
            if self.text[self.at] == closing and not self.subscripts:
                self.at += 1
                break
            self.one()
        else:
            if closing:
                raise Lost(start)
        self.depth -= 1
        self.tokens, self.subscripts = outer, subscripts
        return tokens

    def _follows(self) -> bool:
        """Skip what is no code; say whether code follows."""
        self.skip()
        return self.at < self.end

    def skip(self) -> None:
        """Skip blanks, comments and the ends of lines."""
        self.spaced = False
        while self.at < self.end:
            char = self.text[self.at]
            if char in BLANKS:
                self.at += 1
            elif char == "\n":
                self.newline()
            elif not self.comment():
                return
            self.spaced = True

    def newline(self) -> None:
        """Consume the end of a line, and the bodies of the here-documents that wait for it."""
        self.at += 1
        if self.syntax.lines and not (self.tokens and self.tokens[-1].kind == LINE):
            self.add(LINE, "\n")
        waiting, self.pending = self.pending, []
        for token, label, quote in waiting:
            self.document(token, label, quote)

    def document(self, token: Token, label: str, quote: Quote) -> None:
        """Consume the body of a here-document; its token gets the parts."""
        start = self.at
        while self.at < self.end:
            line_start, line = self.at, self.line()
            self.at = min(self.at + 1, self.end)
            if line.strip() == label:
                token.parts = self.parts_of(start, line_start, quote)
                return
        raise Lost(start)

    def line(self) -> str:
        """Consume the rest of the line, without its end."""
        start = self.at
        newline = self.text.find("\n", start)
        self.at = self.end if newline < 0 else newline
        return self.text[start : self.at]

    def comment(self) -> bool:
        """Consume a comment if one stands here."""
        for opening, closing in self.syntax.spans.items():
            if self.text.startswith(opening, self.at):
                stop = self.text.find(closing, self.at + len(opening))
                if stop < 0:
                    raise Lost(self.at)
                self.at = stop + len(closing)
                return True
        if self.text.startswith(self.syntax.comments, self.at) and self.syntax.comments:
            self.line()
            return True
        return False

    def add(self, kind: str, text: str, parts: Parts | None = None) -> Token:
        """Add a token."""
        token = Token(kind, text, parts or [], spaced=self.spaced)
        self.tokens.append(token)
        return token

    def one(self) -> None:
        """Read one token."""
        char = self.text[self.at]
        if self.special(char):
            return
        if char in DIGITS:
            self.add(NUMBER, self.run_of(self.syntax.names))
        elif char in self.syntax.names or not char.isascii():
            self.name()
        elif char in self.syntax.quotes:
            self.string(char, self.syntax.quotes[char])
        elif char == "/" and self.syntax.patterns and self.starts_pattern():
            self.pattern()
        else:
            self.operator()

    def special(self, char: str) -> bool:  # noqa: ARG002 -- for languages that have something special
        """Read what only this language has, if it stands here."""
        return False

    def run_of(self, chars: frozenset[str]) -> str:
        """Consume characters of a set, and those outside of ASCII."""
        start = self.at
        while self.at < self.end and (
            self.text[self.at] in chars or not self.text[self.at].isascii()
        ):
            self.at += 1
        return self.text[start : self.at]

    def name(self) -> None:
        """Read a name."""
        self.add(NAME, self.run_of(self.syntax.names))

    def operator(self) -> None:
        """Read an operator, or a single character."""
        for operator in self.syntax.operators:
            if self.text.startswith(operator, self.at):
                self.at += len(operator)
                self.add(OPERATOR, operator)
                return
        char = self.text[self.at]
        self.at += 1
        if char in "()":
            self._parenthesis(char)
        if char == "{":
            self.subscripts.append(self.is_subscript())
        elif char == "}" and self.subscripts:
            self.after_subscript = self.subscripts.pop()
        self.add(OPERATOR, char)

    def _parenthesis(self, char: str) -> None:
        """Keep in mind whether a parenthesis holds the condition of a statement."""
        if char == "(":
            last = self.tokens[-1] if self.tokens else None
            self.conditions.append(last is not None and last.text in self.controls)
        elif self.conditions:
            self.after_condition = self.conditions.pop()

    def is_subscript(self) -> bool:
        """Say whether a brace here starts a subscript."""
        last = self.tokens[-1] if self.tokens else None
        if last is None or last.kind == LINE:
            return False
        return last.kind == VARIABLE or last.text in ("]", "->") or (
            last.text == "}" and self.after_subscript and not self.spaced
        )  # fmt: skip

    def starts_term(self) -> bool | None:
        """Say whether a term may stand here, rather than an operator; none where it is unsure."""
        last = self.tokens[-1] if self.tokens else None
        if last is None or last.kind == LINE:
            return True
        if last.kind in _OPERAND_KINDS:
            return False
        if last.kind == NAME:
            return True if last.text in self.syntax.before_terms else None
        if last.text == "}":
            return False if self.after_subscript else None
        return last.text not in _CLOSING or (last.text == ")" and self.after_condition)

    def starts_pattern(self) -> bool:
        """Say whether a slash here starts a pattern; where it is unsure, the line's rest is."""
        starts = self.starts_term()
        if starts is not None:
            return starts
        if self.at >= self.unsure_until:
            newline = self.text.find("\n", self.at)
            self.unsure_until = self.end if newline < 0 else newline
            self.unsure.append(self.text[self.at : self.unsure_until])
        closes = self.text.find("/", self.at + 1, self.unsure_until) > 0
        return closes and self.spaced and self.text[self.at + 1] not in " ="

    def pattern(self) -> None:
        """Read a pattern between slashes, and its flags."""
        start = self.at
        self.at += 1
        in_class = False
        while self.at < self.end and (self.text[self.at] != "/" or in_class):
            char = self.text[self.at]
            if char == "\n":
                raise Lost(start)
            self.at += 2 if char == "\\" else 1
            in_class = char == "[" or (in_class and char != "]")
        if self.at >= self.end:
            raise Lost(start)
        self.at += 1
        self.run_of(NAME_START)
        self.add(PATTERN, self.text[start : self.at])

    def string(self, opening: str, quote: Quote) -> None:
        """Read a string from its opening quote on."""
        self.at += len(opening)
        token = Token(quote.kind, opening, [], spaced=self.spaced)
        token.parts = self.quoted(opening, PAIRS.get(opening, opening), quote)
        self.tokens.append(token)

    def parts_of(self, start: int, stop: int, quote: Quote) -> Parts:
        """Read a part of the text as what stands between quotes."""
        inner = type(self)(self.text[start:stop], self.syntax, self)
        try:
            return inner.quoted("", "", quote)
        except Lost as lost:
            self.unsure.append(inner.text[lost.at :])
            return [[]]

    def quoted(self, opening: str, closing: str, quote: Quote) -> Parts:
        """Read what stands in quotes, to behind the closing one, or to the end where there is none.

        A part that is not known is code without tokens.
        """
        start, depth = self.at, 0
        parts: Parts = []
        known: list[str] = []
        while self.at < self.end:
            char = self.text[self.at]
            if char == closing and not depth:
                self.at += 1
                return [*parts, "".join(known)]
            if char == "\\" and quote.escapes:
                piece: str | list[Token] | None = self.escape(closing, quote)
            else:
                piece = self.inside(quote) if quote.inside else None
                if piece is None:
                    depth += (char == opening != closing) - (char == closing)
                    self.at += 1
                    piece = char
            if isinstance(piece, str):
                known.append(piece)
            else:
                parts += ["".join(known), piece or []]
                known = []
        if closing:
            raise Lost(start)
        return [*parts, "".join(known)]

    def escape(self, closing: str, quote: Quote) -> str | list[Token]:
        """Read an escape; give what it stands for, no tokens where that is not known."""
        if quote.escapes == "few":
            following = self.text[self.at + 1 : self.at + 2]
            self.at += 2
            return following if following in ("\\", closing, "") else "\\" + following
        found, self.at = unescape(self.text, self.at + 1)
        return [] if found is None else found

    def inside(self, quote: Quote) -> list[Token] | None:
        """Read code in a string, if it starts here; give its tokens."""
        if not self.text.startswith(quote.inside, self.at):
            return None
        self.at += len(quote.inside)
        return self.block(_BRACES[quote.inside[-1]])
