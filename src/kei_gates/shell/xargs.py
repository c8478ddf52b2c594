"""What xargs runs. Sources: xargs(1), GNU findutils 4.9 and BSD."""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.options import Grammar
from kei_gates.shell.use import split_plain
from kei_gates.shell.values import COMPUTED, OUTSIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.use import Use

_GRAMMAR = Grammar(
    "aEIdLnPsJRS",
    "arg-file delimiter max-args max-procs max-chars process-slot-var",
    optional="iel",
    flags="0oprtx",
    long_flags="null open-tty interactive no-run-if-empty verbose exit show-limits help version "
    "replace eof max-lines",
)
_MOST_RUNS = 20
_MOST_WORDS = 1_000


def follow_xargs(use: Use) -> bool:
    """Follow the command that xargs runs, with the words that it reads if they are known."""
    found = options.read(use.words, _GRAMMAR, permute=False)
    if found.strange:
        use.miss(f"it is not known whether `{found.strange}` of `xargs` takes a value")
        return True
    if found.has_exactly("help", "version"):
        return True
    command = use.words[found.at :] or ["echo"]
    read = _read(use, found)
    for words in [None] if read is None else read:
        completed = _completed(command, words, found, outside=use.ev.stdin.outside)
        if words is None:
            _trace(use, command, completed, found)
        use.run(completed, use.state.copy())
    return True


def _trace(use: Use, command: list[Field], completed: list[Field], found: Options) -> None:
    """Tell where the words come from that are read."""
    trace = None if found.has(*_CUTTING) else use.ev.stdin.trace
    mark = _mark(found)
    added = len(completed) - len(command)
    traces = [
        trace if word == mark and mark is not None else known
        for word, known in zip(command, use.ev.traces_of(command), strict=True)
    ]
    use.ev.traced = (completed, [*traces, *[trace] * added])


# Options under which what is read is another input, or is cut anywhere.
_CUTTING = ("a", "arg-file", "d", "delimiter", "E", "e", "eof", "J", "R", "S")


def _read(use: Use, found: Options) -> list[list[str]] | None:
    """Give the words for each run of the command; none when they are not known."""
    text = use.stdin
    if text is None or found.has(
        "a",
        "arg-file",
        "E",
        "e",
        "eof",
        "d",
        "delimiter",
        "s",
        "R",
        "S",
        "J",
        "L",
        "l",
        "max-lines",
    ):
        return None
    each = _mark(found) is not None
    items: list[str] = []
    if found.has("0", "null"):
        items = [text]
    else:
        for line in text.split("\n"):
            words = split_plain(line)
            if words is None:
                return None
            known = [word for word in words if word is not None]
            items += [" ".join(known)] if each and known else known
    size = "1" if each else found.value("n", "max-args") or str(_MOST_WORDS)
    if len(items) > _MOST_WORDS or not size.isdecimal() or int(size) == 0:
        return None
    runs = [items[at : at + int(size)] for at in range(0, len(items), int(size))]
    return None if len(runs) > _MOST_RUNS else runs or [[]]


def _mark(found: Options) -> str | None:
    """Give the text that the words are put in place of."""
    if found.has("J"):
        return found.value("J") or "%"
    return found.value("I", "i", "replace") or ("{}" if found.has("I", "i", "replace") else None)


def _with_unknown(word: Field, mark: str, *, outside: bool) -> Field:
    """Give a word with what is not known in the place of a mark."""
    if word is None or mark not in word:
        return word
    if outside:
        return word.replace(mark, OUTSIDE)
    return None if word == mark else word.replace(mark, COMPUTED)


def _completed(
    command: list[Field], words: list[str] | None, found: Options, *, outside: bool
) -> list[Field]:
    """Give a command with words added, or put where a mark stands; none for unknown words."""
    mark = _mark(found)
    if mark is None:
        unknown: list[Field] = [OUTSIDE, None] if outside else [None]
        return [*command, *unknown] if words is None else [*command, *words]
    if words is None:
        return [_with_unknown(word, mark, outside=outside) for word in command]
    text = words[0] if words else ""
    return [word and word.replace(mark, text) for word in command]
