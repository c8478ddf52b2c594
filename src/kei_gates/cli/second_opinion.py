"""What bashlex, a parser that nobody here wrote, says to what the analysis lists.

It never decides anything: it shows people where a second reader of the same source sees other
commands. What it can and cannot tell is in docs/adr/0007. It is GPL and therefore an extra, which
`install.sh` installs; without it there is no second opinion.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kei_gates.model import Analysis, Invocation

    Verdict = Literal["agrees", "cannot parse", "differs", "not installed"]

LONGEST = 20_000
"""How many characters bashlex is given: more may take it seconds."""
_LONGEST_MESSAGE = 200
_LISTS = ("parts", "list", "redirects")
_SINGLE = ("command", "output", "heredoc")
_PLAIN = frozenset("-._+/@,:%[")


class Opinion:
    """A verdict, and for people what it rests on (none where there is nothing to add)."""

    __slots__ = ("detail", "verdict")

    def __init__(self, verdict: Verdict, detail: str | None = None) -> None:
        """Take the fields; `detail` is a clause."""
        self.verdict = verdict
        self.detail = detail

    def __str__(self) -> str:
        """Give both in one line."""
        return self.verdict if self.detail is None else f"{self.verdict}: {self.detail}"


def ask(source: str, analysis: Analysis) -> Opinion:
    """Compare an analysis with what bashlex reads in the same source. Never raises."""
    if len(source) > LONGEST:
        return Opinion("cannot parse", f"it is too long ({len(source)} characters)")
    try:
        bashlex = import_module("bashlex")
    except ImportError:
        return Opinion("not installed", "install kei-gates with the extra `second-opinion`")
    except Exception as error:  # noqa: BLE001 -- it builds its tables when it is imported
        return Opinion("cannot parse", f"bashlex does not load: {_message(error)}")
    try:
        nodes = list(_walk(bashlex.parse(source)))
    except Exception as error:  # noqa: BLE001 -- it raises whatever its parser stumbles over
        return Opinion("cannot parse", _message(error))
    return _compared(source, analysis, nodes)


def _message(error: Exception) -> str:
    text = str(error)
    if type(error).__module__ != "bashlex.errors":
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}..."


def _walk(trees: Iterable[Any]) -> Iterator[Any]:
    """Give every node of bashlex's trees."""
    todo = list(trees)
    while todo:
        node = todo.pop()
        yield node
        for name in _LISTS:
            todo += getattr(node, name, None) or ()
        children = (getattr(node, name, None) for name in _SINGLE)
        todo += [child for child in children if hasattr(child, "kind")]


def _compared(source: str, analysis: Analysis, nodes: list[Any]) -> Opinion:
    words = sorted(_command_words(nodes), key=lambda word: word.pos)
    if analysis.coverage == "full":
        listed = {call.program for call in analysis.invocations}
        functions = {node.name.word for node in nodes if node.kind == "function"}
        for word in words:
            if _is_literal(word) and word.word not in functions and _base(word.word) not in listed:
                return Opinion("differs", f"bashlex sees `{word.word}`, which is not listed")
    seen = {_base(word.word) for word in words}
    for call in analysis.invocations:
        if call.program not in seen and _stands_there(source, call):
            return Opinion("differs", f"bashlex does not see `{call.argv[0]}`")
    return Opinion("agrees")


def _command_words(nodes: Iterable[Any]) -> Iterator[Any]:
    """Give the first word of every simple command that has one."""
    for node in nodes:
        if node.kind == "command":
            yield from [part for part in node.parts if part.kind == "word"][:1]


def _is_literal(word: Any) -> bool:
    """Whether a word is the same after expansion; bashlex has taken its quotes away."""
    return all(char.isalnum() or char in _PLAIN for char in word.word)


def _base(word: str) -> str:
    return word.rpartition("/")[2]


def _stands_there(source: str, call: Invocation) -> bool:
    """Whether a program that nothing led to is spelled where its command starts.

    Else it was found by following data, or text that bashlex does not read as commands.
    """
    if call.via:
        return False
    for word in source[slice(*call.span)].split():
        if word == call.argv[0]:
            return True
        name, equals, value = word.partition("=")
        if not (equals and name.isidentifier() and value.isalnum()):
            return False
    return False
