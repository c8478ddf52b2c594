"""Files that are run: what each one is, and what runs then.

A script that is there is read; one that the source itself writes is what the source says. What is
not there cannot run. A file that is no text is a program, by the name that it really has.
"""

from __future__ import annotations

from kei_gates.shell.errors import MOST_NESTING
from kei_gates.shell.expand import PIPE
from kei_gates.shell.files import Program, Unread
from kei_gates.shell.redirecting import DESCRIPTORS, STANDARD_INPUT
from kei_gates.shell.state import collapse
from kei_gates.shell.streams import Input
from kei_gates.shell.values import COMPUTED, OUTSIDE, FileText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.files import Content
    from kei_gates.shell.state import State

SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "rbash"))
"""Shells of which the language is read."""


def contents_at(ev: Evaluator, path: Field, state: State) -> list[Content]:
    """Give all that a file may hold that is run; nothing when there is none."""
    if path is None:
        return [None]
    if path in STANDARD_INPUT or path.startswith((PIPE, *DESCRIPTORS)):
        return [ev.text_at(path, state)]
    found: list[Content] = []
    for absolute in state.paths(path):
        if absolute is None:
            return [None]
        found += ev.files.contents(collapse(absolute))
    return found


def each_content(
    ev: Evaluator,
    path: Field,
    state: State,
    span: Span,
    run_text: Callable[[str], None],
) -> None:
    """Look at a file that is run as a script, and run each text that it may hold.

    `run_text` is called with what the file holds. What is not known, or is no text, is unseen.
    """
    shown = "a script" if path is None or "\0" in path else f"`{path}`"
    ev.depth += 1
    if ev.depth > MOST_NESTING:
        ev.miss(f"{shown} is run from too many others", span)
        ev.depth -= 1
        return
    ev.touch("exec", path, "the shell", state)
    if path is not None and OUTSIDE in path and COMPUTED not in path and not ev.files.has_own:
        ev.note("a script that only the environment names was not read", span)
        ev.depth -= 1
        return
    for content in contents_at(ev, path, state):
        if isinstance(content, str):
            run_text(content)
        elif isinstance(content, Unread) or (isinstance(content, Program) and not content.seen):
            ev.note(f"{shown} was not read", span)
        elif content is None:
            ev.miss(f"{shown} holds text that is not known", span)
        elif isinstance(content, Program):
            ev.miss(f"{shown} is a program, and read as a script", span)
    ev.depth -= 1


def source_file(ev: Evaluator, words: Sequence[Field], state: State, span: Span) -> None:
    """Run `source FILE [WORD...]`: in this very shell."""
    if len(words) < 2:  # noqa: PLR2004 -- a file
        return
    before = state.positional
    if len(words) > 2:  # noqa: PLR2004 -- with parameters of its own
        state.positional = tuple(words[2:])

    def run_text(text: str) -> None:
        ev.leaving.append([])
        _name(state, words[1], sourced=True)
        ev.source(text, state, span, (words[0] or "source",))
        _name(state, None, sourced=True)
        for left in ev.leaving.pop():
            state.merge(left)

    each_content(ev, words[1], state, span, run_text)
    if len(words) > 2:  # noqa: PLR2004 -- with parameters of its own
        state.positional = before


def run_shell_script(
    ev: Evaluator, shell: str, words: Sequence[Field], state: State, span: Span
) -> None:
    """Run `sh FILE [WORD...]`; `words` are those behind the shell's options."""

    def run_text(text: str) -> None:
        inner = state.new_shell()
        inner.positional = tuple(words[1:])
        _name(inner, words[0])
        run_apart(ev, text, inner, span, (shell,), dialect=dialect_of(shell))

    each_content(ev, words[0], state, span, run_text)


def _name(state: State, path: Field, *, sourced: bool = False) -> None:
    """Let a script know its own name: `$0`, and the `BASH_SOURCE` of bash."""
    known = path if path is not None and "\0" not in path else None
    state.history.indexed.add("BASH_SOURCE")
    for name in ("BASH_SOURCE", *(() if sourced else ("0",))):
        state.assign(name, known)
    state.assign("BASH_SOURCE[0]", known)


def dialect_of(shell: str) -> str:
    """Name the dialect in which a shell reads its text."""
    return shell if shell in ("bash", "zsh") else "sh"


def run_apart(  # noqa: PLR0913 -- a text with all that it is read under
    ev: Evaluator,
    text: str,
    state: State,
    span: Span,
    via: tuple[str, ...],
    *,
    dialect: str = "sh",
) -> None:
    """Run a text in a shell of its own: what it may end early in is not the outer one."""
    leaving, ev.leaving = ev.leaving, []
    ev.source(text, state, span, via, dialect=dialect)
    ev.leaving = leaving


def run_path(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Run a program that is named by its path."""
    path = words[0] or ""
    ev.depth += 1
    if ev.depth > MOST_NESTING:
        ev.miss(f"`{path}` is run from too many others", span)
        ev.depth -= 1
        return
    ev.touch("exec", path, "the shell", state)
    for content in contents_at(ev, path, state):
        if content is None:
            ev.miss(f"`{path}` holds text that is not known", span)
        elif isinstance(content, Unread):
            ev.note(f"`{path}` was not read", span)
        elif isinstance(content, Program):
            _run_program(ev, content.path, words, state, span)
        elif isinstance(content, str):
            _run_text(ev, content, words, state, span)
    ev.depth -= 1


def _run_program(ev: Evaluator, real: str, words: list[Field], state: State, span: Span) -> None:
    """Run what is no text, by the name that it really has."""
    name = real.rpartition("/")[2]
    if name != (words[0] or "").rpartition("/")[2]:
        ev.invoke([real, *words[1:]], span)
    ev.follow(name, [real, *words[1:]], state, span)


def _run_text(ev: Evaluator, text: str, words: list[Field], state: State, span: Span) -> None:
    """Run a text as the kernel does: by the interpreter that its first line names, else by sh."""
    path = words[0] or ""
    inside = isinstance(text, FileText)
    first, _, _ = text.partition("\n")
    command = _shebang(first) if first.startswith("#!") else ["/bin/sh"]
    program = command[0].rpartition("/")[2]
    via, ev.via = ev.via, (*ev.via, path)
    ev.inside_files += inside
    stdin = ev.stdin
    if program == "env" and len(command) > 1:
        command = command[2:] if command[1] == "-S" else command[1:]
        program = (command or [""])[0].rpartition("/")[2]
    if program in SHELLS:
        inner = state.new_shell()
        inner.positional = tuple(words[1:])
        _name(inner, path)
        run_apart(ev, text, inner, span, (), dialect=dialect_of(program))
    elif command:
        inner = state.copy()
        inner.functions, inner.aliases = {}, {}
        ev.run([*command, path, *words[1:]], inner, span, stdin.text)
    ev.stdin = stdin if stdin.text is None else Input(None)
    ev.inside_files -= inside
    ev.via = via


def _shebang(line: str) -> list[str]:
    """Give the command that a first line names: an interpreter and, with `env -S`, its words."""
    rest = line[2:].strip().split()
    return rest or ["/bin/sh"]
