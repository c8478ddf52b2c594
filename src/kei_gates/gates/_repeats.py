"""How often a command of a shell source runs, as far as its loops say."""

from __future__ import annotations

from kei_gates.shell.ast import Function, Literal, Loop
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.parser import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.model import Event, Invocation
    from kei_gates.shell.ast import Span, Word

# Programs that run their command for each of what they are given, or again and again.
_REPEATING = frozenset(("crontab", "entr", "fd", "find", "parallel", "watch", "watchexec", "xargs"))
_WILD = frozenset("*?[{~")


# Words with which a script repeats what it does.
_LOOPS = frozenset(("for", "parallel", "select", "seq", "until", "while", "xargs"))
_SCRIPTED = frozenset(("ash", "bash", "dash", "ksh", "sh", "source", "zsh", "."))


def times(invocation: Invocation, event: Event) -> int | None:
    """Give how often an invocation of a call runs; none where that is not known."""
    if not _SCRIPTED.isdisjoint(invocation.via) and _loops_in_scripts(event):
        return None
    return times_in(invocation, event.call.command or "")


def times_in(invocation: Invocation, source: str) -> int | None:
    """Give how often an invocation of a source runs, whatever its scripts do."""
    if not _REPEATING.isdisjoint(invocation.via):
        return None
    try:
        tree = Parser(source).whole()
    except (Unanalysable, RecursionError):
        return None
    count: int | None = 1
    for around in _around(tree, invocation.span):
        passes = _passes(around)
        count = None if count is None or passes is None else count * passes
    return count


def _loops_in_scripts(event: Event) -> bool:
    """Whether a script that the call runs may repeat something."""
    for effect in event.analysis.effects:
        if effect.kind == "exec" and effect.path and not effect.path.endswith(".py"):
            left = event.analysis.left(effect.path)
            texts = left or (event.look(effect.path).text,)
            if any(text is None or not _LOOPS.isdisjoint(text.split()) for text in texts):
                return True
    return False


def _around(tree: object, span: Span) -> Iterator[Loop | Function]:
    """Give the loops and functions in which a span lies."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending += node
            continue
        where = getattr(node, "span", None)
        if where is not None and not (where[0] <= span[0] and span[1] <= where[1]):
            continue
        if isinstance(node, (Loop, Function)):
            yield node
        for kind in type(node).__mro__:
            pending += [getattr(node, name) for name in getattr(kind, "__slots__", ())]


def _passes(around: Loop | Function) -> int | None:
    """Give how often a loop's body runs; nobody counts the calls of a function."""
    if isinstance(around, Function) or around.words is None or around.more or around.asks:
        return None
    words = [_text(word) for word in around.words]
    return None if None in words else len(words)


def _text(word: Word) -> str | None:
    """Give a word that stands for itself, and for one value."""
    texts = [
        part.text
        for part in word.parts
        if isinstance(part, Literal) and (part.quoted or _WILD.isdisjoint(part.text))
    ]
    return "".join(texts) if len(texts) == len(word.parts) and word.array is None else None
