"""Text that Python code evaluates: it is walked like the code that it stands in."""

from __future__ import annotations

from kei_gates.shell.python_parse import parse
from kei_gates.shell.python_scopes import Scope
from kei_gates.shell.python_values import ANY, Ref, Space, Table, Thunk, union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.python_follow import Follower
    from kei_gates.shell.python_values import Arguments, Values

_DEEPEST = 4
MOST_TEXTS = 50
MOST_LENGTH = 200_000


def code_texts(follower: Follower, values: Values, depth: int = 0) -> list[str | Ref | None]:
    """Give what is evaluated: a text, what a file holds, or none for what is not known."""
    if depth > _DEEPEST:
        return [None]
    found: list[str | Ref | None] = []
    for value in values:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, bytes):
            found.append(value.decode("utf-8", "replace"))
        elif isinstance(value, Ref) and value.path == "builtins.compile()" and value.given:
            found += code_texts(follower, follower.at(value.given, 0, "source") or ANY, depth + 1)
        else:
            found.append(value if isinstance(value, Ref) else None)
    return found


def splice(follower: Follower, args: Arguments, mode: str) -> Values:
    """Walk the texts that a call of `exec` or `eval` is given; give what `eval` makes of them."""
    thunk = args.positional[0] if args.positional else args.keywords.get("source")
    if thunk is None:
        return ANY
    found = [
        _walk(follower, text, (thunk.key(), text), mode, args)
        for text in code_texts(follower, follower.force(thunk))
        if isinstance(text, str)
    ]
    return union(*found) if found else ANY


def _walk(follower: Follower, text: str, key: object, mode: str, args: Arguments) -> Values:
    """Walk one text, once; give its value when it is an expression."""
    known = follower.texts.get(key)
    if known is None:
        follower.spliced += len(text)
        if len(follower.texts) >= MOST_TEXTS or follower.spliced > MOST_LENGTH:
            follower.unseen["too much text is evaluated"] = None
            return ANY
        tree = parse(text.strip() if mode == "eval" else text, mode)
        if tree is None:
            return ANY
        outer = args.scope or follower.code.root
        scope = Scope("text", outer)
        follower.code.walk(tree, scope)
        follower.texts[key] = known = (tree, scope)
        follower.grown = True
        _share(follower, scope, outer, args)
    tree, scope = known
    return follower.value(getattr(tree, "body", None), scope) if mode == "eval" else (None,)


def _share(follower: Follower, scope: Scope, outer: Scope, args: Arguments) -> None:
    """Let the names that a text binds be found from outside."""
    for place in {id(outer): outer, id(outer.module()): outer.module()}.values():
        place.more.append(scope)
    for number, name in ((1, "globals"), (2, "locals")):
        for value in follower.at(args, number, name) or ():
            if isinstance(value, Table):
                change = ("names", None, Thunk("given", of=(Space(scope=scope),)), 0, False)
                follower.mutations.setdefault(value.site, {})[id(scope)] = change
    if len(args.positional) > 1 or args.keywords:
        for name, thunks in scope.names.items():
            for thunk in thunks:
                follower.code.keep(name, thunk)
