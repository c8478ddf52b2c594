"""Builtins of the shell that change its state, or run what stands in their arguments.

Source: bash(1), SHELL BUILTIN COMMANDS; zshbuiltins(1). Builtins that do neither are programs like
any other to the analysis.
"""

from __future__ import annotations

from kei_gates.shell.numbers import danger, names_in
from kei_gates.shell.reading import (
    follow_mapfile,
    follow_names,
    follow_printf,
    follow_read,
)
from kei_gates.shell.scanner import is_name
from kei_gates.shell.state import collapse
from kei_gates.shell.values import COMPUTED, FileText, marked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State

    Handler: TypeAlias = "Callable[[Evaluator, list[Field], State, Span], None]"

_LONGEST_COUNT = 4


def _cd(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `cd`: it may fail, unless the folder is known to be there."""
    del span
    options = [word for word in words[1:] if word is not None and word[:1] == "-" and word != "-"]
    operands = [word for word in words[1:] if word not in options]
    target = operands[0] if operands else state.home(ev.facts.home)
    if len(operands) > 1 or (target or "")[:1] in ("-", "+"):
        target = None  # a folder of the shell's own list, or a part of the path replaced
    reached = state.paths(target)
    if options in ([], ["--"], ["-L"]):  # `-P` follows links before `..`
        reached = tuple(None if path is None else collapse(path) for path in reached)
    certain = all(path is not None and ev.is_folder(path) for path in reached)
    state.enter(reached, also=() if certain else state.folders)
    state.success = reached
    state.lose(("PWD", "OLDPWD") if "PWD" in state.variables else ())


def _pushd(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `pushd FOLDER`; without one it swaps folders that are not followed."""
    if len(words) == 2 and words[1] is not None and words[1][:1] not in ("-", "+"):  # noqa: PLR2004 -- one operand
        _cd(ev, words, state, span)
    else:
        state.enter((None,))


def _lose_folder(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    del ev, words, span
    state.enter((None,))


def _eval(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    given = words[2:] if words[1:2] == ["--"] else words[1:]
    known = [word for word in given if word is not None and COMPUTED not in word]
    text = " ".join(known)
    if len(known) != len(given) or (text.strip() and not marked(text, "").strip()):
        ev.miss("`eval` runs text that is not known", span)
        state.forget()
        return
    ev.source(text, state, span, ("eval",))


def _source(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    from kei_gates.shell.scripts import source_file  # it runs what runs builtins

    source_file(ev, words, state, span)


def _trap(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    given = words[2:] if words[1:2] == ["--"] else words[1:]
    ev.may_stop = True
    if given and given[0] is not None and given[0].startswith("-"):
        return  # `trap -p`, `trap - EXIT`
    if len(given) < 2:  # noqa: PLR2004 -- an action and a signal; one word alone resets
        return
    if given[0] != "":
        ev.out.write(None)  # what it prints, it prints here too
    if given[0] is None or COMPUTED in given[0]:
        ev.miss("`trap` runs text that is not known", span)
        return
    # At the end nobody knows any more in which file it was set.
    later = FileText(given[0]) if ev.inside_files else given[0]
    if all(signal in ("EXIT", "0") for signal in given[1:]):
        ev.deferred.append((later, span, (*ev.via, "trap"), state.copy()))
        return
    if given[0]:
        # It may run before any later command, so what it changes is never sure again.
        before = state.any_time()
        after = before.copy()
        found = set(ev.invocations)
        ev.source(given[0], after, span, ("trap",))
        ev.early += [one for one in ev.invocations if one not in found]
        if not after.same(before):
            ev.miss("a trap changes the shell while it runs", span)
        ev.deferred.append((later, span, (*ev.via, "trap"), state.copy()))


def _unset(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `unset`: a name may be a variable's or a function's, or with `-n` a nameref."""
    for word in words[1:]:
        if words[1] == "-n" and word in state.references:
            state.refer(word, (word,))
        elif word is None:
            state.lose(list(state.variables))
            state.functions = {name: (*f, None) for name, f in state.functions.items()}
        elif word in state.functions:
            state.functions[word] = (*state.functions[word], None)
        elif "[" in word:
            state.assign(word.partition("[")[0], None)
            if "$(" in word or "`" in word:
                ev.miss(f"`{word}` is evaluated as a variable's name", span)
        elif is_name(word):
            state.assign(word, None)
            if word in _UNSET_CHANGES:
                ev.miss(f"without `{word}`, other programs run", span)


_UNSET_CHANGES = frozenset(("PATH", "path"))


def _let(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    for word in words[1:]:
        ev.check_evaluated(word, state, span)
        for name in names_in(word or ""):
            ev.hide(name, None, span)
    state.lose(list(state.variables))


def _test(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Look at a name that is tested; zsh also evaluates what it compares as numbers."""
    for before, word in zip(words, words[1:], strict=False):  # noqa: RUF007 -- no `itertools` here
        if before in ("-v", "-R"):
            ev.check_evaluated(word, state, span)
        elif ev.zsh and before is not None and word is not None:
            for operator, operand in ((before, word), (word, before)):
                if operator in _COMPARING:
                    ev.evaluated(danger(operand), span)


_COMPARING = frozenset(("-eq", "-ne", "-lt", "-le", "-gt", "-ge"))


def _set_options(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `set`: options, then new positional parameters."""
    rest = words[1:]
    while rest and rest[0] is not None and rest[0][:1] in ("-", "+") and rest[0] != "--":
        letters = rest[0][1:]
        rest = rest[1:]
        ev.may_stop = ev.may_stop or bool(_STOPPING & set(letters))
        ev.unsure += "C" in letters or rest[:1] == ["noclobber"]
        if not set(letters) <= _HARMLESS_LETTERS:
            ev.miss("an option changes how the shell reads what follows", span)
            state.lose(list(state.variables))  # zsh's `set -A` assigns an array
        if letters.endswith("o"):
            check_options(ev, rest[:1], span)
            rest = rest[1:]
    if rest:
        state.given = ev.trace_of_unknown(words)
    if rest[:1] == ["--"]:
        state.place(rest[1:])
    elif rest:
        state.place(rest)


def _shopt(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    del state
    check_options(ev, [word for word in words[1:] if word is None or word[:1] != "-"], span)


def check_options(ev: Evaluator, names: Sequence[Field], span: Span) -> None:
    """Note options of the shell that are not known to leave alone how it reads and runs."""
    for word in names:
        folded = None if word is None else word.replace("_", "").lower()
        if folded is None or not {folded, folded.removeprefix("no")} & _HARMLESS_OPTIONS:
            ev.miss("an option changes how the shell reads what follows", span)


# With these, or an option by name, a shell may end before the end of its source.
_STOPPING = frozenset("eunEo")
_HARMLESS_LETTERS = frozenset("abCeEfhHmnotTuvx")
# Options that change neither how text is read nor where the shell goes: bash(1), `set` and
# `shopt`; zshoptions(1). Without underscores.
_HARMLESS_OPTIONS = frozenset(
    (
        "allexport", "errexit", "errtrace", "functrace", "hashall", "monitor", "noclobber",
        "noexec", "noglob", "notify", "nounset", "pipefail", "verbose", "xtrace", "clobber",
        "glob", "unset", "exec",
        "dotglob", "failglob", "globstar", "nocaseglob", "nullglob", "inheriterrexit",
        "checkwinsize", "histappend", "cmdhist", "lithist", "lastpipe", "progcomp", "sourcepath",
        "nocasematch", "checkjobs", "huponexit",
        "direxpand", "dirspell", "expandaliases", "extglob", "histexpand", "cdspell", "execfail",
        "gnuerrfmt", "histreedit", "histverify", "hostcomplete", "mailwarn",
        "noemptycmdcompletion", "promptvars", "shiftverbose", "globasciiranges", "onecmd",
        "emacs", "vi", "ignoreeof", "interactivecomments",
        "nomatch", "globdots", "localoptions", "localtraps", "errreturn", "hup", "bgnice",
        "sharehistory", "incappendhistory", "histignoredups", "extendedhistory",
    )
)  # fmt: skip


def _shift(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    del ev, span
    count = words[1] if len(words) > 1 else "1"
    if (
        state.positional is None
        or count is None
        or not _is_count(count)
        or None in state.positional[: int(count)]
    ):
        state.positional = None
    else:
        state.positional = state.positional[int(count) :]


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_COUNT


def _alias(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow `alias NAME=TEXT`; where zsh's global and suffix aliases stand is not known then."""
    plain = not any(word is not None and word[:1] in ("-", "+") and word != "--" for word in words)
    for word in words[1:]:
        name, equals, text = ("", "=", "") if word is None else word.partition("=")
        if not equals:
            continue
        if not name or "\0" in name:
            ev.miss("it is not known which alias is made", span)
        elif not plain:
            ev.global_aliases.add(name)
            ev.suffix_aliases.add(name)
        else:
            state.aliases[name] = tuple(dict.fromkeys((*state.aliases.get(name, ()), text)))


def _hash(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    del state
    if any(word is None or word.startswith("-p") or "=" in word for word in words[1:]):
        ev.miss(f"`{words[0]}` changes what a name runs", span)


def _hidden(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Give up on builtins that load or run code in ways that are not followed."""
    del state
    if len(words) > 1:
        ev.miss(f"`{words[0]}` changes what runs in a way that is not followed", span)


ZSH_ONLY = frozenset(
    (
        "-", "autoload", "bindkey", "emulate", "functions", "nocorrect",
        "noglob", "print", "rehash", "sched", "setopt", "unfunction", "unsetopt", "vared",
        "zargs", "zcompile", "zle", "zmodload", "zmv", "zparseopts",
    )
)  # fmt: skip
"""Names that mean something to zsh alone."""

ZSH_TABLES = frozenset(
    ("aliases", "commands", "dis_aliases", "dis_functions", "functions", "galiases", "saliases")
)
"""Arrays of which an element is what a name runs: zshmodules(1), zsh/parameter."""

HANDLERS: dict[str, Handler] = {
    "cd": _cd,
    "chdir": _cd,
    "pushd": _pushd,
    "popd": _lose_folder,
    "eval": _eval,
    "source": _source,
    ".": _source,
    "trap": _trap,
    "read": follow_read,
    "mapfile": follow_mapfile,
    "readarray": follow_mapfile,
    "getopts": follow_names,
    "unset": _unset,
    "vared": follow_names,
    "printf": follow_printf,
    "print": follow_printf,
    "let": _let,
    "test": _test,
    "[": _test,
    "set": _set_options,
    "shopt": _shopt,
    "setopt": _shopt,
    "unsetopt": _shopt,
    "shift": _shift,
    "alias": _alias,
    "hash": _hash,
    "rehash": _hash,
    "enable": _hidden,
    "complete": _hidden,
    "compgen": _hidden,
    "emulate": _hidden,
    "zmodload": _hidden,
    "autoload": _hidden,
    "functions": _hidden,
    "zle": _hidden,
    "sched": _hidden,
    "zcompile": _hidden,
    "fc": _hidden,
    "zargs": _hidden,
    "zmv": _hidden,
    "zparseopts": _hidden,
    "bindkey": _hidden,
    "add-zsh-hook": _hidden,
    "disable": _hidden,
    "unfunction": _hidden,
}
