"""Programs that run texts later. Sources: at(1), batch(1), crontab(1), crontab(5)."""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.options import Grammar

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
    if found.has("f"):
        use.miss(f"the script that `{use.name}` runs was not read")
    else:
        use.input()
    return True


def follow_crontab(use: Use) -> bool:
    """Follow `crontab -` and `crontab FILE`; its other forms list, edit and remove."""
    found = options.read(use.words, _CRONTAB, permute=True)
    if use.asks() or found.has("l", "e", "r", "V", "T"):
        return True
    if found.operands and found.operands != ["-"]:
        use.miss("the table that `crontab` installs was not read")
    elif use.stdin is None:
        use.miss("the table that `crontab` reads is not known")
    else:
        for line in use.stdin.split("\n"):
            _line(use, line.strip())
    return True


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
