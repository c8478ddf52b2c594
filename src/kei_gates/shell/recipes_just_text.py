"""Just's expressions: strings, variables, functions, conditionals. Source: the manual of just 1.40.

Text that cannot be known becomes a mark (see `recipes_text`); what backticks and `shell()` run is
added to the recipe.
"""

from __future__ import annotations

from kei_gates.shell.recipes_text import COMPUTED, HERE, UNSET, is_known, quoted, string_end
from kei_gates.shell.scanner import NAME, NAME_START

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final, TypeAlias

    from kei_gates.shell.recipes_text import Recipe, Work

    Token: TypeAlias = "tuple[str, str]"  # noqa: S105 -- no password

_DEEPEST = 30
_QUOTES = ("'''", '"""', "```", "'", '"', "`")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\n": ""}
_SIGNS = ("==", "!=", "=~", "!~", "&&", "||")
# Functions whose value is the folder that recipes run in.
_FOLDERS = frozenset(("justfile_directory", "justfile_dir", "source_directory", "source_dir"))


def tokens(text: str) -> list[Token]:
    """Split an expression; a string is kept with its quotes' kind."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char in " \t\r\n":
            at += 1
        elif char == "#":
            end = text.find("\n", at)
            at = end if end >= 0 else len(text)
        elif char in "'\"`":
            quote = next(q for q in _QUOTES if text.startswith(q, at))
            end = string_end(text, at, quote)
            found.append((quote, text[at + len(quote) : end]))
            at = end + len(quote)
        elif char in NAME_START:
            end = at
            while end < len(text) and (text[end] in NAME or text[end] == "-"):
                end += 1
            found.append(("name", text[at:end]))
            at = end
        else:
            sign = text[at : at + 2] if text[at : at + 2] in _SIGNS else char
            found.append(("sign", sign))
            at += len(sign)
    return found


class Evaluator:
    """Evaluates expressions under a justfile's variables."""

    def __init__(
        self, recipe: Recipe, work: Work, folder: str, assigned: Mapping[str, str]
    ) -> None:
        """Take the variables as they are written; they are evaluated when they are needed."""
        self.known: dict[str, str] = {}
        self._recipe: Final = recipe
        self._work: Final = work
        self._folder: Final = folder
        self._assigned: Final = assigned
        self._active: set[str] = set()
        self._depth = 0

    def variable(self, name: str) -> str:
        """Give a variable's value."""
        if name in self.known:
            return self.known[name]
        if name not in self._assigned or name in self._active:
            return UNSET
        self._active.add(name)
        value = self.value(self._assigned[name])
        self._active.discard(name)
        self.known[name] = value
        return value

    def value(self, text: str) -> str:
        """Give an expression's value."""
        self._work.count(1 + len(text) // 100)
        if self._depth > _DEEPEST:
            return COMPUTED
        self._depth += 1
        reader = _Reader(self, tokens(text))
        value = reader.expression()
        self._depth -= 1
        return self._work.text(value) if reader.at >= len(reader.tokens) else COMPUTED

    def shell(self, command: str) -> str:
        """Add a command that just runs to know a value."""
        self._recipe.add(command, self._folder)
        return COMPUTED

    def call(self, name: str, args: list[str]) -> str:  # noqa: PLR0911 -- one line for each
        """Give a function's value."""
        if name == "shell":
            command = args[0] if args else ""
            self._recipe.add(
                quoted(["sh", "-c", _field(command), *map(_field, args)]), self._folder
            )
            return COMPUTED
        if name in _FOLDERS or (name == "invocation_directory" and not self._folder):
            return HERE
        known = all(map(is_known, args))
        if name == "quote" and len(args) == 1 and known:
            return "'" + args[0].replace("'", "'\\''") + "'"
        if name in ("env", "env_var", "env_var_or_default"):
            return UNSET
        if name == "replace" and len(args) == 3 and known and args[1]:  # noqa: PLR2004 -- its arguments
            return args[0].replace(args[1], args[2])
        if name in ("trim", "lowercase", "uppercase") and len(args) == 1 and known:
            return {"trim": args[0].strip, "lowercase": args[0].lower}.get(name, args[0].upper)()
        return COMPUTED


def _field(text: str) -> str | None:
    return text if is_known(text) else None


class _Reader:
    """Reads one expression's tokens, evaluating as it goes."""

    def __init__(self, evaluator: Evaluator, found: list[Token]) -> None:
        """Start at the first token."""
        self.tokens: Final = found
        self.at = 0
        self._evaluator: Final = evaluator
        self._depth = 0

    def _next(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def _take(self, *texts: str) -> str:
        """Take the next token when it is one of some; empty otherwise."""
        kind, text = self._next()
        if kind in ("sign", "name") and text in texts:
            self.at += 1
            return text
        return ""

    def expression(self) -> str:
        """Read `value + value`, `value / value`, `value && value`."""
        self._depth += 1
        if self._depth > _DEEPEST:
            self.at = len(self.tokens) + 1
            return COMPUTED
        value = self._one()
        while True:
            sign = self._take("+", "/", "&&", "||")
            if not sign:
                break
            other = self._one()
            if sign in ("&&", "||"):
                value = COMPUTED
            elif sign == "/":
                value = other if other.startswith("/") else f"{value.rstrip('/')}/{other}"
            else:
                value += other
        self._depth -= 1
        return value

    def _one(self) -> str:  # noqa: PLR0911 -- one line for each
        """Read one value."""
        kind, text = self._next()
        self.at += 1
        if kind in ("'", "'''"):
            return _dedented(text) if kind == "'''" else text
        if kind in ('"', '"""'):
            return _cooked(_dedented(text) if kind == '"""' else text)
        if kind in ("`", "```"):
            return self._evaluator.shell(text)
        if text == "(":
            value = self.expression()
            self._take(")")
            return value
        if text == "/":
            return "/" + self._one()
        if kind == "name":
            return self._named(text)
        return COMPUTED

    def _named(self, name: str) -> str:
        """Read a variable, a call, a conditional, or a string with a letter before it."""
        if name == "if":
            return self._conditional()
        kind, _ = self._next()
        if name in ("x", "f") and kind in ("'", '"', "'''", '"""'):
            self.at += 1
            return COMPUTED
        if self._take("("):
            args: list[str] = []
            while self.at < len(self.tokens) and not self._take(")"):
                args.append(self._condition())
                self._take(",")
            return self._evaluator.call(name, args)
        return self._evaluator.variable(name)

    def _condition(self) -> str:
        """Read an expression, or the two sides of a comparison as `assert` has them."""
        value = self.expression()
        if self._take("==", "!=", "=~", "!~"):
            self.expression()
            return COMPUTED
        return value

    def _conditional(self) -> str:
        """Read `if a == b { x } else { y }`."""
        left = self.expression()
        sign = self._take("==", "!=", "=~", "!~")
        right = self.expression()
        self._take("{")
        then = self.expression()
        self._take("}")
        other = ""
        if self._take("else"):
            if self._take("if"):
                other = self._conditional()
            else:
                self._take("{")
                other = self.expression()
                self._take("}")
        if sign not in ("==", "!=") or not (is_known(left) and is_known(right)):
            return then if then == other else COMPUTED
        return then if (left == right) == (sign == "==") else other


def _cooked(text: str) -> str:
    """Give what a string's escapes stand for."""
    if "\\" not in text:
        return text
    out: list[str] = []
    parts = iter(text)
    for char in parts:
        if char != "\\":
            out.append(char)
            continue
        after = next(parts, "")
        out.append(COMPUTED if after == "u" else _ESCAPES.get(after, after))
    return "".join(out)


def _dedented(text: str) -> str:
    """Take away the indentation that all lines of a string have."""
    lines = text.removeprefix("\n").split("\n")
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    least = min(indents, default=0)
    return "\n".join(line[least:] for line in lines)
