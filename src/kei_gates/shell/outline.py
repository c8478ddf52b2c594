"""What a tree names outright, for a file that does too much to be followed."""

from __future__ import annotations

from kei_gates.shell.ast import Function, Literal, Simple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.shell.ast import Word
    from kei_gates.shell.expand import Field


def plain_commands(tree: object) -> Iterator[list[Field]]:
    """Give the words of each command whose first word is written out, each list once.

    Words that are computed are none. The bodies of functions are left out, as nobody knows which
    are called.
    """
    told: set[tuple[Field, ...]] = set()
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending += node
        elif not isinstance(node, Function):
            if isinstance(node, Simple):
                words = tuple(_text(word) for word in node.words)
                if words and words[0] and words not in told:
                    told.add(words)
                    yield [*words]
            for kind in type(node).__mro__:
                pending += [getattr(node, name) for name in getattr(kind, "__slots__", ())]


def _text(word: Word) -> Field:
    texts = [part.text for part in word.parts if isinstance(part, Literal)]
    return "".join(texts) if len(texts) == len(word.parts) and word.array is None else None
