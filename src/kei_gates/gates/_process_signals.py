"""Signals, as `kill` and its kin are given them. Sources: signal(7); bash(1), `kill`; kill(1)."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from kei_gates.shell.expand import Field

    Placed: TypeAlias = "list[tuple[int, Field]]"
    """Words of a command, each with its place in it."""

_NAMES = frozenset(
    (
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "EMT", "EXIT", "FPE", "HUP", "ILL", "INFO",
        "INT", "IO", "IOT", "KILL", "LOST", "NULL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "RTMAX",
        "RTMIN", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "UNUSED",
        "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
    )
)  # fmt: skip
_KNOWN = _NAMES | frozenset(map(str, range(65)))

HARMLESS = frozenset(("0", "NULL", "EXIT", "CONT")) | (
    frozenset(("18",)) if sys.platform == "linux" else frozenset()
)
"""Signals that end nothing and stop nothing; elsewhere than on Linux 18 is another one."""


def without_signal(
    words: Sequence[tuple[int, Field]], options: Sequence[str]
) -> tuple[Placed, str]:
    """Take the signal off a command's words; empty for the usual one.

    `options` take it as their value; else it stands behind a dash, as in `-9` or `-SIGTERM`. Which
    of several counts depends on the program, so it is one that harms; the others are left.
    """
    rest: Placed = []
    signals: list[str] = []
    left = [*words]
    while left:
        at, word = left.pop(0)
        if word == "--":
            rest += [(at, word), *left]
            break
        if word in options:
            signals.append(_plain(left.pop(0)[1] if left else None))
        elif word is None or word[:1] != "-":
            rest.append((at, word))
        else:
            spelled = _attached(word, options) or _plain(word[1:])
            if signals or spelled not in _KNOWN:
                rest.append((at, word))
            if spelled in _KNOWN:
                signals.append(spelled)
    harming = [signal for signal in signals if signal not in HARMLESS]
    return rest, next(iter(harming or signals), "")


def _attached(word: str, options: Sequence[str]) -> str:
    """Give the signal that stands in one word with its option: `-s9`, `--signal=KILL`."""
    for option in options:
        if word.startswith(f"{option}=") or (word.startswith(option) and option[1:2] != "-"):
            found = _plain(word[len(option) :].removeprefix("="))
            if found in _KNOWN:
                return found
    return ""


def _plain(signal: Field) -> str:
    """Spell a signal in capitals without its prefix, a number without zeros before it."""
    if signal is None:
        return "?"
    name = signal.upper().removeprefix("SIG")
    return str(int(name)) if name.isdecimal() and name.isascii() else name
