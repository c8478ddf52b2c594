"""Simple commands: assignments, then a builtin, a function, or a program."""

from __future__ import annotations

from kei_gates.shell import builtins
from kei_gates.shell.aliases import check_odd_aliases, run_aliases
from kei_gates.shell.ast import Literal, Pipeline, Simple, Substitution, Word
from kei_gates.shell.declare import assign_array, declare, trace_declared
from kei_gates.shell.errors import MOST_NESTING
from kei_gates.shell.expand import partly_known, text_of
from kei_gates.shell.lookup import looked_up
from kei_gates.shell.numbers import gives_number
from kei_gates.shell.origins import both
from kei_gates.shell.own_functions import OwnFunction
from kei_gates.shell.parameters import is_fixed
from kei_gates.shell.parser import DECLARING
from kei_gates.shell.reading import READING, SOME_NUMBER
from kei_gates.shell.showing import show
from kei_gates.shell.streams import Input
from kei_gates.shell.tracing import of_command, of_word, of_words
from kei_gates.shell.values import COMPUTED, NUMBER, TEMPORARY, one_of, strings_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.ast import Assignment, Function, Part, Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.origins import Trace
    from kei_gates.shell.state import State
    from kei_gates.shell.values import Value

# Characters that history, jobs, globs and zsh's own forms give a meaning in a command's name.
_ODD = frozenset("%!^=#~{}[]*?")
_BRACKETS = frozenset(("[", "[["))
_LEAVING = frozenset(("break", "continue", "return"))
_MOST_CALLS = MOST_NESTING // 2


def run_simple(ev: Evaluator, node: Simple, state: State) -> None:
    """Run a simple command: words, redirections, assignments, then what its words name."""
    first = node.words[0].plain if node.words else None
    if ev.global_aliases or ev.suffix_aliases:
        check_odd_aliases(ev, node)
    if first is not None and first in state.aliases and first not in ev.replacing:
        run_aliases(ev, node, first, state)
        return
    declaring = first is not None and first in DECLARING and first not in state.functions
    if first == "env":
        node = _without_files(ev, node, state)
    ways = [_declaring_words(ev, node, state)] if declaring else ev.ways(node.words, state)
    if ways[0] and ways[0][0] is None:
        ways = looked_up(ev, node.words, ways, state)
    if len(ways) > 1:
        ways = [way for way in ways if not _is_nowhere(way)] or ways
    if len(ways) == 1:
        _run_words(ev, node, ways[0], state)
        return
    ev.each(ways, state, lambda words, branch: _run_words(ev, node, words, branch))


def _is_nowhere(words: list[Field]) -> bool:
    """Whether a program's name is one that no program has: what zsh makes of `$command`."""
    name = words[0] if words else ""
    return name is not None and " " in name and "/" not in name


def _run_words(ev: Evaluator, node: Simple, words: list[Field], state: State) -> None:
    """Run a command of which the words are expanded."""
    ev.written = node.words
    if None in words:
        ev.spelled = (words, ev.with_patterns(node.words, state))
    traces: Sequence[Trace] = ()
    if ev.tracing and any(word is None or "\0" in word for word in words):
        traces = of_command(node.words, words, state, ev)
    if words or not node.assignments or ev.dialect == "zsh":
        ev.within(node.redirections, state, lambda: _run_here(ev, node, words, state, traces))
    else:
        _assign_alone(ev, node, state)
    if words == ["exec"] and node.redirections:
        ev.out.write(None)
        ev.wrote_into(node.redirections, state)
        if any(
            one.operator[0] == "<" and one.descriptor.lstrip("0") == "" for one in node.redirections
        ):
            ev.miss("the shell goes on with another input", node.span)


def _assign_alone(ev: Evaluator, node: Simple, state: State) -> None:
    """Run assignments without a command: bash expands them before it redirects, others after."""
    if ev.dialect == "bash":
        _run_here(ev, node, [], state)
        ev.within(node.redirections, state, lambda: None)
        return
    outer = ev.stdin
    if any(one.operator[0] == "<" for one in node.redirections):
        ev.stdin = Input(None)
    _run_here(ev, node, [], state)
    ev.within(node.redirections, state, lambda: None)
    ev.stdin = outer


def _run_here(
    ev: Evaluator, node: Simple, words: list[Field], state: State, traces: Sequence[Trace] = ()
) -> None:
    """Run a command's assignments and its words, its redirections in place."""
    before = {one.name: state.variables.get(one.name) for one in node.assignments}
    outside = {one.name for one in node.assignments if one.name not in state.variables}
    for assignment in node.assignments:
        _assign(ev, assignment, state, node.span, alone=bool(words) and words[0] in READING)
    if words:
        ev.traced = (words, traces or [None] * len(words))
        ev.run(words, state, node.span, ev.stdin.text)
        for word in node.words:
            if word.array is not None:
                assign_array(ev, word, words, state)
        if words[0] in DECLARING and words[0] not in state.functions:
            trace_declared(node.words, words, state)
        for name, value in before.items():
            # What a builtin or a function is given may last, by the shell and its options.
            lasts = words[0] in state.functions or words[0] in builtins.HANDLERS
            if lasts and state.variables.get(name) != value:
                state.assign(name, None)
            elif name in outside:
                state.variables.pop(name, None)
                state.traces.pop(name, None)
            else:
                state.assign(name, value)
    elif node.redirections and not node.assignments:
        ev.out.write(ev.stdin.text, ev.stdin.trace)  # `$(<file)`


