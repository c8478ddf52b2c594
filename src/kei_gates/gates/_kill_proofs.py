"""Whether what makes a thing by its name has surely succeeded before the thing is ended.

`docker run --name x IMAGE` fails where somebody else's `x` is there already, and `docker rm x`
behind a semicolon then ends that one. So it must stand behind `&&`, behind `|| exit`, or under
`set -e`; or the call that made it was an earlier one, of which the client tells that it did not
fail. Sources: bash(1), Lists, `set -e`; sh of POSIX.1-2017, the errexit option.
"""

from __future__ import annotations

from kei_gates.shell.ast import AndOr, CommandList, Coprocess, Group, Loop, Pipeline, Simple
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.parser import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Invocation
    from kei_gates.shell.ast import Span

# What runs its command once, and fails where that fails.
_PLAIN = frozenset(("command", "doas", "env", "nice", "nohup", "stdbuf", "sudo", "time", "timeout"))
# What may make `exit` or `set` mean something else.
_RENAMING = ("alias", "enable", "exit()", "set()", "functionexit", "functionset")


def surely_before(made: Invocation, ended: Invocation, source: str) -> bool:
    """Say whether one command of a source runs only where another one has succeeded before."""
    tree = _parsed(source) if _PLAIN.issuperset(made.via) else None
    if tree is None:
        return False
    stops = _is_plain(source) and _stops_at(tree, made.span)
    return _is_before(tree, made.span, ended.span, leaves=_is_plain(source), stops=stops)


def surely_succeeded(made: Invocation, source: str) -> bool:
    """Say whether a source that did not fail tells that one of its commands did not."""
    tree = _parsed(source) if _PLAIN.issuperset(made.via) else None
    if tree is None:
        return False
    return _tells(tree, made.span) or (_is_plain(source) and _stops_at(tree, made.span))


def _is_plain(source: str) -> bool:
    text = "".join(source.split())
    return not any(name in text for name in _RENAMING)


def _parsed(source: str) -> CommandList | None:
    try:
        return Parser(source).whole()
    except (Unanalysable, RecursionError):
        return None


def _holds(node: object, span: Span) -> bool:
    around: Span = getattr(node, "span", (0, -1))
    return around[0] <= span[0] and span[1] <= around[1]


def _is_before(node: object, made: Span, ended: Span, *, leaves: bool, stops: bool) -> bool:
    if isinstance(node, CommandList):
        reached = False
        for item, in_background in node.items:
            if _holds(item, ended):
                inside = _holds(item, made)
                return reached or (
                    inside and _is_before(item, made, ended, leaves=leaves, stops=False)
                )
            if _holds(item, made) and not in_background:
                reached = stops or (leaves and _leaves_unless(item, made))
        return False
    if isinstance(node, AndOr):
        parts = [node.first, *(part for _, part in node.rest)]
        of_made = next((at for at, part in enumerate(parts) if _holds(part, made)), len(parts))
        of_ended = next((at for at, part in enumerate(parts) if _holds(part, ended)), -1)
        if of_made == of_ended:
            return _is_before(parts[of_made], made, ended, leaves=leaves, stops=False)
        between = {operator for operator, _ in node.rest[of_made:of_ended]}
        return of_made < of_ended and between == {"&&"} and _tells(parts[of_made], made)
    if isinstance(node, (Group, Loop)) and not isinstance(node, Coprocess):
        return _is_before(node.body, made, ended, leaves=leaves, stops=False)
    return False


def _leaves_unless(node: object, made: Span) -> bool:
    """Whether nothing behind a command runs where it fails: `made || exit 1`."""
    if not isinstance(node, AndOr) or node.rest[-1][0] != "||" or not _leaves(node.rest[-1][1]):
        return False
    operators = {operator for operator, _ in node.rest[:-1]}
    parts = [node.first, *(part for _, part in node.rest[:-1])]
    return operators <= {"&&"} and any(_tells(part, made) for part in parts)


def _leaves(node: object) -> bool:
    if isinstance(node, Group) and not node.subshell and node.body.items:
        last, in_background = node.body.items[-1]
        return not in_background and _leaves(last)
    return isinstance(node, Simple) and bool(node.words) and node.words[0].plain == "exit"


def _stops_at(node: CommandList, made: Span) -> bool:
    """Whether `set -e` ends a list where one of its own commands fails."""
    stops = False
    for item, in_background in node.items:
        words = [word.plain or "" for word in item.words] if isinstance(item, Simple) else []
        if isinstance(item, Simple) and item.span == made:
            return stops and not in_background
        if words[:1] == ["set"]:
            options = words[1 : words.index("--") if "--" in words else None]
            if any(word[:1] == "+" for word in options):
                return False
            stops = (
                stops
                or "errexit" in options
                or any(word[:1] == "-" and "e" in word for word in options)
            )
    return False


def _tells(node: object, made: Span) -> bool:
    """Whether a command that succeeds tells that one in it has."""
    if isinstance(node, Simple):
        return node.span == made
    if isinstance(node, AndOr):
        parts = [node.first, *(part for _, part in node.rest)]
        every = all(operator == "&&" for operator, _ in node.rest)
        return every and any(_tells(part, made) for part in parts)
    if isinstance(node, Pipeline):
        return not node.negated and _tells(node.commands[-1], made)
    if isinstance(node, Group) and not isinstance(node, Coprocess):
        return _tells(node.body, made)
    if isinstance(node, CommandList) and node.items:
        last, in_background = node.items[-1]
        return not in_background and _tells(last, made)
    return False
