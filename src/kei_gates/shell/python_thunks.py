"""Thunks: how the values of each kind of them are found."""

from __future__ import annotations

import _ast as ast

from kei_gates.shell import python_items as parts
from kei_gates.shell import python_objects as objects
from kei_gates.shell.python_nodes import operate
from kei_gates.shell.python_results import result
from kei_gates.shell.python_scopes import Function
from kei_gates.shell.python_values import ANY, Arguments, Instance, Seq, Table, Thunk, union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from kei_gates.shell.python_follow import Follower
    from kei_gates.shell.python_scopes import Scope
    from kei_gates.shell.python_values import Values


def _given(follower: Follower, thunk: Thunk) -> Values:  # noqa: ARG001 -- the common signature
    return thunk.of if isinstance(thunk.of, tuple) else ANY


def _value(follower: Follower, thunk: Thunk) -> Values:
    assert thunk.scope is not None  # noqa: S101 -- thunks of this kind have it
    return follower.value(thunk.node, thunk.scope)


def _part(follower: Follower, thunk: Thunk) -> Values:
    assert isinstance(thunk.of, Thunk)  # noqa: S101 -- thunks of this kind have it
    whole = follower.force(thunk.of)
    if thunk.kind == "item":
        return parts.items(follower, whole, thunk.index)
    if thunk.kind == "element":
        return parts.elements(whole)
    return (Seq([], parts.elements(whole)),)


def _several(follower: Follower, thunk: Thunk) -> Values:
    if isinstance(thunk.of, dict):
        return (Table({name: follower.force(each) for name, each in thunk.of.items()}),)
    return (Seq(follower.force(each) for each in thunk.of),)  # type: ignore[attr-defined]


def _member(follower: Follower, thunk: Thunk) -> Values:
    assert isinstance(thunk.of, tuple)  # noqa: S101 -- thunks of this kind have it
    return objects.attribute(follower, thunk.of, str(thunk.index))


def _augmented(follower: Follower, thunk: Thunk) -> Values:
    node: Any = thunk.node
    assert thunk.scope is not None  # noqa: S101 -- thunks of this kind have it
    left = _read(follower, node.target, thunk.scope)
    return operate(follower, type(node.op).__name__, left, follower.value(node.value, thunk.scope))


def _read(follower: Follower, target: ast.AST, scope: Scope) -> Values:
    """Give what the target of an assignment holds before it."""
    if isinstance(target, ast.Name):
        return follower.lookup(target.id, scope)
    return ANY


def _parameter(follower: Follower, thunk: Thunk) -> Values:
    function = thunk.of
    assert isinstance(function, Function)  # noqa: S101 -- thunks of this kind have it
    name = str(thunk.index)
    given = [follower.force(each) for each in function.args.get(name, {}).values()]
    if function.binds_first and function.parameters()[:1] == [name]:
        owner = function.owner
        assert owner is not None  # noqa: S101 -- thunks of this kind have it
        itself = (owner,) if "classmethod" in function.decorators else (Instance(owner),)
        return union(itself, *given)
    default = default_of(function.node.args, name)
    if default is not None:
        given.append(follower.value(default, function.defined))
    if function.open or not function.called:
        given.append(ANY)
    return union(*given) if given else ()


def _decorated(follower: Follower, thunk: Thunk) -> Values:
    """Give what a decorator makes of a function or class."""
    assert thunk.scope is not None  # noqa: S101 -- thunks of this kind have it
    assert isinstance(thunk.of, Thunk)  # noqa: S101 -- thunks of this kind have it
    given = Arguments([thunk.of], scope=thunk.scope)
    decorators = follower.value(thunk.node, thunk.scope)
    return union(*(result(follower, each, given) for each in decorators))


def default_of(args: ast.arguments, name: str) -> ast.expr | None:
    """Give the default of a parameter."""
    positional = [*args.posonlyargs, *args.args]
    pairs: list[tuple[ast.arg, ast.expr | None]] = []
    if args.defaults:
        pairs += zip(positional[-len(args.defaults) :], args.defaults, strict=False)
    pairs += zip(args.kwonlyargs, args.kw_defaults, strict=False)
    return next((default for arg, default in pairs if arg.arg == name), None)


FORCES: dict[str, Callable[[Follower, Thunk], Values]] = {
    "augment": _augmented,
    "decorated": _decorated,
    "element": _part,
    "given": _given,
    "item": _part,
    "item of": _member,
    "pack": _several,
    "parameter": _parameter,
    "rest": _part,
    "table": _several,
    "unknown": _given,
    "value": _value,
}
