"""What a dollar starts in zsh: zshexpn(1), Parameter Expansion."""

from __future__ import annotations

from kei_gates.shell.ast import Arithmetic, Literal, Parameter, Qualifier, Subscript
from kei_gates.shell.dollars import (
    MODIFIERS,
    SPECIAL_NAMES,
    VALUE_OPERATORS,
    is_balanced,
    is_other_letter,
)
from kei_gates.shell.quoting import ansi_c
from kei_gates.shell.scanner import DIGITS, NAME, NAME_START
from kei_gates.shell.zsh_subscripts import ZshSubscriptParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Part

_PREFIXES = frozenset("=~^")
# What may follow `$#` for the length of it.
_MEASURED = frozenset("*@?$-") | NAME
_OPERATORS = ("::=", ":-", ":=", ":+", ":?", ":#", ":/", ":|", ":*", ":^")
_BRACE = frozenset('}"<>{(')
# Flags that take arguments between delimiters, and how many: zshexpn(1), Parameter Expansion Flags.
_ARGUMENTS = {"g": 1, "I": 1, "j": 1, "s": 1, "Z": 1, "_": 1, "l": 3, "r": 3}
_EVALUATED = frozenset("lrI")
_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
# Characters that mean something before the flags are looked at.
_LEXED = "$`{}'\""


