"""Interpreters that are started: what they were given is followed."""

from __future__ import annotations

from kei_gates.shell.codes import Code
from kei_gates.shell.interpreter_words import chosen, read_program
from kei_gates.shell.interpreters import LIBRARY, SCRIPTS, row_of
from kei_gates.shell.modules import files_of_module, is_there, program_of_module
from kei_gates.shell.own_code import is_written
from kei_gates.shell.scripts import each_content

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.interpreter_words import Interpreter, Program
    from kei_gates.shell.state import State

# What a language runs when it is told to load a module first.
_LOADING = {
    "awk": '@include "{}"',
    "perl": "use {};",
    "ruby": 'require "{}"',
    "lua": 'require "{}"',
}
# Languages in which a part of a script runs when it is only checked.
_RUN_EARLY = frozenset(("perl",))


def follow_interpreter(
    ev: Evaluator, program: str, words: list[Field], state: State, span: Span
) -> bool:
    """Follow a program if it is an interpreter, and this use of it is one; say whether it is."""
    known = row_of(program)
    if known is not None and known.operand == "reference":
        from kei_gates.shell.modal_client import follow_client  # few calls need it

        return follow_client(ev, words, state, span)
    found = chosen(known, words) if known is not None else None
    if found is not None:
        _interpret(ev, program, *found, state, span)
    return found is not None


def interpret_script(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow a script of a project that is an interpreter of its own, as `bin/rails` is."""
    name = (words[0] or "").rpartition("/")[2]
    if name in SCRIPTS:
        follow_interpreter(ev, name, words, state, span)


def _interpret(  # noqa: PLR0913, PLR0917 -- one command's context
    ev: Evaluator, name: str, known: Interpreter, words: list[Field], state: State, span: Span
) -> None:
    """Follow an interpreter: the code in its words, its script, or what it reads."""
    spelled = ev.spelled[1] if ev.spelled[0] is words else words
    program = read_program(known, words)
    run = Code(ev, name, state, span)
    if known.language == "awk":
        run.given = [
            (word or "").partition("=")[0] for word in words[program.at :] if "=" in (word or "")
        ]
    if program.hidden:
        ev.miss(f"`{name}` is used in a way that is not followed", span)
    _given(run, known, program, words[program.at :])
    if program.reads_input and ev.stdin.text is not None:
        run.code(known.says, ev.stdin.text)
    elif program.reads_input:
        ev.miss(f"`{name}` runs code that it reads", span)
    if program.writes:
        for operand in spelled[program.at :]:
            ev.touch("write", operand, name, state)


def _given(run: Code, known: Interpreter, program: Program, rest: list[Field]) -> None:
    """Follow all that an interpreter was given in its words."""
    for module in program.loads:
        if known.language in _LOADING:
            run.field(known.language, _loading(known.language, module))
    if program.module is not None:
        _module(run, known, program.module, rest)
    if program.code:
        known_code = [code for code in program.code if code is not None]
        run.field(
            known.says, "\n".join(known_code) if len(known_code) == len(program.code) else None
        )
        if known.language == "python":
            _client(run, "\n".join(known_code), rest)
    if program.tasks is not None:
        _tasks(run, known.language, [""] if program.idle else program.tasks)
    for path in _scripts(run, known, program):
        if program.either and path is not None and not is_there(run.ev, path, run.state):
            run.field(known.says, path)
        else:
            run.script(known.language, path)
        name = (path or "").rpartition("/")[2]
        if name in SCRIPTS:
            interpret_script(run.ev, [name, *rest], run.state, run.span)


def _client(run: Code, code: str, rest: list[Field]) -> None:
    """Follow code that hands its arguments to the client of Modal: `-c '...main()' app list`."""
    if "modal" in code:
        from kei_gates.shell.modal_client import client_of  # few calls need it

        words = client_of(code, rest)
        if words is not None:
            run.ev.start_inner(run.name, words, run.state, run.span)


def _scripts(run: Code, known: Interpreter, program: Program) -> list[Field]:
    """Give the files of code that run."""
    if not program.idle:
        other = program.other
        if other is not None and not run.existing(known.language, program.files[-1]):
            return [*program.files, other]
        return program.files
    if known.language in _RUN_EARLY:
        return [path for path in program.files if is_written(run.ev, path, run.state)]
    return []


def _loading(language: str, module: Field) -> Field:
    """Give the code that loads a module: `-MName=a,b` of perl, `-rname` of ruby."""
    if module is None:
        return None
    name, equals, names = module.partition("=")
    if language == "perl" and name.startswith("-"):
        return ""
    return _LOADING[language].format(
        f"{name} qw({names})" if equals and language == "perl" else name
    )


def _module(run: Code, known: Interpreter, module: str, rest: list[Field]) -> None:
    """Follow `python -m MODULE`: one of the project, of the library, or a program by its name."""
    ev = run.ev
    if known.language not in ("python", "ipython"):
        if module != "?":
            ev.start_inner(run.name, [module, *rest], run.state, run.span)
        return
    paths = files_of_module(ev, module, run.state)
    program = program_of_module(module)
    for path in paths:
        run.script("python", path)
    if paths:
        return
    if module in LIBRARY:
        _interpret(ev, run.name, LIBRARY[module], [module, *rest], run.state, run.span)
    elif program is not None and module != "?":
        ev.start_inner(run.name, [program, *rest], run.state, run.span)


def _tasks(run: Code, language: str | None, tasks: list[Field]) -> None:
    """Follow tasks of a Rakefile."""
    from kei_gates.shell.rake import RAKEFILES, TASK_FOLDERS, text_for  # few calls run any

    paths = [path for path in RAKEFILES if is_there(run.ev, path, run.state)][:1]
    for pattern in TASK_FOLDERS:
        for absolute in run.state.paths(pattern):
            if absolute is not None:
                paths += run.ev.files.matching(absolute, run.ev.facts.glob) or []
    for path in paths:
        each_content(
            run.ev,
            path,
            run.state,
            run.span,
            lambda text: run.code(language, type(text)(text_for(text, tasks))),
        )
