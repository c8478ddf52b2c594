"""What the parts of Python objects are: attributes, items, elements."""

from __future__ import annotations

import _ast as ast

from kei_gates.shell import python_danger as danger
from kei_gates.shell.python_danger import canonical
from kei_gates.shell.python_fold import TEXT_METHODS
from kei_gates.shell.python_names import (
    CONTAINER_METHODS,
    DANGEROUS_MODULES,
    EFFECTS,
    KNOWN_TEXTS,
    MODULE_NAMES,
    OPENERS,
    REFLECTION,
    STARTS,
    TELLING_NAMES,
)
from kei_gates.shell.python_scopes import Class
from kei_gates.shell.python_values import (
    ANY,
    ANYTHING,
    UNKNOWN,
    Func,
    Instance,
    Method,
    Partial,
    Ref,
    Seq,
    Space,
    Table,
    union,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.python_follow import Follower
    from kei_gates.shell.python_values import Values

_LONGEST_PATH = 120
# Methods of texts, lists and dictionaries that are followed.
_METHODS = frozenset((*TEXT_METHODS, *CONTAINER_METHODS))
_DEEPEST = 4


def matters(value: object) -> bool:
    """Whether a value is something that starts a program, or holds all that does."""
    if isinstance(value, Partial):
        return any(map(matters, value.function))
    if isinstance(value, Space):
        return value.module in DANGEROUS_MODULES or value.module == "sys.modules"
    if isinstance(value, Method):
        return matters(value.of)
    return isinstance(value, Ref) and danger.matters(value.path)


def leads_on(value: object) -> bool:
    """Whether a value is, or may lead to, something that matters."""
    if isinstance(value, Ref):
        return danger.leads_on(value.path)
    return isinstance(value, Func)


def holds_danger(values: Values, depth: int = 0) -> object:
    """Give the first thing among values, or in what they hold, that matters; else none."""
    if depth > _DEEPEST:
        return None
    for value in values:
        found = value if matters(value) else None
        if isinstance(value, (Seq, Table)):
            if value.danger is None:
                value.danger = (holds_danger(value.elements(), depth + 1),)
            found = value.danger[0]
        if found is not None:
            return found
    return None


def name_of(value: object) -> str:
    """Name what matters, for people."""
    if isinstance(value, Partial):
        return next((name_of(each) for each in value.function if matters(each)), "a function")
    if isinstance(value, Method):
        return name_of(value.of)
    return getattr(value, "path", "") or getattr(value, "module", "") or "a function"


def builtin(name: str) -> Values:
    """Give what a name is that nothing binds."""
    if name in ("__builtins__", "os", "subprocess", "sys", "importlib"):
        return (Ref(MODULE_NAMES[name]),) if name in MODULE_NAMES else (Ref(name),)
    if name in ("__name__", "__debug__"):
        return ("__main__",) if name == "__name__" else (True,)
    if name == "get_ipython":
        return (Ref("IPython.get_ipython"),)
    if name in ("__file__", "__doc__", "__path__"):
        return ANY
    return (Ref(f"builtins.{name}"),)


# --- attributes -------------------------------------------------------------------------------


def attribute(follower: Follower, of: Values, name: str) -> Values:
    """Give what an attribute of any of the values may be."""
    found = [_attribute(follower, value, name) for value in of]
    if any(not isinstance(value, (Instance, Class)) for value in of):
        found.append(follower.pool(name, follower.code.stored))
    return union(*found) if found else ()


def _attribute(follower: Follower, of: object, name: str) -> Values:  # noqa: PLR0911 -- one for each kind of value
    if name in REFLECTION and not isinstance(of, Class):
        return _reflected(follower, of, name)
    if isinstance(of, Ref):
        return _of_ref(follower, of, name)
    if isinstance(of, (Instance, Class)):
        return _of_class(follower, of, name)
    if isinstance(of, Func):
        return (of,) if name == "__call__" else ANY
    if isinstance(of, (Seq, Table, Space, str, bytes)):
        return (Method(of, name),) if name in _METHODS else ANY
    if isinstance(of, Partial):
        return of.function if name == "func" else (of,) if name == "__call__" else ANY
    if of is UNKNOWN and name in follower.code.members:
        return union(ANY, _bound(follower.pool(name, follower.code.members), 1))
    return ANY


def _reflected(follower: Follower, of: object, name: str) -> Values:
    if name == "__subclasses__" and isinstance(of, Ref) and not of.path.startswith("builtins."):
        return ANY
    follower.unseen[f"the code looks into objects by `{name}`"] = None
    return ANY


def _bound(values: Values, skip: int) -> Values:
    """Give functions of a class as methods of its objects."""
    return tuple(
        Func(value.function, skip if value.function.binds_first else 0)
        if isinstance(value, Func)
        else value
        for value in values
    )


def _of_class(follower: Follower, of: Instance | Class, name: str) -> Values:
    """Give a member of a class of the code and of its relatives, or what their methods store."""
    owner = of.of if isinstance(of, Instance) else of
    family = follower.code.family(owner)
    members = [thunk for each in family for thunk in each.scope.names.get(name, ())]
    stored = [thunk for each in family for thunk in each.stored.get(name, ())]
    found = [follower.force(thunk) for thunk in members]
    skip = [
        isinstance(of, Instance) or "classmethod" in value.function.decorators
        for values in found
        for value in values
        if isinstance(value, Func)
    ]
    bound = [_bound(values, int(any(skip))) for values in found]
    bound += [follower.force(thunk) for thunk in stored]
    bound.append(follower.pool(name, follower.code.loose))
    bases = [
        value
        for base in owner.bases
        for value in follower.force(base)
        if isinstance(value, Ref) and value.path != "builtins.object"
    ]
    bound += [_of_ref(follower, Ref(f"{base.path}()", base), name) for base in bases]
    known = members or stored or name in follower.code.loose
    foreign = owner.open or bases or not known
    return union(*bound, ANY if foreign else ())


def _of_ref(follower: Follower, of: Ref, name: str) -> Values:  # noqa: PLR0911 -- one for each kind of value
    """Give an attribute of a thing of a module."""
    path = of.path
    if path == "?":
        return ANYTHING if name in TELLING_NAMES or name == "__dict__" else ANY
    if name in MODULE_NAMES and "()" not in path:
        return (Ref(MODULE_NAMES[name]),)
    if name == "__self__":
        return (Ref(path.partition(".")[0]),)
    if name == "__dict__":
        return (Space(module=path),)
    if name in ("__call__", "__func__", "__wrapped__"):
        return (of,)
    if path == "__main__":
        return follower.lookup(name, follower.code.root)
    if path == "os.path" and name in MODULE_NAMES:
        return (Ref(MODULE_NAMES[name]),)
    full = canonical(f"{path}.{name}")
    if full in KNOWN_TEXTS:
        return (KNOWN_TEXTS[full],)
    if len(full) > _LONGEST_PATH:
        return ANY
    return (Ref(full, of, of.given),)


def hidden_module(node: ast.Attribute) -> Ref | None:
    """Give what `anything.os.system` is, whatever it is taken from."""
    if not isinstance(node.value, ast.Attribute) or node.value.attr not in MODULE_NAMES:
        return None
    path = f"{MODULE_NAMES[node.value.attr]}.{node.attr}"
    return Ref(path) if path in STARTS or path in EFFECTS or path in OPENERS else None
