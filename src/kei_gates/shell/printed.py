r"""Words as a shell prints them for itself to read again, and as people write them in aliases.

Printed words are made of ordinary characters, `\c`, `'...'` and `$'...'` (bash(1), `printf %q` and
`alias -p`; zsh's `alias`). A person's own `"..."` may hold expansions; they stay as they are
spelled, to be judged where the alias is used.
"""

from __future__ import annotations

from kei_gates.shell.quoting import HEX, LAST, LAST_OF_ASCII, OCTAL, SIMPLE

_END = frozenset(" \t\n;&|)")
_QUOTING = frozenset("\\'\"")
# What follows the backslash; how many digits; which.
_NUMBERS = {"x": (2, HEX, 16), "u": (4, HEX, 16), "U": (8, HEX, 16)}
_CONTROL, _META = 0x1F, 0x80


def word(text: str, at: int) -> tuple[str, int]:
    """Read one word from `at`: what it says, and where it ends; -1 when a quote is not closed."""
    out = []
    size = len(text)
    while at < size:
        char = text[at]
        if char in _END:
            break
        if char == "$" and text.startswith("'", at + 1):
            piece, at = ansi_c(text, at + 2)
        elif char == "'":
            close = text.find("'", at + 1)
            piece, at = text[at + 1 : close], close + 1 or -1
        elif char == '"':
            piece, at = _double_quoted(text, at + 1)
        elif char == "\\":
            piece, at = text[at + 1 : at + 2].replace("\n", ""), at + 2
        else:
            start, at = at, at + 1
            while at < size and text[at] not in _END and text[at] not in _QUOTING:
                if text[at] == "$":
                    break
                at += 1
            piece = text[start:at]
        if at < 0:
            return "", -1
        out.append(piece)
    return "".join(out), at


def _double_quoted(text: str, at: int) -> tuple[str, int]:
    r"""Read up to the closing quote; a backslash counts only before `$`, `` ` ``, `"` and `\`."""
    out = []
    start = at
    while at < len(text):
        char = text[at]
        if char == '"':
            out.append(text[start:at])
            return "".join(out), at + 1
        if char == "\\":
            out.append(text[start:at])
            escaped = text[at + 1 : at + 2]
            out.append("" if escaped == "\n" else escaped if escaped in '$`"\\' else "\\" + escaped)
            start = at = at + 2
        else:
            at += 1
    return "", -1


def ansi_c(text: str, at: int) -> tuple[str, int]:
    r"""Read from just after `$'`: what it says, and where it ends; -1 when it is not closed.

    More lenient than what judges a call's own text: a byte above 127 is a part of a UTF-8
    character, as bash prints where the locale has none, and zsh's `\C-x` and `\M-x` are known.
    """
    out: list[str] = []
    waiting = bytearray()
    quote = -1
    while True:
        if quote < at:
            quote = text.find("'", at)
        if quote < 0:
            return "", -1
        backslash = text.find("\\", at, quote)
        stop = quote if backslash < 0 else backslash
        if stop > at:
            _flush(waiting, out)
            out.append(text[at:stop])
        if stop == quote:
            _flush(waiting, out)
            return "".join(out), quote + 1
        value, is_byte, at = _escape(text, stop + 1)
        if is_byte and ord(value) > LAST_OF_ASCII:
            waiting.append(ord(value))
        else:
            _flush(waiting, out)
            out.append(value)


def _flush(waiting: bytearray, out: list[str]) -> None:
    """Make characters of the bytes that were read one by one."""
    if waiting:
        out.append(waiting.decode("utf-8", "surrogateescape"))
        waiting.clear()


def _escape(text: str, at: int) -> tuple[str, bool, int]:
    """Read one escape from just after its backslash: its value, whether it is a byte, its end."""
    char = text[at : at + 1]
    if char in SIMPLE:
        return SIMPLE[char], False, at + 1
    if char in OCTAL:
        return _number(text, at, (3, OCTAL, 8), is_byte=True)
    if char in _NUMBERS:
        return _number(text, at + 1, _NUMBERS[char], is_byte=char == "x")
    if char in ("C", "M") and text.startswith("-", at + 1):
        return _zsh_key(text, at)
    if char == "c":
        return chr(ord(text[at + 1 : at + 2] or "@") & _CONTROL), False, at + 2
    return "\\" + char, False, at + 1


def _number(
    text: str, at: int, form: tuple[int, frozenset[str], int], *, is_byte: bool
) -> tuple[str, bool, int]:
    longest, digits, base = form
    stop = at
    while stop < len(text) and stop - at < longest and text[stop] in digits:
        stop += 1
    value = int(text[at:stop] or "0", base)
    return chr(min(value & 0xFF if is_byte else value, LAST)), is_byte, stop


def _zsh_key(text: str, at: int) -> tuple[str, bool, int]:
    r"""Read `\C-x`, `\M-x` or `\M-\C-x` from its letter: zshbuiltins(1), `bindkey`."""
    meta = control = 0
    while text[at : at + 1] in ("C", "M") and text.startswith("-", at + 1):
        meta |= _META if text[at] == "M" else 0
        control |= text[at] == "C"
        at += 2
        if text[at : at + 1] == "\\" and text[at + 1 : at + 2] in ("C", "M"):
            at += 1
    code = ord(text[at : at + 1] or "@") & 0xFF
    if control:
        code = LAST_OF_ASCII if code == ord("?") else code & _CONTROL
    return chr(code | meta), True, at + 1
