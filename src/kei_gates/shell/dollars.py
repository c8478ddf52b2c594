"""What a dollar starts: parameters, substitutions and arithmetic, as in bash(1), EXPANSION."""

from __future__ import annotations

from kei_gates.shell.ast import Arithmetic, Literal, Parameter, Subscript, Substitution
from kei_gates.shell.quoting import ENDED, ansi_c, has_other_escapes
from kei_gates.shell.scanner import DIGITS, NAME, NAME_START
from kei_gates.shell.words import WordParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Part

SPECIAL_NAMES = frozenset("@*#?-$!")
MODIFIERS = frozenset("aAcehlpPqQrstuxwWfFg&")
"""What may follow the colon of `$name:h` in zsh: zshexpn(1), Modifiers."""
VALUE_OPERATORS = frozenset(("-", "=", "+", "?", ":-", ":=", ":+", ":?"))
"""Operators whose operand may become the value."""
# Operators whose operand is a pattern: inside double quotes, a single quote in it quotes.
_PATTERN_OPERATORS = frozenset("#%/^,")
# What zsh reads in another way right after a dollar, if a name or more follows.
_ZSH_PREFIXES = frozenset("=~^+")
_BRACE = frozenset('}"<>')
_BRACKETS = frozenset("()[]{}")
_MEASURED = SPECIAL_NAMES | NAME
# What may follow the colon of `${name:1}` in any dialect.
_OFFSET_START = frozenset(" \t$-(") | DIGITS