def _declaring_words(ev: Evaluator, node: Simple, state: State) -> list[Field]:
    """Give the words of a declaring builtin, whose arguments are assignments: never split."""
    words: list[Field] = []
    for word in node.words:
        text = ev.value(word, state)
        head = word.parts[0] if word.parts else None
        if isinstance(head, Literal) and word.array is not None:
            words.append(f"{head.text}{COMPUTED}")
        elif text is None and isinstance(head, Literal) and "=" in head.text:
            name, _, rest = head.text.partition("=")
            parts = (Literal(rest, quoted=False), *word.parts[1:])
            value = Word(parts, word.span)
            number = text_of(value, state, ev.facts.home) is None and gives_number(value, state)
            known = SOME_NUMBER if number else partly_known(value, state, ev.facts.home)
            words.append(f"{name}={known}")
        elif text is None and any(_reads_file(part) for part in word.parts):
            say = ev.miss if ev.files.has_own else ev.note
            say("variables are declared as a file says", word.span)
            ev.lost_in_file = True
            state.lose([*state.variables, *state.history.environment])
        else:
            words.append(text)
    return words


def _without_files(ev: Evaluator, node: Simple, state: State) -> Simple:
    """Give `env $(cat .env) command` without what a file assigns."""
    kept = tuple(
        word for word in node.words if not (word.parts and all(map(_reads_file, word.parts)))
    )
    if len(kept) < len(node.words):
        for word in node.words:
            ev.substitutions(word.parts, state, word.span)
        say = ev.miss if ev.files.has_own else ev.note
        say("variables are given as a file says", node.span)
    return Simple(node.assignments, kept, node.redirections, node.span)


def _reads_file(part: Part) -> bool:
    """Whether a substitution gives what stands in a file: `$(grep -v '^#' .env | xargs)`."""
    if not isinstance(part, Substitution) or len(part.body.items) != 1:
        return False
    command = part.body.items[0][0]
    stages = command.commands if isinstance(command, Pipeline) else (command,)
    names = [
        one.words[0].plain if isinstance(one, Simple) and one.words else None for one in stages
    ]
    return names[0] in _READERS and all(name in _READERS for name in names)


_READERS = frozenset(
    ("cat", "cut", "egrep", "envsubst", "grep", "head", "sed", "sort", "tail", "xargs")
)


def _assign(  # noqa: C901, PLR0912 -- the steps of one assignment
    ev: Evaluator, node: Assignment, state: State, span: Span, *, alone: bool
) -> None:
    """Run an assignment; `alone` says that it holds for a `read` alone."""
    if node.subscript is not None and node.name not in state.history.keyed:
        ev.arithmetic(node.subscript, state, span)
    elif node.subscript is not None:
        ev.substitutions(node.subscript.parts, state, span)
    value: Value
    if node.array is not None:
        value = ev.elements(node.array, state)
        trace = of_words(node.array, state) if ev.tracing else None
    else:
        found = ev.values(node.value, state)
        trace = of_word(node.value, state) if ev.tracing else None
        value = None if found is None else one_of(found)
        if (value is None or "\0" in str(value)) and gives_number(node.value, state):
            value = NUMBER
    element = None
    if node.append or node.subscript is not None:
        trace = both(state.trace(node.name), trace)
    if node.subscript is not None:
        element = (node.subscript.text, None if node.append else value)
        value = None
    elif node.append:
        value = _joined(state.lookup(node.name), value)
    if not alone:
        whole = node.array is None and not node.append and element is None
        _hide(ev, node, value, span, state, whole=whole)
    if node.name in state.history.integers and isinstance(value, str):
        ev.check_evaluated(value, state, span)
    if ev.zsh and (node.name == "argv" or node.name.isdecimal()):
        state.positional = None
    if element is not None and ev.zsh and node.name in builtins.ZSH_TABLES:
        ev.miss(f"`{node.name}` changes what zsh runs", span)
    followed = element is not None and is_fixed(node.name, element[0], state)
    kept = _elements(state, node.name) if followed else {}
    state.assign(node.name, value, trace)
    if element is not None and followed:
        state.history.indexed.add(node.name)
        for name, held in (kept | {f"{node.name}[{element[0]}]": element[1]}).items():
            state.assign(name, held)


def _hide(  # noqa: PLR0913 -- one assignment's context
    ev: Evaluator, node: Assignment, value: Value, span: Span, state: State, *, whole: bool
) -> None:
    """Note what an assignment lets run; of a value that is not known, parts may be."""
    given = value if isinstance(value, str) else None
    if given is None and whole:
        given = partly_known(node.value, state, ev.facts.home)
    ev.hide(node.name, given, span, followed=True, state=state)


