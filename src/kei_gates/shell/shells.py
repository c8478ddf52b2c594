"""Shells: `sh -c TEXT`, a shell that reads a here-document, and a script.

Sources: bash(1), zsh(1), dash(1), ksh(1); fish(1), csh(1), nu(1), xonsh(1), elvish, pwsh.
"""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.builtins import check_options
from kei_gates.shell.options import Grammar
from kei_gates.shell.scripts import SHELLS, dialect_of, run_shell_script
from kei_gates.shell.streams import Input
from kei_gates.shell.use import is_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.state import State
    from kei_gates.shell.use import Use

_GRAMMAR = Grammar("oO", "rcfile init-file", long_flags="")
# Shells of another grammar: the options that hold a text.
_FOREIGN = {
    "fish": ("-c", "--command"),
    "csh": ("-c",),
    "tcsh": ("-c",),
    "elvish": ("-c",),
    "nu": ("-c", "--commands"),
    "xonsh": ("-c",),
    "pwsh": ("-c", "-Command", "-command"),
    "powershell": ("-c", "-Command", "-command"),
}


def follow_shell(use: Use) -> bool:
    """Follow a shell; say whether the program is one."""
    if use.name in SHELLS:
        _shell(use)
        return True
    if use.name in _FOREIGN and not use.asks():
        _foreign(use, _FOREIGN[use.name])
        return True
    return use.name in _FOREIGN


def follow_many_in_one(use: Use) -> bool:
    """Follow `busybox sh -c TEXT`: the second word is a program of many in one."""
    applet = use.words[1] if len(use.words) > 1 else "--help"
    if applet is None or not applet.startswith("-"):
        use.run(use.words[1:], use.state.copy(), use.stdin)
    return True


def _shell(use: Use) -> None:
    """Follow a shell whose grammar is known."""
    name, words = use.name, use.words
    plus = [f"-{w[1:]}" if w is not None and w[:1] == "+" and w[1:] else w for w in words]
    found = options.read(plus, _GRAMMAR, permute=False)
    if found.has("help", "version", "n"):
        return  # with `-n` it only reads
    rest = words[found.at :]
    for path in found.values("rcfile", "init-file"):
        run_shell_script(use.ev, name, [path], use.state, use.span)
    if found.has("i", "l", "login") or name == "zsh":
        _startup(use)
    check_options(use.ev, found.values("o", "O"), use.span)
    inner = use.state.new_shell()
    if found.has("c"):
        if not rest or rest[0] is None:
            use.miss(f"`{name}` runs text that is not known")
            return
        inner.positional = tuple(rest[2:])
        use.ev.source(rest[0], inner, use.span, (name,), dialect=dialect_of(name))
    elif rest and not found.has("s"):
        run_shell_script(use.ev, name, rest, use.state, use.span)
    elif use.stdin is not None:
        inner.positional = tuple(rest)
        _run_input(use, use.stdin, inner)
    else:
        use.miss(f"`{name}` runs what it reads")


def _startup(use: Use) -> None:
    """Run the start-up files of a login or interactive shell that the source itself writes."""
    home = use.state.home(use.ev.facts.home)
    for file in _STARTUP if home is not None else ():
        if use.ev.is_own(f"{home}/{file}", use.state):
            run_shell_script(use.ev, use.name, [f"{home}/{file}"], use.state, use.span)


# bash(1), INVOCATION; zsh(1), STARTUP/SHUTDOWN FILES.
_STARTUP = (
    ".bashrc", ".bash_profile", ".bash_login", ".profile", ".zshenv", ".zprofile", ".zshrc",
    ".zlogin", ".kshrc",
)  # fmt: skip


def _run_input(use: Use, text: str, state: State) -> None:
    """Run the text that a shell reads; what its commands find left of it is not followed."""
    ev = use.ev
    stdin, ev.stdin = ev.stdin, Input(None)
    ev.source(text, state, use.span, (use.name,), dialect=dialect_of(use.name))
    ev.stdin = stdin


def _foreign(use: Use, holding: tuple[str, ...]) -> None:
    """Follow a shell of another grammar: one plain command reads alike in all of them."""
    words = use.words
    at = next((at for at, word in enumerate(words[1:], 1) if word in holding), None)
    text = words[at + 1] if at is not None and at + 1 < len(words) else None
    if text is None:
        use.miss(f"`{use.name}` runs something that is not followed")
        return
    if not is_plain(text):
        use.miss(f"`{use.name}` reads its text in a way that is not followed")
    use.source(text)
