"""The lexers of node, PHP, lua and R, each of which needs little beside the common one."""

from __future__ import annotations

from kei_gates.shell.code_lexer import Lexer
from kei_gates.shell.code_tokens import (
    NAME,
    NAME_CHARS,
    NAME_START,
    OPERATOR,
    PAIRS,
    RUN,
    TEXT,
    VARIABLE,
    Lost,
    Quote,
    Syntax,
    Token,
)

_LONGEST_OPERATOR = 40
_ANY = Quote()
_PLAIN = Quote(escapes="few")

NODE = Syntax(
    ">>>= === !== **= ... ?? ?. => == != <= >= && || ++ -- += -= *= /= ** %= |= &= ^= << >> "
    "??= ||= &&=",
    {"'": _ANY, '"': _ANY, "`": Quote(inside="${")},
    comments=["//", "#!"],
    spans={"/*": "*/"},
    names="$",
    lines=True,
    patterns=True,
    before_terms="return typeof case in of delete void throw new else do instanceof await yield",
)
_PHP_FULL = Quote(inside="php")
PHP = Syntax(
    "<=> === !== **= ?-> ?? ??= ... -> :: => == != <= >= && || ++ -- += -= *= /= .= %= << >>",
    {"'": _PLAIN, '"': _PHP_FULL, "`": Quote(RUN, inside="php")},
    comments=["//", "#"],
    spans={"/*": "*/"},
    names="\\",
)
LUA = Syntax("... .. == ~= <= >= :: // << >>", {"'": _ANY, '"': _ANY}, comments=["--"])
R = Syntax(
    "<<- ->> <- -> |> ::: :: == != <= >= && || %in% %o%",
    {"'": _ANY, '"': _ANY},
    comments=["#"],
    names=".",
    lines=True,
)


class NodeLexer(Lexer):
    """Reads javascript and typescript."""

    controls = frozenset(("if", "while", "for", "with"))

    def starts_term(self) -> bool | None:
        """Say whether a term may stand here: no name is called without parentheses."""
        starts = super().starts_term()
        if starts is None and self.tokens[-1].kind == NAME:
            return False
        return starts


class PhpLexer(Lexer):
    """Reads PHP, from behind its opening tag on."""

    def special(self, char: str) -> bool:
        """Read a variable, a here-document, or what stands between two pieces of code."""
        if char == "$":
            start = self.at
            self.run_of(frozenset("$"))
            self.run_of(NAME_CHARS)
            self.add(VARIABLE, self.text[start : self.at])
            return True
        if self.text.startswith("<<<", self.at):
            return self._document()
        if self.text.startswith("?>", self.at):
            self.add(OPERATOR, ";")
            self.at = next_code(self.text, self.at + 2)
            return True
        return False

    def comment(self) -> bool:
        """Consume a comment; one of a line ends where the code does, and `#[` starts none."""
        if self.text.startswith("#[", self.at):
            return False
        start = self.at
        found = super().comment()
        if found and not self.text.startswith("/*", start):
            stop = self.text.find("?>", start, self.at)
            self.at = self.at if stop < 0 else stop
        return found

    def _document(self) -> bool:
        start = self.at
        label = self.line()[3:].strip()
        quote = Quote(escapes="") if label.startswith("'") else _PHP_FULL
        label = label.strip("'\"")
        body = self.at = min(self.at + 1, self.end)
        while label and self.at < self.end:
            line_start = self.at
            line = self.line()
            indent = len(line) - len(line.lstrip())
            following = line[indent + len(label) :][:1]
            if line.startswith(label, indent) and (not following or following not in NAME_CHARS):
                self.at = line_start + indent + len(label)
                self.add(TEXT, "<<<", self.parts_of(body, max(body, line_start - 1), quote))
                return True
            self.at = min(self.at + 1, self.end)
        raise Lost(start)

    def inside(self, quote: Quote) -> list[Token] | None:  # noqa: ARG002 -- there is one way
        """Read a variable or code in a string, if it starts here."""
        if self.text.startswith(("{$", "${"), self.at):
            self.at += 1 if self.text[self.at] == "{" else 2
            return self.block("}") or [Token(OPERATOR, "?", [], spaced=False)]
        if self.text[self.at] != "$" or self.text[self.at + 1 : self.at + 2] not in NAME_START:
            return None
        start = self.at
        self.at += 1
        if not self.run_of(NAME_CHARS):
            return None
        name = self.text[start : self.at]
        if self.text[self.at : self.at + 1] == "[" or self.text.startswith("->", self.at):
            return [Token(OPERATOR, "?", [], spaced=False)]
        return [Token(VARIABLE, name, [], spaced=False)]


def next_code(text: str, at: int) -> int:
    """Give where the next code of a PHP file starts, behind its opening tag."""
    tag = text.find("<?", at)
    if tag < 0:
        return len(text)
    if text.startswith("<?php", tag):
        return tag + 5
    return tag + 2 + text.startswith("=", tag + 2)


class LuaLexer(Lexer):
    """Reads lua, whose strings and comments may be in long brackets."""

    def comment(self) -> bool:
        """Consume a comment."""
        if self.text.startswith("--[", self.at):
            stop = self._bracket(self.at + 2)
            if stop is not None:
                self.at = stop[1]
                return True
        return super().comment()

    def special(self, char: str) -> bool:
        """Read a string in long brackets, if one stands here."""
        stop = self._bracket(self.at) if char == "[" else None
        if stop is None:
            return False
        self.add(TEXT, "[[", [self.text[stop[0] : stop[2]]])
        self.at = stop[1]
        return True

    def _bracket(self, at: int) -> tuple[int, int, int] | None:
        """Give where the content of long brackets starts, where they end, and where it ends."""
        level = at + 1
        while self.text[level : level + 1] == "=":
            level += 1
        if self.text[level : level + 1] != "[":
            return None
        closing = "]" + "=" * (level - at - 1) + "]"
        stop = self.text.find(closing, level + 1)
        if stop < 0:
            raise Lost(at)
        start = level + 1 + (self.text[level + 1 : level + 2] == "\n")
        return start, stop + len(closing), max(start, stop)


class RLexer(Lexer):
    """Reads R: raw strings, and names in backticks."""

    def special(self, char: str) -> bool:
        """Read a raw string or a quoted name, if one stands here."""
        if char == "`":
            stop = self.text.find("`", self.at + 1)
            if stop < 0:
                raise Lost(self.at)
            self.add(NAME, self.text[self.at + 1 : stop])
            self.at = stop + 1
            return True
        if char == "%":
            stop = self.text.find("%", self.at + 1, self.at + _LONGEST_OPERATOR)
            if stop > 0 and "\n" not in self.text[self.at : stop]:
                self.add(OPERATOR, self.text[self.at : stop + 1])
                self.at = stop + 1
                return True
        if char in "rR" and self.text[self.at + 1 : self.at + 2] in ("'", '"'):
            return self._raw()
        return False

    def _raw(self) -> bool:
        quote = self.text[self.at + 1]
        opening = self.at + 2
        while self.text[opening : opening + 1] == "-":
            opening += 1
        closing = PAIRS.get(self.text[opening : opening + 1])
        if closing is None:
            return False
        closing += "-" * (opening - self.at - 2) + quote
        stop = self.text.find(closing, opening)
        if stop < 0:
            raise Lost(self.at)
        self.add(TEXT, "r", [self.text[opening + 1 : stop]])
        self.at = stop + len(closing)
        return True
