"""What a command that has run leaves on the standard output."""

from __future__ import annotations

from kei_gates.shell.expand import PIPE
from kei_gates.shell.outputs import is_silent, printed
from kei_gates.shell.values import TEMPORARY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State

# Programs that print nothing of their own, as far as they are there: what they run does.
_TRANSPARENT = frozenset(
    ("builtin", "command", "eval", "exec", "source", ".", "env", "nice", "nohup", "sh", "bash")
)
_BUILTIN = frozenset(("builtin", "command", "eval", "exec", "source", ".", "echo", "printf"))
# Filters that read files where their words name some; the number of words that are no files.
_READING = {"cat": 0, "base64": 0, "rev": 0, "tac": 0, "head": 0, "tail": 0}


def show(ev: Evaluator, words: Sequence[Field], state: State, *, quiet: bool) -> None:
    """Write what a command prints; `quiet` says that nothing that it ran has written yet.

    A program that may not be there prints nothing then, so its output is not certain.
    """
    program = words[0] or ""
    if program in _TRANSPARENT and (program in _BUILTIN or ev.facts.which(program)):
        if quiet and program == "command":
            ev.out.write(_located(ev, words))
        return
    if not quiet:
        ev.out.write(None)
        return
    if is_silent(words):
        return
    if program in ("which", "type"):
        ev.out.write(_located(ev, words))
        return
    if program == "pwd" and len(words) == 1:
        here = state.folders[0] if len(state.folders) == 1 else None
        ev.out.write(None if here is None else f"{here}\n")
        return
    if program == "mktemp" and None not in words:
        ev.out.write(f"/tmp/{TEMPORARY}{len(ev.invocations)}\n")  # noqa: S108 -- only a name
        return
    known = program in _BUILTIN or ev.facts.which(program)
    ev.out.write(_printed(ev, words, state) if known else None)


def _printed(ev: Evaluator, words: Sequence[Field], state: State) -> str | None:
    """Give what a program prints that turns its words and its input into text."""
    if any(word is None or ("\0" in word and not word.startswith(PIPE)) for word in words):
        return None
    known = [word for word in words if word is not None]
    if known[0] not in _READING:
        return (
            None
            if any("\0" in word for word in known)
            else printed(known, ev.stdin.text, ev.dialect)
        )
    files = [word for word in known[1:] if word == "-" or not word.startswith("-")]
    options = [word for word in known if word not in files]
    if known[0] in ("head", "tail") and files and files[0].isdecimal():
        options.append(files.pop(0))
    if not files:
        return printed(options, ev.stdin.text, ev.dialect)
    texts = [ev.text_at(file, state) for file in files]
    if len(texts) == 1:
        return printed(options, texts[0], ev.dialect)
    read = [text for text in texts if text is not None]
    return "".join(read) if known[0] == "cat" and len(read) == len(texts) else None


def _located(ev: Evaluator, words: Sequence[Field]) -> str | None:
    """Give what `command -v NAME` and `which NAME` print, taken for the program of that name.

    `type` prints a sentence. A name that is nowhere prints nothing.
    """
    program = words[0]
    names = [word for word in words[1:] if word is None or not word.startswith("-")]
    options = [word for word in words[1:] if word is not None and word.startswith("-")]
    if program == "command" and options not in (["-v"], ["-pv"], ["-p", "-v"]):
        return "" if "-V" not in options else None
    if program == "type" and options not in (["-p"], ["-P"]):
        return None
    if program == "which" and options:
        return None
    if len(names) != 1 or names[0] is None:
        return None
    name = names[0]
    where = ev.facts.which(name) if "/" not in name else name
    return "" if where == "" else f"{where or name}\n"
