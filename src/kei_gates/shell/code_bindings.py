"""Which names of code are bound, and what those surely stand for that are bound once."""

from __future__ import annotations

from kei_gates.shell.code_tokens import LINE, NAME, OPERATOR, TEXT, VARIABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.shell.code_paths import Paths
    from kei_gates.shell.code_values import Block

# What gives a function that does the same as the one it is given.
_WRAPPERS = frozenset(("promisify", "util.promisify"))
_DECLARING = frozenset(
    (
        "function", "sub", "def", "fn", "for", "foreach", "catch", "my", "our", "local", "let",
        "var", "const", "lambda", "global",
    )
)  # fmt: skip
_MUTATING = frozenset(
    (
        "push", "unshift", "splice", "pop", "shift", "reverse", "sort", "fill", "concat", "replace",
        "insert", "prepend", "clear", "append", "delete",
    )
)  # fmt: skip
_NO_ASSIGNMENT = frozenset(("==", "!=", "<=", ">=", "===", "!==", "=>", "~="))
_MOST_SCANNED = 60
# What does not stand between `import` and the module that it is about.
_NO_IMPORT = frozenset((";", "=", "(", "import"))


class Bindings:
    """Finds which names are bound, once and to what."""

    def __init__(self, paths: Paths) -> None:
        """Start with nothing bound."""
        self.paths: Final = paths
        self.values: Final = paths.values
        self.language: Final = paths.language
        self.counts: Final[dict[str, int]] = {}
        self.changed: Final[set[str]] = set()
        # Whether the code changes variables of its callers, in PHP `&$x`, in perl `$_[0]`.
        self.aliased = False
        self.definitions: Final[list[tuple[str, Block, int]]] = []
        self.imported: Final[list[tuple[Block, int]]] = []

    def read(self, blocks: list[Block]) -> None:
        """Read all blocks; the values get what is known of their names."""
        for block in blocks:
            for at, token in enumerate(block.tokens):
                if token.kind == OPERATOR:
                    self._operator(block, at, token.text)
                elif token.kind == NAME:
                    self._name(block, at, token.text)
        for name, block, at in self.definitions:
            self._define(name, block, at)

    def _operator(self, block: Block, at: int, text: str) -> None:
        if text in self.language.assigns:
            self._assigned(block, at)
        elif text == "=>" and "import" in self.language.loaders:
            self._mark_target(block, at - 1)
        elif text in ("++", "--"):
            self._mark(block, at - 1)
            self._mark(block, at + 1)
        elif (text.endswith("=") and text not in _NO_ASSIGNMENT) or text in ("<<", "=~"):
            self._mark(block, at - 1)
        elif text in ("\\", "&"):
            self._mark(block, at + 1)
            self.aliased |= text == "&" and block.text(at - 1) in ("(", ",")
        elif text == "|" and block.text(at - 1) in ("{", "do"):
            self._mark_until(block, at + 1, ("|",))
        elif text in self.language.access and (
            block.text(at + 1) in _MUTATING or block.text(at + 1).endswith("!")
        ):
            self._mark(block, at - 1)

    def _name(self, block: Block, at: int, text: str) -> None:
        if text == "import" and "import" in self.language.loaders:
            self._import(block, at)
        elif text in _DECLARING:
            start = at + 1
            while block.kind(start) in (NAME, VARIABLE) and start < at + 4:
                if text in ("for", "foreach"):
                    self._mark(block, start)
                start += 1
            if block.text(start) == "(":
                self._mark_span(block, start + 1, block.closes[start])
            elif text == "def":
                self._mark_until(block, at + 1, (";",))
        elif text in self.language.mutates:
            start = at + 1
            if block.text(start) == "(":
                self._mark_span(block, start + 1, block.closes[start])
            else:
                self._mark_until(block, start, (";",))

    def _mark(self, block: Block, at: int) -> None:
        if block.kind(at) in (NAME, VARIABLE):
            self.changed.add(block.tokens[at].text)

    def _mark_span(self, block: Block, start: int, stop: int) -> None:
        if stop - start > 20 * _MOST_SCANNED:
            return  # no list of parameters
        for at in range(start, stop):
            if block.text(at - 1) != "=" or block.kind(at - 1) != OPERATOR:
                self._mark(block, at)

    def _mark_until(self, block: Block, start: int, ends: tuple[str, ...]) -> None:
        for at in range(start, min(start + _MOST_SCANNED, block.size)):
            if block.kind(at) == LINE or block.text(at) in ends:
                return
            self._mark(block, at)

    def _mark_target(self, block: Block, at: int) -> None:
        """Take all names of a pattern, or the one whose element is assigned, for changed."""
        if at not in block.opens:
            self._mark(block, at)
            return
        opening = block.opens[at]
        if block.kind(opening - 1) in (NAME, VARIABLE) and block.text(at) != ")":
            self._mark(block, opening - 1)
            self.aliased |= block.text(opening - 1) == "$_"
        else:
            self._mark_span(block, opening + 1, at)

    def _assigned(self, block: Block, at: int) -> None:
        left = at - 1
        if (
            block.kind(left) in (NAME, VARIABLE)
            and block.text(left - 1) not in self.language.access
        ):
            name = block.tokens[left].text
            self.counts[name] = self.counts.get(name, 0) + 1
            self.definitions.append((name, block, block.past_lines(at + 1)))
            block.tokens[left].bound = True
        elif (
            block.text(left) == "}" and left in block.opens and self._destructured(block, left, at)
        ):
            pass
        else:
            self._mark_target(block, left)

    def _destructured(self, block: Block, close: int, at: int) -> bool:
        """Bind the names of `{a, b: c} = module`; say whether it is that."""
        start = block.past_lines(at + 1)
        start += block.text(start) == "await"
        if block.kind(start) != NAME or not self.language.loaders:
            return False
        path, _ = self.paths.at(block, start)
        if None in path or not self._leads(path):
            return False
        self._bind(block, block.opens[close] + 1, close, path, ":")
        return True

    def _bind(self, block: Block, start: int, stop: int, path: list[str | None], to: str) -> None:
        for begin, end in block.split(start, stop):
            names = [block.tokens[at] for at in range(begin, end) if block.kind(at) == NAME]
            renamed = end > begin + 1 and block.text(begin + 1) == to
            if not names:
                continue
            new = names[-1 if renamed and to == "as" else min(renamed, len(names) - 1)]
            for token in names:
                token.bound = True
            known = [part for part in [*path, names[0].text] if part not in (None, "default")]
            self.values.aliases[new.text] = tuple(map(str, known))

    def _import(self, block: Block, at: int) -> None:
        """Bind the names of an import."""
        stop = at + 1
        last = min(at + 20 * _MOST_SCANNED, block.size)
        while stop < last and block.kind(stop) != TEXT and block.text(stop) not in _NO_IMPORT:
            stop += 1
        if block.kind(stop) != TEXT:
            return
        self.imported.append((block, stop))
        module = self.values.text_of(block.tokens[stop].parts) or ""
        module = module.removeprefix("node:")
        start = at + 1
        while start < stop:
            if block.text(start) == "{":
                self._bind(block, start + 1, block.closes[start], [module], "as")
                start = block.closes[start]
            elif block.kind(start) == NAME and block.text(start) not in ("as", "from", "type"):
                block.tokens[start].bound = True
                self.values.aliases[block.tokens[start].text] = (module,)
            start += 1

    def _leads(self, path: list[str | None]) -> bool:
        """Whether a path is, or leads to, a function that is known."""
        joined = ".".join(part or "" for part in path)
        return (
            joined in self.language.calls
            or joined in self.language.heads
            or joined in self.language.modules
            or joined in self.language.loaders
        )

    def _define(self, name: str, block: Block, at: int) -> None:
        start = at + 1 if block.text(at) in ("await", "&") else at
        if block.kind(start) == NAME and self._define_alias(name, block, start):
            return
        if self.counts[name] != 1 or name in self.changed or self.aliased:
            return
        value, end = self.values.expression(block, at, block.size)
        if self.values.ends(block, end) and value is not None:
            if name.startswith("@") and isinstance(value, str):
                value = [value]
            self.values.values[name] = value

    def _define_alias(self, name: str, block: Block, start: int) -> bool:
        path, end = self.paths.at(block, start)
        joined = ".".join(part or "" for part in path)
        if joined in _WRAPPERS and block.text(end) == "(" and block.kind(end + 1) == NAME:
            start, close = end + 1, block.closes[end]
            path, end = self.paths.at(block, start)
            if end != close:
                return False
            end = close + 1
        if joined == "createRequire" or joined.endswith(".createRequire"):
            self.values.aliases[name] = ("require",)
            return True
        if None in path or not self._leads(path) or not self.values.ends(block, end):
            return False
        for at in range(start, min(end, block.size)):
            block.tokens[at].bound = True
        self.values.aliases[name] = tuple(part for part in path if part is not None)
        return True
