"""The expressions of Python: what each kind of them is worth."""

from __future__ import annotations

import _ast as ast

from kei_gates.shell import python_items as held
from kei_gates.shell import python_objects as objects
from kei_gates.shell.python_fold import OPERATORS
from kei_gates.shell.python_plain import apply, lift
from kei_gates.shell.python_results import result
from kei_gates.shell.python_values import ANY, UNKNOWN, Func, Seq, Table, union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from kei_gates.shell.python_follow import Follower
    from kei_gates.shell.python_scopes import Scope
    from kei_gates.shell.python_values import Values

_MOST_UNROLLED = 64


def operate(follower: Follower, operator: str, left: Values, right: Values) -> Values:
    """Give what an operator makes of two operands."""
    function = OPERATORS.get(operator)
    found: list[Values] = []
    for one in left:
        for other in right:
            special = held.operated(follower, operator, one, other)
            if special is not None:
                found.append(special)
            elif function is None or one is UNKNOWN or other is UNKNOWN:
                found.append(ANY)
            else:
                found.append(apply(function, [(one,), (other,)]))
    return union(*found) if found else ()


# --- nodes ------------------------------------------------------------------------------------


def _constant(follower: Follower, node: ast.Constant, scope: Scope) -> Values:  # noqa: ARG001 -- the common signature
    return (node.value,)


def _name(follower: Follower, node: ast.Name, scope: Scope) -> Values:
    return follower.lookup(node.id, scope)


def _attribute(follower: Follower, node: ast.Attribute, scope: Scope) -> Values:
    found = objects.attribute(follower, follower.value(node.value, scope), node.attr)
    hidden = objects.hidden_module(node)
    return union(found, (hidden,)) if hidden is not None else found


def _call(follower: Follower, node: ast.Call, scope: Scope) -> Values:
    functions = follower.value(node.func, scope)
    args = follower.arguments(node, scope)
    return union(*(result(follower, each, args) for each in functions)) if functions else ()


def _binary(follower: Follower, node: ast.BinOp, scope: Scope) -> Values:
    """Evaluate operators from the left, however long a chain is."""
    chain: list[ast.BinOp] = []
    at: ast.expr = node
    while isinstance(at, ast.BinOp):
        chain.append(at)
        at = at.left
    found = follower.value(at, scope)
    for each in reversed(chain):
        right = follower.value(each.right, scope)
        found = operate(follower, type(each.op).__name__, found, right)
    return found


def _unary(follower: Follower, node: ast.UnaryOp, scope: Scope) -> Values:
    function = OPERATORS.get(type(node.op).__name__)
    operand = follower.value(node.operand, scope)
    return apply(function, [operand]) if function is not None else ANY


def _formatted(follower: Follower, node: ast.JoinedStr, scope: Scope) -> Values:
    parts = []
    for part in node.values:
        if not isinstance(part, ast.FormattedValue):
            parts.append(follower.value(part, scope))
        elif part.format_spec is not None:
            return ANY
        else:
            value = held.as_paths(follower.value(part.value, scope))
            parts.append(apply(repr if part.conversion == ord("r") else str, [value]))
    return apply(lambda *given: "".join(given), parts)


