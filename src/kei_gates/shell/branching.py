"""What may or may not run: `&&` and `||`, `if` and `case`, and the conditions of `[[ ... ]]`."""

from __future__ import annotations

from kei_gates.shell.ast import Group, Simple
from kei_gates.shell.builtins import HANDLERS
from kei_gates.shell.expand import text_of
from kei_gates.shell.numbers import expression_danger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.shell.ast import AndOr, Branches, Command, Test, Word
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.state import State

_COMPARING = frozenset(("-eq", "-ne", "-lt", "-le", "-gt", "-ge"))
# Operators of a test that take a variable's name, of which a subscript is evaluated.
_NAMING = frozenset(("-v", "-R"))


def run_and_or(ev: Evaluator, node: AndOr, state: State) -> None:
    """Run `a && b || c`: what stands behind an operator may or may not run."""
    found = _found_by_name(ev, node.first, state)
    if found is None:
        ev.command(node.first, state)
    for operator, command in node.rest:
        branch = state.copy()
        if found is not None and found == (operator == "&&"):
            ev.command(command, state)  # it surely runs
            found = None
            continue
        if found is not None:
            ev.aside(lambda command=command, branch=branch: ev.command(command, branch))  # type: ignore[misc]
            continue
        if operator == "&&":
            branch.succeed()
            ev.branch(command, branch)
            reached = branch.success or branch.folders
            state.merge(branch)
            state.success = reached
        else:
            branch.success = None
            ev.branch(command, branch)
            if _leaves(command, state):
                state.succeed()
            else:
                state.merge(branch)
                state.success = None


def _found_by_name(ev: Evaluator, command: Command, state: State) -> bool | None:
    """Run `command -v NAME` and say whether it finds it; none where that is not certain."""
    words = command.words if isinstance(command, Simple) and not command.assignments else ()
    plain = [word.plain for word in words]
    if plain[:2] != ["command", "-v"] or len(plain) != 3 or plain[2] is None:  # noqa: PLR2004
        return None
    if "command" in state.functions or plain[2] in state.functions or plain[2] in state.aliases:
        return None
    where = ev.facts.which(plain[2])
    if not where or plain[2] in HANDLERS:
        return None
    ev.command(command, state)
    return True


def _leaves(command: Command, state: State) -> bool:
    """Whether nothing after a command runs in this shell, loop or function."""
    if isinstance(command, Group) and not command.subshell and command.body.items:
        last, background = command.body.items[-1]
        return not background and _leaves(last, state)
    if not isinstance(command, Simple) or not command.words:
        return False
    word = command.words[0].plain or ""
    if word in state.functions:
        return False
    return (
        word == "exit"
        or (word == "return" and state.calls > 0)
        or (word in ("break", "continue") and state.loops > 0)
    )


def run_branches(ev: Evaluator, node: Branches, state: State) -> None:
    """Run the conditions and bodies of an `if` or a `case`, of which some run."""
    outcomes: list[State] = []
    for at, body in enumerate(node.alternatives):
        if at < len(node.conditions):
            ev.branch(node.conditions[at], state)
        branch = state.copy()
        if node.falls and outcomes:
            branch.merge(outcomes[-1])
        ev.branch(body, branch)
        outcomes.append(branch)
    if node.total or (node.conditions and len(node.alternatives) > len(node.conditions)):
        state.take(outcomes.pop())  # one of them runs
    for outcome in outcomes:
        state.merge(outcome)


def run_test(ev: Evaluator, node: Test, state: State) -> None:
    """Run what stands in `[[ ... ]]` or `((...))`."""
    if node.arithmetic is not None:
        ev.arithmetic(node.arithmetic, state, node.span)
    for word in node.words:
        ev.substitutions(word.parts, state, word.span)
    for at, word in enumerate(node.words):
        operator = word.plain
        if operator in _COMPARING:
            _compare(ev, node.words[at - 1 : at] + node.words[at + 1 : at + 2], state)
        elif operator in _NAMING and at + 1 < len(node.words):
            operand = node.words[at + 1]
            ev.check_evaluated(text_of(operand, state, None), state, operand.span)


def _compare(ev: Evaluator, operands: Iterable[Word], state: State) -> None:
    """Look at words that the shell compares as numbers."""
    for word in operands:
        text = text_of(word, state, None)
        if text is not None:
            ev.check_evaluated(text, state, word.span)
        else:
            ev.evaluated(expression_danger("", word.parts, state), word.span)