def _elements(state: State, name: str) -> dict[str, Value]:
    """Give the elements of an array that stay what they are when another is assigned."""
    if name not in state.history.indexed:
        return {}
    return {one: held for one, held in state.variables.items() if one.startswith(f"{name}[")}


def _joined(before: Value, value: Value) -> Value:
    """Give a variable's value after something was added to its end."""
    if isinstance(before, tuple) and isinstance(value, tuple):
        return before + value
    first, second = strings_of(before), strings_of(value)
    if first is None or second is None:
        return None
    return one_of(one + other for one in first for other in second)


def run(ev: Evaluator, words: list[Field], state: State, span: Span, stdin: str | None) -> None:
    """Run a command's words. `stdin` is the text that it can read, if that is known."""
    ev.count(span)
    program = words[0]
    if program is None or ("\0" in program and not _is_temporary(program)):
        if program is not None and (name := _name_behind_folder(program)):
            # Where it lies is the environment's word, what it is called is the source's.
            ev.run([name, *words[1:]], state, span, stdin)
            return
        ev.miss("the program's name is not known", span)
        ev.out.write(None)
        return
    outer, ev.stdin = ev.stdin, Input(stdin) if stdin != ev.stdin.text else ev.stdin
    definitions = state.functions.get(program, (None,))
    if len(definitions) == 1:
        _run_as(ev, definitions[0], words, state, span)
    else:
        ev.each(
            definitions,
            state,
            lambda function, branch: _run_as(ev, function, words, branch, span),
        )
    ev.stdin = outer


def _is_temporary(program: str) -> bool:
    """Whether a program lies in a folder that `mktemp` made: the source put it there."""
    return "\0" not in program.replace(TEMPORARY, "")


def _name_behind_folder(program: str) -> str:
    """Give the name of a program in a folder that only the environment knows; empty for others."""
    folder, slash, name = program.rpartition("/")
    known = slash and name and "\0" not in name and COMPUTED not in folder
    return name if known else ""


def _run_as(
    ev: Evaluator,
    function: Function | OwnFunction | None,
    words: list[Field],
    state: State,
    span: Span,
) -> None:
    """Run a function, or what is none."""
    if isinstance(function, OwnFunction):
        _call_own(ev, function, words, state, span)
        return
    if function is not None:
        call(ev, function, words, state)
        return
    program = words[0] or ""
    before = ev.out.known, ev.out.size
    _run_program(ev, words, state, span)
    show(ev, words, state, quiet=(ev.out.known, ev.out.size) == before)
    if program not in builtins.HANDLERS and program not in _NO_READERS:
        ev.stdin.text = None  # it may have read all of it, or some


# Programs and builtins that leave what others could read.
_NO_READERS = frozenset(
    ("echo", "printf", "true", "false", ":", "test", "[", "cd", "export", "declare", "local")
)


def _run_program(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Run what is no function."""
    program = words[0] or ""
    ev.invoke(words, span)
    if program in _LEAVING or program == "exit":
        ev.out.write(None)
        if program in _LEAVING:
            ev.left_from(state)
        return
    if not _is_plain(program):
        ev.miss(f"`{program}` is no plain name of a program", span)
        return
    if program in builtins.ZSH_ONLY and not ev.zsh:
        return
    handler = declare if program in DECLARING else builtins.HANDLERS.get(program)
    if handler is not None:
        handler(ev, words, state, span)
        return
    ev.start(words, state, span)


def _is_plain(program: str) -> bool:
    """Whether a name is surely that of a program: no shell makes anything else of it."""
    odd = not _ODD & set(program) or program in _BRACKETS
    return bool(program) and (odd or "/" in program)


def _call_own(
    ev: Evaluator, own: OwnFunction, words: list[Field], state: State, span: Span
) -> None:
    """Run a function of the user's own shell: its writer's word, as a file's is."""
    function = ev.own_functions.get(own) or own.read(ev.depth + 1, span)
    if function is None:
        ev.note(f"the user's own function `{own.name}` is not understood", span)
        return
    ev.own_functions[own] = function
    ev.of_files.add(function)
    call(ev, function, words, state)


def call(ev: Evaluator, function: Function, words: list[Field], state: State) -> None:
    """Run a function's body with the given arguments."""
    ev.called.add(function)
    ev.depth += 1
    ev.inside_files += function in ev.of_files
    if ev.depth > _MOST_CALLS:
        ev.miss(f"the function `{function.name}` calls itself too often", function.span)
    else:
        before, local = state.copy(), state.local
        state.given = ev.trace_of_unknown(words)
        state.positional, state.local = tuple(words[1:]), set()
        state.calls += 1
        ev.body(function.body, state)
        state.calls -= 1
        for name in state.local:
            # Outside it has its old value, unless the declaration was not reached.
            same = before.variables.get(name) == state.variables.get(name)
            state.assign(name, before.variables.get(name) if same else None)
        state.positional, state.local = before.positional, local
        state.given = before.given
    ev.depth -= 1
    ev.inside_files -= function in ev.of_files