class DollarParser(WordParser):
    """Parses expansions; a subclass parses the lists inside substitutions."""

    def dollar(self, *, quoted: bool) -> list[Part]:
        """Parse what `$` starts; alone it stands for itself."""
        after = self.peek(1)
        if after == "(":
            return [self.substitution(quoted=quoted)]
        if after == "{":
            return [self.braced(quoted=quoted)]
        if after == "[":
            self.at += 2
            return [self.arithmetic("]")]
        if after == "'" and not quoted:
            return [self.escaped_string()]
        if after == '"' and not quoted:
            self.differs = True  # to zsh, the dollar stands for itself
            self.at += 2
            return self.double_quoted('"')
        if after == "\\" and self.peek(2) == "\n":
            self.refuse("a line continuation stands inside an expansion")
        return [self.named(after, quoted=quoted)]

    def escaped_string(self) -> Literal:
        """Parse `$'...'`."""
        start = self.at + 2
        text, self.at = ansi_c(self.text, start)
        if has_other_escapes(self.text[start : self.at]) or self.holds_nul(start):
            self.differs = True
        return Literal(text, quoted=True)

    def holds_nul(self, start: int) -> bool:
        """Say whether a NUL was just read that is not a word by itself."""
        if not self.text.startswith(ENDED, start):
            return False
        before = self.text[start - 3 : start - 2]
        return (before + self.peek()).strip(" \t\n;|&<>)") != ""

    def named(self, after: str, *, quoted: bool) -> Part:
        """Parse `$name`, `$1`, `$@`, or a lone `$`."""
        self.at += 1
        if after and after in NAME_START:
            name = self.name()
        elif after and (after in DIGITS or after in SPECIAL_NAMES):
            name = after
            self.at += 1
        else:
            if after in _ZSH_PREFIXES or is_other_letter(after):
                self.differs = True
            return Literal("$", quoted=True)
        if self._goes_on_in_zsh(name):
            self.differs = True
        return Parameter(name, "", (), quoted=quoted)

    def _goes_on_in_zsh(self, name: str) -> bool:
        """Whether zsh takes more for the expansion than the name just read."""
        after, second = self.peek(), self.peek(1)
        if not after:
            return False
        if after == "[" or (after == ":" and second and second in MODIFIERS):
            return True
        if name == "$":
            return after == "{"
        if name == "#":
            return after in NAME or after in "*@?$-"
        if name in DIGITS:
            return after in DIGITS
        return name[0] in NAME_START and is_other_letter(after)

    def name(self) -> str:
        """Consume a name."""
        start = self.at
        while self.at < self.end and self.text[self.at] in NAME:
            self.at += 1
        return self.text[start : self.at]

    def substitution(self, *, quoted: bool) -> Part:
        """Parse `$(...)`, which is arithmetic only if its `((` has a matching `))`."""
        if self.next_is("$(("):
            start = self.at
            self.at += 3
            found = self.attempt_arithmetic()
            if found is not None:
                return found
            self.at = start
        if self.next_is("$(\\\n"):
            self.refuse("a line continuation stands inside an operator")
        self.at += 2
        return Substitution(self.substituted_list(), quoted=quoted)

    # --- arithmetic -------------------------------------------------------------------------

    def attempt_arithmetic(self) -> Arithmetic | None:
        """Parse arithmetic up to its `))`, the cursor just after its `((`.

        None when the parenthesis that closes it is not followed by another: then it was a
        substitution or a subshell, and the cursor must be set back.
        """
        start = self.at
        found = self.arithmetic(")")
        if "\\" in found.text:
            self.differs = True  # zsh counts the brackets that it escapes
        if self.peek() != ")":
            self.waste(self.at - start)
            return None
        self.at += 1
        if not is_balanced(found.text):
            self.differs = True  # zsh takes it for commands
        return found

    def arithmetic(self, closing: str) -> Arithmetic:
        """Parse an expression up to its closing bracket, which is consumed.

        Quotes are ordinary characters, as the text is expanded like text in double quotes; but
        the shells do not agree on brackets inside them.
        """
        start, depth, quote = self.at, 0, ""
        opening = "(" if closing == ")" else "["
        parts: list[Part] = []
        self.enter()
        while True:
            if self.at >= self.end:
                self.refuse("an expression is not closed")
            char = self.text[self.at]
            if quote and char in _BRACKETS:
                self.refuse("a quote in an expression holds a bracket")
            if char == closing and depth == 0:
                break
            if char in "$`\\":
                parts += self.quoted(char, "")
                continue
            if char in "'\"" and quote in ("", char):
                quote = "" if quote else char
            depth += (char == opening) - (char == closing)
            self.at += 1
        self.leave()
        text = self.text[start : self.at]
        self.at += 1
        return Arithmetic(text, tuple(part for part in parts if not isinstance(part, Literal)))

    # --- ${...} -----------------------------------------------------------------------------

    def braced(self, *, quoted: bool) -> Parameter:
        """Parse `${...}`."""
        self.at += 2
        self.enter()
        operator = ""
        if self.peek() == "!" and self.peek(1) not in ("}", ""):
            self.at += 1
            operator = "!"
            self.differs = True
        elif self.peek() == "#" and self.peek(1) and self.peek(1) in _MEASURED:
            self.at += 1
            operator = "length"
        name = self.braced_name()
        operand: list[Part] = []
        if self.peek() == "[":
            self.at += 1
            found = self.arithmetic("]")
            operand.append(Subscript(found.text, found.parts))
            operator = operator or "["
        following = self._operator()
        if following:
            operand += self._operand(following, quoted=quoted)
        if operator == "!" and (following in ("@", "*") or _is_whole_array(operand)):
            operator = "keys"  # `${!prefix*}` and `${!array[@]}` list names and evaluate nothing
        elif following and operator not in ("!", "length"):
            operator = following
        self.expect("}", "the end of an expansion")
        self.leave()
        return Parameter(name, operator, tuple(operand), quoted=quoted)

    def braced_name(self) -> str:
        """Consume a parameter's name or number."""
        char = self.peek()
        if char and char in NAME_START:
            return self.name()
        if char and char in DIGITS:
            start = self.at
            while self.peek() and self.peek() in DIGITS:
                self.at += 1
            return self.text[start : self.at]
        if char and char in SPECIAL_NAMES:
            self.at += 1
            return char
        return self.refuse("an expansion has no name")

    def _operator(self) -> str:
        """Consume the operator after a parameter's name; empty before the closing brace."""
        if self.peek() in ("}", ""):
            return ""
        if self.text[self.at - 1] == "#":
            self.differs = True  # zsh looks for something to measure
        size = 2 if self.peek() == ":" and self.peek(1) and self.peek(1) in "-=+?" else 1
        operator = self.text[self.at : self.at + size]
        if operator[0] not in ":-=+?#%/^,@*" or (operator[0] == "*" and self.peek(1) != "}"):
            self.refuse("an expansion is not understood")
        self.at += size
        if operator in "^,@*" or (operator == ":" and self.peek() not in _OFFSET_START):
            self.differs = True
        return operator

    def _operand(self, operator: str, *, quoted: bool) -> list[Part]:
        """Parse everything up to the closing brace, which is left."""
        parts: list[Part] = []
        if self.next_is("=("):
            self.differs = True
        while self.peek() != "}":
            char = self.peek()
            if not char:
                self.refuse("an expansion is not closed")
            if char == '"':
                self.at += 1
                parts += self.double_quoted('"')
            elif quoted and (char == "'" or self.next_is("$'")):
                parts += self._quote_inside_quotes(operator)
            elif char == "\\" and self.peek(1) == "\n":
                self.refuse("a line continuation stands inside an expansion")
            elif char in "<>" and not quoted:
                parts += self._angle(char)
            elif quoted and char in "$`\\":
                parts += self.quoted(char, '"')
            elif quoted:
                parts.append(self.run(_BRACE))
            else:
                parts += self._unquoted_operand(char)
        return parts

    def _angle(self, char: str) -> list[Part]:
        if self.peek(1) == "(":
            return [self.process_substitution()]
        self.at += 1
        return [Literal(char, quoted=False)]

    def _unquoted_operand(self, char: str) -> list[Part]:
        found = self.unquoted(char, _BRACE)
        first = found[0] if found else None
        if isinstance(first, Literal) and not first.quoted:
            # In zsh, braces nest, and a parenthesis may hold what a glob runs.
            self.differs = self.differs or "{" in first.text or "(" in first.text
        return found

    def _quote_inside_quotes(self, operator: str) -> list[Part]:
        """Parse a single quote in an operand inside double quotes, up to its second one.

        To bash, what stands between does not end the expansion, whatever the operator; it is
        itself expanded unless the operand is a pattern. To zsh, the quote is no quote.
        """
        escapes = self.peek() == "$"
        start = self.at + 1 + escapes
        close = self.text.find("'", start, self.end)
        if close < 0:
            self.refuse("a quote is not closed")
        inner = self.text[start:close]
        if operator in _PATTERN_OPERATORS or escapes or any(mark in inner for mark in '}"`\\'):
            self.differs = True
        if operator in _PATTERN_OPERATORS or escapes:
            if escapes and inner.endswith("\\"):
                self.refuse("an escape stands in an expansion inside quotes")
            self.at = close + 1
            return [Literal(inner, quoted=True)]
        parts = self.enclosed(start, close)
        self.at = close + 1
        return [Literal("'", quoted=True), *parts, Literal("'", quoted=True)]

    def enclosed(self, start: int, stop: int) -> list[Part]:
        """Parse a stretch of the source like text in double quotes; the cursor is left there."""
        end, self.at, self.end = self.end, start, stop
        parts = self.double_quoted("")
        if self.at != stop:
            self.refuse("an expansion goes on past its text")
        self.end = end
        return parts


def _is_whole_array(operand: list[Part]) -> bool:
    first = operand[0] if len(operand) == 1 else None
    return isinstance(first, Arithmetic) and first.text in ("@", "*")


def is_balanced(text: str) -> bool:
    """Say whether an expression has as many closing square brackets as opening ones."""
    return text.count("[") == text.count("]")


def is_other_letter(char: str) -> bool:
    """Whether zsh may take a character for one of a name that bash does not."""
    return char > "\x7f" and char.isalnum()
