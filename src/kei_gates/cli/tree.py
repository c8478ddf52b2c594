"""An analysis shown to people: what led to what, as a tree."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from kei_gates.cli import excerpt
from kei_gates.cli.report import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kei_gates.cli.second_opinion import Opinion
    from kei_gates.cli.terminal import Terminal
    from kei_gates.model import Analysis, Effect, Invocation
    from kei_gates.particulars import Unseen

_MOST_LINES = 12
_MOST_UNKNOWN = 20
# For a child that others follow, and for the last: its own line, and those below it.
_BRANCHES = {
    True: (("├─ ", "│  "), ("└─ ", "   ")),
    False: (("|- ", "|  "), ("`- ", "   ")),
}


def as_text(source: str, cwd: str, analysis: Analysis, opinion: Opinion, terminal: Terminal) -> str:
    """Give the source, what it runs, what it touches, and the parts that could not be known."""
    lines = excerpt.whole(source, terminal, _MOST_LINES)
    lines += _branches(_roots(analysis.invocations), terminal) or ["nothing runs"]
    lines += [terminal.line(_effect(effect, cwd)) for effect in analysis.effects]
    lines.append(f"coverage: {analysis.coverage}")
    lines += _unknown(source, analysis.unseen, terminal)
    told = terminal.line(f"second opinion (bashlex): {opinion}")
    lines.append(terminal.paint(told, "yellow") if opinion.verdict == "differs" else told)
    return "\n".join(lines)


# --- what runs --------------------------------------------------------------------------------


class _Node:
    """An invocation, or the name of what led to one, and what it led to."""

    __slots__ = ("children", "label")

    def __init__(self, label: str) -> None:
        self.label = label
        self.children: list[_Node] = []


class _Places:
    """Finds the node that an invocation hangs below."""

    def __init__(self) -> None:
        self.roots: list[_Node] = []
        self._latest: dict[tuple[object, ...], _Node] = {}

    def add(self, call: Invocation) -> None:
        node = _Node(_words(call))
        self._below(call.via, call.span).append(node)
        self._latest[call.via, call.program] = node
        self._latest[call.via, call.program, call.span] = node

    def _below(self, via: tuple[str, ...], span: tuple[int, int]) -> list[_Node]:
        """Give the children of what led here: where the same span named it, else the latest."""
        if not via:
            return self.roots
        outer, name = via[:-1], via[-1]
        node = self._latest.get((outer, name, span)) or self._latest.get((outer, name))
        if node is None:
            node = self._latest[outer, name] = _Node(f"({name})")
            self._below(outer, span).append(node)
        return node.children


def _roots(invocations: Iterable[Invocation]) -> list[_Node]:
    places = _Places()
    for call in invocations:
        places.add(call)
    return places.roots


def _words(call: Invocation) -> str:
    return " ".join("..." if word is None else _word(word) for word in call.argv)


def _word(word: str) -> str:
    """Give a word as it would be typed; three dots alone stand for what is not known."""
    return "'...'" if word == "..." else shlex.quote(word)


def _branches(nodes: list[_Node], terminal: Terminal) -> list[str]:
    """Give the lines of a tree, without descending by calls: it may be as deep as a source."""
    lines: list[str] = []
    todo = [("", node, node is nodes[-1]) for node in reversed(nodes)]
    while todo:
        before, node, last = todo.pop()
        own, below = _BRANCHES[terminal.unicode][last]
        lines.append(before + own + terminal.cut(node.label, len(before + own)))
        children = node.children
        todo += [(before + below, child, child is children[-1]) for child in reversed(children)]
    return lines


# --- what is touched, and what is not known ---------------------------------------------------


def _effect(effect: Effect, cwd: str) -> str:
    path = path_of(effect, cwd)
    shown = "a path that cannot be known" if path is None else path + "/**" * effect.tree
    return f"{effect.kind}s: {shown} ({effect.by})"


def _unknown(source: str, unseen: Sequence[Unseen], terminal: Terminal) -> Iterator[str]:
    """Give why each part is not known, and the part, once for all reasons that stand together."""
    waiting: tuple[int, int] | None = None
    for part in unseen[:_MOST_UNKNOWN]:
        if waiting not in (None, part.span):
            yield from excerpt.underlined(source, waiting or (0, 0), terminal)
        waiting = part.span
        yield _reason(part, terminal)
    if waiting is not None:
        yield from excerpt.underlined(source, waiting, terminal)
    if len(unseen) > _MOST_UNKNOWN:
        yield f"({len(unseen) - _MOST_UNKNOWN} more parts; `--json` lists them all)"


def _reason(part: Unseen, terminal: Terminal) -> str:
    if part.noted:
        return terminal.paint(
            terminal.line(f"note, in a file of the project: {part.why}"), "yellow"
        )
    return terminal.paint(terminal.line(f"not known: {part.why}"), "red")
