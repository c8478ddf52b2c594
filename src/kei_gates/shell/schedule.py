"""Programs that run texts later. Sources: at(1), batch(1), crontab(1), crontab(5)."""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.options import Grammar
from kei_gates.shell.scripts import each_content, run_apart
from kei_gates.shell.values import FileText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.use import Use

_AT = Grammar("fqtu", flags="bcdlmMrvV")
_CRONTAB = Grammar("ucn", flags="eilrsTV")
_FIELDS = 5


def follow_at(use: Use) -> bool:
    """Follow `at` and `batch`, which run the text that they read, or a file."""
    found = options.read(use.words, _AT, permute=True)
    if use.asks() or found.has("l", "d", "r", "c", "V"):
        return True
    for path in found.values("f"):
        each_content(use.ev, path, use.state, use.span, lambda text: _script(use, text))
    if not found.has("f"):
        use.input()
    return True


def _script(use: Use, text: str) -> None:
    """Run a text that a file holds."""
    run_apart(use.ev, text, use.state.new_shell(), use.span, (use.name,))


def follow_crontab(use: Use) -> bool:
    """Follow `crontab -` and `crontab FILE`; its other forms list, edit and remove."""
    found = options.read(use.words, _CRONTAB, permute=True)
    if use.asks() or found.has("l", "e", "r", "V", "T"):
        return True
    for path in found.operands[:1] if found.operands != ["-"] else ():
        each_content(use.ev, path, use.state, use.span, lambda text: _table(use, text))
    if found.operands in ([], ["-"]):
        if use.stdin is None:
            use.miss("the table that `crontab` reads is not known")
        else:
            _table(use, use.stdin)
    return True


def _table(use: Use, text: str) -> None:
    """Follow each line of a table; that of a file that was there is its writer's word."""
    use.ev.inside_files += isinstance(text, FileText)
    for line in text.split("\n"):
        _line(use, line.strip())
    use.ev.inside_files -= isinstance(text, FileText)


def _line(use: Use, line: str) -> None:
    """Follow a line of a table: five fields or `@reboot`, then a command, `%` ending its line."""
    if not line or line[0] == "#" or "=" in line.split(None, 1)[0]:
        return
    count = 1 if line[0] == "@" else _FIELDS
    fields = line.split(None, count)
    if len(fields) <= count:
        return
    command = fields[count].replace("\\%", "\0").split("%")
    text = command[0].replace("\0", "%")
    use.source(text, None, "\n".join(command[1:]) if len(command) > 1 else None)
