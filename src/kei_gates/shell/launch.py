"""From a command's words to everything that they start, through wrappers and shells."""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.builtins import check_options
from kei_gates.shell.effects import touch_files
from kei_gates.shell.errors import MOST_NESTING
from kei_gates.shell.find import commands_of, touch_found
from kei_gates.shell.installed import is_installed
from kei_gates.shell.interpreters import script_of
from kei_gates.shell.opaque import hides
from kei_gates.shell.options import Grammar
from kei_gates.shell.wrappers import WRAPPERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State
    from kei_gates.shell.wrappers import Wrapper

_SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "rbash"))


def launch(ev: Evaluator, words: list[Field], state: State, span: Span, stdin: str | None) -> None:
    """Follow a program that was invoked; its name is known and plain."""
    path = words[0] or ""
    program = path.rpartition("/")[2]
    if "/" in path and (not is_installed(path) or ev.is_own(path, state)):
        ev.miss(f"the program `{path}` was not read", span)
        return
    if program in _SHELLS:
        _shell(ev, words, state, span, stdin)
    elif program in ("find", "gfind"):
        _find(ev, words, state, span)
    elif program in WRAPPERS and _unwrap(ev, WRAPPERS[program], words, state, span, stdin):
        return
    elif hides(program, words, stdin):
        ev.miss(f"`{program}` runs something that is not followed", span)
    elif ev.is_own(script_of(program, words), state):
        ev.miss(f"the script that `{program}` runs is written in the same source", span)
    else:
        touch_files(ev, program, words, state)


def _inner(  # noqa: PLR0913, PLR0917 -- one command's context
    ev: Evaluator,
    outer: str,
    words: list[Field],
    state: State,
    span: Span,
    stdin: str | None = None,
) -> None:
    """Run the command that a wrapper was given."""
    via, ev.via = ev.via, (*ev.via, outer)
    ev.depth += 1
    if ev.depth > MOST_NESTING:
        ev.miss("wrappers are nested too deeply", span)
    elif outer in _BEFORE_FUNCTIONS:
        ev.run(words, state, span, stdin)
    else:
        inner = state.copy()
        inner.functions = {}
        ev.run(words, inner, span, stdin)
        if outer in _IN_THE_SHELL:
            inner.functions = inner.functions or state.functions
            if ev.zsh and outer == "command":
                state.merge(inner)  # to zsh, what follows is a program and no builtin
            else:
                state.take(inner)
    ev.depth -= 1
    ev.via = via


# Words of the shell itself: what stands behind them is run by it, functions too or programs alone.
_BEFORE_FUNCTIONS = frozenset(("noglob", "nocorrect", "-"))
_IN_THE_SHELL = frozenset(("command", "builtin"))


# --- wrappers ---------------------------------------------------------------------------------


def _unwrap(  # noqa: C901, PLR0913, PLR0917 -- the steps of one unwrapping, in order
    ev: Evaluator,
    wrapper: Wrapper,
    words: list[Field],
    state: State,
    span: Span,
    stdin: str | None,
) -> bool:
    """Run the command inside a wrapper; say whether the program was one in this use."""
    name = (words[0] or "").rpartition("/")[2]
    rest = _behind_subcommand(wrapper, words)
    if rest is None:
        return False
    found = options.read([words[0], *rest], wrapper.grammar, permute=False)
    if found.has_exactly(*wrapper.without):
        return True
    if not found.certain or found.has(*wrapper.hides):
        ev.miss(f"`{name}` is used in a way that is not followed", span)
        return True
    for path in found.values(*wrapper.output):
        ev.touch("write", path, name, state)
    inner = _inner_state(name, wrapper, found, state)
    command = [*rest[found.at - 1 :]]
    if wrapper.assignments:
        command = _environment(ev, command, span)
    if None in command[: wrapper.operands] and not wrapper.one_word:
        ev.miss(f"it is not known what `{name}` runs", span)
        return True
    command = command[wrapper.operands :]
    if wrapper.appends:
        command = _appended(command, found)
    if command and _is_option(command[0]):
        ev.miss(f"`{name}` is used in a way that is not followed", span)
    elif command:
        _inner(ev, name, command, inner, span, stdin)
    elif found.has(*wrapper.starts_shell):
        ev.miss(f"`{name}` starts a shell that runs what it reads", span)
    return True


def _is_option(word: Field) -> bool:
    return word is not None and word.startswith("-") and word != "-"


def _inner_state(name: str, wrapper: Wrapper, found: options.Options, state: State) -> State:
    """Give the state in which a wrapper's command runs."""
    inner = state if name in _IN_THE_SHELL or name in _BEFORE_FUNCTIONS else state.copy()
    if found.has(*wrapper.folder):
        inner.enter(inner.paths(found.value(*wrapper.folder)))
    return inner


def _behind_subcommand(wrapper: Wrapper, words: list[Field]) -> list[Field] | None:
    """Give the words behind a wrapper's subcommand, or behind its name; none without that."""
    if wrapper.words == [[]]:
        return words[1:]
    leading = options.read(words, wrapper.grammar, permute=False)
    for way in wrapper.words:
        end = leading.at + len(way)
        if words[leading.at : end] == way:
            return [*words[1 : leading.at], *words[end:]]
    return None


def _environment(ev: Evaluator, words: list[Field], span: Span) -> list[Field]:
    """Take the `name=value` words that stand before a command, and the lone dash of `env`."""
    at = 0
    while at < len(words):
        word = words[at]
        if word is None or ("=" not in word and word != "-"):
            break
        name, equals, value = word.partition("=")
        if equals:
            ev.hide(name, value, span)
        at += 1
    return words[at:]


def _appended(words: list[Field], found: options.Options) -> list[Field]:
    """Give the command that xargs runs: with words added, or put where a mark stands."""
    if not words:
        return ["echo", None]
    mark = found.value("I", "i", "replace") or ("{}" if found.has("I", "i", "replace") else None)
    if mark is None:
        return [*words, None]
    return [None if word is None or mark in word else word for word in words]


def _find(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow what find runs, deletes and writes."""
    for in_place, command in commands_of(words):
        inner = state.copy()
        if in_place:
            inner.enter((None,))
        _inner(ev, "find", command, inner, span)
    touch_found(ev, words, state)


# --- shells -----------------------------------------------------------------------------------

_SHELL_GRAMMAR = Grammar("oO", "rcfile init-file", long_flags="")


def _shell(ev: Evaluator, words: list[Field], state: State, span: Span, stdin: str | None) -> None:
    """Follow `sh -c TEXT`, a shell that reads a here-document, and a script."""
    name = (words[0] or "").rpartition("/")[2]
    plus = [f"-{w[1:]}" if w is not None and w[:1] == "+" and w[1:] else w for w in words]
    found = options.read(plus, _SHELL_GRAMMAR, permute=False)
    if found.has("help", "version"):
        return
    rest = words[found.at :]
    if found.has("rcfile", "init-file"):
        ev.miss(f"`{name}` reads a start-up file that was not read", span)
    check_options(ev, found.values("o", "O"), span)
    inner = state.new_shell()
    if found.has("c"):
        if not rest or rest[0] is None:
            ev.miss(f"`{name}` runs text that is not known", span)
            return
        inner.positional = tuple(rest[2:])
        ev.source(rest[0], inner, span, (name,))
    elif rest and not found.has("s"):
        ev.miss("the script that is run was not read", span)
    elif stdin is not None:
        inner.positional = tuple(rest)
        ev.source(stdin, inner, span, (name,))
    else:
        ev.miss(f"`{name}` runs what it reads", span)
