"""Ruby's lexer: percent literals, here-documents, symbols. Source: ruby's manual."""

from __future__ import annotations

from kei_gates.shell.code_lexer import Lexer
from kei_gates.shell.code_tokens import (
    LINE,
    NAME,
    NAME_CHARS,
    NAME_START,
    PAIRS,
    PATTERN,
    RUN,
    TEXT,
    VARIABLE,
    WORDS,
    Lost,
    Quote,
    Syntax,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ClassVar

_FULL = Quote(inside="#{")
_PLAIN = Quote(escapes="few")
_RUNS = Quote(RUN, inside="#{")
_QUOTES = {'"': _FULL, "'": _PLAIN, "`": _RUNS}
# Percent literals by their letter, none for `%(...)`.
_LITERALS = {
    "": _FULL, "Q": _FULL, "q": _PLAIN, "x": _RUNS,
    "w": Quote(WORDS, escapes="few"), "i": Quote(WORDS, escapes="few"),
    "W": Quote(WORDS, inside="#{"), "I": Quote(WORDS, inside="#{"),
    "r": Quote(PATTERN, inside="#{"), "s": _PLAIN,
}  # fmt: skip
_LOOKED_AT = 1_000
_DELIMITERS = frozenset("([{<|!/^-+,.;:~\"'")

SYNTAX = Syntax(
    "<=> === **= ||= &&= <<= >>= ... -> ** =~ !~ == != <= >= && || .. :: => += -= *= /= %= |= &= "
    "^= << >> &.",
    _QUOTES,
    comments=["#"],
    lines=True,
    patterns=True,
    before_terms="if unless while until and or not when in return puts print p elsif then do else "
    "case raise yield split scan grep match gsub sub",
)


class RubyLexer(Lexer):
    """Reads ruby."""

    def newline(self) -> None:
        """Consume the end of a line, and a comment of many lines that stands behind it."""
        super().newline()
        if self.text.startswith("=begin", self.at):
            self._long_comment()
        elif self.text.startswith("__END__\n", self.at):
            self.at = self.end

    def _long_comment(self) -> bool:
        stop = self.text.find("\n=end", self.at)
        self.at = self.end if stop < 0 else stop + 5
        self.line()
        return True

    def special(self, char: str) -> bool:
        """Read a variable, a symbol, a percent literal or a here-document, if one stands here."""
        if self.at == 0 and self.text.startswith("=begin"):
            return self._long_comment()
        reader = self._readers.get(char)
        return reader is not None and reader(self)

    def _variable(self) -> bool:
        start = self.at
        self.at += 1
        if self.text[start] == "@":
            self.at += self.text.startswith("@", self.at)
            if not self.run_of(NAME_CHARS):
                self.at = start
                return False
        elif not self.run_of(NAME_CHARS):
            self.at += 1
        self.add(VARIABLE, self.text[start : self.at])
        return True

    def _symbol(self) -> bool:
        after = self.text[self.at + 1 : self.at + 2]
        last = self.tokens[-1] if self.tokens else None
        if after == '"' and (last is None or self.spaced or self.starts_term()):
            self.at += 1
            self.string('"', _FULL)
            return True
        if after == ":" or after not in NAME_START or not after:
            return False
        if last is not None and not self.spaced and last.kind in (NAME, TEXT) and last.text != ":":
            return False
        self.at += 1
        self.add(TEXT, ":", [self._method_name()])
        return True

    def _method_name(self) -> str:
        name = self.run_of(NAME_CHARS)
        follows = self.text[self.at : self.at + 2]
        if follows[:1] in ("?", "!") and follows[1:] != "=":
            self.at += 1
            name += follows[0]
        return name

    def name(self) -> None:
        """Read a name, which may end in a question mark."""
        self.add(NAME, self._method_name())

    def _argument_may_start(self) -> bool:
        """Whether a term may stand here, or the first argument of a method without parentheses."""
        starts = self.starts_term()
        if starts is not None:
            return starts
        last = self.tokens[-1]
        return (
            last.kind == NAME and self.spaced and self.text[self.at + 1 : self.at + 2] not in " ="
        )

    def _percent(self) -> bool:
        if not self._argument_may_start():
            return False
        at = self.at + 1
        letter = self.text[at : at + 1]
        letter = letter if letter in _LITERALS else ""
        at += len(letter)
        opening = self.text[at : at + 1]
        if opening not in _DELIMITERS or not opening:
            return False
        self.at = at + 1
        quote = _LITERALS[letter]
        start = self.at
        parts = self.quoted(opening, PAIRS.get(opening, opening), quote)
        if self.starts_term() is None:
            self.unsure.append(self.text[start : self.at] if quote.kind != RUN else "")
        if quote.kind == WORDS:
            known = all(isinstance(part, str) for part in parts)
            parts = list("".join(map(str, parts)).split()) if known else [[]]
        elif quote.kind == PATTERN:
            self.run_of(NAME_START)
        self.add(quote.kind, "%" + letter, parts)
        return True

    def _document(self) -> bool:
        at = self.at + 2
        if not self.text.startswith("<<", self.at) or not self._argument_may_start():
            return False
        indented = self.text[at : at + 1] in ("~", "-")
        at += indented
        opening = self.text[at : at + 1]
        if opening in _QUOTES and opening:
            stop = self.text.find(opening, at + 1)
            label = self.text[at + 1 : stop] if stop > 0 else "\n"
            stop += 1
        else:
            stop = at
            while self.text[stop : stop + 1] in NAME_CHARS and stop < self.end:
                stop += 1
            label = self.text[at:stop] or "\n"
            opening = '"'
        if "\n" in label or not (indented or label[0].isupper()):
            return False
        self.at = stop
        quote = _QUOTES[opening]
        self.pending.append((self.add(quote.kind, "<<", [[]]), label, quote))
        return True

    def _character(self) -> bool:
        after = self.text[self.at + 1 : self.at + 2]
        if self.starts_term() is None and after in _QUOTES:
            # Behind a name, it may be a character as well as an operator before a string.
            self.unsure.append(self.text[self.at : self.at + _LOOKED_AT])
        if self.starts_term() is not True or after in " \t\n\\" or not after:
            return False
        if self.text[self.at + 2 : self.at + 3] in NAME_CHARS and self.at + 2 < self.end:
            return False
        self.at += 2
        self.add(TEXT, "?", [after])
        return True

    def starts_pattern(self) -> bool:
        """Say whether a slash here starts a pattern; behind a name, none starts with a blank."""
        if self.starts_term() is None and self.text[self.at + 1 : self.at + 2] in (" ", "\n"):
            return False
        return super().starts_pattern()

    def pattern(self) -> None:
        """Read a pattern between slashes, with the code in it."""
        start = self.at
        self.at += 1
        try:
            self.quoted("/", "/", Quote(inside="#{"))
        except Lost:
            raise Lost(start) from None
        self.run_of(NAME_START)
        self.add(PATTERN, "/")

    def is_subscript(self) -> bool:
        """Say whether a brace here starts a subscript: in ruby none does."""
        return False

    def starts_term(self) -> bool | None:
        """Say whether a term may stand here: behind a brace, ruby's own rule is the blank."""
        last = self.tokens[-1] if self.tokens else None
        if last is not None and last.text == "}" and last.kind != LINE:
            return False
        return super().starts_term()

    _readers: ClassVar[dict[str, Callable[[RubyLexer], bool]]] = {
        "$": _variable, "@": _variable, ":": _symbol, "%": _percent, "<": _document,
        "?": _character,
    }  # fmt: skip
