"""Commands of IPython and of Python's debugger, beside the Python that they take.

Sources: IPython 8's documents on magics and shell access; the Python library on `pdb`.
"""

from __future__ import annotations

from kei_gates.shell.started import Started

_SHELLS = ("%%bash", "%%sh", "%%script", "%%system", "%%sx", "%%!", "!!", "!", "%sx", "%system")
_CELLS_OF_CODE = ("%%time", "%%timeit", "%%capture", "%%prun", "%%python", "%%python3", "%%pypy")
_LINES_OF_CODE = ("%time", "%timeit", "%prun", "%pdb", "%mprun", "%lprun", "%memit")
_HIDING = ("%alias", "%rehashx", "%macro", "%edit", "%load ", "%rerun", "%recall", "%store",
           "%alias_magic", "%%perl", "%%ruby", "%%js", "%%javascript", "%ed ", "%page")  # fmt: skip
# Commands of the debugger that evaluate what stands behind them, and those that do not.
_EVALUATING = frozenset(("p", "pp", "display", "whatis", "debug", "source", "exceptions"))
_DEBUGGING = frozenset(
    (
        "a", "args", "b", "break", "bt", "c", "cl", "clear", "condition", "cont", "continue", "d",
        "disable", "down", "enable", "exit", "h", "help", "ignore", "j", "jump", "l", "list", "ll",
        "longlist", "n", "next", "q", "quit", "r", "restart", "return", "run", "s", "step",
        "tbreak", "u", "undisplay", "unt", "until", "up", "w", "where", "interact", "retval", "rv",
    )
)  # fmt: skip


def scan(language: str, text: str) -> Started:
    """Split a text of `ipython` or `pdb`."""
    return scan_pdb(text) if language == "pdb" else scan_ipython(text)


def scan_ipython(text: str) -> Started:
    """Split what IPython runs into text for a shell, scripts, and code of Python (`code`)."""
    started = Started()
    head, _, rest = text.lstrip().partition("\n")
    if head.startswith("%%") and not head.startswith(_CELLS_OF_CODE):
        _cell(head, rest, started)
        return started
    lines = (rest if head.startswith("%%") else text).split("\n")
    started.code.append("\n".join(line for line in lines if not _is_command(line, started)))
    return started


def _cell(head: str, rest: str, started: Started) -> None:
    """Read a cell that is all one command's."""
    if head.startswith(_SHELLS):
        command = head.partition(" ")[2]
        shell = command.split() if head.startswith("%%script") else []
        if shell and shell[0] not in ("bash", "sh", "zsh"):
            started.programs.append([*shell, None])
        else:
            started.sources.append(
                rest if head[:4] not in ("%%sx", "%%sy", "%%!") else f"{command}\n{rest}"
            )
    elif not head.startswith(("%%writefile", "%%file", "%%html", "%%markdown", "%%latex", "%%svg")):
        started.unseen.append(f"`{head.partition(' ')[0]}` runs what is not followed")


def _is_command(line: str, started: Started) -> bool:
    """Read a line that is no Python; say whether it is one."""
    text = line.strip()
    name, equals, value = text.partition("=")
    if equals and name.strip().replace(",", "").replace(" ", "").isidentifier():
        text = value.strip() if value.strip()[:1] in ("!", "%") else text
    if text[:1] not in ("!", "%"):
        return False
    for mark in _SHELLS:
        if text.startswith(mark) and (mark[-1] == "!" or text[len(mark) :][:1] in (" ", "")):
            started.sources.append(text[len(mark) :].strip() or None)
            return True
    if text.startswith("%run"):
        words = text.split()[1:]
        started.scripts.append(next((word for word in words if word[0] != "-"), None))
    elif text.startswith(_LINES_OF_CODE):
        started.code.append(text.partition(" ")[2])
    elif text.startswith(_HIDING):
        started.unseen.append(f"`{text.split()[0]}` runs what is not followed")
    return True


def scan_pdb(text: str) -> Started:
    """Give the code of Python (`code`) that commands of the debugger run."""
    started = Started()
    for line in text.replace(";;", "\n").split("\n"):
        command = line.strip()
        name, _, rest = command.partition(" ")
        if command.startswith("!"):
            started.code.append(command[1:].strip())
        elif name in _EVALUATING:
            started.code.append(rest)
        elif name == "alias":
            started.unseen.append("`alias` names what is run later")
        elif name not in _DEBUGGING or rest.lstrip()[:1] in ("=", ";", "("):
            started.code.append(command)
    return started
