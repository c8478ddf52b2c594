"""Code of languages that are not read: looked through for what could start programs.

There is no grammar here. A word that could start something makes the code unseen; a text right
beside it that surely is a command is followed too, so that it can be named. Code without such a
word starts nothing.
"""

from __future__ import annotations

from kei_gates.shell.foreign_words import GIT_LIBRARIES, WORDS, Words
from kei_gates.shell.started import Started

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.shell.expand import Field

_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
_MOST_HITS = 40
_MOST_WORDS = 8
_LONGEST = 400
# What may stand between a word that starts a program and the texts that name it.
_FARTHEST = 60
_BETWEEN = _NAME | frozenset(" \t.:([{&,*<>=-")
_JOINING = frozenset(" \t\n,[](){}&")
_SMALL = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_OF_COMMANDS = frozenset(" -._+/@,%:=~") | _NAME
_QUOTES = frozenset("\"'`")
_LONGEST_LINE = 4_000
# Where one of these stands, a double quote may be no string's end.
_ODD = ("'\"", '$"', "#\\", '?"', '"""', 'R"', 'r"', "r#", "#{", "/*", "(*", "{-", "#|", "--", "//")
_COMMENTS_END = ("*/", "*)", "-}", "]]", "|#")
_WRITING = ("write", "Write", "open", "Open", "create", "Create", "rename", "remove", "Remove",
            "unlink", "delete", "Delete", "spit", "copy", "Copy", "mkdir", "rm")  # fmt: skip


def scan_foreign(language: str, code: str) -> Started:
    """Give what a piece of code may start and touch."""
    started = Started()
    known = WORDS[language]
    if language == "c":
        code = code.replace("\\\n", "")
    for library in GIT_LIBRARIES:
        if library in code:
            started.programs.append(["git", None])
            break
    if ".git" in code:
        _repository(code, started)
    text = code.translate(_SMALL) if known.caseless else code
    if not any(_hits(known, text)):
        return started
    text = _without_comments(text, known.comments.split())
    seen: dict[str, None] = {}
    for word, start, end in _hits(known, text):
        seen[word.strip("(")] = None
        if len(seen) > _MOST_WORDS:
            break
        _follow(text, start, end, started)
    for word in seen:
        shown = "`" + word + "`" if "`" not in word else "a backtick"
        started.unseen.append(f"{shown} may start a program")
    return started


# --- words --------------------------------------------------------------------------------------


def _hits(known: Words, code: str) -> Iterator[tuple[str, int, int]]:
    """Give what may start a program, each with where it starts and ends."""
    for word in known.words.split():
        yield from _named(code, word, _NAME | frozenset(known.names))
    for mark in known.marks.split():
        places = _named(code, mark, frozenset()) if mark == "`" else _all(code, mark)
        yield from places
    for one, other in known.pairs:
        if one in code:
            yield from _all(code, other)
    for line in known.lines.split():
        for at in _places(code, line):
            if not code[code.rfind("\n", 0, at) + 1 : at].strip(" \t;"):
                yield line, at, at + len(line)


