"""All calls of Python code: what each is given, in rounds, and then what each starts.

A function of the code has as parameters what all its calls give it; one that is handed on may be
called with anything.
"""

from __future__ import annotations

import _ast as ast

from kei_gates.shell import python_objects as objects
from kei_gates.shell.python_names import (
    CALLERS,
    EFFECTS,
    HARMLESS_METHODS,
    HARMLESS_PREFIXES,
    HARMLESS_TAKERS,
    METHOD_CALLERS,
    MUTATORS,
    each_of,
)
from kei_gates.shell.python_results import RESULTS
from kei_gates.shell.python_scopes import Class
from kei_gates.shell.python_sinks import Sinks
from kei_gates.shell.python_values import (
    ANY,
    MERGED,
    UNKNOWN,
    Arguments,
    Func,
    Instance,
    Method,
    Partial,
    Ref,
    Seq,
    Space,
    Table,
    Thunk,
    Unknown,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.python_follow import Follower
    from kei_gates.shell.python_scopes import Scope, Site
    from kei_gates.shell.python_values import Values
    from kei_gates.shell.started import Started

_MOST_ROUNDS = 25
_DEEPEST = 6
_OPERATORS = frozenset(
    f"__{name}__"
    for name in each_of(
        "getitem class_getitem add radd or ror and rand xor rshift rrshift lshift "
        "rlshift matmul rmatmul mul rmul sub rsub mod rmod truediv rtruediv contains eq "
        "ne lt gt le ge setitem iadd ior"
    )
)


class Calls:
    """Goes through all calls of a code."""

    def __init__(self, follower: Follower, started: Started) -> None:
        """Take where values come from and where what is found goes."""
        self.follower = follower
        self.code = follower.code
        self.started = started
        self.sinks = Sinks(follower, started, self)
        self.reports = False
        self._depth = 0
        self._opened: dict[int, object] = {}

    def run(self) -> None:
        """Go through the calls until nothing is added, then report."""
        for _ in range(_MOST_ROUNDS):
            self._round()
            if not self.follower.next_round():
                break
        else:
            self.started.unseen.append("functions call each other in a way that is not followed")
        self.reports = True
        self._round()
        self._look_at_operators()
        self._look_at_lost()
        if self.follower.exhausted:
            self.started.unseen.append("the Python code is too long to follow")
        self.sinks.finish()

    def _round(self) -> None:
        self._opened = {}
        at = 0
        while at < len(self.code.calls):  # evaluated text adds to them
            self._site(self.code.calls[at])
            at += 1
        for site in self.code.decorated:
            given = Arguments([Thunk("given", of=ANY)], scope=site.scope)
            for function in self.follower.value(site.node, site.scope):
                self.call(function, given, "")
        for site, thunk in self.code.stores:
            self._store(site, thunk)
        for site in self.code.subscripts:
            self.follower.value(site.node, site.scope)
        self.follower.settle()

    def _site(self, site: Site) -> None:
        node, scope = site.node, site.scope
        functions = self.follower.value(node.func, scope)
        args = self.follower.arguments(node, scope)
        self.follower.value(node, scope)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in MUTATORS:
            self._mutate(site, args)
        for function in functions:
            self.call(function, args, name)

    # --- what is called -----------------------------------------------------------------------

    def call(self, function: object, args: Arguments, name: str) -> None:
        """Follow a call of a function; `name` is the method's where it is one of an object."""
        self._depth += 1
        if self._depth <= _DEEPEST:
            self._call(function, args, name)
        self._depth -= 1

    def _call(self, function: object, args: Arguments, name: str) -> None:
        if isinstance(function, Func):
            self._bind(function, args)
        elif isinstance(function, Class):
            self._make(function, args)
        elif isinstance(function, Partial):
            for each in function.function:
                self.call(each, function.given.with_more(args), name)
        elif isinstance(function, Method):
            self._call_own_method(function, args)
        elif isinstance(function, Ref):
            self._call_ref(function, args)
        elif isinstance(function, (Unknown, Instance)):
            self._call_method(function, args, name)

    def _call_own_method(self, function: Method, args: Arguments) -> None:
        """Follow a method of a list or the like: what it keeps is found there again."""
        if function.name not in MUTATORS or isinstance(function.of, Space):
            self._hand_over(args)
        elif "key" in args.keywords:
            self._hand_over(Arguments([args.keywords["key"]]))

    def _call_ref(self, function: Ref, args: Arguments) -> None:
        path = function.path
        for ending in (".__init__", ".__new__"):
            if path.endswith(ending):
                path = path[: -len(ending)]
                first = self.follower.at(args, 0) or ()
                if any(isinstance(value, (Instance, Class)) for value in first):
                    args = args.behind(1)
        if self.sinks.call(path, function, args):
            self._hand_over(args, harmless=True)
        elif path in CALLERS:
            self._pass_on(CALLERS[path], args)
        elif path == "builtins.setattr":
            self._set_attribute(args)
        elif path == "builtins.type" and len(args.positional) > 1:
            self._hand_over(args)
        elif path in HARMLESS_TAKERS or path.startswith(HARMLESS_PREFIXES) or path in RESULTS:
            self._hand_over(args, harmless=True)
            if "key" in args.keywords:
                self._hand_over(Arguments([args.keywords["key"]]))
        else:
            self._call_method(function, args, path.rpartition(".")[2])

    def _call_method(self, function: object, args: Arguments, name: str) -> None:
        if self.sinks.method(name, function, args):
            return
        if name in METHOD_CALLERS:
            self._pass_on(METHOD_CALLERS[name], args)
        else:
            self._hand_over(args, harmless=name in HARMLESS_METHODS)

    def _make(self, made: Class, args: Arguments) -> None:
        """Follow the making of an object."""
        found = False
        for thunk in made.scope.names.get("__init__", ()):
            for value in self.follower.force(thunk):
                if isinstance(value, Func):
                    self._bind(Func(value.function, 1), args)
                    found = True
        for base in made.bases:
            for value in self.follower.force(base):
                if isinstance(value, Class) and value is not made and not found:
                    self.call(value, args, "")
                    found = True
                elif isinstance(value, Ref) and value.path != "builtins.object" and not found:
                    self.call(value, args, "")
        if not found:
            self._hand_over(args)

    def _pass_on(self, how: tuple[int, str], args: Arguments) -> None:
        """Follow the call of a function that is handed over with its arguments."""
        place, form = how
        target = self.follower.at(args, place, "")
        rest = args.behind(place + 1)
        rest.keywords = {}
        if form == "args":
            named = args.keywords.get("target") or args.keywords.get("function")
            target = self.follower.force(named) if named is not None else target
            rest = self._unpacked(_packed(args, rest), args)
            given = args.keywords.get("kwargs")
            if given is not None:
                self.follower.add_spread(rest, given)
        elif form == "each":
            rest.positional = [Thunk("element", of=thunk) for thunk in rest.positional]
        elif form == "star":
            rest = self._unpacked(_packed(args, rest), args)
        elif form == "star each":
            each = Thunk("element", of=rest.positional[0]) if rest.positional else None
            rest = self._unpacked(each, args)
        else:
            rest.keywords = args.keywords
        for function in target or ():
            if not isinstance(function, (Unknown, Instance)):
                self.call(function, rest, "")
        if not target or UNKNOWN in target:
            self._hand_over(args)
        elif form == "each" or form.startswith("star"):
            self._hand_over(rest)

    def _unpacked(self, packed: Thunk | None, args: Arguments) -> Arguments:
        found = Arguments([], scope=args.scope)
        if packed is not None:
            self.follower.add_starred(found, packed)
        return found

    # --- what is given ------------------------------------------------------------------------

    def _bind(self, called: Func, args: Arguments) -> None:
        """Note what a function of the code is given."""
        function = called.function
        if not function.called:
            function.called = True
            self.follower.grown = True
        names = function.parameters()[called.skip :]
        spec = function.node.args
        for name, thunk in zip(names, args.positional, strict=False):
            self._give(function, name, thunk)
        if spec.vararg is not None:
            extra = args.positional[len(names) :]
            self._give(function, spec.vararg.arg, Thunk("pack", of=extra))
            for thunk in args.more:
                self._give(function, spec.vararg.arg, Thunk("rest", of=thunk))
        known = {*names, *(arg.arg for arg in spec.kwonlyargs)}
        for name in known.intersection(args.keywords):
            self._give(function, name, args.keywords[name])
        others = {name: each for name, each in args.keywords.items() if name not in known}
        if spec.kwarg is not None:
            self._give(function, spec.kwarg.arg, Thunk("table", of=others))
        anything = [Thunk("given", of=ANY)] if args.more or args.spread else []
        for name in known if anything else ():
            for thunk in (*args.more, *args.spread, *anything):
                self._give(function, name, thunk)

    def _give(self, function: object, name: str, thunk: Thunk) -> None:
        given = function.args.setdefault(name, {})  # type: ignore[attr-defined]
        key = thunk.key()
        if key not in given:
            given[key] = thunk
            self.follower.grown = True

    def _hand_over(self, args: Arguments, *, harmless: bool = False) -> None:
        """Give something to what is not followed: it may call what it gets."""
        for thunk in args.all():
            values = self.follower.force(thunk)
            self._open(values)
            danger = None if harmless else objects.holds_danger(values)
            if danger is not None and self.reports:
                name = objects.name_of(danger)
                self.started.unseen.append(f"`{name}` is handed to something that is not followed")
            for value in values:
                if isinstance(value, Ref) and value.path in EFFECTS and not harmless:
                    self.sinks.touch_unknown(value.path)

    def _open(self, values: Values, depth: int = 0) -> None:
        """Let functions be called with anything."""
        for value in values:
            if isinstance(value, Func) and not value.function.open:
                value.function.open = True
                self.follower.grown = True
            elif isinstance(value, (Seq, Table)) and depth < _DEEPEST:
                if id(value) not in self._opened:
                    self._opened[id(value)] = value
                    self._open(value.elements(), depth + 1)
            elif isinstance(value, Partial) and depth < _DEEPEST:
                self._open(value.function, depth + 1)

    # --- what is stored -----------------------------------------------------------------------

    def _mutate(self, site: Site, args: Arguments) -> None:
        """Note what a method does to the lists and dictionaries that it may belong to."""
        node = site.node
        of = self.follower.value(node.func.value, site.scope)
        first = args.positional[0] if args.positional else None
        second = args.positional[1] if len(args.positional) > 1 else None
        name = node.func.attr
        keyed = name in ("insert", "setdefault", "__setitem__")
        keys = self.follower.force(first) if keyed and first is not None else ()
        key = keys[0] if len(keys) == 1 else None
        thunk = second if keyed else first
        name = {"__setitem__": "set", "appendleft": "insert", "extendleft": "insert"}.get(
            name, name
        )
        for value in of:
            if isinstance(value, (Seq, Table)):
                self._change(value, id(node), (name, key, thunk, site.block, site.looped))
                if name == "update" and isinstance(value, Table):
                    for word, each in args.keywords.items():
                        change = ("set", word, each, site.block, site.looped)
                        self._change(value, (id(node), word), change)

    def _change(
        self, of: Seq | Table, key: object, change: tuple[str, object, Thunk | None, int, bool]
    ) -> None:
        if of.site == MERGED:
            thunk = change[2]
            if self.reports and thunk is not None:
                self._miss_danger(self.follower.force(thunk), "stored where it is not followed")
            return
        changes = self.follower.mutations.setdefault(of.site, {})
        if key not in changes:
            changes[key] = change
            self.follower.grown = True

    def _store(self, site: Site, thunk: Thunk) -> None:
        """Note `a[b] = c`."""
        node, scope = site.node, site.scope
        keys = (
            self.follower.value(node.slice, scope) if not isinstance(node.slice, ast.Slice) else ()
        )
        key = keys[0] if len(keys) == 1 else None
        for value in self.follower.value(node.value, scope):
            if isinstance(value, (Seq, Table)):
                self._change(value, id(node), ("set", key, thunk, site.block, site.looped))
            elif isinstance(value, Space) and value.scope and isinstance(key, str):
                self._rebind(value.scope, key, thunk)
            elif self.reports and objects.holds_danger(self.follower.force(thunk)):
                self._miss_danger(self.follower.force(thunk), "stored where it is not followed")

    def _rebind(self, scope: Scope, name: str, thunk: Thunk) -> None:
        bindings = scope.names.setdefault(name, [])
        if thunk not in bindings:
            bindings.append(thunk)
            self.follower.grown = True

    def _set_attribute(self, args: Arguments) -> None:
        names = self.follower.at(args, 1) or ()
        thunk = args.positional[2] if len(args.positional) > 2 else None  # noqa: PLR2004 -- object, name, value
        for name in names:
            if not isinstance(name, str):
                self._hand_over(args.behind(2))
            elif thunk is not None:
                self.follower.grown |= self.code.keep(name, thunk)

    def _look_at_lost(self) -> None:
        """Note what functions give that are not told apart any more."""
        for function in self.code.functions.values():
            for thunk in function.returns if function.lost else ():
                self._miss_danger(self.follower.force(thunk), "given by what is not followed")

    def _look_at_operators(self) -> None:
        """Note what starts programs where an operator of a class of the code may take it."""
        for kind in (self.code.members, self.code.stored):
            for name, thunks in kind.items():
                if name.startswith("__") and name != "__init__":
                    for thunk in thunks:
                        self._look_at_special(name, thunk)
        if "__code__" in self.code.stored:
            self.started.unseen.append("the code replaces what a function does")
        if _OPERATORS.isdisjoint(self.code.members):
            return
        for site in self.code.operations:
            for child in _operands(site.node):
                self._miss_danger(self.follower.value(child, site.scope), "given to an operator")

    def _look_at_special(self, name: str, thunk: Thunk) -> None:
        """Look at what the interpreter calls by itself, and at what that gives."""
        values = self.follower.force(thunk)
        self._miss_danger(values, f"called as `{name}`")
        for value in values:
            for given in value.function.returns if isinstance(value, Func) else ():
                self._miss_danger(self.follower.force(given), f"given by `{name}`")

    def _miss_danger(self, values: Values, how: str) -> None:
        danger = objects.holds_danger(values)
        if danger is not None:
            self.started.unseen.append(f"`{objects.name_of(danger)}` is {how}")


def _packed(args: Arguments, rest: Arguments) -> Thunk | None:
    """Give the arguments that are handed over as one."""
    return args.keywords.get("args") or (rest.positional[0] if rest.positional else None)


def _operands(node: ast.AST) -> list[ast.AST]:
    found = [getattr(node, name, None) for name in ("left", "right", "slice", "operand", "value")]
    found += getattr(node, "comparators", [])
    return [each for each in found if isinstance(each, ast.AST)]
