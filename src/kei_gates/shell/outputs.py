"""What programs print, where their words and their input make that certain.

Sources: bash(1), `echo`, `printf`; the manual pages of coreutils 9, util-linux 2.38 and xxd.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.printing import echo, printf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from kei_gates.shell.options import Options

    Filter: TypeAlias = "Callable[[str, Options], str | None]"

_LONGEST = 100_000
# Programs and builtins that print nothing when they succeed.
_SILENT = frozenset(
    (
        ":", "break", "cd", "chmod", "chown", "continue", "cp", "exit", "false", "getopts",
        "kill", "let", "ln", "mapfile", "mkdir", "mv", "read", "readarray", "return",
        "rm", "rmdir", "shift", "sleep", "test", "[", "touch", "true", "unalias", "unset", "wait",
        "disown", "exec", "install", "setopt", "unsetopt",
    )
)  # fmt: skip
_SILENT_WITH_ARGUMENTS = frozenset(
    (
        "alias", "declare", "export", "hash", "integer", "float", "local", "readonly", "set",
        "shopt", "trap", "typeset", "umask",
    )
)  # fmt: skip
_SHOWING = frozenset(("-v", "--verbose", "-c", "-l", "-L"))


def is_silent(words: Sequence[str | None]) -> bool:
    """Say whether a command prints nothing."""
    program = words[0] or ""
    if program in ("declare", "export", "readonly", "typeset", "trap", "shopt") and "-p" in words:
        return False
    if program == "cd":
        return "-" not in words
    if program in _SILENT:
        return not any(word in _SHOWING for word in words[1:]) or program in ("[", "test", "read")
    return program in _SILENT_WITH_ARGUMENTS and len(words) > 1


def printed(  # noqa: PLR0911 -- one program after another
    words: Sequence[str], stdin: str | None, dialect: str
) -> str | None:
    """Give what a command prints; none when it is not certain.

    `words` are all known; files among them count as unknown, so `cat` of one must be given as its
    input.
    """
    program = words[0]
    if program == "echo":
        return echo(words[1:], dialect)
    if program == "printf":
        return printf(words[1:])
    if program in ("basename", "dirname"):
        return _path_part(program, words[1:])
    if program == "seq":
        return _seq(words[1:])
    row = _FILTERS.get(program)
    if row is None or stdin is None or len(stdin) > _LONGEST:
        return None
    grammar, operands, apply = row
    options = read(_modern(words), grammar, permute=True)
    if not options.certain or len(options.operands) > operands:
        return None
    return apply(stdin, options)


def _modern(words: Sequence[str]) -> Sequence[str]:
    """Spell the old `head -3` as `head -n 3`."""
    if len(words) > 1 and words[0] in ("head", "tail") and words[1][1:].isdecimal():
        return [words[0], "-n", words[1][1:], *words[2:]]
    return words


def _path_part(program: str, words: Sequence[str]) -> str | None:
    if not words or words[0].startswith("-"):
        return None
    folder, slash, name = words[0].rstrip("/").rpartition("/")
    if program == "dirname":
        return None if len(words) != 1 else f"{folder or ('/' if slash else '.')}\n"
    if len(words) > 2:  # noqa: PLR2004 -- a path and a suffix
        return None
    suffix = words[1] if len(words) > 1 else ""
    return f"{name.removesuffix(suffix) if name != suffix else name}\n"


_MOST_NUMBERS = 1_000


def _seq(words: Sequence[str]) -> str | None:
    if not 1 <= len(words) <= 3 or not all(w.isdecimal() and len(w) < 6 for w in words):  # noqa: PLR2004 -- first, step, last
        return None
    numbers = [int(word) for word in words]
    first, step = (1 if len(numbers) == 1 else numbers[0]), (numbers[1] if len(numbers) == 3 else 1)  # noqa: PLR2004
    if step == 0 or (numbers[-1] - first) // step > _MOST_NUMBERS:
        return None
    return "".join(f"{number}\n" for number in range(first, numbers[-1] + 1, step))


# --- filters ----------------------------------------------------------------------------------


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _rev(text: str, options: Options) -> str:
    del options
    ending = "\n" if text.endswith("\n") else ""
    return "\n".join(line[::-1] for line in _lines(text)) + ending


def _tac(text: str, options: Options) -> str:
    del options
    return _joined(_lines(text)[::-1])


def _count(options: Options, *names: str) -> int | None:
    value = options.value(*names) if options.has(*names) else "10"
    return int(value) if value is not None and value.isdecimal() and len(value) < 8 else None  # noqa: PLR2004


def _head(text: str, options: Options) -> str | None:
    if options.has("c", "bytes"):
        count = _count(options, "c", "bytes")
        return None if count is None or not text.isascii() else text[:count]
    count = _count(options, "n", "lines")
    return None if count is None else "\n".join(text.split("\n")[:count]) + _newline(text, count)


def _newline(text: str, count: int) -> str:
    return "\n" if text.count("\n") >= count > 0 else ""


def _tail(text: str, options: Options) -> str | None:
    count = _count(options, "n", "lines")
    if count is None or options.has("c", "bytes") or not text.endswith("\n"):
        return None
    return _joined(_lines(text)[-count:] if count else [])


def _base64(text: str, options: Options) -> str | None:
    from binascii import Error, a2b_base64, b2a_base64  # only for what is hidden so

    try:
        if options.has("d", "D", "decode"):
            given = "".join(text.split())
            return a2b_base64(given, strict_mode=True).decode()
        return b2a_base64(text.encode()).decode() if len(text) < 57 else None  # noqa: PLR2004 -- one line
    except (Error, ValueError, TypeError):
        return None


def _hex(text: str, options: Options) -> str | None:
    if not (options.has("r") and options.has("p")):
        return None
    try:
        return bytes.fromhex("".join(text.split())).decode()
    except ValueError:
        return None


def _tr(text: str, options: Options) -> str | None:
    sets = [_set(one) for one in options.operands if one is not None]
    if not sets or None in sets or options.has("c", "C", "complement", "t", "truncate-set1"):
        return None
    first, last = sets[0] or "", sets[-1] or ""
    if options.has("d", "delete"):
        text = "".join(char for char in text if char not in first)
    elif len(sets) == 2 and last:  # noqa: PLR2004 -- from and to
        padded = last + last[-1] * (len(first) - len(last))
        text = text.translate(dict(zip(map(ord, first), padded, strict=False)))
    if not options.has("s", "squeeze-repeats"):
        return text if len(sets) == 2 or options.has("d", "delete") else None  # noqa: PLR2004
    squeezed = ""
    for char in text:
        if not (char in last and squeezed.endswith(char)):
            squeezed += char
    return squeezed


def _set(spelled: str) -> str | None:
    """Give the characters of a set of `tr`; none for one that is not plain."""
    for name, members in _CLASSES.items():
        spelled = spelled.replace(name, members)
    if "[" in spelled or "\\" in spelled.replace("\\n", "").replace("\\t", ""):
        return None
    spelled = spelled.replace("\\n", "\n").replace("\\t", "\t")
    found = ""
    at = 0
    while at < len(spelled):
        if spelled[at + 1 : at + 2] == "-" and at + 2 < len(spelled):
            found += "".join(map(chr, range(ord(spelled[at]), ord(spelled[at + 2]) + 1)))
            at += 3
        else:
            found += spelled[at]
            at += 1
    return found if len(found) < _MOST_NUMBERS else None


_CLASSES = {
    "[:upper:]": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "[:lower:]": "abcdefghijklmnopqrstuvwxyz",
    "[:digit:]": "0123456789",
    "[:space:]": " \t\n\v\f\r",
    "[:blank:]": " \t",
}


def _cut(text: str, options: Options) -> str | None:
    delimiter = options.value("d", "delimiter") if options.has("d", "delimiter") else "\t"
    fields, characters = options.value("f", "fields"), options.value("c", "characters")
    listed = _list(fields or characters or "")
    if listed is None or delimiter is None or len(delimiter) != 1 or options.has("s", "complement"):
        return None
    cut: list[str] = []
    for line in _lines(text):
        if characters is not None:
            cut.append("".join(line[n - 1 : n] for n in listed))
        elif delimiter not in line:
            cut.append(line)
        else:
            parts = line.split(delimiter)
            cut.append(delimiter.join(parts[n - 1] for n in listed if n <= len(parts)))
    return _joined(cut)


def _list(spelled: str) -> list[int] | None:
    """Give the numbers of `1,3-5`; none for an open range."""
    found: set[int] = set()
    for one in spelled.split(","):
        first, dash, last = one.partition("-")
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal() and len(first + last) < 8):  # noqa: PLR2004
            return None
        found.update(range(max(int(first), 1), int(last) + 1))
    return sorted(found)


def _fold(text: str, options: Options) -> str | None:
    return text if not options.given else None


_WRAP = Grammar("w", "wrap", flags="dDi", long_flags="decode ignore-garbage")
# Each with its options, how many operands it may have, and what it makes of its input.
_FILTERS: dict[str, tuple[Grammar, int, Filter]] = {
    "cat": (Grammar(flags="u"), 0, _fold),
    "rev": (Grammar(flags=""), 0, _rev),
    "tac": (Grammar(flags=""), 0, _tac),
    "head": (Grammar("nc", "lines bytes", flags="q"), 0, _head),
    "tail": (Grammar("nc", "lines bytes", flags="q"), 0, _tail),
    "base64": (_WRAP, 0, _base64),
    "xxd": (Grammar(flags="rp"), 0, _hex),
    "tr": (
        Grammar(flags="dscCt", long_flags="delete squeeze-repeats complement truncate-set1"),
        2,
        _tr,
    ),
    "cut": (
        Grammar("dfc", "delimiter fields characters", flags="s", long_flags="complement"),
        0,
        _cut,
    ),
}
