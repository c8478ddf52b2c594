"""Which function a name in code means: through members, modules, and the names bound to them."""

from __future__ import annotations

from kei_gates.shell.code_tokens import NAME, OPERATOR, TEXT, VARIABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    from kei_gates.shell.code_values import Block, Values

    # A function by the names that lead to it, none for a member that is not known.
    Path: TypeAlias = "list[str | None]"

_MOST_NAMES = 20


class Paths:
    """Follows names through what is known of them."""

    def __init__(self, values: Values) -> None:
        """Take what is known."""
        self.values: Final = values
        self.language: Final = values.language

    def at(self, block: Block, at: int) -> tuple[Path, int]:
        """Give the path that starts with the name here, and where it ends."""
        module, end = self.module(block, at)
        if module is None:
            path, end = self._first(block.tokens[at].text), at + 1
        else:
            path = [module]
        while len(path) < _MOST_NAMES:
            name, after = self._member(block, end, path)
            if after == end:
                break
            if name != "default":
                path.append(name)
            end = after
            module, after = self.module(block, end - 1)
            if module is not None:
                path, end = [module], after
        while len(path) > 1 and path[0] in self.language.globals:
            path.pop(0)
        if path[-1] in self.language.loaders:
            path = path[-1:]
        return path, end

    def _first(self, name: str) -> Path:
        alias = self.values.aliases.get(name)
        if alias is not None:
            return list(alias)
        if self.language.caseless:
            return [name.rpartition("\\")[2].lower()]
        return [*name.split("::")]

    def _member(self, block: Block, at: int, path: Path) -> tuple[str | None, int]:
        """Read one member; where there is none, it ends where it starts."""
        operator = block.text(at) if block.kind(at) == OPERATOR else ""
        after = block.past_lines(at + 1)
        if operator in self.language.access and block.kind(after) == NAME:
            return block.tokens[after].text, after + 1
        if operator == "?." and block.text(after) == "[":
            at, operator = after, "["
        if not self.language.computed or operator != "[" or not self._matters(path):
            return None, at
        close = block.closes[at]
        value = self.values.value(block, (at + 1, close))
        return (value if isinstance(value, str) else None), close + 1

    def _matters(self, path: Path) -> bool:
        return path[0] in self.language.globals or path[0] in self.language.heads

    def loads(self, block: Block, at: int) -> bool:
        """Say whether a name here is that of a function that loads modules."""
        name = block.text(at)
        loaders = self.language.loaders
        return block.kind(at) == NAME and (
            name in loaders or bool(loaders and self.values.aliases.get(name) == ("require",))
        )

    def module(self, block: Block, at: int) -> tuple[str | None, int]:
        """Give the module that a call here loads, none for anything else, and where it ends."""
        if not self.loads(block, at):
            return None, at
        if block.kind(at + 1) == TEXT:
            span, end = (at + 1, at + 2), at + 2
        elif block.text(at + 1) == "(":
            end = block.closes[at + 1] + 1
            span = (at + 2, end - 1)
        else:
            return None, at
        name = self.values.value(block, span)
        if not isinstance(name, str):
            return None, at
        before = block.text(at - 1)
        opening = at - 2 if before == "await" else at - 1
        if block.text(opening) == "(" and block.closes.get(opening) == end and (
            block.kind(opening - 1) not in (NAME, VARIABLE)
        ):  # fmt: skip
            end += 1
        return name.removeprefix("node:"), end
