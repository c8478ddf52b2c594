"""What the readers of recipes share: the record they fill, unknown text, quoting, files.

Where a part of a recipe is computed, its text holds a mark; `render` writes marks as variables that
nobody can know, so that the analysis of the shell meets an unknown word there.
"""

from __future__ import annotations

from kei_gates.shell.scanner import NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Final, TypeAlias

    from kei_gates.shell.expand import Field

    Read: TypeAlias = "Callable[[str], str | None]"
    """Gives the text of a file, none when there is none."""
    Lookup: TypeAlias = "Callable[[str], str | None]"
    """Gives the value of a variable of the environment, none when it is not known."""
    Glob: TypeAlias = "Callable[[str], list[str] | None]"
    """Gives the paths that a pattern matches, none when they are not known."""

COMPUTED, UNSET, FILE, HERE = "\0", "\1", "\2", "\3"
"""Marks: any text; what only the environment could set; a file's name; the folder it runs in."""

_MARKS = frozenset((COMPUTED, UNSET, FILE, HERE))
_UNKNOWN = "kei_unknown"
_BLANKS = frozenset(" \t\n")
_PLAIN = NAME | frozenset("-./:=@,+%^")
_LONGEST = 500_000
_MOST_SOURCES = 500
_MOST_WORK = 20_000
_MOST_PARENTS = 8


class Project:
    """What readers of recipes may ask: for a file's text (by calling it), a variable, paths."""

    __slots__ = ("glob", "lookup", "read")

    def __init__(self, read: Read, lookup: Lookup | None = None, glob: Glob | None = None) -> None:
        """Take what answers; what is not given knows nothing."""
        self.read: Final = read
        self.lookup: Final = lookup or _nothing
        self.glob: Final = glob or _nothing

    def __call__(self, path: str) -> str | None:
        """Give the text of a file, none when there is none."""
        return self.read(path)


def _nothing(_: str) -> None:
    """Know nothing."""


class TooMuch(Exception):  # noqa: N818 -- it is no error of the program's
    """Reading a recipe would take too long."""


class Recipe:
    """What a task runner would run.

    `sources` are shell texts, each with the folder that it runs in, relative to where the runner is
    started ("" for there) or absolute. `code` holds language and text of what is no shell text.
    `unseen` says, one clause each, what could not be read; `strict` are those of them that hide in
    the call itself. `own` says that the call itself gives the recipe.
    """

    __slots__ = ("code", "own", "sources", "strict", "unseen")

    def __init__(self) -> None:
        """Start with nothing that runs."""
        self.sources: list[tuple[str, str]] = []
        self.code: list[tuple[str, str]] = []
        self.unseen: list[str] = []
        self.strict: list[str] = []
        self.own = False

    def add(self, text: str, folder: str = "") -> None:
        """Add a shell text, its marks written out."""
        found = (render(text.strip()), folder)
        if not found[0] or found in self.sources:
            return
        if len(self.sources) >= _MOST_SOURCES:
            raise TooMuch
        self.sources.append(found)

    def run_words(self, words: Sequence[Field], folder: str = "") -> None:
        """Add a command whose words are known, or none for those that are not."""
        self.add(quoted(words), folder)

    def add_code(self, language: str, text: str) -> None:
        """Add text in another language."""
        if (language, text) not in self.code:
            self.code.append((language, text))

    def add_script(
        self, shell: str, text: str, folder: str, flags: Sequence[str] | None = None
    ) -> None:
        """Add text that a program runs which is given by its command, as behind `#!`.

        `flags` stand between the program and the text; without them it gets the text in a file.
        """
        command = shell.split() or ["sh"]
        words = [word for word in command if not word.startswith("-")] or ["sh"]
        name = words[0].rpartition("/")[2]
        if name == "env" and len(words) > 1:
            name = words[1].rpartition("/")[2]
        name = name.removesuffix(".exe")
        language = LANGUAGES.get(name.rstrip("0123456789."))
        if name in SHELLS and (flags is None or _takes_text(flags)):
            self.add(text, folder)
        elif language is not None:
            self.add_code(language, render(text))
        elif text:
            self.run_words([*command, *(("-",) if flags is None else (*flags, text))], folder)
            self.miss(f"what `{render(name)}` runs is not read")

    def miss(self, why: str) -> None:
        """Note why something could run that is not here."""
        if why not in self.unseen:
            self.unseen.append(why)

    def refuse(self, why: str) -> None:
        """Note what the call itself hides."""
        self.miss(why)
        self.strict.append(why)