def _sequence(follower: Follower, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Values:
    items: list[Values] = []
    rest: list[Values] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            _extend(follower, items, rest, follower.value(element.value, scope))
        else:
            (rest or items).append(follower.value(element, scope))
    return (Seq(items, union(*rest) if rest else ()),)


def _extend(follower: Follower, items: list[Values], rest: list[Values], more: Values) -> None:  # noqa: ARG001 -- the common signature
    """Add the elements of another list."""
    one = more[0] if len(more) == 1 else None
    if isinstance(one, Seq) and not rest:
        items += one.items
        rest += [one.rest] if one.rest else []
    else:
        rest.append(union(held.elements(more), () if isinstance(one, Seq) else ANY))


def _dict(follower: Follower, node: ast.Dict, scope: Scope) -> Values:
    items: dict[object, Values] = {}
    rest: list[Values] = []
    for key, value in zip(node.keys, node.values, strict=True):
        values = follower.value(value, scope)
        keys = follower.value(key, scope) if key is not None else ()
        if key is None:
            rest.append(held.spread(follower, values, items))
        elif len(keys) == 1 and isinstance(keys[0], (str, bytes, int)):
            items[keys[0]] = values
        else:
            rest.append(values)
    return (Table(items, union(*rest) if rest else ()),)


def _subscript(follower: Follower, node: ast.Subscript, scope: Scope) -> Values:
    of = follower.value(node.value, scope)
    if isinstance(node.slice, ast.Slice):
        bounds = [
            follower.value(bound, scope) if bound is not None else (None,)
            for bound in (node.slice.lower, node.slice.upper, node.slice.step)
        ]
        return held.sliced(of, bounds)
    keys = follower.value(node.slice, scope)
    return union(*(held.items(follower, of, key) for key in keys)) if keys else ()


def _choice(follower: Follower, node: ast.IfExp, scope: Scope) -> Values:
    return union(follower.value(node.body, scope), follower.value(node.orelse, scope))


def _either(follower: Follower, node: ast.BoolOp, scope: Scope) -> Values:
    found = [follower.value(value, scope) for value in node.values]
    if isinstance(node.op, ast.Or):
        found[:-1] = [tuple(v for v in each if v is not None and v != "") for each in found[:-1]]
    return union(*found)


def _same(follower: Follower, node: Any, scope: Scope) -> Values:
    return follower.value(node.value, scope)


def _lambda(follower: Follower, node: ast.Lambda, scope: Scope) -> Values:  # noqa: ARG001 -- the common signature
    return (Func(follower.code.functions[id(node)]),)


def _comprehension(
    follower: Follower, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope
) -> Values:
    inner = follower.code.inner[id(node)]
    first = node.generators[0]
    unrolled = _unrolled(follower, first, scope) if len(node.generators) == 1 else None
    if unrolled is None or not isinstance(first.target, ast.Name):
        return (Seq([], follower.value(node.elt, inner)),)
    key = (id(inner), first.target.id)
    return (Seq(follower.with_fixed({key: item}, node.elt, inner) for item in unrolled),)


def _unrolled(follower: Follower, first: ast.comprehension, scope: Scope) -> list[Values] | None:
    """Give each element that a comprehension goes through; none when that is not certain."""
    over = follower.value(first.iter, scope)
    one = over[0] if len(over) == 1 else None
    if isinstance(one, (str, bytes)) and len(one) <= _MOST_UNROLLED:
        one = Seq(lift(each)[:1] for each in one)
    if not isinstance(one, Seq) or one.rest or len(one.items) > _MOST_UNROLLED or first.ifs:
        return None
    return one.items


def _dict_comprehension(follower: Follower, node: ast.DictComp, scope: Scope) -> Values:  # noqa: ARG001 -- the common signature
    return (Table({}, follower.value(node.value, follower.code.inner[id(node)])),)


HANDLERS: dict[str, Callable[[Follower, Any, Scope], Values]] = {
    "Attribute": _attribute,
    "Await": _same,
    "BinOp": _binary,
    "BoolOp": _either,
    "Call": _call,
    "Constant": _constant,
    "Dict": _dict,
    "DictComp": _dict_comprehension,
    "FormattedValue": _same,
    "GeneratorExp": _comprehension,
    "IfExp": _choice,
    "JoinedStr": _formatted,
    "Lambda": _lambda,
    "List": _sequence,
    "ListComp": _comprehension,
    "Name": _name,
    "NamedExpr": _same,
    "Set": _sequence,
    "SetComp": _comprehension,
    "Starred": _same,
    "Subscript": _subscript,
    "Tuple": _sequence,
    "UnaryOp": _unary,
}
