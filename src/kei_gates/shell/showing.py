"""What a command that has run leaves on the standard output."""

from __future__ import annotations

from kei_gates.shell.expand import PIPE, Pattern
from kei_gates.shell.lookup import files_of
from kei_gates.shell.outputs import is_silent, printed
from kei_gates.shell.state import collapse
from kei_gates.shell.temporary import made_by
from kei_gates.shell.tracing import of_output
from kei_gates.shell.values import FileText

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
# Those that print of their own where they run nothing: the environment, a version.
_TALKING = frozenset(("env", "nice", "nohup", "sh", "bash"))
_BUILTIN = frozenset(("builtin", "command", "eval", "exec", "source", ".", "echo", "printf"))
# Filters that read files where their words name some; the number of words that are no files.
_READING = {"cat": 0, "base64": 0, "rev": 0, "tac": 0, "head": 0, "tail": 0}


def show(  # noqa: PLR0911 -- one kind of program after another
    ev: Evaluator, words: Sequence[Field], state: State, *, quiet: bool
) -> None:
    """Write what a command prints; `quiet` says that nothing that it ran has written yet.

    A program that may not be there prints nothing then, so its output is not certain.
    """
    program = words[0] or ""
    if program in _TRANSPARENT and (program in _BUILTIN or ev.facts.which(program)):
        if quiet:
            _show_own(ev, words)
        return
    if not quiet:
        ev.out.write(None, of_output(ev, words, state, quiet=False) if ev.tracing else None)
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
    if program in ("realpath", "readlink"):
        ev.out.write(_real_path(ev, words, state))
        return
    if program == "ls":
        ev.out.write(_listed(ev, words, state))
        return
    if program == "mktemp":
        made = made_by(ev, [*words], state)
        ev.out.write(None if made is None else f"{made}\n")
        return
    known = program in _BUILTIN or ev.facts.which(program)
    text = _printed(ev, words, state) if known else None
    plain = not ev.tracing or (text is not None and not isinstance(text, FileText))
    ev.out.write(text, None if plain else of_output(ev, words, state, quiet=True))


def _show_own(ev: Evaluator, words: Sequence[Field]) -> None:
    """Write what a program that else runs another prints by itself."""
    if words[0] == "command":
        ev.out.write(_located(ev, words))
    elif words[0] in _TALKING:
        ev.out.write(None)


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
    options = [known[0], *(word for word in known[1:] if word not in files)]
    if known[0] in ("head", "tail") and files and files[0].isdecimal():
        options.append(files.pop(0))
    if not files:
        return printed(options, ev.stdin.text, ev.dialect)
    texts = [ev.text_at(file, state) for file in files]
    if len(texts) == 1:
        return printed(options, texts[0], ev.dialect)
    read = [text for text in texts if text is not None]
    return "".join(read) if known[0] == "cat" and len(read) == len(texts) else None


def _real_path(ev: Evaluator, words: Sequence[Field], state: State) -> str | None:
    """Give what `realpath FILE` and `readlink -f FILE` print."""
    options = [word for word in words[1:] if word is not None and word[:1] == "-"]
    operands = [word for word in words[1:] if word not in options]
    follows = not options if words[0] == "realpath" else options in (["-f"], ["-m"], ["-e"])
    found = state.paths(operands[0]) if len(operands) == 1 else ()
    if not follows or len(found) != 1 or found[0] is None or "\0" in found[0]:
        return None
    return f"{ev.facts.resolve(collapse(found[0]))}\n"


def _listed(ev: Evaluator, words: Sequence[Field], state: State) -> str | None:
    """Give what `ls -d` prints of files that are named, by globs too."""
    spelled = ev.spelled_as(list(words))
    options = [word for word in spelled[1:] if word is not None and word[:1] == "-"]
    if not set(options) <= {"-1", "-d", "-1d", "-d1"} or not ev.facts.which("ls"):
        return None
    found: list[str] = []
    for word in spelled[1:]:
        if word is None or ("\0" in word or len(state.folders) != 1):
            return None
        if word in options:
            continue
        names = files_of(ev, word, state) if isinstance(word, Pattern) else [word]
        if names is None or any(
            ev.is_folder(one) and "-d" not in "".join(options)
            for path in names
            for one in state.paths(path)
            if one is not None
        ):
            return None
        found += names
    return "".join(f"{name}\n" for name in sorted(found)) if found else None


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
    # One that is nowhere now may be there by then.
    return None if where == "" else f"{where or name}\n"
