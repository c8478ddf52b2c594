"""Where words come from that are not known, and what programs print: traces of the source's parts.

Sources: bash(1), Special Parameters, JOB CONTROL and Coprocesses; the manual pages of coreutils 9.
"""

from __future__ import annotations

from kei_gates.particulars import Origin
from kei_gates.shell.ast import Literal, Parameter, Subscript, Substitution
from kei_gates.shell.installed import is_installed
from kei_gates.shell.options import Grammar, read
from kei_gates.shell.origins import JOB, NOTHING, PIPE, all_of, both, of_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kei_gates.shell.ast import Part, Word
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.origins import Trace
    from kei_gates.shell.state import State

_DEFAULTING = frozenset(("-", ":-", "?", ":?"))
_MOST_PARTS = 100
_READ_ALONE = frozenset("0123456789")


def of_word(word: Word, state: State) -> Trace:
    """Tell where a word comes from that is not known."""
    if len(word.parts) > _MOST_PARTS:
        return None
    parts = [part for part in word.parts if not isinstance(part, Literal) or part.text]
    if not parts:
        return NOTHING
    first = parts[0]
    if isinstance(first, Literal) and first.text == "-" and len(parts) > 1:
        # A group of processes: only the source's own jobs lead one that is none but theirs.
        return JOB if of_parts(parts[1:], state) == JOB else None
    return of_parts(parts, state)


def of_parts(parts: Iterable[Part], state: State) -> Trace:
    """Tell where a text comes from that is not known, by its parts."""
    if cuts_numbers(state):
        return None
    return all_of(_of_part(part, state) for part in parts)


def of_words(words: Iterable[Word], state: State) -> Trace:
    """Tell where several words come from."""
    return all_of(of_word(word, state) for word in words)


def cuts_numbers(state: State) -> bool:
    """Say whether expansions are split within numbers."""
    separators = state.separators()
    return separators is None or not _READ_ALONE.isdisjoint(separators)


def _of_part(part: Part, state: State) -> Trace:
    if isinstance(part, Literal):
        return of_known(part.text)
    if isinstance(part, Parameter):
        return _of_parameter(part, state)
    if isinstance(part, Substitution):
        return state.history.printed.get(part) if part.kind == "$" else None
    return None


def _of_parameter(part: Parameter, state: State) -> Trace:
    name, operator = part.name, part.operator
    if part.flags or not name or operator not in _DEFAULTING | {"", "["}:
        return None
    if _may_be_part(part, state):
        return None
    found = _of_name(name, state)
    if operator in ("", "[") or operator[-1] == "?":
        return found
    instead = [one for one in part.operand if not isinstance(one, Subscript)]
    return both(found, of_parts(instead, state))


def _may_be_part(part: Parameter, state: State) -> bool:
    """Whether a subscript may take some characters, as zsh does of what is no array."""
    first = part.operand[0] if part.operand else None
    if not isinstance(first, Subscript) or first.text in ("@", "*"):
        return False
    return state.history.dialect != "bash" and not isinstance(state.lookup(part.name), tuple)


def _of_name(name: str, state: State) -> Trace:
    if name == "!":
        return JOB
    if name in ("@", "*"):
        return _of_given(0, state)
    if name.isdecimal():
        return _of_given(int(name[:4]) - 1, state)
    return state.trace(name)


def _of_given(at: int, state: State) -> Trace:
    """Tell where the positional parameters come from, from one of them on."""
    if state.positional is None or at < 0:
        return None
    # One that is not known may be any number of words, so each behind it may be meant.
    known = [one for one in state.positional[at:] if one is not None and "\0" not in one]
    return None if any(one.strip() for one in known) else state.given


def of_command(
    words: Sequence[Word], fields: Sequence[Field], state: State, ev: Evaluator
) -> list[Trace]:
    """Tell where each of a command's words comes from, as they were expanded."""
    from kei_gates.shell.expand import fields as expanded  # it is the caller's caller

    found: list[Trace] = []
    for word in words:
        trace = of_word(word, state)
        found += [trace] * len(expanded(word, state, ev.facts.home))
    return found if len(found) == len(fields) else [None] * len(fields)


# --- what programs print ----------------------------------------------------------------------