def _named(code: str, word: str, names: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    """Give where a word is a name that is no string's; where it is too often there, it is one."""
    count = 0
    for at in _places(code, word):
        end = at + len(word)
        if (at and code[at - 1] in names) or (end < len(code) and code[end] in names):
            continue
        count += 1
        called = code[end : end + _FARTHEST].lstrip()[:1] == "("
        if called or count > _MOST_HITS or not _is_quoted(code, at):
            yield word, at, end
        if count > _MOST_HITS:
            return


def _all(code: str, text: str) -> Iterator[tuple[str, int, int]]:
    return ((text, at, at + len(text)) for at in _places(code, text))


def _places(code: str, text: str) -> Iterator[int]:
    at = code.find(text)
    while at >= 0:
        yield at
        at = code.find(text, at + 1)


def _is_quoted(code: str, at: int) -> bool:
    """Whether a place surely lies in a string that starts and ends on its line."""
    start = code.rfind("\n", 0, at) + 1
    if at - start > _LONGEST_LINE:
        return False
    before = code[start:at]
    if '"' not in before or any(odd in before for odd in _ODD):
        return False
    inside = escaped = False
    for char in before:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            inside = not inside
    newline = code.find("\n", at)
    return inside and '"' in code[at : newline if newline >= 0 else len(code)]


def _without_comments(code: str, marks: list[str]) -> str:
    """Blank lines that are surely comments: they begin as one, and no string or comment ends."""
    lines = code.split("\n")
    for at, line in enumerate(lines):
        text = line.lstrip()
        plain = _QUOTES.isdisjoint(text) and not any(end in text for end in _COMMENTS_END)
        if plain and text.startswith(tuple(marks)) and "[" not in text[:3]:
            lines[at] = ""
    return "\n".join(lines)


def commands_in(code: str) -> Started:
    """Give the programs that code surely starts, whatever else is in their words."""
    started = Started()
    lines = [line for line in code.split("\n") if not line.lstrip().startswith(("#", "//", "--"))]
    text = "\n".join(lines)
    for _, start, end in _hits(WORDS["any"], text):
        at = _text_start(text, end if text[start] != "`" else start)
        stop = at + 1
        while at >= 0 and stop < len(text) and text[stop] in _OF_COMMANDS:
            stop += 1
        words = text[at + 1 : stop].split()
        # A word that ends in something else may be a longer one.
        whole = text[stop : stop + 1] == text[at] or text[stop - 1] == " "
        if words and at >= 0 and (whole or len(words) > 1):
            started.programs.append([*(words if whole else words[:-1]), None])
    return started


# --- commands -----------------------------------------------------------------------------------


def _follow(code: str, start: int, end: int, started: Started) -> None:
    """Follow the texts right beside a word, where they surely are a command."""
    words = _texts_behind(code, start if code[start] == "`" else end)
    if not words:
        dot = code.find(".", max(0, start - 1), start + 2)
        words = _text_before(code, dot) if dot > 0 else []
    if len(words) == 1:
        started.sources.append(words[0])
    elif words:
        started.programs.append([*words, None])


def _texts_behind(code: str, at: int) -> list[Field]:
    """Give the texts that follow a place, up to what is none."""
    at = _text_start(code, at)
    words: list[Field] = []
    while 0 <= at < len(code) and code[at] in _QUOTES and len(words) < _MOST_WORDS:
        text, at = _text_at(code, at)
        if text is None:
            break
        words.append(text)
        while at < len(code) and code[at] in _JOINING:
            at += 1
    return words


def _text_start(code: str, at: int) -> int:
    """Give where a text starts that surely belongs to what stands before; less than 0 for none."""
    stop = min(len(code), at + _FARTHEST)
    while at < stop and code[at] in _BETWEEN:
        at += 1
    return at if at < stop and code[at] in _QUOTES else -1


def _text_at(code: str, at: int) -> tuple[Field, int]:
    """Read a text at its opening quote; none unless it surely is a command or a word of one."""
    stop = code.find(code[at], at + 1, at + _LONGEST)
    text = code[at + 1 : stop] if stop > 0 else ""
    return (text if text.strip() and _OF_COMMANDS.issuperset(text) else None), stop + 1


def _text_before(code: str, at: int) -> list[Field]:
    """Give the text that ends right before a place."""
    if at < 1 or code[at - 1] not in _QUOTES:
        return []
    start = code.rfind(code[at - 1], max(0, at - _LONGEST), at - 1)
    text = code[start + 1 : at - 1] if start >= 0 else ""
    return [text] if text.strip() and _OF_COMMANDS.issuperset(text) else []


def _repository(code: str, started: Started) -> None:
    """Report files of a repository that code names which also writes."""
    if not any(word in code for word in _WRITING):
        return
    for count, at in enumerate(_places(code, ".git")):
        if count >= _MOST_HITS:
            started.effects.append(("write", None, False))
            return
        start = at
        while start > 0 and code[start - 1] not in _QUOTES and at - start < _LONGEST:
            start -= 1
        if start == 0 or code[start - 1] not in _QUOTES:
            continue
        text, _ = _text_at(code, start - 1)
        names = (text or "").split("/")
        if ".git" in names and text is not None:
            started.effects.append(("write", text, False))
