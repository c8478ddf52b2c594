"""Perl's lexer: sigils, quote-like operators, here-documents. Source: perlop(1), perldata(1)."""

from __future__ import annotations

from kei_gates.shell.code_lexer import Lexer
from kei_gates.shell.code_tokens import (
    NAME,
    NAME_CHARS,
    NAME_START,
    NUMBER,
    OPERATOR,
    PAIRS,
    PATTERN,
    RUN,
    VARIABLE,
    WORDS,
    Lost,
    Quote,
    Syntax,
    Token,
)

_FULL = Quote(inside="perl")
_PLAIN = Quote(escapes="few")
_RUNS = Quote(RUN, inside="perl")
_RUNS_PLAIN = Quote(RUN, escapes="few")
_QUOTES = {'"': _FULL, "'": _PLAIN, "`": _RUNS}
# How many parts each quote-like operator has.
_QUOTE_LIKE = {"q": 1, "qq": 1, "qw": 1, "qx": 1, "m": 1, "qr": 1, "s": 2, "tr": 2, "y": 2}
_PATTERNS = frozenset(("m", "qr", "s"))
_SPECIAL = frozenset("&`'+!@/\\,;.-|?\"<>()[]$^:~=%0123456789*#")
_FILE_TESTS = frozenset("rwxoRWXOezsfdlpSbctugkTBAMC")
_SIGILS = frozenset("$@%&*")
_PROTOTYPE = frozenset("$@%&*;\\[]+_ ")
_LONGEST_PROTOTYPE = 80

SYNTAX = Syntax(
    "<=> **= ||= &&= //= <<= >>= ... -> ++ -- ** =~ !~ == != <= >= && || .. :: => += -= *= /= .= "
    "%= x= &= |= ^= << >> //",
    _QUOTES,
    comments=["#"],
    patterns=True,
    before_terms="split grep map join and or not xor if unless while until foreach for return "
    "print printf say push unshift when x lt gt le ge eq ne cmp die warn scalar defined ref lc uc "
    "else do eval chomp reverse sort keys values my our local first any all none sum max min "
    "system exec readpipe BEGIN END",
)  # fmt: skip


