"""Whether an agent types a person's word into a terminal: its own client's, or that of another.

What a person types in a session counts as theirs, and a terminal takes keys from programs too.
Sources: tmux(1) 3.3, screen(1) 4.9, xdotool(1) 3.20160805, ydotool(1) 1.0, wtype(1) 0.4, dotool(1)
1.5, `zellij action --help` 0.40, `kitty @ --help` 0.31, `wezterm cli --help` 20240203, expect(1)
5.45, script(1) util-linux 2.38, osascript(1), ioctl_tty(2) for TIOCSTI; `claude --help` 2.1.330.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.model import Invocation

# A client that prints its answer asks nobody at a terminal; what it is told is not a person's word.
_CLIENT, _PRINTS = "claude", frozenset(("-p", "--print"))
# What puts its own input into a terminal or a buffer of it.
_FROM_INPUT = frozenset(("load-buffer", "loadb", "dotool", "dotoolc", "readbuf"))
# The client's own pane, in which the keys would answer whatever the client asks.
_OWN_PANE, _SENDS = "TMUX_PANE", frozenset(("paste-buffer", "pasteb", "send", "send-keys"))
# Words between the parts of what is typed: names of keys, and the command when it is used again.
_BETWEEN = frozenset(("-l", "enter", "send", "send-keys", "space", "type"))

# In code: pushing keys into a terminal, and driving programs as a terminal does.
_PUSHES = "TIOCSTI"
_DRIVES = ("pexpect", "pty", "expect", "keys", "tmux", "dotool", "pyautogui", "pynput", "claude")

_SQUEEZED = "yes,stopit"


def typed(found: Sequence[Invocation], source: str) -> str:
    """Give which of the programs that type types the word, for people; empty where none does."""
    text = "".join(_squeeze(word) for one in found for word in _words(one))
    if _SQUEEZED in text:
        return str(found[0])
    for one in found:
        if _OWN_PANE in source and not _SENDS.isdisjoint(one.argv):
            return str(one)
        if not _FROM_INPUT.isdisjoint((one.program, *one.argv)) and _SQUEEZED in _squeeze(source):
            return str(one)
    return ""


def typed_by_code(code: str) -> bool:
    """Whether code pushes keys into a terminal, or may type the word into one."""
    if _PUSHES in code:
        return True
    return _SQUEEZED in _squeeze(code) and any(name in code for name in _DRIVES)


def _words(invocation: Invocation) -> list[str]:
    words = [word for word in invocation.argv[1:] if word is not None]
    if invocation.program == _CLIENT and not _PRINTS.isdisjoint(words):
        return []
    return [word for word in words if word.casefold() not in _BETWEEN]


def _squeeze(text: str) -> str:
    """Leave out what may stand between the words, and what quotes them."""
    plain = text.casefold()
    for mark in (" ", "\t", "\n", "\\n", "\\r", "\\t", "'", '"', "\\"):
        plain = plain.replace(mark, "")
    return plain