class ZshDollarParser(ZshSubscriptParser):
    """Parses expansions as zsh does."""

    def dollar(self, *, quoted: bool) -> list[Part]:
        """Parse what `$` starts; alone it stands for itself."""
        if self.peek(1) == '"' and not quoted:
            self.at += 1
            return [Literal("$", quoted=True)]
        return super().dollar(quoted=quoted)

    def escaped_string(self) -> Literal:
        """Parse `$'...'`."""
        start = self.at + 2
        text, self.at = ansi_c(self.text, start, keep=False)
        if self.holds_nul(start):
            self.refuse("a NUL stands inside a word")
        return Literal(text, quoted=True)

    def named(self, after: str, *, quoted: bool) -> Part:
        """Parse `$name`, `$1`, `$@`, with what may stand before and after, or a lone `$`."""
        self.at += 1
        flags, operator = self._prefix()
        after = self.peek()
        name = ""
        if after and (after in NAME_START or is_other_letter(after)):
            name = self.name()
        elif after and after in DIGITS:
            name = self.braced_name()
        elif after and after in SPECIAL_NAMES and not flags:
            name = after
            self.at += 1
        elif not flags:
            return Literal("$", quoted=True)
        if name == "$" and self.peek() == "{":
            self.refuse("a brace stands behind `$$`")
        operand: list[Part] = []
        while name and self.peek() == "[":
            operator = operator or "["
            operand += self.subscript_parts(quoted=quoted)
        while name and self.peek() == ":" and self.peek(1) and self.peek(1) in MODIFIERS:
            operator = operator or self.text[self.at : self.at + 2]
            self.at += 2
        return Parameter(name, operator, tuple(operand), quoted=quoted, flags=flags)

    def _prefix(self) -> tuple[str, str]:
        """Consume the flags and the operator that stand before a name without braces."""
        start = self.at
        while self.peek() and self.peek() in _PREFIXES:
            self.at += 1
        flags = self.text[start : self.at]
        after = self.peek(1)
        if after and (
            (self.peek() == "#" and after in _MEASURED) or (self.peek() == "+" and after in NAME)
        ):
            self.at += 1
            return flags, "length"
        return flags, ""

    def name(self) -> str:
        """Consume a name, of which any letter can be a part."""
        start = self.at
        while self.at < self.end:
            char = self.text[self.at]
            if char not in NAME and not is_other_letter(char):
                break
            self.at += 1
        return self.text[start : self.at]

    def attempt_arithmetic(self) -> Arithmetic | None:
        """Parse arithmetic up to its `))`; brackets without a partner make it no arithmetic."""
        start = self.at
        found = super().attempt_arithmetic()
        if "\\" in self.text[start : self.at]:
            self.refuse("a backslash stands in an expression")
        if found is None or is_balanced(found.text):
            return found
        self.waste(self.at - start)
        return None

    # --- ${...} -----------------------------------------------------------------------------

    def braced(self, *, quoted: bool) -> Parameter:
        """Parse `${...}`."""
        self.at += 2
        self.enter()
        operand: list[Part] = []
        flags, operator = self._flags(operand)
        name = self._subject(operand, quoted=quoted)
        while self.peek() == "[":
            self.at += 1
            found = self.arithmetic("]")
            operand.append(Subscript(found.text, found.parts))
            operator = operator or "["
        following = self._following()
        operand += self._quoted_operand() if quoted else self._plain_operand(following)
        if operator != "length":
            operator = following or operator
        self.expect("}", "the end of an expansion")
        self.leave()
        return Parameter(name, operator, tuple(operand), quoted=quoted, flags=flags)

    def _flags(self, operand: list[Part]) -> tuple[str, str]:
        """Consume flags and prefixes, and `#` or `+` before a name."""
        flags = operator = ""
        while True:
            char, after = self.peek(), self.peek(1)
            if char == "(":
                flags += self._flag_letters(operand)
            elif char and char in _PREFIXES:
                flags += char
                self.at += 1
            elif (char == "#" and after not in ("}", "")) or (char == "+" and after in NAME_START):
                operator = "length"
                self.at += 1
            else:
                return flags, operator

    def _flag_letters(self, operand: list[Part]) -> str:
        """Consume `(letters)`; an argument that is evaluated is added to the operand."""
        start = self.at + 1
        self.at = start
        while self.peek() != ")":
            letter = self.peek()
            if not letter:
                self.refuse("the flags of an expansion are not closed")
            self.at += 1
            for _ in range(_ARGUMENTS.get(letter, 0)):
                argument = self._flag_argument()
                if argument is None:
                    break
                if letter in _EVALUATED and argument and not argument.isdecimal():
                    operand.append(Arithmetic(argument, ()))
        self.at += 1
        return self.text[start : self.at - 1]

    def _flag_argument(self) -> str | None:
        """Consume `:text:` behind a flag, if there is one."""
        opening = self.peek()
        if not opening or opening == ")" or opening in NAME:
            return None
        close = self.text.find(_CLOSING.get(opening, opening), self.at + 1, self.end)
        if close < 0:
            self.refuse("the flags of an expansion are not closed")
        text = self.text[self.at + 1 : close]
        if any(mark in text for mark in _LEXED):
            self.refuse("the flags of an expansion are computed")
        self.at = close + 1
        return text

    def _subject(self, operand: list[Part], *, quoted: bool) -> str:
        """Consume what is expanded: give its name, or add the expansion in its place."""
        char = self.peek()
        if char == "$" and self.peek(1) in ("{", "("):
            operand += self.dollar(quoted=quoted)
            return ""
        if char == "`":
            operand.append(self.backticks(quoted=quoted))
            return ""
        if char == '"':
            self.at += 1
            operand += self.double_quoted('"')
            return ""
        named = char and (char in NAME_START or char in DIGITS or char in SPECIAL_NAMES)
        return self.braced_name() if named else ""

    def _following(self) -> str:
        """Consume the operator after what is expanded; empty before the closing brace."""
        if self.peek() in ("}", ""):
            return ""
        self._check_joined()
        operator = next((one for one in _OPERATORS if self.next_is(one)), "")
        if not operator:
            modifies = self.peek() == ":" and self.peek(1) and self.peek(1) in MODIFIERS
            operator = self.text[self.at : self.at + (2 if modifies else 1)]
        self.at += len(operator)
        return operator

    def _quoted_operand(self) -> list[Part]:
        """Parse everything up to the closing brace inside double quotes; it is left."""
        parts: list[Part] = []
        while self.peek() != "}":
            char = self.peek()
            if char == '"':
                self.at += 1
                parts += self.double_quoted('"')
            elif char and char in "$`\\":
                self._check_joined()
                parts += self.quoted(char, '"')
            elif not char:
                self.refuse("an expansion is not closed")
            else:
                start = self.at
                while self.at < self.end and self.text[self.at] not in '$`\\"}':
                    self.at += 1
                parts.append(Literal(self.text[start : self.at], quoted=False))
        return parts

    def _plain_operand(self, operator: str) -> list[Part]:
        """Parse everything up to the closing brace, which is left; inner braces nest."""
        parts: list[Part] = []
        if self.next_is("=("):
            parts.append(self.process_substitution())
        depth = 0
        while self.peek() != "}" or depth:
            char = self.peek()
            if not char:
                self.refuse("an expansion is not closed")
            self._check_joined()
            if char in "<>" and self.peek(1) == "(":
                parts.append(self.process_substitution())
            elif char == "(":
                parts += self._parenthesis_of(operator)
            elif char in "{}<>":
                depth += (char == "{") - (char == "}")
                self.at += 1
                parts.append(Literal(char, quoted=False))
            else:
                parts += self.unquoted(char, _BRACE)
        return parts

    def _check_joined(self) -> None:
        if self.next_is("\\\n"):
            self.refuse("a line continuation stands inside an expansion")

    def _parenthesis_of(self, operator: str) -> list[Part]:
        """Parse a parenthesis in an operand, which is a pattern's if it is closed there."""
        start = self.at + 1
        parts = self.parenthesised_parts(frozenset("}"))
        if self.peek() != ")":
            return [Literal("(", quoted=False), *parts]
        self.at += 1
        value = operator in VALUE_OPERATORS or operator == "::="
        code = self.code(parts) if value and self.globbing else ()
        return [Qualifier(self.text[start : self.at - 1], code, tuple(parts))]
