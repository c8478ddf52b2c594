"""What find runs, deletes and writes. Source: find(1), GNU findutils 4.9 and BSD."""

from __future__ import annotations

from kei_gates.shell.expand import Pattern
from kei_gates.shell.globs import escape
from kei_gates.shell.values import OUTSIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State
    from kei_gates.shell.use import Use

_EXECUTING = frozenset(("-exec", "-ok"))
_EXECUTING_IN_PLACE = frozenset(("-execdir", "-okdir"))
_WRITING = frozenset(("-fprint", "-fprint0", "-fls", "-fprintf"))
# Options that may stand before the roots; those that begin with the last two hold a value.
_LEADING = frozenset(("-H", "-L", "-P", "-E", "-X", "-d", "-s", "-x"))
_VALUED = frozenset(("-D", "-f"))


def follow_find(use: Use) -> bool:
    """Follow what find runs, deletes and writes."""
    for in_place, command in commands_of(use.words):
        inner = use.state.copy()
        if in_place:
            inner.enter((None,))
        use.run(command, inner)
    touch_found(use.ev, use.words, use.state)
    return True


def commands_of(words: Sequence[Field]) -> Iterator[tuple[bool, list[Field]]]:
    """Give each command that find runs, and whether it runs where the file lies."""
    at = 1
    while at < len(words):
        word = words[at]
        at += 1
        if word in _EXECUTING or word in _EXECUTING_IN_PLACE:
            start = at
            while at < len(words) and not _ends(words, start, at):
                at += 1
            command = [_with_name(word) for word in words[start:at]]
            if command:
                yield word in _EXECUTING_IN_PLACE, command


def _with_name(word: Field) -> Field:
    """Give a word with the name of a file that lies there already in the place of `{}`."""
    if word is None or "{}" not in word:
        return word
    return None if word == "{}" else word.replace("{}", OUTSIDE)


def _ends(words: Sequence[Field], start: int, at: int) -> bool:
    """Whether a command ends: at `;`, or at a `+` after `{}`."""
    return words[at] == ";" or (words[at] == "+" and at > start and words[at - 1] == "{}")


def touch_found(ev: Evaluator, words: Sequence[Field], state: State) -> None:
    """Add what find deletes and writes by itself."""
    roots = _roots(words)
    name = _only_name(words)
    for at, word in enumerate(words):
        if word == "-delete":
            for root in roots:
                if "-empty" in words and not _CHOOSING & set(words):
                    ev.touch("delete", None, "find", state)  # some files, and none that holds much
                elif root is None or name is None:
                    ev.touch("delete", root, "find", state, tree=True)
                else:
                    ev.touch("delete", Pattern(f"{escape(root)}/**/{name}"), "find", state)
        elif word in _WRITING:
            ev.touch("write", words[at + 1] if at + 1 < len(words) else None, "find", state)


def _only_name(words: Sequence[Field]) -> Field:
    """Give the pattern that all names must match; none when other names may be found too."""
    if None in words or _CHOOSING & set(words):
        return None
    for test in ("-name", "-iname"):
        if test in words[:-1]:
            name = words[words.index(test) + 1] or ""
            return None if "/" in name else name if test == "-name" else _any_case(name)
    return None


def _any_case(name: str) -> str | None:
    """Give a pattern that matches in both cases; none for one that has brackets already."""
    if "[" in name:
        return None
    return "".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in name)


# With these, a test may not apply to all that is found.
_CHOOSING = frozenset(("-o", "-or", "!", "-not", ",", "(", ")"))


def _roots(words: Sequence[Field]) -> list[Field]:
    """Give the folders that find goes through."""
    if "-files0-from" in words:
        return [None]
    at = 1
    while at < len(words):
        word = words[at] or ""
        if word in _VALUED:
            at += 2
        elif word in _LEADING or word.startswith("-O"):
            at += 1
        else:
            break
    roots: list[Field] = []
    while at < len(words) and not (words[at] or "").startswith(("-", "(", "!", ",")):
        roots.append(words[at])
        at += 1
    return roots or ["."]
