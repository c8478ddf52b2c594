"""Aliases: a command whose first word is one stands for its text, or for itself.

Whether an alias is live depends on the shell, on options, and on which line it was made: so both
are taken to run.
"""

from __future__ import annotations

from kei_gates.shell.ast import AndOr, CommandList, Pipeline, Simple
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.parser import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Command
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.state import State


def run_aliases(ev: Evaluator, node: Simple, name: str, state: State) -> None:
    """Run a command as it stands, and with each text that its first word may be replaced by."""
    before, ev.replacing = ev.replacing, (*ev.replacing, name)
    ways: list[Command | None] = [node]
    for text in state.aliases[name]:
        ways.append(_replaced(ev, node, text))
        if text[-1:] in (" ", "\t") and len(node.words) > 1:
            # The next word is looked up too.
            nexts = state.aliases.get(node.words[1].plain or "", ())
            spliced = (_spliced(ev, node, other) for other in nexts)
            ways += [None if one is None else _replaced(ev, one, text) for one in spliced]
    if None in ways:
        ev.miss(f"the alias `{name}` is not followed", node.span)
    ev.each([way for way in ways if way is not None], state, ev.command)
    ev.replacing = before


def check_odd_aliases(ev: Evaluator, node: Simple) -> None:
    """Note a command that holds a global or a suffix alias of zsh: it may run anything."""
    for at, word in enumerate(node.words):
        plain = word.plain or ""
        suffix = plain.rpartition(".")[2] if at == 0 and "." in plain else ""
        if plain in ev.global_aliases or suffix in ev.suffix_aliases:
            ev.miss(f"the alias `{plain}` is not followed", node.span)


def _spliced(ev: Evaluator, node: Simple, text: str) -> Simple | None:
    """Give the command with an alias's words in the place of its second word; none when unsure."""
    try:
        tree = Parser(text, ev.depth + 1, node.span).whole()
    except Unanalysable:
        return None
    found = tree.items[0][0] if len(tree.items) == 1 else None
    if not isinstance(found, Simple) or found.assignments or found.redirections:
        return None
    words = (node.words[0], *found.words, *node.words[2:])
    return Simple(node.assignments, words, node.redirections, node.span)


_UNFINISHED = frozenset(";&|({\n!")
_OPENING = frozenset(("if", "then", "else", "elif", "while", "until", "do", "time", "!", "{"))


def _replaced(ev: Evaluator, node: Simple, text: str) -> Command | None:
    """Give the command with an alias's text in the place of its first word; none when unsure."""
    ending = text.rstrip(" \t")
    if ending[-1:] in _UNFINISHED or _OPENING & set(ending.split()[-1:]):
        return None  # the words behind begin a new command
    try:
        tree = Parser(text, ev.depth + 1, node.span).whole()
    except Unanalysable:
        return None
    if not tree.items or tree.items[-1][1]:
        return None
    last = _with_words(tree.items[-1][0], node)
    if last is None:
        return None
    return CommandList((*tree.items[:-1], (last, False)), node.span)


def _with_words(command: Command, node: Simple) -> Command | None:
    """Give a command with the rest of another at its end."""
    if isinstance(command, Simple):
        return Simple(
            (*node.assignments, *command.assignments),
            (*command.words, *node.words[1:]),
            (*command.redirections, *node.redirections),
            node.span,
        )
    if isinstance(command, Pipeline):
        last = _with_words(command.commands[-1], node)
        if last is None:
            return None
        return Pipeline((*command.commands[:-1], last), node.span, negated=command.negated)
    if isinstance(command, AndOr):
        operator, end = command.rest[-1]
        last = _with_words(end, node)
        if last is None:
            return None
        return AndOr(command.first, (*command.rest[:-1], (operator, last)), node.span)
    return None
