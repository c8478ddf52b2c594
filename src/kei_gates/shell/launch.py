"""From a command's words to everything that they start, through wrappers and shells."""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.effects import touch_files
from kei_gates.shell.opaque import hides
from kei_gates.shell.options import Grammar
from kei_gates.shell.variables import why_hidden
from kei_gates.shell.wrappers import WRAPPERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State
    from kei_gates.shell.wrappers import Wrapper

_SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "rbash"))

# Folders of installed programs; what lies elsewhere may be a script that somebody just wrote.
_SYSTEM = (
    "/bin/", "/sbin/", "/usr/", "/opt/", "/nix/", "/snap/", "/Library/", "/System/",
    "/Applications/",
)  # fmt: skip
_INSTALLED = (
    "/.venv/bin/", "/venv/bin/", "/node_modules/.bin/", "/.cargo/bin/", "/.local/bin/", "/go/bin/",
    "/.pyenv/", "/.nvm/", "/.rustup/", "/.bun/bin/", "/.deno/bin/", "/.rbenv/", "/.volta/",
)  # fmt: skip


def launch(ev: Evaluator, words: list[Field], state: State, span: Span, stdin: str | None) -> None:
    """Follow a program that was invoked; its name is known and plain."""
    path = words[0] or ""
    program = path.rpartition("/")[2]
    if "/" in path and not _is_installed(path):
        ev.miss(f"the program `{path}` was not read", span)
        return
    if program in _SHELLS:
        _shell(ev, words, state, span, stdin)
    elif program == "find" or program == "gfind":
        _find(ev, words, state, span)
    elif program in WRAPPERS and _unwrap(ev, WRAPPERS[program], words, state, span, stdin):
        return
    elif hides(program, words):
        ev.miss(f"`{program}` runs something that is not followed", span)
    else:
        touch_files(ev, program, words, state)


def _is_installed(path: str) -> bool:
    if ".." in path.split("/"):
        return False
    return path.startswith(_SYSTEM) or any(part in f"/{path}" for part in _INSTALLED)


def _inner(  # noqa: PLR0913, PLR0917 -- one command's context
    ev: Evaluator,
    outer: str,
    words: list[Field],
    state: State,
    span: Span,
    stdin: str | None = None,
) -> None:
    """Run the command that a wrapper was given."""
    from kei_gates.shell.simple import run  # the two call each other

    via, ev.via = ev.via, (*ev.via, outer)
    ev.depth += 1
    if ev.depth > 40:
        ev.miss("wrappers are nested too deeply", span)
    else:
        inner = state.copy()
        if outer not in _IN_THE_SHELL:
            inner.functions = {}
        run(ev, words, inner, span, stdin)
        if outer in _IN_THE_SHELL:
            state.take(inner)
    ev.depth -= 1
    ev.via = via


# Wrappers that are part of the shell: what they run is the shell's own.
_IN_THE_SHELL = frozenset(("command", "builtin", "noglob", "nocorrect", "-", "time"))


# --- wrappers ---------------------------------------------------------------------------------


def _unwrap(  # noqa: PLR0913, PLR0917 -- one command's context
    ev: Evaluator,
    wrapper: Wrapper,
    words: list[Field],
    state: State,
    span: Span,
    stdin: str | None,
) -> bool:
    """Run the command inside a wrapper; say whether the program was one in this use."""
    name = (words[0] or "").rpartition("/")[2]
    start = [words[0]]
    if wrapper.words:
        leading = options.read(words, wrapper.grammar, permute=False)
        at = leading.at
        if list(words[at : at + len(wrapper.words)]) != wrapper.words:
            return False
        words = start + words[at + len(wrapper.words) :]
    found = options.read(words, wrapper.grammar, permute=False)
    if found.has(*wrapper.without) and name != "env":
        return True
    if not found.certain or found.has(*wrapper.hides):
        ev.miss(f"`{name}` is used in a way that is not followed", span)
        return True
    rest = list(words[found.at :])
    inner_state = state.copy() if name not in _IN_THE_SHELL else state
    if wrapper.assignments:
        rest = _environment(ev, rest, span)
    if None in rest[: wrapper.operands]:
        ev.miss(f"it is not known what `{name}` runs", span)
        return True
    rest = rest[wrapper.operands :]
    folder = found.value("C", "chdir", "D", "directory") if name in ("env", "sudo", "uv") else None
    if folder is not None or found.has("chdir"):
        inner_state.enter(inner_state.paths(folder))
    if wrapper.appends:
        rest = _appended(rest, found)
    if rest:
        _inner(ev, name, rest, inner_state, span, stdin)
    return True


def _environment(ev: Evaluator, words: list[Field], span: Span) -> list[Field]:
    """Take the `name=value` words that stand before a command."""
    at = 0
    while at < len(words):
        word = words[at]
        if word is None or "=" not in word:
            break
        name, _, value = word.partition("=")
        why = why_hidden(name, value)
        if why is not None:
            ev.miss(why, span)
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
    inner = state.copy()
    inner.functions = {}
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


# --- find -------------------------------------------------------------------------------------

_EXECUTING = frozenset(("-exec", "-execdir", "-ok", "-okdir"))
_WRITING = frozenset(("-fprint", "-fprint0", "-fls", "-fprintf"))


def _find(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow what find runs, deletes and writes."""
    at = 1
    roots: list[Field] = []
    while at < len(words) and not (words[at] or "").startswith(("-", "(", "!")):
        roots.append(words[at])
        at += 1
    while at < len(words):
        word = words[at]
        at += 1
        if word in _EXECUTING:
            command = _until_end(words[at:])
            at += len(command)
            unknown = [None if w is None or "{}" in w else w for w in command]
            if unknown:
                _inner(ev, "find", unknown, state, span)
        elif word == "-delete":
            for root in roots or ["."]:
                ev.touch("delete", root, "find", state, tree=True)
        elif word in _WRITING:
            ev.touch("write", words[at] if at < len(words) else None, "find", state)


def _until_end(words: list[Field]) -> list[Field]:
    """Give the words up to `;`, or to a `+` after `{}`."""
    for at, word in enumerate(words):
        if word == ";" or (word == "+" and at and words[at - 1] == "{}"):
            return words[:at]
    return words
