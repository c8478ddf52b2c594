"""The names of a script, and what they may stand for at a place in it."""

from __future__ import annotations

from kei_gates.lint.values import ANYTHING, Fold, Items, Named, Table, just, union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BUILTINS = frozenset(
    (
        "abs", "all", "any", "bool", "bytes", "dict", "enumerate", "filter", "float", "getattr",
        "int", "isinstance", "iter", "len", "list", "map", "max", "min", "next", "open", "print",
        "range", "reversed", "round", "set", "sorted", "str", "sum", "super", "tuple", "type",
        "zip",
    )
)  # fmt: skip


class Scope:
    """The names of the script, or of a function or class in it.

    `names` are those of this very scope. What `changed` functions of the script let stand for
    something else, and what of `filled` they fill in place, is not known when a function reads it.
    """

    def __init__(
        self,
        parent: Scope | None = None,
        changed: frozenset[str] = frozenset(),
        filled: frozenset[str] = frozenset(),
        origin: str = "",
    ) -> None:
        # the path of the module, empty for the script itself
        self.origin: str = origin if parent is None else parent.origin
        self.names: dict[str, Fold] = {}
        self.parent = parent
        self._changed = changed
        self._filled = filled
        # what stood there before, for each branch that is open
        self._before: list[dict[str, Fold | None]] = []

    def get(self, name: str) -> Fold:
        """Give what a name may stand for."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.names.get(name)
            if found is not None:
                return found if scope is self else scope.seen_from_inside(name, found)
            scope = scope.parent
        return just(Named(f"builtins.{name}")) if name in _BUILTINS else ANYTHING

    def seen_from_inside(self, name: str, fold: Fold) -> Fold:
        """Give what a name may stand for when a function reads it."""
        holds = any(isinstance(choice, (Items, Table)) for choice in fold.choices)
        unknown = name in self._changed or (holds and name in self._filled)
        return ANYTHING if unknown else fold

    def set(self, name: str, fold: Fold) -> None:
        """Let a name stand for something else."""
        if self._before:
            self._before[-1].setdefault(name, self.names.get(name))
        self.names[name] = fold

    def begin(self) -> None:
        """Begin a branch."""
        self._before.append({})

    def end(self) -> dict[str, Fold]:
        """End a branch: give what it has changed, and take it back."""
        changed = {}
        for name, before in self._before.pop().items():
            changed[name] = self.names[name]
            if before is None:
                del self.names[name]
            else:
                self.names[name] = before
        return changed

    def merge(self, branches: Iterable[Mapping[str, Fold]]) -> None:
        """Let each name stand for what any of the branches has left, one of which was taken."""
        ended = list(branches)
        for name in dict.fromkeys(name for branch in ended for name in branch):
            here = self.names.get(name)
            left = [branch.get(name, here) for branch in ended]
            self.set(name, union(*(fold for fold in left if fold is not None)))
