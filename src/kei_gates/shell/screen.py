"""What screen runs: a program in a window, or what is sent to one. Source: screen(1) 4.9."""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.options import Grammar
from kei_gates.shell.typed import type_text
from kei_gates.shell.unwrap import joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.expand import Field
    from kei_gates.shell.use import Use

_SCREEN = Grammar(
    "cehpSstT",
    "Logfile",
    flags="aADdfilLmOqQrRUvxXw",
    long_flags="ls list wipe help version",
    either=True,
)
_SCREEN_RUNS = frozenset(
    (
        "screen",
        "exec",
        "backtick",
        "bind",
        "bindkey",
        "eval",
        "at",
        "source",
        "readbuf",
        "zombie",
        "blankerprg",
        "lockscreen",
        "register",
        "paste",
        "process",
        "shell",
        "defshell",
        "windows",
    )
)
_TYPED = (
    ("\\n", "\n"),
    ("\\r", "\n"),
    ("\\012", "\n"),
    ("\\015", "\n"),
    ("^M", "\n"),
    ("^J", "\n"),
    ("\r", "\n"),
)


def follow_screen(use: Use) -> bool:
    """Follow the command in a new window of screen, or the one that `-X` sends to it."""
    found = options.read(use.words, _SCREEN, permute=False)
    rest = use.words[found.at :]
    if use.asks() or found.has_exactly("ls", "list", "wipe", "v", "Q"):
        return True
    if found.has("c") and found.value("c") != "/dev/null":
        use.miss("`screen` reads a configuration that was not read")
    for shell in found.values("s"):
        use.source(shell, None, "")
    if found.has("X"):
        _sent(use, rest)
    elif not found.has("r", "x") and rest:
        first = rest[0] or ""
        use.run(rest[1:] if first.isdecimal() and len(rest) > 1 else rest, use.state.copy())
    return True


def _sent(use: Use, words: list[Field]) -> None:
    """Follow a command that is sent to a screen session."""
    if not words or words[0] is None or words[0] in _SCREEN_RUNS - {"screen", "exec"}:
        use.miss("it is not known what `screen` runs")
    elif words[0] == "stuff":
        _stuff(use, words[1:])
    elif words[0] in _SCREEN_RUNS:
        at = next((at for at, w in enumerate(words[1:], 1) if w is None or w[:1] not in "-.!:|"), 0)
        if at:
            use.run(words[at:], use.state.copy())


def _stuff(use: Use, words: list[Field]) -> None:
    """Follow text that screen puts into a window."""
    text = joined(words)
    if text is None:
        use.miss("it is not known what is typed into a terminal")
        return
    for written, meant in _TYPED:
        text = text.replace(written, meant)
    type_text(use, text)
