"""Words and their quoting, as in bash(1), QUOTING."""

from __future__ import annotations

from kei_gates.shell.ast import Literal, Substitution, Word
from kei_gates.shell.scanner import DIGITS, META, Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from kei_gates.shell.ast import CommandList, Part

SPECIAL = frozenset("\\'\"$`")
"""Characters that are never ordinary in an unquoted word."""
_BEFORE_PATTERNS = ("?", "*", "+", "@", "!")
_ANYTHING = Literal("*", quoted=False)


class WordParser(Scanner):
    """Parses words; a subclass parses expansions and the lists inside substitutions."""

    LAST_BACKSLASH: ClassVar[str] = "\\"
    """What a backslash stands for that is the last character of a source."""

    def dollar(self, *, quoted: bool) -> list[Part]:
        """Parse what `$` starts."""
        raise NotImplementedError

    def substituted_list(self) -> CommandList:
        """Parse the list inside `$( )` or `<( )`, its closing parenthesis included."""
        raise NotImplementedError

    def backtick_list(self, inner: str, start: int) -> CommandList:
        """Parse the unescaped text of backticks that start at `start`."""
        raise NotImplementedError

    # --- a whole word -----------------------------------------------------------------------

    def word(self, stop: frozenset[str] = META, *, assigned: bool = False) -> Word:
        """Parse a word up to an unquoted character of `stop`; it is never empty.

        `assigned` says that it is what a variable is assigned.
        """
        start = self.at
        parts: list[Part] = []
        continued = False
        while self.at < self.end:
            char = self.text[self.at]
            if char in "<>" and self.peek(1) == "(" and char in stop:
                parts.append(self.process_substitution())
            elif char in stop:
                if char != "(" or not self._starts_patterns(parts):
                    break
                parts += self._patterns(parts)
            elif char == "\\" and self.peek(1) == "\n":
                self.at += 2
                continued = True
            else:
                parts += self.unquoted(char, stop)
        if self.at == start:
            self.refuse("a word is missing")
        if not assigned and _ends_in_stray_brace(parts):
            self.differs = True  # in zsh, the brace closes a group
        return Word(tuple(parts), (start, self.at), continued=continued)

    def unquoted(self, char: str, stop: frozenset[str]) -> list[Part]:
        """Parse what an unquoted character starts."""
        if char == "\\":
            escaped = self.peek(1)
            if not escaped:
                self.differs = True
            self.at = min(self.at + 2, self.end)
            return [Literal(escaped or self.LAST_BACKSLASH, quoted=True)]
        if char == "'":
            return [self._single_quoted()]
        if char == '"':
            self.at += 1
            return self.double_quoted('"')
        if char == "$":
            return self.dollar(quoted=False)
        if char == "`":
            return [self.backticks(quoted=False)]
        return [self.run(stop)]

    def numeric_range(self, ahead: int = 0) -> int:
        """Give the length of zsh's `<1-9>` so far ahead, 0 for anything else."""
        start = at = self.at + ahead
        for mark in "<->":
            if self.text[at : at + 1] != mark:
                return 0
            at += 1
            while mark != ">" and self.text[at : at + 1] in DIGITS:
                at += 1
        return at - start

    def run(self, stop: frozenset[str]) -> Literal:
        """Consume ordinary characters."""
        start = self.at
        self.at += 1
        while self.at < self.end:
            char = self.text[self.at]
            if char in stop or char in SPECIAL:
                break
            self.at += 1
        return Literal(self.text[start : self.at], quoted=False)

    def _single_quoted(self) -> Literal:
        close = self.text.find("'", self.at + 1, self.end)
        if close < 0:
            self.refuse("a quote is not closed")
        text = self.text[self.at + 1 : close]
        self.at = close + 1
        return Literal(text, quoted=True)

    def double_quoted(self, closing: str) -> list[Part]:
        """Parse up to the closing quote, which is consumed; a here-document's body has none.

        What is inside is quoted; an empty string leaves an empty literal, as it makes a field.
        """
        parts: list[Part] = [Literal("", quoted=True)]
        while True:
            if self.at >= self.end:
                if closing:
                    self.refuse("a quote is not closed")
                return parts
            char = self.text[self.at]
            if char == closing:
                self.at += 1
                return parts
            parts += self.quoted(char, closing)

    def quoted(self, char: str, closing: str) -> list[Part]:
        """Parse what a character starts inside double quotes."""
        if char == "$":
            return self.dollar(quoted=True)
        if char == "`":
            return [self.backticks(quoted=True)]
        if char == "\\":
            escaped = self.peek(1)
            self.at = min(self.at + 2, self.end)
            if escaped == "\n":
                return []
            special = escaped and escaped in '$`\\"' and (closing or escaped != '"')
            return [Literal(escaped if special else "\\" + escaped, quoted=True)]
        start = self.at
        stop = "$`\\" + closing
        while self.at < self.end and self.text[self.at] not in stop:
            self.at += 1
        return [Literal(self.text[start : self.at], quoted=True)]

    def process_substitution(self) -> Substitution:
        """Parse `<(...)` or `>(...)`."""
        kind = self.peek()
        self.at += 2
        return Substitution(self.substituted_list(), quoted=True, kind=kind)

    def backticks(self, *, quoted: bool) -> Substitution:
        """Parse backticks: inside, a backslash escapes itself, a backtick and a dollar."""
        start = self.at
        at = start + 1
        inner: list[str] = []
        special = '`\\$"' if quoted else "`\\$"
        while True:
            if at >= self.end:
                self.refuse("a backtick is not closed")
            char = self.text[at]
            if char == "`":
                break
            if char == "\\" and at + 1 < self.end and self.text[at + 1] in special:
                at += 1
                char = self.text[at]
            inner.append(char)
            at += 1
        self.at = at + 1
        return Substitution(self.backtick_list("".join(inner), start), quoted=quoted)

    # --- patterns with parentheses ----------------------------------------------------------

    def _starts_patterns(self, parts: list[Part]) -> bool:
        """Whether the parenthesis at the cursor belongs to `@(a|b)` or one of its kin."""
        last = parts[-1] if parts else None
        return (
            self.extglob
            and isinstance(last, Literal)
            and not last.quoted
            and last.text.endswith(_BEFORE_PATTERNS)
            and self.peek(1) != ")"
        )

    def _patterns(self, before: list[Part]) -> list[Part]:
        """Parse `@(a|b)` at its parenthesis: any text, and the expansions inside."""
        self.differs = True
        mark = before.pop()
        parts: list[Part] = []
        if isinstance(mark, Literal) and mark.text[:-1]:
            parts.append(Literal(mark.text[:-1], quoted=False))
        self.enter()
        self.at += 1
        depth = 1
        while depth:
            if self.at >= self.end:
                self.refuse("a pattern is not closed")
            char = self.text[self.at]
            if char in SPECIAL:
                inner = self.unquoted(char, META)
                parts += [part for part in inner if not isinstance(part, Literal)]
            else:
                depth += (char == "(") - (char == ")")
                self.at += 1
        self.leave()
        parts.append(_ANYTHING)
        return parts


def _ends_in_stray_brace(parts: list[Part]) -> bool:
    """Whether a word ends in a brace that nothing in it opened."""
    last = parts[-1] if parts else None
    if not isinstance(last, Literal) or last.quoted or not last.text.endswith("}"):
        return False
    depth = 0
    stray = False
    for part in parts:
        if isinstance(part, Literal) and not part.quoted:
            for char in part.text:
                stray = char == "}" and depth == 0
                depth += (char == "{") - (char == "}" and depth > 0)
    return stray
