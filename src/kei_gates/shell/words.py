"""Words: quoting and expansions, as in bash(1), QUOTING and EXPANSION."""

from __future__ import annotations

from kei_gates.shell.ast import Arithmetic, Literal, Parameter, Substitution, Word
from kei_gates.shell.quoting import ansi_c
from kei_gates.shell.scanner import DIGITS, META, NAME, NAME_START, Scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import CommandList, Part

_SPECIAL = frozenset("@*#?-$!")
# Operands in which a single quote is an ordinary character when the whole stands in double quotes.
_VALUE_OPERATORS = ("-", "=", "+", "?", ":-", ":=", ":+", ":?")


class WordParser(Scanner):
    """Parses words; a subclass parses the lists inside substitutions."""

    def substituted_list(self) -> CommandList:
        """Parse the list inside `$( )` or `<( )`, its closing parenthesis included."""
        raise NotImplementedError

    def backtick_list(self, inner: str, start: int) -> CommandList:
        """Parse the unescaped text of backticks that start at `start`."""
        raise NotImplementedError

    # --- a whole word -----------------------------------------------------------------------

    def word(self, stop: frozenset[str] = META) -> Word:
        """Parse a word up to an unquoted character of `stop`; it is never empty."""
        start = self.at
        parts: list[Part] = []
        continued = False
        while self.at < self.end:
            char = self.text[self.at]
            if char in "<>" and self.peek(1) == "(" and char in stop:
                parts.append(self._process_substitution())
            elif char in stop:
                break
            elif char == "\\" and self.peek(1) == "\n":
                self.at += 2
                continued = True
            else:
                parts += self._unquoted(char, stop)
        if self.at == start:
            self.refuse("a word is missing")
        return Word(tuple(parts), (start, self.at), continued=continued)

    def _unquoted(self, char: str, stop: frozenset[str]) -> list[Part]:
        """Parse what an unquoted character starts."""
        if char == "\\":
            escaped = self.peek(1) or "\\"  # the last character of the source stands for itself
            self.at = min(self.at + 2, self.end)
            return [Literal(escaped, quoted=True)]
        if char == "'":
            return [self._single_quoted()]
        if char == '"':
            self.at += 1
            return self.double_quoted('"')
        if char == "$":
            return self.dollar(quoted=False)
        if char == "`":
            return [self._backticks(quoted=False)]
        return [self._run(stop)]

    def _run(self, stop: frozenset[str]) -> Literal:
        """Consume ordinary characters."""
        start = self.at
        self.at += 1
        while self.at < self.end:
            char = self.text[self.at]
            if char in stop or char in "\\'\"$`":
                break
            self.at += 1
        return Literal(self.text[start : self.at], quoted=False)

    def _single_quoted(self) -> Literal:
        close = self.text.find("'", self.at + 1)
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
            parts += self._quoted(char, closing)

    def _quoted(self, char: str, closing: str) -> list[Part]:
        """Parse what a character starts inside double quotes."""
        if char == "$":
            return self.dollar(quoted=True)
        if char == "`":
            return [self._backticks(quoted=True)]
        if char == "\\":
            escaped = self.peek(1)
            self.at += 2
            if escaped == "\n":
                return []
            special = escaped and escaped in '$`\\"' and (closing or escaped != '"')
            return [Literal(escaped if special else "\\" + escaped, quoted=True)]
        start = self.at
        while self.at < self.end and self.text[self.at] not in "$`\\" + closing:
            self.at += 1
        return [Literal(self.text[start : self.at], quoted=True)]

    # --- what a dollar starts ---------------------------------------------------------------

    def dollar(self, *, quoted: bool) -> list[Part]:
        """Parse what `$` starts; alone it stands for itself."""
        after = self.peek(1)
        if after == "(":
            return [self._substitution(quoted=quoted)]
        if after == "{":
            return [self._braced(quoted=quoted)]
        if after == "[":
            self.at += 2
            return [self.arithmetic("]")]
        if after == "'" and not quoted:
            text, self.at = ansi_c(self.text, self.at + 2)
            return [Literal(text, quoted=True)]
        if after == '"' and not quoted:
            self.at += 2
            return self.double_quoted('"')
        if after == "\\" and self.peek(2) == "\n":
            self.refuse("a line continuation stands inside an expansion")
        return [self._named(after, quoted=quoted)]

    def _named(self, after: str, *, quoted: bool) -> Part:
        """Parse `$name`, `$1`, `$@`, or a lone `$`."""
        self.at += 1
        if after and after in NAME_START:
            name = self.name()
        elif after and (after in DIGITS or after in _SPECIAL):
            name = after
            self.at += 1
        else:
            return Literal("$", quoted=True)
        return Parameter(name, "", (), quoted=quoted)

    def name(self) -> str:
        """Consume a name."""
        start = self.at
        while self.at < self.end and self.text[self.at] in NAME:
            self.at += 1
        return self.text[start : self.at]

    def _substitution(self, *, quoted: bool) -> Part:
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

    def _process_substitution(self) -> Substitution:
        kind = self.peek()
        self.at += 2
        return Substitution(self.substituted_list(), quoted=True, kind=kind)

    def _backticks(self, *, quoted: bool) -> Substitution:
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

    # --- arithmetic -------------------------------------------------------------------------

    def attempt_arithmetic(self) -> Arithmetic | None:
        """Parse arithmetic up to its `))`, the cursor just after its `((`.

        None when the parenthesis that closes it is not followed by another: then it was a
        substitution or a subshell, and the cursor must be set back.
        """
        start = self.at
        found = self.arithmetic(")")
        if self.peek() != ")":
            self.waste(self.at - start)
            return None
        self.at += 1
        return found

    def arithmetic(self, closing: str) -> Arithmetic:
        """Parse an expression up to its closing bracket, which is consumed."""
        start, depth = self.at, 0
        opening = "(" if closing == ")" else "["
        parts: list[Part] = []
        self.enter()
        while True:
            if self.at >= self.end:
                self.refuse("an expression is not closed")
            char = self.text[self.at]
            if char == closing and depth == 0:
                break
            if char in "'\"\\":
                self.refuse("an expression holds a quote")
            if char in "$`":
                parts += self._quoted(char, "")
                continue
            depth += (char == opening) - (char == closing)
            self.at += 1
        self.leave()
        text = self.text[start : self.at]
        self.at += 1
        return Arithmetic(text, tuple(parts))

    # --- ${...} -----------------------------------------------------------------------------

    def _braced(self, *, quoted: bool) -> Parameter:
        """Parse `${...}`."""
        self.at += 2
        self.enter()
        operator = ""
        if self.peek() == "!" and self.peek(1) not in ("}", ""):
            self.at += 1
            operator = "!"
        elif self.peek() == "#" and self.peek(1) not in ("}", ""):
            self.at += 1
            operator = "length"
        name = self._braced_name()
        operand: list[Part] = []
        if self.peek() == "[":
            self.at += 1
            operand.append(self.arithmetic("]"))
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

    def _braced_name(self) -> str:
        char = self.peek()
        if char and char in NAME_START:
            return self.name()
        if char and char in DIGITS:
            start = self.at
            while self.peek() and self.peek() in DIGITS:
                self.at += 1
            return self.text[start : self.at]
        if char and char in _SPECIAL:
            self.at += 1
            return char
        return self.refuse("an expansion has no name")

    def _operator(self) -> str:
        """Consume the operator after a parameter's name; empty before the closing brace."""
        if self.peek() in ("}", ""):
            return ""
        size = 2 if self.peek() == ":" and self.peek(1) and self.peek(1) in "-=+?" else 1
        operator = self.text[self.at : self.at + size]
        if operator[0] not in ":-=+?#%/^,@*" or (operator[0] == "*" and self.peek(1) != "}"):
            self.refuse("an expansion is not understood")
        self.at += size
        return operator

    def _operand(self, operator: str, *, quoted: bool) -> list[Part]:
        """Parse everything up to the closing brace, which is left."""
        parts: list[Part] = []
        while self.peek() != "}":
            char = self.peek()
            if not char:
                self.refuse("an expansion is not closed")
            if char == '"':
                self.at += 1
                parts += self.double_quoted('"')
            elif char == "'" and quoted:
                if operator not in _VALUE_OPERATORS:
                    self.refuse("a quote stands in an expansion inside quotes")
                self.at += 1
                parts.append(Literal("'", quoted=True))
            elif char == "\\" and self.peek(1) == "\n":
                self.refuse("a line continuation stands inside an expansion")
            elif char in "<>" and self.peek(1) == "(" and not quoted:
                parts.append(self._process_substitution())
            elif quoted and char in "$`\\":
                parts += self._quoted(char, '"')
            elif quoted:
                parts.append(self._run(_BRACE))
            else:
                parts += self._unquoted(char, _BRACE)
        return parts


def _is_whole_array(operand: list[Part]) -> bool:
    first = operand[0] if len(operand) == 1 else None
    return isinstance(first, Arithmetic) and first.text in ("@", "*")


_BRACE = frozenset('}"<>')
