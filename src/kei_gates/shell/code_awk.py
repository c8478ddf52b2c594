"""What awk programs start and touch. Sources: gawk(1), mawk(1), POSIX `awk`."""

from __future__ import annotations

from kei_gates.shell.code_lexer import Lexer
from kei_gates.shell.code_tokens import LINE, NAME, NUMBER, OPERATOR, TEXT, Quote, Syntax, Token
from kei_gates.shell.code_values import Block

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.shell.expand import Field
    from kei_gates.shell.started import Started

_SYNTAX = Syntax(
    "|& || && >> <= >= == != !~ ++ -- += -= *= /= %= ^= **= ** ::",
    {'"': Quote()},
    comments=["#"],
    lines=True,
    patterns=True,
)
_KEYWORDS = frozenset(
    [
        "print",
        "printf",
        "return",
        "in",
        "getline",
        "else",
        "do",
        "exit",
        "case",
        "delete",
        "if",
        "while",
        "for",
        "function",
        "func",
        "BEGIN",
        "END",
        "next",
        "nextfile",
        "switch",
        "default",
        "break",
        "continue",
    ]
)
# A line goes on behind these.
_GOES_ON = frozenset((",", "{", "&&", "||", "do", "else"))
_PRINT_ENDS = frozenset((";", "}", "print", "printf"))
_OUTPUTS = frozenset((">", ">>", "|", "|&"))
_CHANGES = frozenset(("++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "**="))
# Functions that change a variable that they are given.
_CHANGING = frozenset(("sub", "gsub", "split", "patsplit", "match", "asort", "asorti"))
_NO_FILES = frozenset(("/dev/stdout", "/dev/stderr", "/dev/null", "/dev/tty", "-", ""))
_DANGEROUS = ("system", "getline", "print", "|", "@")
_MOST_TERMS = 60
_LONGEST = 10_000


class AwkLexer(Lexer):
    """Reads awk."""

    controls = frozenset(("if", "while", "for"))

    def special(self, char: str) -> bool:
        """Skip a line's end that is escaped."""
        if char == "\\" and self.text[self.at + 1 : self.at + 2] in ("\n", "\r"):
            self.at += 2
            return True
        return False

    def starts_term(self) -> bool | None:
        """Say whether a term may stand here."""
        last = self.tokens[-1] if self.tokens else None
        if last is not None and last.kind == NAME:
            return last.text in _KEYWORDS
        if last is not None and last.kind == OPERATOR and last.text in ("}", "++", "--"):
            return last.text == "}"
        return super().starts_term()


class Program:
    """Goes through an awk program."""

    def __init__(self, tokens: list[Token], started: Started) -> None:
        """Take the tokens; what is found goes to `started`."""
        self.block: Final = Block(tokens)
        self.tokens: Final = tokens
        self.started: Final = started
        self.values: Final[dict[str, Field]] = {}
        self._bind()

    def find(self) -> None:
        """Report what the program starts and touches."""
        for at, token in enumerate(self.tokens):
            if token.kind == NAME and token.text in ("print", "printf"):
                self._print(at)
            elif token.kind == NAME and token.text == "system":
                self._system(at)
            elif token.kind == OPERATOR and token.text == "@":
                self._directive(at)
            elif token.text in ("|", "|&") and self.block.text(at + 1) == "getline":
                self._reads_command(at)

    def _bind(self) -> None:
        """Find the variables that are given a value once, where the program begins."""
        counts: dict[str, int] = {}
        changed: set[str] = set()
        found: list[tuple[str, int]] = []
        begins = -1
        for at, token in enumerate(self.tokens):
            if token.kind == NAME:
                self._names(at, token.text, changed)
                if token.text == "BEGIN" and self.block.text(at + 1) == "{":
                    begins = max(begins, self.block.closes[at + 1])
            elif token.text in _CHANGES and token.kind == OPERATOR:
                changed.update((self.block.text(at - 1), self.block.text(at + 1)))
            elif token.text == "=" and token.kind == OPERATOR and self.block.kind(at - 1) == NAME:
                name = self.tokens[at - 1].text
                counts[name] = counts.get(name, 0) + 1
                if at < begins:
                    found.append((name, at + 1))
        for name, at in found:
            if counts[name] == 1 and name not in changed:
                self.values[name] = self._value(at, self._statement_end(at))

    def _names(self, at: int, text: str, changed: set[str]) -> None:
        if text == "getline":
            changed.add(self.block.text(at + 1))
        elif text == "in":
            changed.add(self.block.text(at - 1))
        elif text in _CHANGING or text in ("function", "func"):
            opening = at + 1 if text in _CHANGING else at + 2
            if self.block.text(opening) == "(":
                stop = min(self.block.closes[opening], opening + 10 * _MOST_TERMS)
                changed.update(self.block.text(index) for index in range(opening, stop))

    def _statement_end(self, at: int) -> int:
        """Give where a statement ends."""
        for _ in range(_MOST_TERMS + 1):  # with more, the value is not known
            text = self.block.text(at)
            if text in (";", "}") or (
                self.block.kind(at) == LINE and self.block.text(at - 1) not in _GOES_ON
            ):
                break
            at = self.block.closes.get(at, at) + 1
        return min(at, self.block.size)

    def _value(self, start: int, stop: int) -> Field:
        """Give what strings, and what is known of variables, make up side by side."""
        found: list[str] = []
        if stop - start > _MOST_TERMS or stop <= start:
            return None
        for at in range(start, stop):
            token = self.tokens[at]
            if token.kind == TEXT:
                piece: Field = "".join(str(p) for p in token.parts) if _is_plain(token) else None
            elif token.kind == NUMBER:
                piece = token.text
            elif token.kind == NAME:
                piece = self.values.get(token.text)
            else:
                piece = "" if token.text in ("(", ")") or token.kind == LINE else None
            if piece is None:
                return None
            found.append(piece)
        text = "".join(found)
        return text if len(text) <= _LONGEST else None

    def _print(self, at: int) -> None:
        """Look at where a print statement's output goes."""
        at += 1
        while at < self.block.size:
            kind, text = self.block.kind(at), self.block.text(at)
            if text in _PRINT_ENDS or (kind == LINE and self.block.text(at - 1) not in _GOES_ON):
                return
            if kind == OPERATOR and text in _OUTPUTS and self.block.text(at + 1) != "getline":
                self._output(text, at + 1)
                return
            at = self.block.closes.get(at, at) + 1

    def _output(self, operator: str, at: int) -> None:
        target = self._value(at, self._statement_end(at))
        if operator in ("|", "|&"):
            self.started.sources.append(target or None)
        elif target not in _NO_FILES:
            self.started.effects.append(("write", target, False))

    def _system(self, at: int) -> None:
        if self.block.text(at + 1) != "(":
            return
        start, stop = at + 2, self.block.closes[at + 1]
        value = self._value(start, min(stop, self.block.size))
        if value != "":  # an empty one only empties the buffers
            self.started.sources.append(value)

    def _directive(self, at: int) -> None:
        """Look at `@include`, `@load` and a call of the function that a variable names."""
        name = self.block.text(at + 1)
        if name == "include" and self.block.kind(at + 2) == TEXT:
            self.started.scripts.append(self._value(at + 2, at + 3))
        elif name == "load":
            self.started.unseen.append("`@load` loads a library")
        elif self.block.kind(at + 1) == NAME and name != "namespace":
            self.started.unseen.append(f"it is not known what `@{name}` calls")

    def _reads_command(self, at: int) -> None:
        """Look at `command | getline`. Some awks take all strings before it, some the last."""
        start, last = at, -1
        while start > 0 and at - start < _MOST_TERMS:
            before = self._term_before(start)
            if before == start:
                break
            last = start if last < 0 else last
            start = before
        self.started.sources.append(self._value(start, at) or None)
        alone = self._term_before(at)
        if alone > start and self.block.kind(alone) != OPERATOR:
            self.started.sources.append(self._value(alone, at) or None)

    def _term_before(self, at: int) -> int:
        """Give where the term starts that ends before a position; there, when there is none."""
        kind, text = self.block.kind(at - 1), self.block.text(at - 1)
        if kind in (TEXT, NUMBER) or (kind == NAME and text not in _KEYWORDS):
            start = at - 1
        elif kind == OPERATOR and text in (")", "]") and at - 1 in self.block.opens:
            start = self.block.opens[at - 1]
            start -= self.block.kind(start - 1) == NAME and not (
                text == ")" and self.block.text(start - 1) in _KEYWORDS
            )
        else:
            return at
        while self.block.text(start - 1) == "$" and self.block.kind(start - 1) == OPERATOR:
            start -= 1
        return start


def _is_plain(token: Token) -> bool:
    return all(isinstance(part, str) for part in token.parts)


def scan_awk(code: str, started: Started) -> None:
    """Report what an awk program starts and touches."""
    lexer = AwkLexer(code, _SYNTAX)
    Program(lexer.read(), started).find()
    for part in lexer.unsure:
        if any(word in part for word in _DANGEROUS):
            started.unseen.append("the awk program does not read as one")
            return
