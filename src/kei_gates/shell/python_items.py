"""What Python's lists, dictionaries, namespaces and paths hold, and what changes them."""

from __future__ import annotations

from kei_gates.shell.python_danger import canonical
from kei_gates.shell.python_fold import FUNCTIONS, NotKnown
from kei_gates.shell.python_names import MODULE_NAMES
from kei_gates.shell.python_objects import attribute, holds_danger, matters
from kei_gates.shell.python_plain import apply, lift, plain
from kei_gates.shell.python_values import (
    ANY,
    ANYTHING,
    Arguments,
    Ref,
    Seq,
    Space,
    Table,
    Thunk,
    union,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.python_follow import Follower
    from kei_gates.shell.python_values import Values


# --- items and elements -----------------------------------------------------------------------


def items(follower: Follower, of: Values, key: object) -> Values:
    """Give what stands under a key, or at a place, of any of the values."""
    return union(*(_item(follower, value, key) for value in of)) if of else ()


def _item(follower: Follower, of: object, key: object) -> Values:  # noqa: PLR0911 -- one for each kind of value
    if isinstance(of, Seq):
        return _in_sequence(of, key)
    if isinstance(of, Table):
        if isinstance(key, (str, bytes, int)):
            named = [in_space(follower, space, key) for space in of.spaces]
            return union(of.items.get(key, () if of.rest else ANY), of.rest, *named)
        return union(of.elements(), ANY)
    if isinstance(of, Space):
        return in_space(follower, of, key)
    if isinstance(of, Ref):
        return _in_ref(follower, of, key)
    if isinstance(of, (str, bytes)) and isinstance(key, int):
        return apply(lambda text, at: text[at], [(of,), (key,)])
    return ANY


def _in_sequence(of: Seq, key: object) -> Values:
    if not isinstance(key, int):
        return union(of.elements(), ANY)
    if key < 0 and not of.rest:
        key += len(of.items)
    if 0 <= key < len(of.items):
        return of.items[key]
    return union(of.rest, *(of.items if key < 0 else ()))


def in_space(follower: Follower, of: Space, key: object) -> Values:
    """Give what a namespace holds under a name."""
    if isinstance(key, str):
        if of.scope is not None:
            return follower.lookup(key, of.scope)
        if of.module == "sys.modules":
            return module(key)
        return attribute(follower, (Ref(of.module),), key)
    if of.scope is not None or matters(of):
        return computed(follower, of.module)
    return ANY


def computed(follower: Follower, module_name: str) -> Values:
    """Note that a name is computed of a place that holds what starts programs."""
    where = f"of `{module_name}` " if module_name else ""
    follower.unseen[f"the code uses a name {where}that is computed"] = None
    return ANY


def module(name: str) -> Values:
    """Give the module of a name."""
    return (Ref(MODULE_NAMES.get(name, canonical(f"{name}.")[:-1])),)


def _in_ref(follower: Follower, of: Ref, key: object) -> Values:
    if of.path == "sys.modules":
        return module(key) if isinstance(key, str) else ANYTHING
    if of.path == "plumbum.local":
        path = f"plumbum.cmd.{key}" if isinstance(key, str) else "plumbum.cmd.?"
        follower.loaded[path] = None
        return (Ref(path),)
    if of.path.startswith(("plumbum.cmd.", "builtins")):
        if of.path == "builtins" and isinstance(key, str):
            return attribute(follower, (of,), key)
        follower.loaded.setdefault(of.path) if of.path.startswith("plumbum.") else None
        return (of,)
    if of.path.startswith(("ctypes.", "cffi.")) and isinstance(key, str):
        return (Ref(f"{of.path}.{key}", of),)
    return ANY


def elements(of: Values) -> Values:
    """Give what an element of any of the values may be."""
    found: list[Values] = []
    for value in of:
        if isinstance(value, Seq):
            found.append(value.elements())
        elif isinstance(value, Table):
            keys = tuple(value.items)
            found.append(
                union(
                    keys,
                    value.elements() if holds_danger((value,)) else (),
                    ANY if value.rest else (),
                )
            )
        elif isinstance(value, (str, bytes)):
            found.append(tuple(dict.fromkeys(value)))
        elif (
            isinstance(value, Space)
            or (isinstance(value, Ref) and value.path == "sys.modules")
            or (isinstance(value, Ref) and value.path == "?")
        ):
            found.append(ANYTHING)
        else:
            found.append(ANY)
    return union(*found) if found else ()


def sliced(of: Values, bounds: list[Values]) -> Values:
    """Give a slice of any of the values."""
    try:
        part = slice(*(plain(bound) for bound in bounds))
    except NotKnown:
        part = None
    found: list[Values] = []
    for value in of:
        if isinstance(value, (str, bytes)):
            found.append(lift(value[part]) if part is not None and _is_whole(part) else ANY)
        elif isinstance(value, Seq) and part is not None and _is_whole(part) and not value.rest:
            found.append((Seq(value.items[part]),))
        elif isinstance(value, Seq):
            found.append((Seq([], value.elements()),))
        else:
            found.append((value,) if matters(value) else ANY)
    return union(*found) if found else ()


def _is_whole(part: slice) -> bool:
    bounds = (part.start, part.stop, part.step)
    return all(bound is None or isinstance(bound, int) for bound in bounds) and part.step != 0


def spread(follower: Follower, of: Values, into: dict[object, Values]) -> Values:
    """Add what `**of` adds to a dictionary; give what it may hold beside known keys."""
    rest: list[Values] = []
    for value in of:
        if isinstance(value, Table) and len(of) == 1:
            into.update(value.items)
            rest.append(value.rest)
        elif isinstance(value, Space) and matters(value):
            computed(follower, value.module)
        else:
            rest.append(value.elements() if isinstance(value, Table) else ANY)
    return union(*rest) if rest else ()


# --- changes ----------------------------------------------------------------------------------


def changed(
    follower: Follower,
    of: Seq | Table,
    change: tuple[str, object, Thunk | None, int, bool],
    made_in: int,
) -> Seq | Table:
    """Give a list or dictionary after something was done to it."""
    name, key, thunk, block = change[:4]
    added = follower.force(thunk) if thunk is not None else ANY
    if isinstance(of, Table):
        found: Seq | Table = _changed_table(follower, of, name, key, added)
    else:
        exact = block == made_in and not of.rest
        found = _changed_sequence(of, name, key, added, exact=exact)
    found.site = of.site
    return found


def _changed_table(follower: Follower, of: Table, name: str, key: object, added: Values) -> Table:
    table = Table(dict(of.items), of.rest)
    table.spaces = [*of.spaces, *(v for v in added if name == "names" and isinstance(v, Space))]
    if name in ("set", "setdefault") and isinstance(key, (str, bytes, int)):
        table.items[key] = union(table.items.get(key, of.rest), added)
    elif name == "update":
        table.rest = union(of.rest, spread(follower, added, {}), ANY, *(
            value.elements() for value in added if isinstance(value, Table)))  # fmt: skip
    elif name in ("set", "setdefault"):
        table.rest = union(of.rest, added)
    return table


def _changed_sequence(
    of: Seq,
    name: str,
    key: object,
    added: Values,
    *,
    exact: bool,
) -> Seq:
    if name in ("append", "add"):
        return Seq([*of.items, added]) if exact else Seq(of.items, union(of.rest, added, ()))
    if name == "extend":
        one = added[0] if len(added) == 1 else None
        if exact and isinstance(one, Seq):
            return Seq([*of.items, *one.items], one.rest)
        return Seq(of.items, union(of.rest, elements(added)))
    if name in ("insert", "set") and isinstance(key, int) and 0 < key < len(of.items):
        return Seq(of.items[:key], union(of.rest, added, *of.items[key:]))
    return Seq([], union(of.elements(), added))


# --- operators and paths ----------------------------------------------------------------------


def operated(follower: Follower, operator: str, left: object, right: object) -> Values | None:  # noqa: PLR0911 -- one for each kind of value
    """Give what an operator makes of lists and paths; none for anything else."""
    if isinstance(left, Seq) and operator in ("Add", "BitOr"):
        if not isinstance(right, Seq):
            return (Seq(left.items, union(left.rest, ANY)),)
        if left.rest:
            return (Seq(left.items, union(left.rest, right.elements())),)
        return (Seq([*left.items, *right.items], right.rest),)
    if isinstance(left, Seq) and operator == "Mult":
        return (Seq(left.items, left.elements()),)
    if isinstance(right, Seq) and operator == "Add":
        return (Seq([], union(right.elements(), ANY)),)
    if isinstance(left, Table) and operator == "BitOr":
        table = Table(dict(left.items), left.rest)
        table.rest = union(table.rest, spread(follower, (right,), table.items))
        return (table,)
    if operator == "Div" and isinstance(left, Ref) and left.path == "pathlib.Path()":
        return made_path([as_paths((left,)), as_paths((right,))])
    if operator == "Div" and isinstance(right, Ref) and right.path == "pathlib.Path()":
        return made_path([as_paths((left,)), as_paths((right,))])
    if matters(left) or matters(right):
        return ()
    return None


def made_path(parts: list[Values]) -> Values:
    """Give a `Path` of its parts."""
    joined = apply(FUNCTIONS["os.path.join"], [as_paths(part) for part in parts])
    return (Ref("pathlib.Path()", None, Arguments([Thunk("given", of=joined)])),)


def as_paths(values: Values) -> Values:
    """Give texts for those values that are paths."""
    found: list[object] = []
    for value in values:
        if isinstance(value, Ref) and value.path == "pathlib.Path()" and value.given:
            of = value.given.positional[0].of
            found += of if isinstance(of, tuple) else ANY
        else:
            found.append(value)
    return tuple(found)