# Programs whose output is made of whole lines of their input, and nothing else, with these options.
_KEEPING: dict[str, tuple[str, ...]] = {
    "cat": ("u",),
    "head": ("n", "lines", "q"),
    "tail": ("n", "lines", "q"),
    "sort": ("n", "r", "u", "g"),
    "tac": (),
    "uniq": ("u",),
}
_FILTER = Grammar("n", "lines")
_SORT = Grammar()
# Programs that change what they read in their own ways.
_CHANGING = frozenset(
    (
        "awk", "column", "cut", "egrep", "fgrep", "gawk", "grep", "jq", "mawk", "nawk", "paste",
        "perl", "rg", "ruby", "sed", "tr", "xargs",
    )
)  # fmt: skip
# Programs that print what the command prints that stands in their words.
_TRANSPARENT = frozenset(
    (
        "builtin", "command", "doas", "env", "exec", "nice", "nohup", "setsid", "stdbuf", "sudo",
        "timeout", "xargs",
    )
)  # fmt: skip
_FORMATS = frozenset(("%s", "%d", "%s\\n", "%d\\n", "%s ", "%d "))


def of_output(ev: Evaluator, words: Sequence[Field], state: State, *, quiet: bool) -> Trace:
    """Tell where comes from what a command prints; `quiet` says that what it ran wrote nothing."""
    program = words[0] or ""
    if "/" in program and is_installed(program):
        program = program.rpartition("/")[2]
    if not quiet:
        return NOTHING if program in _TRANSPARENT else None
    if program in _OF_WORDS:
        return _OF_WORDS[program](ev, words)
    if program in _KEEPING:
        return _filtered(ev, program, words, state)
    if program == "tr" and list(words[1:]) == ["\\n", " "]:
        return ev.stdin.trace
    if program in _CHANGING:
        return _changed(ev.stdin.trace, words)
    return (_output((), words),)


def _filtered(ev: Evaluator, program: str, words: Sequence[Field], state: State) -> Trace:
    grammar = _FILTER if program in ("head", "tail") else _SORT
    options = read(_modern(words), grammar, permute=True)
    known = all(name in _KEEPING[program] for name, _ in options.given)
    if not options.certain or not known or len(options.operands) > 1:
        return None
    if not options.operands or options.operands == ["-"]:
        return ev.stdin.trace
    return ev.trace_at(options.operands[0], state)


def _modern(words: Sequence[Field]) -> Sequence[Field]:
    """Spell the old `head -3` as `head -n 3`."""
    count = words[1] if len(words) > 1 else None
    if count is not None and count[:1] == "-" and count[1:].isdecimal():
        return [words[0], "-n", count[1:], *words[2:]]
    return words


def _echo(ev: Evaluator, words: Sequence[Field]) -> Trace:
    return _of_arguments(ev, words, 2 if words[1:2] == ["-n"] else 1)


def _printf(ev: Evaluator, words: Sequence[Field]) -> Trace:
    return _of_arguments(ev, words, 2) if len(words) > 1 and words[1] in _FORMATS else None


def _jobs(ev: Evaluator, words: Sequence[Field]) -> Trace:
    del ev
    letters = {letter for word in words[1:] for letter in word or "?"}
    return JOB if {"-", "p"} <= letters <= {"-", "p", "r", "s"} else None


_OF_WORDS: dict[str, Callable[[Evaluator, Sequence[Field]], Trace]] = {
    "echo": _echo,
    "printf": _printf,
    "jobs": _jobs,
}


def _of_arguments(ev: Evaluator, words: Sequence[Field], start: int) -> Trace:
    traces = ev.traces_of(words)
    return all_of(
        traces[at] if word is None or "\0" in word else of_known(word)
        for at, word in enumerate(words)
        if at >= start
    )


def _changed(trace: Trace, words: Sequence[Field]) -> Trace:
    """Give the trace of outputs that have gone through one more program."""
    if not trace or any(origin.kind != "output" for origin in trace):
        return None
    return tuple(_output((*origin.words, PIPE), words) for origin in trace)


def _output(before: tuple[str | None, ...], words: Sequence[Field]) -> Origin:
    """Give what a command prints; a word that looks like a pipe is told from one."""
    known = [None if word is None or "\0" in word or word == PIPE else word for word in words]
    return Origin("output", (*before, *known))
