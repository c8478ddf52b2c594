"""Commands that print the names of files that lie there already: no word of the source's own."""

from __future__ import annotations

from kei_gates.shell.ast import CommandList, Pipeline, Simple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Command
    from kei_gates.shell.files import Files
    from kei_gates.shell.state import State

_LISTING = frozenset(
    ("find", "gfind", "ls", "fd", "fdfind", "locate", "which", "basename", "dirname")
)
_CHOOSING = frozenset(
    ("head", "tail", "sort", "uniq", "grep", "egrep", "fgrep", "wc", "tac", "shuf")
)


def may_be_own(name: str, files: Files, state: State) -> bool:
    """Say whether the source itself may have made what a program's name runs."""
    changed = name in state.functions or name in state.aliases or "PATH" in state.variables
    return changed or bool(files.named(name))


def lists_files(command: Command, files: Files, state: State) -> bool:
    """Say whether a command prints names of files, some of them or in another order."""
    if isinstance(command, CommandList):
        return len(command.items) == 1 and lists_files(command.items[0][0], files, state)
    stages = command.commands if isinstance(command, Pipeline) else (command,)
    names = [
        one.words[0].plain if isinstance(one, Simple) and one.words else None for one in stages
    ]
    listed = names[0] in _LISTING and all(name in _CHOOSING for name in names[1:])
    return listed and not any(may_be_own(name or "", files, state) for name in names)