def _takes_text(flags: Sequence[str]) -> bool:
    """Whether a shell with these options runs the next word as its text."""
    code = [flag[:1] == "-" != flag[1:2] and "c" in flag for flag in flags]
    return True in code and all(flag[:1] == "-" for flag in flags[code.index(True) :])


SHELLS = frozenset(("sh", "bash", "dash", "zsh", "ksh", "ash", "mksh"))
LANGUAGES: dict[str, str] = {"python": "python", "ruby": "ruby"}


class Work:
    """Counts the steps of reading one recipe, and ends it where they are too many."""

    __slots__ = ("done",)

    def __init__(self) -> None:
        """Start with nothing done."""
        self.done = 0

    def count(self, steps: int = 1) -> None:
        """Count steps. Raises `TooMuch`."""
        self.done += steps
        if self.done > _MOST_WORK:
            raise TooMuch

    def text(self, text: str) -> str:
        """Give text back that is not too long. Raises `TooMuch`."""
        if len(text) > _LONGEST:
            raise TooMuch
        return text


# --- marks ------------------------------------------------------------------------------------


def is_known(text: str) -> bool:
    """Say whether text holds no mark."""
    return not any(mark in text for mark in _MARKS)


def without_marks(text: str) -> str:
    """Give a file's text so that no character of it is taken for a mark of ours."""
    return text if is_known(text) else "".join("\ufffd" if c in _MARKS else c for c in text)


def render(text: str) -> str:
    """Write the marks in a shell text as variables, outside single quotes."""
    if is_known(text):
        return text
    out: list[str] = []
    quote = ""
    as_code = False
    moves = text.find("cd ")
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and quote != "'":
            out.append(text[at : at + 2] if text[at + 1 : at + 2] not in _MARKS else char)
            at += len(out[-1])
            continue
        if char in _MARKS:
            here = char == HERE and not 0 <= moves < at
            name = _variable("PWD" if here else _UNKNOWN, text[at + 1 : at + 2])
            out.append(name if quote != "'" or as_code else f"'\"{name}\"'")
        elif char == quote:
            quote = ""
            out.append(char)
        elif not quote and char in "'\"":
            quote = char
            as_code = _takes_code(text[max(0, at - 20) : at])
            out.append(char)
        elif not quote and char == "#" and (at == 0 or text[at - 1] in _BLANKS):
            end = text.find("\n", at)
            at = end if end >= 0 else len(text)
            continue
        else:
            out.append(char)
        at += 1
    return "".join(out)


def _variable(name: str, after: str) -> str:
    return f"${{{name}}}" if after and after in NAME else f"${name}"


def _takes_code(before: str) -> bool:
    """Whether what stands before a quoted word makes it text that is read once more."""
    words = before.split()
    last = words[-1] if words and before[-1:] in _BLANKS else ""
    return last == "eval" or (last.startswith("-") and last.endswith("c"))


# --- words ------------------------------------------------------------------------------------


def quoted(words: Iterable[Field]) -> str:
    """Write words as a shell text; those that are not known as a variable."""
    return " ".join("$" + _UNKNOWN if word is None else _quote(word) for word in words)


def _quote(word: str) -> str:
    if word and all(char in _PLAIN for char in word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"


def string_end(text: str, at: int, quote: str) -> int:
    """Give where the string that starts at a position ends."""
    at += len(quote)
    while at < len(text) and not text.startswith(quote, at):
        at += 2 if text[at] == "\\" and quote[0] == '"' else 1
    return min(at, len(text))


# --- files ------------------------------------------------------------------------------------


def below(folder: str, path: str) -> str:
    """Give a path as seen from where the runner is started."""
    path = path.removeprefix("./")
    if not folder or path.startswith("/"):
        return path
    return folder if path in ("", ".") else f"{folder.rstrip('/')}/{path}"


def upwards(read: Read, folder: str, names: Sequence[str]) -> tuple[str, str, str] | None:
    """Find one of some files in a folder or the nearest above it: its folder, name and text."""
    for _ in range(_MOST_PARENTS):
        for name in names:
            text = read(below(folder, name))
            if text is not None:
                return folder, name, text
        if folder == "/":
            break
        folder = below(folder, "..") if folder else ".."
    return None
