"""Goes through code and finds the calls in it that start or change something."""

from __future__ import annotations

from kei_gates.shell.code_bindings import Bindings
from kei_gates.shell.code_call import Call
from kei_gates.shell.code_language import Use
from kei_gates.shell.code_paths import Paths
from kei_gates.shell.code_tokens import (
    LINE,
    NAME,
    NUMBER,
    OPERATOR,
    PATTERN,
    RUN,
    TEXT,
    VARIABLE,
    WORDS,
    Token,
)
from kei_gates.shell.code_uses import named_use, run
from kei_gates.shell.code_values import Block, Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.shell.code_language import Language
    from kei_gates.shell.code_paths import Path
    from kei_gates.shell.code_values import Span
    from kei_gates.shell.started import Started

_LEAST_SCANNED = 10_000
_TERMS = frozenset((TEXT, RUN, WORDS, VARIABLE, NUMBER, PATTERN))
_TERM_OPERATORS = frozenset(("*", "[", "->", "\\", "**", "(", "+"))
_ARGUMENT_ENDS = frozenset((";", "}", ")", "]", "||", "&&", "//"))
_DEFINING = frozenset(("sub", "def", "function", "class", "package", "alias", "undef"))
# The ways whose function does something to `$_` where perl gives it no argument.
_ON_TOPIC = frozenset(("code", "shell"))


