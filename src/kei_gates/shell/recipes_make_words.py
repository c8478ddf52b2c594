"""Make's functions on words: text in, text out. Source: the manual of GNU make 4.4, "Functions".

A word with a mark (see `recipes_text`) stands for any that it may become; what depends on more than
is known is a mark itself.
"""

from __future__ import annotations

from kei_gates.shell.recipes_text import COMPUTED, FILE, HERE, UNSET, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_OPEN = (COMPUTED, UNSET)


def matches(pattern: str, word: str) -> bool | None:
    """Say whether a word matches a pattern with at most one `%`; none when it may."""
    if any(mark in word or mark in pattern for mark in _OPEN):
        return None
    head, percent, tail = pattern.partition("%")
    if not percent:
        return word == pattern if FILE not in word + pattern else (word == pattern or None)
    if word.startswith(head) and word.endswith(tail) and len(word) >= len(head) + len(tail):
        return True
    if FILE not in word:
        return False
    first, last = word.partition(FILE)[0], word.rpartition(FILE)[2]
    may = (head.startswith(first) or first.startswith(head)) and (
        tail.endswith(last) or last.endswith(tail)
    )
    return None if may else False


def stem(pattern: str, word: str) -> str:
    """Give what `%` stands for in a word that matches; for one that may match, a mark."""
    head, _, tail = pattern.partition("%")
    if matches(pattern, word):
        return word[len(head) : len(word) - len(tail)]
    return FILE


def file_mark(pattern: str) -> str:
    """Give the name of a file that a glob may find; the pattern itself when it is none."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        end = pattern.find("]", at + 2)
        if char in "*?" or (char == "[" and end > 0):
            at = end if char == "[" else at
            if out[-1:] != [FILE]:
                out.append(FILE)
        else:
            out.append(char)
        at += 1
    return "".join(out)


def _arguments(args: list[str], most: int) -> list[str]:
    """Give exactly so many arguments; commas beyond belong to the last."""
    return [*args[: most - 1], ",".join(args[most - 1 :]), *[""] * most][:most]


def _subst(args: list[str]) -> str:
    old, new, text = _arguments(args, 3)
    if not is_known(old):
        return COMPUTED
    return text.replace(old, new) if old else text + new


def _patsubst(args: list[str]) -> str:
    pattern, new, text = _arguments(args, 3)
    pattern, new = pattern.strip(), new.strip()
    found = []
    for word in text.split():
        fits = matches(pattern, word)
        found.append(new.replace("%", stem(pattern, word), 1) if fits else word)
    return " ".join(found)


def _strip(args: list[str]) -> str:
    return " ".join(",".join(args).split())


def _findstring(args: list[str]) -> str:
    wanted, text = _arguments(args, 2)
    if is_known(wanted) and is_known(text):
        return wanted if wanted in text else ""
    return wanted if is_known(wanted) and wanted in text else COMPUTED


def _filter(args: list[str]) -> str:
    patterns, text = _arguments(args, 2)
    return " ".join(w for w in text.split() if _fits(w, patterns) is not False)


def _filter_out(args: list[str]) -> str:
    patterns, text = _arguments(args, 2)
    return " ".join(w for w in text.split() if _fits(w, patterns) is not True)


def _fits(word: str, patterns: str) -> bool | None:
    found = [matches(pattern, word) for pattern in patterns.split()]
    return True if True in found else None if None in found else False


def _sort(args: list[str]) -> str:
    return " ".join(sorted(set(",".join(args).split())))


def _word(args: list[str]) -> str:
    number, text = _arguments(args, 2)
    return _wordlist([number, number, text])


def _wordlist(args: list[str]) -> str:
    first, last, text = (one.strip() for one in _arguments(args, 3))
    words = text.split()
    if not (_is_number(first) and _is_number(last)):
        return COMPUTED
    start, stop = int(first), int(last)
    if any(not is_known(word.replace(HERE, "")) for word in words[:stop]):
        return COMPUTED
    return " ".join(words[max(start - 1, 0) : stop])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6  # noqa: PLR2004 -- more words than any list


def _words(args: list[str]) -> str:
    text = ",".join(args)
    return str(len(text.split())) if is_known(text.replace(HERE, "")) else COMPUTED


def _firstword(args: list[str]) -> str:
    return "".join(",".join(args).split()[:1])


def _lastword(args: list[str]) -> str:
    return "".join(",".join(args).split()[-1:])


def _each(change: Callable[[str], str]) -> Callable[[list[str]], str]:
    """Give a function that changes each word, and leaves what may be no word at all."""

    def changed(args: list[str]) -> str:
        words = ",".join(args).split()
        return " ".join(w if any(m in w for m in _OPEN) else change(w) for w in words)

    return changed


def _dir(word: str) -> str:
    if word in (FILE, HERE):
        return word
    head, slash, _ = word.rpartition("/")
    return head + slash or "./"


def _notdir(word: str) -> str:
    return word.rpartition("/")[2]


def _suffix(word: str) -> str:
    name = word.rpartition("/")[2]
    return name[name.rfind(".") :] if "." in name else FILE if FILE in name else ""


def _basename(word: str) -> str:
    return word.removesuffix(_suffix(word)) if "." in word.rpartition("/")[2] else word


def _abspath(word: str) -> str:
    if word.startswith(("/", HERE, FILE)):
        return word
    return HERE if word in (".", "./") else f"{HERE}/{word.removeprefix('./')}"


def _addprefix(args: list[str]) -> str:
    prefix, text = _arguments(args, 2)
    return _each(lambda word: prefix + word)([text])


def _addsuffix(args: list[str]) -> str:
    suffix, text = _arguments(args, 2)
    return _each(lambda word: word + suffix)([text])


def _join(args: list[str]) -> str:
    first, second = (one.split() for one in _arguments(args, 2))
    if not is_known("".join(first + second)):
        return COMPUTED
    longest = max(len(first), len(second))
    first += [""] * (longest - len(first))
    second += [""] * (longest - len(second))
    return " ".join(a + b for a, b in zip(first, second, strict=True))


PURE: dict[str, Callable[[list[str]], str]] = {
    "abspath": _each(_abspath), "addprefix": _addprefix, "addsuffix": _addsuffix,
    "basename": _each(_basename), "dir": _each(_dir), "filter": _filter,
    "filter-out": _filter_out, "findstring": _findstring, "firstword": _firstword, "join": _join,
    "lastword": _lastword, "notdir": _each(_notdir), "patsubst": _patsubst,
    "realpath": _each(_abspath), "sort": _sort, "strip": _strip, "subst": _subst,
    "suffix": _each(_suffix), "word": _word, "wordlist": _wordlist, "words": _words,
}  # fmt: skip
