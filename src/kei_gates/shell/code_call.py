"""A call in code, as those see it who know what the function does."""

from __future__ import annotations

from kei_gates.shell.code_tokens import NAME, OPERATOR, TEXT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.model import EffectKind
    from kei_gates.shell.code_values import Block, Span, Value, Values
    from kei_gates.shell.expand import Field
    from kei_gates.shell.started import Started

# Files that are no files, or whose writing changes nothing.
_NO_FILES = frozenset(("/dev/null", "/dev/stdout", "/dev/stderr", "-", ""))


class Call:
    """A call of a function: its name as people see it, and its arguments."""

    __slots__ = ("block", "name", "spans", "started", "values")

    def __init__(
        self, name: str, block: Block, spans: list[Span], values: Values, started: Started
    ) -> None:
        """Take the fields; what is found goes to `started`."""
        self.name: Final = name
        self.block: Final = block
        self.spans: Final = spans
        self.values: Final = values
        self.started: Final = started

    def value(self, at: int) -> Value:
        """Give what an argument stands for."""
        if at >= len(self.spans):
            return None
        start, stop = self.spans[at]
        if self.block.kind(start) == NAME and self.block.text(start + 1) in ("=", ":"):
            start += 2
        return self.values.value(self.block, (start, stop))

    def text(self, at: int) -> Field:
        """Give what an argument says."""
        value = self.value(at)
        return value if isinstance(value, str) else None

    def words(self, at: int) -> list[Field]:
        """Give the arguments from one on as words."""
        return self.values.words(self.block, self.spans[at:])

    def has(self, at: int) -> bool:
        """Say whether there is an argument."""
        return at < len(self.spans)

    def named(self, *names: str) -> Span | None:
        """Give an argument by its name, in the call or in an object among the arguments."""
        for start, stop in self.spans:
            if self._name(start) in names:
                return start + 2, stop
            if self.block.text(start) == "{":
                for inner, end in self.block.split(start + 1, min(self.block.closes[start], stop)):
                    if self._name(inner) in names:
                        return inner + 2, end
        return None

    def _name(self, at: int) -> str:
        if self.block.kind(at + 1) != OPERATOR or self.block.text(at + 1) not in ("=", ":", "=>"):
            return ""
        if self.block.kind(at) == TEXT:
            return self.values.text_of(self.block.tokens[at].parts) or ""
        return self.block.text(at)

    def runs(self, source: Field) -> None:
        """Report a text that a shell runs. An empty one is what another was given for."""
        self.started.sources.append(source if source and source.strip() != "0" else None)

    def starts(self, words: list[Field]) -> None:
        """Report a program with its arguments."""
        self.started.programs.append(words if words and words[0] else [None])

    def unknown(self, what: str) -> None:
        """Report what is not known."""
        self.started.unseen.append(f"`{self.name}` {what}")

    def effect(self, kind: EffectKind, path: Field, *, tree: bool = False) -> None:
        """Report a file that is changed."""
        if path not in _NO_FILES:
            self.started.effects.append((kind, path, tree))


def is_options(call: Call, span: Span) -> bool:
    """Whether an argument is a hash: the environment, or options."""
    text = call.block.text(span[0])
    following = call.block.text(span[0] + 1)
    return text in ("{", "**") or following in (":", "=>") or (
        text == "ENV" and span[1] == span[0] + 1
    )  # fmt: skip