class Finder:
    """Finds what blocks of code start and touch."""

    def __init__(self, language: Language, started: Started, blocks: list[list[Token]]) -> None:
        """Find out which names are bound to what."""
        self.language: Final = language
        self.started: Final = started
        self.blocks: Final = [Block(tokens) for tokens in blocks]
        self.values: Final = Values(language)
        self.paths: Final = Paths(self.values)
        self.scanned = 0
        self.most_scanned: Final = _LEAST_SCANNED + 20 * sum(block.size for block in self.blocks)
        self.bindings: Final = Bindings(self.paths)
        self.bindings.read(self.blocks)

    def find(self) -> None:
        """Go through all blocks."""
        for block, at in self.bindings.imported:
            self._load(block, [(at, at + 1)])
        for block in self.blocks:
            at = 0
            while at < block.size:
                at = self._one(block, at)

    def _one(self, block: Block, at: int) -> int:
        """Look at one token, and what belongs to it; give where the next is."""
        token = block.tokens[at]
        if token.kind == RUN:
            text = self.values.text_of(token.parts)
            self.started.sources.append(text or None)
        elif token.kind == NAME:
            return self._name(block, at)
        elif token.kind == VARIABLE:
            self._variable(block, at, token.text)
        elif token.text == "(" and self.language.texts_call:
            self._called_text(block, at)
        elif token.kind == TEXT and self.language.computed and block.text(at + 1) == "]":
            if block.text(at - 1) == "[":
                self._method(block, at + 1, self.values.text_of(token.parts) or "")
        elif token.kind == PATTERN and token.text == "s///ee":
            self.started.unseen.append("`s///ee` runs code that is not known")
        return at + 1

    def _name(self, block: Block, at: int) -> int:
        token = block.tokens[at]
        if self.paths.loads(block, at):
            self._load(block, self._arguments(block, at + 1, _LOADS))
        if self._is_key(block, at):
            return at + 1
        before = block.text(at - 1)
        if before in self.language.access and block.kind(at - 1) == OPERATOR:
            self._method(block, at, token.text)
            return at + 1
        path, end = self.paths.at(block, at)
        if before in _DEFINING or token.bound:
            return end
        self._module(block, at, before)
        joined = ".".join(part or "" for part in path)
        use = self.language.calls.get(joined)
        if use is None and len(path) > 1 and path[-1] is not None:
            use = self.language.methods.get(path[-1])
        if use is None:
            self._guard(block, at, path, end)
        elif use.how != "load" or not self.language.loaders:
            self._use(block, end, joined, use)
        return end

    def _is_key(self, block: Block, at: int) -> bool:
        """Whether a name is a key, a label or the name of an argument."""
        after = block.text(at + 1) if block.kind(at + 1) == OPERATOR else ""
        before = block.text(at - 1)
        if after == "=>":
            return not self.language.loaders
        if after == ":":
            return before in ("{", ",", "(", "", ";") and not block.tokens[at + 1].spaced
        if after in self.language.assigns:
            return before in ("(", ",", "") or not self.language.passed
        return before == "{" and after == "}" and (
            block.kind(at - 2) == VARIABLE or block.text(at - 2) in ("]", "}", "->")
        )  # fmt: skip

    def _method(self, block: Block, at: int, name: str) -> None:
        use = self.language.methods.get(name)
        if use is not None:
            self._use(block, at + 1, name, use)

    def _use(self, block: Block, at: int, name: str, use: Use) -> None:
        """Look at a function that is known: called, or passed on."""
        spans = self._arguments(block, at, use)
        if use.how == "template":
            if spans and block.kind(at) == TEXT:
                run(Call(name, block, spans, self.values, self.started), _SHELL)
        elif spans is not None:
            run(Call(name, block, spans, self.values, self.started), use)
        elif self.language.passed and not use.quiet and not self._is_own(name):
            self.started.unseen.append(f"`{name}` is passed on")

    def _is_own(self, name: str) -> bool:
        """Whether the code gives a name a meaning of its own."""
        return name in self.bindings.changed or (
            name in self.bindings.counts and name not in self.values.aliases
        )

    def _guard(self, block: Block, at: int, path: Path, end: int) -> None:
        """Look at a use of a module that may not be passed on."""
        if path[0] not in self.language.guarded or self._is_own(path[0]):
            return
        if len(path) == 1:
            if not self._is_bound(block, at, end):
                self.started.unseen.append(f"`{path[0]}` is passed on")
        elif path[1] in _UNKNOWN_MEMBERS or f"{path[0]}.{path[1]}" in self.language.calls:
            self.started.unseen.append(f"it is not known what of `{path[0]}` is called")

    def _is_bound(self, block: Block, at: int, end: int) -> bool:
        """Whether a module only gets a name here, or is loaded for nothing."""
        before = at - 1
        while block.text(before) in ("await", "("):
            before -= 1
        if block.text(before) in self.language.assigns:
            return (block.kind(before - 1) == NAME and block.tokens[before - 1].bound) or (
                block.text(before - 1) == "}"
            )  # fmt: skip
        if block.text(before) in _DECLARES:
            return True
        return block.text(before) in (";", "{", "}", "") and self.values.ends(block, end)

    def _load(self, block: Block, spans: list[Span] | None) -> None:
        """Look at a module, or a file, that is loaded."""
        use = self.language.calls.get("require")
        if not spans or use is None:
            return
        run(Call("require", block, spans, self.values, self.started), use)
        name = self.values.value(block, spans[0])
        if isinstance(name, str):
            self.module(name.removeprefix("node:"))

    def _module(self, block: Block, at: int, before: str) -> None:
        """Look at the name of a module that starts something of itself."""
        name = block.tokens[at].text
        loaded = before in ("use", "require", "(") or block.text(at + 1) in self.language.access
        if loaded and not self.language.loaders:
            self.module(name)

    def module(self, name: str) -> None:
        """Report what a module does once it is used."""
        found = self.language.modules.get(name)
        if found == "git":
            self.started.programs.append(["git", None])
        elif found:
            self.started.unseen.append(f"`{name}` {found}")

    def _arguments(self, block: Block, at: int, use: Use) -> list[Span] | None:
        """Give the arguments of a call, none where there is no call."""
        if at >= block.size:
            return [] if self._on_topic(use) else None
        token = block.tokens[at]
        if token.kind == OPERATOR and token.text == "(":
            return block.split(at + 1, block.closes[at])
        if token.kind == TEXT and token.text in ("`", "[[", "'", '"') and not self.language.bare:
            return [(at, at + 1)]
        return self._bare_arguments(block, at, use) if self.language.bare else None

    def _bare_arguments(self, block: Block, at: int, use: Use) -> list[Span] | None:
        """Give the arguments of a call that stand without parentheses."""
        token = block.tokens[at]
        if token.kind == OPERATOR and token.text == "{" and use.how == "words":
            self.started.programs.append([None])
            return None
        starts = token.kind in _TERMS or (
            token.kind == NAME and token.text not in self.language.ends_arguments
        )
        starts = starts or (token.kind == OPERATOR and token.text in _TERM_OPERATORS)
        if not starts or (token.text == "[" and not token.spaced):
            return [] if self._on_topic(use) and token.text not in ("{", "=>", ",") else None
        return block.split(at, self._end(block, at))

    def _on_topic(self, use: Use) -> bool:
        return use.detail == "topic" and use.how in _ON_TOPIC

    def _end(self, block: Block, at: int) -> int:
        """Give where the arguments end that stand without parentheses."""
        if self.scanned > self.most_scanned:
            return at
        while at < block.size and block.kind(at) != LINE:
            text = block.text(at)
            if text in _ARGUMENT_ENDS or text in self.language.ends_arguments:
                break
            at = block.closes.get(at, at) + 1
            if block.text(at - 1) == "," and block.kind(at - 1) == OPERATOR:
                at = block.past_lines(at)
            self.scanned += 1
        if self.scanned > self.most_scanned:
            self.started.unseen.append("too much of the code is arguments of arguments")
        return min(at, block.size)

    def _variable(self, block: Block, at: int, text: str) -> None:
        """Look at a variable that may be called."""
        if text.startswith("&"):
            self._reference(block, at, text)
        elif text == "*" and block.text(at + 1) == "{":
            self._symbolic(block, at)
        elif text.startswith("$") and self._is_called(block, at):
            value = self.values.values.get(text)
            if isinstance(value, str):
                self._called_by_name(block, at, value)
            elif self._is_computed(text):
                self.started.unseen.append(f"it is not known what `{text}` calls")

    def _is_called(self, block: Block, at: int) -> bool:
        if "->" in self.language.access and self.language.caseless:
            return block.text(at + 1) == "(" and block.text(at - 1) not in self.language.access
        return block.text(at + 1) == "->" and block.text(at + 2) == "("

    def _called_text(self, block: Block, at: int) -> None:
        """Look at what is called where a text names it: `"name"(...)`, `("na" . "me")(...)`."""
        span = (block.opens.get(at - 1, at - 1), at)
        if block.kind(at - 1) != TEXT and block.text(at - 1) != ")":
            return
        value = self.values.value(block, span) if span[0] >= 0 else None
        before = block.tokens[span[0] - 1].kind if span[0] > 0 else OPERATOR
        if isinstance(value, str) and before in (OPERATOR, LINE):
            self._called_by_name(block, at - 1, value)

    def _called_by_name(self, block: Block, at: int, value: str) -> None:
        use = named_use(self.language, value)
        opening = at + 1 if block.text(at + 1) == "(" else at + 2
        if use is not None:
            spans = block.split(opening + 1, block.closes[opening])
            run(Call(value, block, spans, self.values, self.started), use)

    def _is_computed(self, name: str) -> bool:
        """Whether a variable is given what is neither known nor a function."""
        for given, block, at in self.bindings.definitions:
            if given == name and block.text(at) not in _FUNCTIONS and not self._gives(block, at):
                return True
        return False

    def _gives(self, block: Block, at: int) -> bool:
        """Whether a value comes from a place that functions are kept in, or from an argument."""
        return not self.language.caseless or block.text(at).startswith("$this")

    def _reference(self, block: Block, at: int, text: str) -> None:
        """Look at perl's `&name`, `&$name` and `&{...}`."""
        if text.removeprefix("&").startswith("CORE::"):
            self.started.unseen.append(f"`{text}` is called by its name")
        elif text.startswith("&$"):
            if not self._is_function(text[1:]):
                self.started.unseen.append(f"it is not known what `{text}` calls")
        elif text == "&" and block.text(at + 1) == "{":
            inner = block.tokens[at + 2] if at + 2 < block.size else None
            if inner is not None and (inner.kind == TEXT or self._is_unknown(block, at + 2)):
                self.started.unseen.append("it is not known what `&{...}` calls")

    def _is_unknown(self, block: Block, at: int) -> bool:
        """Whether a variable stands alone in braces and is no function."""
        alone = block.kind(at) == VARIABLE and block.text(at + 1) == "}"
        return alone and not self._is_function(block.text(at))

    def _is_function(self, name: str) -> bool:
        found = [d for d in self.bindings.definitions if d[0] == name]
        return bool(found) and all(
            block.text(at) == "sub" or block.text(at) == "\\" for _, block, at in found
        )

    def _symbolic(self, block: Block, at: int) -> None:
        """Look at perl's `*{...}`, which names a function to be given or taken."""
        value = self.values.value(block, (at + 2, block.closes[at + 1]))
        name = value if isinstance(value, str) else None
        if name is None or name.rpartition("::")[2] in self.language.calls:
            self.started.unseen.append("it is not known what `*{...}` names")


_DECLARES = frozenset(("let", "var", "local"))
# A member that is not known, and one that passes the module on.
_UNKNOWN_MEMBERS = (None, "then")
_LOADS = Use("load")
_SHELL = Use("shell")
_FUNCTIONS = frozenset(("function", "fn", "static", "new", "[", "sub", "\\"))