class PerlLexer(Lexer):
    """Reads perl."""

    def newline(self) -> None:
        """Consume the end of a line, and documentation that stands behind it."""
        super().newline()
        if self._starts_documentation():
            stop = self.text.find("\n=cut", max(self.at - 1, 0))
            self.at = self.end if stop < 0 else stop + 5
            self.line()

    def _starts_documentation(self) -> bool:
        at = self.at
        return self.text[at : at + 1] == "=" and self.text[at + 1 : at + 2].isalpha()

    def special(self, char: str) -> bool:
        """Read a variable, a here-document, a file test, or what is read from a file handle."""
        if char in _SIGILS and self._sigil(char):
            return True
        if char == "=" and self.at == 0 and self._starts_documentation():
            self.at = -1
            self.newline()
            return True
        if char == "<" and self.starts_term() is not False:
            return self._document() or self._reading()
        if char == "-" and self.starts_term() is not False:
            return self._file_test()
        if char == "/" and self.text.startswith("//", self.at) and self.starts_term() is not True:
            self.at += 2
            self.add(OPERATOR, "//")
            return True
        return False

    def _sigil(self, char: str) -> bool:
        """Read a variable; `%`, `&` and `*` are operators where no term may stand."""
        after = self.text[self.at + 1 : self.at + 2]
        if char in "%&*":
            if (after not in NAME_START and after not in "${:^!+-") or not after:
                return False
            starts = self.starts_term()
            if starts is False or (starts is None and (char != "&" or self.spaced_after())):
                return False
        elif char == "@" and (after not in NAME_START and after not in "${:_-+"):
            return False
        self.at += 1
        self.add(VARIABLE, char + self._variable(char))
        return True

    def spaced_after(self) -> bool:
        """Say whether a blank follows the character here."""
        return self.text[self.at + 1 : self.at + 2] in " \t\n"

    def _variable(self, sigil: str) -> str:
        """Consume a variable's name behind its sigil; empty where code gives what it refers to."""
        start = self.at
        if sigil == "$" and self.text[self.at : self.at + 1] == "#":
            self.at += 1
        while self.text[self.at : self.at + 1] == "$" and (
            self.text[self.at + 1 : self.at + 2] in NAME_START | {"$", "{"}
            and self.at + 1 < self.end
        ):
            self.at += 1
        if self.text[self.at : self.at + 1] == "{":
            return self.text[start : self.at] + self._braced_name()
        if not self._path() and self.at == start:
            following = self.text[self.at : self.at + 1]
            self.at += following in _SPECIAL or following == "^"
        return self.text[start : self.at]

    def _braced_name(self) -> str:
        """Consume `{name}`, giving the name; anything else in braces is left."""
        at = self.at + 1
        while self.text[at : at + 1] in NAME_CHARS and at < self.end:
            at += 1
        if at == self.at + 1 or self.text[at : at + 1] != "}":
            return ""
        found = self.text[self.at + 1 : at]
        self.at = at + 1
        return found

    def _path(self) -> str:
        """Consume a name, with the packages that it stands in."""
        start = self.at
        while self.at < self.end:
            if self.text[self.at] in NAME_CHARS or not self.text[self.at].isascii():
                self.at += 1
            elif self.text.startswith("::", self.at):
                self.at += 2
            else:
                break
        return self.text[start : self.at]

    def name(self) -> None:
        """Read a name, or the quote-like operator that it is."""
        start = self.at
        name = self._path()
        if name in ("__END__", "__DATA__"):
            self.at = self.end
        elif name in _QUOTE_LIKE and not self._is_key(start) and self._has_delimiter():
            self._quote_like(name)
        else:
            is_function = bool(self.tokens) and self.tokens[-1].text == "sub"
            self.add(NAME, name)
            if is_function or name == "sub":
                self._prototype()

    def _prototype(self) -> None:
        """Consume a function's prototype, which looks like variables."""
        at = self.at
        while self.text[at : at + 1] == " ":
            at += 1
        if self.text[at : at + 1] == "(":
            stop = self.text.find(")", at, at + _LONGEST_PROTOTYPE)
            if stop > 0 and _PROTOTYPE.issuperset(self.text[at + 1 : stop]):
                self.at = stop + 1

    def _is_key(self, start: int) -> bool:
        """Whether a name is a method, or a key of a hash."""
        last = self.tokens[-1] if self.tokens else None
        if last is not None and last.text in ("->", "sub"):
            return True
        after = self.text[self.at : self.at + 40].lstrip()
        if last is not None and last.text == "{" and after.startswith("}"):
            return start > 0
        return after.startswith("=>")

    def _has_delimiter(self) -> bool:
        at = self.at
        while self.text[at : at + 1] in (" ", "\t", "\n"):
            at += 1
        char = self.text[at : at + 1]
        if not char or char == ")" or (at > self.at and char in "=#,;"):
            return False
        return char not in NAME_CHARS or at > self.at

    def _quote_like(self, name: str) -> None:
        """Read a quote-like operator from its delimiter on."""
        self.skip_blanks()
        opening = self.text[self.at]
        start, stop = self._raw(opening)
        if name in ("q", "qq", "qx"):
            quote = _RUNS if name == "qx" else _FULL
            if name == "q" or opening == "'":
                quote = _RUNS_PLAIN if name == "qx" else _PLAIN
            self.add(quote.kind, name, self.parts_of(start, stop, quote))
        elif name == "qw":
            self.add(WORDS, name, [word for word in self.text[start:stop].split()])  # noqa: C416 -- the type widens
        else:
            self._matching(name, opening, start, stop)

    def skip_blanks(self) -> None:
        """Skip blanks and ends of lines alone."""
        while self.text[self.at : self.at + 1] in (" ", "\t", "\n"):
            self.at += 1

    def _matching(self, name: str, opening: str, start: int, stop: int) -> None:
        """Read the rest of a pattern, substitution or transliteration."""
        second = None
        if _QUOTE_LIKE[name] == 2:  # noqa: PLR2004 -- pattern and replacement
            if opening in PAIRS:
                self.skip()
                other = self.text[self.at : self.at + 1] or opening
                second = self._raw(other)
            else:
                self.at -= 1
                second = self._raw(opening)
        flags = self.run_of(NAME_START)
        if name in _PATTERNS and opening != "'":
            self._pattern_code(start, stop)
        if name == "s" and second is not None:
            self._replacement(second, flags, opening)
        self.add(PATTERN, "s///ee" if name == "s" and flags.count("e") > 1 else name)

    def _replacement(self, span: tuple[int, int], flags: str, opening: str) -> None:
        if "e" in flags:
            self.nested(*span)
        elif opening != "'":
            self.parts_of(*span, _FULL)

    def _pattern_code(self, start: int, stop: int) -> None:
        """Read the code in a pattern."""
        text = self.text[start:stop]
        if "(?{" in text or "(??{" in text:
            self.unsure.append(text)
        if "@{" in text or "${" in text:
            self.parts_of(start, stop, _FULL)

    def pattern(self) -> None:
        """Read a pattern between slashes."""
        start, stop = self._raw("/")
        self.run_of(NAME_START)
        self._pattern_code(start, stop)
        self.add(PATTERN, "m")

    def _raw(self, opening: str) -> tuple[int, int]:
        """Consume what stands between delimiters; give where it starts and ends."""
        closing = PAIRS.get(opening, opening)
        self.at += 1
        start, depth = self.at, 0
        while self.at < self.end:
            char = self.text[self.at]
            if char == "\\":
                self.at += 1
            elif char == closing and not depth:
                self.at += 1
                return start, self.at - 1
            elif opening != closing:
                depth += (char == opening) - (char == closing)
            self.at += 1
        raise Lost(start - 1)

    def string(self, opening: str, quote: Quote) -> None:
        """Read a string: its end is found first, what stands in it is looked at then."""
        start, stop = self._raw(opening)
        if opening == "'" and not self.spaced and self.tokens and self.tokens[-1].kind == NAME:
            self.unsure.append(self.text[start:stop])  # it may separate packages, as `::` does
        self.add(quote.kind, opening, self.parts_of(start, stop, quote))

    def _document(self) -> bool:
        """Read what starts a here-document, if it stands here."""
        at = self.at + 2
        at += self.text[at : at + 1] == "~"
        if self.text[at : at + 2] in (' "', " '", " `"):
            at += 1
        opening = self.text[at : at + 1]
        if not self.text.startswith("<<", self.at) or not opening:
            return False
        if opening in _QUOTES:
            stop = self.text.find(opening, at + 1)
            label = self.text[at + 1 : stop] if stop > 0 else "\n"
            if "\n" in label:
                return False
            self.at = stop + 1
        elif opening in NAME_START:
            self.at = at
            label = self.run_of(NAME_CHARS)
            opening = '"'
        else:
            return False
        quote = _QUOTES[opening]
        self.pending.append((self.add(quote.kind, "<<", [[]]), label, quote))
        return True

    def _reading(self) -> bool:
        """Read `<HANDLE>` or a pattern of files, if it stands here."""
        stop = self.text.find(">", self.at + 1, self.at + 80)
        if stop < 0 or any(char in self.text[self.at : stop] for char in ";()=\n"):
            return False
        if any(mark in self.text[self.at : stop] for mark in ("`", "@{", "${")):
            self.unsure.append(self.text[self.at : stop])
        self.at = stop + 1
        self.at += self.text.startswith(">>", stop)
        self.add(VARIABLE, "<>")
        return True

    def _file_test(self) -> bool:
        """Read `-e` and its like, if one stands here."""
        letter = self.text[self.at + 1 : self.at + 2]
        if letter not in _FILE_TESTS or self.text[self.at + 2 : self.at + 3] in NAME_CHARS:
            return False
        if not letter or self.text[self.at + 2 : self.at + 40].lstrip().startswith("=>"):
            return False
        self.at += 2
        self.add(OPERATOR, "-" + letter)
        return True

    def one(self) -> None:
        """Read one token; a number's dots are no operators."""
        super().one()
        if self.tokens and self.tokens[-1].kind == NUMBER and self.text.startswith(".", self.at):
            follows = self.text[self.at + 1 : self.at + 2]
            if follows.isdigit():
                self.at += 1
                self.run_of(NAME_CHARS)

    def inside(self, quote: Quote) -> list[Token] | None:  # noqa: ARG002 -- there is one way
        """Read a variable or code in a string, if it starts here."""
        char = self.text[self.at]
        after = self.text[self.at + 1 : self.at + 2]
        if char not in "$@" or not after:
            return None
        if after == "{" or (after == "$" and self.text[self.at + 2 : self.at + 3] == "{"):
            return self._code(after)
        if after not in NAME_START and after not in "$:" and (char == "@" or after not in _SPECIAL):
            return None
        self.at += 1
        name = self._variable(char)
        return self._subscripts() or [Token(VARIABLE, char + name, [], spaced=False)]

    def _code(self, after: str) -> list[Token]:
        """Read `${name}` or `@{code}`."""
        sigil = self.text[self.at]
        self.at += 2 if after == "$" else 1
        name = self._braced_name()
        if name:
            return self._subscripts() or [Token(VARIABLE, sigil + name, [], spaced=False)]
        self.at += 1
        self.block("}")
        self._subscripts()
        return [Token(OPERATOR, "?", [], spaced=False)]

    def _subscripts(self) -> list[Token]:
        """Consume subscripts behind a variable in a string; give something unknown for them."""
        found: list[Token] = []
        while True:
            at = self.at + 2 if self.text.startswith("->", self.at) else self.at
            opening = self.text[at : at + 1]
            if opening not in ("[", "{"):
                return found
            stop = self.text.find(PAIRS[opening], at)
            if stop < 0:
                return found
            inner = self.text[at + 1 : stop]
            if not NAME_CHARS.issuperset(inner):
                self.unsure.append(inner)
            self.at = stop + 1
            found = [Token(OPERATOR, "?", [], spaced=False)]
