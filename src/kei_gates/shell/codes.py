"""Code of other languages: what it starts is run, what it touches is touched."""

from __future__ import annotations

from kei_gates.shell.errors import MOST_NESTING
from kei_gates.shell.interpreters import read_program
from kei_gates.shell.scripts import each_content
from kei_gates.shell.values import COMPUTED, FileText, marked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.interpreters import Interpreter
    from kei_gates.shell.started import Started
    from kei_gates.shell.state import State

# Stands in code for what only the environment knows.
_UNKNOWN = "kei_unknown"
# Modules of Python that are programs of their own and start what their arguments say.
_RUNNING_MODULES = frozenset(("pdb", "cProfile", "profile", "trace", "timeit", "coverage", "runpy"))


def interpret(
    ev: Evaluator, name: str, known: Interpreter, words: list[Field], state: State, span: Span
) -> None:
    """Follow an interpreter: the code in its words, its script, or what it reads."""
    program = read_program(known, words)
    if program.hidden:
        ev.miss(f"`{name}` is used in a way that is not followed", span)
    if program.module is not None:
        _module(ev, name, known, words[program.at :], program.module, state, span)
    for code in program.code:
        if code is None:
            ev.miss(f"`{name}` runs code that is not known", span)
        else:
            run_code(ev, name, known.language, code, state, span)
    for path in program.files:
        each_content(
            ev,
            path,
            state,
            span,
            lambda text: run_code(ev, name, known.language, text, state, span),
        )
    if program.reads_input and ev.stdin.text is not None:
        run_code(ev, name, known.language, ev.stdin.text, state, span)
    elif program.reads_input and not _asks(words):
        ev.miss(f"`{name}` runs code that it reads", span)
    if program.writes:
        spelled = ev.spelled[1] if ev.spelled[0] is words else words
        for operand in spelled[program.at :]:
            ev.touch("write", operand, name, state)


def _asks(words: Sequence[Field]) -> bool:
    """Whether the words only ask the interpreter about itself."""
    return len(words) > 1 and all(word is not None and word[:1] == "-" for word in words[1:])


def _module(  # noqa: PLR0913, PLR0917 -- one command's context
    ev: Evaluator,
    name: str,
    known: Interpreter,
    rest: list[Field],
    module: str,
    state: State,
    span: Span,
) -> None:
    """Follow `python -m MODULE`: a program like any other, by its module's name."""
    if known.language != "python" or module == "?":
        return
    if module in _RUNNING_MODULES:
        script = next((w for w in rest if w is None or not w.startswith("-")), None)
        if module == "timeit" and script is not None:
            run_code(ev, name, "python", script, state, span)
        elif script is not None and script.endswith(".py"):
            ev.start_inner(name, [name, script], state, span)
        return
    ev.start_inner(name, [module.partition(".")[0].replace("_", "-"), *rest], state, span)


def run_code(
    ev: Evaluator, name: str, language: str | None, code: str, state: State, span: Span
) -> None:
    """Follow what a text of code starts and touches."""
    if language is None:
        ev.miss(f"`{name}` runs code that is not looked into", span)
        return
    if COMPUTED in code:
        ev.miss(f"`{name}` runs code that is not known", span)
        return
    ev.depth += 1
    if ev.depth > MOST_NESTING:
        ev.miss("code is nested too deeply", span)
    else:
        inside = isinstance(code, FileText)
        ev.inside_files += inside
        _follow(ev, name, language, read(language, marked(code, _UNKNOWN)), state, span)
        ev.inside_files -= inside
    ev.depth -= 1


def read(language: str, code: str) -> Started:
    """Read a text of code in a language."""
    try:  # TEMP
        if language == "python":
            from kei_gates.shell.python_code import scan as scan_python  # few calls hold any code

            return scan_python(code)
        from kei_gates.shell.code import scan

        return scan(language, code)
    except ImportError:  # TEMP
        from kei_gates.shell.started import Started as S  # TEMP

        s = S()  # TEMP
        s.unseen.append("nothing is followed")  # TEMP
        return s  # TEMP


def _follow(
    ev: Evaluator, name: str, language: str, found: Started, state: State, span: Span
) -> None:
    for words in found.programs:
        if not words or words[0] is None:
            ev.miss(f"the code of `{name}` starts a program that is not known", span)
        else:
            ev.start_inner(name, words, state, span)
    for text in found.sources:
        if text is None:
            ev.miss(f"the code of `{name}` runs a command that is not known", span)
        else:
            ev.source(text, state.new_shell(), span, (name,))
    for code in found.code:
        run_code(ev, name, language, code, state, span)
    for path in found.scripts:
        each_content(
            ev, path, state, span, lambda text: run_code(ev, name, language, text, state, span)
        )
    for why in found.unseen:
        ev.miss(f"in the code of `{name}`, {why}", span)
    for kind, path, tree in found.effects:
        known = None if path is None or _UNKNOWN in path else path
        ev.touch(kind, known, name, state, tree=tree)
