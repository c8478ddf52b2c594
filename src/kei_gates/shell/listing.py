"""Commands that print the names of files that lie there already: no word of the source's own."""

from __future__ import annotations

from kei_gates.shell.ast import CommandList, Pipeline, Simple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Command

_LISTING = frozenset(
    ("find", "gfind", "ls", "fd", "fdfind", "locate", "which", "basename", "dirname")
)
_CHOOSING = frozenset(
    ("head", "tail", "sort", "uniq", "grep", "egrep", "fgrep", "wc", "tac", "shuf")
)


def lists_files(command: Command) -> bool:
    """Say whether a command prints names of files, some of them or in another order."""
    if isinstance(command, CommandList):
        return len(command.items) == 1 and lists_files(command.items[0][0])
    stages = command.commands if isinstance(command, Pipeline) else (command,)
    names = [
        one.words[0].plain if isinstance(one, Simple) and one.words else None for one in stages
    ]
    return names[0] in _LISTING and all(name in _CHOOSING for name in names[1:])
