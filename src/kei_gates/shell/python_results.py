"""What calls give: of the library's functions, as far as it matters what they give.

Source: the Python 3 library reference.
"""

from __future__ import annotations

from kei_gates.shell.python_danger import canonical
from kei_gates.shell.python_fold import FUNCTIONS, method
from kei_gates.shell.python_items import (
    as_paths,
    computed,
    elements,
    in_space,
    items,
    made_path,
    module,
    spread,
)
from kei_gates.shell.python_objects import attribute, holds_danger, matters
from kei_gates.shell.python_plain import apply
from kei_gates.shell.python_scopes import Class
from kei_gates.shell.python_splice import splice
from kei_gates.shell.python_values import (
    ANY,
    ANYTHING,
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
    union,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from kei_gates.shell.python_follow import Follower
    from kei_gates.shell.python_values import Values

    Result: TypeAlias = "Callable[[Follower, Ref, Arguments], Values]"

_LONGEST_PATH = 120
_MOST_UNROLLED = 64


def result(follower: Follower, function: object, args: Arguments) -> Values:
    """Give what a call of a function gives."""
    if isinstance(function, Func):
        given = union((), *(follower.force(thunk) for thunk in function.function.returns))
        return (Seq([], given),) if function.function.generator else given
    if isinstance(function, Class):
        return (Instance(function),)
    if isinstance(function, Partial):
        merged = function.given.with_more(args)
        return union((), *(result(follower, each, merged) for each in function.function))
    if isinstance(function, Method):
        return _of_method(follower, function, args)
    return _of_ref(follower, function, args) if isinstance(function, Ref) else ANY


def _of_ref(follower: Follower, function: Ref, args: Arguments) -> Values:
    path = function.path
    special = RESULTS.get(path)
    if special is not None:
        return special(follower, function, args)
    if path.endswith((".__getattribute__", ".__getattr__")) and function.base is not None:
        return _named(follower, (function.base,), follower.at(args, 0) or ANY)
    if path in FUNCTIONS and not args.more and not args.spread:
        given = [as_paths(follower.force(each)) for each in args.positional]
        named = {name: follower.force(each) for name, each in args.keywords.items()}
        return apply(FUNCTIONS[path], given, named)
    if path.startswith("builtins.str.") and args.positional:
        name = path.rpartition(".")[2]
        of = follower.force(args.positional[0])
        rest = args.behind(1)
        return union((), *(result(follower, Method(each, name), rest) for each in of))
    if path == "?" or len(path) > _LONGEST_PATH:
        return ANY
    return (Ref(canonical(f"{path}()"), function, args),)


# --- methods ----------------------------------------------------------------------------------


def _of_method(follower: Follower, function: Method, args: Arguments) -> Values:  # noqa: PLR0911 -- one for each kind of value
    of, name = function.of, function.name
    if isinstance(of, (str, bytes)):
        if args.more or args.spread:
            return ANY
        given = [as_paths(follower.force(each)) for each in args.positional]
        named = {key: as_paths(follower.force(each)) for key, each in args.keywords.items()}
        return apply(lambda *plain, **more: method(of, name, [*plain], more), given, named)
    first = follower.at(args, 0)
    if isinstance(of, Table):
        return _of_table(follower, of, name, first, args)
    if isinstance(of, Space):
        return _of_space(follower, of, name, first)
    if name in ("copy", "__iter__", "__reversed__") and isinstance(of, Seq):
        return (Seq(of.items, of.rest),)
    if name == "__getitem__" and first is not None:
        return union((), *(items(follower, (of,), key) for key in first))
    if name in ("pop", "__next__", "popleft") or holds_danger((of,)) is not None:
        return elements((of,))
    return ANY


def _of_table(
    follower: Follower, of: Table, name: str, first: Values | None, args: Arguments
) -> Values:
    if name in ("get", "pop", "setdefault", "__getitem__") and first is not None:
        default = follower.at(args, 1)
        found = union((), *(items(follower, (of,), key) for key in first))
        missing = any(not (isinstance(key, (str, int)) and key in of.items) for key in first)
        return union(found, default) if default is not None and missing else found
    if name == "items":
        pairs = [(Seq([(key,), value]),) for key, value in of.items.items()]
        return (Seq(pairs, (Seq([ANY, of.rest]),) if of.rest else ()),)
    if name in ("values", "popitem"):
        return (Seq(of.items.values(), of.rest),)
    if name == "keys":
        return (Seq([(key,) for key in of.items], ANY if of.rest else ()),)
    return (of,) if name == "copy" else ANY


def _of_space(follower: Follower, of: Space, name: str, first: Values | None) -> Values:
    if name in ("get", "pop", "__getitem__", "setdefault") and first is not None:
        return union((), *(in_space(follower, of, key) for key in first))
    if name in ("values", "items", "copy"):
        return (Seq([], (*ANYTHING, Seq([], ANYTHING))),)
    return ANY


# --- the library ------------------------------------------------------------------------------


def _import(follower: Follower, function: Ref, args: Arguments) -> Values:
    found: list[Values] = []
    for name in follower.at(args, 0, "name") or ANY:
        if not isinstance(name, str):
            found.append(ANYTHING)
            continue
        found.append(module(name))
        if function.path == "builtins.__import__":
            found.append(module(name.partition(".")[0]))
    return union((), *found)


def _getattr(follower: Follower, function: Ref, args: Arguments) -> Values:  # noqa: ARG001 -- the common signature
    of = follower.at(args, 0) or ANY
    names = follower.at(args, 1) or ANY
    default = follower.at(args, 2)
    found = _named(follower, of, names)
    return union(found, default) if default is not None else found


def _named(follower: Follower, of: Values, names: Values) -> Values:
    found: list[Values] = []
    for name in names:
        if isinstance(name, str):
            found.append(attribute(follower, of, name))
            continue
        found.append(ANY)
        for value in of:
            if matters(value) or (isinstance(value, Ref) and value.path == "?"):
                computed(follower, getattr(value, "path", "").replace("?", ""))
            elif not isinstance(value, Ref):
                _open_methods(follower)
    return union((), *found)


def _open_methods(follower: Follower) -> None:
    """Let every method be called with anything: one is, by a name that is computed."""
    for function in follower.code.functions.values():
        if function.owner is not None and not function.open:
            function.open = True
            follower.grown = True


def _globals(follower: Follower, function: Ref, args: Arguments) -> Values:
    of = follower.at(args, 0)
    if of is not None:
        refs = [value for value in of if isinstance(value, Ref)]
        return (*(Space(module=value.path) for value in refs), *ANY)
    scope = args.scope or follower.code.root
    return (Space(scope=scope.module() if function.path == "builtins.globals" else scope),)


def _evaluate(follower: Follower, function: Ref, args: Arguments) -> Values:
    mode = "eval" if function.path == "builtins.eval" else "exec"
    return splice(follower, args, mode)


def _super(follower: Follower, function: Ref, args: Arguments) -> Values:  # noqa: ARG001 -- the common signature
    scope = args.scope
    while scope is not None and (scope.function is None or scope.function.owner is None):
        scope = scope.outer
    if scope is None or scope.function is None or scope.function.owner is None:
        return ANY
    bases = union((), *(follower.force(base) for base in scope.function.owner.bases))
    return (*(Instance(base) if isinstance(base, Class) else base for base in bases), UNKNOWN)


def _sequence(follower: Follower, function: Ref, args: Arguments) -> Values:
    of = follower.at(args, 0)
    if of is None:
        return (Seq([]),)
    found: list[object] = []
    for value in of:
        if isinstance(value, Seq):
            whole = function.path in _IN_ORDER
            found.append(Seq(value.items, value.rest) if whole else Seq([], value.elements()))
            if function.path == "builtins.reversed" and not value.rest:
                found[-1] = Seq(value.items[::-1])
        elif isinstance(value, (str, bytes)) and len(value) <= _MOST_UNROLLED:
            turned = value[::-1] if function.path == "builtins.reversed" else value
            found.append(Seq((each,) for each in turned))
        else:
            found.append(Seq([], elements((value,))))
    return tuple(found)


_IN_ORDER = frozenset(
    ("builtins.list", "builtins.tuple", "builtins.iter", "collections.deque", "builtins.set")
)


def _next(follower: Follower, function: Ref, args: Arguments) -> Values:  # noqa: ARG001 -- the common signature
    default = follower.at(args, 1)
    return union(elements(follower.at(args, 0) or ANY), default or ())


def _map(follower: Follower, function: Ref, args: Arguments) -> Values:  # noqa: ARG001 -- the common signature
    functions = follower.at(args, 0) or ANY
    thunks = args.positional[1:]
    if not thunks or args.more:
        return (Seq([], ANY),)
    over = follower.force(thunks[0])
    one = over[0] if len(over) == 1 else None
    if isinstance(one, (str, bytes)):
        one = Seq((each,) for each in one[:_MOST_UNROLLED])
    if len(thunks) == 1 and isinstance(one, Seq) and not one.rest:
        each = [Arguments([Thunk("given", of=item)]) for item in one.items[:_MOST_UNROLLED]]
        found = [union((), *(result(follower, f, given) for f in functions)) for given in each]
        return (Seq(found, ANY if len(one.items) > _MOST_UNROLLED else ()),)
    given = Arguments([Thunk("element", of=thunk) for thunk in thunks])
    return (Seq([], union((), *(result(follower, f, given) for f in functions))),)


def _filter(follower: Follower, function: Ref, args: Arguments) -> Values:  # noqa: ARG001 -- the common signature
    return (Seq([], elements(follower.at(args, 1) or ANY)),)


def _zip(follower: Follower, function: Ref, args: Arguments) -> Values:
    lists = [follower.force(thunk) for thunk in args.positional]
    if function.path == "builtins.enumerate":
        lists = [ANY, *lists[:1]]
    parts = [elements(each) for each in lists]
    ones = [each[0] for each in lists if len(each) == 1 and isinstance(each[0], Seq)]
    exact = len(ones) == len(lists) and not any(one.rest for one in ones)
    if exact:
        return (Seq((Seq(row),) for row in zip(*(one.items for one in ones), strict=False)),)
    return (Seq([], (Seq(parts),)),)


def _dict(follower: Follower, function: Ref, args: Arguments) -> Values:  # noqa: ARG001 -- the common signature
    found: dict[object, Values] = {}
    rest = [spread(follower, follower.force(thunk), found) for thunk in args.positional]
    for thunk in args.positional:
        pairs = elements(follower.force(thunk))
        rest += [pair.elements() for pair in pairs if isinstance(pair, Seq)]
    rest += [ANY] if args.more or args.spread else []
    found.update((name, follower.force(thunk)) for name, thunk in args.keywords.items())
    return (Table(found, union(*rest) if rest else ()),)


def _partial(follower: Follower, function: Ref, args: Arguments) -> Values:  # noqa: ARG001 -- the common signature
    return (Partial(follower.at(args, 0) or ANY, args.behind(1)),)


def _nth(number: int, name: str = "") -> Result:
    """Make what gives one of its arguments."""
    return lambda follower, function, args: follower.at(args, number, name) or ANY  # noqa: ARG005 -- the common signature


def _path(follower: Follower, function: Ref, args: Arguments) -> Values:  # noqa: ARG001 -- the common signature
    parts = [follower.force(thunk) for thunk in args.positional] or [(".",)]
    return made_path([*parts, ANY] if args.more else parts)


def _joined(follower: Follower, function: Ref, args: Arguments) -> Values:
    parts = [follower.force(thunk) for thunk in args.positional]
    return made_path([_itself(function), *parts, *([ANY] if args.more else [])])


def _itself(function: Ref) -> Values:
    """Give the path that a method belongs to."""
    of = function.given.positional[0].of if function.given else None
    return of if isinstance(of, tuple) else ANY


def _type(follower: Follower, function: Ref, args: Arguments) -> Values:  # noqa: ARG001 -- the common signature
    of = follower.at(args, 0) or ANY
    if len(args.positional) > 1:
        return ANY
    return union((), *((value.of,) if isinstance(value, Instance) else ANY for value in of))


def _given(*values: object) -> Result:
    return lambda follower, function, args: values  # noqa: ARG005 -- the common signature


_FIRST = _nth(0)
RESULTS: dict[str, Result] = {
    "builtins.__import__": _import,
    "importlib.import_module": _import,
    "pydoc.locate": _import,
    "builtins.getattr": _getattr,
    "inspect.getattr_static": _getattr,
    "builtins.globals": _globals,
    "builtins.locals": _globals,
    "builtins.vars": _globals,
    "builtins.eval": _evaluate,
    "builtins.exec": _evaluate,
    "builtins.super": _super,
    "builtins.list": _sequence,
    "builtins.tuple": _sequence,
    "builtins.set": _sequence,
    "builtins.frozenset": _sequence,
    "builtins.sorted": _sequence,
    "builtins.reversed": _sequence,
    "builtins.iter": _sequence,
    "collections.deque": _sequence,
    "itertools.chain": _sequence,
    "builtins.next": _next,
    "builtins.map": _map,
    "builtins.filter": _filter,
    "builtins.zip": _zip,
    "builtins.enumerate": _zip,
    "builtins.dict": _dict,
    "builtins.type": _type,
    "functools.partial": _partial,
    "builtins.staticmethod": _FIRST,
    "builtins.classmethod": _FIRST,
    "functools.cache": _FIRST,
    "functools.lru_cache()": _FIRST,
    "functools.wraps()": _FIRST,
    "contextlib.contextmanager": _FIRST,
    "contextlib.closing": _FIRST,
    "contextlib.nullcontext": _FIRST,
    "copy.copy": _FIRST,
    "copy.deepcopy": _FIRST,
    "shutil.which": _FIRST,
    "typing.cast": _nth(1),
    "os.getcwd": _given("."),
    "pathlib.Path": _path,
    "pathlib.Path.cwd": lambda follower, function, args: made_path([(".",)]),  # noqa: ARG005 -- the common signature
    "pathlib.Path().joinpath": _joined,
    "pathlib.Path().resolve": lambda follower, function, args: made_path([_itself(function)]),  # noqa: ARG005 -- the common signature
    "pathlib.Path().absolute": lambda follower, function, args: made_path([_itself(function)]),  # noqa: ARG005 -- the common signature
    "pathlib.Path().as_posix": lambda follower, function, args: _itself(function),  # noqa: ARG005 -- the common signature
    "pathlib.Path().__str__": lambda follower, function, args: _itself(function),  # noqa: ARG005 -- the common signature
}
