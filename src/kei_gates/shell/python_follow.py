"""What the expressions of Python code may be worth: from names to what was bound to them.

Statements are not put in order: a name may have any of the values that it is given anywhere, except
where one statement directly follows another. What leads back to itself takes what was found in the
round before, so rounds are repeated until nothing dangerous is added.
"""

from __future__ import annotations

import _ast as ast
import builtins

from kei_gates.shell import python_items as parts
from kei_gates.shell import python_objects as objects
from kei_gates.shell.python_names import KNOWN_MODULES, RISKY_BUILTINS
from kei_gates.shell.python_nodes import HANDLERS
from kei_gates.shell.python_plain import open_end
from kei_gates.shell.python_thunks import FORCES
from kei_gates.shell.python_values import (
    ANY,
    ANYTHING,
    Arguments,
    Ref,
    Seq,
    Table,
    Thunk,
    union,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.python_collect import Collector
    from kei_gates.shell.python_scopes import Scope
    from kei_gates.shell.python_values import Values

_MOST_DEPTH = 40
_MOST_STEPS = 200_000
_NO_CHANGES: dict[object, tuple[str, object, Thunk | None, int, bool]] = {}


class Follower:
    """The values of all expressions of a code."""

    def __init__(self, collector: Collector) -> None:
        """Take what was collected."""
        self.code = collector
        self.mutations: dict[int, dict[object, tuple[str, object, Thunk | None, int, bool]]] = {}
        self.unseen: dict[str, None] = {}
        self.loaded: dict[str, None] = {}
        self.texts: dict[object, tuple[ast.AST, Scope]] = {}
        self.spliced = 0
        self.grown = False
        self.steps = 0
        self.exhausted = False
        self._opened = 0
        self._deep: dict[object, tuple[ast.AST, Scope]] = {}
        self._depth = 0
        self._memo: dict[object, Values] = {}
        self._outside: dict[object, Values] = {}
        self._before: dict[object, Values] = {}
        self._busy: set[object] = set()
        self._progress: dict[object, tuple[Values, Thunk, bool]] = {}
        self._cyclic: set[object] = set()
        self._fixed: dict[object, Values] = {}

    def next_round(self) -> bool:
        """Say whether another round may find more; if so, forget what this one found."""
        grew = self.grown or any(
            _dangers(self._memo.get(key, ())) - _dangers(self._before.get(key, ()))
            for key in self._cyclic
        )
        opened = sum(function.open for function in self.code.functions.values())
        if not grew and opened == self._opened:
            return False
        self._opened = opened
        self._before = self._memo
        self._memo = {}
        self._cyclic = set()
        self.grown = False
        self.unseen = {}
        self.loaded = {}
        return True

    def settle(self) -> None:
        """Evaluate what was too deep to be reached: the next round finds it."""
        while self._deep:
            _, (node, scope) = self._deep.popitem()
            self.value(node, scope)

    # --- evaluation ---------------------------------------------------------------------------

    def value(self, node: ast.AST | None, scope: Scope) -> Values:  # noqa: PLR0911 -- one for each kind of value
        """Give what an expression may be worth."""
        if node is None:
            return ANY
        key = id(node)
        found = self._memo.get(key)
        if found is not None:
            return found
        handler = HANDLERS.get(type(node).__name__)
        if handler is None:
            return ANY
        self.steps += 1
        if self.steps > _MOST_STEPS:
            self.exhausted = True
        if self.exhausted:
            return ANYTHING
        if self._depth > _MOST_DEPTH:
            self._cyclic.add(key)
            self._deep[key] = (node, scope)
            return self._before.get(key, ANY)
        if key in self._busy:
            self._cyclic.add(key)
            return self._before.get(key, ANY)
        self._busy.add(key)
        self._depth += 1
        found = self._made_at(key, handler(self, node, scope))
        self._depth -= 1
        self._busy.discard(key)
        self._memo[key] = found
        return found

    def _made_at(self, key: int, found: Values) -> Values:
        """Note where lists and dictionaries are made, and what is done to them later."""
        for value in found:
            if isinstance(value, (Seq, Table)):
                value.site = value.site or key
        for change in self.mutations.get(key, _NO_CHANGES).values():
            found = tuple(
                parts.changed(self, value, change, self.code.blocks.get(key, -1))
                if isinstance(value, (Seq, Table)) and value.site == key
                else value
                for value in found
            )
        return found

    def force(self, thunk: Thunk) -> Values:
        """Give what a thunk may be worth."""
        return FORCES[thunk.kind](self, thunk)

    # --- names --------------------------------------------------------------------------------

    def lookup(self, name: str, scope: Scope) -> Values:
        """Give what a name may be worth in a scope."""
        fixed = self._fixed.get((id(scope), name)) if self._fixed else None
        if fixed is not None:
            return fixed
        at: Scope | None = scope.free.get(name, scope)
        while at is not None:
            bindings = _bindings(at, name)
            if bindings:
                if self._fixed and (id(at), name) in self._fixed:
                    return self._fixed[id(at), name]
                found = self._bound(at, name, bindings)
                if at.kind == "class" or self._may_be_builtin(at, name, bindings):
                    outer = self.lookup(name, at.outer) if at.outer else self._free(name)
                    return union(found, outer)
                return found
            at = at.outer
        return self._free(name)

    def _may_be_builtin(self, scope: Scope, name: str, bindings: list[Thunk]) -> bool:
        """Whether a name that the module binds may, at some time, not be bound yet."""
        if name not in RISKY_BUILTINS or scope.outer is not None:
            return False
        used = self.code.first_use.get(name, (0, 0))
        places = [each.place for each in bindings if each.block in self.code.top]
        return not places or name in self.code.unbound or min(places) > used

    def _bound(self, scope: Scope, name: str, bindings: list[Thunk]) -> Values:
        key = (id(scope), name)
        found = self._memo.get(key) or self._outside.get(key)
        if found is not None:
            return found
        if key in self._busy:
            self._cyclic.add(key)
            so_far, reached, direct = self._progress[key]
            return so_far if direct else self._so_far(key, so_far, reached)
        self._busy.add(key)
        values: Values = ()
        current: Values = ()
        block = None
        for binding in bindings:
            direct = block == binding.block and bool(current)
            self._progress[key] = (current if direct else values, binding, direct)
            current = self.force(binding)
            values = union(values, current) if values else current
            block = binding.block
        self._busy.discard(key)
        self._memo[key] = values
        return values

    def _so_far(self, key: object, values: Values, binding: Thunk) -> Values:
        """Give what a name may hold when a binding of its own is reached."""
        before = tuple(v for v in self._before.get(key, ()) if objects.leads_on(v))
        if not binding.looped:
            return union(values or ANY, before)
        return union(tuple(open_end(value) for value in values) or ANY, before)

    def _free(self, name: str) -> Values:
        """Give what a name is that the code does not bind."""
        found: Values = tuple(
            value
            for module in self.code.stars
            if module.partition(".")[0] in KNOWN_MODULES
            for value in objects.attribute(self, (Ref(module),), name)
            if objects.matters(value) or not hasattr(builtins, name)
        )
        if name in self.code.loose:  # `builtins.name = ...`
            found = union(found, self.pool(name, self.code.loose))
        return union(found, objects.builtin(name))

    def with_fixed(self, fixed: dict[object, Values], node: ast.AST, scope: Scope) -> Values:
        """Give what an expression is worth when some names have these values."""
        memo, kept, outside = self._memo, self._fixed, self._outside
        self._memo, self._fixed, self._outside = {}, {**kept, **fixed}, outside or memo
        found = self.value(node, scope)
        self._memo, self._fixed, self._outside = memo, kept, outside
        return found

    def pool(self, name: str, pools: dict[str, list[Thunk]]) -> Values:
        """Give all that is kept under a name of any object."""
        thunks = pools.get(name)
        if thunks is None:
            return ()
        key = ("pool", name, id(pools))
        found = self._memo.get(key)
        if found is not None:
            return found
        if key in self._busy:
            self._cyclic.add(key)
            return self._before.get(key, ANY)
        self._busy.add(key)
        found = union(*map(self.force, thunks)) if thunks else ()
        self._busy.discard(key)
        self._memo[key] = found
        return found

    # --- calls --------------------------------------------------------------------------------

    def arguments(self, node: ast.Call, scope: Scope) -> Arguments:
        """Give the arguments of a call; starred ones as far as they are known."""
        found = Arguments([], scope=scope)
        for arg in node.args:
            if isinstance(arg, ast.Starred):
                self.add_starred(found, Thunk("value", arg.value, scope))
            else:
                (found.more or found.positional).append(Thunk("value", arg, scope))
        for keyword in node.keywords:
            thunk = Thunk("value", keyword.value, scope)
            if keyword.arg is not None:
                found.keywords[keyword.arg] = thunk
            else:
                self.add_spread(found, thunk)
        return found

    def add_starred(self, found: Arguments, thunk: Thunk) -> None:
        """Add `*thunk` to arguments."""
        values = self.force(thunk)
        one = values[0] if len(values) == 1 else None
        if isinstance(one, Seq) and not one.rest and not found.more:
            found.positional += [Thunk("item", of=thunk, index=at) for at in range(len(one.items))]
        else:
            found.more.append(Thunk("element", of=thunk))

    def add_spread(self, found: Arguments, thunk: Thunk) -> None:
        """Add `**thunk` to arguments."""
        values = self.force(thunk)
        one = values[0] if len(values) == 1 else None
        if isinstance(one, Table) and not one.rest:
            for name in one.items:
                found.keywords[str(name)] = Thunk("item", of=thunk, index=name)
        else:
            found.spread.append(Thunk("element", of=thunk))

    def at(self, args: Arguments, number: int, name: str = "") -> Values | None:
        """Give an argument by its place or name; none when it is not given."""
        if 0 <= number < len(args.positional):
            return self.force(args.positional[number])
        if name in args.keywords:
            return self.force(args.keywords[name])
        if (args.more and number >= 0) or (args.spread and name):
            return union(ANY, *(self.force(each) for each in (*args.more, *args.spread)))
        return None


def _bindings(scope: Scope, name: str) -> list[Thunk]:
    found = scope.names.get(name, [])
    for more in scope.more:
        found = [*found, *more.names.get(name, ())]
    return found


def _dangers(values: Values) -> set[object]:
    """Give what one round must not find for the first time, if another is to be the last."""
    return {
        value.path if isinstance(value, Ref) else id(getattr(value, "function", value))
        for value in values
        if objects.leads_on(value)
    }
